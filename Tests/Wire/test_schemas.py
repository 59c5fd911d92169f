"""The JSON Schemas of Config/ and the decoder of retaind accept the same input."""

import json

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from contract_schemas import EVENT_TYPES, SCHEMAS, name_of, schema, validator
from event_examples import FULL, LINE, MINIMAL, TIMESTAMP, brief, changed, envelope, invalid_data, valid_data
from replay_command import dead_letters, replay

NAMES = sorted(name_of(path) for path in SCHEMAS.glob("*.schema.json"))
ANNOTATIONS = {"title", "description"}


def subschemas(node: object, path: str = ""):
    """Every object below a schema that is a schema itself."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from subschemas(item, f"{path}/{index}")
    elif isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key in ("properties", "$defs"):
                for name, item in value.items():
                    yield from subschemas(item, f"{path}/{key}/{name}")
            elif key not in ("enum", "const", "required", "examples"):
                yield from subschemas(value, f"{path}/{key}")


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_valid_in_its_draft(name):
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_schema_means_the_same_to_tools_of_draft_07(name):
    """AsyncAPI 3.0 reads payload schemas as draft-07, in which nothing beside a $ref counts."""
    Draft7Validator.check_schema({key: value for key, value in schema(name).items() if key != "$schema"})
    for path, node in subschemas(schema(name)):
        if "$ref" in node:
            assert set(node) - {"$ref", "$schema"} <= ANNOTATIONS, path
        assert not set(node) & {"prefixItems", "unevaluatedProperties", "dependentRequired", "minContains"}, path


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_described(name):
    for path, node in subschemas(schema(name)):
        if "required" in node and "type" in node:
            assert set(node["required"]) <= set(node["properties"]), path
        if node.get("type"):
            for field, item in node.get("properties", {}).items():
                assert item.get("description", "").endswith("."), f"{path}: {field}"


def test_every_event_type_has_a_schema_that_the_envelope_knows():
    listed, *branches = [branch["if"]["properties"]["type"] for branch in schema("cloudevent")["allOf"]]
    assert listed["enum"] == [branch["const"] for branch in branches] == EVENT_TYPES
    assert set(EVENT_TYPES) == set(MINIMAL) == set(FULL)
    assert set(EVENT_TYPES) <= set(NAMES)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_valid_events_are_accepted(event_type, tmp_path):
    cases = valid_data(event_type)
    events = [envelope(event_type, data) for _, data in cases]
    for (name, data), event in zip(cases, events, strict=True):
        for dialect in (Draft202012Validator, Draft7Validator):
            problems = [error.message for error in validator(event_type, dialect).iter_errors(data)]
            assert not problems, f"{name}: {problems}"
        validator("cloudevent").validate(event)
    refused = [letter.headers["dlq.message"] for letter in dead_letters(replay(events, tmp_path))]
    assert not refused


@pytest.mark.parametrize(
    ("event_type", "data", "codes"),
    [
        pytest.param(event_type, data, codes, id=f"{event_type}: {name}")
        for event_type in EVENT_TYPES
        for name, data, codes in invalid_data(event_type)
    ],
)
def test_invalid_data_is_refused(event_type, data, codes, tmp_path):
    for dialect in (Draft202012Validator, Draft7Validator):
        assert not validator(event_type, dialect).is_valid(data)
    assert_refused(envelope(event_type, data), codes, tmp_path)


def assert_refused(event: dict, codes: set[str], directory) -> None:
    """The envelope's schema and replay refuse the event, replay with one of the codes."""
    assert not validator("cloudevent").is_valid(event)
    assert_dead_letter(event, codes, directory)


def assert_dead_letter(line: object, codes: set[str], directory) -> None:
    outputs = replay([line], directory)
    assert [output.topic for output in outputs] == ["retaind.dead-letters"]
    headers = outputs[0].headers
    validator("dead-letter-headers").validate(headers)
    assert headers["dlq.reason"] in codes, headers["dlq.message"]


ENVELOPE_FAULTS = [
    ("specversion", ..., {"not-a-cloudevent"}),
    ("specversion", "0.3", {"unsupported-specversion"}),
    ("specversion", 1.0, {"wrong-type"}),
    *[
        (field, absent, {"missing-field"})
        for field in ["id", "source", "type", "time", "data"]
        for absent in [..., None]
    ],
    *[(field, 7, {"wrong-type"}) for field in ["id", "source", "type", "time", "data"]],
    *[(field, "", {"invalid-value"}) for field in ["id", "source", "type"]],
    ("id", "x" * 129, {"invalid-value"}),
    *[("time", value, {"invalid-value"}) for value in TIMESTAMP.bad["invalid-value"]],
    ("data", [], {"wrong-type"}),
    ("datacontenttype", 7, {"wrong-type"}),
    ("datacontenttype", "application/xml", {"unsupported-content-type"}),
    ("datacontenttype", "application/json; charset=gbk", {"unsupported-content-type"}),
]


