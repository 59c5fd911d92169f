"""The topics of one test: names of its own on the shared cluster, created with the partition counts it asks for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from confluent_kafka.admin import AdminClient, NewTopic

INPUTS = ("orders", "shipments", "browsing", "customers")
OUTPUTS = {"notifications": "notifications", "ledger": "points-ledger", "deadLetters": "retaind.dead-letters"}
INTERNAL = {"state": "retaind.state", "forward": "retaind.forward"}

# Internal topics of the tests have this many partitions: more than one a worker, and not a divisor of other counts.
STATE_PARTITIONS = 4


@dataclass
class Topics:
    """Topic names by their configuration key, under a prefix that no other test has."""

    bootstrap: str
    prefix: str = field(default_factory=lambda: f"wire-{uuid.uuid4().hex[:8]}.")

    @property
    def names(self) -> dict[str, str]:
        plain = {**{name: name for name in INPUTS}, **OUTPUTS, **INTERNAL}
        return {key: self.prefix + name for key, name in plain.items()}

    def __getitem__(self, key: str) -> str:
        return self.names[key]

    def create(self, **partitions: int) -> None:
        """Creates input and output topics (`orders=3`; the default is the state's count). The daemon makes its own."""
        wanted = [
            NewTopic(self[key], partitions.get(key, STATE_PARTITIONS)) for key in (*INPUTS, *OUTPUTS)
        ]
        admin = self._admin()
        for created in admin.create_topics(wanted).values():
            created.result(timeout=30)

    def delete(self) -> None:
        """Removes every topic of this test, so that a cluster that stays is left as it was found."""
        admin = self._admin()
        mine = [name for name in admin.list_topics(timeout=10).topics if name.startswith(self.prefix)]
        for deleted in admin.delete_topics(mine).values() if mine else ():
            deleted.result(timeout=30)

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap})
