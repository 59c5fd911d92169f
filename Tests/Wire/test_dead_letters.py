"""`retaind dead-letters`: what could not be processed is looked at, and comes back exactly once when the cause is mended."""

import json
import os
import signal
from collections import Counter

import quiet_rules
from asking import command, metric, wait_for_metric
from events import Event
from fleet import Instance
from producing import produce_raw
from reading import read_committed, wait_until_consumed

ORDERS = 1000
# So many points for one order that no account could hold them.
TOO_GENEROUS = 1_000_000


def order(number: int, now) -> Event:
    return Event(f"paid-{number}", "order.paid", now, {
        "customerId": f"c-{number % 37}", "orderId": f"o-{number}", "currency": "CNY", "total": 1_000_000_000 + number,
        "lines": []})


def test_a_thousand_rejected_orders_come_back_after_a_fix_of_the_rules_exactly_once(tmp_path, topics, now):
    topics.create(orders=3)
    points = {"pointsPerMajorUnit": TOO_GENEROUS, "campaigns": [], "maxOrdersPerDay": None}
    rules = {"version": "bad", "tiers": quiet_rules.TIERS, "points": points}
    retaind = Instance(tmp_path, topics, rules=rules, deadLetterLimit={"records": 1_000_000, "window": 1_000_000})
    try:
        retaind.start()
        retaind.wait_until_ready()
        events = [order(number, now) for number in range(ORDERS)]
        # Half of them with headers of their own, in the other mode of the binding.
        produce_raw(topics.bootstrap, topics["orders"], [
            (event.customer.encode(), *event.binary()) if number % 2 else
            (event.customer.encode(), event.structured(), [("trace", b"\xff\x00"), ("trace", None)])
            for number, event in enumerate(events)])
        produce_raw(topics.bootstrap, topics["orders"], [(None, b"never valid", [])])
        wait_for_metric(retaind, "retaind_dead_letters_total", ORDERS + 1)

        listed = command(retaind, "dead-letters", "list", "--limit", "3")
        assert listed.returncode == 0, listed.stderr
        assert listed.stdout.splitlines()[:3] == [
            f"{ORDERS + 1} dead letters", f"1\t{topics['orders']}\tinvalid-json",
            f"{ORDERS}\t{topics['orders']}\tout-of-range"]
        assert len(listed.stdout.splitlines()) == 6
        assert "c-1" not in listed.stdout and "o-1" not in listed.stdout
        place = listed.stdout.splitlines()[-1].split()[0]
        shown = json.loads(command(retaind, "dead-letters", "show", place).stdout)
        assert shown["topic"] == topics["orders"] and shown["place"] == place and shown["value"]
        assert command(retaind, "dead-letters", "show", "0:999999").returncode == 66

        dry = command(retaind, "dead-letters", "replay", "--reason", "out-of-range")
        assert "nothing was published" in dry.stdout
        before = len(read_committed(topics.bootstrap, topics["orders"]))

        points["pointsPerMajorUnit"], rules["version"] = 1, "good"
        (retaind.directory / "config" / "rules.json").write_text(json.dumps(rules))
        os.kill(retaind.pid, signal.SIGHUP)
        retaind.wait_for("reloaded")
        for _ in range(2):
            # Twice, as by an operator who was interrupted and is not sure.
            replayed = command(retaind, "dead-letters", "replay", "--reason", "out-of-range", "--yes")
            assert replayed.returncode == 0, replayed.stderr
            assert replayed.stdout.splitlines()[0] == f"{ORDERS} dead letters"
        wait_until_consumed(topics.bootstrap, retaind.group, [topics["orders"]])
        wait_until_consumed(topics.bootstrap, retaind.group, [topics["forward"]])

        entries = Counter(
            (data["customerId"], data["orderId"], data["points"], data["kind"]) for data in
            (json.loads(message.value()) for message in read_committed(topics.bootstrap, topics["ledger"])))
        assert entries == Counter(
            (event.customer, event.data["orderId"], event.data["total"] // 100, "accrued") for event in events)
        assert metric(retaind, "retaind_dead_letters_total") == ORDERS + 1

        # Each is what it was, where it was, when it was.
        def face(message):
            return (message.partition(), message.key(), message.value(), tuple(message.headers() or ()),
                    message.timestamp()[1])
        records = read_committed(topics.bootstrap, topics["orders"])
        assert len(records) == before + 2 * ORDERS
        again = Counter(map(face, records))
        assert sorted(again.values()) == [1] + [3] * ORDERS
    finally:
        retaind.kill()
