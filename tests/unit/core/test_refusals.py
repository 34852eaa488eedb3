"""A refusal says its problem, its place and its remedy, and decides the exit code."""

from __future__ import annotations

import json

from infolettre.core.refusals import Refusal, WrongUsage


def test_a_refusal_reads_as_a_problem_and_its_remedies() -> None:
    refusal = Refusal("le disque est plein", "Faites de la place.\naxtra construire")
    assert str(refusal) == (
        "le disque est plein\n    → Faites de la place.\n    → axtra construire"
    )


def test_a_place_comes_first_and_a_rule_last() -> None:
    refusal = Refusal("un texte est vide", "Écrivez-le.", rule="bloc-vide", place="content/a.md:3")
    first, second = str(refusal).splitlines()
    assert first == "content/a.md:3 : un texte est vide"
    assert second.startswith("    → Écrivez-le.")
    assert second.endswith(" [bloc-vide]")


def test_the_json_form_has_the_keys_of_a_diagnostic() -> None:
    record = json.loads(WrongUsage("« x » n’existe pas").as_json())
    assert record == {
        "fichier": None,
        "regle": None,
        "gravite": "erreur",
        "probleme": "« x » n’existe pas",
        "remede": None,
    }


def test_wrong_usage_exits_with_two_and_any_other_refusal_with_one() -> None:
    assert (Refusal("x").exit_code, WrongUsage("x").exit_code) == (1, 2)
