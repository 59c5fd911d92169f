"""What retaind publishes is what its schemas and its AsyncAPI document say."""

import json
import re
import shutil
from collections import Counter

import pytest
import yaml

from contract_schemas import CONFIG, schema, validator, validator_of
from event_examples import FULL, envelope
from replay_command import DEAD_LETTERS, replay

CUSTOMER = "c-米粒"
PARCEL = {"customerId": CUSTOMER, "orderId": "o-1", "shipmentId": "s-1", "carrier": "顺丰速运"}


def order(number: int, total: int, **more) -> dict:
    return {"customerId": CUSTOMER, "orderId": f"o-{number}", "currency": "CNY", "total": total, "lines": []} | more


def change(number: int, **more) -> dict:
    return {"customerId": CUSTOMER, "orderId": f"o-{number}"} | more


def scan(status: str, substatus: str | None = None, estimate: str | None = None, parcel: str = "s-1") -> dict:
    estimated = f"2026-11-{estimate}:00:00+08:00" if estimate else None
    return PARCEL | {"shipmentId": parcel, "status": status, "substatus": substatus, "estimatedDelivery": estimated}


def tea(number: int, quantity: int = 1, discount: int = 0) -> dict:
    line = {"sku": "tea", "name": "乌龙茶", "category": "tea", "quantity": quantity, "unitPrice": 100, "discount": discount}
    return order(number, quantity * 100 - discount, lines=[line])


def view(sku: str) -> dict:
    return {"customerId": CUSTOMER, "sku": sku, "category": "cups", "action": "view"}


# Day and hour in Shanghai, of November 2026 unless another month is named, the type, the data.
STORY = [
    ("03T10", "order.paid", order(1, 20000)),
    ("03T12", "shipment.updated", scan("in_transit", "picked_up", estimate="06T18")),
    ("03T20", "shipment.updated", scan("in_transit", "sorted")),
    ("04T08", "shipment.updated", scan("in_transit", "departed")),
    ("04T09", "shipment.updated", scan("in_transit", estimate="08T18")),
    ("04T15", "shipment.updated", scan("in_transit", "weather_delay", estimate="10T18")),
    ("05T09", "shipment.updated", scan("in_transit", "arrived", estimate="07T18")),
    ("05T10", "shipment.updated", scan("exception")),
    ("06T00", "shipment.updated", scan("exception", "weather_delay")),
    ("06T14", "shipment.updated", scan("exception", "customs")),
    ("07T04", "shipment.updated", scan("exception", "address_issue")),
    ("07T18", "shipment.updated", scan("exception", "returned", parcel="s-2")),
    ("08T09", "shipment.updated", scan("out_for_delivery")),
    ("08T10", "order.paid", order(2, 10000)),
    ("08T12", "shipment.updated", scan("attempt_fail")),
    ("08T20", "shipment.updated", scan("available_for_pickup")),
    ("09T10", "shipment.updated", scan("delivered")),
    ("18T10", "order.refunded", change(1, amount=5000)),
    # Nothing follows: it is never sent off, and the parcel of another is not heard of again.
    ("19T10", "order.paid", order(4, 100)),
    ("19T10", "shipment.updated", scan("in_transit", parcel="s-5") | {"orderId": "o-5"}),
    # The second of its day, which is suspicious.
    ("19T11", "order.paid", order(6, 100)),
    ("20T10", "order.paid", order(3, 3000, pointsRedeemed=100)),
    ("21T10", "order.cancelled", change(3)),
    ("22T10", "order.refunded", change(1, amount=15000)),
    # Silver: kept in 2027, lost in 2028.
    ("22T12", "order.paid", order(7, 200000)),
    ("23T10", "order.refunded", change(9, amount=0)),
    ("24T10", "order.refunded", change(7, amount=100)),
    # A refund of one of the last three orders is behind the first warning. Then tea is bought every week, and nothing goes wrong.
    *((f"2027-05-{day}T10", "order.paid", tea(20 + int(day))) for day in ("01", "08", "15", "22", "29")),
    *((f"2027-06-{day}T10", "browse.viewed", view("cup")) for day in ("20", "21", "22")),
    # Half a year later much is bought at a discount.
    ("2028-03-01T10", "order.paid", tea(30, quantity=100, discount=1)),
]


@pytest.fixture(scope="module", params=["zh-Hans", "en"])
def outputs(request, tmp_path_factory):
    """All that comes of the story until its points have expired and its tier is lost, with every milestone told and notices in one language."""
    config = tmp_path_factory.mktemp("config")
    shutil.copytree(CONFIG, config, dirs_exist_ok=True)
    rules = (config / "rules.json").read_text(encoding="utf-8")
    rules, milestones = re.subn(r"\b(sorted|in_transit): false", r"\1: true", rules)
    rules, limits = re.subn(r"\b(minNotice|maxOrdersPerDay): \d+", r"\1: 1", rules)
    rules, locales = re.subn(r'^  locale: "[^"]*"', f'  locale: "{request.param}"', rules, flags=re.MULTILINE)
    assert (milestones, limits, locales) == (2, 2, 1)
    (config / "rules.json").write_text(rules, encoding="utf-8")
    events = [
        envelope(kind, data) | {"time": f"{time if len(time) > 5 else '2026-11-' + time}:00:00+08:00"}
        for time, kind, data in STORY]
    lines = [
        *events,
        "{",
        {"specversion": "1.0", "id": "1"},
        envelope("order.paid", FULL["order.paid"] | {"total": -1}),
    ]
    return replay(lines, tmp_path_factory.mktemp("replay"), config=config, until="2028-12-31T00:00:00Z")


