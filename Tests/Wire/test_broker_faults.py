"""What the brokers may do under load: crash and come back, be away for long, stand still, take records slowly.

Each test has a broker process of its own, so that others do not notice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker import BrokerProcess
from busy_shop import DEADLINE_SECONDS, BusyShop
from topics import Topics

EVENTS_PER_SECOND = 400
SESSION_SECONDS = 6
TRANSACTION_SECONDS = 8
AWAY_SECONDS = max(SESSION_SECONDS, TRANSACTION_SECONDS) + 3
# Shorter than the session, so that all that waits still counts afterwards.
STANDSTILL_SECONDS = 4
MIB = 1 << 20


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    if os.environ.get("RETAIND_TEST_BOOTSTRAP"):
        pytest.skip("the brokers of another cluster are not broken")
    broker = BrokerProcess(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def topics(broker: BrokerProcess) -> Topics:
    return Topics(broker.bootstrap)


@pytest.fixture
def shop(topics: Topics) -> Iterator[BusyShop]:
    shop = BusyShop(topics, EVENTS_PER_SECOND)
    yield shop
    shop.load.abandon()


def kafka(bootstrap: str, **more: int) -> dict[str, str | int]:
    return {
        "bootstrap.servers": bootstrap, "session.timeout.ms": SESSION_SECONDS * 1000, "heartbeat.interval.ms": 500,
        "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
        **{name.replace("_", "."): value for name, value in more.items()},
    }


def test_a_broker_that_vanishes_under_load_and_comes_back_loses_and_doubles_nothing(broker, shop, instance):
    retaind = instance("a", kafka=kafka(broker.bootstrap))
    for _ in range(3):
        shop.wait_for_events(retaind)
        broker.cut()
        broker.mend()
    shop.judge(retaind)
    assert retaind.stop() == 0


def test_when_the_broker_is_killed_and_started_again_the_process_goes_on_by_itself(broker, shop, instance):
    # This broker forgets its group, and takes commits of members that it has forgotten: one worker, so that none of them
    # is in another's way. `chaos.py --broker-restarts` does this to several on Kafka, in the middle of transactions.
    retaind = instance("a", kafka=kafka(broker.bootstrap), workers=1)
    for _ in range(2):
        shop.wait_for_events(retaind)
        restored = len(retaind.lines("worker-ready"))
        # It forgets an open transaction as well, which then would stay open, and nobody would read past it.
        with shop.paused(retaind):
            broker.crash()
        broker.start()
        retaind.wait_for_more("worker-ready", restored)
    shop.judge(retaind)
    assert retaind.stop() == 0


def test_when_all_brokers_are_away_for_long_the_process_is_not_ready_and_goes_on_by_itself(
        broker, shop, instance, service_manager):
    retaind = instance("a", service_manager.environment, kafka=kafka(broker.bootstrap))
    shop.wait_for_events(retaind)
    broker.cut()
    since = time.monotonic()
    retaind.wait_for("not-ready", lambda line: line["time"] > retaind.lines("ready")[-1]["time"])
    while time.monotonic() - since < AWAY_SECONDS:
        # Waiting is no standing still.
        service_manager.expect_to_be_fed(1)
    assert retaind.is_running() and not retaind.lines("worker-stalled"), retaind.tail()
    ready = len(retaind.lines("ready"))
    broker.mend()
    retaind.wait_for_more("ready", ready)
    shop.judge(retaind)
    assert retaind.stop() == 0


def test_behind_a_broker_that_stands_still_memory_is_bounded_and_nothing_is_lost(broker, shop, instance):
    retaind = instance("a", kafka=kafka(broker.bootstrap))
    shop.wait_for_events(retaind)
    before = retaind.resident_bytes()
    broker.freeze()
    # Nothing can be waited for: nothing happens.
    time.sleep(STANDSTILL_SECONDS)
    broker.thaw()
    shop.wait_for_events(retaind)
    assert retaind.resident_bytes() - before < 32 * MIB
    shop.judge(retaind)
    assert retaind.stop() == 0


def test_behind_a_broker_that_takes_records_slowly_the_worker_waits_and_memory_is_bounded(broker, shop, instance):
    slow = broker.slow_bootstrap(produce_delay_ms=100)
    # Less room than one unit of work has records.
    retaind = instance("a", kafka=kafka(slow, queue_buffering_max_messages=200), commitIntervalMs=1000)
    shop.wait_for_events(retaind)
    before = retaind.resident_bytes()
    shop.load.wait_for_more(5 * EVENTS_PER_SECOND)
    assert retaind.resident_bytes() - before < 32 * MIB
    shop.judge(retaind)
    assert not retaind.lines("unit-dropped"), retaind.tail()
    assert retaind.stop() == 0
