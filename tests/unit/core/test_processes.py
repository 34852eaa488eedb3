"""Work that copies of a process share: all of it is done, and what fails there fails here.

Each test runs a program of its own, since a test has threads, and only what has none is copied.
"""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

PROGRAM = """
import os, signal, sys
from axtra.core import program
from axtra.core import processes

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
    sum(pid == one for _, pid in done) for one in {{pid for _, pid in done}} - {{HERE}}
), len(begun) == mine)
"""


def _run(body: str, *, count: int = 900) -> subprocess.CompletedProcess[str]:
    program = dedent(PROGRAM).format(body=body, count=count)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )


def test_each_piece_is_done_once_and_what_copies_learn_is_heard() -> None:
    different, workers, done, heard, begun = _run("import time; time.sleep(0.001)").stdout.split()
    assert (different, done, heard, begun) == ("900", "900", "True", "True")
    assert int(workers) > 1


def test_little_work_makes_no_copy() -> None:
    assert _run("pass", count=30).stdout.split()[:3] == ["30", "1", "30"]


def test_what_fails_in_a_copy_is_done_again_here() -> None:
    said = _run("assert at % 7 or os.getpid() == HERE, at").stdout.split()
    assert (said[0], said[2]) == ("900", "900")


def test_what_fails_everywhere_fails_here() -> None:
    ended = _run("assert at != 5, 'cinq'")
    assert ended.returncode == 1
    assert "AssertionError: cinq" in ended.stderr


def test_the_work_of_a_copy_that_is_killed_is_done_here() -> None:
    said = _run("os.getpid() == HERE or os.kill(os.getpid(), signal.SIGKILL)").stdout.split()
    assert said[:3] == ["900", "1", "900"]


def test_no_copy_outlives_whoever_stops_listening() -> None:
    program = dedent("""
        import multiprocessing, time
        from contextlib import closing
        from axtra.core import program
        from axtra.core import processes

        program.cores = lambda: 3
        def do(at):
            time.sleep(0.01)
            return at

        with closing(processes.share(900, do, list, print, lambda _: None)) as done:
            next(done)
            print(len(multiprocessing.active_children()))
        print(len(multiprocessing.active_children()))
    """)
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert said.stdout.split() == ["2", "0"]
