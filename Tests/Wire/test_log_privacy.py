"""The logs tell nothing of customers: no id, no name, no content, at the most talkative level, while much goes wrong."""

import json
import os
import signal

from events import Event
from fleet import Instance
from model import Model
from playing import Publisher, Stage
from producing import produce_raw
from scenario import Shop, rules

NAME, SECRET = "Gräfin Zuckerschnute", "poison with a name in it"


def test_a_daemon_that_says_everything_tells_nothing_of_its_customers(tmp_path, topics, now):
    topics.create(shipments=3)
    retaind = Instance(
        tmp_path, topics, rules=rules(now), log={"level": "debug", "format": "json", "customerIds": False})
    shop = Shop(now, customers=24, seed=7)
    first = shop.events[0].customer
    named = Event("named", "customer.updated", now, {"customerId": first, "displayName": NAME})
    try:
        retaind.start()
        retaind.wait_until_ready()
        stage = Stage(topics, Model(rules(now)))
        stage.publish(shop.events[:100])
        Publisher().publish(topics, "customers", [named])
        broken = shop.events[0].structured()[:-2] + SECRET.encode()
        produce_raw(topics.bootstrap, topics["orders"], [
            (first.encode(), broken, [("secret", SECRET.encode())]), (first.encode(), b"{}", []),
            (first.encode(), json.dumps({"specversion": "1.0", "id": SECRET, "type": "order.paid"}).encode(), [])])
        retaind.wait_for("dead-letter")
        os.kill(retaind.pid, signal.SIGUSR1)
        retaind.wait_for("status")
        retaind.kill()
        said = retaind.log
        retaind.start()
        retaind.wait_until_ready()
        stage.publish(shop.events[100:])
        stage.expect(shop.events, shop.now)
        stage.wait_until_settled(retaind)
        os.kill(retaind.pid, signal.SIGHUP)
        retaind.wait_for("reloaded")
        assert retaind.stop() == 0
    finally:
        retaind.kill()
    lines = [json.dumps(line, ensure_ascii=False) for line in said + retaind.log]
    assert len(lines) > 30
    secrets = {event.customer for event in shop.events} | {NAME, SECRET, "猫粮"}
    secrets |= {event.data[key] for event in shop.events for key in ("orderId", "shipmentId") if key in event.data}
    secrets |= {event.id for event in shop.events}
    told = [(secret, line) for line in lines for secret in secrets if secret in line]
    assert not told, told[:5]
