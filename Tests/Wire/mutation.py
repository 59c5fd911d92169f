"""Seeded damage to valid records: to their bytes, to their JSON, to their headers."""

from __future__ import annotations

import json
import random
from typing import Any

from producing import RawMessage

STRANGE_VALUES: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 1.5, 1e300, "", " ", "0", "x" * 129, "\u0000",
    "\U0001f431" * 40, "e\u0301", "2026-02-30T00:00:00Z", "2026-01-01", "9999-12-31T23:59:59Z", "XXX", "CNY", [], {},
    [[]], {"a": 1}, "../../etc/passwd", "order.paid", "customer.erased", "Asia/Nowhere",
]


def mutated(message: RawMessage, dice: random.Random) -> RawMessage:
    """The message with one change, or a few."""
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        message = dice.choice(MUTATIONS)(message, dice)
    return message


def flip_bits(message: RawMessage, dice: random.Random) -> RawMessage:
    key, value, headers = message
    changed = bytearray(value or b"\0")
    for _ in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return key, bytes(changed), headers


def truncate(message: RawMessage, dice: random.Random) -> RawMessage:
    key, value, headers = message
    return key, (value or b"")[: dice.randint(0, len(value or b""))], headers


def splice(message: RawMessage, dice: random.Random) -> RawMessage:
    """Removes or repeats a stretch, or puts bytes in that mean something to a JSON reader."""
    key, value, headers = message
    value = value or b""
    start, end = sorted(dice.randint(0, len(value)) for _ in range(2))
    middle = dice.choice([
        b"", value[start:end] * 2, b'"', b"\\", b"\\ud800", b"{" * 100, b"[" * 2000, b"\xff", b"\x00", b",", b"1e9",
        b"-", b"\xef\xbb\xbf", bytes(dice.randrange(256) for _ in range(8)),
    ])
    return key, value[:start] + middle + value[end:], headers


def change_field(message: RawMessage, dice: random.Random) -> RawMessage:
    """Replaces, removes or doubles a field somewhere in the JSON, which stays JSON."""
    key, value, headers = message
    try:
        document = json.loads(value or b"")
    except (ValueError, UnicodeDecodeError, RecursionError):
        return flip_bits(message, dice)
    holder = document
    while isinstance(holder, (dict, list)) and holder:
        at = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
        if isinstance(holder[at], (dict, list)) and holder[at] and dice.random() < 0.7:
            holder = holder[at]
            continue
        match dice.randrange(4):
            case 0:
                del holder[at]
            case 1 if isinstance(holder, list):
                holder.extend(holder * dice.choice([1, 50]))
            case _:
                holder[at] = dice.choice(STRANGE_VALUES)
        break
    return key, json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"), headers


def change_headers(message: RawMessage, dice: random.Random) -> RawMessage:
    key, value, headers = message
    headers = list(headers)
    strange = dice.choice([None, b"", b"\xff\xfe", b"1.0", b"2.0", b"order.paid", b"no.such.type", b"text/plain",
                           b"application/cloudevents+json", b"application/json", b"x" * 5000])
    if headers and dice.random() < 0.7:
        at = dice.randrange(len(headers))
        headers[at : at + 1] = dice.choice([[], [(headers[at][0], strange)], [headers[at], (headers[at][0], strange)]])
    else:
        name = dice.choice(["ce_id", "ce_type", "content-type", "dlq.reason", "retaind.origin.offset"])
        headers.append((name, strange))
    return key, value, headers


def change_key(message: RawMessage, dice: random.Random) -> RawMessage:
    _, value, headers = message
    return dice.choice([None, b"", b"\xff\x00", b"k" * 1000]), value, headers


def change_value(message: RawMessage, dice: random.Random) -> RawMessage:
    key, _, headers = message
    return key, dice.choice([None, b"", b"null", b"[]", b"{}", b'"x"', b"0", b" ", b"x" * 200_000]), headers


MUTATIONS = [
    flip_bits, truncate, splice, change_field, change_field, change_field, change_headers, change_key, change_value,
]
