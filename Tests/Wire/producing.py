"""Foreign clients that publish the input: kcat and confluent-kafka, each with the partitioner it is told to use."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable

from confluent_kafka import KafkaException, Producer

from events import Event

# What librdkafka clients do when nobody configures anything: CRC32 of the key, which is not the Java clients' hash.
LIBRDKAFKA_DEFAULT = "consistent_random"
# The hash of the Java clients.
JAVA_DEFAULT = "murmur2_random"

Key = Callable[[Event], str]


def by_customer(event: Event) -> str:
    """The key that the contract recommends."""
    return event.customer


def by_order(event: Event) -> str:
    """The key a service chooses that thinks in orders; the customer's where the event has no order."""
    return event.data.get("orderId", event.customer)


def produce_with_kcat(bootstrap: str, topic: str, events: Iterable[Event], key: Key, partitioner: str) -> None:
    """Publishes in structured mode with the `kcat` command, in order."""
    lines = b"".join(key(event).encode() + b"\t" + event.structured() + b"\n" for event in events)
    if not lines:
        return
    command = ["kcat", "-P", "-b", bootstrap, "-t", topic, "-K", "\t",
               "-H", "content-type=application/cloudevents+json; charset=utf-8"]
    if partitioner != LIBRDKAFKA_DEFAULT:
        command += ["-X", f"partitioner={partitioner}"]
    done = subprocess.run(command, input=lines, capture_output=True, timeout=60)
    assert done.returncode == 0, f"kcat ended with {done.returncode}: {done.stderr.decode(errors='replace')}"


def produce_with_confluent(bootstrap: str, topic: str, events: Iterable[Event], key: Key, partitioner: str) -> None:
    """Publishes in binary mode, as the CloudEvents SDK encodes it, with confluent-kafka, in order."""
    messages = []
    for event in events:
        value, headers = event.binary()
        messages.append((key(event).encode(), value, headers))
    produce_raw(bootstrap, topic, messages, partitioner)


RawMessage = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]


def produce_raw(bootstrap: str, topic: str, messages: Iterable[RawMessage], partitioner: str = JAVA_DEFAULT) -> None:
    """Publishes (key, value, headers) as they are, and returns when the broker has acknowledged every one."""
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(error)

    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": partitioner, "enable.idempotence": True})
    for key, value, headers in messages:
        while True:
            try:
                producer.produce(topic, key=key, value=value, headers=headers, on_delivery=delivered)
                break
            except BufferError:
                producer.poll(0.1)
    unsent = producer.flush(60)
    if failures or unsent:
        raise KafkaException(f"{unsent} records unsent, {len(failures)} refused: {failures[:3]}")
