"""Announcements: within each network's length, whole words, always the link; notes that stay."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from axtra.atelier.announcements import (
    NETWORKS,
    AnnouncementNotes,
    Network,
    announcement,
    hashtags,
    x_weight,
)
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal

LINK = "https://essai.example/nouvelles/2020/une-nouvelle/"
BY_MARK = {network.mark: network for network in NETWORKS}
WORDS = some.one_of(
    some.sampled_from(
        [
            "l’emploi",
            "10\u00a0%",
            "«\u00a0oui\u00a0»",
            "(non",
            "fin)",
            "axtra.ca",
            "👩‍👩‍👧",
            "e\u0301t",
            "&amp;",
        ]
    ),
    some.text(some.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=40),
)
LINES = some.lists(WORDS, min_size=1, max_size=90).map(" ".join)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.mark)
@settings(max_examples=60, deadline=None)
@given(
    title=LINES, summary=some.one_of(some.just(""), LINES), keywords=some.lists(LINES, max_size=5)
)
def test_any_text_fits_in_whole_words_with_its_link(
    network: Network, title: str, summary: str, keywords: list[str]
) -> None:
    made = announcement(network, title, summary, LINK, keywords)
    assert not network.limit or network.count(made) <= network.limit
    assert made.split("\n\n").count(LINK) == 1
    before = made.partition(LINK)[0].strip().split("\n\n")
    for part, whole in zip(before, (title, summary), strict=False):
        start = re.sub("\u00a0…$", "", part)
        assert whole.startswith(start)
        rest = whole[len(start) :]
        # Only pauses are left out between the last word and the space after it.
        assert re.match(r"[\u00a0\u202f,;:.!?–—-]*( |$)", rest), (start, rest)


@pytest.mark.parametrize("mark", ["bluesky", "x"])
def test_a_long_chapeau_is_cut_and_the_rest_stays(mark: str) -> None:
    made = announcement(BY_MARK[mark], "Un titre", "Un chapeau " * 60, LINK, ["économie sociale"])
    title, summary, link, tags = made.split("\n\n")
    assert (title, link, tags) == ("Un titre", LINK, "#ÉconomieSociale")
    assert summary.endswith("\u00a0…")
    assert BY_MARK[mark].count(made) > BY_MARK[mark].limit - 15  # as long as may be


def test_nothing_is_cut_inside_of_quotation_marks() -> None:
    summary = "Voici ce que nous disons tous : « " + "oui " * 90 + "»"
    made = announcement(BY_MARK["bluesky"], "Un titre", summary, LINK, [])
    assert made.split("\n\n")[1] == "Voici ce que nous disons tous\u00a0…"


def test_a_mail_keeps_everything() -> None:
    made = announcement(BY_MARK["courriel"], "Titre " * 300, "Chapeau " * 900, LINK, ["a"])
    assert made.count("Titre") == 300
    assert made.count("Chapeau") == 900


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("été", 3),
        ("e\u0301t", 2),  # composed first
        (LINK, 23),
        (f"Voir {LINK} ici", 5 + 23 + 4),
        ("axtra.ca", 23),
        ("oui…", 5),  # outside of the ranges
        ("« l’été »", 9),
        ("日本", 4),
        ("", 0),
    ],
)
def test_x_counts(text: str, weight: int) -> None:
    assert x_weight(text) == weight


@pytest.mark.parametrize(
    ("keywords", "tags"),
    [
        (["économie sociale"], ["#ÉconomieSociale"]),
        (["marché de l’emploi"], ["#MarchéDeLEmploi"]),
        (["PME", "pme", "2020", "—", ""], ["#PME"]),
        (["main-d’œuvre"], ["#MainDŒuvre"]),
        (["plan 2020"], ["#Plan2020"]),
        (["e\u0301te\u0301"], ["#Été"]),
    ],
)
def test_keywords_become_hashtags(keywords: list[str], tags: list[str]) -> None:
    assert list(hashtags(keywords)) == tags


def test_notes_stay_and_can_be_taken_back(tmp_path: Path) -> None:
    moment = datetime(2020, 6, 1, 12, tzinfo=ZONE)
    notes = AnnouncementNotes(tmp_path / "atelier")
    assert notes.all() == {}
    notes.note("content/a.md", "x", moment)
    notes.note("content/a.md", "bluesky", moment)
    notes.note("content/a.md", "x", None)
    assert AnnouncementNotes(tmp_path / "atelier").all() == {"content/a.md": {"bluesky": moment}}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"x": "hier"}}', b"\xff"])
def test_notes_that_do_not_read_are_never_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "annonces.json").write_bytes(data)
    with pytest.raises(Refusal):
        AnnouncementNotes(tmp_path).note("content/a.md", "x", datetime.now(ZONE))
    assert (tmp_path / "annonces.json").read_bytes() == data
