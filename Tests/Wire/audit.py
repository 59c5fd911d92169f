"""Everything that was committed, read by a fresh reader one record at a time and compared with the workload."""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from topics import Topics
from workload import Audit, Workload


def audited(topics: Topics, workload: Workload, orders: int) -> Audit:
    """Every committed output, judged."""
    audit = Audit(workload, orders)
    visit_committed(topics.bootstrap, topics["notifications"], audit.take_notice)
    visit_committed(topics.bootstrap, topics["ledger"], audit.take_entry)
    visit_committed(topics.bootstrap, topics["deadLetters"], audit.take_dead_letter)
    return audit


def visit_committed(bootstrap: str, topic: str, visit: Callable[[Message], None]) -> None:
    """Hands over every committed record of the topic, in the order of its partitions, without keeping any."""
    reader = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "chaos-audit", "isolation.level": "read_committed",
        "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error",
    })
    try:
        open_partitions = set(reader.list_topics(timeout=30).topics[topic].partitions)
        reader.assign([TopicPartition(topic, number, 0) for number in open_partitions])
        idle_since = time.monotonic()
        while open_partitions:
            messages = reader.consume(num_messages=5000, timeout=0.2)
            if messages:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > 90:
                raise TimeoutError(f"{topic} was not read to its end: a transaction stays open on {open_partitions}")
            for message in messages:
                error = message.error()
                if error is None:
                    visit(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_partitions.discard(message.partition())
                elif not error.retriable() and error.code() != KafkaError._ALL_BROKERS_DOWN:
                    raise KafkaException(error)
    finally:
        reader.close()
