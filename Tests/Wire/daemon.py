"""`retaind run` as a child process: its configuration, its log as a stream of events to wait for, its end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from topics import STATE_PARTITIONS, Topics

REPOSITORY = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 60

LogLine = dict[str, Any]


def binary() -> Path:
    """The executable under test: `RETAIND_TEST_BINARY`, else the debug build."""
    return Path(os.environ.get("RETAIND_TEST_BINARY") or REPOSITORY / ".build" / "debug" / "retaind")


class Daemon:
    """One instance of the daemon; `start` may be called again after `kill` or `stop`, as a service manager would."""

    def __init__(self, directory: Path, topics: Topics, rules: dict[str, Any] | None = None, **settings: Any):
        self.directory = directory
        self.topics = topics
        self.state_directory = directory / "state"
        self.group = topics.prefix + "retaind"
        # A short path: the name of a socket has at most 107 bytes.
        self._sockets = tempfile.TemporaryDirectory(prefix="retaind-")
        self.telemetry = Path(self._sockets.name) / "telemetry.sock"
        self.log: list[LogLine] = []
        # Beside the environment of the tests, at the next start.
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen | None = None
        self._reader: threading.Thread | None = None
        self._changed = threading.Condition()
        self._write_configuration(rules, settings)

    def start(self) -> None:
        """Starts the process with an empty log."""
        assert self._process is None, "the daemon runs already"
        self.log = []
        with open(self.directory / "stderr.log", "ab") as errors:
            self._process = subprocess.Popen(
                [str(binary()), "run", "--config-dir", str(self.directory / "config")],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                env={name: value for name, value in os.environ.items() if not name.startswith("RETAIND_")}
                | self.environment)
        self._reader = threading.Thread(target=self._read_log, args=(self._process, self.log), daemon=True)
        self._reader.start()

    def wait_for(
        self, event: str, matches: Callable[[LogLine], bool] = lambda _: True,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> LogLine:
        """The first log line of that event since the start; fails when the process ends or the deadline passes."""
        deadline = time.monotonic() + deadline_seconds
        with self._changed:
            while True:
                for line in self.log:
                    if line.get("event") == event and matches(line):
                        return line
                if self._has_ended():
                    raise AssertionError(f"retaind ended ({self._process.poll()}) before `{event}`:\n{self.tail()}")
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no `{event}` in {deadline_seconds} s:\n{self.tail()}")

    def wait_until_ready(self) -> LogLine:
        """The line by which the whole process says that it is ready; a worker's own line names the worker."""
        return self.wait_for("ready", lambda line: "worker" not in line)

    def lines(self, event: str) -> list[LogLine]:
        """Every log line of that event since the start."""
        with self._changed:
            return [line for line in self.log if line.get("event") == event]

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9: no commit, no checkpoint, no farewell to the group."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as the service manager sends it; the exit code."""
        return self._end(signal.SIGTERM)

    def tail(self, lines: int = 25) -> str:
        """The end of the log and of standard error, for a failure's message."""
        errors = self.directory / "stderr.log"
        text = errors.read_text(errors="replace")[-2000:] if errors.exists() else ""
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self.log[-lines:]) + "\n" + text

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        try:
            code = self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"retaind did not end within 30 s of {how.name}:\n{self.tail()}") from None
        finally:
            self._reader.join()
            self._process.stdout.close()
            self._process = None
        return code

    def _has_ended(self) -> bool:
        return self._process is None or not self._reader.is_alive()

    def _read_log(self, process: subprocess.Popen, log: list[LogLine]) -> None:
        for raw in process.stdout:
            try:
                line = json.loads(raw)
            except ValueError:
                # A process that is killed may leave half a line; anything else that is not JSON is shown in `tail`.
                line = {"event": "not-json", "text": raw.decode(errors="replace")}
            with self._changed:
                log.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def _write_configuration(self, rules: dict[str, Any] | None, settings: dict[str, Any]) -> None:
        config = self.directory / "config"
        shutil.copytree(REPOSITORY / "Config", config)
        kafka = {
            "bootstrap.servers": self.topics.bootstrap, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500,
        }
        deployment = {
            "kafka": kafka, "group": self.group, "instance": "wire", "workers": 2, "partitions": STATE_PARTITIONS,
            "topics": self.topics.names, "createTopics": True, "replicationFactor": 1,
            "stateDirectory": str(self.state_directory), "source": "/wire-test/retaind", "commitIntervalMs": 50,
            "log": {"level": "info", "format": "json", "customerIds": True},
            # Beside each other, they cannot all have the same address.
            "telemetry": {"listen": f"unix:{self.telemetry}"},
        }
        deployment.update(settings)
        self.state_directory.mkdir(parents=True, exist_ok=True)
        (config / "retaind.json").write_text(json.dumps(deployment, indent=2))
        if rules is not None:
            (config / "rules.json").write_text(json.dumps(rules, indent=2))
