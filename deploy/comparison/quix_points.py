"""Points for paid orders with Quix Streams, as its documentation writes a stateful application with exactly-once guarantees.

Prints as one JSON object, from the start of the application to the end of its input: the CPU seconds of the process, those of
the thread that processes, without the client library's own threads, and the wall seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from quixstreams import Application, State

REMEMBERED_EVENTS = 1_024


def accrue(event: dict[str, Any], state: State) -> dict[str, Any] | None:
    """Grants a point for each major unit; None for an event that was taken before."""
    seen: list[str] = state.get("seen", [])
    if event["id"] in seen:
        return None
    state.set("seen", [*seen, event["id"]][-REMEMBERED_EVENTS:])
    order = event["data"]
    points = order["total"] // 100
    pending = state.get("pending", 0) + points
    state.set("pending", pending)
    return {
        "customerId": order["customerId"], "orderId": order["orderId"], "kind": "accrued", "points": points,
        "pending": pending, "cause": event["id"],
    }


def main() -> None:
    """Takes as many events as it is told and ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--state", required=True, help="directory of the state store")
    parser.add_argument("--events", type=int, required=True)
    arguments = parser.parse_args()
    application = Application(
        broker_address=arguments.bootstrap, consumer_group=arguments.group, auto_offset_reset="earliest",
        processing_guarantee="exactly-once", state_dir=arguments.state, loglevel="WARNING")
    orders = application.topic(arguments.input, key_deserializer="str", value_deserializer="json")
    ledger = application.topic(arguments.output, key_serializer="str", value_serializer="json")
    entries = application.dataframe(orders).apply(accrue, stateful=True)
    entries = entries.filter(lambda entry: entry is not None)
    entries.to_topic(ledger)
    cpu, thread, wall = time.process_time(), time.thread_time(), time.monotonic()
    application.run(count=arguments.events)
    print(json.dumps({
        "cpuSeconds": time.process_time() - cpu, "threadSeconds": time.thread_time() - thread,
        "wallSeconds": time.monotonic() - wall,
    }))


if __name__ == "__main__":
    main()
