"""What an editor must mend in a body: its headings, its links, its images, what did not convert."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from axtra.content.audiences import MAIL, WEB
from axtra.content.blocks.line_places import Places
from axtra.content.blocks.source import Opening, Typed
from infolettre.core.diagnostics import Notes
from infolettre.text import first_names
from infolettre.text.link_texts import VAGUE_LINK_TEXTS

_TAGS = re.compile(r"<[^>]+>")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)


def inspect_structure(places: Places, headings: list[Any], notes: Notes) -> None:
    """Find headings that are empty, skip a level or are the page’s own."""
    above = 1
    for rank, heading in enumerate(headings):
        level, text = heading["level"], plain(heading["name"])
        if level == 1:
            notes.error(
                "titre-principal",
                at(places.headings, rank),
                f"« {text} » est un titre principal; la page en a déjà un",
                f"Écrivez un intertitre, avec deux dièses :  ## {text}",
            )
        elif level > above + 1:
            notes.error(
                "niveau-saute",
                at(places.headings, rank),
                f"l’intertitre « {text} » saute un niveau",
                f"Écrivez-le avec {above + 1} dièses :  {'#' * (above + 1)} {text}",
            )
        if not text:
            line = at(places.headings, rank)
            notes.error("titre-vide", line, "un intertitre est vide", "Écrivez-le ou effacez-le.")
        above = level


_DEFINED_ELSEWHERE = re.compile(r"\[\^[^\]]+\]|\A[\s>*+-]*(?:\*|[0-9]+[.)]\s+)?\[[^\]]+\]:")


_RETURN = re.compile(r'\s*<a class="footnote-backref" href="#([^"]+)"[^>]*>.*?</a>')


def without_lost_returns(html: str) -> str:
    """Leave out the way back from a note that nothing calls, of which something is told."""
    if "footnote-backref" not in html:
        return html
    return _RETURN.sub(lambda back: back[0] if f' id="{back[1]}"' in html else "", html)


def inspect_reserved(source: Typed, openings: Iterable[Opening], notes: Notes) -> None:
    """Find notes and definitions in a block of one medium: Markdown shows them outside of it."""
    reserved = [opening for opening in openings if opening.name in {WEB, MAIL}]
    for number, line, code in source.lines if reserved else ():
        inside = next(
            (opening for opening in reserved if opening.line < number < opening.end), None
        )
        if inside and not code and _DEFINED_ELSEWHERE.search(line):
            notes.error(
                "note-reservee",
                number,
                f"une note ou une définition du bloc « {inside.name} » paraîtrait hors de lui",
                "Mettez la note entre parenthèses dans la phrase, l’adresse dans le lien.",
            )


_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_IMAGE = re.compile(r"<img ([^>]*)>")
_SHOWN_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s»)]+", re.IGNORECASE)
_SHOWN_DOMAIN = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:ca|com|org|net|quebec|fr|eu|info|io|app|dev|coop|edu)(?:/\S*)?",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def inspect_html(html: str, places: Places, notes: Notes) -> None:
    """Find links that say nothing, images that say nothing, Markdown that did not convert."""
    for rank, (href, inner) in enumerate(_LINK.findall(html)):
        _inspect_link(unescape(href), inner, rank, places, notes)
    for rank, found in enumerate(_IMAGE.findall(html)):
        given = dict(_ATTRIBUTE.findall(found))
        if not given.get("alt", "").strip():
            src = unescape(given.get("src", ""))
            notes.error(
                "alt-manquant",
                at(places.images, rank),
                f"l’image « {src} » n’a pas de texte de remplacement",
                f"Écrivez ce qu’elle montre :  ![Ce que montre l’image]({src})",
            )
    _inspect_leftovers(_uncoded(html), places, notes)


def _uncoded(html: str) -> str:
    return plain(_CODE.sub("", html))


def _inspect_link(href: str, inner: str, rank: int, places: Places, notes: Notes) -> None:
    text = plain(inner).strip()
    if "<img" in inner and not text:
        return
    if not text:
        notes.error(
            "lien-vide",
            at(places.links, rank),
            f"le lien vers « {href} » n’a pas de texte",
            "Écrivez entre crochets où mène le lien.",
        )
    elif text.casefold().strip(" .!…:»«→>").replace("'", "’") in VAGUE_LINK_TEXTS:
        notes.error(
            "lien-vague",
            at(places.links, rank),
            f"« {text} » ne dit pas où mène le lien",
            "Nommez la destination, par exemple :  [Lire l’éditorial de mars 2019](…)",
        )
    elif (shown := _shown_host(text)) and (host := _host(href)):
        if not places.personal and not f".{host}".endswith(f".{shown}"):  # else a rule of mails
            notes.error(
                "lien-autre-adresse",
                at(places.links, rank),
                f"le lien montre « {text[:80]} » et mène à « {host} »",
                "Faites dire au lien l’adresse où il mène, ou le titre de la page.",
            )
    elif "@" in text and href.startswith("mailto:"):
        mailbox = _MAILBOX.search(text)
        if mailbox and mailbox[0].casefold() not in href.casefold():
            notes.error(
                "lien-autre-adresse",
                at(places.links, rank),
                f"le lien montre « {mailbox[0]} » et écrit à « {href[7:]} »",
                "Donnez la même adresse dans le texte et dans le lien.",
            )


def _shown_host(text: str) -> str:
    """Return the host of the address that a text shows, if it shows one."""
    found = _SHOWN_ADDRESS.search(text) or _SHOWN_DOMAIN.fullmatch(text)
    return _host(found[0] if "://" in found[0] else f"https://{found[0]}") if found else ""


def _host(address: str) -> str:
    """Return the host of a web address, without its « www. »; nothing for any other address."""
    if not address.casefold().startswith(("https://", "http://")):
        return ""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # reported as a link that leads nowhere
        return ""


_TYPED_EMPHASIS = re.compile(r"</?(?:em|strong)\b|\\[*_]")
# Emphasis that other programs would not read where ours does, and signs that none reads.
_STUCK_EMPHASIS = re.compile(
    r"\s</(?:em|strong)>|<(?:em|strong)>\s|[^\w\s>]</(?:em|strong)>(?=\w)"
    r"|(?<=\w)<(?:em|strong)>(?=[^\w\s<])|\*\*+|[*_](?=</?(?:em|strong)>)"
    r"|(?<=<em>)[*_]|(?<=</em>)[*_]|(?<=<strong>)[*_]|(?<=</strong>)[*_]"
)

# What each of these stands on: quick to find, where the whole is looked for at every sign.
_NEAR_EMPHASIS = re.compile(r"</?(?:em|strong)>|[*_]")


def inspect_emphasis(html: str, places: Places, notes: Notes) -> None:
    """Find the stars and underscores that show, or would show in other programs."""
    body = places.source.body
    if ("*" not in body and "_" not in body) or _TYPED_EMPHASIS.search(body):
        return
    found = _is_stuck(_CODE.sub("", html))
    lines = places.matching(_CODE.sub("", places.clean), _STUCK_EMPHASIS) if found else []
    for line in dict.fromkeys(lines or ([None] if found else [])):
        notes.warning(
            "emphase-collee",
            line,
            "des étoiles ou des tirets bas d’italique ou de gras sont mal placés",
            "Collez-les aux mots, et laissez une espace après :  **mot** suite",
        )


def _is_stuck(html: str) -> bool:
    """Tell whether emphasis is misplaced; each sort of it is within a sign of what it stands on."""
    return any(
        _STUCK_EMPHASIS.search(html, max(0, near.start() - 1), near.end() + 2)
        for near in _NEAR_EMPHASIS.finditer(html)
    )


_ID = re.compile(r' id="[^"]*"')
_NO_PROSE = re.compile(r"<(h[1-6]|code|pre)\b.*?</\1>|<[^>]+>", re.DOTALL)


def inspect_names(html: str, places: Places, notes: Notes, *, personal: bool) -> None:
    """Find each first name that would be public, counted as a link of its own, or code."""
    lines: list[int | None] = []
    if not personal and first_names.typed(places.source.body):
        for number, line, _ in places.source.lines:
            lines += [number] * first_names.attempts(line)
    elif first_names.held(html) and _lost_names(html):
        clean = _ID.sub("", places.clean)  # a heading is named by its words
        lines = [
            line
            for start, end in _lost_names(clean)
            for line in places.matching(clean, first_names.SENTINEL, start, end)
        ]
    for place in lines:
        notes.error(
            "prenom-hors-place",
            place,
            "un prénom ne se met que dans les phrases d’une infolettre",
            "Sortez-le d’ici : ni titre, ni lien, ni image, ni code.",
        )


def _lost_names(html: str) -> list[tuple[int, int]]:
    """List where a first name stands in a tag, a heading or code."""
    return [piece.span() for piece in _NO_PROSE.finditer(html) if first_names.held(piece[0])]


_LEFTOVERS: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (
        re.compile(r"\[\^([^\]\s]+)\]"),
        "note-inconnue",
        "la note « {} » n’a pas de texte",
        "Ajoutez à la fin du fichier :  [^{}]: texte de la note",
    ),
    (
        re.compile(r"\]\[([^\]]+)\]"),
        "lien-inconnu",
        "le lien « {} » n’a pas d’adresse",
        "Ajoutez à la fin du fichier :  [{}]: https://…",
    ),
    (
        re.compile(r"(```|~~~)"),
        "code-ouvert",
        "un bloc de code n’est pas fermé ({})",
        "Ajoutez une ligne {} à la fin du code.",
    ),
)


def _inspect_leftovers(text: str, places: Places, notes: Notes) -> None:
    """Find the Markdown that stayed in the text because it did not mean what it seemed to."""
    for pattern, rule, problem, remedy in _LEFTOVERS:
        matches = [*pattern.finditer(text)]
        lines = places.matching(_uncoded(places.clean), pattern) if matches else []
        for rank, match in enumerate(matches):
            notes.error(rule, at(lines, rank), problem.format(match[1]), remedy.format(match[1]))


def at(lines: list[int | None], rank: int) -> int | None:
    """Return the line of what has a rank."""
    return lines[rank] if rank < len(lines) else None


def plain(html: str) -> str:
    """Return the text of some HTML."""
    return unescape(_TAGS.sub("", html))
