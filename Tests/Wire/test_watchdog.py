"""The service manager's watchdog is fed while the workers move, whether there is work or not.

That it is not fed while one hangs is shown inside the process, where a handler can be made to hang.
"""

from busy_shop import DEADLINE_SECONDS


def test_the_watchdog_is_fed_under_load_and_while_idle(shop, instance, service_manager):
    retaind = instance("a", service_manager.environment)
    service_manager.wait_for("READY=1", DEADLINE_SECONDS)
    service_manager.expect_to_be_fed(5)
    shop.judge(retaind)
    service_manager.expect_to_be_fed(5)
    assert not retaind.lines("worker-stalled"), retaind.tail()
    assert retaind.stop() == 0
    service_manager.wait_for("STOPPING=1", DEADLINE_SECONDS)
