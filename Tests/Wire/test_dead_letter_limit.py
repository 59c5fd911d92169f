"""A bad deploy upstream must not drain a topic into the dead letters."""

from model import Model
from playing import Stage
from producing import produce_raw
from reading import lag, read_committed
from scenario import Shop, rules

LIMIT = 20
POISON = 200


def test_a_topic_of_nothing_but_poison_is_stopped_and_the_others_go_on(topics, daemon, now):
    topics.create(orders=1)
    produce_raw(topics.bootstrap, topics["orders"], [(b"key", b"poison %d" % n, []) for n in range(POISON)])
    retaind = daemon(rules=rules(now), deadLetterLimit={"records": LIMIT, "window": 100})
    retaind.start()
    stopped = retaind.wait_for("topic-stopped")
    assert (stopped["topic"], stopped["level"]) == (topics["orders"], "error")

    shop = Shop(now, customers=0, seed=0)
    shop.scan(0, "c", "o", "out_for_delivery", 2)
    stage = Stage(topics, Model(rules(now)))
    stage.publish(shop.events)
    stage.expect(shop.events, shop.now)
    stage.wait_until_published(retaind)
    assert retaind.stop() == 0
    stage.judge()
    assert len(read_committed(topics.bootstrap, topics["deadLetters"])) == LIMIT
    assert lag(topics.bootstrap, retaind.group, [topics["orders"]]) == POISON - LIMIT
