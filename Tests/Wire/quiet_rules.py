"""Rules that turn off what depends on the order in which a customer's events arrive, or on none arriving.

The topics of the wire tests are mixed and their partitions race, so that nobody can say beforehand which order brings a
customer to a tier. What these rules silence is checked where events come one after the other: by the tests of the
handlers, and by the simulation.
"""

TIERS = {
    "silver": {"threshold": 999_999_998}, "gold": {"threshold": 999_999_999}, "diamond": {"threshold": 1_000_000_000},
}
LIFECYCLE = {"growingFromOrder": 999_999, "matureFromOrder": 1_000_000}
LOGISTICS = {"lateDispatchAfterHours": 0, "stalledAfterHours": 0}
POINTS = {"maxOrdersPerDay": None}
# What is foretold rests on the order of purchases too.
FORESIGHT = {
    "churn": {"warnAt": None}, "winback": {"afterDays": 0}, "replenishment": {"remindAt": None},
    "browsing": {"offerAfterDays": 0},
}
# Whatever is due goes out at once, at any time of day at which the tests run.
GATE = {"quietHours": {"start": "00:00", "end": "00:00"}, "servicePerDay": 1000}
