"""Playing a scenario's waves into the daemon's topics, and judging what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from confluent_kafka import Message

from daemon import Daemon
from events import Event
from model import Model
from outputs import balances_of, by_customer, difference, entry_of, ids_of, notice_of
from producing import JAVA_DEFAULT, Key, by_customer as key_by_customer, produce_with_confluent
from reading import CommittedReader, read_committed, wait_until_consumed
from topics import INPUTS, Topics


@dataclass(frozen=True)
class Publisher:
    """How one service publishes to its topic."""

    produce: object = produce_with_confluent
    key: Key = key_by_customer
    partitioner: str = JAVA_DEFAULT

    def publish(self, topics: Topics, topic: str, events: Iterable[Event]) -> None:
        self.produce(topics.bootstrap, topics[topic], events, self.key, self.partitioner)


@dataclass
class Stage:
    """The topics of a test, who publishes to them, and the model that goes along."""

    topics: Topics
    model: Model
    publishers: dict[str, Publisher] = field(default_factory=dict)

    def publish(self, events: list[Event]) -> None:
        """Publishes the events, each to its topic by its publisher, in their order."""
        for topic in INPUTS:
            mine = [event for event in events if event.topic == topic]
            if mine:
                self.publishers.get(topic, Publisher()).publish(self.topics, topic, mine)

    def expect(self, events: list[Event], now) -> None:
        """Tells the model what was published."""
        for event in events:
            self.model.apply(event, now)
        self.model.settle(now)

    def wait_until_settled(self, daemon: Daemon, deadline_seconds: float = 60) -> None:
        """Returns when all input is consumed, forwarded input too, and all has come out that the model expects."""
        bootstrap = self.topics.bootstrap
        wait_until_consumed(bootstrap, daemon.group, [self.topics[key] for key in INPUTS], deadline_seconds)
        wait_until_consumed(bootstrap, daemon.group, [self.topics["forward"]], deadline_seconds)
        self.wait_until_published(daemon, deadline_seconds)

    def wait_until_published(self, daemon: Daemon, deadline_seconds: float = 60) -> None:
        """Returns when as much has come out as the model expects."""
        wanted = self.model.notices.total() + self.model.entries.total()
        with CommittedReader(self.topics.bootstrap, self.topics["notifications"], self.topics["ledger"]) as reader:
            if not reader.read_until(lambda records: len(records) >= wanted, deadline_seconds):
                self.judge()
                raise AssertionError(f"{len(reader.records)} of {wanted} outputs:\n{daemon.tail()}")

    def judge(self) -> None:
        """Compares everything committed so far with the model: exactly once each, none extra, balances equal."""
        notifications = read_committed(self.topics.bootstrap, self.topics["notifications"])
        ledger = read_committed(self.topics.bootstrap, self.topics["ledger"])
        wrong = [
            difference(self.model.notices, Counter(map(notice_of, notifications))),
            difference(self.model.entries, Counter(map(entry_of, ledger))),
            *repeated_ids(notifications), *repeated_ids(ledger), *self._wrong_balances(ledger),
        ]
        assert not any(wrong), "\n".join(filter(None, wrong))

    def _wrong_balances(self, ledger: list[Message]) -> list[str]:
        last = {customer: balances_of(entries[-1]) for customer, entries in by_customer(ledger).items()}
        return [
            f"{id}: the ledger ends with {last[id]}, the model with {customer.balances}"
            for id, customer in self.model.customers.items() if id in last and last[id] != customer.balances
        ] + [wrong for entries in by_customer(ledger).values() for wrong in broken_chain(entries)]


def repeated_ids(messages: list[Message]) -> list[str]:
    """CloudEvents ids that stand on more than one record."""
    return [f"id {id} on {times} records" for id, times in ids_of(messages).items() if times > 1]


def broken_chain(entries: list[Message]) -> list[str]:
    """Ledger entries of one customer whose stated balances do not follow from the entry before."""
    wrong, net = [], 0
    for message in entries:
        entry, balances = entry_of(message), balances_of(message)
        # Confirmation moves points from pending to available; everything else changes what the account is worth.
        net += 0 if entry.kind == "confirmed" else entry.points
        stated = balances.pending + balances.available - balances.debt
        if stated != net or min(balances.pending, balances.available, balances.debt) < 0:
            wrong.append(f"{entry} states {balances}, worth {stated}; its predecessors add up to {net}")
    return wrong
