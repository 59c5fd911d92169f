"""Runs `retaind` on event files, with rules of its own."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Iterator


class Retaind:
    def __init__(self, binary: Path, configuration: Path, folder: Path):
        self._binary = binary
        self._folder = folder
        shutil.copytree(configuration, folder / "config", dirs_exist_ok=True)

    def calibrate(self, events: Path, until: datetime, horizon: int) -> tuple[dict, str]:
        """The fitted parameters, and what was told of the fit."""
        run = self._run(
            "calibrate", "--rules", self._rules("calibrate", {}), "--events", events, "--until", until.isoformat(),
            "--horizon", str(horizon))
        return json.loads(run.stdout), run.stderr

    def scores(self, what: str, models: dict, events: Path, at: datetime, horizon: int) -> Iterator[dict]:
        run = self._run(
            "score", what, "--rules", self._rules("score", models), "--events", events, "--at", at.isoformat(),
            "--horizon", str(horizon))
        return map(json.loads, run.stdout.splitlines())

    def replay(self, models: dict, events: Path, until: datetime) -> tuple[Iterator[dict], str]:
        """The notices, and the summary."""
        run = self._run("replay", "--rules", self._rules("replay", models), "--events", events, "--until", until.isoformat())
        records = map(json.loads, run.stdout.splitlines())
        return (record["value"] for record in records if record["topic"] == "notifications"), run.stderr

    def _rules(self, name: str, models: dict) -> Path:
        """The defaults with these models. Times are UTC, and a grocer's customers are remembered whole, so that nothing is missing
        from the comparison."""
        rules = {
            "version": "evaluation", "timeZone": "UTC", "churn": dict(models.get("churn", {})),
            "replenishment": {"itemsPerCustomer": 4096} | models.get("replenishment", {}),
        }
        path = self._folder / f"rules-{name}.json"
        path.write_text(json.dumps(rules))
        return path.resolve()

    def _run(self, *arguments: object) -> subprocess.CompletedProcess:
        command = [self._binary, *map(str, arguments), "--config-dir", self._folder / "config"]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if run.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}: exit code {run.returncode}\n{run.stderr}")
        return run


def without_layer(models: dict) -> dict:
    """The same models, uncorrected."""
    return {
        name: {"model": {key: value for key, value in part["model"].items() if key != "layer"}}
        for name, part in models.items()}
