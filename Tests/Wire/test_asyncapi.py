"""The AsyncAPI document: its structure is AsyncAPI 3.0, its references resolve, its schemas and examples agree."""

import re
from urllib.parse import unquote

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from contract_schemas import CONFIG, EVENT_TYPES, OUTPUTS, SCHEMAS, registry, schema, validator_of

PATH = CONFIG / "asyncapi.yaml"
DOCUMENT = yaml.safe_load(PATH.read_text(encoding="utf-8"))
CHANNELS = DOCUMENT["channels"]
OPERATIONS = DOCUMENT["operations"]
COMPONENTS = DOCUMENT["components"]
MESSAGES = COMPONENTS["messages"]


def closed(required: list[str], **properties) -> dict:
    """A schema of an object that has no other properties."""
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def each(contents: dict) -> dict:
    return {"type": "object", "minProperties": 1, "additionalProperties": contents}


TEXT = {"type": "string", "minLength": 1}
REFERENCE = closed(["$ref"], **{"$ref": TEXT})
MESSAGE_TRAIT = {"contentType": TEXT, "headers": {"type": "object"}, "bindings": REFERENCE}
# The part of the AsyncAPI 3.0.0 and Kafka binding 0.5.0 specifications that this document makes use of.
STRUCTURE = closed(
    ["asyncapi", "info", "channels", "operations"],
    asyncapi={"const": "3.0.0"},
    info=closed(["title", "version"], title=TEXT, version=TEXT, description=TEXT),
    defaultContentType={"const": "application/json"},
    servers=each(closed(["host", "protocol"], host=TEXT, protocol={"const": "kafka"}, description=TEXT)),
    channels=each(closed(["address", "messages"], address=TEXT, description=TEXT, messages=each(REFERENCE))),
    operations=each(
        closed(
            ["action", "channel"],
            action={"enum": ["send", "receive"]},
            summary=TEXT,
            channel=REFERENCE,
            bindings=REFERENCE,
        )
    ),
    components=closed(
        ["messages", "messageTraits", "messageBindings", "operationBindings"],
        messages=each(
            closed(
                ["name", "title"],
                **{"name": TEXT, "title": TEXT, "description": TEXT, "payload": REFERENCE, **MESSAGE_TRAIT},
                traits={"type": "array", "items": REFERENCE},
                examples={"type": "array", "items": closed(["name", "payload"], name=TEXT, headers={}, payload={})},
            )
        ),
        messageTraits=each(closed([], **MESSAGE_TRAIT)),
        messageBindings=each(
            closed(["kafka"], kafka=closed(["key"], key={"type": "object"}, bindingVersion={"const": "0.5.0"}))
        ),
        operationBindings=each(
            closed(["kafka"], kafka=closed(["groupId"], groupId={"type": "object"}, bindingVersion={"const": "0.5.0"}))
        ),
    ),
)


def references(node: object):
    """Every $ref of the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def local(reference: dict) -> tuple[str, object]:
    """The name and the object that a reference within the document leads to."""
    target: object = DOCUMENT
    *_, name = steps = [
        unquote(step).replace("~1", "/").replace("~0", "~") for step in reference["$ref"].removeprefix("#/").split("/")
    ]
    for step in steps:
        target = target[step]
    return name, target


def with_traits(message: dict) -> dict:
    """The message with its traits merged in; what it says itself goes before."""
    merged = dict(message)
    for trait in message.get("traits", []):
        merged = local(trait)[1] | merged
    return merged


def messages_of(action: str):
    for operation in OPERATIONS.values():
        if operation["action"] == action:
            for reference in local(operation["channel"])[1]["messages"].values():
                yield local(reference)


def test_structure_is_asyncapi():
    Draft202012Validator.check_schema(STRUCTURE)
    problems = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(STRUCTURE).iter_errors(DOCUMENT)
    ]
    assert not problems


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_reference_resolves(reference):
    if reference.startswith("#/"):
        assert local({"$ref": reference})[1]
    else:
        resolver = registry().resolver(base_uri=PATH.as_uri())
        assert resolver.lookup(reference.replace("./", "", 1)).contents


def test_every_schema_file_is_used():
    used = {re.search(r"schemas/([\w.-]+)\.schema\.json", reference) for reference in references(DOCUMENT)}
    names = {match[1] for match in used if match}
    # The rules are a file, and no message.
    assert names == {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json")} - {"rules"}
    assert names == {*EVENT_TYPES, *OUTPUTS, "cloudevent", "types"}


def test_every_event_type_is_received_and_every_output_sent():
    received = [name for name, _ in messages_of("receive")]
    assert sorted({MESSAGES[name]["name"] for name in received}) == sorted([*EVENT_TYPES, "structuredEvent"])
    assert received.count("structuredEvent") == 4
    assert [name for name, _ in messages_of("send")] == ["notification", "ledgerEntry", "deadLetter"]
    assert {local(operation["channel"])[0] for operation in OPERATIONS.values()} == set(CHANNELS)


@pytest.mark.parametrize("name", [name for name in MESSAGES if MESSAGES[name]["name"] in EVENT_TYPES])
def test_message_of_an_event_has_the_payload_of_its_type(name):
    assert MESSAGES[name]["payload"]["$ref"] == f"./schemas/{MESSAGES[name]['name']}.schema.json"


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("part", ["payload", "headers"])
def test_schemas_of_a_message_compile(name, part):
    """As draft-07 too, of which AsyncAPI's own schema object is a superset."""
    message = with_traits(MESSAGES[name])
    if part not in message:
        assert (name, part) in [("structuredEvent", "headers"), ("deadLetter", "payload")]
        return
    for dialect in (Draft7Validator, Draft202012Validator):
        dialect.check_schema(message[part])
        # Asking for the faults of something walks through all references.
        assert not validator_of(message[part], PATH.as_uri(), dialect).is_valid("no object")


@pytest.mark.parametrize("name", [name for name in MESSAGES if "examples" in MESSAGES[name]])
def test_examples_of_a_message_are_valid(name):
    message = with_traits(MESSAGES[name])
    for example in message["examples"]:
        validator_of(message["payload"], PATH.as_uri()).validate(example["payload"])
        if "headers" in message:
            validator_of(message["headers"], PATH.as_uri()).validate(example["headers"])
            assert example["headers"]["ce_type"] == message["name"]


def test_topics_are_the_defaults_of_the_configuration():
    text = (CONFIG / "retaind.json").read_text(encoding="utf-8")
    topics = dict(
        re.findall(r'^    (\w+): "([\w.-]+)",$', re.search(r"topics: \{(.*?)\n  \}", text, re.DOTALL)[1], re.MULTILINE)
    )
    internal = {topics.pop("state"), topics.pop("forward")}
    assert internal == {"retaind.state", "retaind.forward"}
    assert {channel["address"] for channel in CHANNELS.values()} == set(topics.values())


def test_dead_letter_headers_are_those_of_the_schema():
    assert MESSAGES["deadLetter"]["headers"]["$ref"] == "./schemas/dead-letter-headers.schema.json"
    assert all(name.startswith("dlq.") for name in schema("dead-letter-headers")["properties"])
