"""The report of an edition: counts, then by name everyone whose message did not simply arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from axtra.cli import printer
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import count, thousands

if TYPE_CHECKING:
    from axtra.sending.dispatch import EditionReport
    from axtra.sending.ledger_records import MessageState, ReportLine

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


def sentence(counts: Mapping[MessageState, int]) -> str:
    """Return the counts in one line; the candidates come first."""
    total = count(sum(counts.values()), "candidat")
    parts = [f"{thousands(number)} {_SAID[state]}" for state, number in counts.items() if number]
    return f"{total} : {', '.join(parts)}."


def as_json(lines: Sequence[ReportLine]) -> str:
    """Return one object: the state of each candidate."""
    return json.dumps({line.address: line.state for line in lines}, ensure_ascii=False, indent=2)


def as_text(report: EditionReport) -> str:
    """Return the report for a person."""
    from axtra.sending.dispatch.next_steps import RECONCILE  # noqa: PLC0415 - help must not pay it

    lines, proposals = report.lines, report.proposals
    written = [
        f"« {report.frozen.edition} », liste « {report.frozen.liste} »",
        sentence(report.counts),
    ]

    def add(title: str, named: Sequence[str]) -> None:
        if named:
            written.extend(["", f"{title} ({len(named)})", *named])

    add(
        "Retraits proposés : à vous de choisir",
        [
            f"  {proposal.address:<40} {proposal.detail or proposal.reason}"
            for proposal in proposals
        ],
    )
    add(
        "Retraits en attente : l’édition n’est pas finie",
        [_line(line) for line in lines if line.removal == "tenu"],
    )
    for state, title in _NAMED.items():
        add(title, [_line(line) for line in lines if line.state == state])
    # Who was never tried has no reason.
    add(
        "Retenus : à envoyer de nouveau, avec la dernière réponse",
        [_line(line) for line in lines if line.state == "a_envoyer" and line.reason],
    )
    add("À revoir : refusées édition après édition", [f"  {address}" for address in report.review])
    unsure = any(line.state == "incertain" for line in lines)
    steps = [RECONCILE] if unsure and report.next_steps != RECONCILE else []
    if steps := [*steps, *report.next_steps.splitlines()]:
        written += ["", printer.steps("\n".join(steps))]
    return "\n".join(written)


def _line(line: ReportLine) -> str:
    when = ""
    if line.settled:
        when = f"{datetime.fromtimestamp(line.settled, ZONE):%Y-%m-%d %H:%M}  "
    return f"  {line.address:<40} {when}{line.reason}"
