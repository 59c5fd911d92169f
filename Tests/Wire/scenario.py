"""A small shop's recent past, as waves of events.

Within a wave the order between topics and between customers does not matter to the outcome, so the daemon may take
them as it likes; where it does matter (a refund of confirmed points, a parcel's late scan) the events stand in a later
wave.
Every time lies at least an hour off the limit that decides about it, so that the run itself may take minutes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import quiet_rules
from events import Event, rfc3339

PROFILES, PURCHASES, DISPATCH, ARRIVAL, AFTERMATH, REPEATS = range(6)
WAVES = 6

ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Asia/Shanghai", "Europe/Berlin")
LOCALES = ("zh-Hans", "en", "zh-Hans")


def rules(now: datetime, locale: str = "zh-Hans", zone: str = "Asia/Shanghai") -> dict[str, Any]:
    """Rules with every kind of campaign that this scenario reaches; what is missing takes the defaults."""
    return {
        "version": "wire-test",
        "locale": locale,
        "timeZone": zone,
        "points": quiet_rules.POINTS | {
            "pointsPerMajorUnit": 1,
            "excludedCategories": ["gift-card"],
            "campaigns": [
                {"name": "member-day", "multiplier": 2.0, "dayOfMonth": 8},
                {"name": "big-basket", "multiplier": 1.5, "minTotal": 2000, "from": "2020-01-01T00:00:00+08:00"},
                {"name": "weekend", "multiplier": 3.0, "from": whole_second(now - timedelta(hours=30)),
                 "until": whole_second(now - timedelta(hours=20))},
            ],
        },
        "tiers": quiet_rules.TIERS,
        "lifecycle": quiet_rules.LIFECYCLE,
        "logistics": quiet_rules.LOGISTICS,
        "gate": quiet_rules.GATE,
        **quiet_rules.FORESIGHT,
    }


def whole_second(time: datetime) -> str:
    return time.replace(microsecond=0).isoformat()


class Shop:
    """Builds the waves, customer by customer; the same seed and instant give the same events."""

    def __init__(self, now: datetime, customers: int, seed: int):
        # Events carry milliseconds; a finer instant would differ between the two modes of a CloudEvent.
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self.waves: list[list[Event]] = [[] for _ in range(WAVES)]
        self.random = random.Random(seed)
        self._serial = count(1)
        for number in range(customers):
            customer = f"c{number:04d}-客户" if number % 7 == 0 else f"c{number:04d}"
            self._profile(customer, number)
            # Two histories a customer, so that accounts and parcels of one customer meet.
            HISTORIES[number % len(HISTORIES)](self, customer)
            self.random.choice(HISTORIES)(self, customer)

    @property
    def events(self) -> list[Event]:
        return [event for wave in self.waves for event in wave]

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def add(self, wave: int, type: str, hours_ago: float, **data: Any) -> Event:
        event = Event(f"e{next(self._serial):06d}", type, self.ago(hours_ago), data)
        self.waves[wave].append(event)
        return event

    def paid(
        self, customer: str, hours_ago: float, total: int | None = None, wave: int = PURCHASES, **more: Any
    ) -> str:
        """An order, placed and paid; its identifier."""
        order = f"o{next(self._serial):06d}"
        total = self.random.randrange(1_000, 150_000) if total is None else total
        data = {"currency": "CNY", "total": total, "lines": [line(total)], **more}
        self.add(wave, "order.placed", hours_ago + 0.1, customerId=customer, orderId=order,
                 **{key: data[key] for key in ("currency", "total", "lines")})
        self.add(wave, "order.paid", hours_ago, customerId=customer, orderId=order, **data)
        return order

    def scan(
        self, wave: int, customer: str, order: str, status: str, hours_ago: float, parcel: int = 1, **more: Any
    ) -> Event:
        """A carrier's scan of one of the order's parcels."""
        return self.add(wave, "shipment.updated", hours_ago, customerId=customer, orderId=order,
                        shipmentId=f"{order}-p{parcel}", carrier="顺丰", status=status, **more)

    def _profile(self, customer: str, number: int) -> None:
        if number % 4 != 3:
            self.add(PROFILES, "customer.updated", 24 * 50, customerId=customer, locale=LOCALES[number % 3],
                     timeZone=ZONES[number % 4])


def line(amount: int, category: str = "cat-food", discount: int = 0) -> dict[str, Any]:
    """An order line that costs `amount`."""
    return {"sku": f"sku-{category}", "name": "猫粮 2kg", "category": category, "quantity": 1,
            "unitPrice": amount + discount, "discount": discount}


def parcel_of_today(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 40)
    shop.scan(DISPATCH, customer, order, "info_received", 39)
    shop.scan(DISPATCH, customer, order, "in_transit", 36, substatus="picked_up")
    shop.scan(DISPATCH, customer, order, "in_transit", 30, substatus="sorted")
    shop.scan(DISPATCH, customer, order, "in_transit", 20)
    shop.scan(ARRIVAL, customer, order, "out_for_delivery", 8)
    shop.scan(ARRIVAL, customer, order, "delivered", 5)
    shop.scan(REPEATS, customer, order, "out_for_delivery", 7)
    shop.scan(REPEATS, customer, order, "in_transit", 35, substatus="picked_up")


def pickup_point(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 60)
    shop.scan(DISPATCH, customer, order, "in_transit", 50)
    shop.scan(ARRIVAL, customer, order, "available_for_pickup", 10)
    shop.scan(ARRIVAL, customer, order, "available_for_pickup", 6)


def delivered_yesterday(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 4)
    shop.scan(ARRIVAL, customer, order, "delivered", 30)


def delivered_last_week(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 12)
    shop.scan(ARRIVAL, customer, order, "delivered", 24 * 8)


def delivered_long_ago(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 20)
    shop.scan(ARRIVAL, customer, order, "delivered", 24 * 14)


def never_delivered(shop: Shop, customer: str) -> None:
    shop.paid(customer, 24 * 31)
    shop.paid(customer, 24 * 28)


def member_day(shop: Shop, customer: str) -> None:
    eighth = next(day for day in (shop.now - timedelta(days=back) for back in range(1, 32)) if day.day == 8)
    # Noon in UTC is the 8th everywhere; 18:00 is the 9th in Shanghai, and still the 8th in Los Angeles.
    for hour in (12, 18):
        instant = eighth.replace(hour=hour, minute=0, second=0, microsecond=0)
        shop.paid(customer, (shop.now - instant) / timedelta(hours=1))


def campaigns(shop: Shop, customer: str) -> None:
    shop.paid(customer, 25)
    shop.paid(customer, 24 * 4, total=200_000)
    shop.paid(customer, 24 * 4, total=199_999)
    shop.paid(customer, 26, total=300_000)


def excluded_categories(shop: Shop, customer: str) -> None:
    lines = [line(20_000), line(5_000, "gift-card", discount=500), line(999)]
    shop.paid(customer, 3, total=25_999, lines=lines)
    shop.paid(customer, 3, total=10_000, lines=[line(20_000, "gift-card")])


def other_currencies(shop: Shop, customer: str) -> None:
    shop.paid(customer, 10, total=12_345, currency="JPY")
    shop.paid(customer, 10, total=12_345, currency="KWD")
    shop.paid(customer, 10, total=99, currency="CNY")


def refunded_in_parts(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 50, total=33_333)
    for amount in (10_000, 10_000, 13_333):
        shop.add(AFTERMATH, "order.refunded", 4, customerId=customer, orderId=order, amount=amount)


def refunded_after_confirmation(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 15, total=40_000)
    shop.scan(ARRIVAL, customer, order, "delivered", 24 * 12)
    shop.add(AFTERMATH, "order.refunded", 24 * 4, customerId=customer, orderId=order, amount=10_001)
    shop.add(AFTERMATH, "order.refunded", 2, customerId=customer, orderId=order, amount=20_000)


def cancelled(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 6)
    shop.add(AFTERMATH, "order.cancelled", 3, customerId=customer, orderId=order)


def undone_before_it_was_paid(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 20, total=12_000)
    shop.add(PROFILES, "order.cancelled", 19, customerId=customer, orderId=order)
    order = shop.paid(customer, 20, total=12_000)
    for amount in (500, 7_000):
        shop.add(PROFILES, "order.refunded", 19, customerId=customer, orderId=order, amount=amount)


def redeemed(shop: Shop, customer: str) -> None:
    earning = shop.paid(customer, 24 * 20, total=50_000)
    shop.scan(ARRIVAL, customer, earning, "delivered", 24 * 12)
    shop.paid(customer, 5, wave=AFTERMATH, pointsRedeemed=120)
    shop.add(REPEATS, "order.refunded", 2, customerId=customer, orderId=earning, amount=50_000)


def redeemed_too_much(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 30, wave=PURCHASES, pointsRedeemed=5_000)
    late = shop.paid(customer, 24 * 20, total=80_000)
    shop.scan(ARRIVAL, customer, late, "delivered", 24 * 11)
    shop.add(REPEATS, "order.cancelled", 1, customerId=customer, orderId=order)


def failed_attempts(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 6)
    for hours_ago in (60, 55, 40, 30):
        shop.scan(ARRIVAL, customer, order, "attempt_fail", hours_ago, reason="无人在家")


def exceptions(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 6)
    shop.scan(ARRIVAL, customer, order, "exception", 24 * 4, substatus="weather_delay")
    shop.scan(ARRIVAL, customer, order, "exception", 50, substatus="weather_delay")
    shop.scan(ARRIVAL, customer, order, "exception", 45, substatus="customs")
    shop.scan(ARRIVAL, customer, order, "exception", 20, substatus="address_issue")


def moved_arrival(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 5)
    for hours_ago, arrives_in in ((60, 48), (50, 50), (40, 24 * 4), (30, 24 * 6), (20, 24), (10, 23)):
        shop.scan(DISPATCH, customer, order, "in_transit", hours_ago,
                  estimatedDelivery=rfc3339(shop.now + timedelta(hours=arrives_in)))


def two_parcels(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 24 * 15)
    shop.scan(DISPATCH, customer, order, "in_transit", 24 * 14, parcel=1)
    shop.scan(DISPATCH, customer, order, "in_transit", 24 * 14, parcel=2)
    shop.scan(ARRIVAL, customer, order, "delivered", 24 * 9, parcel=1)
    shop.scan(AFTERMATH, customer, order, "delivered", 24 * 8, parcel=2)


def repeated(shop: Shop, customer: str) -> None:
    order = shop.paid(customer, 9, total=70_000)
    payment = shop.waves[PURCHASES][-1]
    scan = shop.scan(ARRIVAL, customer, order, "out_for_delivery", 5)
    refund = shop.add(AFTERMATH, "order.refunded", 3, customerId=customer, orderId=order, amount=35_000)
    shop.waves[REPEATS] += [payment, scan, refund, payment]
    shop.add(REPEATS, "order.paid", 8, **payment.data)


def browsing(shop: Shop, customer: str) -> None:
    for number in range(5):
        shop.add(PURCHASES, "browse.viewed", 5 - number, customerId=customer, sku=f"mat-{number}", category="yoga",
                 action="view", dwellSeconds=30 + number)


HISTORIES: list[Callable[[Shop, str], None]] = [
    parcel_of_today, pickup_point, delivered_yesterday, delivered_last_week, delivered_long_ago, never_delivered,
    member_day, campaigns, excluded_categories, other_currencies, refunded_in_parts, refunded_after_confirmation,
    cancelled, undone_before_it_was_paid, redeemed, redeemed_too_much, failed_attempts, exceptions, moved_arrival,
    two_parcels, repeated, browsing,
]
