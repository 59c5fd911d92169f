"""Hand-made events: valid ones, and variants of them that are not, each with the codes that may be given for it."""

import copy
import itertools
from typing import NamedTuple

TIME = "2026-11-22T12:30:00+08:00"
LINE = {"sku": "cat-food-5kg", "category": "pet-food", "quantity": 2, "unitPrice": 13900}
FULL_LINE = LINE | {"name": "猫粮 5kg", "discount": 2000}

MINIMAL = {
    "order.placed": {"customerId": "c-1", "orderId": "o-1", "currency": "CNY", "total": 0, "lines": []},
    "order.paid": {"customerId": "c-1", "orderId": "o-1", "currency": "CNY", "total": 27800, "lines": [LINE]},
    "order.cancelled": {"customerId": "c-1", "orderId": "o-1"},
    "order.refunded": {"customerId": "c-1", "orderId": "o-1", "amount": 1},
    "shipment.updated": {
        "customerId": "c-1",
        "orderId": "o-1",
        "shipmentId": "s-1",
        "carrier": "顺丰速运",
        "status": "in_transit",
    },
    "browse.viewed": {"customerId": "c-1", "sku": "yoga-mat", "category": "sport"},
    "customer.updated": {"customerId": "c-1"},
    "customer.erased": {"customerId": "c-1"},
}

FULL = {
    "order.placed": MINIMAL["order.placed"] | {"total": 25800, "lines": [FULL_LINE, LINE]},
    "order.paid": MINIMAL["order.paid"] | {"lines": [FULL_LINE, LINE], "pointsRedeemed": 100, "couponUsed": True},
    "order.cancelled": MINIMAL["order.cancelled"],
    "order.refunded": MINIMAL["order.refunded"] | {"amount": 5000, "lines": [FULL_LINE]},
    "shipment.updated": MINIMAL["shipment.updated"]
    | {
        "trackingNumber": "SF1234567890",
        "status": "exception",
        "substatus": "weather_delay",
        "location": "广州转运中心",
        "estimatedDelivery": "2026-11-25T18:00:00+08:00",
        "reason": "暴雨",
    },
    "browse.viewed": MINIMAL["browse.viewed"] | {"name": "瑜伽垫", "action": "cart", "dwellSeconds": 42},
    "customer.updated": {
        "customerId": "c-1",
        "displayName": "王小米",
        "salutation": "米粒的主人",
        "locale": "zh-Hans",
        "timeZone": "Asia/Shanghai",
        "birthday": "02-29",
        "consent": {
            "push": True,
            "sms": True,
            "email": False,
            "phone": False,
            "wechat": True,
            "marketing": False,
        },
        "quietHours": {"start": "22:00", "end": "08:00"},
    },
    "customer.erased": {"customerId": "c-1"},
}


class Kind(NamedTuple):
    """What a field may hold: values at its bounds, values of another type, and values beyond its bounds by code."""

    good: list
    mistyped: list
    bad: dict


IDENTIFIER = Kind(["x", "x" * 128], [7, True, ["x"], {}], {"invalid-value": ["", "x" * 129]})
TEXT = Kind(["", "x" * 1024], [7, False, ["x"], {}], {"invalid-value": ["x" * 1025]})


def whole(low: int, high: int, *good: int) -> Kind:
    """An integer; those of `good` stand in for bounds that another field forbids."""
    # 1.0 is an integer to JSON Schema and to retaind.
    good = good or (low, high)
    return Kind([*good, float(good[0])], ["1", 1.5, True, [1]], {"out-of-range": [low - 1, high + 1, 10**30]})


AMOUNT = whole(0, 10**15)
CURRENCY = Kind(
    ["CNY", "JPY", "KWD", "CLF"], [156, ["CNY"]], {"unsupported-currency": ["", "cny", "RMB", "CN", "XXX", "EURO"]}
)
TIMESTAMP = Kind(
    ["2026-11-22T12:30:00Z", "2024-02-29t23:59:59.123456z", "2026-01-01T00:00:00-11:30"],
    [1795321800, True],
    {
        "invalid-value": [
            "",
            "tomorrow",
            "2026-11-22",
            "2026-11-22T12:30:00",
            "2026-11-22 12:30:00Z",
            "2026-11-22T12:30Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T12:30:00+0800",
        ]
    },
)
FLAG = Kind([True, False], ["true", 1, {}], {})
MINUTE = Kind(["00:00", "23:59"], [8, {}], {"invalid-value": ["", "24:00", "12:60", "8:00", "08:00:00"]})
LINES = Kind([[], [LINE] * 1000], [{}, "x", 7, [7], [[]]], {"out-of-range": [[LINE] * 1001]})
STATUSES = (
    "pending info_received in_transit out_for_delivery available_for_pickup attempt_fail delivered exception expired"
)
SUBSTATUSES = "picked_up sorted departed arrived customs weather_delay address_issue returned"


def one_of(names: str) -> Kind:
    return Kind(names.split(), [7, True, []], {"invalid-value": ["", "lost", names.split(maxsplit=1)[0].upper()]})


def pattern(good: list, bad: list) -> Kind:
    return Kind(good, [7, True, []], {"invalid-value": bad})


