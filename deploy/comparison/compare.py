"""What an order costs in retaind and in Quix Streams: the same broker, input, points rule and guarantee, in one run.

Quix Streams grants points and does nothing else; retaind does all that it does with an order. CPU is told of the process, and
of its own threads: those of the client library, which both use, are busy as long as a broker answers empty fetches at once, as
the one of the wire tests does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
PARTITIONS = 8
DEADLINE_SECONDS = 600

# The points alone: no tiers that multiply, no day on which a customer earns suspiciously many.
RULES = {
    "version": "comparison",
    "points": {"pointsPerMajorUnit": 1, "maxOrdersPerDay": None, "maxPointsPerDay": None, "campaigns": []},
    "tiers": {
        "base": {"multiplier": 1}, "silver": {"threshold": 1000, "multiplier": 1},
        "gold": {"threshold": 5000, "multiplier": 1}, "diamond": {"threshold": 20000, "multiplier": 1},
    },
}


@dataclass
class Run:
    """What a program took for all orders, and what it made of them."""

    cpu_seconds: float
    # Without the threads of the client library.
    own_seconds: float
    wall_seconds: float
    entries: int
    points: int


def main() -> None:
    """Runs both programs on the same orders and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--bootstrap", help="a Kafka cluster; without it the wire tests' broker is started")
    parser.add_argument("--retaind", type=Path, default=REPOSITORY / ".build/release/retaind")
    arguments = parser.parse_args()
    with cluster(arguments.bootstrap) as bootstrap, tempfile.TemporaryDirectory(prefix="comparison-") as directory:
        prefix = f"comparison-{uuid.uuid4().hex[:8]}."
        create_topics(bootstrap, [prefix + name for name in ("orders", "quix", "ledger", "notifications")])
        expected = write_orders(bootstrap, prefix + "orders", arguments.orders, arguments.customers)
        quix = run_quix(bootstrap, prefix, arguments.orders, Path(directory))
        retaind = run_retaind(arguments.retaind, bootstrap, prefix, arguments.orders, Path(directory))
    for name, run in (("Quix Streams", quix), ("retaind", retaind)):
        if (run.entries, run.points) != (arguments.orders, expected):
            sys.exit(f"{name} granted {run.points} points in {run.entries} entries, not {expected} in {arguments.orders}")
    for name, run in (("Quix Streams", quix), ("retaind", retaind)):
        print(f"{name:14}{run.cpu_seconds / arguments.orders * 1e6:10.1f} us CPU/order, of own threads"
              f"{run.own_seconds / arguments.orders * 1e6:8.1f}{arguments.orders / run.wall_seconds:10.0f} orders/s")
    print(f"{'ratio':14}{quix.cpu_seconds / retaind.cpu_seconds:10.1f} in CPU, of own threads"
          f"{quix.own_seconds / retaind.own_seconds:12.1f}{quix.wall_seconds / retaind.wall_seconds:10.1f} in time")


@contextmanager
def cluster(bootstrap: str | None) -> Iterator[str]:
    """The cluster's address; a broker of our own is stopped at the end."""
    if bootstrap:
        yield bootstrap
        return
    sys.path.insert(0, str(REPOSITORY / "Tests/Wire"))
    from broker import BrokerProcess  # Only when it is wanted: it needs the wire tests' C library.

    with tempfile.TemporaryDirectory(prefix="comparison-broker-") as data:
        broker = BrokerProcess(Path(data))
        broker.start()
        try:
            yield broker.bootstrap
        finally:
            broker.stop()


