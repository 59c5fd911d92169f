"""The benchmark runs all that it measures and counts right; how fast anything is, no test says."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from daemon import REPOSITORY, binary

Measures = dict[str, float]


@pytest.fixture(scope="module")
def measures() -> Measures:
    """What a quick run prints."""
    done = subprocess.run(
        [binary().parent / "retaind-bench", "--quick", "--json"], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_backlog_is_taken_once_and_what_came_of_it_is_counted(measures: Measures):
    assert (measures["events"], measures["deadLetters"], measures["forwarded"]) == (20_000, 0, 0)
    assert 0 < measures["commits"] <= measures["events"]
    assert measures["eventsPerTransaction"] * measures["commits"] == pytest.approx(20_000)
    per_topic = sum(measures[f"{topic}RecordsPerEvent"] for topic in ("ledger", "notifications", "state"))
    assert per_topic == pytest.approx(measures["outputRecordsPerEvent"])
    assert measures["recordsPerTransaction"] * measures["commits"] == pytest.approx(per_topic * 20_000)
    assert measures["ratio"] == pytest.approx(measures["daemonCPU"] / measures["rawLoopCPU"])


def test_every_output_of_the_fixed_rate_is_seen_and_timed(measures: Measures):
    assert measures["rateEvents"] == 4_000
    assert 0 < measures["rateTimedOutputs"] <= measures["rateOutputs"]
    assert 0 < measures["latencyP50"] <= measures["latencyP90"] <= measures["latencyP99"] <= measures["latencyMax"]


def test_both_restores_bring_every_customer_back(measures: Measures):
    assert 0 < measures["restoreFromCheckpointCustomers"] <= 2_000
    assert measures["restoreFromChangelogCustomers"] == measures["restoreFromCheckpointCustomers"]
    assert measures["restoreFromCheckpointRecords"] == 0
    assert measures["restoreFromChangelogRecords"] == pytest.approx(measures["stateRecordsPerEvent"] * 20_000)


def test_an_idle_daemon_with_customers_makes_no_transaction(measures: Measures):
    assert measures["idleCommits"] == 0
    assert measures["encodedBytesPerCustomer"] > 0


# What each step of an event may allocate, at most: what an optimisation has won is not to be lost unnoticed.
ALLOCATIONS = {
    "browse.viewed: decode": 1, "browse.viewed: load facets": 0, "browse.viewed: process": 4,
    "browse.viewed: encode facets": 1, "browse.viewed: encode output": 0,
    "shipment.updated: decode": 1, "shipment.updated: load facets": 3, "shipment.updated: process": 12,
    "shipment.updated: encode facets": 1, "shipment.updated: encode output": 0,
    "order.paid: decode": 2, "order.paid: load facets": 3, "order.paid: process": 34,
    "order.paid: encode facets": 1, "order.paid: encode output": 0,
    "partition of a customer": 0, "identity of 16 bytes": 1, "timer: insert and take, of 100,000": 0,
}


def test_a_step_of_an_event_allocates_no_more_than_it_is_known_to():
    """Of the release build: without optimisation, there are others."""
    done = subprocess.run(
        [release_bench(), "--micro", "--json"], cwd=REPOSITORY, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    found = {name: step["allocations"] for name, step in json.loads(done.stdout).items()}
    assert {name: found[name] for name, most in ALLOCATIONS.items() if found[name] > most + 0.01} == {}


def release_bench() -> Path:
    """The benchmark as `deploy/test` builds it beside the simulation."""
    return Path(os.environ["RETAIND_TEST_SIMULATE"]).with_name("retaind-bench")
