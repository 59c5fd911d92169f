"""The published JSON Schemas of Config/, ready to validate with."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7, DRAFT202012

CONFIG = Path(__file__).resolve().parents[2] / "Config"
SCHEMAS = CONFIG / "schemas"
EVENT_TYPES = [
    "order.placed",
    "order.paid",
    "order.cancelled",
    "order.refunded",
    "shipment.updated",
    "browse.viewed",
    "customer.updated",
    "customer.erased",
]
OUTPUTS = ["notification", "ledger-entry", "dead-letter-headers"]


@cache
def schema(name: str) -> dict:
    """The schema `Config/schemas/<name>.schema.json`."""
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


@cache
def registry(dialect=Draft202012Validator) -> Registry:
    """Every schema under the address of its file, which relative references are resolved against."""
    return Registry().with_resources(
        [(path.as_uri(), resource(schema(name_of(path)), dialect)) for path in SCHEMAS.glob("*.schema.json")]
    )


def name_of(path: Path) -> str:
    return path.name.removesuffix(".schema.json")


def resource(contents: dict, dialect=Draft202012Validator) -> Resource:
    """A schema as `dialect` reads it, whatever it declares itself."""
    undeclared = {key: value for key, value in contents.items() if key != "$schema"}
    return Resource(undeclared, DRAFT7 if dialect is Draft7Validator else DRAFT202012)


def validator_of(contents: dict, base: str, dialect=Draft202012Validator):
    """A validator of a schema whose references are relative to the address `base`."""
    # A reference to the base address, because a schema without $id knows no address of its own.
    return dialect({"$ref": base}, registry=registry(dialect).with_resource(base, resource(contents, dialect)))


@cache
def validator(name: str, dialect=Draft202012Validator):
    """A validator of the schema `name`."""
    return validator_of(schema(name), (SCHEMAS / f"{name}.schema.json").as_uri(), dialect)
