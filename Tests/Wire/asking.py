"""Asking a daemon's telemetry, which listens on a socket in the file system."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from typing import Any

from daemon import Daemon, binary


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(retaind: Daemon, path: str) -> tuple[int, str]:
    """The status and the body under a path."""
    connection = _Connection(str(retaind.telemetry))
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def metric(retaind: Daemon, name: str) -> float:
    """The sum of all samples of that name; 0 when there is none."""
    lines = (line for line in ask(retaind, "/metrics")[1].splitlines() if not line.startswith("#"))
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)


def wait_for_metric(retaind: Daemon, name: str, least: float, deadline_seconds: float = 60) -> None:
    """Returns when the samples of that name add up to so much."""
    deadline = time.monotonic() + deadline_seconds
    while (value := metric(retaind, name)) < least:
        assert time.monotonic() < deadline, f"{name} is {value}, not {least}:\n{retaind.tail()}"
        time.sleep(0.1)


def status(retaind: Daemon) -> dict[str, Any]:
    """What `/status` says."""
    code, body = ask(retaind, "/status")
    assert code == 200
    return json.loads(body)


def command(retaind: Daemon, *words: str) -> subprocess.CompletedProcess:
    """A command of the same configuration, beside the daemon."""
    return subprocess.run(
        [binary(), *words, "--config-dir", retaind.directory / "config"], capture_output=True, encoding="utf-8",
        timeout=120, check=False)
