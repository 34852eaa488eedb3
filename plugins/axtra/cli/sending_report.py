"""The report of an edition: counts, then by name everyone whose message did not simply arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from axtra.core.dates import ZONE
from axtra.core.diagnostics import count, thousands

if TYPE_CHECKING:
    from axtra.sending.records import Line, State

_UNSETTLED = ("a_envoyer", "en_vol", "differe", "incertain")
_NAMED = {
    "incertain": "Incertains : partis peut-être, rien n’est renvoyé de soi-même",
    "refuse": "Refusés",
    "differe": "Différés : à retenter",
    "exclu": "Exclus",
}
_SAID = {
    "a_envoyer": "à envoyer",
    "en_vol": "en vol",
    "accepte": "acceptés",
    "refuse": "refusés",
    "differe": "différés",
    "incertain": "incertains",
    "exclu": "exclus",
}


def settled(counts: Mapping[State, int]) -> bool:
    """Tell whether nothing is left to do nor to find out."""
    return not any(number for state, number in counts.items() if state in _UNSETTLED)


def sentence(counts: Mapping[State, int]) -> str:
    """Say the counts in one line; the candidates come first."""
    total = count(sum(counts.values()), "candidat")
    parts = [f"{thousands(number)} {_SAID[state]}" for state, number in counts.items() if number]
    return f"{total} : {', '.join(parts)}."


def as_json(lines: Sequence[Line]) -> str:
    """Write one object: the state of each candidate."""
    return json.dumps({one.address: one.state for one in lines}, ensure_ascii=False, indent=2)


def as_text(edition: str, liste: str, counts: Mapping[State, int], lines: Sequence[Line]) -> str:
    """Write the report for a person."""
    written = [f"« {edition} », liste « {liste} »", sentence(counts)]
    for state, title in _NAMED.items():
        named = [one for one in lines if one.state == state]
        if named:
            written += ["", f"{title} ({len(named)})", *map(_line, named)]
    if counts and any(one.state == "incertain" for one in lines):
        written += ["", "    → axtra envoi reconcilier --journal JOURNAL-DE-POSTFIX"]
    if any(one.state in {"a_envoyer", "differe"} for one in lines):
        written += ["", f"    → axtra envoi reprendre {edition}"]
    return "\n".join(written) + "\n"


def _line(one: Line) -> str:
    when = ""
    if one.settled:
        when = f"{datetime.fromtimestamp(one.settled, ZONE):%Y-%m-%d %H:%M}  "
    return f"  {one.address:<40} {when}{one.reason}"
