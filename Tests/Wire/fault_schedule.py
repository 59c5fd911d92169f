"""A seeded schedule of faults on a running installation, and what its instances did that they must not do."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from confluent_kafka import KafkaException

from broker import Cluster
from fleet import FENCED_CODE, STOP_SECONDS, Instance
from progress import Progress
from topics import Topics
from workload import RULES

NAMES = ("a", "b", "c")
STATE_PARTITIONS = 6
SESSION_SECONDS = 6
# Also how long a killed instance's transaction may hold up its successor.
TRANSACTION_SECONDS = 10
CATCH_UP_SECONDS = 180
FENCED_SECONDS = 40
SAMPLE_SECONDS = 2
# No output for so long, and none is on its way: longer than the timers that the load leaves behind.
QUIET_SECONDS = 10


class Chaos:
    """One run: the instances, the faults, and what was seen of them."""

    def __init__(self, options: argparse.Namespace, cluster: Cluster, topics: Topics, directory: Path):
        self.options, self.cluster, self.topics, self.directory = options, cluster, topics, directory
        self.dice = random.Random(options.seed)
        self.running: dict[str, Instance] = {}
        self.absent: dict[str, Instance] = {}
        self.counts: Counter[str] = Counter()
        # What an instance did that it must not do.
        self.violations: list[str] = []
        self.memory: dict[str, list[tuple[float, int]]] = {}
        self.slowest_catch_up = 0.0
        for name in NAMES:
            self.absent[name] = self._make(name, name)
        self.progress = Progress(topics, self.absent["a"].group)
        self._over = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def run(self) -> None:
        """Every fault of the schedule, in a seeded order, and then calm until the time is over."""
        started = time.monotonic()
        for _ in range(self.options.instances):
            self._start(self.dice.choice(sorted(self.absent)))
        self._expect_progress()
        faults = [
            fault for fault, times in (
                (self.kill, self.options.kills), (self.restart, self.options.restarts),
                (self.join_or_leave, self.options.joins), (self.freeze, self.options.freezes),
                (self.impersonate, self.options.twins), (self.bounce_broker, self.options.broker_restarts),
            ) for _ in range(times)
        ]
        self.dice.shuffle(faults)
        for number, fault in enumerate(faults):
            self._say(f"{number + 1}/{len(faults)} {fault.__name__}, running {sorted(self.running)}")
            fault()
            time.sleep(self.dice.uniform(0, self.options.pause))
            self._notice_deaths()
            if self.dice.random() < 0.3:
                self._expect_progress()
        while time.monotonic() - started < self.options.seconds:
            time.sleep(min(5, self.options.seconds))
            self._notice_deaths()

    def settle(self) -> None:
        """Lets everything that was published be finished, and ends all instances."""
        self._expect_progress()
        try:
            self.progress.wait_until_quiet(QUIET_SECONDS, CATCH_UP_SECONDS)
        except (TimeoutError, KafkaException) as error:
            self.violations.append(str(error))
        self._notice_deaths()
        for name in sorted(self.running):
            self._stop(name)
        self._over.set()
        self._sampler.join()

    def kill(self) -> None:
        name = self._any()
        self.running[name].kill()
        self.counts["kills"] += 1
        # Long enough, now and then, for the others to take over.
        time.sleep(self.dice.choice((0, 0, 0.5, 2, SESSION_SECONDS + 3)))
        self.running[name].start()

    def restart(self) -> None:
        name = self._any()
        self._stop(name)
        self.counts["restarts"] += 1
        time.sleep(self.dice.choice((0, 0, 1)))
        self._start(name)

    def join_or_leave(self) -> None:
        if len(self.running) == 1 or (len(self.running) < len(NAMES) and self.dice.random() < 0.5):
            self._start(self.dice.choice(sorted(self.absent)))
            self.counts["joins"] += 1
        else:
            self._stop(self._any())
            self.counts["leaves"] += 1

    def freeze(self) -> None:
        """Longer than the session, and at times longer than the transaction too."""
        instance = self.running[self._any()]
        instance.freeze()
        time.sleep(self.dice.choice((SESSION_SECONDS + 2, SESSION_SECONDS + 2, TRANSACTION_SECONDS * 2 + 3)))
        instance.thaw()
        self.counts["freezes"] += 1

    def impersonate(self) -> None:
        """A second process of the same name, on the same state directory: the older must say so and end."""
        name = self._any()
        older = self.running[name]
        # The one that takes the name last keeps it: of two that start together that may be either.
        older.wait_for_more("assigned", self.options.workers - 1, CATCH_UP_SECONDS)
        newer = self._make(name, f"{name}-twin-{self.counts['twins']}")
        newer.start()
        self.counts["twins"] += 1
        code = older.wait_for_end(FENCED_SECONDS)
        if code != FENCED_CODE or not newer.is_running():
            self.violations.append(
                f"of two processes named {name} the older ended with {code}, the newer runs: {newer.is_running()}")
        older.kill()
        self.running[name] = newer

    def bounce_broker(self) -> None:
        how = self.dice.choice((signal.SIGKILL, signal.SIGTERM))
        self.cluster.end(how)
        time.sleep(self.dice.choice((0, 2, 8)))
        self.cluster.start()
        self.counts["broker kills" if how == signal.SIGKILL else "broker restarts"] += 1

    def _make(self, instance: str, directory: str) -> Instance:
        path = self.directory / directory
        path.mkdir()
        return Instance(
            path, self.topics, rules=RULES, instance=instance, workers=self.options.workers,
            partitions=STATE_PARTITIONS, stateDirectory=str(self.directory / "state"),
            commitIntervalMs=self.options.commit_interval, checkpointIntervalSeconds=20,
            deadLetterLimit={"records": 1000, "window": 1000},
            kafka={
                "bootstrap.servers": self.cluster.bootstrap, "session.timeout.ms": SESSION_SECONDS * 1000,
                "heartbeat.interval.ms": 500, "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
            })

    def _any(self) -> str:
        return self.dice.choice(sorted(self.running))

    def _start(self, name: str) -> None:
        self.running[name] = self.absent.pop(name)
        self.running[name].start()

    def _stop(self, name: str) -> None:
        instance = self.absent[name] = self.running.pop(name)
        code, seconds = instance.stop_in_time()
        self.counts["stops"] += 1
        if code != 0 or seconds > STOP_SECONDS:
            self.violations.append(f"{name} ended with {code}, {seconds:.1f} s after SIGTERM:\n{instance.tail(8)}")

    def _notice_deaths(self) -> None:
        for name, instance in self.running.items():
            if not instance.is_running():
                code = instance.wait_for_end(0)
                self.violations.append(f"{name} ended by itself with {code}:\n{instance.tail(8)}")
                instance.start()

    def _expect_progress(self) -> None:
        try:
            seconds = self.progress.wait_until_caught_up(CATCH_UP_SECONDS)
            self.slowest_catch_up = max(self.slowest_catch_up, seconds)
        except TimeoutError as error:
            self.violations.append(f"{error}; running {sorted(self.running)}")
            self._say(self.violations[-1])

    def _sample(self) -> None:
        started = time.monotonic()
        while not self._over.wait(SAMPLE_SECONDS):
            for name, instance in list(self.running.items()):
                if size := instance.resident_bytes():
                    self.memory.setdefault(name, []).append((time.monotonic() - started, size))

    def _say(self, text: str) -> None:
        if self.options.verbose:
            print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
