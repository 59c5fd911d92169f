"""How good probabilities are, against what happened."""

from dataclasses import dataclass

import numpy as np


def auc(p: np.ndarray, y: np.ndarray) -> float:
    """The probability that something that happened was given a higher probability than something that did not; equals count half."""
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    values, starts, counts = np.unique(p[order], return_index=True, return_counts=True)
    ranks[order] = np.repeat(starts + (counts + 1) / 2, counts)
    positive = y.sum()
    return (ranks[y == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(y) - positive))


def brier(p: np.ndarray, y: np.ndarray) -> float:
    """The mean squared difference between probability and outcome."""
    return float(np.mean((p - y) ** 2))


def precision_of_top(p: np.ndarray, y: np.ndarray, share: float) -> float:
    """The part that happened of the given share with the highest probabilities."""
    return float(y[np.argsort(-p, kind="stable")[: max(1, int(len(p) * share))]].mean())


def roc(p: np.ndarray, y: np.ndarray, points: int = 200) -> list[tuple[float, float]]:
    """False against true positives, from the strictest threshold on."""
    hits = np.cumsum(y[np.argsort(-p, kind="stable")])
    steps = np.unique(np.linspace(0, len(p) - 1, points).astype(int))
    positive, negative = y.sum(), len(y) - y.sum()
    return [(0.0, 0.0)] + [(float((i + 1 - hits[i]) / negative), float(hits[i] / positive)) for i in steps]


@dataclass(frozen=True)
class Decile:
    """What was foretold with a probability in a tenth of the range, and what happened of it."""

    count: int
    foretold: float
    happened: float


def reliability(p: np.ndarray, y: np.ndarray) -> list[Decile]:
    tenth = np.minimum((p * 10).astype(int), 9)
    return [
        Decile(int((tenth == d).sum()), float(p[tenth == d].mean()), float(y[tenth == d].mean()))
        for d in range(10) if (tenth == d).any()]


def largest_error(deciles: list[Decile], fewest: int = 500) -> float:
    """By how much the worst decile with enough cases is off."""
    return max(abs(d.foretold - d.happened) for d in deciles if d.count >= fewest)
