"""The benchmark runs and counts right; how fast anything is, no test says."""

import json
import subprocess

from daemon import REPOSITORY, binary


def test_the_quick_run_takes_every_event_once():
    done = subprocess.run(
        [binary().parent / "retaind-bench", "--quick", "--json"], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert (counts["events"], counts["deadLetters"], counts["forwarded"]) == (20_000, 0, 0)
    assert counts["outputRecords"] > counts["events"]
    assert 0 < counts["commits"] <= counts["events"]
    assert counts["ratio"] == counts["daemonCPUSeconds"] / counts["rawCPUSeconds"] > 0
