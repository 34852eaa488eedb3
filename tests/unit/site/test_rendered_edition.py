"""An edition, found by its name and rendered for a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra import site
from axtra.content.model import Status
from axtra.site import UnknownEditionError, find_edition
from infolettre.core.refusals import DiagnosedRefusal
from support.sample_library import edition, library, news
from support.small_sites import DAY, FULL, letter, make_project

NEWS = news("nouvelle")


def test_an_edition_is_found_by_its_name_and_nothing_else_is() -> None:
    june = edition("2020-06-01")
    assert find_edition(library(NEWS, june), "2020-06-01") is june
    with pytest.raises(UnknownEditionError) as caught:
        find_edition(library(NEWS, june), "2020-06-02")
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        "l’édition « 2020-06-02 » n’existe pas.\n    → Vouliez-vous dire « 2020-06-01 » ?"
    )
    with pytest.raises(UnknownEditionError, match="Il n’y en a aucun"):
        find_edition(library(NEWS), NEWS.slug)


def test_an_edition_has_its_page_its_inputs_and_links_for_all(tmp_path: Path) -> None:
    made = make_project(tmp_path, FULL)
    rendered = site.edition(made.root, "2020-05-06", "membres", moment=DAY)
    assert rendered.online.endswith("/infolettres/2020-05-06/")
    assert {"newsletters/2020/2020-05-06.md", "theme/tokens.toml"} <= rendered.inputs.keys()
    assert all(len(digest) == 64 for digest in rendered.inputs.values())
    assert set(rendered.links.values()) != set()


def test_an_edition_to_come_is_rendered_as_on_its_day(tmp_path: Path) -> None:
    made = make_project(
        tmp_path, {**FULL, "newsletters/2020/2020-07-01.md": letter(date="2020-07-01")}
    )
    rendered = site.edition(made.root, "2020-07-01", None, moment=DAY)
    assert rendered.letter.status is Status.PUBLISHED


def test_content_with_an_error_is_refused_with_every_problem(tmp_path: Path) -> None:
    made = make_project(tmp_path, {**FULL, "content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    with pytest.raises(DiagnosedRefusal) as caught:
        site.edition(made.root, "2020-05-06", None, moment=DAY)
    assert [problem.rule for problem in caught.value.diagnostics] == ["entete-absent"]
