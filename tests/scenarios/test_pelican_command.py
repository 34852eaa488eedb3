"""The `pelican` command refuses what `axtra` refuses, in the same words, without a traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news


def _bad_date(project: Project) -> None:
    project.write({"content/nouvelles/2020/datee.md": news(date="31 fevrier 2019")})


def _unreadable_template(project: Project) -> None:
    (project.own_theme() / "templates/404.html").write_text("\n{% if %}", "utf-8")


def _unknown_name(project: Project) -> None:
    (project.own_theme() / "templates/404.html").write_text("\n{{ absent }}", "utf-8")


def _hidden_page(project: Project) -> None:
    project.write({"content/redirections.toml": '"/a-propos/" = "/magazine/"\n'})


def _folder_in_use(project: Project) -> None:
    project.write({"autre/vacances.txt": "ne pas toucher"})


@pytest.mark.parametrize(
    ("break_project", "rule"),
    [
        (_bad_date, "date-invalide"),
        (_unreadable_template, "gabarit-fautif"),
        (_unknown_name, "gabarit-fautif"),
        (_hidden_page, "redirection-de-trop"),
        (_folder_in_use, "sortie-etrangere"),
    ],
)
def test_the_pelican_command_reports_a_mistake_as_axtra_does(
    new_project: MakeProject, break_project: Callable[[Project], None], rule: str
) -> None:
    project = new_project(FULL)
    break_project(project)
    done = project.run("pelican", "-s", "pelicanconf.py", "-o", "autre")
    printed = done.stdout + done.stderr
    assert done.returncode == 1, printed
    assert rule in done.stderr
    assert "Traceback" not in printed
    assert not (project.root / "autre/index.html").exists()
    assert rule in "".join(map(str, project.build(target=project.root / "autre").diagnostics))
