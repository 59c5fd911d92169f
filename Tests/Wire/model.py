"""The rules, told a second time: a plain sequential model that says what the daemon must have published.

It is written from the rules' text and shares nothing with the daemon. It knows no partitions, no
transactions and no clock of its own: events are applied one after the other, and `settle(now)` fires what is due.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events import Event

TRANSACTIONAL_STALE_AFTER = timedelta(hours=72)
SERVICE_EXPIRES_AFTER = timedelta(hours=72)
CONFIRM_AFTER_DELIVERY = timedelta(days=7)
CONFIRM_AT_LATEST = timedelta(days=30)
CARE_GUIDE_AFTER = timedelta(hours=12)
SURVEY_AFTER = timedelta(days=7)
REPEAT_AFTER = timedelta(hours=12)
DELAYED_BY = timedelta(hours=6)
EARLY_BY = timedelta(hours=24)

MINOR_UNITS = {"CNY": 100, "USD": 100, "JPY": 1, "KWD": 1000}

# How far along a parcel is. What is not listed (failed attempts, exceptions) does not move it.
RANK = {
    "pending": 0, "info_received": 1, "picked_up": 2, "sorted": 3, "in_transit": 4, "out_for_delivery": 5,
    "available_for_pickup": 6, "delivered": 7,
}
TOLD_MILESTONES = {"picked_up", "out_for_delivery", "available_for_pickup", "delivered"}


@dataclass(frozen=True)
class Notice:
    """What identifies a notification to the customer."""

    customer: str
    kind: str
    order: str
    shipment: str | None
    locale: str
    points: int | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """One change of a points account."""

    customer: str
    kind: str
    order: str | None
    points: int


@dataclass(frozen=True)
class Balances:
    """A points account at one moment."""

    pending: int = 0
    available: int = 0
    debt: int = 0


@dataclass
class Shipment:
    """One parcel on its way."""

    progress: tuple[int, datetime] | None = None
    delivered_at: datetime | None = None
    expected_at: datetime | None = None
    repeated_at: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Order:
    """One order, which may be heard of (through a parcel or a refund) before it was paid."""

    id: str
    paid_at: datetime | None = None
    total: int = 0
    granted: int = 0
    pending: int = 0
    reversed: int = 0
    is_told: bool = True
    refunded: int = 0
    redeemed: int = 0
    is_confirmed: bool = False
    cancelled_by: Event | None = None
    refunds_ahead: list[Event] = field(default_factory=list)
    shipments: dict[str, Shipment] = field(default_factory=lambda: defaultdict(Shipment))
    told: set[str] = field(default_factory=set)

    @property
    def delivered_at(self) -> datetime | None:
        """When the last parcel arrived; None while one is under way."""
        arrivals = [shipment.delivered_at for shipment in self.shipments.values()]
        return max(arrivals) if arrivals and all(arrivals) else None

    @property
    def is_undone(self) -> bool:
        return self.cancelled_by is not None or (self.paid_at is not None and 0 < self.total <= self.refunded)


@dataclass
class Customer:
    """What is known of one customer."""

    id: str
    available: int = 0
    debt: int = 0
    orders: dict[str, Order] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    # What the customer told; until then the rules' own.
    locale: str | None = None
    zone: ZoneInfo | None = None

    def order(self, id: str) -> Order:
        return self.orders.setdefault(id, Order(id))

    @property
    def balances(self) -> Balances:
        return Balances(sum(order.pending for order in self.orders.values()), self.available, self.debt)


class Model:
    """Applies events in order and collects what must be published."""

    def __init__(self, rules: dict[str, Any]):
        self.points_rules = rules["points"]
        self.locale: str = rules["locale"]
        self.zone = ZoneInfo(rules["timeZone"])
        self.customers: dict[str, Customer] = {}
        self.notices: Counter[Notice] = Counter()
        self.entries: Counter[LedgerEntry] = Counter()

    def apply(self, event: Event, now: datetime) -> None:
        """Applies one valid event as of `now`."""
        customer = self.customers.setdefault(event.customer, Customer(event.customer))
        if event.id in customer.seen:
            return
        customer.seen.add(event.id)
        match event.type:
            case "order.paid":
                self._pay(customer, event, now)
            case "order.refunded":
                self._refund(customer, customer.order(event.data["orderId"]), event, now)
            case "order.cancelled":
                self._cancel(customer, customer.order(event.data["orderId"]), event, now)
            case "shipment.updated":
                self._ship(customer, event, now)
            case "customer.updated":
                customer.locale = event.data.get("locale", customer.locale)
                customer.zone = ZoneInfo(event.data["timeZone"]) if "timeZone" in event.data else customer.zone
            case "order.placed" | "browse.viewed":
                pass
            case other:
                raise ValueError(f"the model does not know {other}")

    def settle(self, now: datetime) -> None:
        """Fires every timer that is due."""
        for customer in self.customers.values():
            for order in customer.orders.values():
                self._confirm_when_due(customer, order, now)
                self._follow_up_when_due(customer, order, now)

    # Points

    def _pay(self, customer: Customer, event: Event, now: datetime) -> None:
        order = customer.order(event.data["orderId"])
        if order.paid_at is not None:
            return
        order.paid_at, order.total = event.time, event.data["total"]
        order.granted = order.pending = self.points(event.data, event.time, customer.zone)
        # Who cancelled before the payment was heard of is told of no points, neither coming nor going.
        order.is_told = order.cancelled_by is None
        if order.granted:
            self._enter(customer, "accrued", order, order.granted)
            if order.is_told:
                self._tell(customer, "points.accrued", order, event.time, now, points=order.granted)
        order.redeemed = event.data.get("pointsRedeemed") or 0
        if order.redeemed:
            self._take(customer, order.redeemed)
            self._enter(customer, "redeemed", order, -order.redeemed)
        for refund in order.refunds_ahead:
            self._refund(customer, order, refund, now)
        if order.cancelled_by is not None:
            self._cancel(customer, order, order.cancelled_by, now)

    def points(self, data: dict[str, Any], time: datetime, zone: ZoneInfo | None = None) -> int:
        """What an order earns: one floor, at the end."""
        excluded = sum(
            line["quantity"] * line["unitPrice"] - line.get("discount", 0)
            for line in data["lines"] if line["category"] in self.points_rules["excludedCategories"])
        eligible = max(0, data["total"] - excluded)
        minor = MINOR_UNITS[data["currency"]]
        basis_points = max([10_000] + [
            round(campaign["multiplier"] * 10_000) for campaign in self.points_rules["campaigns"]
            if self._applies(campaign, data["total"], minor, time.astimezone(zone or self.zone))])
        return eligible * self.points_rules["pointsPerMajorUnit"] * basis_points // (10_000 * minor)

    def _applies(self, campaign: dict[str, Any], total: int, minor: int, time: datetime) -> bool:
        if "dayOfMonth" in campaign and time.day != campaign["dayOfMonth"]:
            return False
        if "from" in campaign and time < datetime.fromisoformat(campaign["from"]):
            return False
        if "until" in campaign and time >= datetime.fromisoformat(campaign["until"]):
            return False
        return total >= campaign.get("minTotal", 0) * minor

    def _refund(self, customer: Customer, order: Order, event: Event, now: datetime) -> None:
        if order.paid_at is None:
            order.refunds_ahead.append(event)
            return
        order.refunded += event.data["amount"]
        self._reverse(customer, order, min(order.granted, order.granted * order.refunded // order.total), event, now)

    def _cancel(self, customer: Customer, order: Order, event: Event, now: datetime) -> None:
        order.cancelled_by = event
        if order.paid_at is None:
            return
        self._reverse(customer, order, order.granted, event, now)
        if order.redeemed:
            self._give(customer, order.redeemed)
            self._enter(customer, "restored", order, order.redeemed)
            order.redeemed = 0

    def _reverse(self, customer: Customer, order: Order, target: int, event: Event, now: datetime) -> None:
        points = target - order.reversed
        if points <= 0:
            return
        order.reversed = target
        from_pending = min(points, order.pending)
        order.pending -= from_pending
        self._take(customer, points - from_pending)
        self._enter(customer, "reversed", order, -points)
        if order.is_told:
            self._tell(customer, "points.reversed", order, event.time, now, points=points)

    def _confirm_when_due(self, customer: Customer, order: Order, now: datetime) -> None:
        if order.paid_at is None or order.is_confirmed or not order.pending:
            return
        arrived = order.delivered_at
        due = arrived + CONFIRM_AFTER_DELIVERY if arrived else order.paid_at + CONFIRM_AT_LATEST
        if due > now:
            return
        order.is_confirmed = True
        points, order.pending = order.pending, 0
        self._give(customer, points)
        self._enter(customer, "confirmed", order, points)

    @staticmethod
    def _take(customer: Customer, points: int) -> None:
        from_available = min(points, customer.available)
        customer.available -= from_available
        customer.debt += points - from_available

    @staticmethod
    def _give(customer: Customer, points: int) -> None:
        to_debt = min(points, customer.debt)
        customer.debt -= to_debt
        customer.available += points - to_debt

    # Logistics

    def _ship(self, customer: Customer, event: Event, now: datetime) -> None:
        data = event.data
        order = customer.order(data["orderId"])
        shipment = order.shipments[data["shipmentId"]]
        status = data["status"]
        told_about = {"shipment": data["shipmentId"]}
        if status in ("attempt_fail", "exception"):
            last = shipment.repeated_at.get(status)
            if last is None or event.time - last >= REPEAT_AFTER:
                shipment.repeated_at[status] = event.time
                self._tell(customer, f"shipment.{status}", order, event.time, now, **told_about)
        else:
            milestone = data.get("substatus") if data.get("substatus") in RANK else status
            progress = (RANK[milestone], event.time)
            if shipment.progress is None or progress > shipment.progress:
                is_new = shipment.progress is None or progress[0] > shipment.progress[0]
                shipment.progress = progress
                if is_new and milestone in TOLD_MILESTONES:
                    self._tell(customer, f"shipment.{milestone}", order, event.time, now, **told_about)
                if milestone == "delivered" and shipment.delivered_at is None:
                    shipment.delivered_at = event.time
        if data.get("estimatedDelivery"):
            self._expect(customer, order, shipment, event, now)

    def _expect(self, customer: Customer, order: Order, shipment: Shipment, event: Event, now: datetime) -> None:
        new, old = datetime.fromisoformat(event.data["estimatedDelivery"]), shipment.expected_at
        told_about, zone = {"shipment": event.data["shipmentId"]}, customer.zone or self.zone
        if old is None:
            shipment.expected_at = new
        elif new - old > DELAYED_BY or new.astimezone(zone).date() > old.astimezone(zone).date():
            shipment.expected_at = new
            self._tell(customer, "shipment.delayed", order, event.time, now, **told_about)
        elif old - new > EARLY_BY:
            shipment.expected_at = new
            self._tell(customer, "shipment.early", order, event.time, now, **told_about)

    def _follow_up_when_due(self, customer: Customer, order: Order, now: datetime) -> None:
        arrived = order.delivered_at
        if arrived is None:
            return
        for kind, delay in (("order.care_guide", CARE_GUIDE_AFTER), ("feedback.survey", SURVEY_AFTER)):
            due = arrived + delay
            if due > now or kind in order.told:
                continue
            order.told.add(kind)
            if not order.is_undone and now < due + SERVICE_EXPIRES_AFTER:
                self.notices[Notice(customer.id, kind, order.id, None, customer.locale or self.locale)] += 1

    # Output

    def _enter(self, customer: Customer, kind: str, order: Order, points: int) -> None:
        self.entries[LedgerEntry(customer.id, kind, order.id, points)] += 1

    def _tell(
        self, customer: Customer, kind: str, order: Order, caused_at: datetime, now: datetime,
        shipment: str | None = None, points: int | None = None,
    ) -> None:
        if now - caused_at <= TRANSACTIONAL_STALE_AFTER:
            self.notices[Notice(customer.id, kind, order.id, shipment, customer.locale or self.locale, points)] += 1
