"""Composing an infolettre: choosing texts by rules, freezing, repetition, the calendar, drafts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from axtra import site
from axtra.content import loading, sent_letters
from axtra.content.model import Cards, Newsletter, walk
from infolettre.core.dates import ZONE
from support.fixture_types import MakeProject, Run
from support.small_sites import DAY, FULL, TYPES, Project, article, letter, news, numero, text

NEWS = "/// articles\n    genre: nouvelle\n    {}\n///"
FOUR: Mapping[str, str] = {
    f"content/nouvelles/2020/n{at}.md": news(
        f"Nouvelle {at}", f"2020-0{at}-01", mots_cles="[jeunes]" if at % 2 else "[stages]"
    )
    for at in range(1, 5)
}


def rule(option: str) -> str:
    """Write a block of news with an option."""
    return NEWS.format(option)


def read(project: Project, moment: datetime = DAY) -> tuple[dict[str, Newsletter], list[str]]:
    """Return the letters of a project, and its problems."""
    loaded, diagnostics = loading.load(loading.Folders(project.root), moment=moment)
    letters = {item.slug: item for item in loaded.items if isinstance(item, Newsletter)}
    return letters, [
        f"{each.file.rpartition('/')[2]}:{each.line} {each.rule}" for each in diagnostics
    ]


def chosen(newsletter: Newsletter) -> list[str]:
    """List the titles that the blocks of a letter show."""
    cards = (node for node in walk(newsletter.body) if isinstance(node, Cards))
    return [item.title.plain for node in cards for item in node.items]


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "titles"),
    [
        ("nombre: 2", ["Nouvelle 4", "Nouvelle 3"]),
        ("nombre: 9", ["Nouvelle 4", "Nouvelle 3", "Nouvelle 2", "Nouvelle 1"]),
        ("sujet: Jeunes", ["Nouvelle 3", "Nouvelle 1"]),
        ("depuis: 2020-03-01", ["Nouvelle 4", "Nouvelle 3"]),
        ("contenus: [n1, nouvelles/2020/n4.md]", ["Nouvelle 1", "Nouvelle 4"]),
    ],
)
def test_a_rule_chooses_texts(new_project: MakeProject, option: str, titles: list[str]) -> None:
    project = new_project({**FOUR, "newsletters/2020/2020-05-06.md": letter(rule(option))})
    letters, problems = read(project)
    assert (chosen(letters["2020-05-06"]), problems) == (titles, [])


def test_articles_of_a_rubrique_are_in_the_order_of_their_numero(new_project: MakeProject) -> None:
    project = new_project(
        {
            **FULL,
            "content/magazine/2020-05/b.md": article("B", ordre="1"),
            "content/magazine/2020-05/a.md": article("A", ordre="2"),
            "newsletters/2020/2020-05-06.md": letter(
                "/// articles | Regards\n    rubrique: regards\n///"
            ),
        }
    )
    assert chosen(read(project)[0]["2020-05-06"]) == ["B", "A", "Un premier article"]


def test_a_rule_skips_what_an_earlier_letter_or_block_has_shown(
    new_project: MakeProject,
) -> None:
    project = new_project(
        {
            **FOUR,
            "newsletters/2020/2020-05-06.md": letter(rule("nombre: 1")),
            "newsletters/2020/2020-05-20.md": letter(
                f"{rule('nombre: 1')}\n\n{rule('nombre: 5')}\n\n/// article | n2\n///",
                date="2020-05-20",
            ),
            "newsletters/2020/2020-05-21.md": letter(
                rule("nombre: 1"), date="2020-05-21", public="partenaires"
            ),
        }
    )
    letters, problems = read(project)
    assert chosen(letters["2020-05-20"]) == ["Nouvelle 3", "Nouvelle 1"]  # n2 has its own card
    assert chosen(letters["2020-05-21"]) == ["Nouvelle 4"]  # other readers
    assert problems == []


def test_since_the_last_letter_means_since_the_last_of_the_same_type(
    new_project: MakeProject,
) -> None:
    types = TYPES + '\n[speciale]\nnom = "Spéciale"\ndescription = "Une fois."\n'
    project = new_project(
        {
            **FOUR,
            "content/infolettres.toml": types,
            "newsletters/2020/2020-02-01.md": letter(date="2020-02-01"),
            "newsletters/2020/2020-03-15.md": letter(date="2020-03-15", type="speciale"),
            "newsletters/2020/2020-05-06.md": letter(rule("depuis: derniere")),
        }
    )
    # A text that appeared on the day of the last letter may not have been in it.
    assert chosen(read(project)[0]["2020-05-06"]) == ["Nouvelle 4", "Nouvelle 3", "Nouvelle 2"]


def test_a_letter_announces_coming_events_soonest_first(new_project: MakeProject) -> None:
    project = new_project(
        {
            f"content/evenements/e{day}.md": text(titre=f"Le {day}", debut=f"2020-05-{day}")
            for day in ("01", "12", "25")
        }
        | {"newsletters/2020/2020-05-06.md": letter("/// articles\n    genre: evenement\n///")}
    )
    assert chosen(read(project)[0]["2020-05-06"]) == ["Le 12", "Le 25"]


def test_a_draft_is_never_chosen_by_a_rule(new_project: MakeProject) -> None:
    project = new_project(
        {
            "content/nouvelles/2020/a.md": news("Parue"),
            "content/nouvelles/2020/b.md": news("Ébauche", statut="brouillon"),
            "newsletters/2020/2020-05-06.md": letter(rule("nombre: 5")),
        }
    )
    loaded, _ = loading.load(loading.Folders(project.root), moment=DAY, preview=True)
    assert chosen(loaded.newsletters[0]) == ["Parue"]


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("sujet: jeune", "2020-05-06.md:11 sujet-inconnu"),
        ("depuis: hier", "2020-05-06.md:11 date-invalide"),
        ("contenus: [n9]", "2020-05-06.md:11 carte-inconnue"),
        ("depuis: 2020-05-05", "2020-05-06.md:9 cartes-absentes"),
        ("contenus: []", ""),
    ],
)
def test_an_invalid_rule_is_reported(new_project: MakeProject, option: str, problem: str) -> None:
    project = new_project({**FOUR, "newsletters/2020/2020-05-06.md": letter(rule(option))})
    assert read(project)[1] == [problem] * bool(problem)


# --- repetition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("/// article | n1\n///", 9),
        ("Bonjour,\n\nUn [mot sur la une](nouvelles/2020/n1.md) de mai.", 11),
        ("/// bouton | La nouvelle\n    lien: nouvelles/2020/n1.md\n///", 10),
        ("Voir [le site du gala](https://gala.example/programme).", 9),
        ("/// web\nLa [première nouvelle](nouvelles/2020/n1.md).\n///", None),
        ("Voir [toutes les nouvelles](/nouvelles/).", None),
    ],
)
def test_repeating_a_recent_letter_is_reported_with_its_name(
    new_project: MakeProject, body: str, line: int | None
) -> None:
    first = "/// article | n1\n///\n\n[Le gala, son site](https://gala.example/programme#jeudi)\n\n"
    project = new_project(
        {
            **FOUR,
            "newsletters/2020/2020-05-06.md": letter(first + "[Nouvelles](/nouvelles/)"),
            "newsletters/2020/2020-05-20.md": letter(body, date="2020-05-20"),
        }
    )
    _, diagnostics = loading.load(loading.Folders(project.root), moment=DAY)
    assert [(each.line, each.rule) for each in diagnostics] == [(line, "deja-envoye")] * bool(line)
    assert all(
        "l’édition 2020-05-06 (« La lettre de mai »)" in each.problem for each in diagnostics
    )


def test_only_recent_letters_to_the_same_list_count_as_repetition(
    new_project: MakeProject,
) -> None:
    card = "/// article | n1\n///"
    between = {
        f"newsletters/2020/2020-05-{day:02}.md": letter(date=f"2020-05-{day:02}")
        for day in range(7, 13)
    }
    last = {"newsletters/2020/2020-05-20.md": letter(card, date="2020-05-20")}
    first = {"newsletters/2020/2020-05-06.md": letter(card)}
    other = {"newsletters/2020/2020-05-06.md": letter(card, public="partenaires")}
    assert read(new_project({**FOUR, **first, **between, **last}, "a"))[1] == []
    assert read(new_project({**FOUR, **other, **last}, "b"))[1] == []
    assert read(new_project({**FOUR, **first, **last}, "c"))[1] == ["2020-05-20.md:9 deja-envoye"]


# --- freezing, texts that no letter carried ------------------------------------------------------


def mails(run: Run, project: Project, edition: str, folder: str) -> list[bytes]:
    assert run(project, "infolettre", "rendre", edition, "--sortie", folder)[0] == 0
    return [path.read_bytes() for path in sorted((project.root / folder).iterdir())]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_freezing_a_letter_edits_only_its_blocks_and_stops_it_changing(
    new_project: MakeProject, run: Run, end: str
) -> None:
    body = (
        "Bonjour,  \nune ligne.\n\n/// articles | Nouvelles\n    genre: nouvelle\n"
        "    nombre: 2\n///\n\n//// encadre | Ailleurs\n\n/// articles\n///\n\n////\n\n"
        "/// articles\n    genre: nouvelle\n    depuis: 2020-05-06\n///\n\nFin…"
    )
    project = new_project({**FULL, **FOUR, "newsletters/2020/2020-05-07.md": letter(body)})
    file = project.root / "newsletters/2020/2020-05-07.md"
    typed = file.read_bytes().replace(b"date: 2020-05-06", b"date: 2020-05-07")
    typed = typed.replace(b"\n", end.encode())
    file.write_bytes(typed)
    before = mails(run, project, "2020-05-07", "avant")
    code, out, _ = run(project, "infolettre", "figer", "2020-05-07")
    assert code == 0
    assert "nouvelles/2020/n4.md (Nouvelle 4)" in out
    frozen = file.read_bytes()
    added = re.compile(rb"    contenus:(?: \[\])?\r?\n(?:      - \S+\r?\n)*")
    assert len(added.findall(frozen)) == 3
    assert added.sub(b"", frozen) == typed
    assert mails(run, project, "2020-05-07", "apres") == before
    project.write({"content/nouvelles/2020/n5.md": news("Nouvelle 5", "2020-05-06")})
    assert mails(run, project, "2020-05-07", "plus-tard") == before
    assert run(project, "infolettre", "figer", "2020-05-07")[1].endswith("rien à figer.\n")
    assert file.read_bytes() == frozen


def test_verifier_shows_what_rules_choose_as_text_but_not_as_json(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project({**FOUR, "newsletters/2020/2020-05-06.md": letter(rule("nombre: 1"))})
    code, out, _ = run(project, "verifier")
    assert code == 0
    assert "newsletters/2020/2020-05-06.md:9 : articles, 1 contenu\n" in out
    assert "    - nouvelles/2020/n4.md (Nouvelle 4)\n" in out
    assert json.loads(run(project, "verifier", "--format", "json")[1]) == []
    assert "n4" not in run(project, "verifier", "content")[1]


def test_an_unknown_edition_cannot_be_frozen(new_project: MakeProject, run: Run) -> None:
    code, _, err = run(new_project(FULL), "infolettre", "figer", "2020-05-07")
    assert code == 2
    assert "Vouliez-vous dire « 2020-05-06 »" in err


def test_texts_that_no_letter_has_carried_are_listed(new_project: MakeProject, run: Run) -> None:
    project = new_project(
        {
            **FULL,
            "content/magazine/2020-05/second.md": article("Un second"),
            "content/evenements/passe.md": text(titre="Passé", debut="2019-01-01"),
            "newsletters/2020/2020-05-06.md": letter(
                "/// sommaire | 2020-05\n///\n\nUne [nouvelle de janvier](nouvelles/2020/"
                "une-nouvelle.md)."
            ),
        }
    )
    words = ("infolettre", "oublies", "--date", "2020-06-01")
    code, out, _ = run(project, *words, "--format", "json")
    assert code == 0
    assert [row["fichier"] for row in json.loads(out)] == [
        "content/communiques/2020/un-communique.md",
        "content/publications/un-rapport.md",
        "content/evenements/un-colloque.md",
    ]
    assert run(project, *words)[1].endswith("3 contenus qu’aucune infolettre n’a portés\n")


# --- the calendar --------------------------------------------------------------------------------


def test_the_calendar_lists_a_whole_year_and_what_the_next_edition_lacks(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(
        {
            "content/infolettres.toml": TYPES + "premiere = 2018-01-10\njours = 14\n",
            "newsletters/2020/2020-01-08.md": letter(date="2020-01-08"),
            "newsletters/2020/2020-01-22.md": letter(date="2020-01-22", objet="La suivante"),
            "newsletters/2020/2020-02-05.md": letter(
                "À compléter.", date="2020-02-05", statut="brouillon"
            ),
        }
    )
    words = ("infolettre", "lister", "--annee", "2020", "--date", "2020-01-10")
    code, out, _ = run(project, *words, "--format", "json")
    assert code == 0
    year = json.loads(out)
    assert len(year) == 26
    assert [row["etat"] for row in year[:5]] == [
        "prête", "prête", "à écrire", "à écrire", "à écrire",
    ]  # fmt: skip
    assert year[2]["manque"] == ["« à compléter » (ligne 10)", "effacer « statut: brouillon »"]
    assert year[3]["edition"] is None
    late = run(project, *words[:-1], "2020-03-01", "--format", "json")[1]
    assert [row["etat"] for row in json.loads(late)[2:4]] == ["à écrire", "sautée"]
    code, out, _ = run(project, *words[:-1], "2020-02-01")
    assert "il lui manque : « à compléter » (ligne 10)" in out
    out = run(project, "infolettre", "lister", "--date", "2020-01-10")[1]
    assert [line[:10] for line in out.splitlines()[:3]] == [
        "2020-02-05",
        "2020-01-22",
        "2020-01-08",
    ]
    assert "il lui manque" not in out  # the next edition is ready


def test_an_edition_whose_mail_is_refused_is_not_ready(new_project: MakeProject, run: Run) -> None:
    shouted = letter(date="2020-01-22", objet='"' + "Une lettre au titre interminable, " * 6 + '"')
    project = new_project(
        {
            "content/infolettres.toml": TYPES + "premiere = 2018-01-10\njours = 14\n",
            "newsletters/2020/2020-01-22.md": shouted,
        }
    )
    words = ("infolettre", "lister", "--annee", "2020", "--date", "2020-01-10", "--format", "json")
    [row] = [row for row in json.loads(run(project, *words)[1]) if row["edition"]]
    assert row["etat"] == "à écrire"
    assert row["manque"]
    assert run(project, "infolettre", "lister", "--annee", "mille")[0] == 2


def test_an_invalid_first_day_of_the_calendar_is_refused(new_project: MakeProject) -> None:
    project = new_project({"content/infolettres.toml": TYPES + 'premiere = "bientôt"\n'})
    assert read(project)[1] == ["infolettres.toml:1 valeur-invalide"]


# --- first drafts --------------------------------------------------------------------------------

CONFERENCE = TYPES + '\n[quariera]\nnom = "QUARIERA"\ndescription = "Le colloque."\n'
DRAFTS = [
    ((), "2020-06-03", ["Nouvelle 4", "Nouvelle 3", "Nouvelle 2"]),
    (("--depuis", "2020-04-01"), "2020-06-03", ["depuis: 2020-04-01", "Nouvelle 4"]),
    (("--numero", "2020-05"), "2020-06-03", ["/// sommaire | 2020-05", "de mai 2020 est paru"]),
    (
        ("--type", "quariera"),
        "2020-06-03-quariera",
        ["/// evenement | evenements/quariera-2020.md"],
    ),
]


@pytest.mark.parametrize(("options", "slug", "expected"), DRAFTS, ids=lambda value: str(value)[:20])
def test_a_generated_draft_is_valid_save_for_what_is_to_be_completed(
    new_project: MakeProject, run: Run, options: tuple[str, ...], slug: str, expected: list[str]
) -> None:
    project = new_project(
        {
            **FULL,
            **FOUR,
            "content/infolettres.toml": CONFERENCE,
            "content/evenements/quariera-2020.md": text(titre="QUARIERA 2020", debut="2020-10-01"),
        }
    )
    code, out, _ = run(project, "nouveau", "infolettre", "--date", "2020-06-03", *options)
    file = f"newsletters/2020/{slug}.md"
    assert (code, out.splitlines()[0]) == (0, file)
    diagnostics = site.verify(project.root, moment=datetime(2020, 6, 4, tzinfo=ZONE))
    assert {diagnostic.rule for diagnostic in diagnostics} == {"a-completer"}
    contents = Path(project.root, file).read_text("utf-8") + run(project, "verifier", file)[1]
    assert all(words in contents for words in expected)
    assert "Bonjour {prenom}," in contents
    assert run(project, "nouveau", "infolettre", "--date", "2020-06-03", *options)[0] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("infolettre", "--numero", "2031-01"), 1),
        (("infolettre", "--type", "quariera"), 1),
        (("nouvelle", "Titre", "--type", "mensuelle"), 2),
        (("nouvelle", "Titre", "--depuis", "2020-01-01"), 2),
    ],
)
def test_an_impossible_draft_is_refused(
    new_project: MakeProject, run: Run, words: tuple[str, ...], code: int
) -> None:
    done, out, err = run(
        new_project({"content/magazine/2020-05/numero.md": numero()}), "nouveau", *words
    )
    assert (done, out) == (code, "")
    assert err


THEMED = """
[formation]
nom = "La formation"
description = "Ce qui s’apprend."
sujet = "Se former"
"""


def test_a_letter_of_a_type_with_a_subject_is_drafted_from_what_has_this_keyword(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(
        {
            **FULL,
            "content/infolettres.toml": TYPES + THEMED,
            "content/nouvelles/2020/apprendre.md": news("Apprendre", mots_cles="[se former]"),
            "content/evenements/atelier.md": text(
                titre="Un atelier", debut="2020-09-09", date="2020-02-02", mots_cles="[Se former]"
            ),
        }
    )
    written = run(project, "nouveau", "infolettre", "--type", "formation", "--date", "2020-06-03")[
        1
    ]
    draft = Path(project.root, written.splitlines()[0]).read_text("utf-8")
    assert "newsletters/2020/2020-06-03-formation.md" in written
    assert "type: formation" in draft
    assert "/// evenement | evenements/atelier.md" in draft
    assert draft.count("/// articles") == draft.count("    sujet: Se former") == 1
    assert "genre: nouvelle" in draft


def test_the_subject_of_a_type_is_a_word(new_project: MakeProject) -> None:
    project = new_project({"content/infolettres.toml": TYPES + "sujet = 3\n"})
    assert read(project)[1] == ["infolettres.toml:1 valeur-invalide"]


# --- corrections ---------------------------------------------------------------------------------


def test_a_correction_is_on_the_page_of_an_edition_and_not_in_its_mail(
    new_project: MakeProject,
) -> None:
    project = new_project(FULL)
    project.build()
    page = project.output / "infolettres/2020-05-06/index.html"
    mail = [page.with_name(name) for name in ("courriel.html", "courriel.txt")]
    before, sent = page.read_text("utf-8"), [part.read_bytes() for part in mail]
    correction = "[{date: 2020-05-08, texte: Le total est 336.}]"
    body = "/// article | premier\n///"
    project.write({"newsletters/2020/2020-05-06.md": letter(body, corrections=correction)})
    project.build()
    assert "Le total est 336." not in before
    assert "Le total est 336." in page.read_text("utf-8")
    assert [part.read_bytes() for part in mail] == sent


# --- the planche ---------------------------------------------------------------------------------


def test_a_planche_is_written_even_without_a_browser(
    new_project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AXTRA_NAVIGATEUR", raising=False)
    monkeypatch.setenv("PATH", "")
    draft = letter("/// article | premier\n///", date="2031-05-06", statut="brouillon")
    project = new_project({**FULL, "newsletters/2031/2031-05-06.md": draft})
    code, out, err = run(project, "infolettre", "planche", "2031-05-06", "--sortie", "ici")
    assert (code, out) == (0, "ici/planche.html\n")
    assert "Chromium n’est pas sur cette machine" in err
    page = (project.root / "ici/planche.html").read_text("utf-8")
    for path in re.findall(r"src=&#34;(.*?)&#34;", page):
        assert (project.root / "ici" / path).read_bytes()
    assert not (project.root / "ici/captures").exists()
    assert run(project, "infolettre", "planche", "2031-05-07")[0] == 2
    project.write({"content/nouvelles/2020/n.md": news(date="hier")})
    assert run(project, "infolettre", "planche", "2031-05-06", "--sortie", "la")[0] == 1


def test_an_edition_counts_as_sent_once_it_is_recorded(new_project: MakeProject, run: Run) -> None:
    project = new_project(
        {
            "newsletters/2020/2020-05-06.md": letter(),
            "newsletters/2020/2020-05-20.md": letter(date="2020-05-20"),
            "newsletters/2020/2020-06-03.md": letter(date="2020-06-03"),
        }
    )
    urls = ("/infolettres/2020-05-20/",)
    sent_letters.record(
        project.root, sent_letters.Sent("2020-05-20", "membres", date(2020, 5, 20), "a", urls)
    )
    listed = run(project, "infolettre", "lister", "--format", "json")[1]
    assert [row["etat"] for row in json.loads(listed)] == ["sautée", "envoyée", "sautée"]


def test_an_edition_sent_by_other_means_is_recorded(new_project: MakeProject, run: Run) -> None:
    body = "Un mot.\n\n/// article | premier\n///"
    project = new_project({**FULL, "newsletters/2020/2020-05-06.md": letter(body)})
    code, out, _ = run(project, "infolettre", "envoyee", "2020-05-06", "--liste", "membres")
    assert (code, "partie le 6 mai 2020" in out.replace("\u00a0", " ")) == (0, True)
    (recorded,) = sent_letters.load(project.root)
    assert (recorded.edition, recorded.audience, recorded.day) == (
        "2020-05-06",
        "membres",
        date(2020, 5, 6),
    )
    assert {"/infolettres/2020-05-06/", "/magazine/2020-05/premier/"} <= set(recorded.urls)
    assert '"envoyée"' in run(project, "infolettre", "lister", "--format", "json")[1]
    again = ("--liste", "membres", "--date", "2020-05-08")  # recording it again corrects the record
    assert run(project, "infolettre", "envoyee", "2020-05-06", *again)[0] == 0
    (recorded,) = sent_letters.load(project.root)
    assert recorded.day == date(2020, 5, 8)


def test_an_edition_that_was_not_sent_is_not_recorded(new_project: MakeProject, run: Run) -> None:
    project = new_project({**FULL, "newsletters/2031/2031-05-06.md": letter(date="2031-05-06")})
    code, _, err = run(project, "infolettre", "envoyee", "2031-05-06")
    assert (code, "à venir" in err) == (2, True)
    for words in (("2031-05-07",), ("2020-05-06", "--liste", "Les Membres!")):
        assert run(project, "infolettre", "envoyee", *words)[0] == 2
    assert sent_letters.load(project.root) == ()
    project.write({sent_letters.FILE: "[[envoi]"})
    assert run(project, "infolettre", "envoyee", "2020-05-06")[0] == 1
    project.write({"content/nouvelles/2020/n.md": news(date="hier")})
    assert run(project, "infolettre", "envoyee", "2020-05-06")[0] == 1


def test_a_sent_edition_should_be_frozen(new_project: MakeProject) -> None:
    project = new_project({**FOUR, "newsletters/2020/2020-05-06.md": letter(rule("nombre: 1"))})
    assert site.verify(project.root, moment=DAY) == []
    urls = ("/infolettres/2020-05-06/",)
    sent_letters.record(
        project.root, sent_letters.Sent("2020-05-06", "membres", date(2020, 5, 6), "a", urls)
    )
    (warning,) = site.verify(project.root, moment=DAY)
    assert (warning.line, warning.rule) == (9, "articles-a-figer")
