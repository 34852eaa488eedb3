"""Work shared with forked workers is all done, and its failures are raised in the parent.

Each test runs its own program: pytest has threads, and only a process without threads may fork.
"""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

PROGRAM = """
import os, signal, sys
from infolettre.core import program
from infolettre.core import processes

program.cores = lambda: 3
HERE, learned, heard, begun = os.getpid(), [], [], []

def do(at):
    {body}
    learned.append(at)
    return at, os.getpid()

done = list(processes.share({count}, do, lambda: learned, heard.append, begun.append))
print(len({{at for at, _ in done}}), len({{pid for _, pid in done}}), len(done))
mine = sum(pid == HERE for _, pid in done)
print(sorted(filter(None, map(len, heard))) == sorted(
    sum(pid == worker for _, pid in done) for worker in {{pid for _, pid in done}} - {{HERE}}
), len(begun) == mine)
"""


def _run(body: str, *, count: int = 900) -> subprocess.CompletedProcess[str]:
    program = dedent(PROGRAM).format(body=body, count=count)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )


def test_each_job_is_done_once_and_the_parent_hears_what_workers_learn() -> None:
    different, workers, done, heard, begun = _run("import time; time.sleep(0.001)").stdout.split()
    assert (different, done, heard, begun) == ("900", "900", "True", "True")
    assert int(workers) > 1


def test_a_small_amount_of_work_starts_no_worker() -> None:
    assert _run("pass", count=30).stdout.split()[:3] == ["30", "1", "30"]


def test_a_job_that_fails_in_a_worker_is_retried_in_the_parent() -> None:
    counts = _run("assert at % 7 or os.getpid() == HERE, at").stdout.split()
    assert (counts[0], counts[2]) == ("900", "900")


def test_a_job_that_fails_everywhere_fails_in_the_parent() -> None:
    result = _run("assert at != 5, 'cinq'")
    assert result.returncode == 1
    assert "AssertionError: cinq" in result.stderr


def test_the_work_of_a_killed_worker_is_done_in_the_parent() -> None:
    counts = _run("os.getpid() == HERE or os.kill(os.getpid(), signal.SIGKILL)").stdout.split()
    assert counts[:3] == ["900", "1", "900"]


def test_workers_end_when_the_parent_stops_iterating() -> None:
    program = dedent("""
        import multiprocessing, time
        from contextlib import closing
        from infolettre.core import program
        from infolettre.core import processes

        program.cores = lambda: 3
        def do(at):
            time.sleep(0.01)
            return at

        with closing(processes.share(900, do, list, print, lambda _: None)) as done:
            next(done)
            print(len(multiprocessing.active_children()))
        print(len(multiprocessing.active_children()))
    """)
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.stdout.split() == ["2", "0"]
