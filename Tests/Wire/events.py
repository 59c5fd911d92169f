"""Input events as other services would publish them: CloudEvents, in either mode of the Kafka binding."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cloudevents.core.bindings.kafka import to_binary_event
from cloudevents.core.v1.event import CloudEvent

# The topic that each family of event types is published to, by the key it has in retaind's configuration.
TOPIC_OF_FAMILY = {"order": "orders", "shipment": "shipments", "browse": "browsing", "customer": "customers"}


@dataclass(frozen=True)
class Event:
    """One event; `data` is what the type asks for, and always names the customer."""

    id: str
    type: str
    time: datetime
    data: dict[str, Any] = field(hash=False)

    @property
    def customer(self) -> str:
        return self.data["customerId"]

    @property
    def topic(self) -> str:
        """The configuration key of the topic that the event belongs to."""
        return TOPIC_OF_FAMILY[self.type.split(".")[0]]

    def structured(self) -> bytes:
        """The structured mode: the whole event as one JSON object, on one line."""
        return json.dumps({
            "specversion": "1.0", "id": self.id, "source": "/wire-test/shop", "type": self.type,
            "time": rfc3339(self.time), "datacontenttype": "application/json", "data": self.data,
        }, ensure_ascii=False).encode()

    def binary(self) -> tuple[bytes, list[tuple[str, bytes]]]:
        """The binary mode as the CloudEvents SDK makes it: the value, and the headers."""
        message = to_binary_event(CloudEvent({
            "id": self.id, "source": "/wire-test/shop", "type": self.type, "time": self.time,
            "datacontenttype": "application/json",
        }, self.data))
        return message.value, list(message.headers.items())


def rfc3339(time: datetime) -> str:
    """The instant with milliseconds and its offset."""
    return time.isoformat(timespec="milliseconds")
