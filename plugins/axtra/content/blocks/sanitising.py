"""What HTML a body may hold: what it would lose is told, never lost in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from axtra.content.blocks.line_places import Places
from axtra.content.blocks.tags import CLEANER, FLOW_TAGS, LINE, PLACEHOLDER, has_value
from infolettre.core.diagnostics import Notes
from infolettre.text.html.elements import VOID
from infolettre.text.html.tokeniser import BrokenDeclaration, Comment, EndTag, StartTag, tokenise

# What a numbered entity may name and neither XHTML nor a feed may hold; nobody sees it.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAGS = re.compile(r"<[^>]+>")


def sanitise(html: str, places: Places, notes: Notes) -> str:
    """Keep what the allow-list holds; what would be lost is an error, never a silence."""
    clean = CLEANER.clean(html)
    # The same tags, as they stand: nothing was lost. Else some may only be written otherwise.
    if html != clean and _TAGS.findall(html) != _TAGS.findall(clean):
        for line, tag, name, value in _losses(places):
            _report(line, tag, name, value, notes)
    return (
        _UNWRITABLE.sub("", clean)
        .replace("&nbsp;", "\u00a0")
        .replace(' align="right"', ' class="droite"')
        .replace(' align="center"', ' class="centre"')
        .replace(' align="left"', "")
        .replace("<th>", '<th scope="col">')
        .replace("<th class=", '<th scope="col" class=')
    )


def _losses(places: Places) -> Iterator[tuple[int | None, str, str, str]]:
    """Yield the line of each thing lost: tag, then name and value of an attribute or nothing."""
    kept = {token[0]: token for token in _ranked(places.clean) if token[0]}
    line: int | None = None
    for rank, own, tag, attributes in _ranked(places.html):
        line = own or line
        if not rank or rank not in kept:
            yield line, tag, "", ""
        else:
            for name, value in (Counter(attributes) - Counter(kept[rank][3])).elements():
                yield line, tag, name, value


_Tag = tuple[str, int | None, str, list[tuple[str, str]]]


def _tag(token: StartTag) -> _Tag:
    given = [(name, value or "") for name, value in token.attributes if name != LINE]
    rank, _, line = (dict(token.attributes).get(LINE) or "").partition("-")
    return rank, int(line) if line else None, token.name, given


def _ranked(html: str) -> Iterator[_Tag]:
    """Yield the rank of each tag, its line, its name and its attributes; comments have no rank."""
    for token in tokenise(html):
        match token:
            case StartTag():
                yield _tag(token)
            case Comment(text):
                yield "", int(text) if text.isdecimal() else None, "!--", []
            case BrokenDeclaration():
                yield "", None, "![", []


def across(places: Places) -> list[int | None]:
    """List the lines of the tags that are not closed in the block where they are opened."""
    opened, lines, line = list[tuple[str, int | None]](), list[int | None](), None
    for token in tokenise(places.html):
        if isinstance(token, StartTag) and token.name not in VOID:
            _, line, _, _ = _tag(token)
            opened.append((token.name, line))
        elif isinstance(token, EndTag):
            names = [name for name, _ in opened]
            block = len(names) - names[::-1].index(PLACEHOLDER) if PLACEHOLDER in names else 0
            if token.name == PLACEHOLDER:
                lines += [line for name, line in opened[block:] if name not in FLOW_TAGS]
                del opened[max(0, block - 1) :]
            elif token.name in names:
                at = len(names) - 1 - names[::-1].index(token.name)
                _, line = opened.pop(at)
                lines += [line] if at < block else []
    return sorted(lines, key=lambda line: line or 0)


def _report(line: int | None, tag: str, name: str, value: str, notes: Notes) -> None:
    if tag == PLACEHOLDER or name == "data-cle":
        what = f"<{PLACEHOLDER}>"
    elif tag == "!--":
        what = "un commentaire HTML"
    elif not name:
        what = f"<{tag}>"
    elif name in {"href", "src", "cite"}:
        if re.match(r"[a-z]:|file:", value, re.IGNORECASE):
            notes.error(
                "lien-local",
                line,
                f"« {value} » mène à un fichier de votre ordinateur",
                "Rangez le fichier sous content/, puis donnez son chemin à partir de là.",
            )
            return
        notes.error(
            "lien-interdit",
            line,
            f"l’adresse « {value[:60]} » n’est pas permise",
            "Une adresse commence par https:, mailto: ou tel:, ou mène à un fichier du site.",
        )
        return
    elif not has_value(name, value):
        notes.error(
            "html-interdit",
            line,
            f"l’attribut « {name} » ne peut valoir « {value[:60]} »",
            "Corrigez sa valeur, ou effacez-le.",
        )
        return
    else:
        what = f"l’attribut « {name} »"
    notes.error(
        "html-interdit",
        line,
        f"{what} n’est pas permis dans un texte",
        "Effacez-le, ou écrivez la même chose en Markdown ou avec un bloc (///).",
    )
