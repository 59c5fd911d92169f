"""A load that goes on until it is judged, for tests that break something under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from audit import audited
from fleet import Instance
from load import Load
from progress import Progress
from topics import Topics
from workload import CARE_GUIDE_LEAD, Workload

# How long anything that is waited for may take on a busy machine.
DEADLINE_SECONDS = 60
EVENTS_PER_SECOND = 800


class BusyShop:
    """A load that goes on until `judge`, which lets everything be finished and compares it with the workload."""

    def __init__(self, topics: Topics, events_per_second: int = EVENTS_PER_SECOND):
        # Parcels are keyed by order in another number of partitions: all of them are forwarded.
        topics.create(shipments=3)
        self.topics, self.events_per_second, self.workload = topics, events_per_second, Workload(customers=997)
        self.load = Load(topics.bootstrap, topics.names, self.workload, events_per_second, orders_at_most=20_000)

    def wait_for_events(self, retaind: Instance, more: int | None = None) -> None:
        """Returns when the instance's group has committed all that was published up to now, and some more was."""
        with Progress(self.topics, retaind.group) as progress:
            self._catch_up(progress, retaind)
        self.load.wait_for_more(self.events_per_second if more is None else more)

    @contextmanager
    def paused(self, retaind: Instance) -> Iterator[None]:
        """Holds the load back, and begins when the instance has nothing left to do: no transaction is open."""
        self.load.pause()
        with Progress(self.topics, retaind.group) as progress:
            self._catch_up(progress, retaind)
            self._wait_until_quiet(progress)
        yield
        self.load.resume()

    def judge(self, retaind: Instance) -> None:
        """Nothing is lost, doubled, extra or wrong."""
        orders = self.load.finish()
        with Progress(self.topics, retaind.group) as progress:
            self._catch_up(progress, retaind)
            self._wait_until_quiet(progress)
        audit = audited(self.topics, self.workload, orders)
        assert orders > 0
        assert not audit.missing(), f"{audit.missing()}\n{retaind.tail()}"
        assert (audit.doubled, audit.extra, audit.wrong) == (0, 0, 0), "\n".join(audit.examples)

    @staticmethod
    def _wait_until_quiet(progress: Progress) -> None:
        # A care guide is the last thing to come of an order.
        progress.wait_until_quiet(CARE_GUIDE_LEAD.total_seconds() + 0.5, DEADLINE_SECONDS)

    @staticmethod
    def _catch_up(progress: Progress, retaind: Instance) -> None:
        try:
            progress.wait_until_caught_up(DEADLINE_SECONDS)
        except TimeoutError as late:
            state = "runs" if retaind.is_running() else "has ended"
            raise AssertionError(f"{late}; the instance {state}:\n{retaind.tail()}") from late