LINE_FIELDS = {
    "sku": IDENTIFIER,
    "category": IDENTIFIER,
    "quantity": whole(1, 10**6),
    "unitPrice": whole(0, 10**15, 1000, 10**15),
    "name": TEXT,
    "discount": whole(0, 10**15, 0, 2 * 13900),
}
ORDER_FIELDS = {
    "customerId": IDENTIFIER,
    "orderId": IDENTIFIER,
    "currency": CURRENCY,
    "total": AMOUNT,
    "lines": LINES,
    **{f"lines.0.{field}": kind for field, kind in LINE_FIELDS.items()},
}

FIELDS = {
    "order.placed": ORDER_FIELDS,
    # No more than 10^12 points may come of an order, whatever the schema allows.
    "order.paid": ORDER_FIELDS
    | {
        "total": whole(0, 10**15, 0, 10**14),
        "pointsRedeemed": whole(0, 10**12),
        "couponUsed": FLAG,
    },
    "order.cancelled": {"customerId": IDENTIFIER, "orderId": IDENTIFIER},
    "order.refunded": {"customerId": IDENTIFIER, "orderId": IDENTIFIER, "amount": whole(1, 10**15)},
    "shipment.updated": {
        "customerId": IDENTIFIER,
        "orderId": IDENTIFIER,
        "shipmentId": IDENTIFIER,
        "carrier": TEXT,
        "status": one_of(STATUSES),
        "trackingNumber": TEXT,
        "substatus": one_of(SUBSTATUSES),
        "location": TEXT,
        "estimatedDelivery": TIMESTAMP,
        "reason": TEXT,
    },
    "browse.viewed": {
        "customerId": IDENTIFIER,
        "sku": IDENTIFIER,
        "category": IDENTIFIER,
        "name": TEXT,
        "action": one_of("view favorite cart"),
        "dwellSeconds": whole(0, 10**9),
    },
    "customer.updated": {
        "customerId": IDENTIFIER,
        "displayName": TEXT,
        "salutation": TEXT,
        "locale": pattern(["en", "zh-Hans", "pt-BR"], ["", "z", "zh_CN", "中文", "en-"]),
        "timeZone": pattern(["UTC", "Asia/Shanghai", "America/Argentina/Ushuaia"], ["", "+08:00", "Asia Shanghai"]),
        "birthday": pattern(["01-01", "02-29", "12-31"], ["", "13-01", "00-10", "02-30", "04-31", "1-1", "1990-01-01"]),
        "consent": Kind([{}, {"push": True}], [True, "push", ["push"]], {}),
        **{f"consent.{channel}": FLAG for channel in ["push", "sms", "email", "phone", "wechat", "marketing"]},
        "quietHours": Kind([{"start": "22:00", "end": "07:30"}], ["22:00-08:00", 22, ["22:00", "08:00"]], {}),
        "quietHours.start": MINUTE,
        "quietHours.end": MINUTE,
    },
    "customer.erased": {"customerId": IDENTIFIER},
}
REQUIRED_WITHIN = {"lines.0": ["sku", "category", "quantity", "unitPrice"], "quietHours": ["start", "end"]}
_serial = itertools.count()


def envelope(event_type: str, data: object) -> dict:
    """A structured CloudEvent with an id of its own."""
    return {
        "specversion": "1.0",
        "id": f"example-{next(_serial)}",
        "source": "/shop",
        "type": event_type,
        "time": TIME,
        "datacontenttype": "application/json",
        "data": data,
    }


def changed(document: dict, path: str, value: object) -> dict:
    """A copy with one value replaced; `...` removes it."""
    document = copy.deepcopy(document)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in parents:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def required(event_type: str) -> list[str]:
    """The paths of all fields that must be there."""
    within = [f"{parent}.{field}" for parent, fields in REQUIRED_WITHIN.items() for field in fields]
    return list(MINIMAL[event_type]) + [path for path in within if path in FIELDS[event_type]]


def valid_data(event_type: str) -> list[tuple[str, dict]]:
    """Named valid data of an event: minimal, full, every field at its bounds, every optional one null."""
    full = FULL[event_type]
    cases = [("minimal", MINIMAL[event_type]), ("full", full), ("with an unknown field", full | {"colour": {"r": 1}})]
    for path, kind in FIELDS[event_type].items():
        cases += [(f"{path} = {brief(value)}", changed(full, path, value)) for value in kind.good]
        if path not in required(event_type):
            cases.append((f"{path} = null", changed(full, path, None)))
    return cases


def invalid_data(event_type: str) -> list[tuple[str, dict, set[str]]]:
    """Named invalid data of an event with the codes that tell what is wrong."""
    full = FULL[event_type]
    cases = []
    for path in required(event_type):
        cases.append((f"{path} missing", changed(full, path, ...), {"missing-field"}))
        cases.append((f"{path} = null", changed(full, path, None), {"missing-field", "wrong-type"}))
    for path, kind in FIELDS[event_type].items():
        for value in kind.mistyped:
            cases.append((f"{path} = {brief(value)}", changed(full, path, value), {"wrong-type"}))
        for code, values in kind.bad.items():
            cases += [(f"{path} = {brief(value)}", changed(full, path, value), {code}) for value in values]
    return cases


def brief(value: object) -> str:
    """The value as a test's name can show it."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:24]}... ({len(value)} long)"
