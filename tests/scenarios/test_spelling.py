"""Spelling checked by the command: a warning on the line of the text, never an error."""

from __future__ import annotations

import json

from support.fixture_types import MakeProject, Run
from support.small_sites import letter


def test_an_unknown_word_of_a_letter_is_a_warning_until_it_is_listed_as_known(
    new_project: MakeProject, run: Run
) -> None:
    name = "newsletters/2020/2020-05-06.md"
    project = new_project({name: letter("Bonjour,\n\nVoici le quariéristat.")})
    code, out, _ = run(project, "verifier", "--format", "json")
    spelt = [row for row in json.loads(out) if row["regle"] == "mot-inconnu"]
    assert code == 0
    assert [(row["fichier"], row["ligne"], row["gravite"]) for row in spelt] == [
        (name, 11, "avertissement")
    ]
    project.write({"content/mots.txt": "quariéristat # un mot à nous\n"})
    listed = run(project, "verifier", "--format", "json")[1]
    assert "mot-inconnu" not in listed
    assert "fichier-ignore" not in listed
