"""What an order costs in Quix Streams and in retaind: the same broker, orders, points rule and guarantee, in one run.

Each program first takes some orders to warm up. The others wait in a transaction and become visible all at once; time
and CPU are counted from then on, until the last of them is committed, so that no start is measured.

Quix Streams grants points and does nothing else; retaind does all that it does with an order: tiers, stages of life,
forecasts, notices. Both are left at their defaults: Quix Streams commits every 5 seconds, retaind every 100 ms, or up
to a second when it is behind.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from statistics import median

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from orders import PARTITIONS, Order, Writer, draw
from programs import DEADLINE_SECONDS, REPOSITORY, Place, Program, QuixStreams, Retaind

WARM_UP = 1_000


@dataclass(frozen=True)
class Cost:
    """What the orders after the warm-up took, in seconds."""

    cpu: float
    own: float
    wall: float

    def over(self, other: Cost) -> Cost:
        """How many times the other's this is."""
        return Cost(self.cpu / other.cpu, self.own / other.own, self.wall / other.wall)


class Comparison:
    """The broker and the orders, for both programs the same."""

    def __init__(self, bootstrap: str, events: int, customers: int):
        self.bootstrap = bootstrap
        self.orders = WARM_UP + events
        self._customers = customers
        self._start = datetime.now(timezone.utc) - timedelta(minutes=10)

    def run(self, start: Callable[[Place], Program]) -> Cost:
        """Lets the program that is started take the orders, and checks what it made of them."""
        prefix = f"comparison-{uuid.uuid4().hex[:8]}."
        with tempfile.TemporaryDirectory(prefix=prefix) as directory:
            place = Place(self.bootstrap, prefix, Path(directory))
            create_topics(self.bootstrap, place.orders, place.ledger)
            try:
                return self._measure(start, place)
            finally:
                delete_topics(self.bootstrap, prefix)

    def _measure(self, start: Callable[[Place], Program], place: Place) -> Cost:
        drawn = self._drawn()
        writer = Writer(self.bootstrap, place.orders)
        writer.write(islice(drawn, WARM_UP))
        with start(place) as program:
            wait_for_warm_up(program)
            writer.write_hidden(drawn)
            before, started = program.usage(), time.monotonic()
            writer.reveal()
            program.wait(self.orders)
            wall, used = time.monotonic() - started, program.usage() - before
        self._check(program)
        return Cost(used.process, used.own, wall)

    def _check(self, program: Program) -> None:
        wanted = sorted((f"o-{order.number}", order.points) for order in self._drawn())
        found = sorted(accrued(self.bootstrap, program.place.ledger))
        if found != wanted:
            totals = [f"{sum(points for _, points in entries)} points in {len(entries)} entries"
                      for entries in (found, wanted)]
            sys.exit(f"{program.name} granted {totals[0]}, which should be {totals[1]}")

    def _drawn(self) -> Iterator[Order]:
        return draw(self.orders, self._customers, self._start)


def main() -> None:
    """Runs both programs on the same orders, by turns, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50_000, help="how many paid orders (default %(default)s)")
    parser.add_argument("--customers", type=int, default=20_000, help="of how many customers (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often; medians are told (default %(default)s)")
    parser.add_argument("--bootstrap", help="a Kafka cluster; without it the broker of the wire tests is started")
    parser.add_argument("--retaind", type=Path, default=REPOSITORY / ".build/release/retaind", help="the binary")
    arguments = parser.parse_args()

    quix, retaind = [], []
    with cluster(arguments.bootstrap) as bootstrap:
        comparison = Comparison(bootstrap, arguments.events, arguments.customers)
        for _ in range(arguments.rounds):
            quix.append(comparison.run(lambda place: QuixStreams(place, comparison.orders)))
            retaind.append(comparison.run(lambda place: Retaind(place, arguments.retaind)))
    print(f"{arguments.events} paid orders of {arguments.customers} customers, medians of {arguments.rounds}")
    print(table(arguments.events, middle(quix), middle(retaind)))


def middle(costs: list[Cost]) -> Cost:
    """The median of each cost."""
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("cpu", "own", "wall")))


def table(events: int, quix: Cost, retaind: Cost) -> str:
    """What an event cost in both, and how many times more in the first; own is without librdkafka's threads."""
    lines = [f"{'':14}{'CPU us/event':>14}{'own us/event':>14}{'events/s':>12}"]
    for name, cost in ((QuixStreams.name, quix), (Retaind.name, retaind)):
        lines.append(
            f"{name:14}{cost.cpu / events * 1e6:14.1f}{cost.own / events * 1e6:14.1f}{events / cost.wall:12.0f}")
    ratio = quix.over(retaind)
    return "\n".join([*lines, f"{'ratio':14}{ratio.cpu:14.2f}{ratio.own:14.2f}{ratio.wall:12.2f}"])


@contextmanager
def cluster(bootstrap: str | None) -> Iterator[str]:
    """The cluster's address; a broker of our own is stopped at the end."""
    if bootstrap:
        yield bootstrap
        return
    sys.path.insert(0, str(REPOSITORY / "Tests/Wire"))
    from broker import BrokerProcess

    with tempfile.TemporaryDirectory(prefix="comparison-broker-") as directory:
        broker = BrokerProcess(Path(directory) / "data")
        try:
            broker.start()
            yield broker.bootstrap
        finally:
            broker.stop()


def create_topics(bootstrap: str, *names: str) -> None:
    """Creates them with as many partitions as the state has, so that nothing need be forwarded."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    for created in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names]).values():
        created.result(30)


def delete_topics(bootstrap: str, prefix: str) -> None:
    """Leaves the cluster as it was found; changelogs of Quix Streams have the prefix in the middle of their names."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    names = [name for name in admin.list_topics(timeout=30).topics if prefix in name]
    for deleted in admin.delete_topics(names).values() if names else ():
        deleted.result(30)


def wait_for_warm_up(program: Program) -> None:
    """Returns when the program has committed the first orders, and waits for more."""
    place = program.place
    asker = Consumer({"bootstrap.servers": place.bootstrap, "group.id": place.group, "log_level": 2})
    partitions = [TopicPartition(place.orders, number) for number in range(PARTITIONS)]
    deadline = time.monotonic() + DEADLINE_SECONDS
    with closing(asker):
        while sum(max(0, partition.offset) for partition in asker.committed(partitions, 30)) < WARM_UP:
            if time.monotonic() > deadline:
                program.fail("has not taken the first orders")
            program.require_running()
            time.sleep(0.2)


def accrued(bootstrap: str, topic: str) -> Iterator[tuple[str, int]]:
    """The order and the points of every committed entry of granted points."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "comparison-reader", "isolation.level": "read_committed",
        "enable.auto.commit": False, "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    open_partitions = set(range(PARTITIONS))
    while open_partitions:
        message = consumer.poll(30)
        if message is None:
            raise TimeoutError(f"{topic} could not be read to its end")
        if error := message.error():
            if error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            open_partitions.discard(message.partition())
            continue
        entry = json.loads(message.value())
        if entry["kind"] == "accrued":
            yield entry["orderId"], entry["points"]
    consumer.close()


if __name__ == "__main__":
    main()
