"""`retaind replay`: the same handlers without Kafka, by the events' own clock; the same input gives the same bytes."""

import json
import shutil
import subprocess
from collections import Counter
from datetime import timedelta

import pytest

from daemon import REPOSITORY, binary
from model import Model
from outputs import ReplayedRecord, balances_of, difference, entry_of, notice_of
from scenario import Shop, rules

LINES = 200


@pytest.fixture
def history(now):
    """The first 200 events of a shop, in the order they happened."""
    shop = Shop(now, customers=24, seed=4)
    events = sorted(shop.events, key=lambda event: event.time)
    assert len(events) > LINES
    return events[:LINES]


@pytest.fixture
def config(tmp_path, now):
    """The repository's configuration with the scenario's rules."""
    directory = shutil.copytree(REPOSITORY / "Config", tmp_path / "config")
    (directory / "rules.json").write_text(json.dumps(rules(now)))
    # No broker is asked: nothing listens there.
    deployment = {"kafka": {"bootstrap.servers": "127.0.0.1:1"}, "source": "/wire-test/retaind"}
    (directory / "retaind.json").write_text(json.dumps(deployment))
    return directory


def replay(config, events_file, until):
    done = subprocess.run(
        [str(binary()), "replay", "--events", str(events_file), "--config-dir", str(config), "--until",
         until.isoformat(timespec="milliseconds")],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def test_twice_gives_the_same_bytes_and_what_the_rules_say(history, config, tmp_path, now):
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"".join(event.structured() + b"\n" for event in history))
    assert len(file.read_bytes().splitlines()) == LINES
    until = history[-1].time + timedelta(days=40)
    first, second = (replay(config, file, until) for _ in range(2))
    assert first == second

    model = replayed_model(history, until, now)
    records = [ReplayedRecord(json.loads(line)) for line in first.splitlines()]
    notices = Counter(notice_of(record) for record in records if record.topic == "notifications")
    entries = [record for record in records if record.topic == "points-ledger"]
    assert {record.topic for record in records} == {"notifications", "points-ledger"}
    assert not difference(model.notices, notices), difference(model.notices, notices)
    told = Counter(map(entry_of, entries))
    assert not difference(model.entries, told), difference(model.entries, told)
    last = {record.key().decode(): balances_of(record) for record in entries}
    assert last == {id: model.customers[id].balances for id in last}


def replayed_model(history, until, now):
    """The model driven by the events' own time; timers fire to the hour, which is finer than any limit."""
    model = Model(rules(now))
    clock = history[0].time
    for event in history:
        clock = settle_hourly(model, clock, event.time)
        model.apply(event, event.time)
    settle_hourly(model, clock, until)
    return model


def settle_hourly(model, clock, until):
    while clock + timedelta(hours=1) < until:
        clock += timedelta(hours=1)
        model.settle(clock)
    model.settle(until)
    return until


def test_a_line_that_is_not_valid_becomes_a_dead_letter_and_the_run_goes_on(history, config, tmp_path):
    file = tmp_path / "events.ndjson"
    good = [event for event in history if event.type == "order.paid"][:2]
    file.write_bytes(good[0].structured() + b"\nnot json\n" + good[1].structured() + b"\n")
    records = [ReplayedRecord(json.loads(line)) for line in replay(config, file, good[1].time).splitlines()]
    letters = [record for record in records if record.topic == "retaind.dead-letters"]
    assert len(letters) == 1
    assert dict(letters[0].headers())["dlq.reason"] == b"invalid-json"
    accrued = {entry_of(record).order for record in records if record.topic == "points-ledger"}
    assert {event.data["orderId"] for event in good} <= accrued
