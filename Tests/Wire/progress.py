"""How far a consumer group is with its input, and whether anything is still on its way."""

from __future__ import annotations

import time

from confluent_kafka import Consumer, KafkaException, TopicPartition

from topics import INPUTS, Topics


class Progress:
    """How far a group is with its input."""

    def __init__(self, topics: Topics, group: str):
        self.topics = topics
        self._asker = Consumer({
            "bootstrap.servers": topics.bootstrap, "group.id": group, "isolation.level": "read_uncommitted",
            "log_level": 2,
        })

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        self._asker.close()

    def ends(self, *keys: str) -> dict[tuple[str, int], int]:
        """The ends of these topics' partitions, by configuration key."""
        known = self._asker.list_topics(timeout=30).topics
        return {
            (topic, number): self._asker.get_watermark_offsets(TopicPartition(topic, number), timeout=30)[1]
            for topic in (self.topics[key] for key in keys) if topic in known for number in known[topic].partitions
        }

    def behind(self, ends: dict[tuple[str, int], int]) -> int:
        """How many records before `ends` the group has not committed."""
        places = [TopicPartition(*place) for place in ends]
        return sum(
            max(0, ends[place.topic, place.partition] - max(0, place.offset))
            for place in self._asker.committed(places, timeout=30))

    def wait_until_caught_up(self, deadline_seconds: float) -> float:
        """Returns when all input there is now is committed, and how many seconds that took."""
        started = time.monotonic()
        ends = lag = None
        while time.monotonic() - started < deadline_seconds:
            try:
                # What is published outside a transaction has no marks, so that its end is reached.
                ends = ends or self.ends(*INPUTS)
                lag = self.behind(ends)
                if not lag:
                    return time.monotonic() - started
            except KafkaException:
                # The broker is away or a coordinator is coming back; the deadline bounds it.
                pass
            time.sleep(0.2)
        raise TimeoutError(f"the group is {lag} records behind after {deadline_seconds} s")

    def wait_until_quiet(self, quiet_seconds: float, deadline_seconds: float) -> None:
        """Returns when nothing was written to the outputs and internal topics for a while: no event is on its way."""
        written = ("notifications", "ledger", "deadLetters", "forward", "state")
        started = changed = time.monotonic()
        last = self.ends(*written)
        while time.monotonic() - changed < quiet_seconds:
            if time.monotonic() - started > deadline_seconds:
                raise TimeoutError(f"outputs were still written after {deadline_seconds} s")
            time.sleep(0.5)
            if (ends := self.ends(*written)) != last:
                last, changed = ends, time.monotonic()
