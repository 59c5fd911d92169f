"""The service manager's end of sd_notify(3)."""

from __future__ import annotations

import queue
import socket
import threading
from pathlib import Path

# How often the service is told to feed the watchdog.
WATCHDOG_SECONDS = 1.5


class NotifySocket:
    """Where a service says what it is doing."""

    def __init__(self, path: Path):
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1_000_000))}
        self._messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        # A service waits for a manager that does not listen.
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, state: str, deadline_seconds: float) -> None:
        """Returns when a message with this line has come; fails when none comes for so long."""
        while True:
            try:
                message = self._messages.get(timeout=deadline_seconds)
            except queue.Empty:
                raise AssertionError(f"no {state} in {deadline_seconds} s") from None
            if state in message.splitlines():
                return

    def expect_to_be_fed(self, times: int) -> None:
        """Passes over what is there already, and takes so many meals, each within the interval the service was given."""
        while not self._messages.empty():
            self._messages.get()
        for _ in range(times):
            self.wait_for("WATCHDOG=1", WATCHDOG_SECONDS)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        with self._socket:
            while message := self._socket.recv(4096):
                self._messages.put(message.decode())
