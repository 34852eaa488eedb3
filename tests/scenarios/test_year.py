"""The year in figures: what files, a ledger made by real sends and logs say of a period."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from axtra.core.dates import ZONE
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register
from support import smtp_server
from support.access_logs import generated
from support.fixture_types import MakeProject, Run
from support.sending_project import make_sending_project
from support.small_sites import FULL, ROOT, SITE, Project
from support.smtp_server import UNKNOWN, numbered

KINDS = {
    "numeros": "magazine/*/numero.md",
    "nouvelles": "nouvelles/**/*.md",
    "publications": "publications/*.md",
    "communiques": "communiques/**/*.md",
    "evenements": "evenements/*.md",
}


def header(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8").split("---")[1]))


def day(value: object) -> str:
    return str(value)[:10]


def files_of(first: str, last: str) -> dict[str, Any]:
    """Count the files of the repository in a period, by their headers alone."""

    def within(given: dict[str, Any]) -> bool:
        return first <= day(given.get("debut", given.get("date"))) <= last

    content = ROOT / "content"
    counts: dict[str, Any] = {
        name: sum(within(header(path)) for path in content.glob(pattern))
        for name, pattern in KINDS.items()
    }
    counts["articles"] = sum(
        within(header(path.parent / "numero.md"))
        for path in content.glob("magazine/*/*.md")
        if path.name != "numero.md"
    )
    letters = [header(path) for path in (ROOT / "newsletters").glob("**/*.md")]
    types = Counter(given["type"] for given in letters if within(given))
    return counts | {"infolettres": types.total(), "infolettres-par-type": dict(types)}


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    return Project(ROOT)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        (["2019"], "2019-01-01", "2019-12-31"),
        (["2019", "--du", "2018-04-01", "--au", "2019-03-31"], "2018-04-01", "2019-03-31"),
        (["2019", "--au", "2019-03-27"], "2019-01-01", "2019-03-27"),
    ],
)
def test_the_sample_has_exactly_the_counts_of_its_files(
    sample: Project, run: Run, words: list[str], first: str, last: str
) -> None:
    code, out, err = run(sample, "annee", *words, "--format", "json")
    assert code == 0, err
    said = json.loads(out)
    expected = files_of(first, last)
    assert {name: said[name] for name in expected} == expected
    assert (said["du"], said["au"]) == (first, last)
    assert said["envois"] is said["abonnes"] is said["lectorat"] is None
    if last == "2019-03-31":  # as the annual report says
        found = (expected["nouvelles"], expected["publications"], expected["communiques"])
        assert found == (11, 4, 3)


def test_the_page_of_the_terminal_says_the_year_and_what_only_people_know(
    sample: Project, run: Run
) -> None:
    code, out, _ = run(sample, "annee", "2019", "--du", "2018-04-01", "--au", "2019-03-31")
    assert code == 0
    assert out.startswith("D’avril 2018 à mars 2019, en chiffres")
    for words in ("11  nouvelles", "344  publications sur Facebook", "7  infolettres"):
        assert words in re.sub(r"  +", "  ", out)


YEAR = """\
["Communications"]
"publications *ailleurs*" = 344
"vues" = { nombre = "plus de 9 000", definition = "Selon | le réseau." }
"""


def test_the_draft_builds_with_its_figures_charts_and_definitions(
    new_project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    site = SITE.replace("https://essai.example", "https://www.axtra.ca")
    project = new_project({**FULL, "content/annee/2020.toml": YEAR, "content/site.toml": site})
    hits, _ = generated(800)
    months = {3: hits[:400], 4: hits[400:]}
    for month, part in months.items():
        log = tmp_path / f"{month}.log"
        lines = (
            hit.combined().replace("/Mar/2019", f"/{'MarApr'[month * 3 - 9 :][:3]}/2020")
            for hit in part
        )
        log.write_text("".join(f"{line}\n" for line in lines if "[31/Apr" not in line), "utf-8")
        assert run(project, "mesures", "lire", str(log))[0] == 0
    code, out, _ = run(project, "annee", "2020", "--format", "json", "--date", "2021-01-15")
    read = json.loads(out)["lectorat"]
    assert (code, sorted(read["mois"])) == (0, ["2020-03", "2020-04"])
    counted = [
        tomllib.loads(path.read_text("utf-8")) for path in (project.root / "mesures").iterdir()
    ]
    assert read["visites"] == sum(month["visites"] for month in counted)
    assert read["flux"] == {"/flux/site.xml": 16}

    code, _, err = run(project, "annee", "2020", "--brouillon", "--date", "2021-01-15")
    name = "content/publications/annee-2020.md"
    assert (code, name in err) == (0, True)
    draft = (project.root / name).read_text("utf-8")
    assert "statut: brouillon" in draft
    for words in ("/// chiffres | Le magazine", "- **1** article\n", "/// graphique | barres",
                  "- **344** publications \\*ailleurs\\*", "## Comment ces chiffres"):  # fmt: skip
        assert words in draft
    published = draft.replace("statut: brouillon\n", "").replace(
        "date: 2021-01-15", "date: 2020-05-30"
    )
    project.write({name: published})
    code, out, _ = run(project, "verifier", name, "--date", "2020-06-01")
    assert (code, "0 erreur, 0 avertissement" in out) == (0, True), out
    code, _, err = run(project, "annee", "2020", "--brouillon")
    assert (code, "existe déjà" in err) == (1, True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x = 3\n", "hors d’un groupe"),
        ('[A]\n"b" = true\n', "attend un nombre"),
        ('[A]\n"b" = { nombre = 3, definitions = "c" }\n', "n’existe pas"),
        ("[A]\nb =\n", "ne se lit pas"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_file(
    new_project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    written: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    project = new_project({"content/annee/2020.toml": written})
    code, _, err = run(project, "annee", "2020")
    assert (code, said in err, "content/annee/2020.toml" in err) == (1, True, True), err


def test_wrong_periods_are_refused(sample: Project, run: Run) -> None:
    assert run(sample, "annee", "2019", "--du", "2020-01-01")[0] == 2
    assert run(sample, "annee", "mille")[0] == 2
    assert run(sample, "annee")[0] == 2


@pytest.mark.lourd
def test_the_sends_of_the_year_are_those_of_the_ledger(tmp_path: Path) -> None:
    trial = make_sending_project(tmp_path)
    people = [*numbered(5), *numbered(2, UNKNOWN)]
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        trial.envoi("envoyer", *trial.confirmed(len(people)))
    now = datetime.now(ZONE)
    with Register.open(trial.data) as register:
        person = register.find(people[0])
        assert person
        register.unsubscribe(person.id, "membres", now, "essai")
    said = json.loads(trial.done("annee", str(now.year), "--format", "json"))
    with Ledger.open(trial.data) as ledger:
        counts = {state.value: number for state, number in ledger.counts(trial.edition).items()}
    assert said["envois"] == {
        "editions": 1,
        "destinataires": len(people),
        "acceptes": counts["accepte"],
        "refuses": counts["refuse"],
        "desabonnements": 1,
    }
    assert counts["accepte"] == 5
    assert said["infolettres"] == 1
    assert said["accessibilite"] == {trial.edition: 0}
    end = said["abonnes"]["fin"]
    assert said["abonnes"]["debut"] == {"personnes": 0, "consentements": {}}
    # Whoever left, and those whose address the server said does not exist, are not subscribed.
    assert end == {"personnes": 4, "consentements": {"expres": 4}}
    assert "désabonnement" in trial.done("annee", str(now.year))
