"""`axtra verifier` and builds report the faults of mails on the lines that editors typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from axtra import site
from axtra.cli import main
from axtra.content import sent_letters
from axtra.content.sent_letters import Sent
from axtra.site import letters
from infolettre.core.diagnostics import Diagnostic
from infolettre.text.spelling import Speller
from support.fixture_types import MakeProject, Run
from support.small_sites import DAY, FULL, article, letter, text

LETTER = "newsletters/2020/2020-05-06.md"
FAULTS = {
    "a capital without its accent": (
        "Etat des lieux en 2020.", "capitale-accent", 9,
    ),
    "filler": ("Bonjour,\n\nLorem ipsum dolor sit amet.", "texte-a-completer", 11),
    "a shortener": ("[Le programme du colloque](https://bit.ly/3abc)", "lien-raccourci", 9),
    "a tracked address": (
        "[Le programme du colloque](https://essai.example/?utm_source=x)", "lien-parametres", 9,
    ),
    "a weekday that does not match its date": ("Le lundi 20 mars 2019.", "date-fausse", 9),
}  # fmt: skip


@pytest.mark.parametrize(("body", "rule", "line"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_mail_is_reported_on_the_line_of_its_edition(
    new_project: MakeProject, body: str, rule: str, line: int
) -> None:
    project = new_project({LETTER: letter(body)})
    diagnostics = site.verify(project.root, moment=DAY)
    assert {(each.file, each.line, each.rule) for each in diagnostics} == {(LETTER, line, rule)}


def test_a_fault_in_a_card_is_reported_in_the_file_of_its_article(new_project: MakeProject) -> None:
    name = "content/magazine/2020-05/premier.md"
    project = new_project(
        {**FULL, name: article("Un titre", chapeau="Une hausse de 2.5 % en un an.")}
    )
    diagnostics = site.verify(project.root, moment=DAY)
    assert {(each.file, each.line, each.rule) for each in diagnostics} == {
        (name, 3, "point-decimal")
    }


@pytest.mark.parametrize(
    ("start", "block"),
    [
        ("2020-05-05", "/// evenement | evenements/x.md\n///"),
        ("2020-05-05", ("/// articles | À venir\n    genre: evenement\n    contenus:\n"
         "      - evenements/x.md\n///")),
        ("2020-05-06", "/// evenement | evenements/x.md\n///"),
    ],
)  # fmt: skip
def test_an_event_that_is_over_is_warned_of_at_its_card(
    new_project: MakeProject, start: str, block: str
) -> None:
    event = text(titre="Le colloque", debut=start, date="2020-01-15", lieu="Québec")
    project = new_project({LETTER: letter(block), "content/evenements/x.md": event})
    found = [(each.file, each.rule) for each in site.verify(project.root, moment=DAY)]
    over = start < "2020-05-06"
    assert found == ([(LETTER, "evenement-passe")] if over else [])


def test_an_error_in_a_mail_stops_axtra_and_pelican_builds(new_project: MakeProject) -> None:
    project = new_project({LETTER: letter("Lorem ipsum dolor sit amet.")})
    assert project.build().refused
    assert not project.output.exists()
    done = project.run("pelican", "-s", "pelicanconf.py", "-o", "autre")
    assert done.returncode != 0
    assert "texte-a-completer" in done.stderr
    assert not (project.root / "autre").exists()


def test_faults_of_a_draft_are_warnings(new_project: MakeProject) -> None:
    body = "[Le programme du colloque](https://bit.ly/3abc)"
    project = new_project({LETTER: letter(body, statut="brouillon")})
    diagnostics = site.verify(project.root, moment=DAY)
    assert [(each.rule, each.severity.value) for each in diagnostics] == [
        ("lien-raccourci", "avertissement")
    ]
    assert not project.build().refused
    assert not project.build(preview=True).refused


def test_an_address_that_readers_hold_cannot_vanish(new_project: MakeProject) -> None:
    page = "content/pages/ancienne.md"
    project = new_project({LETTER: letter(), page: text(titre="Une ancienne page")})
    urls = ("/ancienne/", "/infolettres/2020-05-06/", "/favicon.svg")
    sent_letters.record(project.root, Sent("2020-05-06", "membres", date(2020, 5, 6), "d", urls))
    assert project.build().diagnostics == ()
    (project.root / page).unlink()
    report = project.build()
    assert [diagnostic.rule for diagnostic in report.diagnostics] == ["adresse-disparue"]
    assert "/ancienne/" in report.diagnostics[0].problem
    assert (project.output / "ancienne/index.html").exists(), "the old output stays whole"


def test_an_unreadable_record_of_sent_letters_stops_the_build(new_project: MakeProject) -> None:
    project = new_project({LETTER: letter(), sent_letters.FILE: "[[envoi]"})
    assert [diagnostic.rule for diagnostic in project.build().diagnostics] == ["registre-illisible"]


# --- addresses that are lawful -----------------------------------------------------------------

PUBLIC = Path(__file__).parents[1] / "data" / "liens-publics.txt"


def test_no_lawful_address_stops_a_letter(new_project: MakeProject) -> None:
    lines = PUBLIC.read_text("utf-8").splitlines()
    links = [line for line in lines if line and not line.startswith("#")]
    assert len(links) > 300
    batches = [links[start :: len(links) // 50] for start in range(len(links) // 50)]
    letters = {
        f"newsletters/2020/2020-05-{day:02}.md": letter(
            "\n\n".join(f"[La page numéro {i} du réseau]({link})" for i, link in enumerate(batch)),
            date=f"2020-05-{day:02} 09:00",
        )
        for day, batch in enumerate(batches, 1)
    }
    diagnostics = site.verify(new_project(letters).root, moment=DAY)
    assert [str(each) for each in diagnostics if each.severity.value == "erreur"] == []
    assert {each.rule for each in diagnostics} == {"lien-a-verifier"}


# --- any rendered mail -------------------------------------------------------------------------


def test_the_mail_of_an_edition_is_checked_as_a_file(new_project: MakeProject, run: Run) -> None:
    project = new_project({LETTER: letter()})
    assert run(project, "infolettre", "rendre", "2020-05-06", "--sortie", "la")[0] == 0
    assert run(project, "verifier", "la/courriel.html") == (0, "0 erreur, 0 avertissement\n", "")
    page = project.root / "la/courriel.html"
    page.write_text(page.read_text("utf-8").replace(' lang="fr-CA"', "", 1), "utf-8")
    code, out, err = run(project, "verifier", "la/courriel.html", "--format", "json")
    assert (code, err) == (1, "")
    assert {(row["fichier"], row["regle"]) for row in json.loads(out)} == {
        ("la/courriel.html", "courriel-langue")
    }


@pytest.mark.parametrize("day", ["2020-05-06", "2099-05-06"], ids=["sent", "to come"])
def test_an_exported_mail_is_compared_with_its_edition(
    new_project: MakeProject, run: Run, day: str
) -> None:
    name = f"newsletters/{day[:4]}/{day}.md"
    project = new_project({name: letter("Un mot de plus.", date=f"{day} 09:00")})
    assert run(project, "infolettre", "exporter", day)[0] == 0
    assert run(project, "verifier", f"{day}.eml") == (0, "0 erreur, 0 avertissement\n", "")
    source = project.root / name
    source.write_text(source.read_text("utf-8").replace("Un mot de plus", "Deux mots"), "utf-8")
    code, out, _ = run(project, "verifier", f"{day}.eml", "--format", "json")
    assert code == 0
    assert {row["regle"] for row in json.loads(out)} == {"edition-texte"}


def test_a_mail_is_not_compared_while_the_content_has_errors(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project({LETTER: letter()})
    assert run(project, "infolettre", "exporter", "2020-05-06")[0] == 0
    project.write({"content/nouvelles/2020/n.md": "sans en-tête"})
    code, out, err = run(project, "verifier", "2020-05-06.eml")
    assert (code, out) == (0, "0 erreur, 0 avertissement\n")
    assert "n’est pas comparé à son édition" in err


def test_any_mail_can_be_checked_outside_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "autre.eml").write_bytes(b"Subject: Bonjour\n\n<p>Bonjour</p>\n")
    assert main(["verifier", "autre.eml"]) == 1
    out, err = capsys.readouterr()
    assert "[mime-parties]" in out
    assert err == ""


def test_a_mail_made_elsewhere_has_one_line_per_rule(new_project: MakeProject, run: Run) -> None:
    project = new_project({LETTER: letter()})
    links = "".join(f'<a href="//{name}">Un mot {name}</a>' for name in range(700))
    page = project.root / "autre.html"
    page.write_text(f"<html lang='en'><title>A</title><body>{links}</body></html>", "utf-8")
    code, out, err = run(project, "verifier", "autre.html")
    assert (code, err) == (1, "")
    assert "rien n’y vient de www.axtra.ca" in out
    assert "(et 699 autres)" in out
    page.write_text(
        "<p>Voir https://www.axtra.ca</p><a href='https://www.axtra.ca/'>A</a>", "utf-8"
    )
    reports = [json.loads(run(project, "verifier", "autre.html", "--format", "json", *more)[1])
               for more in ([], ["--ailleurs"])]  # fmt: skip
    ours, theirs = ({row["regle"] for row in rows} for rows in reports)
    assert "sombre-meta" in ours - theirs


def test_a_mail_file_and_texts_of_the_project_are_checked_together(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project({LETTER: letter("[Le programme du colloque](https://bit.ly/3abc)")})
    (project.root / "autre.html").write_text("<p>Bonjour</p>", "utf-8")
    out = run(project, "verifier", "autre.html", LETTER, "--format", "json")[1]
    assert {row["fichier"] for row in json.loads(out)} == {"autre.html", LETTER}


def test_an_error_in_a_text_does_not_hide_the_faults_of_a_mail(new_project: MakeProject) -> None:
    project = new_project(
        {LETTER: letter("Le lundi 20 mars 2019."), "content/nouvelles/2020/n.md": "sans entête"}
    )
    diagnostics = site.verify(project.root, moment=DAY)
    assert {(each.file, each.rule) for each in diagnostics} == {
        (LETTER, "date-fausse"),
        ("content/nouvelles/2020/n.md", "entete-absent"),
    }


# --- exceptions --------------------------------------------------------------------------------

WRONG = "Le lundi 20 mars 2019."
WARNED = "Une hausse de 2.5 % en un an."


def excepted(rule: str, until: str) -> str:
    return f"[{{regle: {rule}, raison: Citation exacte., jusqu-au: {until}}}]"


@pytest.mark.parametrize(
    ("body", "rule", "until", "expected"),
    [
        (WARNED, "point-decimal", "2020-06-30", []),
        (WARNED, "point-decimal", "2020-06-01", []),
        (WARNED, "point-decimal", "2020-05-31", ["exception-echue", "point-decimal"]),
        (WARNED, "point-decimale", "2020-06-30", ["exception-inconnue"]),
        (WRONG, "date-fausse", "2020-06-30", ["exception-refusee", "date-fausse"]),
    ],
)  # fmt: skip
def test_an_exception_silences_its_warning_until_its_date(
    new_project: MakeProject, body: str, rule: str, until: str, expected: list[str]
) -> None:
    project = new_project({LETTER: letter(body, exceptions=excepted(rule, until))})
    diagnostics = site.verify(project.root, moment=DAY)
    assert [diagnostic.rule for diagnostic in diagnostics] == expected


def test_an_exception_must_give_a_reason_and_a_date(new_project: MakeProject) -> None:
    project = new_project({LETTER: letter(WARNED, exceptions="[{regle: point-decimal}]")})
    diagnostics = site.verify(project.root, moment=DAY)
    assert [(each.line, each.rule) for each in diagnostics] == [
        (7, "cle-manquante"),
        (7, "cle-manquante"),
    ]


EVERYDAY = (
    "Inscription : https://www.axtra.ca/inscription avant mardi.",
    "Voici ce qu’il faut :\n- un CV\n- une lettre\n  - signée",
    "Tapez `https://www.axtra.ca/x` ici.\n\n- un\n\n  ```\n  https://www.axtra.ca/y\n  ```",
    "Écrivez à info@axtra.ca, ou www.quebec.ca.",
    "Le tableau :\n| a | b |\n|---|---|\n| 1 | ~~2~~ |",
    "- [ ] à faire\n- [x] fait\n\n1) un\n2) deux",
    "Un mot.\n> cité\n> - un\n> - deux\nfin",
    "Un mot.\n\n    Une citation de Word ici.\n\n• un\n• deux",
    "Le taux $x_1$ et H~2~O, ==ici==.\n\n{{< youtube x >}} et [mon site]\n\nUne phrase.\n---",
    "| a | b |\n|---|---|\n| 1 | 2 | trois |\n\n[^1]: Jamais.\n\n**Titre **suite",
)


def test_messages_about_the_text_of_a_letter_are_for_its_editor(new_project: MakeProject) -> None:
    letters = {
        f"newsletters/2020/2020-05-06-n{rank}.md": letter(f"Bonjour,\n\n{body}")
        for rank, body in enumerate(EVERYDAY)
    }
    found = [
        error
        for error in site.verify(new_project({**FULL, **letters}).root, moment=DAY)
        if error.file in letters
    ]
    assert len({error.file for error in found}) >= 4
    assert [error for error in found if error.line is None or "theme/" in error.remedy] == []


def test_a_verification_judges_again_only_what_changed_and_says_the_same(
    new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "content/magazine/2020-05/premier.md"
    fault = {LETTER: letter("Etat des lieux.\n\n/// article | magazine/2020-05/premier.md\n///")}
    project = new_project({**FULL, **fault})
    speller = Spelling()

    def found(*, remembers: bool = True) -> list[Diagnostic]:
        return site.examine(
            project.root, moment=DAY, speller=cast(Speller, speller), remembers=remembers
        )[1]

    first = found()
    assert {each.rule for each in first} == {"capitale-accent"}
    with monkeypatch.context() as patch:  # nothing is rendered, nothing is spelt
        patch.setattr(letters, "render_public", lambda *_: pytest.fail("rendered"))
        patch.setattr(speller, "knows", lambda _: pytest.fail("spelt"))
        assert found() == first
    for change in (
        {name: article("Un titre", chapeau="Une hausse de 2.5 % en un an.")},  # seen in a card
        {LETTER: letter("Un état des lieux.")},
        {name: article("Un titre", chapeau="Une bévve dans une phrase que l’on lit.")},
        {
            "content/site.toml": (project.root / "content/site.toml")
            .read_text()
            .replace("AXE", "Axe")
        },
    ):
        project.write(change)
        assert found() == found(remembers=False)
    assert [each.rule for each in found()] == ["mot-inconnu"]
    speller.key = "other words"
    monkeypatch.setattr(speller, "knows", lambda _: True)
    assert found() == []


class Spelling:
    """A dictionary that lacks one word."""

    key = "words"

    def knows(self, word: str) -> bool:
        """Tell whether a word is correct."""
        return word != "bévve"

    def suggest(self, _word: str) -> tuple[str, ...]:
        """Return no word."""
        return ()
