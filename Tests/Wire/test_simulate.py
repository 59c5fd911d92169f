"""The simulation's command: the same seeds are the same runs in every process."""

import os
import subprocess
from pathlib import Path

import pytest

SIMULATE = os.environ.get("RETAIND_TEST_SIMULATE", "")

pytestmark = pytest.mark.skipif(not Path(SIMULATE).exists(), reason="RETAIND_TEST_SIMULATE names no program")


def simulate(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([SIMULATE, *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_the_same_seeds_print_the_same_however_many_run_at_a_time():
    first, second = simulate("--seeds", "60", "--jobs", "1"), simulate("--seeds", "60", "--jobs", "2")
    assert first.returncode == second.returncode == 0, first.stdout
    assert first.stdout == second.stdout
    assert "60 seeds, 0 with violations" in first.stdout


def test_a_seed_is_traced_the_same_in_every_process():
    def trace() -> list[str]:
        # The log's own lines carry the real time.
        return [line for line in simulate("--seed", "11", "--trace").stdout.splitlines() if " seconds " in line]

    lines = trace()
    assert len(lines) > 50
    assert trace() == lines


@pytest.mark.parametrize("words", [["--seeds"], ["--seeds", "many"], ["--trace"], ["--what"], ["--jobs", "0"]])
def test_a_wrong_word_is_named_and_ends_with_64(words):
    ended = simulate(*words)
    assert ended.returncode == 64
    assert ended.stderr.startswith("simulate: ")
