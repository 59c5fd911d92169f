"""Two years of a synthetic shop, and a judge of what came out of it that reads the output only.

Who a customer is follows from the number in the id, so that the judge knows where they live, when they sleep and what
they allow without having seen the input. By hand, with as many customers as you like:

    python two_years.py --customers 20000 --binary .build/release/retaind
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs

from contract_schemas import CONFIG, SCHEMAS, schema

START = datetime(2024, 11, 1, tzinfo=timezone.utc)
END = datetime(2026, 11, 1, tzinfo=timezone.utc)
# From then on some have changed their minds, some have moved, and some are forgotten.
CHANGED, ERASED = datetime(2025, 9, 1, 3, tzinfo=timezone.utc), datetime(2026, 3, 1, 3, tzinfo=timezone.utc)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = (None, "Asia/Shanghai", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe")
DEFAULT_CHANNELS = frozenset({"push", "sms", "email"})
# Told once of an order, or of a parcel.
ONCE = {
    "points.accrued": "orderId", "shipment.late_dispatch": "orderId", "order.care_guide": "orderId",
    "feedback.survey": "orderId", "shipment.picked_up": "shipmentId", "shipment.out_for_delivery": "shipmentId",
    "shipment.available_for_pickup": "shipmentId", "shipment.delivered": "shipmentId",
}


@dataclass(frozen=True)
class Person:
    """The customer of this number."""

    number: int

    @classmethod
    def of(cls, id: str) -> Person:
        return cls(int(id.removeprefix("c-")))

    @property
    def id(self) -> str:
        return f"c-{self.number}"

    @cached_property
    def zones(self) -> tuple[ZoneInfo, ZoneInfo]:
        """Where the customer lives before and after the change."""
        before = ZoneInfo(ZONES[self.number % len(ZONES)] or "Asia/Shanghai")
        return before, ZoneInfo("America/Los_Angeles") if self.moves else before

    @property
    def moves(self) -> bool:
        return self.number % 17 == 6

    def zone(self, at: datetime) -> ZoneInfo:
        return self.zones[at >= CHANGED]

    @property
    def quiet(self) -> tuple[time, time]:
        """From when until when the customer is left alone."""
        return (time(20), time(9, 30)) if self.number % 5 == 0 else (time(22), time(8))

    def is_quiet(self, at: datetime) -> bool:
        start, end = self.quiet
        local = at.astimezone(self.zone(at)).time()
        return local >= start or local < end

    def channels(self, at: datetime) -> frozenset[str]:
        if self.number % 29 == 2:
            return frozenset()
        channels = DEFAULT_CHANNELS
        if self.number % 11 == 3:
            channels |= {"wechat"}
        if self.number % 4 == 1:
            channels -= {"sms"}
        return channels - {"push", "email"} if self.withdraws and at >= CHANGED else channels

    @property
    def withdraws(self) -> bool:
        return self.number % 13 == 5

    @property
    def wants_marketing(self) -> bool:
        return self.number % 3 != 0

    @property
    def is_erased(self) -> bool:
        return self.number % 50 == 7

    @property
    def is_bot(self) -> bool:
        """Buys more often on a day than customers do."""
        return self.number % 97 == 11

    def profile(self) -> dict[str, Any]:
        told: dict[str, Any] = {"customerId": self.id, "salutation": f"Friend {self.number}"}
        if zone := ZONES[self.number % len(ZONES)]:
            told["timeZone"] = zone
        if self.number % 5 == 0:
            told["quietHours"] = {"start": "20:00", "end": "09:30"}
        told["locale"] = ("en-GB", "zh-Hans-CN")[self.number % 2]
        allowed = self.channels(START)
        told["consent"] = {name: name in allowed for name in sorted(DEFAULT_CHANNELS ^ allowed)}
        told["consent"] |= {"marketing": self.wants_marketing}
        return told


class History:
    """What happens to a customer: (when it is seen, when it happened, type, data)."""

    def __init__(self, person: Person):
        self.person = person
        self.random = random.Random(person.number)
        self.events: list[tuple[datetime, datetime, str, dict[str, Any]]] = []
        self._orders = 0
        self._tell()
        self._buy()

    def add(self, at: datetime, type: str, data: dict[str, Any]) -> None:
        if not START < at < END:
            return
        late = timedelta(hours=self.random.uniform(0, 48)) if self.random.random() < 0.02 else timedelta()
        self.events.append((at + late, at, type, {"customerId": self.person.id} | data))

    def _tell(self) -> None:
        person = self.person
        self.events.append((START, START, "customer.updated", person.profile()))
        if person.moves:
            told = {"customerId": person.id, "timeZone": "America/Los_Angeles"}
            self.events.append((CHANGED, CHANGED, "customer.updated", told))
        if person.withdraws:
            told = {"customerId": person.id, "consent": {"push": False, "email": False}}
            self.events.append((CHANGED, CHANGED, "customer.updated", told))
        if person.is_erased:
            self.events.append((ERASED, ERASED, "customer.erased", {"customerId": person.id}))

    def _buy(self) -> None:
        # A few buy often and much.
        gap = min(400.0, 20 * self.random.paretovariate(0.8))
        basket = self.random.choice((4_000, 9_000, 20_000, 60_000))
        at = START + timedelta(days=self.random.uniform(0.1, gap))
        while at < END:
            self._order(at, basket)
            if self.person.is_bot and self.random.random() < 0.2:
                for _ in range(25):
                    self._order(at + timedelta(minutes=self.random.uniform(1, 90)), 3_000)
            if self.random.random() < 0.3:
                # Some look at something for days before they buy.
                for day in range(self.random.choice((1, 1, 2, 4))):
                    self.add(at - timedelta(days=day, hours=1), "browse.viewed", {
                        "sku": f"s-{self.random.randrange(30)}", "category": f"k-{self.person.number % 9}"})
            at += timedelta(days=self.random.expovariate(1 / gap) + 0.2)

    def _order(self, at: datetime, basket: int) -> None:
        draw = self.random.random
        self._orders += 1
        order = f"{self.person.id}-o-{self._orders}"
        total = int(basket * self.random.uniform(0.3, 2))
        # The same again, mostly, and now and then something else.
        skus = {f"s-{self.person.number % 30}"} if draw() < 0.8 else {f"s-{self.random.randrange(30)}"}
        if draw() < 0.2:
            skus.add(f"s-{self.random.randrange(30)}")
        lines = [
            {"sku": sku, "name": sku.upper(), "category": f"k-{int(sku[2:]) % 7}", "quantity": 1, "unitPrice": total,
             "discount": total // 10 if draw() < 0.1 else 0} for sku in sorted(skus)]
        paid = {"orderId": order, "currency": "CNY", "total": total, "lines": lines, "couponUsed": draw() < 0.1}
        if draw() < 0.1:
            paid["pointsRedeemed"] = self.random.choice((50, 100, 300))
        self.add(at, "order.paid", paid)
        if draw() < 0.04:
            self.add(at + timedelta(hours=draw() * 20), "order.cancelled", {"orderId": order})
            return
        self._ship(order, at)
        if draw() < 0.08:
            back = at + timedelta(days=self.random.uniform(0.5, 40))
            for _ in range(self.random.choice((1, 1, 2))):
                self.add(back, "order.refunded", {"orderId": order, "amount": max(1, total // self.random.choice((1, 2, 3)))})
                back += timedelta(days=1)

    def _ship(self, order: str, at: datetime) -> None:
        draw = self.random.random
        for parcel in range(self.random.choice((1, 1, 1, 2))):
            when = at + timedelta(hours=self.random.uniform(5, 40) + (40 if draw() < 0.05 else 0))
            estimate = when + timedelta(days=3)
            for status, substatus, hours in (
                ("in_transit", "picked_up", 8), ("in_transit", "departed", 30), ("out_for_delivery", None, 6),
                ("delivered", None, 0),
            ):
                data = {"orderId": order, "shipmentId": f"{order}-p-{parcel}", "carrier": "SF", "status": status}
                if substatus:
                    data["substatus"] = substatus
                if draw() < 0.2:
                    estimate += timedelta(hours=self.random.choice((-40, 3, 10, 30)))
                    data["estimatedDelivery"] = estimate.isoformat()
                self.add(when, "shipment.updated", data)
                if draw() < 0.03:
                    status = self.random.choice(("attempt_fail", "exception", "available_for_pickup"))
                    more = {"status": status}
                    if status == "exception":
                        more["substatus"] = self.random.choice(("weather_delay", "customs", "address_issue", "returned"))
                    self.add(when + timedelta(hours=1), "shipment.updated", data | more)
                # Now and then nobody hears of it for days, or ever.
                when += timedelta(hours=hours * self.random.uniform(0.5, 1.5) + (90 if draw() < 0.02 else 0))
                if draw() < 0.005:
                    return


def lines(customers: int) -> Iterator[str]:
    """The events of so many customers as structured CloudEvents, in the order in which they are seen."""
    events = [
        (seen, happened, type, json.dumps(data, ensure_ascii=False))
        for number in range(customers) for seen, happened, type, data in History(Person(number)).events]
    events.sort(key=lambda event: event[0])
    for number, (_, happened, type, data) in enumerate(events):
        yield (
            f'{{"specversion":"1.0","id":"e-{number}","source":"/shop","type":"{type}",'
            f'"time":"{happened.isoformat(timespec="milliseconds")}","data":{data}}}\n')


class Judge:
    """Reads output records one by one, and remembers what each customer must not get again."""

    def __init__(self):
        registry = jsonschema_rs.Registry([
            (path.as_uri(), json.loads(path.read_text(encoding="utf-8"))) for path in SCHEMAS.glob("*.schema.json")])
        self._validators = {
            topic: jsonschema_rs.validator_for(
                {"$ref": (SCHEMAS / f"{name}.schema.json").as_uri()}, registry=registry)
            for topic, name in (("notifications", "notification"), ("points-ledger", "ledger-entry"))}
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._ids: set[str] = set()
        self._once: set[tuple[str, str]] = set()
        self._sent: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
        self._balances: dict[str, tuple[int, int]] = {}

    def take(self, line: str) -> None:
        record = json.loads(line)
        value = record["value"]
        if record["topic"] not in self._validators:
            return self._fault("was refused", record)
        if not self._validators[record["topic"]].is_valid(value):
            self._fault("does not follow its schema", value)
        id = record["headers"]["ce_id"]
        if id in self._ids:
            self._fault("came twice", value)
        self._ids.add(id)
        if record["topic"] == "points-ledger":
            self._take_entry(value)
        else:
            self._take_notice(value)

    def _take_notice(self, notice: dict[str, Any]) -> None:
        kind, person = notice["kind"], Person.of(notice["customerId"])
        self.counts[kind] += 1
        at = datetime.fromisoformat(notice["createdAt"])
        if person.is_erased and at > ERASED:
            self._fault("went to a customer who was erased", notice)
        if name := ONCE.get(kind):
            key = (kind, notice["template"]["params"][name])
            if key in self._once:
                self._fault("was told twice", notice)
            self._once.add(key)
        if kind == "lifecycle.changed":
            return
        allowed = person.channels(at)
        if not notice["channels"] or not set(notice["channels"]) <= allowed:
            self._fault("uses a channel without consent", notice)
        if notice["class"] == "transactional":
            return
        if person.is_quiet(at):
            self._fault("was sent in the quiet hours", notice)
        if at > datetime.fromisoformat(notice["expiresAt"]):
            self._fault("had expired", notice)
        if notice["class"] == "marketing" and not person.wants_marketing:
            self._fault("is marketing without consent", notice)
        today = at.astimezone(person.zone(at)).date()
        sent = self._sent[person.id, notice["class"]]
        sent[today] += 1
        daily, weekly = (1, 3) if notice["class"] == "marketing" else (3, None)
        if sent[today] > daily:
            self._fault(f"is number {sent[today]} of its day", notice)
        if weekly and sum(sent[today - timedelta(days=back)] for back in range(7)) > weekly:
            self._fault("is one too many of its week", notice)

    def _take_entry(self, entry: dict[str, Any]) -> None:
        """What the account is worth changes by the points, but for what is only moved or set aside."""
        self.counts["ledger " + entry["kind"]] += 1
        worth = self._balances.get(entry["customerId"], 0)
        worth += 0 if entry["kind"] in ("confirmed", "held") else entry["points"]
        if entry["available"] + entry["pending"] - entry["debt"] != worth or (entry["available"] and entry["debt"]):
            self._fault(f"does not add up to {worth}", entry)
        self._balances[entry["customerId"]] = worth

    def _fault(self, what: str, record: dict[str, Any]) -> None:
        self.counts["FAULT " + what] += 1
        if len(self.faults) < 20:
            self.faults.append(f"{what}: {json.dumps(record, ensure_ascii=False)}")

    def missing(self) -> set[str]:
        """The kinds that never came, of those that are published today."""
        kinds = set(schema("notification")["properties"]["kind"]["enum"])
        entries = {"ledger " + kind for kind in schema("ledger-entry")["properties"]["kind"]["enum"]}
        return (kinds | entries) - set(self.counts) - {"shipment.sorted", "shipment.in_transit"}


def run(binary: Path, customers: int, directory: Path) -> tuple[int, Judge]:
    """Replays two years of so many customers; returns how many events there were, and the judge who saw all that came of them."""
    path = directory / "events.ndjson"
    count = 0
    with open(path, "w", encoding="utf-8") as file:
        for line in lines(customers):
            file.write(line)
            count += 1
    judge = Judge()
    command = [binary, "replay", "--events", path, "--config-dir", CONFIG, "--until", "2028-12-31T00:00:00Z"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as replay:
        for line in replay.stdout:
            judge.take(line)
        errors = replay.stderr.read()
    assert replay.returncode == 0, errors
    return count, judge


def main(words: Iterable[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--binary", type=Path, required=True)
    options = parser.parse_args(list(words))
    with tempfile.TemporaryDirectory() as directory:
        events, judge = run(options.binary, options.customers, Path(directory))
    print(f"{options.customers} customers, {events} events")
    for name, number in sorted(judge.counts.items()):
        print(f"  {name}: {number}")
    for fault in judge.faults:
        print(fault)
    if judge.missing():
        print(f"never came: {', '.join(sorted(judge.missing()))}")
    return 1 if judge.faults or judge.missing() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
