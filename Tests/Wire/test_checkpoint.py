"""The checkpoint is a cache: with it, without it, with a torn or an old one, the state after a restart is the same."""

import shutil
from pathlib import Path

import pytest

from daemon import Daemon, LogLine
from model import Model
from playing import Stage
from scenario import ARRIVAL, PROFILES, PURCHASES, Shop, rules
from topics import STATE_PARTITIONS


def keep(_retaind: Daemon, _older: Path) -> None:
    """A normal restart."""


def delete(retaind: Daemon, _older: Path) -> None:
    shutil.rmtree(retaind.state_directory)
    retaind.state_directory.mkdir()


def tear(retaind: Daemon, _older: Path) -> None:
    """What is left when the machine lost power while the file system wrote."""
    for file in checkpoints(retaind.state_directory):
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])


def flip_a_bit(retaind: Daemon, _older: Path) -> None:
    for file in checkpoints(retaind.state_directory):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0x10
        file.write_bytes(content)


def put_back_older(retaind: Daemon, older: Path) -> None:
    """As after a restore of yesterday's backup: valid, but the changelog has gone on."""
    shutil.rmtree(retaind.state_directory)
    shutil.copytree(older, retaind.state_directory)


@pytest.mark.parametrize(("damage", "told"), [
    (keep, "checkpoint-read"), (put_back_older, "checkpoint-read"), (delete, None), (tear, "checkpoint-unusable"),
    (flip_a_bit, "checkpoint-unusable"),
])
def test_restart_goes_on_with_the_same_state(damage, told, topics, daemon, tmp_path, now):
    topics.create()
    shop = Shop(now, customers=44, seed=2)
    stage = Stage(topics, Model(rules(now)))
    retaind = daemon(rules=rules(now))
    older = tmp_path / "older"

    for number in range(PROFILES, ARRIVAL):
        run_wave(retaind, stage, shop, number)
        if number == PURCHASES:
            shutil.copytree(retaind.state_directory, older)
    assert checkpoints(retaind.state_directory), "a clean stop leaves checkpoints"
    damage(retaind, older)
    retaind.start()
    retaind.wait_until_ready()
    check_restore(retaind, told)
    assert retaind.stop() == 0
    for number in range(ARRIVAL, len(shop.waves)):
        run_wave(retaind, stage, shop, number)
    stage.judge()


def check_restore(retaind: Daemon, told: str | None) -> None:
    """The first restore of each partition went that way; later ones, after a rebalance, may use what it left."""
    for partition in range(STATE_PARTITIONS):
        def is_mine(line: LogLine, partition: int = partition) -> bool:
            return line.get("partition") == partition

        restored = retaind.wait_for("partition-restored", is_mine)
        before = [line["event"] for line in retaind.log[: retaind.log.index(restored)] if is_mine(line)]
        assert [event for event in before if event.startswith("checkpoint-")] == ([told] if told else [])
        if told != "checkpoint-read":
            assert restored["from"] == 0 and restored["records"] > 0, "the whole changelog was read"


def run_wave(retaind: Daemon, stage: Stage, shop: Shop, number: int) -> None:
    """One run of the daemon, from start to a clean stop, over one wave."""
    retaind.start()
    retaind.wait_until_ready()
    stage.publish(shop.waves[number])
    stage.expect(shop.waves[number], shop.now)
    stage.wait_until_settled(retaind)
    assert retaind.stop() == 0


def checkpoints(directory: Path) -> list[Path]:
    return sorted(file for file in directory.rglob("*") if file.is_file() and file.stat().st_size > 0)
