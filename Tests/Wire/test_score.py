"""`retaind score` against the models' formulas in arbitrary precision, over thousands of random histories."""

import json
import random
import shutil
import subprocess
from datetime import date, timedelta

import mpmath
import pytest

from daemon import REPOSITORY, binary

HISTORIES = 10_000
START = date(2024, 1, 1)
AT = date(2026, 1, 1)
CHURN = {
    "version": "test", "purchases": {"r": 0.6, "alpha": 56.3, "a": 0.64, "b": 1.2},
    "gaps": {"logMean": 3.3, "within": 0.8, "between": 0.4},
}
RENEWAL = {"a0": 1.7, "k0": 1.1, "a": 0.4, "b": 1.3, "m": 7}
GAPS = {"logMean": 3.0, "within": 0.9, "between": 0.3}
CATEGORY = {"meanGap": 21, "logMean": 2.6}
MEAN_GAP = 30


@pytest.fixture(scope="module")
def histories() -> list[list[int]]:
    """The purchase-days of each customer, from the first day on."""
    chance = random.Random(8)
    longest = (AT - START).days - 1
    found = []
    for _ in range(HISTORIES):
        gap = chance.choice((2, 7, 30, 120))
        days = [chance.randrange(longest)]
        for _ in range(chance.choice((0, 1, 2, 5, 20, 60))):
            days.append(days[-1] + max(1, round(chance.expovariate(1 / gap))))
        found.append([day for day in days if day <= longest])
    return found


@pytest.fixture(scope="module")
def scored(histories, tmp_path_factory):
    folder = tmp_path_factory.mktemp("score")
    config = shutil.copytree(REPOSITORY / "Config", folder / "config")
    (config / "rules.json").write_text(json.dumps({
        "timeZone": "UTC", "churn": {"model": CHURN},
        "replenishment": {"model": {
            "version": "test", "renewal": RENEWAL, "gaps": GAPS, "meanGap": MEAN_GAP, "categories": {"known": CATEGORY}}}}))
    orders = sorted((day, customer) for customer, days in enumerate(histories) for day in days)
    with (folder / "events.ndjson").open("w") as file:
        for number, (day, customer) in enumerate(orders):
            line = {"sku": "s", "category": category(customer), "quantity": 1, "unitPrice": 100}
            file.write(json.dumps({
                "specversion": "1.0", "id": f"e-{number}", "source": "/test", "type": "order.paid",
                "time": f"{START + timedelta(days=day)}T12:00:00Z",
                "data": {"customerId": f"c-{customer}", "orderId": f"o-{number}", "currency": "CNY", "total": 100,
                         "lines": [line]}}) + "\n")

    def score(what: str, horizon: int, at: date = AT, until: date = AT) -> dict[int, dict]:
        """The scores as of a day's beginning, from what happened before another."""
        events = folder / f"until-{until}.ndjson"
        lines = (folder / "events.ndjson").read_text().splitlines(keepends=True)
        events.write_text("".join(line for line in lines if json.loads(line)["time"] < f"{until}T00:00:00Z"))
        run = subprocess.run(
            [binary(), "score", what, "--config-dir", config, "--events", events, "--at", f"{at}T00:00:00Z", "--horizon",
             str(horizon)], capture_output=True, encoding="utf-8", timeout=300, check=False)
        assert run.returncode == 0, run.stderr
        lines = map(json.loads, run.stdout.splitlines())
        return {int(line["customerId"].removeprefix("c-")): line for line in lines}

    return score


def category(customer: int) -> str:
    return "known" if customer % 2 else "unknown"


def close(found: float, expected) -> bool:
    return abs(found - expected) <= 1e-9 * abs(expected)


def test_the_probabilities_of_churn_are_those_of_the_formula(scored, histories):
    """Batislam, Denizel and Filiztekin (2007), and the exact probability of a purchase that follows from it."""
    mpmath.mp.dps = 30
    r, alpha, a, b = (mpmath.mpf(CHURN["purchases"][name]) for name in ("r", "alpha", "a", "b"))
    scores = scored("churn", 30)
    assert len(scores) == HISTORIES
    for customer, days in enumerate(histories):
        x, last, now = len(days) - 1, days[-1] - days[0], (AT - START).days - 1 - days[0]
        alive = 1 / (1 + a / (b + x) * ((alpha + now) / (alpha + last)) ** (r + x))
        buys = alive * (1 - ((alpha + now) / (alpha + now + 30)) ** (r + x))
        score = scores[customer]
        assert close(score["pAlive"], alive) and close(score["pPurchase"], buys), (days, score)
        assert score["evidence"]["purchases"] == len(days)


def test_the_probabilities_of_replenishment_are_those_of_the_formula(scored, histories):
    mpmath.mp.dps = 30
    a0, k0, a, b, m = (mpmath.mpf(RENEWAL[name]) for name in ("a0", "k0", "a", "b", "m"))
    s0 = mpmath.log(k0) - mpmath.digamma(k0)
    kappa = mpmath.mpf(GAPS["within"]) / mpmath.mpf(GAPS["between"])
    scores = scored("replenishment", 7)
    assert len(scores) == HISTORIES
    # The incomplete beta function takes its time at this precision: every fourth is asked.
    for customer in range(0, HISTORIES, 4):
        days = histories[customer]
        gaps = [later - earlier for earlier, later in zip(days, days[1:])]
        n, total, logs = len(gaps), sum(gaps), mpmath.fsum(map(mpmath.log, gaps))
        mean, log_mean = (CATEGORY["meanGap"], CATEGORY["logMean"]) if customer % 2 else (MEAN_GAP, GAPS["logMean"])
        own = n * mpmath.log(mpmath.mpf(total) / n) - logs if n else 0
        s = (max(0, own) + m * s0) / (n - 1 + m) if n else s0
        k = (3 - s + mpmath.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
        shape, scale = a0 + n * k, a0 * mean / k + total
        idle = (AT - START).days - 1 - days[-1]
        silent, later = (
            mpmath.betainc(shape, k, 0, scale / (scale + gap), regularized=True) for gap in (idle, idle + 7))
        q = a / (a + b + n)
        buys = (1 - later / silent) * (1 - q) * silent / ((1 - q) * silent + q)
        score = scores[customer]
        assert close(score["pPurchase"], buys), (days, score, buys)
        assert close(score["expectedGapDays"], mpmath.exp((logs + kappa * log_mean) / (n + kappa))), (days, score)


def test_no_purchase_is_likelier_than_being_there(scored):
    for score in list(scored("churn", 365).values())[:500]:
        assert 0 <= score["pPurchase"] <= score["pAlive"] <= 1


def test_what_happens_later_is_passed_over(scored):
    earlier = date(2025, 1, 1)
    for what in ("churn", "replenishment"):
        whole = scored(what, 30, at=earlier)
        assert 0 < len(whole) < HISTORIES
        assert whole == scored(what, 30, at=earlier, until=earlier)
