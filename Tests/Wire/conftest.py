"""Fixtures: one broker for the session, topics and daemons of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

import broker as broker_process
from busy_shop import BusyShop
from daemon import Daemon, binary
from fleet import Instance
from service_manager import NotifySocket
from topics import Topics
from workload import RULES


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[broker_process.Cluster]:
    """The cluster under the whole session; a broker process of our own is stopped at its end."""
    if not binary().exists():
        pytest.fail(f"no retaind at {binary()}: run `swift build`, or set RETAIND_TEST_BINARY", pytrace=False)
    cluster = broker_process.cluster_for_tests(tmp_path_factory.mktemp("broker") / "data")
    yield cluster
    cluster.stop()


@pytest.fixture
def topics(cluster: broker_process.Cluster) -> Iterator[Topics]:
    """Topic names that no other test has; the test creates them with the partition counts it wants."""
    topics = Topics(cluster.bootstrap)
    yield topics
    topics.delete()


@pytest.fixture
def daemon(tmp_path: Path, topics: Topics) -> Iterator[Callable[..., Daemon]]:
    """Makes a daemon on the test's topics; it is killed at the end if the test has not stopped it."""
    made: list[Daemon] = []

    def make(**settings) -> Daemon:
        made.append(Daemon(tmp_path / f"retaind-{len(made)}", topics, **settings))
        return made[-1]

    yield make
    for daemon in made:
        daemon.kill()


@pytest.fixture
def shop(topics: Topics) -> Iterator[BusyShop]:
    """A load on the test's topics; it is abandoned if the test has not judged it."""
    shop = BusyShop(topics)
    yield shop
    shop.load.abandon()


@pytest.fixture
def instance(tmp_path: Path, topics: Topics) -> Iterator[Callable[..., Instance]]:
    """Makes and starts an instance by its name, on a state directory that all of them share."""
    made: list[Instance] = []

    def make(name: str, environment: dict[str, str] | None = None, **settings) -> Instance:
        directory = tmp_path / f"{name}-{len(made)}"
        directory.mkdir()
        made.append(Instance(
            directory, topics, rules=RULES, instance=name, stateDirectory=str(tmp_path / "state"), **settings))
        made[-1].environment.update(environment or {})
        made[-1].start()
        return made[-1]

    yield make
    for retaind in made:
        retaind.kill()


@pytest.fixture
def service_manager(tmp_path: Path) -> Iterator[NotifySocket]:
    """Somebody to whom a daemon says how it is, when its environment names it."""
    manager = NotifySocket(tmp_path / "notify")
    yield manager
    manager.close()


@pytest.fixture
def now() -> datetime:
    """The instant that the test's history ends at."""
    return datetime.now(timezone.utc)
