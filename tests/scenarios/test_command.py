"""The `axtra` command, beyond what test_builds.py says of it: places, files, drafts, usage."""

from __future__ import annotations

import json
import re

import pytest

from support.fixture_types import MakeProject, Run
from support.small_sites import FULL, letter, news, text

BROKEN = {
    **FULL,
    "content/pages/p.md": text("[ici](x.md)", titre="P"),
    "content/nouvelles/2020/n.md": news(date="31 fevrier 2019"),
}


# --- construire --------------------------------------------------------------------------------


def test_a_refused_build_says_why_and_that_nothing_changed(
    new_project: MakeProject, run: Run
) -> None:
    code, out, err = run(new_project(BROKEN), "construire")
    assert (code, out) == (1, "")
    assert "content/nouvelles/2020/n.md:3 : " in err
    assert err.endswith(" : le dossier de sortie n’a pas changé.\n")


def test_a_warning_is_reported_and_the_site_is_built(new_project: MakeProject, run: Run) -> None:
    project = new_project({**FULL, "content/pages/p.md": text("À compléter.", titre="P")})
    code, out, err = run(project, "construire")
    assert code == 0
    assert "0 erreur, 1 avertissement" in out
    assert "[a-completer]" in err


def test_a_build_may_be_as_on_another_day_and_elsewhere(new_project: MakeProject, run: Run) -> None:
    project = new_project({**FULL, "content/nouvelles/2020/n.md": news("Plus tard", "2040-01-01")})
    assert run(project, "construire", "--sortie", "ici")[0] == 0
    assert run(project, "construire", "--sortie", "la", "--date", "2040-01-01")[0] == 0
    assert not (project.root / "ici/nouvelles/n").exists()
    assert (project.root / "la/nouvelles/n/index.html").is_file()
    assert not project.output.exists()


