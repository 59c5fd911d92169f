"""What retaind published, parsed by the CloudEvents SDK, in the terms of the model."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from confluent_kafka import Message

from contract_schemas import validator
from model import Balances, LedgerEntry, Notice



@dataclass(frozen=True)
class ReplayedRecord:
    """One line of `retaind replay`, with the face of a Kafka message."""

    line: dict[str, Any] = field(hash=False)

    @property
    def topic(self) -> str:
        return self.line["topic"]

    def key(self) -> bytes | None:
        return None if self.line["key"] is None else self.line["key"].encode()

    def headers(self) -> list[tuple[str, bytes]]:
        return [(name, value.encode()) for name, value in self.line["headers"].items()]

    def value(self) -> bytes:
        return json.dumps(self.line["value"], ensure_ascii=False).encode()


# What a notification or ledger entry can be read from.
Output = Message | ReplayedRecord

CLASS_OF_KIND = {"order.care_guide": "service", "feedback.survey": "service"}


def parse(message: Output) -> BaseCloudEvent:
    """The record as a CloudEvent in binary mode; fails where it is none, or its headers repeat."""
    headers = message.headers() or []
    assert len({name for name, _ in headers}) == len(headers), f"a header occurs twice: {headers}"
    return from_binary_event(KafkaMessage(headers=dict(headers), key=message.key(), value=message.value()))


def notice_of(message: Output) -> Notice:
    """The notification as the model states it, after checking everything that holds for every notification."""
    event = parse(message)
    data = event.get_data()
    validator("notification").validate(data)
    assert message.key().decode() == data["customerId"] == event.get_subject()
    assert event.get_id() == data["notificationId"]
    assert event.get_type() == "retention." + data["kind"]
    assert event.get_source() == "/wire-test/retaind"
    assert data["class"] == CLASS_OF_KIND.get(data["kind"], "transactional")
    assert data["rulesVersion"] == "wire-test"
    for text in (data["title"], data["body"]):
        assert text and "{" not in text, f"{data['kind']}: wording with a gap: {text!r}"
    parameters = data["template"]["params"]
    points = parameters.get("points")
    return Notice(
        customer=data["customerId"], kind=data["kind"], order=parameters["orderId"],
        shipment=parameters.get("shipmentId"), locale=data["locale"], points=None if points is None else int(points))


def entry_of(message: Output) -> LedgerEntry:
    """The ledger entry as the model states it, after checking everything that holds for every entry."""
    event = parse(message)
    data = event.get_data()
    validator("ledger-entry").validate(data)
    assert message.key().decode() == data["customerId"]
    assert event.get_id() == data["entryId"]
    assert data["rulesVersion"] == "wire-test"
    return LedgerEntry(
        customer=data["customerId"], kind=data["kind"], order=data.get("orderId"), points=data["points"])


def balances_of(message: Output) -> Balances:
    """The running balances that a ledger entry states."""
    data = json.loads(message.value())
    return Balances(pending=data["pending"], available=data["available"], debt=data["debt"])


def ids_of(messages: Iterable[Message]) -> Counter[str]:
    """How often each CloudEvents id occurs: a consumer deduplicates by it, so none may stand for two records."""
    return Counter(dict(message.headers())["ce_id"].decode() for message in messages)


def by_customer(messages: Iterable[Message]) -> dict[str, list[Message]]:
    """The records of each customer in the order of their partition."""
    found: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        found[message.key().decode()].append(message)
    for customer, mine in found.items():
        assert len({message.partition() for message in mine}) == 1, f"{customer} is spread over partitions"
        mine.sort(key=Message.offset)
    return found


def difference(expected: Counter[Any], actual: Counter[Any]) -> str:
    """What is missing and what is too much, in a form to read; empty when both are the same."""
    missing, extra = expected - actual, actual - expected
    shown = [f"missing {count} x {item}" for item, count in missing.most_common(10)]
    shown += [f"extra {count} x {item}" for item, count in extra.most_common(10)]
    if shown:
        shown.insert(0, f"{missing.total()} missing, {extra.total()} extra of {expected.total()} expected")
    return "\n".join(shown)
