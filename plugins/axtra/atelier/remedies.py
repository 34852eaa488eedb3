"""Remedies as screens show them: where a command would be typed, a link to what does the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from axtra.atelier import places
from axtra.atelier.places import Piece
from axtra.content.schema import KINDS

_COMMAND = re.compile(r"(?:«\s)?\baxtra (?=[a-z])([^\n»)]*?)(?=\s*(?:$|»|\)|, ou\b|\.$))(?:\s*»)?")
_SEND = "/infolettres/{0}/envoyer"
_REPORT = ("le bilan de l’envoi", "/infolettres/{0}/bilan")
# The first words of each command, the words of its link, and the screen: {0} is the edition.
_SCREENS: Mapping[str, tuple[str, str]] = {
    "nouveau infolettre": ("les infolettres", "/infolettres"),
    "recevoir": ("Recevoir un Word", "/textes/recevoir"),
    "verifier": ("les textes en erreur", "/textes?etat=en+erreur"),
    "construire": ("Publication", "/publication"),
    "publier": ("Publication", "/publication"),
    "echeances": ("ce qui vient", "/"),
    "infolettre figer": ("Figer et geler", f"{_SEND}?etape=geler"),
    "infolettre oublies": ("Textes", "/textes"),
    "envoi geler": ("Figer et geler", f"{_SEND}?etape=geler"),
    "envoi essai": ("Recevoir un essai", f"{_SEND}?etape=essai"),
    "envoi approuver": ("Approuver la lettre", f"{_SEND}?etape=approuver"),
    "envoi envoyer": ("Confirmer l’envoi", f"{_SEND}?etape=confirmer"),
    "envoi programmer": ("Confirmer l’envoi", f"{_SEND}?etape=confirmer"),
    "envoi verifier": ("la lettre", "/infolettres/{0}"),
    "envoi bilan": _REPORT,
    "envoi reprendre": _REPORT,
    "envoi pause": _REPORT,
    "abonnes lister": ("Abonnés", "/abonnes"),
    "abonnes importer": ("Importer une liste", "/abonnes/importer"),
    "abonnes retablir": ("Abonnés", "/abonnes"),
    "atelier": ("Réglages", "/reglages"),
}
_LOOSE = re.compile(r"(?<=«) | (?=»)|(?<=\S) (?=:(?: \S|$))")
_EDITION = re.compile(r"[\w-]*\d[\w-]*")
_ASIDE = "la personne qui s’occupe de cet ordinateur saura le faire"
_BELOW = {"--deja-partie", "--jamais-partie"}  # each is a button of its screen


def lines(remedy: str) -> list[list[Piece]]:
    """Return the lines of a remedy, with no command left to type and no path to look for."""
    return [
        [Piece(held(piece.words), piece.address) for piece in _pieces(line.strip())]
        for line in remedy.splitlines()
        if line.strip()
    ]


def held(words: str) -> str:
    """Return words whose quotation marks and colons stay with what they go with."""
    said, mark, pasted = words.partition(" :  ")  # what is pasted keeps every space
    return _LOOSE.sub("\u00a0", said) + mark + pasted


def _pieces(line: str) -> Iterator[Piece]:
    start = 0
    for found in _COMMAND.finditer(line):
        if before := line[start : found.start()]:
            yield from places.pieces(before)
        yield _led(found[1], alone=not line[: found.start()].strip())
        start = found.end()
    if after := line[start:]:
        yield from places.pieces(after)


def _led(typed: str, *, alone: bool) -> Piece:
    """Return what stands for a command; `alone` when it begins its line."""
    try:
        words = shlex.split(typed)
    except ValueError:
        words = typed.split()
    piece = _new(words) if words[0] == "nouveau" else _screen(words)
    if not alone or not piece.address:
        return piece
    return Piece(piece.words[:1].upper() + piece.words[1:], piece.address)


def _screen(words: list[str]) -> Piece:
    if _BELOW & {*words}:
        return Piece("le bouton ci-dessous")
    named = _SCREENS.get(" ".join(words[:2])) or _SCREENS.get(words[0])
    if named is None:
        return Piece(_ASIDE)
    label, address = named
    edition = next((word for word in words[2:] if _EDITION.fullmatch(word)), "")
    if "{0}" in address and not edition:
        return Piece("les infolettres", "/infolettres")
    return Piece(label, address.format(quote(edition)))


def _new(words: list[str]) -> Piece:
    """Return the link to a new text, which carries what the command would."""
    kind = KINDS.get(words[1]) if len(words) > 1 else None
    if kind is None or kind.name == "infolettre":
        return Piece("les infolettres", "/infolettres")
    given = {"genre": kind.name, **_options(words[2:])}
    return Piece(f"Nouveau texte : {kind.label}", f"/textes/nouveau?{urlencode(given)}")


def _options(words: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word in {"--numero", "--adresse", "--date"}:
            value = next(rest, "")
            if word == "--numero":
                given["numero"] = value
        elif word != "--":
            given["titre"] = f"{given['titre']} {word}" if "titre" in given else word
    return given
