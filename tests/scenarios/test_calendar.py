"""The state of each edition: what the register, the day and the text say, everywhere alike."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

from axtra.content import sent_letters
from axtra.content.sent_letters import Sent
from axtra.preview.previewed_site import PreviewedSite
from infolettre.core.dates import ZONE
from support.fixture_types import MakeProject, Run
from support.sending_project import make_sending_project
from support.small_sites import FULL, TYPES, Project, letter, news, numero

NOW = datetime.now(ZONE)
PRESENT = NOW.date()


def _day(days: int) -> str:
    return f"{PRESENT + timedelta(days=days)}"


LATER = "content/nouvelles/2020/plus-tard.md"
# days from today, the text, its keys, whether it is in the register, its state, a part of the lack
CARD = "Mot.\n\n/// article | {}\n///"
_DRAFT = {"statut": "brouillon"}
CASES: dict[str, tuple[int, str, dict[str, str], bool, str, str]] = {
    "sent": (-40, "Un mot.", {}, True, "envoyée", ""),
    "sent today": (0, "Un mot.", {}, True, "envoyée", ""),
    "sent, then broken": (-40, "[Mot](/absente/).", _DRAFT, True, "envoyée", ""),
    "sent, then unreadable": (-40, "", {"objet": "U : m", **_DRAFT}, True, "envoyée", ""),
    "published, never sent": (-40, "Un mot.", {}, False, "sautée", ""),
    "published, older than the register": (-400, "Un mot.", {}, False, "sautée", ""),
    "of yesterday": (-1, "Un mot.", {}, False, "prête", ""),
    "of today": (0, "Un mot.", {}, False, "prête", ""),
    "to come": (9, "Un mot.", {}, False, "prête", ""),
    "a late draft": (-40, "Un mot.", _DRAFT, False, "à écrire", "ce jour est passé"),
    "a draft": (9, "Un mot.", _DRAFT, False, "à écrire", "statut: brouillon"),
    "unfinished": (9, "À compléter.", {}, False, "à écrire", "« à compléter » (ligne 9)"),
    "with a broken link": (9, "[Mot](/absente/).", {}, False, "à écrire", "« /absente/ »"),
    "with a long subject": (9, "Un mot.", {"objet": "Mot " * 80}, False, "à écrire", "objet"),
    "without readers": (9, "Un mot.", {"public": ""}, False, "à écrire", "public"),
    "unreadable": (9, "", {"objet": "Un : mot"}, False, "à écrire", "deux-points"),
    "that carries a draft": (9, CARD.format("ebauche"), {}, False, "à écrire", "brouillon"),
    "that links to a draft": (9, "[Mot](/nouvelles/ebauche/).", {}, False, "à écrire", "brouillon"),
    "that carries what is later": (9, CARD.format("plus-tard"), {}, False, "à écrire", "paru"),
    "that carries what comes in time": (9, CARD.format("a-temps"), {}, False, "prête", ""),
}  # fmt: skip
BESIDE = {
    **FULL,
    "content/infolettres.toml": TYPES,
    "content/nouvelles/2020/ebauche.md": news("Une ébauche", statut="brouillon"),
    "content/nouvelles/2020/a-temps.md": news("À temps", _day(8)),
    LATER: news("Plus tard", _day(30)),
    # What the preview shows and no letter holds.
    "content/magazine/2031-01/numero.md": numero(date="2031-01-05", statut="brouillon"),
}


def _write(project: Project, *wanted: str) -> dict[str, str]:
    """Write editions of the table, else all; return the name of each case by its edition."""
    sent_letters.record(project.root, Sent("2020-05-06", "membres", date(2020, 5, 6), "a", ("/",)))
    names: dict[str, str] = {}
    for rank, case in enumerate(wanted or CASES):
        days, body, keys, sent, *_ = CASES[case]
        edition = f"{_day(days)}-{rank}"
        names[edition] = case
        content = letter(body, **{"date": _day(days), **keys}).replace("public: \n", "")
        project.write({f"newsletters/{edition[:4]}/{edition}.md": content})
        if sent:
            sent_letters.record(project.root, Sent(edition, "membres", PRESENT, "a", ("/",)))
    return names


def test_the_command_and_the_preview_show_the_same_state_of_each_edition(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(BESIDE)
    names = _write(project)
    expected = {case: state for case, (*_, state, _) in CASES.items()}
    code, out, _ = run(project, "infolettre", "lister", "--format", "json")
    rows = {names[row["edition"]]: row for row in json.loads(out) if row["edition"] in names}
    assert code == 0
    assert {case: row["etat"] for case, row in rows.items()} == expected
    for case, (*_, lack) in CASES.items():
        manque = " ".join(rows[case]["manque"])
        assert (bool(manque), lack in manque) == (bool(lack), True), (case, manque)
    _, listed, _ = run(project, "infolettre", "lister")
    preview = PreviewedSite(project.root)
    preview.refresh()
    for year in {edition[:4] for edition in names}:
        page = unescape(preview.answer(f"/__axtra/calendrier?annee={year}").body.decode())
        of_year = {case for edition, case in names.items() if edition[:4] == year}
        shown = re.findall(r'class="etat [^>]*>([^<]*)</span><time datetime="([^"]*)', page)
        assert sorted(shown) == sorted(
            (expected[case], _day(CASES[case][0])) for case in of_year
        ), year
    for edition, case in names.items():
        assert re.search(rf"  {edition} +{expected[case]}", listed), case


def test_an_edition_to_come_is_ready_when_freezing_accepts_it(tmp_path: Path) -> None:
    office = make_sending_project(tmp_path)
    office.set_up("smtp://127.0.0.1:9?tls=aucun", ["a@exemple.test"])
    office.project.write({name: BESIDE[name] for name in BESIDE if "nouvelles" in name})
    wanted = (
        "to come",
        "with a long subject",
        "that carries a draft",
        "that carries what is later",
    )
    for edition, case in _write(office.project, *wanted).items():
        frozen = office.run("envoi", "geler", edition, "--liste", "membres")
        assert (frozen.returncode == 0) == (CASES[case][-2] == "prête"), (case, frozen.stderr)


def test_the_list_counts_the_days_that_passed_without_a_departure(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(FULL)
    _, out, err = run(project, "infolettre", "lister")
    assert "2020-05-06                 sautée" in out
    assert "1 infolettre dont le jour est passé, sans aucun envoi noté." in err
    assert "axtra infolettre envoyee EDITION" in err
    assert run(project, "infolettre", "envoyee", "2020-05-06")[0] == 0
    _, out, err = run(project, "infolettre", "lister")
    assert ("envoyée" in out, err) == (True, "")
