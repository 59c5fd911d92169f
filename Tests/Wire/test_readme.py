"""Every command of the README runs as it stands there."""

import os
import re
import signal
import subprocess

import pytest

from daemon import REPOSITORY, binary

# What calls this test, and what CI runs before it or beside it.
RUN_ELSEWHERE = {
    "deploy/test", "deploy/quickstart", "deploy/build retaind", "deploy/build simulate",
    ".build/release/simulate --seeds 200",
}


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and line not in RUN_ELSEWHERE]


def here(command):
    """The command with the binary under test in place of the release build."""
    return command.replace(".build/release/retaind", str(binary()))


def test_the_readme_has_commands():
    assert any("check" in command for command in commands())
    assert any("run" in command for command in commands())


@pytest.mark.parametrize("command", [command for command in commands() if "retaind run" not in command])
def test_the_command_ends_well(command, tmp_path):
    done = subprocess.run(
        here(command), shell=True, cwd=REPOSITORY, env={**os.environ, "DESTDIR": str(tmp_path)},
        capture_output=True, text=True, timeout=600)  # The package's build, when it is the first of this tree.
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [command for command in commands() if "retaind run" in command])
def test_run_becomes_ready_and_stops(command, topics, tmp_path):
    topics.create()
    environment = {
        **os.environ, "RETAIND_KAFKA_BOOTSTRAP_SERVERS": topics.bootstrap, "RETAIND_STATE_DIRECTORY": str(tmp_path),
        "RETAIND_GROUP": topics.prefix + "readme",
        **{f"RETAIND_TOPICS_{variable(name)}": topic for name, topic in topics.names.items()},
    }
    process = subprocess.Popen(
        ["/bin/sh", "-c", "exec " + here(command)], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert any('"event":"ready"' in line for line in process.stdout), "it ended before it was ready"
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()
        process.stdout.close()


def variable(name):
    return re.sub("([A-Z])", r"_\1", name).upper()