def create_topics(bootstrap: str, names: list[str]) -> None:
    """Creates them with the same number of partitions."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names]).values():
        future.result(30)


def write_orders(bootstrap: str, topic: str, orders: int, customers: int) -> int:
    """Writes paid orders of two lines. Returns the points that they are worth."""
    dice = random.Random(20_261_126)
    start = datetime.now(timezone.utc) - timedelta(hours=2)
    producer = Producer({
        "bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 50, "compression.type": "lz4"})
    points = 0
    for number in range(orders):
        customer = f"customer-{dice.randrange(customers)}"
        prices = [dice.randrange(1_000, 20_000) for _ in range(2)]
        points += sum(prices) // 100
        event = {
            "specversion": "1.0", "id": f"event-{number}", "source": "/comparison", "type": "order.paid",
            "time": (start + timedelta(milliseconds=number % 3_600_000)).isoformat(timespec="milliseconds"),
            "data": {
                "customerId": customer, "orderId": f"o-{number}", "currency": "CNY", "total": sum(prices),
                "lines": [
                    {"sku": f"sku-{price % 5_000}", "category": f"category-{price % 50}", "quantity": 1,
                     "unitPrice": price}
                    for price in prices
                ],
            },
        }
        while True:
            try:
                producer.produce(topic, json.dumps(event, separators=(",", ":")).encode(), customer.encode())
                break
            except BufferError:
                producer.poll(0.1)
    if producer.flush(120):
        sys.exit("the broker did not take the orders")
    return points


def run_quix(bootstrap: str, prefix: str, orders: int, directory: Path) -> Run:
    """Quix Streams in a process of its own, from its start to the end of its input; imports are not counted."""
    done = subprocess.run(
        [sys.executable, str(HERE / "quix_points.py"), "--bootstrap", bootstrap, "--group", prefix + "quix", "--input",
         prefix + "orders", "--output", prefix + "quix", "--state", str(directory / "quix"), "--events", str(orders)],
        capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
    if done.returncode:
        sys.exit(f"Quix Streams failed: {done.stderr[-2_000:]}")
    took = json.loads(done.stdout.splitlines()[-1])
    return Run(
        took["cpuSeconds"], took["threadSeconds"], took["wallSeconds"], *granted(bootstrap, prefix + "quix"))


def run_retaind(binary: Path, bootstrap: str, prefix: str, orders: int, directory: Path) -> Run:
    """retaind, from its start until its metrics say that every order is committed."""
    config = directory / "config"
    config.mkdir()
    (config / "rules.json").write_text(json.dumps(RULES))
    for wording in (REPOSITORY / "Config").glob("wording.*.json"):
        (config / wording.name).write_text(wording.read_text(encoding="utf-8"), encoding="utf-8")
    names = ("orders", "shipments", "browsing", "customers", "notifications", "ledger", "deadLetters", "state", "forward")
    (config / "retaind.json").write_text(json.dumps({
        "kafka": {"bootstrap.servers": bootstrap}, "group": prefix + "retaind", "workers": 1, "partitions": PARTITIONS,
        "topics": {name: prefix + name for name in names}, "createTopics": True, "replicationFactor": 1,
        "stateDirectory": str(directory / "state"), "telemetry": {"listen": "127.0.0.1:19465"},
    }))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETAIND_")}
    started = time.monotonic()
    process = subprocess.Popen(
        [str(binary), "run", "--config-dir", str(config)], stdout=subprocess.DEVNULL, env=environment)
    try:
        while committed_events() < orders:
            if process.poll() is not None or time.monotonic() - started > DEADLINE_SECONDS:
                sys.exit("retaind did not take the orders")
            time.sleep(0.25)
        wall = time.monotonic() - started
        cpu, own = cpu_seconds(process.pid)
    finally:
        process.terminate()
        process.wait(30)
    return Run(cpu, own, wall, *granted(bootstrap, prefix + "ledger"))


def committed_events() -> int:
    """What the metrics say; 0 as long as nobody answers."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:19465/metrics", timeout=2) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith("retaind_events_total"))


def cpu_seconds(pid: int) -> tuple[float, float]:
    """User and system time of a process, and of its threads without those of librdkafka, whose names begin with rdk:."""
    total = own = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        name, _, rest = (thread / "stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        fields = rest.split()
        ticks = int(fields[11]) + int(fields[12])
        total += ticks
        own += 0 if name.startswith("rdk:") else ticks
    return total / os.sysconf("SC_CLK_TCK"), own / os.sysconf("SC_CLK_TCK")


def granted(bootstrap: str, topic: str) -> tuple[int, int]:
    """How many entries of granted points are committed, and their sum."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "comparison-reader", "isolation.level": "read_committed",
        "enable.partition.eof": True, "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    open_partitions, entries, points = set(range(PARTITIONS)), 0, 0
    while open_partitions:
        message = consumer.poll(30)
        if message is None:
            sys.exit(f"{topic} could not be read to its end")
        if message.error():
            open_partitions.discard(message.partition())
            continue
        entry = json.loads(message.value())
        if entry["kind"] == "accrued":
            entries, points = entries + 1, points + entry["points"]
    consumer.close()
    return entries, points


if __name__ == "__main__":
    main()
