"""Runs `retaind replay` and reads what it prints."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contract_schemas import CONFIG
from daemon import binary

DEAD_LETTERS = "retaind.dead-letters"


@dataclass(frozen=True)
class Output:
    """One output record."""

    topic: str
    key: str
    headers: dict
    value: object


def replay(lines: list, directory: Path, *, config: Path = CONFIG, until: str | None = None) -> list[Output]:
    """Replays events, or texts for what is no event, and returns the output records in their order."""
    events = directory / "events.ndjson"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    events.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    command = [binary(), "replay", "--events", events, "--config-dir", config]
    if until is not None:
        command += ["--until", until]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert run.returncode == 0, f"replay ended with {run.returncode}: {run.stderr}"
    return [Output(**json.loads(line)) for line in run.stdout.splitlines()]


def dead_letters(outputs: list[Output]) -> list[Output]:
    """Those of the output records that were refused."""
    return [output for output in outputs if output.topic == DEAD_LETTERS]
