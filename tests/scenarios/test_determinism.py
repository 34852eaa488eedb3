"""Same input, same bytes: whatever the hash seed, the folder, the hour or what ran before."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path

from conftest import MakeProject, Sample
from sites import BIN, DAY, FULL, ROOT, news, tree
from test_second_site import SECOND

from axtra.dates import ZONE


def test_two_hash_seeds_two_folders_and_two_hours_give_the_same_bytes(
    sample: Sample, tmp_path: Path
) -> None:
    targets = {seed: tmp_path / f"graine-{seed}" / "output" for seed in ("1", "20190327")}
    builds = [
        subprocess.Popen(
            [BIN / "axtra", "construire", "--date", "2026-01-15", "--sortie", target],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
        )
        for seed, target in targets.items()
    ]
    assert [build.wait(60) for build in builds] == [0, 0]
    first, second = (tree(target) for target in targets.values())
    assert first == second
    assert first == tree(sample.output)  # built at another hour of that day, in this process


def test_where_a_project_is_leaves_no_trace(project: MakeProject, tmp_path: Path) -> None:
    here, there = project(SECOND, "ici"), project(SECOND, "là bas/plus loin")
    assert not here.build().refused
    assert not there.build(target=tmp_path / "ailleurs").refused
    assert tree(here.output) == tree(tmp_path / "ailleurs")


def test_another_hour_of_the_same_day_gives_the_same_bytes(project: MakeProject) -> None:
    full = project(FULL)
    full.build(moment=datetime(2020, 6, 1, 0, 1, tzinfo=ZONE))
    morning = tree(full.output)
    report = full.build(moment=datetime(2020, 6, 1, 23, 59, tzinfo=ZONE))
    assert (report.written, report.removed) == (0, 0)
    assert tree(full.output) == morning


def test_nothing_that_is_built_names_the_machine_or_the_hour(sample: Sample) -> None:
    traces = [str(ROOT), str(sample.output), str(Path.home()), "2026-01-15", "T10:00:00"]
    named = [
        (name, trace)
        for name in sample.crawl.files
        for trace in traces
        if trace.encode() in (sample.output / name).read_bytes()
    ]
    assert named == []


def test_a_build_keeps_nothing_of_the_build_before_it(project: MakeProject, tmp_path: Path) -> None:
    site = project(SECOND)
    site.build(target=tmp_path / "seul")
    other = {**FULL, "content/nouvelles/2020/hier.md": news("Une autre", mots_cles="[accueil]")}
    project(other, "autre").build(preview=True, moment=DAY.replace(year=2030))
    site.build(target=tmp_path / "ensuite")
    assert tree(tmp_path / "seul") == tree(tmp_path / "ensuite")
