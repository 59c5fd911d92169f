"""The input of the comparison: paid orders like those of `retaind-bench`, and a producer that writes them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from confluent_kafka import KafkaException, Producer

PARTITIONS = 8
SEED = 1
# Of Zipf's law: some customers buy much and most buy little.
EXPONENT = 0.8


@dataclass(frozen=True)
class Order:
    """An order that was paid."""

    number: int
    customer: int
    prices: tuple[int, int]
    paid_at: datetime

    @property
    def key(self) -> bytes:
        """The customer, by which the topic is keyed."""
        return f"customer-{self.customer}".encode()

    @property
    def points(self) -> int:
        """What the order is worth: a point for each hundred minor units."""
        return sum(self.prices) // 100

    def structured(self) -> bytes:
        """The order as a CloudEvent in structured mode."""
        lines = [
            {"sku": f"sku-{price % 5_000}", "category": f"category-{price % 50}", "quantity": 1, "unitPrice": price}
            for price in self.prices
        ]
        event = {
            "specversion": "1.0", "id": f"event-{self.number}", "source": "/comparison", "type": "order.paid",
            "time": self.paid_at.isoformat(timespec="milliseconds"), "datacontenttype": "application/json",
            "data": {
                "customerId": f"customer-{self.customer}", "orderId": f"o-{self.number}", "currency": "CNY",
                "total": sum(self.prices), "lines": lines,
            },
        }
        return json.dumps(event, separators=(",", ":")).encode()


def draw(count: int, customers: int, start: datetime) -> Iterator[Order]:
    """The same orders whenever it is called with the same arguments."""
    dice = random.Random(SEED)
    for number in range(count):
        # The inverse of the continuous law's distribution.
        rank = (dice.random() * (customers ** (1 - EXPONENT) - 1) + 1) ** (1 / (1 - EXPONENT))
        prices = (dice.randrange(1_000, 21_000), dice.randrange(1_000, 21_000))
        yield Order(number, min(int(rank), customers), prices, start + timedelta(milliseconds=number % 60_000))


class Writer:
    """Writes orders to one topic, a part of them in a transaction that others see as a whole, when it is committed."""

    def __init__(self, bootstrap: str, topic: str):
        self._topic = topic
        self._plain = Producer(self._configuration(bootstrap))
        self._hidden = Producer(
            self._configuration(bootstrap) | {"transactional.id": topic, "transaction.timeout.ms": 600_000})

    def write(self, orders: Iterable[Order]) -> None:
        """Writes orders that can be read at once."""
        self._send(self._plain, orders)

    def write_hidden(self, orders: Iterable[Order]) -> None:
        """Writes orders that nobody can read until `reveal`."""
        self._hidden.init_transactions(60)
        self._hidden.begin_transaction()
        self._send(self._hidden, orders)

    def reveal(self) -> None:
        """Lets all of them be read."""
        self._hidden.commit_transaction(60)

    @staticmethod
    def _configuration(bootstrap: str) -> dict[str, str | int | bool]:
        return {
            "bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "enable.idempotence": True,
            "linger.ms": 20, "compression.type": "lz4", "log_level": 2,
        }

    def _send(self, producer: Producer, orders: Iterable[Order]) -> None:
        for order in orders:
            while True:
                try:
                    producer.produce(self._topic, order.structured(), order.key)
                    break
                except BufferError:
                    producer.poll(0.1)
        if unsent := producer.flush(120):
            raise KafkaException(f"{unsent} orders were not taken by the broker")
