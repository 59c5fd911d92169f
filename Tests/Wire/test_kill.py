"""kill -9 in the middle of the work, ten times, on the same broker: nothing lost, nothing doubled."""

import random

from model import Model
from playing import Publisher, Stage
from producing import JAVA_DEFAULT, by_order, produce_with_confluent
from reading import CommittedReader, lag
from scenario import PURCHASES, WAVES, Shop, rules
from topics import INPUTS

KILLS = 10
CUSTOMERS = 400


def test_kill_in_mid_load_ten_times_loses_and_doubles_nothing(topics, daemon, now):
    # Parcels are keyed by order id, so that records are forwarded, and may be killed, between two partitions too.
    topics.create(shipments=3)
    shop = Shop(now, CUSTOMERS, seed=11)
    stage = Stage(topics, Model(rules(now)), {"shipments": Publisher(produce_with_confluent, by_order, JAVA_DEFAULT)})
    # Small transactions: the work lasts long enough to be killed in, and there are many places to be killed at.
    retaind = daemon(rules=rules(now), commitRecords=2, commitIntervalMs=20)
    dice = random.Random(5)
    kills_under_load = 0
    for number in range(WAVES):
        before = stage.model.notices.total() + stage.model.entries.total()
        retaind.start()
        retaind.wait_until_ready()
        stage.publish(shop.waves[number])
        stage.expect(shop.waves[number], shop.now)
        coming = stage.model.notices.total() + stage.model.entries.total() - before
        for kill in range(2 if number >= PURCHASES else 0):
            # The first falls into the first third of what the wave makes, the second into the next.
            wanted = before + int(coming * (kill + dice.random()) / 3)
            kill_after(retaind, stage, wanted)
            kills_under_load += lag(topics.bootstrap, retaind.group, [topics[key] for key in (*INPUTS, "forward")]) > 0
            retaind.start()
        stage.wait_until_settled(retaind)
        assert retaind.stop() == 0
    stage.judge()
    assert kills_under_load >= KILLS, f"only {kills_under_load} of the kills came while there was work"


def kill_after(retaind, stage, wanted):
    """Kills the daemon when that many outputs are committed."""
    with CommittedReader(stage.topics.bootstrap, stage.topics["notifications"], stage.topics["ledger"]) as outputs:
        assert outputs.read_until(lambda records: len(records) >= wanted), (
            f"{len(outputs.records)} of {wanted} outputs:\n{retaind.tail()}")
    retaind.kill()
