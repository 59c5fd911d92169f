"""Adds up test reports: `count_results.py NAME=EXIT_CODE=REPORT.xml ...`, the last line being `N passed, N failed`.

A runner that ended non-zero, or left no report, counts as one failure where its report shows none, so that a crash can
never look like success. A check without a report (`NAME=EXIT_CODE=`) counts as one. Ends 0 when nothing failed and something passed.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def counts(report: Path) -> tuple[int, int]:
    """How many test cases of a JUnit report passed, and how many failed; skipped ones are neither."""
    passed = failed = 0
    for case in ElementTree.parse(report).iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failed += 1
        elif "skipped" not in outcomes:
            passed += 1
    return passed, failed


def main(arguments: list[str]) -> int:
    all_passed = all_failed = 0
    for argument in arguments:
        name, exit_code, report = argument.split("=", 2)
        if report:
            passed, failed = counts(Path(report)) if Path(report).exists() else (0, 0)
        else:
            passed, failed = int(exit_code == "0"), 0
        if failed == 0 and (exit_code != "0" or passed == 0):
            failed = 1
        print(f"{name}: {passed} passed, {failed} failed (exit code {exit_code})")
        all_passed, all_failed = all_passed + passed, all_failed + failed
    print(f"{all_passed} passed, {all_failed} failed")
    return 0 if all_failed == 0 and all_passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
