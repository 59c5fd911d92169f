"""An endless shop whose every output follows from the number of an order, so that millions of them can be judged.

Nothing has to be remembered of what was published but how many orders there were: order `i` has a customer, a total, a
refund and a parcel that are functions of `i`. All events lie half a day back, a little less than the care guide's
delay, so that each delivery sets a timer that fires seconds later, under load.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from confluent_kafka import Message

import quiet_rules

# How far behind its payment, counted in orders, an order's later events are published.
PICKED_UP_AFTER, REFUNDED_AFTER, DELIVERED_AFTER, REPEATED_AFTER = 50, 100, 150, 200
CARE_GUIDE_AFTER = timedelta(hours=12)
CARE_GUIDE_LEAD = timedelta(seconds=3)

# How many orders an account keeps; the oldest is confirmed when it leaves.
ACCOUNT_CAPACITY = 256
# How many orders of a customer are tracked; one that leaves has no follow-up any more.
TRACKING_CAPACITY = 64

RULES: dict[str, Any] = {
    "version": "chaos", "locale": "en", "points": quiet_rules.POINTS | {"campaigns": []}, "tiers": quiet_rules.TIERS,
    "lifecycle": quiet_rules.LIFECYCLE, "gate": quiet_rules.GATE, **quiet_rules.FORESIGHT,
}

PAYMENT_KINDS = ("accrued", "points.accrued", "shipment.picked_up", "shipment.delivered", "order.care_guide")
REFUND_KINDS = ("reversed", "points.reversed")

Record = tuple[str, str, str]


@dataclass(frozen=True)
class Workload:
    """The shop with this many customers; few of them make accounts large, many make the state large."""

    customers: int

    def customer(self, order: int) -> str:
        return f"c{order % self.customers:06d}"

    def total(self, order: int) -> int:
        return 1_000 + order * 104_729 % 90_000

    def granted(self, order: int) -> int:
        return self.total(order) // 100

    def refund(self, order: int) -> int:
        """What is refunded of the order, in minor units; 0 for most."""
        return self.total(order) // 3 if order % 4 == 0 else 0

    def reversed(self, order: int) -> int:
        return self.granted(order) * self.refund(order) // self.total(order)

    def is_repeated(self, order: int) -> bool:
        """Whether its payment is published twice, as a producer does that was not sure."""
        return order % 50 == 7

    def has_poison(self, order: int) -> bool:
        """Whether a record that is no event follows it."""
        return order % 200 == 3

    def records(self, number: int, orders: int, now: datetime) -> Iterator[Record]:
        """Topic, key and value of what is published at step `number`: a new order and later events of earlier ones.
        No new orders come from step `orders` on, and nothing at all REPEATED_AFTER steps later."""
        def of(back: int) -> int | None:
            order = number - back
            return order if 0 <= order < orders else None

        time = (now - CARE_GUIDE_AFTER + CARE_GUIDE_LEAD).isoformat(timespec="milliseconds")
        if (order := of(0)) is not None:
            yield self._paid(order, time)
            for view in range(2):
                yield self._record("browsing", self.customer(order), f"v{order}-{view}", "browse.viewed", time,
                                   customerId=self.customer(order), sku=f"sku-{order % 100}", category="yoga")
            if self.has_poison(order):
                yield "orders", self.customer(order), f"poison-{order}"
        if (order := of(PICKED_UP_AFTER)) is not None:
            yield self._scan(order, "in_transit", time, substatus="picked_up")
        if (order := of(REFUNDED_AFTER)) is not None and self.refund(order):
            yield self._record("orders", self.customer(order), f"r{order}", "order.refunded", time,
                               customerId=self.customer(order), orderId=f"o{order}", amount=self.refund(order))
        if (order := of(DELIVERED_AFTER)) is not None:
            yield self._scan(order, "delivered", time)
        if (order := of(REPEATED_AFTER)) is not None and self.is_repeated(order):
            yield self._paid(order, time)

    def _paid(self, order: int, time: str) -> Record:
        total = self.total(order)
        lines = [{"sku": f"sku-{order % 100}", "category": "cat-food", "quantity": 1, "unitPrice": total}]
        return self._record("orders", self.customer(order), f"p{order}", "order.paid", time,
                            customerId=self.customer(order), orderId=f"o{order}", currency="CNY", total=total,
                            lines=lines)

    def _scan(self, order: int, status: str, time: str, **more: str) -> Record:
        # Keyed by order, so that every one of them is forwarded to its customer's partition.
        return self._record("shipments", f"o{order}", f"s{order}-{status}", "shipment.updated", time,
                            customerId=self.customer(order), orderId=f"o{order}", shipmentId=f"o{order}-1",
                            carrier="SF", status=status, **more)

    @staticmethod
    def _record(topic: str, key: str, id: str, type: str, time: str, **data: Any) -> Record:
        event = {"specversion": "1.0", "id": id, "source": "/chaos", "type": type, "time": time, "data": data}
        return topic, key, json.dumps(event, separators=(",", ":"))


@dataclass
class Account:
    """A customer's balances as the ledger's entries so far make them."""

    pending: int = 0
    available: int = 0


@dataclass
class Audit:
    """Takes the outputs one by one, each topic in the order of its partitions, and says what is wrong with them."""

    workload: Workload
    orders: int
    doubled: int = 0
    extra: int = 0
    # Right in number and wrong in content: another customer, other points, balances that do not follow.
    wrong: int = 0
    examples: list[str] = field(default_factory=list)
    _seen: dict[str, bytearray] = field(default_factory=dict)
    _ids: set[int] = field(default_factory=set)
    _accounts: dict[str, Account] = field(default_factory=dict)

    def take_notice(self, message: Message) -> None:
        data = json.loads(message.value())
        order = self._order(data["template"]["params"]["orderId"])
        if self._count(data["kind"], order, message):
            points = {"points.accrued": self.workload.granted, "points.reversed": self.workload.reversed}
            wanted = points[data["kind"]](order) if data["kind"] in points else None
            if data["reason"].get("points") != wanted or data["customerId"] != self.workload.customer(order):
                self._note("wrong", message)

    def take_entry(self, message: Message) -> None:
        data = json.loads(message.value())
        order, kind, points = self._order(data["orderId"]), data["kind"], data["points"]
        account = self._accounts.setdefault(data["customerId"], Account())
        account.pending += -points if kind == "confirmed" else points
        account.available += points if kind == "confirmed" else 0
        if not self._count(kind, order, message):
            return
        granted, reversed = self.workload.granted(order), self.workload.reversed(order)
        wanted = {"accrued": granted, "reversed": -reversed, "confirmed": granted - reversed}[kind]
        stated = (data["pending"], data["available"], data["debt"])
        if (points != wanted or data["customerId"] != self.workload.customer(order)
                or stated != (account.pending, account.available, 0)):
            self._note("wrong", message, f"balances {account} expected")

    def take_dead_letter(self, message: Message) -> None:
        value = message.value().decode()
        order = int(value.removeprefix("poison-")) if value.startswith("poison-") else -1
        self._count("dead letter", order if order < self.orders else -1, message)

    def missing(self) -> Counter[str]:
        """How many outputs never came, by kind."""
        lost = Counter({
            kind: sum(order in wanted and not seen[order] for order in range(self.orders))
            for kind, wanted in self._wanted().items() for seen in [self._seen.get(kind, bytearray(self.orders))]
        })
        # A customer with more orders than are tracked may miss the guide of one that had to leave.
        if self.orders > TRACKING_CAPACITY * self.workload.customers:
            del lost["order.care_guide"]
        return +lost

    def expected(self) -> int:
        """How many outputs there must be."""
        return sum(len(wanted) for wanted in self._wanted().values())

    def _wanted(self) -> dict[str, range]:
        settled = max(0, self.orders - ACCOUNT_CAPACITY * self.workload.customers)
        return {
            **dict.fromkeys(PAYMENT_KINDS, range(self.orders)), **dict.fromkeys(REFUND_KINDS, range(0, self.orders, 4)),
            "confirmed": range(settled), "dead letter": range(3, self.orders, 200),
        }

    def _order(self, id: str) -> int:
        order = int(id.removeprefix("o"))
        return order if order < self.orders else -1

    def _count(self, kind: str, order: int, message: Message) -> bool:
        """Whether the output is one that is expected, and the first of its kind."""
        if order not in self._wanted().get(kind, ()):
            self._note("extra", message)
            return False
        seen = self._seen.setdefault(kind, bytearray(self.orders))
        headers = dict(message.headers() or [])
        # A consumer deduplicates by the id: none may stand for two records.
        id = hash(headers.get("ce_id", message.value()))
        if seen[order] or id in self._ids:
            self._note("doubled", message)
            return False
        seen[order] = 1
        self._ids.add(id)
        return True

    def _note(self, what: str, message: Message, why: str = "") -> None:
        setattr(self, what, getattr(self, what) + 1)
        if len(self.examples) < 20:
            place = f"{message.topic()}[{message.partition()}]@{message.offset()}"
            self.examples.append(f"{what}: {place} {message.value().decode(errors='replace')[:300]} {why}")


def utc_now() -> datetime:
    return datetime.now(timezone.utc)
