"""`retaind calibrate`: what it prints goes into the rules as it is, and foretells a made-up shop as well as what made it."""

import json
import random
import shutil
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from daemon import REPOSITORY, binary

START = datetime(2025, 1, 1, tzinfo=timezone.utc)
DAYS = 300


def events(customers: int) -> list[str]:
    """Customers who buy one of two articles at their own rate until they are gone."""
    chance = random.Random(3)
    orders = []
    for customer in range(customers):
        rate = chance.gammavariate(1.2, 1 / 25)
        leaves = chance.betavariate(0.8, 4)
        day = chance.uniform(0, 150)
        while day < DAYS:
            orders.append((day, customer))
            if chance.random() < leaves:
                break
            day += chance.expovariate(rate) if rate > 1e-4 else DAYS
    orders.sort()
    return [
        json.dumps({
            "specversion": "1.0", "id": f"e-{number}", "source": "/test", "type": "order.paid",
            "time": (START + timedelta(days=day)).isoformat(), "data": {
                "customerId": f"c-{customer}", "orderId": f"o-{number}", "currency": "CNY", "total": 100, "lines": [
                    {"sku": f"s-{customer % 2}", "category": f"k-{customer % 2}", "quantity": 1, "unitPrice": 100}]}})
        for number, (day, customer) in enumerate(orders)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrate")
    shutil.copytree(REPOSITORY / "Config", folder / "config")
    (folder / "events.ndjson").write_text("\n".join(events(3_000)))
    return folder


def retaind(folder, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary(), *arguments, "--config-dir", folder / "config"], capture_output=True, encoding="utf-8", timeout=300,
        check=False)


@pytest.fixture(scope="module")
def calibrated(folder):
    run = retaind(
        folder, "calibrate", "--events", folder / "events.ndjson", "--until", (START + timedelta(days=DAYS)).isoformat())
    assert run.returncode == 0, run.stderr
    return run


def test_what_is_printed_goes_into_the_rules_as_it_is(calibrated, folder):
    models = json.loads(calibrated.stdout)
    assert set(models) == {"churn", "replenishment"}
    rules = folder / "calibrated.json"
    rules.write_text(calibrated.stdout)
    run = retaind(folder, "check", "--rules", rules)
    assert run.returncode == 0, run.stderr
    assert "calibrated-2025-10-28" in run.stdout and "warning" not in run.stdout


def test_the_purchases_are_foretold_by_parameters_like_those_that_made_them(calibrated):
    fit = json.loads(calibrated.stdout)["churn"]["model"]["purchases"]
    # The mean rate is 1.2 / 25 a day, and one in six leaves after a purchase.
    assert 0.8 < fit["r"] / fit["alpha"] / (1.2 / 25) < 1.25
    assert 0.75 < fit["a"] / (fit["a"] + fit["b"]) / (0.8 / 4.8) < 1.25


def test_how_well_it_fits_is_told(calibrated):
    told = calibrated.stderr
    assert "rejected lines: 0" in told and "customers with a purchase: 3000" in told
    assert told.count("model and layer: AUC 0.") == 2 and "churn, 30 days ahead: " in told


def test_the_same_history_gives_the_same_parameters(calibrated, folder):
    again = retaind(
        folder, "calibrate", "--events", folder / "events.ndjson", "--until", (START + timedelta(days=DAYS)).isoformat())
    assert again.stdout == calibrated.stdout


def test_what_follows_the_instant_makes_no_difference(calibrated, folder):
    until = START + timedelta(days=200)
    whole = retaind(folder, "calibrate", "--events", folder / "events.ndjson", "--until", until.isoformat())
    lines = (folder / "events.ndjson").read_text().splitlines()
    (folder / "beginning.ndjson").write_text(
        "\n".join(line for line in lines if datetime.fromisoformat(json.loads(line)["time"]) < until))
    beginning = retaind(folder, "calibrate", "--events", folder / "beginning.ndjson", "--until", until.isoformat())
    assert beginning.returncode == 0 and beginning.stdout == whole.stdout


def test_too_little_is_an_error_that_says_what_is_missing(folder):
    (folder / "few.ndjson").write_text("\n".join(events(3_000)[:20]) + "\nnot an event\n")
    run = retaind(folder, "calibrate", "--events", folder / "few.ndjson", "--until", "2026-01-01T00:00:00Z")
    assert run.returncode == 65 and run.stdout == ""
    assert "churn: not fitted" in run.stderr and "replenishment: not fitted" in run.stderr
    assert "rejected lines: 1" in run.stderr


def test_a_time_that_is_none_is_refused(folder):
    run = retaind(folder, "calibrate", "--events", folder / "few.ndjson", "--until", "tomorrow")
    assert run.returncode == 64 and "--until" in run.stderr
    run = retaind(folder, "score", "churn", "--events", folder / "few.ndjson", "--at", "2026-01-01T00:00:00Z", "--horizon", "0")
    assert run.returncode == 64 and "--horizon" in run.stderr