@pytest.mark.parametrize(
    ("field", "value", "codes"),
    ENVELOPE_FAULTS,
    ids=[f"{field} = {brief(value)}" for field, value, _ in ENVELOPE_FAULTS],
)
def test_invalid_envelope_is_refused(field, value, codes, tmp_path):
    event = envelope("order.paid", FULL["order.paid"])
    assert_refused(changed(event, field, value), codes, tmp_path)


@pytest.mark.parametrize("value", ["application/json", "application/json; charset=utf-8", "text/json", None])
def test_every_way_to_say_json_is_accepted(value, tmp_path):
    event = changed(envelope("order.cancelled", MINIMAL["order.cancelled"]), "datacontenttype", value)
    validator("cloudevent").validate(event)
    assert replay([event], tmp_path) == []


@pytest.mark.parametrize("data", [..., None, {"anything": ["goes"]}, "text", 7])
def test_event_of_unknown_type_is_ignored_whatever_its_data(data, tmp_path):
    event = changed(envelope("order.gift_wrapped", {}), "data", data)
    validator("cloudevent").validate(event)
    assert replay([event], tmp_path) == []


def test_base64_data_is_refused(tmp_path):
    event = changed(envelope("order.cancelled", {}), "data", ...) | {"data_base64": "e30="}
    assert_refused(event, {"unsupported-data-encoding"}, tmp_path)


@pytest.mark.parametrize("text", ["{", "[1,]", '{"a":1}}', "nul", '{"specversion":"1.0"'])
def test_text_that_is_no_json_is_refused(text, tmp_path):
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert_dead_letter(text, {"invalid-json"}, tmp_path)


@pytest.mark.parametrize("text", ["{}", "[]", "7", '"order.paid"', "null", '{"customerId":"c-1"}'])
def test_json_that_is_no_event_is_refused(text, tmp_path):
    assert not validator("cloudevent").is_valid(json.loads(text))
    assert_dead_letter(text, {"not-a-cloudevent"}, tmp_path)


SCHEMA_CANNOT_TELL = [
    ("an identifier counts bytes, not characters", "order.cancelled", "customerId", "米" * 43, "invalid-value"),
    ("a text counts bytes, not characters", "shipment.updated", "carrier", "米" * 342, "invalid-value"),
    ("a day that does not exist", "shipment.updated", "estimatedDelivery", "2026-02-30T00:00:00Z", "invalid-value"),
    ("a discount above its line", "order.paid", "lines.0.discount", 2 * 13900 + 1, "out-of-range"),
    ("a line beyond 64 bits", "order.paid", "lines.0", LINE | {"quantity": 10**6, "unitPrice": 10**15}, "out-of-range"),
    ("more than 10^12 points", "order.paid", "total", 10**14 + 100, "out-of-range"),
]


@pytest.mark.parametrize(
    ("event_type", "path", "value", "code"),
    [case[1:] for case in SCHEMA_CANNOT_TELL],
    ids=[c[0] for c in SCHEMA_CANNOT_TELL],
)
def test_what_json_schema_cannot_express_is_refused_by_retaind_alone(event_type, path, value, code, tmp_path):
    event = envelope(event_type, changed(FULL[event_type], path, value))
    validator("cloudevent").validate(event)
    assert_dead_letter(event, {code}, tmp_path)


@pytest.mark.parametrize(("event_type", "path", "value"), [("order.cancelled", "customerId", "米" * 42 + "xx")])
def test_limit_in_bytes_is_reached_exactly(event_type, path, value, tmp_path):
    assert len(value.encode()) == 128
    assert replay([envelope(event_type, changed(FULL[event_type], path, value))], tmp_path) == []


def test_every_currency_of_the_schema_is_accepted(tmp_path):
    codes = schema("types")["$defs"]["currency"]["enum"]
    events = [envelope("order.placed", MINIMAL["order.placed"] | {"currency": code}) for code in codes]
    assert len(codes) == len(set(codes)) > 150
    assert replay(events, tmp_path) == []
