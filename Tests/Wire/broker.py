"""The Kafka broker that the wire tests talk to.

`RETAIND_TEST_BOOTSTRAP` names a cluster that exists already. Otherwise a broker process of our own is started on
loopback; it is the one that tests may kill and start again, because its data directory outlives the process.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

START_DEADLINE_SECONDS = 30

# The broker writes changes down after a second, and takes part of another for it.
UNWRITTEN_SECONDS = 3

# The broker's binary is linked against this version of glibc; Debian 12 has 2.36.
REQUIRED_GLIBC = (2, 39)

RESERVATIONS: list[socket.socket] = []


class BrokerError(RuntimeError):
    """The broker cannot be started; the message says why and what to do."""


class Cluster:
    """A cluster somebody else runs: only its address is known."""

    def __init__(self, bootstrap: str):
        self.bootstrap = bootstrap

    def stop(self) -> None:
        """Leaves the cluster as it is."""


class BrokerProcess(Cluster):
    """One broker process on loopback, with its data in `directory`, and the proxy that clients reach it through."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port, self._proxy_port = reserve_ports(2)
        self.process: subprocess.Popen | None = None
        super().__init__(f"127.0.0.1:{self._proxy_port}")
        self.proxy = self._spawn_proxy(self._proxy_port)
        self._doors: list[subprocess.Popen] = []

    def start(self) -> None:
        """Starts the process and returns when it answers a metadata request."""
        self.process = self._spawn([
            *broker_command(), "start", "--only", "kafka", "--kafka-port", str(self.port), "--data-dir",
            str(self.directory)])
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 2})
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while True:
            if self.process.poll() is not None:
                raise BrokerError(f"the broker ended with {self.process.returncode}: {self._log_tail()}")
            try:
                admin.list_topics(timeout=1)
                return
            except KafkaException as error:
                if time.monotonic() > deadline:
                    raise BrokerError(
                        f"the broker does not answer on {self.bootstrap} after {START_DEADLINE_SECONDS} s "
                        f"({error}): {self._log_tail()}") from error

    def stop(self) -> None:
        """Ends the process and the proxy, for good."""
        self._end(signal.SIGTERM)
        for proxy in (self.proxy, *self._doors):
            proxy.kill()
            proxy.wait()

    def kill(self) -> None:
        """Kills the process; `start` brings it back on the same port, with what it had written down."""
        self._end(signal.SIGKILL)

    def cut(self) -> None:
        """Takes the broker away as the crash of its machine would: connections end in mid-request, nobody listens."""
        self.proxy.kill()
        self.proxy.wait()

    def mend(self) -> None:
        """Brings a broker that was cut off back, with all that it had acknowledged."""
        self.proxy = self._spawn_proxy(self._proxy_port)
        self._wait_until_it_answers()

    def crash(self) -> None:
        """Kills the process when it has written down what it acknowledged, which its clients are held up for.

        It does not remember transactions that were open, nor which of their records never came to be: what is read
        afterwards says something about those who wrote it only when none was open.
        """
        self.proxy.send_signal(signal.SIGSTOP)
        self._wait_until_written()
        self.kill()
        # What was acknowledged and not passed on comes through now, and then the end of the connection.
        self.proxy.send_signal(signal.SIGCONT)

    def slow_bootstrap(self, produce_delay_ms: int) -> str:
        """Another address of the broker, at which it takes records slowly and is as fast as ever otherwise."""
        (port,) = reserve_ports(1)
        self._doors.append(self._spawn_proxy(port, produce_delay_ms))
        return f"127.0.0.1:{port}"

    def secure_bootstrap(self, *options: str) -> str:
        """Another address of the broker, behind a door of `secure_door.py` with these options."""
        (port,) = reserve_ports(1)
        door = Path(__file__).with_name("secure_door.py")
        self._doors.append(self._spawn([sys.executable, str(door), str(port), str(self.port), *options]))
        wait_until_listened_on(port)
        return f"127.0.0.1:{port}"

    def freeze(self) -> None:
        """Stops the process in its tracks: connections stay and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen process go on."""
        self.process.send_signal(signal.SIGCONT)

    def _wait_until_written(self) -> None:
        """Returns when nothing was written for a while, or twice: the second time began after the clients stopped."""
        data = self.directory / "kafka.json"
        last, changes, changed = 0, -1, time.monotonic()
        while changes < 2 and time.monotonic() - changed < UNWRITTEN_SECONDS:
            seen = data.stat().st_mtime_ns if data.exists() else 0
            if seen != last:
                last, changes, changed = seen, changes + 1, time.monotonic()
            time.sleep(0.05)

    def _spawn_proxy(self, port: int, produce_delay_ms: int = 0) -> subprocess.Popen:
        repair = Path(__file__).with_name("fetch_repair.py")
        return self._spawn([sys.executable, str(repair), str(port), str(self.port), str(produce_delay_ms)])

    def _spawn(self, command: list[str]) -> subprocess.Popen:
        with open(self.directory.with_suffix(".log"), "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _log_tail(self) -> str:
        return self.directory.with_suffix(".log").read_text(errors="replace")[-2000:]


def cluster_for_tests(directory: Path) -> Cluster:
    """The cluster that `RETAIND_TEST_BOOTSTRAP` names, else a broker process that has been started in `directory`."""
    named = os.environ.get("RETAIND_TEST_BOOTSTRAP")
    if named:
        return Cluster(named)
    broker = BrokerProcess(directory)
    broker.start()
    return broker


def broker_command() -> list[str]:
    """The command line of the broker, through a newer C library where this machine's own is too old."""
    binary = files("noida_db").joinpath("noida-db")
    os.chmod(str(binary), 0o755)
    if glibc_version() >= REQUIRED_GLIBC:
        return [str(binary)]
    libraries = newer_libc()
    loaders = sorted(libraries.glob("ld-linux-*.so.*"))
    if not loaders:
        raise BrokerError(
            f"the test broker needs glibc {'.'.join(map(str, REQUIRED_GLIBC))} or newer and there is none in "
            f"{libraries}: run deploy/test, which puts one there, or set RETAIND_TEST_BOOTSTRAP")
    return [str(loaders[0]), "--library-path", str(libraries), str(binary)]


def glibc_version() -> tuple[int, ...]:
    """The version of the C library that this process runs on; (0,) where it is not glibc."""
    name, version = platform.libc_ver()
    return tuple(int(part) for part in version.split(".")) if name == "glibc" else (0,)


def newer_libc() -> Path:
    """Where `deploy/test` unpacks the newer C library."""
    named = os.environ.get("RETAIND_TEST_LIBC")
    if named:
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "retaind-tests" / "libc"


def wait_until_listened_on(port: int) -> None:
    """Returns when a connection to the loopback port is taken."""
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def reserve_ports(count: int) -> list[int]:
    """Loopback ports that nothing listens on but processes that are told of them, until this one ends.

    A socket that is bound and does not listen keeps the kernel from giving its port to anybody who asks for one, while
    those who name the port can listen on it again and again.
    """
    reservations = [socket.socket() for _ in range(count)]
    for reservation in reservations:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
    RESERVATIONS.extend(reservations)
    return [reservation.getsockname()[1] for reservation in reservations]
