"""The two programs that are compared: how each is started on the orders, and how it says that it has taken them."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
import urllib.request
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orders import PARTITIONS

DEADLINE_SECONDS = 300
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

# Only the rule that both apply: no tier and no day multiplies points, and no number of orders is suspicious.
RULES = {
    "version": "comparison",
    "points": {"pointsPerMajorUnit": 1, "confirmAtLatestDays": 30, "maxOrdersPerDay": None, "campaigns": []},
    "tiers": {
        "base": {"multiplier": 1}, "silver": {"threshold": 1_000, "multiplier": 1},
        "gold": {"threshold": 5_000, "multiplier": 1}, "diamond": {"threshold": 20_000, "multiplier": 1},
    },
}


@dataclass(frozen=True)
class Place:
    """Where a program works: its broker, its topics and group under a prefix of its own, and an empty directory."""

    bootstrap: str
    prefix: str
    directory: Path

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"{self.prefix}group"

    @property
    def orders(self) -> str:
        """The topic that is read."""
        return f"{self.prefix}orders"

    @property
    def ledger(self) -> str:
        """The topic that entries of granted points are written to."""
        return f"{self.prefix}ledger"


@dataclass(frozen=True)
class Usage:
    """What a process has used of the processor, in seconds."""

    # All threads, those that have ended included.
    process: float
    # Without the threads of librdkafka, which both programs stand on.
    own: float

    def __sub__(self, earlier: Usage) -> Usage:
        return Usage(self.process - earlier.process, self.own - earlier.own)


class Program(ABC):
    """A program under measurement, in a process of its own that is killed at the end of the context."""

    name: str

    def __init__(self, place: Place, command: list[str]):
        self.place = place
        with open(place.directory / "stderr", "wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env={name: value for name, value in os.environ.items() if not name.startswith(("RETAIND_", "Quix__"))})

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()

    @abstractmethod
    def wait(self, orders: int) -> None:
        """Returns when so many orders are committed, which are all there will be."""

    def usage(self) -> Usage:
        """What it has used so far."""
        own = 0
        for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
            # A thread may end while it is looked at.
            with suppress(FileNotFoundError, ProcessLookupError):
                if not (thread / "comm").read_text(encoding="utf-8").startswith("rdk:"):
                    own += int((thread / "schedstat").read_text(encoding="utf-8").split()[0])
        # The number of another process's clock, as clock_getcpuclockid(3) makes it.
        return Usage(time.clock_gettime(~self._process.pid << 3 | 2), own / 1e9)

    def require_running(self) -> None:
        """Ends the comparison if the program has ended."""
        if self._process.poll() is not None:
            self.fail("has ended")

    def fail(self, why: str) -> None:
        """Ends the comparison with the last words of the program."""
        self._process.kill()
        words, _ = self._process.communicate()
        errors = (self.place.directory / "stderr").read_bytes()
        sys.exit(f"{self.name} {why}\n{(words + errors).decode(errors='replace')[-3_000:]}")


class QuixStreams(Program):
    """`quix_points.py`."""

    name = "Quix Streams"

    def __init__(self, place: Place, orders: int):
        super().__init__(place, [
            sys.executable, str(HERE / "quix_points.py"), "--bootstrap", place.bootstrap, "--group", place.group,
            "--input", place.orders, "--output", place.ledger, "--state", str(place.directory / "state"),
            "--entries", str(orders),
        ])

    def wait(self, orders: int) -> None:
        """Waits for the line by which it says so."""
        output = self._process.stdout
        assert output is not None
        ready, _, _ = select.select([output], [], [], DEADLINE_SECONDS)
        if not ready or output.readline() != b"done\n":
            self.fail(f"has not taken {orders} orders")


class Retaind(Program):
    """`retaind run` with one worker, since an application of Quix Streams has one thread that processes."""

    name = "retaind"

    def __init__(self, place: Place, binary: Path):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._telemetry = f"127.0.0.1:{probe.getsockname()[1]}"
        config = place.directory / "config"
        self._configure(config, place)
        super().__init__(place, [str(binary), "run", "--config-dir", str(config)])

    def _configure(self, config: Path, place: Place) -> None:
        config.mkdir()
        for wording in (REPOSITORY / "Config").glob("wording.*.json"):
            (config / wording.name).symlink_to(wording)
        topics = ("orders", "shipments", "browsing", "customers", "notifications", "ledger", "deadLetters", "state",
                  "forward")
        (config / "rules.json").write_text(json.dumps(RULES), encoding="utf-8")
        (config / "retaind.json").write_text(json.dumps({
            "kafka": {"bootstrap.servers": place.bootstrap}, "group": place.group, "workers": 1,
            "partitions": PARTITIONS, "topics": {name: place.prefix + name for name in topics},
            "stateDirectory": str(place.directory / "state"), "telemetry": {"listen": self._telemetry},
            "log": {"level": "error"},
        }), encoding="utf-8")

    def wait(self, orders: int) -> None:
        """Waits until its metrics say so, which are asked for every 20 ms."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self._committed() < orders:
            if time.monotonic() > deadline:
                self.fail(f"has not taken {orders} orders")
            self.require_running()
            time.sleep(0.02)

    def _committed(self) -> int:
        with urllib.request.urlopen(f"http://{self._telemetry}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith("retaind_events_total"))
