"""Tags that are opened and closed in order, and which may contain which."""

from __future__ import annotations

from collections.abc import Iterator

from infolettre.checks.rule import Finding, view_rule
from infolettre.checks.tag_order import LOOSE
from infolettre.checks.view import View
from infolettre.words import say

_ONCE = ("html", "head", "body")


@view_rule("courriel-balises", "Fermez chaque balise dans l’ordre où elle a été ouverte.")
def tags_are_balanced(view: View) -> Iterator[Finding]:
    """Chaque balise ouverte est fermée, dans l’ordre."""
    reader = view.tags
    yield from (Finding(fault, line=line) for fault, line in reader.faults[:5])
    for tag, line in zip(reader.open, reader.opened, strict=True):
        if tag not in LOOSE:
            yield Finding(say("la balise <{}> n’est jamais fermée", tag), line=line)


@view_rule("courriel-emboitement", "Mettez chaque balise dans celle qui la tient.")
def tags_are_in_their_place(view: View) -> Iterator[Finding]:
    """Une cellule est dans une rangée, une rangée dans un tableau, un point dans une liste."""
    for problem, line in view.tags.misplaced:
        yield Finding(problem, line=line)


@view_rule("courriel-page", "Gardez une page entière : <html>, <head> et <body>, une fois chacune.")
def page_is_whole(view: View) -> Iterator[Finding]:
    """Un courriel est une page : html, head et body, une fois chacun, et rien après."""
    reader = view.tags
    for tag in _ONCE:
        if reader.counts[tag] != 1:
            last = list(view.all(tag))[-1:] if reader.counts[tag] else []
            problem = say("la balise <{}> est là {} fois", tag, reader.counts[tag])
            yield Finding(problem, line=last[0].line if last else 1)
    if reader.after:
        yield Finding("quelque chose suit la fin de la page (</html>)", reader.after)


@view_rule("attribut-double", "Gardez un seul des deux attributs.")
def attributes_come_once(view: View) -> Iterator[Finding]:
    """Une balise ne porte pas deux fois le même attribut : le second serait perdu."""
    for tag, name, line in view.tags.doubled:
        yield Finding(
            say("<{}> porte deux fois l’attribut « {} »", tag, name), f"<{tag}", line=line
        )
