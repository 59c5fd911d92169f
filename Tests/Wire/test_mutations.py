"""Ten thousand damaged records through the running daemon: it lives, and accounts for every one."""

import random
from collections import Counter
from datetime import datetime, timezone

from mutation import mutated
from outputs import entry_of
from producing import produce_raw
from reading import read_committed, wait_until_consumed
from scenario import Shop, rules
from topics import INPUTS

RECORDS = 10_000
# One in so many is left whole, and must come out as if the others were not there.
WHOLE_EVERY = 20

# The same bytes in every run: nothing that is looked at here depends on how old the events are.
NOW = datetime(2025, 1, 10, 9, 30, tzinfo=timezone.utc)


def test_each_of_ten_thousand_mutated_records_is_processed_or_a_dead_letter(topics, daemon):
    topics.create(shipments=3)
    whole = publish(topics, random.Random(10_000))
    # Nearly everything is bad here, on purpose: the limit that stops a topic of nothing but poison must not be met.
    retaind = daemon(rules=rules(NOW), deadLetterLimit={"records": 1000, "window": 1000})
    retaind.start()
    retaind.wait_until_ready()
    inputs = [topics[key] for key in INPUTS]
    wait_until_consumed(topics.bootstrap, retaind.group, inputs, deadline_seconds=120)
    wait_until_consumed(topics.bootstrap, retaind.group, [topics["forward"]], deadline_seconds=120)
    assert retaind.is_running(), retaind.tail()
    assert retaind.stop() == 0

    produced = {place(record): record for record in read_committed(topics.bootstrap, *inputs)}
    assert len(produced) == RECORDS
    letters = read_committed(topics.bootstrap, topics["deadLetters"])
    check_letters(letters, produced)
    # A fair share on either side, else the mutations prove little.
    assert RECORDS * 0.2 < len(letters) < RECORDS * 0.95
    check_counts(retaind, len(letters))
    accrued = Counter(entry_of(entry).order for entry in read_committed(topics.bootstrap, topics["ledger"]))
    lost = [order for order in whole if not accrued[order]]
    assert not lost, f"{len(lost)} of {len(whole)} whole orders made no ledger entry: {lost[:5]}"


def publish(topics, dice):
    """Publishes the records; the orders among the whole ones, each of a customer that no mutated record names."""
    shop = Shop(NOW, customers=300, seed=9)
    events = [event for event in shop.events if event.type != "order.placed"]
    messages = {topic: [] for topic in INPUTS}
    whole = []
    for number in range(RECORDS - RECORDS // WHOLE_EVERY):
        event = events[number % len(events)]
        messages[event.topic].append(mutated(raw(event, dice), dice))
    for number in range(RECORDS // WHOLE_EVERY):
        customer = f"whole-{number}"
        order = shop.paid(customer, 5, total=10_000)
        messages["orders"].append(raw(shop.waves[1][-1], dice))
        whole.append(order)
    for topic, mine in messages.items():
        dice.shuffle(mine)
        produce_raw(topics.bootstrap, topics[topic], mine)
    return whole


def raw(event, dice):
    """The event's bytes in one of the two modes."""
    if dice.random() < 0.5:
        value, headers = event.binary()
    else:
        value, headers = event.structured(), dice.choice([[], [("content-type", b"application/cloudevents+json")]])
    return event.customer.encode(), value, headers


def place(record):
    return record.topic(), record.partition(), record.offset()


def check_letters(letters, produced):
    """Each dead letter is one input record, byte for byte, and says where it came from and why."""
    seen = Counter()
    for letter in letters:
        headers = letter.headers()
        # The daemon's headers stand behind the original ones, which may carry the same names.
        original, added = headers[:-7], dict(headers[-7:])
        origin = (added["dlq.topic"].decode(), int(added["dlq.partition"]), int(added["dlq.offset"]))
        seen[origin] += 1
        source = produced[origin]
        assert (letter.key(), letter.value()) == (source.key(), source.value()), origin
        assert original == (source.headers() or []), origin
        assert int(added["dlq.timestamp"]) == source.timestamp()[1]
        assert added["dlq.reason"].decode() and added["dlq.message"].decode() and added["dlq.version"].decode()
    assert max(seen.values()) == 1, seen.most_common(3)


def check_counts(retaind, dead_letters):
    """Processed, ignored and dead-lettered records add up to what was produced, by the daemon's own count."""
    counted = retaind.lines("status")[-1]
    assert counted["deadLetters"] == dead_letters, counted
    assert counted["processed"] + counted["ignored"] + counted["deadLetters"] == RECORDS, counted
