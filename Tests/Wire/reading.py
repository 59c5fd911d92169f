"""Reading topics back the way a careful consumer does: committed records only, from the beginning."""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

POLL_SECONDS = 0.1


class CommittedReader:
    """Follows whole topics, read-committed, without joining a group; `records` grows as it reads."""

    def __init__(self, bootstrap: str, *topics: str):
        self.records: list[Message] = []
        self._at_end: set[tuple[str, int]] = set()
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": "wire-reader", "isolation.level": "read_committed",
            "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error",
        })
        known = self._consumer.list_topics(timeout=10).topics
        self._partitions = {
            (topic, number) for topic in topics if topic in known for number in known[topic].partitions
        }
        self._consumer.assign([TopicPartition(topic, number, 0) for topic, number in self._partitions])

    def __enter__(self) -> CommittedReader:
        return self

    def __exit__(self, *_error: object) -> None:
        self._consumer.close()

    def read_to_end(self, deadline_seconds: float = 60) -> list[Message]:
        """Reads until every partition is at its end, and returns all records so far."""
        self._until(lambda: self._at_end == self._partitions, deadline_seconds, "the end of the topics")
        return self.records

    def read_until(self, is_enough: Callable[[list[Message]], bool], deadline_seconds: float = 60) -> bool:
        """Reads until the records so far are enough; False when they are not at the deadline."""
        try:
            self._until(lambda: is_enough(self.records), deadline_seconds, "enough records")
        except TimeoutError:
            return False
        return True

    def _until(self, is_done: Callable[[], bool], deadline_seconds: float, what: str) -> None:
        deadline = time.monotonic() + deadline_seconds
        while not is_done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {what} within {deadline_seconds} s; {len(self.records)} records read")
            # Waits for the first record only: `consume` would wait for all that it may return.
            first = self._consumer.poll(POLL_SECONDS)
            # A message with an empty value counts as false.
            if first is not None:
                for message in [first, *self._consumer.consume(num_messages=1000, timeout=0)]:
                    self._take(message)

    def _take(self, message: Message) -> None:
        place = (message.topic(), message.partition())
        error = message.error()
        if error is None:
            self._at_end.discard(place)
            self.records.append(message)
        elif error.code() == KafkaError._PARTITION_EOF:
            self._at_end.add(place)
        elif not error.retriable() and error.code() != KafkaError._ALL_BROKERS_DOWN:
            raise KafkaException(error)


def read_committed(bootstrap: str, *topics: str) -> list[Message]:
    """Every committed record of the topics, now."""
    with CommittedReader(bootstrap, *topics) as reader:
        return reader.read_to_end()


def wait_until_consumed(bootstrap: str, group: str, topics: list[str], deadline_seconds: float = 60) -> None:
    """Returns when the group has committed past the last record of every partition of the topics."""
    deadline = time.monotonic() + deadline_seconds
    ends = ends_of(bootstrap, topics)
    asker = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    try:
        while behind := _behind(asker, ends):
            if time.monotonic() > deadline:
                raise TimeoutError(f"group {group} is behind after {deadline_seconds} s (committed, end): {behind}")
            # The protocol has no call that waits for an offset; this bounds how often the broker is asked.
            time.sleep(POLL_SECONDS)
    finally:
        asker.close()


def lag(bootstrap: str, group: str, topics: list[str]) -> int:
    """How many records of the topics the group has not committed."""
    asker = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    try:
        return sum(end - max(0, committed) for committed, end in _behind(asker, ends_of(bootstrap, topics)).values())
    finally:
        asker.close()


def ends_of(bootstrap: str, topics: list[str]) -> dict[tuple[str, int], int]:
    """The offset behind the last committed record of each partition that has one; the high watermark would count
    the marks that transactions leave, which no consumer's position need pass."""
    ends: dict[tuple[str, int], int] = {}
    for record in read_committed(bootstrap, *topics):
        place = (record.topic(), record.partition())
        ends[place] = max(ends.get(place, 0), record.offset() + 1)
    return ends


def _behind(asker: Consumer, ends: dict[tuple[str, int], int]) -> dict[tuple[str, int], tuple[int, int]]:
    """The partitions that are behind: what is committed, and the end."""
    places = [TopicPartition(*place) for place in ends]
    return {
        (place.topic, place.partition): (place.offset, ends[place.topic, place.partition])
        for place in (asker.committed(places, timeout=10) if places else ())
        if place.offset < ends[place.topic, place.partition]
    }
