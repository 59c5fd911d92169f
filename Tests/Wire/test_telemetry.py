"""Metrics, health, readiness and status of a daemon that works, asked as Prometheus, a load balancer and an operator do."""

import re
import subprocess

from asking import ask, command, metric, status, wait_for_metric
from daemon import REPOSITORY
from model import Model
from playing import Stage
from producing import produce_raw
from scenario import Shop, rules

MANUAL = REPOSITORY / "deploy" / "manual" / "metrics.md"


def described() -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", MANUAL.read_text(), re.MULTILINE))


def test_a_daemon_that_works_says_so_and_counts_what_it_does(topics, daemon, now):
    topics.create(shipments=3)
    shop = Shop(now, customers=12, seed=1)
    retaind = daemon(rules=rules(now))
    # What the clients say of themselves comes every 15 seconds otherwise.
    retaind.environment["RETAIND_KAFKA_STATISTICS_INTERVAL_MS"] = "500"
    retaind.start()
    retaind.wait_until_ready()
    assert ask(retaind, "/ready") == (200, "ready\n")
    stage = Stage(topics, Model(rules(now)))
    stage.publish(shop.events)
    produce_raw(topics.bootstrap, topics["orders"], [(b"k", b"poison", [])])
    stage.expect(shop.events, shop.now)
    stage.wait_until_settled(retaind)
    wait_for_metric(retaind, "retaind_dead_letters_total", 1)

    assert ask(retaind, "/health") == (200, "ok\n")
    assert ask(retaind, "/elsewhere")[0] == 404
    wait_for_metric(retaind, "retaind_kafka_clients", 4)
    _, text = ask(retaind, "/metrics")
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    assert metric(retaind, "retaind_events_total") == len(shop.events)
    assert metric(retaind, "retaind_forwarded_total") > 0
    assert metric(retaind, "retaind_event_latency_seconds_count") == len(shop.events) + 1
    assert metric(retaind, "retaind_state_customers") == 12

    report = status(retaind)
    assert (report["ready"], report["healthy"], report["stoppedTopics"]) == (True, True, [])
    assert {worker["phase"] for worker in report["workers"]} == {"processing"}
    assert sum(state["customers"] for worker in report["workers"] for state in worker["states"]) == 12
    said = command(retaind, "status")
    assert said.returncode == 0, said.stderr
    assert "ready, healthy, rules wire-test" in said.stdout

    families = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    # What there is nothing to tell of is not written.
    assert families <= described(), families - described()
    assert described() - families <= {"retaind_restore_remaining_offsets"} | {"retaind_aborts_total"}

    assert retaind.stop() == 0
    gone = command(retaind, "status")
    assert gone.returncode == 69
    assert "no daemon answers" in gone.stderr
    assert not retaind.telemetry.exists()


def test_a_topic_that_was_stopped_is_seen_everywhere(topics, daemon):
    topics.create(orders=1)
    produce_raw(topics.bootstrap, topics["orders"], [(b"key", b"poison", [])] * 40)
    retaind = daemon(deadLetterLimit={"records": 20, "window": 100})
    retaind.start()
    retaind.wait_for("topic-stopped")
    wait_for_metric(retaind, "retaind_topics_stopped", 1)
    assert ask(retaind, "/ready")[0] == 503
    assert ask(retaind, "/health")[0] == 200
    wait_for_metric(retaind, "retaind_lag_offsets", 20)
    said = command(retaind, "status")
    assert said.returncode == 69
    assert f"STOPPED: {topics['orders']}" in said.stdout


def test_an_address_that_is_taken_is_an_error_with_a_remedy(daemon, topics):
    topics.create()
    first = daemon()
    first.start()
    first.wait_until_ready()
    second = daemon(instance="other", telemetry={"listen": f"unix:{first.telemetry}"})
    refused = command(second, "run")
    assert refused.returncode == 78
    assert "give this instance an address of its own" in refused.stderr
