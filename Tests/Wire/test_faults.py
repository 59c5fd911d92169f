"""Faults under load, one each: an orderly end, a second instance, a stall beyond the session, a name used twice.

The broker process of these tests neither checks generations nor holds back unstable offsets, so that what only those
guarantee is shown by `chaos.py` on Kafka itself.
"""

from __future__ import annotations

from fleet import FENCED_CODE, STOP_SECONDS
from busy_shop import DEADLINE_SECONDS, EVENTS_PER_SECOND

SESSION_SECONDS = 6


def test_sigterm_under_load_ends_with_0_in_10_seconds_and_loses_nothing(shop, instance):
    retaind = instance("a")
    for _ in range(3):
        shop.wait_for_events(retaind)
        code, seconds = retaind.stop_in_time()
        assert code == 0, retaind.tail()
        assert seconds < STOP_SECONDS, retaind.tail()
        retaind.start()
    shop.judge(retaind)


def test_an_instance_that_joins_leaves_and_comes_back_under_load_loses_and_doubles_nothing(shop, instance):
    first = instance("a")
    shop.wait_for_events(first)
    second = instance("b")
    first.wait_for("revoked")
    for _ in range(2):
        # Caught up can be the group already before the second instance has its share, on a machine that is slow to start it.
        second.wait_for("partition-restored")
        shop.wait_for_events(second)
        assert second.stop() == 0
        # This broker keeps a static member's share for it for ever, Kafka until its session ends.
        second.start()
    shop.judge(second)
    assert first.stop() == 0


def test_a_process_stopped_beyond_its_session_drops_its_work_and_joins_again(shop, instance):
    retaind = instance("a")
    shop.wait_for_events(retaind)
    retaind.freeze()
    # No event of a stopped process can be waited for; only time makes its session end.
    shop.load.wait_for_more(EVENTS_PER_SECOND * (SESSION_SECONDS + 2))
    before = len(retaind.lines("partition-restored"))
    retaind.thaw()
    retaind.wait_for_more("partition-restored", before)
    # It depends on which of the two librdkafka notices first: the session's end, or the coordinator's refusal.
    assert retaind.lines("session-dropped") or retaind.lines("revoked"), retaind.tail()
    shop.judge(retaind)


def test_of_two_processes_with_one_name_the_older_says_so_and_ends(shop, instance):
    older = instance("a")
    shop.wait_for_events(older)
    newer = instance("a")
    assert older.wait_for_end(DEADLINE_SECONDS) == FENCED_CODE, older.tail()
    said = older.lines("worker-stopped")
    assert said and "another process runs with the same instance name" in said[0]["message"]
    newer.wait_for("partition-restored")
    shop.judge(newer)
    assert newer.is_running()
    assert not newer.lines("worker-stopped")