def on(outputs: list, topic: str) -> list:
    """The records on a topic, of which there are some."""
    found = [output for output in outputs if output.topic == topic]
    assert found
    return found


def texts(locale: str) -> dict:
    return json.loads((CONFIG / f"wording.{locale}.json").read_text(encoding="utf-8"))


def header_validator(trait: str):
    path = CONFIG / "asyncapi.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return validator_of(document["components"]["messageTraits"][trait]["headers"], path.as_uri())


def assert_documented(value: dict, contract: dict) -> None:
    """Nothing is published that the schema does not name."""
    assert set(value) <= set(contract["properties"])


def test_notifications_follow_their_schema(outputs):
    for output in on(outputs, "notifications"):
        validator("notification").validate(output.value)
        assert_documented(output.value, schema("notification"))
        template = schema("notification")["properties"]["template"]
        assert_documented(output.value["template"]["params"], template["properties"]["params"])


def test_ledger_entries_follow_their_schema(outputs):
    for output in on(outputs, "points-ledger"):
        validator("ledger-entry").validate(output.value)
        assert_documented(output.value, schema("ledger-entry"))


def test_dead_letters_follow_their_schema(outputs):
    letters = on(outputs, DEAD_LETTERS)
    for output in letters:
        validator("dead-letter-headers").validate(output.headers)
    reasons = Counter(output.headers["dlq.reason"] for output in letters)
    assert reasons == {"invalid-json": 1, "missing-field": 1, "out-of-range": 2}


def test_every_kind_of_notification_occurs(outputs):
    kinds = {output.value["kind"] for output in on(outputs, "notifications")}
    assert kinds == set(schema("notification")["properties"]["kind"]["enum"])


def test_every_kind_of_ledger_entry_occurs(outputs):
    kinds = {output.value["kind"] for output in on(outputs, "points-ledger")}
    assert kinds == set(schema("ledger-entry")["properties"]["kind"]["enum"])


def test_every_template_is_used_and_worded_in_both_languages(outputs):
    used = {output.value["template"]["id"] for output in on(outputs, "notifications")}
    templates = schema("notification")["properties"]["template"]["properties"]["id"]["enum"]
    worded = set(texts("zh-Hans")) - {"salutation", "tiers"}
    assert worded == set(texts("en")) - {"salutation", "tiers"}
    assert used == set(templates) == worded


def test_title_and_body_are_the_wording_with_its_parameters_filled_in(outputs):
    for output in on(outputs, "notifications"):
        notice = output.value
        wording = texts(notice["locale"])[notice["template"]["id"]]
        for field in ("title", "body"):
            literals = re.split(r"\{\w+(?:\|[^|}]+\|[^|}]+)?\}", wording[field])
            assert re.fullmatch(".+".join(map(re.escape, literals)), notice[field])
            assert not set("{}") & set(notice[field])
            for name in re.findall(r"\{(\w+)\}", wording[field]):
                value = (notice["template"]["params"] | {"salutation": texts(notice["locale"])["salutation"]})[name]
                if name in ("orderId", "shipmentId", "carrier", "salutation"):
                    assert value in notice[field]


def test_outputs_are_cloudevents_as_asyncapi_says(outputs):
    headers = header_validator("outputEvent")
    for topic, prefix, identity in [
        ("notifications", "retention.", "notificationId"),
        ("points-ledger", "retention.ledger.", "entryId"),
    ]:
        for output in on(outputs, topic):
            headers.validate(output.headers)
            assert output.key == output.headers["ce_subject"] == output.value["customerId"] == CUSTOMER
            assert output.headers["ce_id"] == output.value[identity]
            assert output.headers["ce_type"] == prefix + output.value["kind"]
            assert output.headers["ce_time"] == output.value["createdAt"]


def test_identities_are_unique(outputs):
    for topic in ("notifications", "points-ledger"):
        ids = [output.headers["ce_id"] for output in on(outputs, topic)]
        assert len(ids) == len(set(ids))


def test_balances_of_the_ledger_add_up(outputs):
    """What the account is worth changes by the entry's points; a confirmation only moves them, and held ones are not in it."""
    worth = 0
    for output in on(outputs, "points-ledger"):
        entry = output.value
        worth += 0 if entry["kind"] in ("confirmed", "held") else entry["points"]
        assert entry["available"] + entry["pending"] - entry["debt"] == worth, entry
