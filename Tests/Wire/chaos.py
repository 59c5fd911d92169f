#!/usr/bin/env python3
"""Breaks a running installation in every way it may break, under load, and counts what was lost or doubled.

A producer process publishes a workload whose every output is known (`workload.py`), one to three instances of
`retaind run` process it, and a seeded schedule kills, restarts, freezes, adds, removes and impersonates instances, and
kills and restarts the broker. At the end everything is read back by a fresh read-committed reader and compared: each
notice, ledger entry and dead letter exactly once, with the right content and balances.

Ends 0 only when nothing is lost, doubled, extra or wrong, and no instance behaved otherwise than it must: SIGTERM ends
in 0 within 10 s, a fenced instance says so and ends, no other one ends by itself, and the group always catches up.

    chaos.py --bootstrap 127.0.0.1:9092 --kills 20 --joins 10 --freezes 3 --twins 2
    chaos.py --broker-command './start-broker 19092' --bootstrap 127.0.0.1:19092 --broker-restarts 20
    chaos.py --seconds 1200 --customers 150 --rate 4000        a soak: no faults, memory sampled

Without --bootstrap and RETAIND_TEST_BOOTSTRAP it starts the wire tests' own broker, which knows no generations and is
never restarted here, as it loses what it had not yet written. RETAIND_TEST_BINARY names the executable (default: the
debug build). For use by hand; count 8 s for a fault, 25 s for a broker's restart.

The load may be more than the machine can do: then the group does not catch up, and a lower --rate is the remedy.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from audit import audited
from broker import Cluster, cluster_for_tests
from external_broker import ExternalBroker
from fault_schedule import STATE_PARTITIONS, Chaos
from load import Load
from topics import Topics
from workload import Audit, Workload


def report(chaos: Chaos, events: int, audit: Audit) -> bool:
    """Prints what happened; whether all of it was as promised."""
    for name, samples in sorted(chaos.memory.items()):
        sizes = [size / 2**20 for _, size in samples]
        # The first fifth is warming up.
        fifths = [statistics.median(sizes[len(sizes) * at // 5:len(sizes) * (at + 1) // 5] or sizes) for at in range(5)]
        print(f"memory of {name}: {len(sizes)} samples, MiB by fifths of the run "
              + " ".join(f"{size:.1f}" for size in fifths) + f", the last is {fifths[4] / fifths[1] - 1:+.1%} "
              f"on the second, most {max(sizes):.1f}")
    for text in [*chaos.violations, *audit.examples]:
        print(text)
    missing = audit.missing()
    for kind, times in missing.items():
        print(f"lost {times} x {kind}")
    verdict = {"lost": missing.total(), "doubled": audit.doubled, "extra": audit.extra, "wrong": audit.wrong,
               "violations": len(chaos.violations)}
    figures = {"events": events, "orders": audit.orders, "outputs": audit.expected(), **chaos.counts, **verdict}
    print(", ".join(f"{name} {count}" for name, count in figures.items())
          + f", slowest catch-up {chaos.slowest_catch_up:.0f} s")
    return not any(verdict.values())


def main() -> int:
    options = parsed_options()
    if options.keep:
        return 0 if passes(options, Path(options.keep)) else 1
    with tempfile.TemporaryDirectory(prefix="chaos-") as directory:
        return 0 if passes(options, Path(directory)) else 1


def passes(options: argparse.Namespace, directory: Path) -> bool:
    """One whole run, from the topics to the verdict."""
    cluster = the_cluster(options, directory)
    topics = Topics(cluster.bootstrap, f"chaos-{options.seed}-{int(time.time())}.")
    try:
        topics.create(**dict.fromkeys(
            ("orders", "browsing", "customers", "notifications", "ledger"), STATE_PARTITIONS), shipments=3)
        workload = Workload(options.customers)
        load = Load(cluster.bootstrap, topics.names, workload, options.rate, options.orders)
        chaos = Chaos(options, cluster, topics, directory)
        try:
            chaos.run()
            orders = load.finish()
            chaos.settle()
        finally:
            load.abandon()
            for instance in (*chaos.running.values(), *chaos.absent.values()):
                instance.kill()
        passed = report(chaos, load.events, audited(topics, workload, orders))
        if passed or not options.keep:
            topics.delete()
        return passed
    finally:
        cluster.stop()


def the_cluster(options: argparse.Namespace, directory: Path) -> Cluster:
    if options.broker_command:
        broker = ExternalBroker(options.bootstrap, options.broker_command, directory / "broker.log")
        broker.start()
        return broker
    return Cluster(options.bootstrap) if options.bootstrap else cluster_for_tests(directory / "broker")


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--bootstrap", help="a running Kafka, or where --broker-command makes one")
    add("--broker-command", help="runs a broker in the foreground on the same data each time; needs --bootstrap")
    add("--seed", type=int, default=1, help="of the schedule (default %(default)s)")
    add("--seconds", type=float, default=30, help="the load lasts at least so long (default %(default)s)")
    add("--rate", type=float, default=3000, help="events a second (default %(default)s)")
    add("--orders", type=int, default=3_000_000, help="at most, 5.3 events each (default %(default)s)")
    add("--customers", type=int, default=50_000,
        help="many make the state large, few their accounts (default %(default)s)")
    add("--instances", type=int, default=2, choices=(1, 2, 3), help="at the start (default %(default)s)")
    add("--workers", type=int, default=2, help="of each instance (default %(default)s)")
    add("--commit-interval", type=int, default=100, help="in milliseconds (default %(default)s)")
    add("--pause", type=float, default=4, help="seconds between two faults, at most (default %(default)s)")
    add("--kills", type=int, default=0, help="kill -9 of an instance, and a restart")
    add("--restarts", type=int, default=0, help="SIGTERM of an instance, and a restart")
    add("--joins", type=int, default=0, help="an instance joins or leaves")
    add("--freezes", type=int, default=0, help="SIGSTOP beyond the session timeout, then SIGCONT")
    add("--twins", type=int, default=0, help="a second process with the name of a running one")
    add("--broker-restarts", type=int, default=0, help="SIGKILL or SIGTERM of the broker; needs --broker-command")
    add("--keep", help="an empty directory for logs, kept; the topics are kept too when something is wrong")
    add("--verbose", action="store_true", help="say each fault on standard error")
    options = parser.parse_args()
    if options.broker_command and not options.bootstrap:
        parser.error("--broker-command needs --bootstrap: the address where that broker answers")
    if options.broker_restarts and not options.broker_command:
        parser.error("--broker-restarts needs --broker-command")
    return options


if __name__ == "__main__":
    sys.exit(main())
