"""The evaluation as one page: tables, and charts drawn as SVG. It needs nothing but itself."""

from html import escape

import numpy as np

import measures

STYLE = """
:root { color-scheme: light dark; --page: #fcfcfb; --ink: #1c1b1a; --soft: #6d6a66; --line: #dcd9d4; --one: #2a63b8; --two: #b8552a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #191817; --ink: #eceae6; --soft: #a09c96; --line: #3a3835; --one: #7fb0f5; --two: #f0a070; }
}
body { background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; } p { color: var(--soft); margin: .3rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .9rem .3rem 0; text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 500; } tr.here td { font-weight: 600; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; } figure { margin: 0; } figcaption { color: var(--soft); font-size: .9rem; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } .axis { stroke: var(--line); } .even { stroke: var(--soft); stroke-dasharray: 3 4; }
.one { stroke: var(--one); fill: none; stroke-width: 2; } .dot { fill: var(--one); } .bar { fill: var(--one); } .few { fill: var(--two); }
"""
SIZE, MARGIN = 220, 42


def number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def chart(title: str, x_label: str, y_label: str, body: str, x_ticks, y_ticks) -> str:
    """A square of axes; `body` is drawn in a system from 0 to SIZE, with y upwards done by the caller."""
    lines = [f'<rect class="axis" fill="none" x="0" y="0" width="{SIZE}" height="{SIZE}"/>']
    for position, text in x_ticks:
        lines.append(f'<text x="{position * SIZE:.1f}" y="{SIZE + 15}" text-anchor="middle">{text}</text>')
    for position, text in y_ticks:
        y = (1 - position) * SIZE
        lines.append(f'<line class="axis" x1="0" x2="{SIZE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="-6" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    lines.append(f'<text x="{SIZE / 2}" y="{SIZE + 32}" text-anchor="middle">{escape(x_label)}</text>')
    lines.append(f'<text transform="translate(-32 {SIZE / 2}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>')
    width = SIZE + 2 * MARGIN
    return (
        f'<figure><svg role="img" aria-label="{escape(title)}" viewBox="{-MARGIN} -10 {width} {SIZE + 52}" width="{width}">'
        f'{"".join(lines)}{body}</svg><figcaption>{escape(title)}</figcaption></figure>')


def path(points) -> str:
    return '<polyline class="one" points="' + " ".join(f"{x * SIZE:.1f},{(1 - y) * SIZE:.1f}" for x, y in points) + '"/>'


def ticks(largest: float = 1.0):
    return [(part / 4, f"{largest * part / 4:.2g}") for part in range(5)]


EVEN = f'<line class="even" x1="0" y1="{SIZE}" x2="{SIZE}" y2="0"/>'


def roc_chart(p, y) -> str:
    return chart("Receiver operating characteristic", "false alarms", "found", EVEN + path(measures.roc(p, y)), ticks(), ticks())


def reliability_chart(p, y) -> str:
    dots = "".join(
        f'<circle class="{"dot" if decile.count >= 500 else "few"}" r="4" cx="{decile.foretold * SIZE:.1f}" '
        f'cy="{(1 - decile.happened) * SIZE:.1f}"><title>{decile.count} cases: foretold {decile.foretold:.3f}, happened '
        f'{decile.happened:.3f}</title></circle>' for decile in measures.reliability(p, y))
    return chart("Reliability by tenths; the other colour has under 500 cases", "foretold", "happened", EVEN + dots, ticks(), ticks())


def budget_chart(p, y) -> str:
    hits = np.cumsum(y[np.argsort(-p, kind="stable")])
    shares = np.linspace(0.005, 0.5, 100)
    values = [hits[max(0, int(len(p) * share) - 1)] / max(1, int(len(p) * share)) for share in shares]
    largest = max(values)
    points = [(share / 0.5, value / largest) for share, value in zip(shares, values)]
    return chart(
        "Precision against budget", "share with the highest probability", "precision", path(points), ticks(0.5), ticks(largest))


def gap_chart(level: str, gaps: dict) -> str:
    largest = max(gaps["rows"].values())
    step = SIZE / len(gaps["rows"])
    bars = []
    for index, (name, error) in enumerate(gaps["rows"].items()):
        height = error / largest * (SIZE - 30)
        x = index * step + step * 0.2
        bars.append(
            f'<rect class="bar" x="{x:.1f}" y="{SIZE - height:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}" rx="2"/>'
            f'<text x="{x + step * 0.3:.1f}" y="{SIZE - height - 6:.1f}" text-anchor="middle">{error:.1f}</text>'
            f'<text x="{x + step * 0.3:.1f}" y="{SIZE + 15}" text-anchor="middle">{escape(name)}</text>')
    title = f"Mean absolute error of the next gap, {level}, {gaps['cases']} gaps"
    return chart(title, "", "days", "".join(bars), [], [])


def table(found: dict) -> str:
    head = "".join(f"<th>{escape(label)}</th>" for _, label in found["columns"])
    rows = []
    for where, entries in (("here", found["rows"]), ("published", found["published"])):
        for entry in entries:
            cells = "".join(f"<td>{number(entry[key]) if key in entry else '–'}</td>" for key, _ in found["columns"])
            rows.append(f'<tr class="{where}"><td>{escape(entry["model"])}{"" if where == "here" else " (published)"}</td>{cells}</tr>')
    return f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>"


def page(tables: list[dict], gaps: dict, sent: dict) -> str:
    parts = []
    for found in tables:
        p, y = found["best"]
        parts.append(
            f"<h2>{escape(found['title'])}</h2><p>{found['cases']:,} cases, {found['share']:.1%} of them.</p>{table(found)}"
            f'<div class="charts">{roc_chart(p, y)}{reliability_chart(p, y)}{budget_chart(p, y)}</div>')
    parts.append("<h2>The expected gap</h2><div class='charts'>" + "".join(gap_chart(level, found) for level, found in gaps.items()) + "</div>")
    for level, found in sent.items():
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{number(value) if isinstance(value, float) else f'{value:,}'}</td></tr>" for name, value in found.items())
        parts.append(f"<h2>What is sent with the default thresholds, {escape(level)}</h2><table>{rows}</table>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>retaind: how right the forecasts are</title><style>{STYLE}</style></head><body>"
        "<h1>How right the forecasts are</h1><p>Parameters were fitted on what happened before the scored windows, and frozen. The "
        "published rows were measured by others; which customers and items they asked about is known in part only.</p>"
        f"{''.join(parts)}</body></html>\n")