def test_the_site_is_built_from_any_folder_of_the_project(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(FULL)
    assert run(project, "construire", folder="content/nouvelles")[0] == 0
    assert (project.output / "index.html").is_file()


def test_a_plugin_that_is_not_loaded_is_an_error(new_project: MakeProject, run: Run) -> None:
    project = new_project(FULL)
    conf = project.root / "pelicanconf.py"
    text_ = conf.read_text(encoding="utf-8")
    conf.write_text(text_.replace('"axtra.site"', '"axtra.sit"'), encoding="utf-8")
    code, out, err = run(project, "construire")
    assert (code, out) == (1, "")
    assert "[greffon-absent]" in err
    assert not project.output.exists()


# --- verifier ----------------------------------------------------------------------------------


def test_verifying_says_nothing_wrong_in_one_line_or_an_empty_list(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(FULL)
    assert run(project, "verifier") == (0, "0 erreur, 0 avertissement\n", "")
    assert run(project, "verifier", "--format", "json") == (0, "[]\n", "")


def test_verifying_says_everything_in_one_run(new_project: MakeProject, run: Run) -> None:
    project = new_project(BROKEN)
    code, out, err = run(project, "verifier")
    assert (code, err) == (1, "")
    assert "content/nouvelles/2020/n.md:3 : " in out
    assert "content/pages/p.md:5 : " in out
    assert "    → " in out
    assert out.endswith("3 erreurs, 0 avertissement\n")
    code, out, err = run(project, "verifier", "--format", "json")
    found = json.loads(out)
    assert (code, err, len(found)) == (1, "", 3)
    assert [list(value) for value in found] == [
        ["fichier", "ligne", "regle", "gravite", "probleme", "remede"]
    ] * 3
    places = [(value["fichier"], value["ligne"] or 0) for value in found]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("words", "folder", "rules"),
    [
        (("content/pages/p.md",), ".", {"lien-vague", "lien-brise"}),
        (("p.md",), "content/pages", {"lien-vague", "lien-brise"}),
        (("../nouvelles",), "content/pages", {"date-invalide"}),
        (("content/pages/a-propos.md",), ".", set()),
        (("content/pages/p.md", "content/nouvelles/2020/n.md"), ".", None),
        ((".",), ".", None),
    ],
)
def test_verifying_keeps_to_the_files_it_is_given(
    new_project: MakeProject, run: Run, words: tuple[str, ...], folder: str, rules: set[str] | None
) -> None:
    rules = {"lien-vague", "lien-brise", "date-invalide"} if rules is None else rules
    code, out, _ = run(new_project(BROKEN), "verifier", *words, "--format", "json", folder=folder)
    assert {load["regle"] for load in json.loads(out)} == rules
    assert code == bool(rules)


# --- infolettre --------------------------------------------------------------------------------


def test_editions_are_listed_with_their_state(new_project: MakeProject, run: Run) -> None:
    draft = letter(objet="Une ébauche", date="2020-05-20", statut="brouillon")
    project = new_project({**FULL, "newsletters/2020/2020-05-20.md": draft})
    code, out, _ = run(project, "infolettre", "lister", "--format", "json")
    assert code == 0
    assert [(load["edition"], load["etat"]) for load in json.loads(out)] == [
        ("2020-05-20", "à écrire"),
        ("2020-05-06", "sautée"),
    ]
    code, out, _ = run(project, "infolettre", "lister")
    assert code == 0
    assert "Une ébauche" in out
    assert out.endswith("2 infolettres\n")


def test_without_an_edition_the_list_is_empty(new_project: MakeProject, run: Run) -> None:
    project = new_project()
    assert run(project, "infolettre", "lister", "--format", "json") == (0, "[]\n", "")
    assert run(project, "infolettre", "lister") == (0, "0 infolettre\n", "")


def test_an_edition_is_rendered_drafts_included(new_project: MakeProject, run: Run) -> None:
    draft = letter("Bonjour, voici l’ébauche.", date="2020-05-20", statut="brouillon")
    project = new_project({**FULL, "newsletters/2020/2020-05-20.md": draft})
    for edition in ("2020-05-06", "2020-05-20"):
        code, _, err = run(project, "infolettre", "rendre", edition, "--sortie", f"ici/{edition}")
        assert (code, err) == (0, "")
        folder = project.root / "ici" / edition
        assert sorted(value.name for value in folder.iterdir()) == ["courriel.html", "courriel.txt"]
    assert "voici l’ébauche" in (folder / "courriel.txt").read_text(encoding="utf-8")


def test_a_rendered_edition_is_the_mail_that_the_site_publishes(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(FULL)
    project.build()
    run(project, "infolettre", "rendre", "2020-05-06", "--sortie", "ici")
    for name in ("courriel.html", "courriel.txt"):
        published = project.output / "infolettres/2020-05-06" / name
        assert (project.root / "ici" / name).read_bytes() == published.read_bytes()


# --- nouveau -----------------------------------------------------------------------------------


def test_a_site_may_begin_with_skeletons_alone(new_project: MakeProject, run: Run) -> None:
    project = new_project()
    for words in (
        ("auteur", "Camille"),
        ("numero", "Le thème", "--numero", "2026-12"),
        ("article", "Le premier", "--numero", "2026-12"),
        ("infolettre", "La première", "--date", "2026-12-02"),
    ):
        assert run(project, "nouveau", *words)[0] == 0
    assert run(project, "verifier")[0] == 0
    assert run(project, "construire")[0] == 0


# --- wrong usage -------------------------------------------------------------------------------

ENGLISH = re.compile(r"\b(error|usage:|invalid|required|argument .*:|expected|choose|Traceback)\b")
WRONG = [
    (("construire", "--date", "2019-02-31"), "n’existe pas"),
    (("construire", "--date"), "« --date » attend une valeur"),
    (("construire", "--publier=oui"), "« --publier » ne prend pas de valeur"),
    (("verifier", "/etc/hostname"), "n’est pas dans ce projet"),
    (("verifier", "--format", "xml"), "« xml » n’est pas un choix possible"),
    (("nouveau",), "il manque : GENRE"),
    (("nouveau", "roman"), "« roman » n’est pas un choix possible"),
    (("infolettre",), "il manque : COMMANDE"),
    (("apercu", "--port", "abc"), "« abc » n’est pas un port"),
    (("apercu", "--port", "99999999"), "n’est pas un port"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(value) for value, _ in WRONG])
def test_a_wrong_usage_is_reported_in_french(
    new_project: MakeProject, run: Run, words: tuple[str, ...], said: str
) -> None:
    code, out, err = run(new_project(), *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not ENGLISH.search(err)


@pytest.mark.parametrize(
    "words", [("-h",), ("construire", "--aide"), ("nouveau", "-h"), ("infolettre", "rendre", "-h")]
)
def test_help_is_french(new_project: MakeProject, run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(new_project(), *words)
    assert (code, err) == (0, "")
    assert out.startswith("Usage : axtra")
    assert not re.search(r"usage:|positional|optional arguments|show this|exit\b", out)


def test_a_place_that_cannot_be_written_is_no_traceback(new_project: MakeProject, run: Run) -> None:
    words = ("infolettre", "rendre", "2020-05-06", "--sortie", "pelicanconf.py/x")
    code, out, err = run(new_project(FULL), *words)
    assert (code, out) == (1, "")
    assert "ne peut être ni lu ni écrit" in err
