"""A build gives the same result in a single process, in forked processes or in spawned ones."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys

from support.fixture_types import MakeProject
from support.small_sites import ROOT, letter, news, tree

METHODS = {"fork", "spawn"} & {*multiprocessing.get_all_start_methods()}
METHODS |= {"single"} if hasattr(os, "sched_setaffinity") else set()
FRESH_BUILD = ("-m", "support.fresh_build")
# Enough texts for several processes; some have diagnostics, whose order must not change.
FILES = {
    f"content/nouvelles/2019/n-{n:03d}.md": news(f"Nouvelle {n}", "2019-11-05")
    + (f"\nVoir [la {n - 1}](nouvelles/2019/n-{n - 1:03d}.md).\n" if n % 7 else "\nà compléter\n")
    for n in range(170)
} | {"newsletters/2020/2020-05-06.md": letter("/// article | n-003\n///")}


def test_forked_and_spawned_processes_build_what_a_single_process_builds(
    new_project: MakeProject,
) -> None:
    project = new_project(FILES)
    outputs, trees = set(), []
    for method in METHODS:
        target = project.root.parent / method
        for kept in (project.root / ".cache").glob("textes.db*"):
            kept.unlink()  # otherwise no text would be read again
        done = subprocess.run(
            [sys.executable, "-W", "error", *FRESH_BUILD, method, project.root, target],
            cwd=ROOT / "tests",
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
        trees.append(tree(target))
    assert len(outputs) == 1
    assert outputs.pop().count("à compléter") == 25
    assert len(trees[0]) > 400
    assert all(built == trees[0] for built in trees)
