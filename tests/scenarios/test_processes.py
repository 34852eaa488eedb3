"""The processes that share a build make no difference to it, however they are started."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys

from support.fixture_types import MakeProject
from support.small_sites import ROOT, letter, news, tree

METHODS = {"fork", "spawn"} & {*multiprocessing.get_all_start_methods()}
METHODS |= {"one"} if hasattr(os, "sched_setaffinity") else set()
FRESH_BUILD = ("-m", "support.fresh_build")
# Enough texts for more than one process; some say something, in an order that must stay.
FILES = {
    f"content/nouvelles/2019/n-{n:03d}.md": news(f"Nouvelle {n}", "2019-11-05")
    + (f"\nVoir [la {n - 1}](nouvelles/2019/n-{n - 1:03d}.md).\n" if n % 7 else "\nà compléter\n")
    for n in range(170)
} | {"newsletters/2020/2020-05-06.md": letter("/// article | n-003\n///")}


def test_processes_copied_or_started_anew_build_what_one_builds_alone(project: MakeProject) -> None:
    made = project(FILES)
    said, trees = set(), []
    for method in METHODS:
        target = made.root.parent / method
        for kept in (made.root / ".cache").glob("textes.db*"):
            kept.unlink()  # texts kept from the build before would be read by nobody
        done = subprocess.run(
            [sys.executable, "-W", "error", *FRESH_BUILD, method, made.root, target],
            cwd=ROOT / "tests",
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.add(done.stdout)
        trees.append(tree(target))
    assert len(said) == 1
    assert said.pop().count("à compléter") == 25
    assert len(trees[0]) > 400
    assert all(one == trees[0] for one in trees)
