"""Spelling from the command: a warning on the line of the text, and never an error."""

from __future__ import annotations

import json
from pathlib import Path

from sites import letter, make_project


def test_an_unknown_word_of_a_letter_is_a_warning_until_it_is_listed(tmp_path: Path) -> None:
    name = "newsletters/2020/2020-05-06.md"
    project = make_project(tmp_path / "p", {name: letter("Bonjour,\n\nVoici le quariéristat.")})
    told = project.run("axtra", "verifier", "--format", "json")
    spelt = [one for one in json.loads(told.stdout) if one["regle"] == "mot-inconnu"]
    assert told.returncode == 0
    assert [(one["fichier"], one["ligne"], one["gravite"]) for one in spelt] == [
        (name, 11, "avertissement")
    ]
    project.write({"content/mots.txt": "quariéristat # un mot à nous\n"})
    assert "mot-inconnu" not in project.run("axtra", "verifier", "--format", "json").stdout
    assert "fichier-ignore" not in project.run("axtra", "verifier", "--format", "json").stdout
