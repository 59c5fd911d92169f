"""Publishing a workload from a process of its own, at a steady rate, whatever happens to the brokers."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event

from confluent_kafka import KafkaException, Producer

from producing import JAVA_DEFAULT
from workload import REPEATED_AFTER, Workload, utc_now

# A step of the workload publishes about so many events.
EVENTS_PER_ORDER = 5.3
TICK_SECONDS = 0.05
# Longer than any broker is away: nothing that was produced may be given up.
DELIVERY_DEADLINE_MS = 600_000


class Load:
    """A producer process; `finish` ends it after the last order's last event was acknowledged."""

    def __init__(self, bootstrap: str, topics: dict[str, str], workload: Workload, events_per_second: float,
                 orders_at_most: int):
        context = multiprocessing.get_context("spawn")
        self._orders: Synchronized[int] = context.Value("q", 0)
        self._events: Synchronized[int] = context.Value("q", 0)
        self._end: Event = context.Event()
        self._goes_on: Event = context.Event()
        self._goes_on.set()
        self._process = context.Process(
            target=_publish, name="load", daemon=True,
            args=(bootstrap, topics, workload, events_per_second / EVENTS_PER_ORDER, orders_at_most, self._goes_on,
                  self._end, self._orders, self._events))
        self._process.start()

    @property
    def events(self) -> int:
        """Events acknowledged so far."""
        return self._events.value

    def wait_for_more(self, events: int, deadline_seconds: float = 60) -> None:
        """Returns when so many events more than now were acknowledged."""
        wanted, deadline = self.events + events, time.monotonic() + deadline_seconds
        while self.events < wanted:
            if time.monotonic() > deadline or not self._process.is_alive():
                raise TimeoutError(f"{self.events} of {wanted} events were published in {deadline_seconds} s")
            time.sleep(TICK_SECONDS)

    def pause(self) -> None:
        """Begins no more orders until `resume`; what is on its way still arrives."""
        self._goes_on.clear()

    def resume(self) -> None:
        """Goes on at the steady rate, after `pause`."""
        self._goes_on.set()

    def abandon(self) -> None:
        """Ends the process at once."""
        self._process.kill()
        self._process.join()

    def finish(self, deadline_seconds: float = 120) -> int:
        """Publishes what follows the orders so far, and returns how many orders there are."""
        self._end.set()
        self._process.join(deadline_seconds)
        if self._process.exitcode != 0:
            self.abandon()
            raise RuntimeError(f"the producer did not finish: exit code {self._process.exitcode}")
        return self._orders.value


def _publish(
    bootstrap: str, topics: dict[str, str], workload: Workload, orders_per_second: float, orders_at_most: int,
    goes_on: Event, end: Event, orders_begun: Synchronized[int], events: Synchronized[int],
) -> None:
    refused: list[object] = []
    acknowledged = 0

    def delivered(error: object, _message: object) -> None:
        nonlocal acknowledged
        acknowledged += 1
        if error is not None:
            refused.append(error)

    producer = Producer({
        "bootstrap.servers": bootstrap, "partitioner": JAVA_DEFAULT, "enable.idempotence": True, "linger.ms": 5,
        "message.timeout.ms": DELIVERY_DEADLINE_MS, "compression.type": "lz4", "log_level": 2,
        "topic.metadata.refresh.interval.ms": 1000,
    })

    def publish(step: int, orders: int) -> None:
        for topic, key, value in workload.records(step, orders, utc_now()):
            while True:
                try:
                    producer.produce(topics[topic], key=key, value=value, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)

    step, started = 0, time.monotonic()
    while not end.is_set() and step < orders_at_most:
        # What a slow broker held up is not made up for: the rate is a bound.
        due = int((time.monotonic() - started) * orders_per_second)
        if due > step + orders_per_second:
            started, due = time.monotonic() - step / orders_per_second, step
        while step < min(due, orders_at_most) and goes_on.is_set():
            publish(step, orders_at_most)
            step += 1
        orders_begun.value = step
        producer.poll(TICK_SECONDS)
        events.value = acknowledged
    end.wait()
    for last in range(step, step + REPEATED_AFTER + 1):
        publish(last, step)
    unsent = producer.flush(DELIVERY_DEADLINE_MS / 1000)
    events.value = acknowledged
    if refused or unsent:
        raise KafkaException(f"{unsent} events unsent, {len(refused)} refused: {refused[:3]}")
