"""Points for paid orders, as the documentation of Quix Streams writes a stateful application that works exactly once.

Ids of events are remembered with `ttl=`, the way its cookbook filters repetitions, and all that can be tuned is left as
it is. Prints a line when it has committed as many entries as it is told, and lives on until its standard input ends, so
that others can see what it has used.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from typing import Any

from quixstreams import Application, State

MINOR_UNITS_PER_MAJOR = 100
PENDING_FOR = timedelta(days=30)
REMEMBERED_FOR = timedelta(days=30)


def is_new(event: dict[str, Any], _key: str, _timestamp: int, _headers: object, state: State) -> bool:
    """Whether no event of this id was seen; it is from now on."""
    name = f"event:{event['id']}"
    if state.get(name):
        return False
    state.set(name, True, ttl=REMEMBERED_FOR)
    return True


def accrue(event: dict[str, Any], state: State) -> dict[str, Any]:
    """Grants a point for each major unit that was paid: pending at first, until a day by which they are summed up."""
    order = event["data"]
    paid_at = datetime.fromisoformat(event["time"])
    points = order["total"] // MINOR_UNITS_PER_MAJOR
    account = state.get("account", {"available": 0, "pending": {}})
    pending = account["pending"]
    today = paid_at.date().isoformat()
    for day in [day for day in pending if day <= today]:
        account["available"] += pending.pop(day)
    due = (paid_at + PENDING_FOR).date().isoformat()
    pending[due] = pending.get(due, 0) + points
    state.set("account", account)
    return {
        "kind": "accrued", "customerId": order["customerId"], "orderId": order["orderId"], "cause": event["id"],
        "at": event["time"], "points": points, "pending": sum(pending.values()), "available": account["available"],
    }


def main() -> None:
    """Runs the application until it has written as many entries as it is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--state", required=True, help="directory of the state store")
    parser.add_argument("--entries", type=int, required=True)
    arguments = parser.parse_args()

    application = Application(
        broker_address=arguments.bootstrap, consumer_group=arguments.group, auto_offset_reset="earliest",
        processing_guarantee="exactly-once", state_dir=arguments.state, loglevel="WARNING")
    orders = application.topic(arguments.input, key_deserializer="str", value_deserializer="json")
    ledger = application.topic(arguments.output, key_serializer="str", value_serializer="json")
    stream = application.dataframe(orders)
    stream = stream.filter(is_new, stateful=True, metadata=True)
    stream = stream.apply(accrue, stateful=True)
    stream.to_topic(ledger)

    # Otherwise it keeps all entries in memory, to return them.
    application.run(count=arguments.entries, collect=False)
    print("done", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
