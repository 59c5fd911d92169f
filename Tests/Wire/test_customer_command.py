"""`retaind customer show` and `retaind customer erase`, beside a daemon that runs."""

import json
import subprocess
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from daemon import Daemon, binary
from events import Event, rfc3339
from playing import Publisher
from reading import read_committed, wait_until_consumed
from topics import INPUTS

CUSTOMER = "米粒 of c-1"


def customer(command: str, retaind: Daemon, id: str = CUSTOMER) -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary(), "customer", command, "--config-dir", retaind.directory / "config", id],
        capture_output=True, encoding="utf-8", timeout=60, check=False)


def shown(retaind: Daemon) -> dict:
    """What is remembered once every timer that is due has fired: a timer fires after its event is committed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        run = customer("show", retaind)
        assert run.returncode == 0, run.stderr
        report = json.loads(run.stdout)
        if all(timer["dueAt"] > rfc3339(datetime.now(timezone.utc)) for timer in report["timers"]):
            return report
    raise AssertionError(f"timers that are due did not fire: {report['timers']}")


def settle(retaind: Daemon) -> None:
    """Returns when all input is processed and committed, what was forwarded included."""
    names = retaind.topics
    for part in ([names[key] for key in INPUTS], [names["forward"]]):
        wait_until_consumed(names.bootstrap, retaind.group, part)


def publish(retaind: Daemon, *events: Event) -> None:
    for event in events:
        Publisher().publish(retaind.topics, event.topic, [event])
    settle(retaind)


def order(number: int, at, total: int, **more) -> Event:
    return Event(f"paid-{number}", "order.paid", at, {
        "customerId": CUSTOMER, "orderId": f"o-{number}", "currency": "CNY", "total": total, "lines": []} | more)


def test_everything_that_is_remembered_is_shown_and_forgotten(topics, daemon, now):
    topics.create()
    # The customer is never awake, so that what can wait does.
    retaind = daemon(rules={
        "points": {"campaigns": []}, "gate": {"quietHours": {"start": "00:01", "end": "00:00"}}})
    retaind.start()
    retaind.wait_until_ready()
    paid, delivered = now - timedelta(days=2), now - timedelta(hours=13)
    publish(
        retaind,
        Event("told", "customer.updated", paid, {
            "customerId": CUSTOMER, "displayName": "米粒的主人", "timeZone": "Europe/Berlin", "birthday": "02-29",
            "consent": {"phone": True, "marketing": False}}),
        order(1, paid, 123_456),
        Event("ahead", "order.refunded", paid, {"customerId": CUSTOMER, "orderId": "o-9", "amount": 5}),
        Event("arrived", "shipment.updated", delivered, {
            "customerId": CUSTOMER, "orderId": "o-1", "shipmentId": "s-1", "carrier": "SF", "status": "delivered"}))

    report = shown(retaind)
    assert report["customerId"] == CUSTOMER and "erasedAt" not in report and report["recentEvents"] == 4
    assert report["profile"] == {
        "displayName": "米粒的主人", "timeZone": "Europe/Berlin", "birthday": "02-29",
        "consent": {"phone": True, "marketing": False}}
    account = report["account"]
    assert (account["available"], account["pending"], account["debt"], account["lots"]) == (0, 1234, 0, [])
    assert [(order["orderId"], order["granted"], order["currency"]) for order in account["orders"]] == [
        ("o-1", 1234, "CNY")]
    assert [(waiting["orderId"], waiting["refunded"]) for waiting in account["waiting"]] == [("o-9", 5)]
    assert report["standing"]["tier"] == "silver" and report["standing"]["spend"][0]["spent"] == 1234.56
    assert report["orders"][0]["parcels"][0]["shipmentId"] == "s-1"
    held = {notice["kind"] for notice in report["contacts"]["held"]}
    assert held == {"tier.upgraded", "order.care_guide"}
    timers = {(timer["timer"], timer["subject"]) for timer in report["timers"]}
    # The customer lives in Berlin.
    day = paid.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
    assert report["rhythm"]["purchaseDays"] == 1 and report["rhythm"]["lastDay"] == day
    assert (report["items"], report["browsing"]) == ([], {"days": [], "categories": []})
    assert timers == {
        ("points.confirm", "o-1"), ("feedback.survey", "o-1"), ("tier.at_risk", "silver"), ("held", "tier.upgraded"),
        ("held", "order.care_guide"), ("churn.judge", day), ("winback.offer", day)}
    due = [timer["dueAt"] for timer in report["timers"]]
    assert due == sorted(due) and rfc3339(now) < max(due)

    before = len(read_committed(topics.bootstrap, topics["notifications"]))
    run = customer("erase", retaind)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("published customer.erased erase-")
    settle(retaind)
    report = shown(retaind)
    assert "erasedAt" in report
    assert (report["profile"], report["orders"], report["timers"]) == ({"consent": {}}, [], [])
    assert report["account"]["orders"] == [] and report["contacts"] == {"days": [], "held": []}
    publish(retaind, order(2, now, 100))
    assert "erasedAt" in shown(retaind) and shown(retaind)["account"]["orders"] == []
    assert retaind.stop() == 0
    assert len(read_committed(topics.bootstrap, topics["notifications"])) == before
    assert not read_committed(topics.bootstrap, topics["deadLetters"])


def test_of_an_unknown_customer_nothing_is_shown(topics, daemon):
    topics.create()
    retaind = daemon()
    retaind.start()
    retaind.wait_until_ready()
    run = customer("show", retaind, "nobody")
    assert run.returncode == 66 and run.stdout == ""
    assert "nothing is remembered of this customer in" in run.stderr and "nobody" not in run.stderr


def test_a_topic_that_is_not_there_is_named(topics, daemon):
    retaind = daemon()
    run = customer("show", retaind)
    assert run.returncode == 78
    assert f"the topic {topics['state']} does not exist" in run.stderr


def test_an_id_that_no_customer_can_have_is_a_usage_error(topics, daemon):
    run = customer("show", daemon(), "x" * 129)
    assert run.returncode == 64 and "ID must be 1 to 128 bytes" in run.stderr
