"""A broker that a command of the user's runs, for the faults that the wire tests' own broker does not survive."""

from __future__ import annotations

import shlex
import signal
import subprocess
import time
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from broker import Cluster


class ExternalBroker(Cluster):
    """A broker that a command runs in the foreground, which can be killed and started again."""

    def __init__(self, bootstrap: str, command: str, log: Path):
        super().__init__(bootstrap)
        self._command = shlex.split(command)
        self._log = log
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 2})
        deadline = time.monotonic() + 120
        while True:
            try:
                admin.list_topics(timeout=2)
                return
            except KafkaException as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"the broker does not start: {error}; see {self._log}") from error

    def end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(60)

    def stop(self) -> None:
        self.end(signal.SIGTERM)
