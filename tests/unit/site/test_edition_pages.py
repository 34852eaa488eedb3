"""The pages about editions that the preview serves and the command writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra import site
from axtra.content.loading import Reading
from axtra.newsletter.editions import EditionState
from axtra.site import UnknownEditionError
from axtra.site.settings import SiteSettings, site_settings
from support.small_sites import DAY, FULL, letter, make_project


@pytest.fixture
def opened(tmp_path: Path) -> tuple[SiteSettings, Reading]:
    """Read a small project."""
    settings = site_settings(make_project(tmp_path, FULL).root)
    return settings, Reading(settings.folders, moment=DAY)


def _page(opened: tuple[SiteSettings, Reading], address: str) -> str | None:
    settings, reading = opened
    return site.preview_page(address, settings, reading.library, [])


def test_the_calendar_is_that_of_the_year_asked_for(opened: tuple[SiteSettings, Reading]) -> None:
    here = _page(opened, "/__axtra/calendrier?annee=2020")
    assert here is not None
    assert "La lettre de mai" in here
    other = _page(opened, "/__axtra/calendrier?annee=2019")
    assert other is not None
    assert "La lettre de mai" not in other
    assert _page(opened, "/__axtra/calendrier") == here
    assert _page(opened, "/__axtra/calendrier?annee=hier") == here


def test_an_edition_is_simulated_with_images_of_the_preview(
    opened: tuple[SiteSettings, Reading],
) -> None:
    page = _page(opened, "/__axtra/planche/2020-05-06/")
    assert page is not None
    assert "/images/courriel/" in page


@pytest.mark.parametrize(
    "address", ["/__axtra/planche/2020-05-07/", "/__axtra/planche/un-colloque/", "/infolettres/"]
)
def test_other_addresses_have_no_page(opened: tuple[SiteSettings, Reading], address: str) -> None:
    assert _page(opened, address) is None


def test_a_simulation_is_written_with_its_images_beside_it(tmp_path: Path) -> None:
    made = make_project(tmp_path / "projet", FULL)
    target = tmp_path / "planche"
    site.write_simulation_page(made.root, "2020-05-06", target, moment=DAY, browser=None)
    page = (target / "planche.html").read_text("utf-8")
    images = [file for file in target.rglob("*.png") if file.parent.name == "courriel"]
    assert images
    assert all(f"images/courriel/{image.name}" in page for image in images)
    with pytest.raises(UnknownEditionError):
        site.write_simulation_page(made.root, "rien", target, moment=DAY, browser=None)


def test_an_edition_to_come_is_ready_unless_it_has_an_error(tmp_path: Path) -> None:
    ready, wrong = (
        letter(date="2020-07-01"),
        letter("Voir [ce texte](absent.md).", date="2020-07-15"),
    )
    files = {"newsletters/2020/2020-07-01.md": ready, "newsletters/2020/2020-07-15.md": wrong}
    made = make_project(tmp_path, {**FULL, **files})
    library, problems = site.read(made.root, moment=DAY)
    states = {
        entry.letter.slug: entry.state
        for entry in site.calendar(made.root, library, problems, None)
        if entry.letter
    }
    assert states == {
        "2020-05-06": EditionState.SKIPPED,
        "2020-07-01": EditionState.READY,
        "2020-07-15": EditionState.TO_WRITE,
    }
