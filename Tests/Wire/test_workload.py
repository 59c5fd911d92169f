"""The audit of a workload finds what it is there to find."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from workload import REPEATED_AFTER, Audit, Workload, utc_now

ORDERS = 40
WORKLOAD = Workload(customers=7)


@dataclass
class Output:
    """A committed record with as much of a Kafka message's face as the audit looks at."""

    kind: str
    order: int
    changes: dict[str, Any]
    id: str

    def value(self) -> bytes:
        if self.kind == "dead letter":
            return f"poison-{self.order}".encode()
        points = {"accrued": WORKLOAD.granted(self.order), "reversed": -WORKLOAD.reversed(self.order),
                  "points.accrued": WORKLOAD.granted(self.order), "points.reversed": WORKLOAD.reversed(self.order)}
        common = {"customerId": WORKLOAD.customer(self.order), "kind": self.kind, "orderId": f"o{self.order}",
                  "points": points.get(self.kind), "template": {"params": {"orderId": f"o{self.order}"}}}
        reason = {"points": points[self.kind]} if self.kind in points else {}
        return json.dumps({**common, "reason": reason, **self.changes}).encode()

    def headers(self) -> list[tuple[str, bytes]]:
        return [("ce_id", self.id.encode())] if self.kind != "dead letter" else []

    def topic(self) -> str:
        return "outputs"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.order


def outputs() -> list[Output]:
    """Everything that must come out."""
    made, pending = [], {}
    for order in range(ORDERS):
        kinds = ["accrued", "points.accrued", "shipment.picked_up", "shipment.delivered", "order.care_guide"]
        kinds += ["reversed", "points.reversed"] if WORKLOAD.refund(order) else []
        kinds += ["dead letter"] if WORKLOAD.has_poison(order) else []
        for kind in kinds:
            customer = WORKLOAD.customer(order)
            worth = {"accrued": WORKLOAD.granted(order), "reversed": -WORKLOAD.reversed(order)}.get(kind, 0)
            pending[customer] = pending.get(customer, 0) + worth
            balances = {"pending": pending[customer], "available": 0, "debt": 0}
            made.append(Output(kind, order, balances, f"{kind}-{order}"))
    return made


def judged(records: list[Output]) -> Audit:
    audit = Audit(WORKLOAD, ORDERS)
    for record in records:
        if record.kind == "dead letter":
            audit.take_dead_letter(record)
        elif "." in record.kind:
            audit.take_notice(record)
        else:
            audit.take_entry(record)
    return audit


def verdict(audit: Audit) -> tuple[int, int, int, int]:
    return audit.missing().total(), audit.doubled, audit.extra, audit.wrong


def test_nothing_is_wrong_with_what_must_come_out():
    assert verdict(judged(outputs())) == (0, 0, 0, 0)
    assert judged(outputs()).expected() == len(outputs())


@pytest.mark.parametrize("index", range(0, len(outputs()), 11))
def test_a_record_that_is_missing_is_lost_and_one_that_comes_again_is_doubled(index):
    all = outputs()
    assert judged(all[:index] + all[index + 1:]).missing().total() == 1
    assert judged([*all, all[index]]).doubled == 1


def test_an_id_that_stands_on_two_records_is_doubled():
    all = outputs()
    all[-1].id = all[0].id
    assert judged(all).doubled == 1


@pytest.mark.parametrize("record", [
    Output("accrued", ORDERS, {"pending": 0, "available": 0, "debt": 0}, "x"), Output("points.reversed", 1, {}, "x"),
    Output("feedback.survey", 1, {}, "x"), Output("dead letter", 4, {}, "x"),
])
def test_a_record_that_nothing_calls_for_is_extra(record):
    assert judged([*outputs(), record]).extra == 1


@pytest.mark.parametrize("changes", [{"points": 1}, {"pending": 1}, {"debt": 1}, {"available": 5}])
def test_an_entry_with_other_points_or_balances_is_wrong(changes):
    all = outputs()
    all[0].changes |= changes
    assert judged(all).wrong >= 1


def test_a_notice_to_another_customer_or_of_other_points_is_wrong():
    for changes in ({"customerId": "c999999"}, {"reason": {"points": 1}}):
        all = outputs()
        all[1].changes |= changes
        assert judged(all).wrong == 1


def test_every_order_is_published_whole_whenever_the_load_ends():
    keys = [(topic, value) for step in range(ORDERS + REPEATED_AFTER + 1)
            for topic, _, value in WORKLOAD.records(step, ORDERS, utc_now())]
    paid = [json.loads(value)["id"] for topic, value in keys if '"order.paid"' in value]
    assert sorted(set(paid)) == sorted(f"p{order}" for order in range(ORDERS))
    assert len(paid) - len(set(paid)) == sum(map(WORKLOAD.is_repeated, range(ORDERS)))
    assert sum('"shipment.updated"' in value for _, value in keys) == 2 * ORDERS
    assert sum('"order.refunded"' in value for _, value in keys) == ORDERS // 4
