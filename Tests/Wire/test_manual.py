"""The manual and the files for the operator's tools say what the program does."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from daemon import REPOSITORY

MANUAL = REPOSITORY / "deploy" / "manual"
ALERTS = REPOSITORY / "deploy" / "prometheus" / "alerts.yml"
SHIPPED = ("Engine", "Kafka", "Operations", "Retention", "retaind")


def sources() -> str:
    return "\n".join(
        path.read_text() for module in SHIPPED for path in sorted((REPOSITORY / "Sources" / module).rglob("*.swift")))


def test_every_event_of_the_log_is_in_the_catalogue_with_its_level():
    code = re.sub(r"^ *///.*$", "", sources(), flags=re.MULTILINE)
    logged = re.findall(
        r"\blog\.(debug|info|notice|warning|error|critical)\(\s*\"([a-z]+(?:-[a-z]+)*)\",", code)
    logged += re.findall(r"\.(warning), \"([a-z-]+)\",", code)
    said = {(event, level) for level, event in logged}
    table = re.findall(r"^\| `([a-z-]+)` \| ([a-z, ]+) \|", (MANUAL / "events.md").read_text(), re.MULTILINE)
    described = {(event, level) for event, levels in table for level in levels.split(", ")}
    assert len(said) > 30
    assert said == described, said ^ described


def test_every_alert_has_its_section_in_the_runbook():
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    alerts = [rule["alert"] for group in groups for rule in group["rules"]]
    sections = re.findall(r"^## (Retaind\w+)", (MANUAL / "runbook.md").read_text(), re.MULTILINE)
    assert sorted(alerts) == sorted(sections)


def test_the_alerts_pass_their_tests():
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts.test.yml"], cwd=ALERTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_fired_by_a_test():
    tests = yaml.safe_load((ALERTS.parent / "alerts.test.yml").read_text())["tests"]
    fired = {case["alertname"] for test in tests for case in test.get("alert_rule_test", ()) if case.get("exp_alerts")}
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    assert fired == {rule["alert"] for rule in rules}


@pytest.mark.parametrize("file", ["deploy/prometheus/alerts.yml", "deploy/grafana/retaind.json"])
def test_only_metrics_that_there_are_are_asked_for(file):
    described = set(re.findall(r"^\| `(\w+)`", (MANUAL / "metrics.md").read_text(), re.MULTILINE))
    asked = set(re.findall(r"\b(?:retaind|process)_\w+", (REPOSITORY / file).read_text()))
    asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    assert asked and asked <= described, asked - described


def test_the_dashboard_is_whole():
    dashboard = json.loads((REPOSITORY / "deploy" / "grafana" / "retaind.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 15
    for panel in panels:
        assert panel["title"] and panel["targets"], panel
        assert all(target["expr"] and target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(places) and all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in panels)


def test_the_manual_page_is_clean_and_names_every_command():
    page = REPOSITORY / "deploy" / "man" / "retaind.8"
    done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "100"})
    assert (done.returncode, done.stderr) == (0, "")
    commands = re.findall(r'^    name: "([a-z-]+)", summary', sources(), re.MULTILINE)
    assert {"run", "status", "dead-letters"} <= set(commands)
    assert all(command in done.stdout for command in commands if command != "retaind")


@pytest.mark.parametrize("page", sorted(MANUAL.glob("*.md")) + [REPOSITORY / "README.md"], ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert target.startswith("https://") or (page.parent / target).exists(), target
