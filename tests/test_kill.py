"""A process that is killed in the middle loses no answer that it acknowledged."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import HERE, run

ANSWERS = 12


@pytest.mark.parametrize("killed_after", [1, 5, 11])
def test_kill_9_loses_no_acknowledged_answer(tmp_path: Path, killed_after: int) -> None:
    """Members answer one after the other; at the nth receipt the process dies."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "play", "--db", "k.db"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(ANSWERS):
            process.stdin.write(f"/as member{number}\nI do not know, says {number}.\n.\n")
        process.stdin.flush()
        seen = 0
        for line in process.stdout:
            seen += "Answer 1: Score" in line
            if seen == killed_after:
                process.send_signal(signal.SIGKILL)
                break
        rest = process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    acknowledged = killed_after + rest.count("Answer 1: Score")
    assert run("db", "check", "--db", "k.db", cwd=tmp_path).returncode == 0
    after = run("play", "--db", "k.db", cwd=tmp_path, stdin="/close\n").stdout
    counted = re.search(r"made by \d+ of (\d+)", after)
    assert counted is not None
    assert int(counted[1]) >= acknowledged
    assert run("db", "check", "--db", "k.db", cwd=tmp_path).returncode == 0
