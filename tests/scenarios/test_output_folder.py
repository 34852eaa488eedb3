"""The output folder: what is in it changes whole, or not at all."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import MakeProject
from sites import FULL, Project, news, tree

from axtra.site import output

NEWS = "content/nouvelles/2020/une-nouvelle.md"
BROKEN = {
    "a content error": (NEWS, news(date="31 fevrier 2019")),
    "a template error": ("theme/templates/page.html", "{{ inconnu }}"),
    "a template that does not parse": ("theme/templates/page.html", "{% if %}"),
    "a token error": ("theme/tokens.toml", "[couleurs]\n"),
    "a colour that is no token": (
        "content/rubriques.toml",
        '[regards]\nnom = "R"\ndescription = "D"\ncouleur = "violete"\n',
    ),
}


@pytest.fixture
def built(project: MakeProject) -> Project:
    site = project(FULL)
    assert not site.build().refused
    return site


def _dates(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def _remnants(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".output")]


def test_a_build_without_a_change_touches_nothing(built: Project) -> None:
    before, folder = _dates(built.output), built.output.stat().st_ino
    report = built.build()
    assert (report.written, report.removed) == (0, 0)
    assert _dates(built.output) == before
    assert built.output.stat().st_ino == folder


def test_only_what_changed_takes_a_new_date(built: Project) -> None:
    before = _dates(built.output)
    built.write({NEWS: news().replace("Un texte assez long", "Un texte tout autre")})
    report = built.build()
    after = _dates(built.output)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "nouvelles/une-nouvelle/index.html",
        "flux/site.xml",
        "flux/nouvelles.xml",
    }
    assert report.written == len(changed)


def test_what_no_content_makes_any_more_goes_away(built: Project) -> None:
    (built.root / NEWS).unlink()
    report = built.build()
    assert report.removed == 2  # the page and its drawing
    assert not (built.output / "nouvelles/une-nouvelle").exists()


def test_a_stray_file_in_the_output_goes_away(built: Project) -> None:
    (built.output / "vieux.html").write_text("vieux", encoding="utf-8")
    assert built.build().removed == 1
    assert not (built.output / "vieux.html").exists()


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN)
def test_a_build_that_fails_leaves_the_old_site_whole(
    built: Project, name: str, content: str
) -> None:
    before = tree(built.output)
    if name.startswith("theme"):
        built.own_theme()
    built.write({name: content})
    report = built.build()
    assert report.refused
    assert report.diagnostics[-1].file.endswith(name)
    assert tree(built.output) == before
    assert _remnants(built.root) == []


def test_a_template_error_names_its_template_and_line(built: Project) -> None:
    theme = built.own_theme()
    page = theme / "templates" / "page.html"
    lines = page.read_text(encoding="utf-8").split("\n")
    lines[6] += "{{ inconnu }}"
    page.write_text("\n".join(lines), encoding="utf-8")
    (found,) = built.build().diagnostics
    assert (found.file, found.line, found.rule) == (
        "theme/templates/page.html",
        7,
        "gabarit-fautif",
    )


@pytest.mark.parametrize("folder", ["content", "newsletters", ".", "theme/templates"])
def test_a_folder_that_holds_work_is_never_replaced(built: Project, folder: str) -> None:
    before = tree(built.root / folder)
    report = built.build(target=built.root / folder)
    assert [one.rule for one in report.diagnostics] == ["sortie-etrangere"]
    assert tree(built.root / folder) == before


def test_an_empty_folder_may_become_the_output(built: Project, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert not built.build(target=tmp_path / "vide").refused
    assert tree(tmp_path / "vide") == tree(built.output)


def test_a_link_to_a_folder_stays_a_link(built: Project, tmp_path: Path) -> None:
    (tmp_path / "vrai").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    built.build(target=tmp_path / "lien")
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "vrai" / "index.html").is_file()


def test_an_output_that_cannot_be_is_said_in_french(built: Project) -> None:
    report = built.build(target=built.root / "pelicanconf.py" / "sous")
    assert [one.rule for one in report.diagnostics] == ["sortie-impossible"]


def test_the_next_build_removes_what_a_killed_build_left(built: Project) -> None:
    left = built.root / ".output.axtra-abcd1234"
    (left / "nouvelles").mkdir(parents=True)
    mine = built.root / ".output.sauvegarde"
    mine.mkdir()
    built.build()
    assert not left.exists()
    assert mine.is_dir()


# --- the same, under kills and readers -----------------------------------------------------------

_WRITER = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("output", sys.argv[1])
output = sys.modules["output"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(output)
turn = int(sys.argv[3])
print("prêt", flush=True)
while True:
    turn += 1
    table = output.Table()
    for number in range(60):
        table.add(f"{number % 7}/{number}.html", lambda: f"version {turn % 2}".encode() * 50)
    table.add(f"seulement-{turn % 2}.html", lambda: b"x")
    output.publish(table, Path(sys.argv[2]))
"""


def _table(version: int) -> output.Table:
    table = output.Table()
    for number in range(60):
        table.add(f"{number % 7}/{number}.html", lambda: f"version {version}".encode() * 50)
    table.add(f"seulement-{version}.html", lambda: b"x")
    return table


def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    whole = []
    for version in (0, 1):
        output.publish(_table(version), tmp_path / f"modele-{version}")
        whole.append(tree(tmp_path / f"modele-{version}"))
    target = tmp_path / "output"
    output.publish(_table(0), target)
    chance = random.Random(2019)  # noqa: S311 - the same moments at each run
    for turn in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, output.__file__, target, str(turn)],
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        with writer.stdout as said:
            said.readline()
            time.sleep(chance.uniform(0.001, 0.05))
            writer.kill()
            writer.wait()
        assert tree(target) in whole, f"kill {turn}"
    output.publish(_table(1), target)
    assert tree(target) == whole[1]
    assert _remnants(tmp_path) == []


def test_a_reader_never_finds_the_site_absent_or_mixed(tmp_path: Path) -> None:
    target = tmp_path / "output"
    output.publish(_table(0), target)
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add((target / "3" / "3.html").read_bytes())
            if not (target / "4" / "4.html").is_file():
                seen.add(b"absent")

    def read_and_note() -> None:
        try:
            read()
        except OSError as error:
            seen.add(repr(error).encode())

    reader = threading.Thread(target=read_and_note)
    reader.start()
    for turn in range(1, 31):
        output.publish(_table(turn % 2), target)
    done.set()
    reader.join()
    assert seen <= {b"version 0" * 50, b"version 1" * 50}


def test_two_builds_of_one_folder_take_turns(tmp_path: Path) -> None:
    target, failed = tmp_path / "output", []

    def publish(version: int) -> None:
        try:
            for _ in range(8):
                output.publish(_table(version), target)
        except Exception as error:  # noqa: BLE001 - a thread would swallow it
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(version,)) for version in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    output.publish(_table(0), tmp_path / "modele-0")
    output.publish(_table(1), tmp_path / "modele-1")
    assert tree(target) in [tree(tmp_path / "modele-0"), tree(tmp_path / "modele-1")]
    assert _remnants(tmp_path) == []
