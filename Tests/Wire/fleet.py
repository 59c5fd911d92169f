"""Instances of the daemon that come, go, freeze and die, with what they use of memory and what they said at the end."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from daemon import Daemon
from topics import Topics

# How long an orderly end may take.
STOP_SECONDS = 10
# How a process ends whose instance name another one took: no service manager starts it again upon this code.
FENCED_CODE = 78


class Instance(Daemon):
    """A daemon whose process can be stopped in its tracks, and whose log outlives each run as a file."""

    def __init__(self, directory: Path, topics: Topics, **settings: Any):
        super().__init__(directory, topics, **settings)
        self.runs = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, "the daemon does not run"
        return self._process.pid

    def freeze(self) -> None:
        """SIGSTOP: no heartbeat, no end."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: goes on as if no time had passed."""
        os.kill(self.pid, signal.SIGCONT)

    def stop_in_time(self) -> tuple[int, float]:
        """SIGTERM; the exit code and how many seconds the end took."""
        started = time.monotonic()
        code = self.stop()
        return code, time.monotonic() - started

    def wait_for_end(self, deadline_seconds: float) -> int | None:
        """The exit code of a process that ends by itself; None when it still runs at the deadline."""
        deadline = time.monotonic() + deadline_seconds
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.1)
        if self.is_running():
            return None
        code = self._process.returncode
        # Reaps it: the signal reaches nobody.
        self.kill()
        return code

    def wait_for_more(self, event: str, than: int, deadline_seconds: float = 60) -> None:
        """Returns when the log has more lines of that event than so many; fails at the deadline."""
        deadline = time.monotonic() + deadline_seconds
        while len(self.lines(event)) <= than:
            assert time.monotonic() < deadline and self.is_running(), f"no more `{event}`:\n{self.tail()}"
            time.sleep(0.1)

    def resident_bytes(self) -> int:
        """What the process holds in memory now; 0 when it does not run."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except (OSError, AssertionError):
            return 0
        return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        try:
            return super()._end(how)
        finally:
            self.runs += 1
            (self.directory / f"log-{self.runs:03d}.ndjson").write_text(
                "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.log))
