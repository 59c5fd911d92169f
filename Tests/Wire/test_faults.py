"""Faults under load, one each: an orderly end, a second instance, a stall beyond the session, a name used twice.

The broker process of these tests neither checks generations nor holds back unstable offsets, so that what only those
guarantee is shown by `chaos.py` on Kafka itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit import audited
from fleet import FENCED_CODE, STOP_SECONDS, Instance
from load import Load
from progress import Progress
from topics import Topics
from workload import CARE_GUIDE_LEAD, RULES, Workload

# How long anything that is waited for may take on a busy machine.
DEADLINE_SECONDS = 60
EVENTS_PER_SECOND = 800
SESSION_SECONDS = 6


class Shop:
    """A load that goes on until `judge`, which lets everything be finished and compares it with the workload."""

    def __init__(self, topics: Topics):
        # Parcels are keyed by order in another number of partitions: all of them are forwarded.
        topics.create(shipments=3)
        self.topics, self.workload = topics, Workload(customers=997)
        self.load = Load(topics.bootstrap, topics.names, self.workload, EVENTS_PER_SECOND, orders_at_most=20_000)

    def wait_for_events(self, retaind: Instance, more: int = EVENTS_PER_SECOND) -> None:
        """Returns when the instance's group has committed all that was published up to now, and some more was."""
        with Progress(self.topics, retaind.group) as progress:
            progress.wait_until_caught_up(DEADLINE_SECONDS)
        self.load.wait_for_more(more)

    def judge(self, retaind: Instance) -> None:
        orders = self.load.finish()
        with Progress(self.topics, retaind.group) as progress:
            progress.wait_until_caught_up(DEADLINE_SECONDS)
            progress.wait_until_quiet(CARE_GUIDE_LEAD.total_seconds() + 0.5, DEADLINE_SECONDS)
        audit = audited(self.topics, self.workload, orders)
        assert orders > 0
        assert not audit.missing(), retaind.tail()
        assert (audit.doubled, audit.extra, audit.wrong) == (0, 0, 0), "\n".join(audit.examples)


@pytest.fixture
def shop(topics: Topics) -> Iterator[Shop]:
    shop = Shop(topics)
    yield shop
    shop.load.abandon()


@pytest.fixture
def instance(tmp_path: Path, topics: Topics) -> Iterator[Callable[[str], Instance]]:
    """Makes and starts an instance by its name, on a state directory that all of them share."""
    made: list[Instance] = []

    def make(name: str) -> Instance:
        directory = tmp_path / f"{name}-{len(made)}"
        directory.mkdir()
        made.append(Instance(directory, topics, rules=RULES, instance=name, stateDirectory=str(tmp_path / "state")))
        made[-1].start()
        return made[-1]

    yield make
    for retaind in made:
        retaind.kill()


def test_sigterm_under_load_ends_with_0_in_10_seconds_and_loses_nothing(shop, instance):
    retaind = instance("a")
    for _ in range(3):
        shop.wait_for_events(retaind)
        code, seconds = retaind.stop_in_time()
        assert code == 0, retaind.tail()
        assert seconds < STOP_SECONDS, retaind.tail()
        retaind.start()
    shop.judge(retaind)


def test_an_instance_that_joins_leaves_and_comes_back_under_load_loses_and_doubles_nothing(shop, instance):
    first = instance("a")
    shop.wait_for_events(first)
    second = instance("b")
    first.wait_for("revoked")
    for _ in range(2):
        # The group is only caught up when the second instance does its share.
        shop.wait_for_events(second)
        assert second.lines("partition-restored"), second.tail()
        assert second.stop() == 0
        # This broker keeps a static member's share for it for ever, Kafka until its session ends.
        second.start()
    shop.judge(second)
    assert first.stop() == 0


def test_a_process_stopped_beyond_its_session_drops_its_work_and_joins_again(shop, instance):
    retaind = instance("a")
    shop.wait_for_events(retaind)
    retaind.freeze()
    # No event of a stopped process can be waited for; only time makes its session end.
    shop.load.wait_for_more(EVENTS_PER_SECOND * (SESSION_SECONDS + 2))
    before = len(retaind.lines("partition-restored"))
    retaind.thaw()
    retaind.wait_for_more("partition-restored", before)
    # It depends on which of the two librdkafka notices first: the session's end, or the coordinator's refusal.
    assert retaind.lines("session-dropped") or retaind.lines("revoked"), retaind.tail()
    shop.judge(retaind)


def test_of_two_processes_with_one_name_the_older_says_so_and_ends(shop, instance):
    older = instance("a")
    shop.wait_for_events(older)
    newer = instance("a")
    assert older.wait_for_end(DEADLINE_SECONDS) == FENCED_CODE, older.tail()
    said = older.lines("worker-stopped")
    assert said and "another process runs with the same instance name" in said[0]["message"]
    newer.wait_for("partition-restored")
    shop.judge(newer)
    assert newer.is_running()
    assert not newer.lines("worker-stopped")
