"""Foreign clients on both sides: every expected notice and ledger entry comes out exactly once, and nothing else."""

import pytest

from model import Model
from playing import Publisher, Stage
from producing import (
    JAVA_DEFAULT, LIBRDKAFKA_DEFAULT, by_customer, by_order, produce_raw, produce_with_confluent, produce_with_kcat,
)
from reading import read_committed
from scenario import PURCHASES, Shop, rules

EVERY_INPUT_BUT_VIEWS = ("orders", "shipments", "customers")

# How the shop's services publish: who, keyed by what, hashed how; into how many partitions (the state has 4); and how
# the rules localise what comes out.
AS_RECOMMENDED = Publisher(produce_with_confluent, by_customer, JAVA_DEFAULT)
LAYOUTS = {
    "orders by customer with murmur2, parcels by order, profiles with librdkafka's hash": (
        {"orders": AS_RECOMMENDED, "shipments": Publisher(produce_with_kcat, by_order, JAVA_DEFAULT),
         "customers": Publisher(produce_with_kcat, by_customer, LIBRDKAFKA_DEFAULT)},
        {"shipments": 3},
        {},
    ),
    "orders with librdkafka's hash by kcat, parcels by order in more partitions": (
        {"orders": Publisher(produce_with_kcat, by_customer, LIBRDKAFKA_DEFAULT),
         "shipments": Publisher(produce_with_confluent, by_order, LIBRDKAFKA_DEFAULT),
         "customers": AS_RECOMMENDED},
        {"shipments": 7, "browsing": 1},
        {"locale": "en", "zone": "America/Los_Angeles"},
    ),
    "everything by order id with librdkafka's hash, orders in one partition": (
        {topic: Publisher(produce_with_kcat, by_order, LIBRDKAFKA_DEFAULT) for topic in EVERY_INPUT_BUT_VIEWS},
        {"orders": 1, "customers": 2},
        {"zone": "Europe/Berlin"},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_each_notice_and_entry_comes_out_exactly_once(layout, topics, daemon, now):
    publishers, partitions, localisation = layout
    topics.create(**partitions)
    shop = Shop(now, customers=60, seed=7)
    agreed = rules(now, **localisation)
    stage = Stage(topics, Model(agreed), publishers)
    retaind = daemon(rules=agreed)
    retaind.start()
    retaind.wait_until_ready()
    for wave in shop.waves:
        stage.publish(wave)
        stage.expect(wave, shop.now)
        stage.wait_until_settled(retaind)
    assert retaind.stop() == 0
    stage.judge()
    assert read_committed(topics.bootstrap, topics["deadLetters"]) == []
    forwarded = read_committed(topics.bootstrap, topics["forward"])
    assert forwarded, "no layout is keyed as the state is in every topic: something must have been forwarded"


def test_input_that_waited_before_the_first_start_is_processed(topics, daemon, now):
    topics.create()
    shop = Shop(now, customers=22, seed=3)
    stage = Stage(topics, Model(rules(now)))
    # One wave: of what waits, no topic is read before another.
    stage.publish(shop.waves[PURCHASES])
    stage.expect(shop.waves[PURCHASES], shop.now)
    retaind = daemon(rules=rules(now))
    retaind.start()
    stage.wait_until_settled(retaind)
    assert retaind.stop() == 0
    stage.judge()


def test_invalid_records_are_dead_letters_byte_for_byte(topics, daemon, now):
    topics.create()
    retaind = daemon(rules=rules(now))
    bad = [
        (b"c1", b"\xff\xfe not json", [("content-type", b"application/cloudevents+json")]),
        (None, b'{"specversion":"1.0"}', []),
        (b"", b"", [("x", None), ("x", b"\x00\x01")]),
        (b"c2", None, [("ce_id", b"1")]),
        (b"c3", b'{"customerId":7}', [("ce_specversion", b"1.0"), ("ce_id", b"2"), ("ce_source", b"/s"),
                                      ("ce_type", b"order.paid"), ("ce_time", b"2026-01-01T00:00:00Z")]),
    ]
    produce_raw(topics.bootstrap, topics["orders"], bad)
    retaind.start()
    stage = Stage(topics, Model(rules(now)))
    stage.wait_until_settled(retaind)
    assert retaind.stop() == 0
    letters = read_committed(topics.bootstrap, topics["deadLetters"])
    kept = [
        (letter.key(), letter.value(), [header for header in letter.headers() if not header[0].startswith("dlq.")])
        for letter in letters
    ]
    assert sorted(kept, key=repr) == sorted(bad, key=repr)
    for letter in letters:
        told = {name: value.decode() for name, value in letter.headers() if name.startswith("dlq.")}
        assert set(told) == {f"dlq.{name}" for name in
                             ("reason", "message", "topic", "partition", "offset", "timestamp", "version")}
        assert told["dlq.topic"] == topics["orders"]
