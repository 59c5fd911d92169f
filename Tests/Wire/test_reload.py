"""SIGHUP reads the rules again while the daemon works."""

import json
import os
import signal

import pytest

from asking import status
from events import Event
from fleet import Instance
from playing import Publisher
from reading import CommittedReader
from scenario import rules


@pytest.fixture
def retaind(tmp_path, topics, service_manager, now):
    topics.create()
    made = Instance(tmp_path, topics, rules=rules(now))
    made.environment.update(service_manager.environment)
    made.start()
    made.wait_until_ready()
    yield made
    made.kill()


def write(retaind: Instance, content: str) -> None:
    (retaind.directory / "config" / "rules.json").write_text(content)
    os.kill(retaind.pid, signal.SIGHUP)


def test_good_rules_take_effect_and_bad_ones_leave_the_old_in_force(retaind, topics, service_manager, now):
    def order(number: int) -> Event:
        return Event(f"paid-{number}", "order.paid", now, {
            "customerId": "c", "orderId": f"o-{number}", "currency": "CNY", "total": 10_000, "lines": []})

    write(retaind, json.dumps(rules(now) | {"version": "second"}))
    service_manager.wait_for("RELOADING=1", 30)
    service_manager.wait_for("READY=1", 30)
    line = retaind.wait_for("reloaded")
    assert (line["from"], line["to"]) == ("wire-test", "second")
    assert status(retaind)["rulesVersion"] == "second"

    write(retaind, '{ version: "third", pionts: {} }')
    service_manager.wait_for("RELOADING=1", 30)
    service_manager.wait_for("READY=1", 30)
    line = retaind.wait_for("reload-refused")
    assert "pionts: is not a known field" in line["message"]
    assert (line["level"], line["version"]) == ("error", "second")

    Publisher().publish(topics, "orders", [order(1)])
    with CommittedReader(topics.bootstrap, topics["ledger"]) as reader:
        assert reader.read_until(lambda records: len(records) == 1)
    assert json.loads(reader.records[0].value())["rulesVersion"] == "second"
    assert retaind.is_running()
