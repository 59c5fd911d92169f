"""Adds to a target's corpus those inputs that reach the most beyond it: `choose_inputs.py CONTROL_FILE CORPUS`.

CONTROL_FILE is what libFuzzer writes with `-merge=1 -merge_control_file=CONTROL_FILE`: the names of all inputs, and for
each its size and what it reaches. What is in CORPUS stays; the rest is chosen greedily until the corpus has `MOST_FILES`
files or `MOST_BYTES` bytes. So it stays small enough to be read, and what it lacks a fuzzer soon finds again.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

MOST_FILES = 48
MOST_BYTES = 24_000


def reached(control_file: Path) -> dict[Path, set[int]]:
    """What each input reaches, as libFuzzer's numbers of places in the code."""
    lines = control_file.read_text(errors="surrogateescape").splitlines()
    names = [Path(line) for line in lines[2 : 2 + int(lines[0])]]
    features = {}
    for line in lines[2 + len(names) :]:
        kind, index, *numbers = line.split()
        if kind == "FT":
            features[names[int(index)]] = {int(number) for number in numbers}
    return features


def main(control_file: Path, corpus: Path) -> None:
    candidates = reached(control_file)
    known: set[int] = set()
    present = list(corpus.iterdir())
    for path in list(candidates):
        if path.parent == corpus:
            known |= candidates.pop(path)
    room = MOST_BYTES - sum(path.stat().st_size for path in present)
    added = 0
    while len(present) + added < MOST_FILES:
        gains = {path: len(features - known) for path, features in candidates.items() if path.stat().st_size <= room}
        best = max(gains, key=lambda path: (gains[path], -path.stat().st_size), default=None)
        if best is None or gains[best] == 0:
            break
        known |= candidates.pop(best)
        room -= best.stat().st_size
        added += 1
        shutil.copy(best, corpus)
    print(f"{corpus.name}: {added} inputs added to {len(present)}, {len(known)} features reached")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
