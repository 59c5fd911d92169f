"""The model and the scenario themselves: an oracle that is wrong or ambiguous proves nothing."""

import random
from datetime import datetime, timedelta, timezone

import pytest

from events import Event
from model import Balances, LedgerEntry, Model
from scenario import HISTORIES, Shop, rules

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)


def play(waves, shuffle: random.Random | None = None) -> Model:
    model = Model(rules(NOW))
    for wave in waves:
        for event in interleaved(wave, shuffle) if shuffle else wave:
            model.apply(event, NOW)
            if shuffle and shuffle.random() < 0.3:
                model.settle(NOW)
        model.settle(NOW)
    return model


def interleaved(events: list[Event], shuffle: random.Random) -> list[Event]:
    """The events in an order a cluster might deliver them: kept within a topic's key, arbitrary otherwise."""
    queues: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        queues.setdefault((event.topic, event.data.get("orderId", event.customer)), []).append(event)
    order = []
    while queues:
        key = shuffle.choice(list(queues))
        order.append(queues[key].pop(0))
        if not queues[key]:
            del queues[key]
    return order


@pytest.mark.parametrize("seed", range(5))
def test_outcome_does_not_depend_on_the_order_within_a_wave(seed):
    waves = Shop(NOW, customers=3 * len(HISTORIES), seed=seed).waves
    plain, shuffled = play(waves), play(waves, random.Random(seed))
    assert shuffled.notices == plain.notices
    assert shuffled.entries == plain.entries
    assert {id: one.balances for id, one in shuffled.customers.items()} == {
        id: one.balances for id, one in plain.customers.items()}


def test_scenario_reaches_every_kind():
    model = play(Shop(NOW, customers=2 * len(HISTORIES), seed=1).waves)
    assert {notice.kind for notice in model.notices} == {
        "points.accrued", "points.reversed", "shipment.picked_up", "shipment.out_for_delivery",
        "shipment.available_for_pickup", "shipment.delivered", "shipment.attempt_fail", "shipment.exception",
        "shipment.delayed", "shipment.early", "order.care_guide", "feedback.survey"}
    assert {entry.kind for entry in model.entries} == {"accrued", "confirmed", "reversed", "redeemed", "restored"}


def test_a_refund_of_spent_points_becomes_debt_that_new_points_pay_first():
    def event(number, type, days_ago, **data):
        return Event(f"e{number}", type, NOW - timedelta(days=days_ago), {"customerId": "c", **data})

    def paid(number, days_ago, order, total, **more):
        lines = [{"sku": "s", "category": "food", "quantity": 1, "unitPrice": total}]
        return event(number, "order.paid", days_ago, orderId=order, currency="CNY", total=total, lines=lines, **more)

    model = Model(rules(NOW))
    # 2026-10-19 and 2026-10-20 are no member days and in no campaign: 100 yuan earn 100 points.
    for step in (
        paid(1, 32, "a", 10_000), paid(2, 3, "b", 50, pointsRedeemed=70),
        event(3, "order.refunded", 2, orderId="a", amount=6_000), paid(4, 31, "c", 5_000),
    ):
        model.apply(step, NOW)
        model.settle(NOW)
    # 100 confirmed, 70 spent, 60 of them taken back: 30 left pay, 30 are owed; 50 new ones pay 30 and leave 20.
    assert model.customers["c"].balances == Balances(pending=0, available=20, debt=0)
    assert model.entries == {LedgerEntry("c", *entry): 1 for entry in (
        ("accrued", "a", 100), ("confirmed", "a", 100), ("redeemed", "b", -70), ("reversed", "a", -60),
        ("accrued", "c", 50), ("confirmed", "c", 50))}
