"""Two years of a small shop; `two_years.py` judges a large one."""

import copy
import json

import pytest

from daemon import binary
from two_years import Judge, Person, run

CUSTOMERS = 150


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    return run(binary(), CUSTOMERS, tmp_path_factory.mktemp("two-years"))


def test_nobody_is_told_too_much_at_a_bad_time_against_their_will_or_twice(judged):
    events, judge = judged
    assert events > 5_000
    assert judge.faults == []


def test_every_kind_of_output_came(judged):
    assert judged[1].missing() == set()


def notice(kind: str = "order.care_guide", **more) -> dict:
    """A notice that nothing is wrong with."""
    return {
        "notificationId": "n-1", "customerId": "c-4", "kind": kind, "class": "service", "locale": "en", "title": "t",
        "body": "b", "template": {"id": kind, "params": {"orderId": "o-1"}}, "channels": ["push"], "reason": {},
        "cause": {"timer": kind, "dueAt": "2025-01-01T01:00:00.000Z"}, "createdAt": "2025-01-01T04:15:00.000Z",
        "expiresAt": "2025-01-04T01:00:00.000Z", "rulesVersion": "1"} | more


def entry(**more) -> dict:
    return {
        "entryId": "l-1", "customerId": "c-4", "kind": "accrued", "points": 5, "available": 0, "pending": 5, "debt": 0,
        "orderId": "o-1", "cause": {"timer": "t", "dueAt": "2025-01-01T01:00:00.000Z"},
        "createdAt": "2025-01-01T04:15:00.000Z", "rulesVersion": "1"} | more


def faults(*values: dict) -> list[str]:
    """What the judge finds in these records."""
    judge = Judge()
    for number, value in enumerate(values):
        value = copy.deepcopy(value)
        id = value.get("notificationId") or value.get("entryId")
        topic = "notifications" if "notificationId" in value else "points-ledger"
        judge.take(json.dumps({"topic": topic, "key": "", "headers": {"ce_id": id}, "value": value}))
    return [fault.split(":")[0] for fault in judge.faults]


def test_the_judge_finds_nothing_wrong_with_what_is_right():
    assert faults(notice(), entry()) == []


# Customer 4 lives in Kathmandu, where 16:15 UTC is 22:00 and 02:14 is 07:59; 107 is erased, 3 wants no marketing.
@pytest.mark.parametrize(("values", "found"), [
    ([notice(), notice()], ["came twice", "was told twice"]),
    ([notice(), notice(notificationId="n-2")], ["was told twice"]),
    ([notice(title=1)], ["does not follow its schema"]),
    ([notice(createdAt="2025-01-01T16:15:00.000Z")], ["was sent in the quiet hours"]),
    ([notice(createdAt="2025-01-01T02:14:00.000Z")], ["was sent in the quiet hours"]),
    ([notice(createdAt="2025-01-04T04:15:00.000Z")], ["had expired"]),
    ([notice(channels=["push", "phone"])], ["uses a channel without consent"]),
    ([notice(
        customerId="c-107", createdAt="2026-03-01T04:15:00.000Z", expiresAt="2026-03-02T00:00:00.000Z")], ["went to a customer who was erased"]),
    ([notice(notificationId=f"n-{number}", template={"id": "order.care_guide", "params": {"orderId": f"o-{number}"}})
      for number in range(4)], ["is number 4 of its day"]),
    ([notice("churn.warning", **{"class": "marketing"}, customerId="c-3",
             template={"id": "churn.warning.price", "params": {"idleDays": 90}})],
     ["is marketing without consent"]),
    ([entry(), entry(entryId="l-2", points=4)], ["does not add up to 9"]),
    ([entry(available=5, pending=0, debt=0)], []),
    ([entry(available=9, pending=0, debt=4)], ["does not add up to 5"]),
])
def test_the_judge_finds_what_is_wrong(values, found):
    assert faults(*values) == found


def test_the_judge_counts_marketing_by_the_day_and_by_the_week():
    def offer(number: int, day: int) -> dict:
        return notice(
            "winback.offer", notificationId=f"n-{number}", **{"class": "marketing"},
            createdAt=f"2025-01-0{day}T04:15:00.000Z", expiresAt="2025-02-01T00:00:00.000Z")

    assert faults(offer(1, 1), offer(2, 2), offer(3, 3)) == []
    assert faults(offer(1, 1), offer(2, 1)) == ["is number 2 of its day"]
    assert faults(offer(1, 1), offer(2, 2), offer(3, 3), offer(4, 7)) == ["is one too many of its week"]
    assert faults(offer(1, 1), offer(2, 2), offer(3, 3), offer(4, 8)) == []


def test_customers_differ_in_all_that_the_judge_knows():
    people = [Person(number) for number in range(CUSTOMERS)]
    for trait in ("moves", "withdraws", "is_erased", "is_bot", "wants_marketing", "quiet", "zones"):
        assert len({getattr(person, trait) for person in people}) > 1, trait
