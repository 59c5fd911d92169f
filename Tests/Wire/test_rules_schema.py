"""The JSON Schema of the rules file and `retaind check` agree: in what is allowed, in the defaults, in what is wrong."""

import copy
import json
import re
import shutil
import subprocess

import pytest

from contract_schemas import CONFIG, schema, validator
from daemon import binary

RULES = schema("rules")
NO_TIME = "no such time"
# Rules in which every field has a place, to be made wrong one by one.
FULL = {
    "version": "1", "locale": "en", "timeZone": "Europe/Berlin", "defaultChannels": ["push"], "dedupeDays": 1,
    "points": {
        "campaigns": [{"name": "a", "multiplier": 2, "dayOfMonth": 8, "categories": ["x"], "minTotal": 1}],
        "excludedCategories": ["y"], "expiryNoticeDays": [7], "maxOrdersPerDay": 2, "maxPointsPerDay": None,
    },
    "tiers": {"base": {}, "silver": {}, "gold": {}, "diamond": {}}, "lifecycle": {}, "logistics": {"milestones": {}},
    "churn": {"model": {
        "version": "m", "purchases": {"r": 1, "alpha": 30, "a": 1, "b": 2},
        "gaps": {"logMean": 3, "within": 0.5, "between": 0.25},
        "layer": {"intercept": 1, "logit": 0.5, "rate": 0.5, "idle": -0.1, "horizonDays": 30}}},
    "winback": {}, "browsing": {},
    "replenishment": {"model": {
        "version": "m", "renewal": {"a0": 1, "k0": 1, "a": 1, "b": 1, "m": 5},
        "gaps": {"logMean": 3, "within": 0.5, "between": 0.25}, "meanGap": 30,
        "categories": {"x": {"meanGap": 20, "logMean": 2.5}},
        "layer": {"intercept": 1, "logit": 0.5, "rate": 0.5, "idle": 0, "horizonDays": 7}}},
    "gate": {"quietHours": {"start": "22:00", "end": "08:00"}},
}


def check(rules: dict, directory) -> subprocess.CompletedProcess:
    """What `retaind check` says of the rules, beside a configuration that is right."""
    shutil.copytree(CONFIG, directory, dirs_exist_ok=True)
    (directory / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    command = [binary(), "check", "--config-dir", directory]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)


def in_force(run: subprocess.CompletedProcess) -> dict:
    """The rules that it prints."""
    assert run.returncode == 0, run.stderr
    return json.loads(re.search(r"^rules\.json: in force are\n(\{.*?^\})", run.stdout, re.MULTILINE | re.DOTALL)[1])


def fields(node: dict, path: tuple = ()):
    """Every field of the schema, with its path."""
    for name, field in node.get("properties", {}).items():
        yield (*path, name), field
        yield from fields(field, (*path, name))
    if "properties" in node.get("items", {}):
        yield from fields(node["items"], (*path, 0))


def named(path: tuple) -> str:
    """The path as errors write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def with_value(path: tuple, value: object) -> dict:
    rules = copy.deepcopy(FULL)
    place = rules
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return rules


def wrong_values(field: dict):
    """Values that the field must not have: of another type, out of its range, and what is none of a choice."""
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    of_kind = {"string": "x", "integer": 5, "number": 1.5, "boolean": True, "array": [], "object": {}, "null": None}
    yield from (value for kind, value in of_kind.items()
                if kind not in kinds and not (kind == "integer" and "number" in kinds))
    if "minimum" in field:
        yield from (field["minimum"] - 1, field["maximum"] + 1)
    if "enum" in field or "pattern" in field:
        yield "no such thing"
    if "format" in field:
        yield NO_TIME
    if "minLength" in field:
        yield ""
    if "items" in field and "type" in field["items"] and field["items"]["type"] != "object":
        yield from ([value] for value in wrong_values(field["items"]))
    if field.get("additionalProperties") is False:
        yield {"unheardOf": 1}


WRONG = [(path, value) for path, field in fields(RULES) for value in wrong_values(field)]


def test_the_rules_in_force_of_the_shipped_file_follow_the_schema(tmp_path):
    run = subprocess.run(
        [binary(), "check", "--config-dir", CONFIG], capture_output=True, encoding="utf-8", timeout=60, check=False)
    validator("rules").validate(in_force(run))
    assert "warning" not in run.stdout


def test_the_defaults_are_those_of_the_program(tmp_path):
    def defaults(node: dict) -> object:
        return node["default"] if "default" in node else {
            name: defaults(field) for name, field in node["properties"].items()}

    rules = in_force(check({}, tmp_path))
    assert rules == defaults(RULES)


def test_the_shipped_file_shows_the_defaults(tmp_path):
    shipped = in_force(subprocess.run(
        [binary(), "check", "--config-dir", CONFIG], capture_output=True, encoding="utf-8", timeout=60, check=False))
    assert shipped | {"version": "default"} == in_force(check({}, tmp_path))


def test_the_shipped_file_names_every_field():
    text = (CONFIG / "rules.json").read_text(encoding="utf-8")
    for path, _ in fields(RULES):
        assert re.search(rf"\b{path[-1]}\b", text), named(path)


def test_rules_with_every_field_are_right(tmp_path):
    validator("rules").validate(FULL)
    in_force(check(FULL, tmp_path))


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[f"{named(path)}={json.dumps(value)}" for path, value in WRONG])
def test_what_the_schema_forbids_is_an_error_at_its_path(path, value, tmp_path):
    rules = with_value(path, value)
    # Validators need not know what a date-time is.
    assert not validator("rules").is_valid(rules) or value == NO_TIME
    run = check(rules, tmp_path)
    assert run.returncode == 78, run.stdout
    assert f"rules.json: {named(path)}" in run.stderr, run.stderr


def test_what_never_has_an_effect_is_a_warning(tmp_path):
    run = check({"gate": {"servicePerDay": 0}}, tmp_path)
    assert in_force(run)["gate"]["servicePerDay"] == 0
    assert "warning: rules.json: gate.servicePerDay: is 0: no service notice is ever sent" in run.stdout
