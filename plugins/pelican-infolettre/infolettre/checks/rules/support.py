"""How mail software supports the CSS that our letters use, and the fallback where it does not.

A property that is not in the table is refused until somebody writes here which software ignores
it and what readers then see. The simulations remove the properties that the table says ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import Finding, view_rule, words
from infolettre.checks.style_rules import without_comments, without_strings
from infolettre.checks.styles import IMPORTANT, declarations, pixels
from infolettre.checks.view import View
from infolettre.words import say


class Client(StrEnum):
    """A family of mail software."""

    GMAIL = "Gmail"
    WORD = "Outlook 2016-2024 (Windows)"
    OUTLOOK = "nouvel Outlook (Windows)"
    WEB = "Outlook sur le Web"
    APPLE = "Apple Mail"
    YAHOO = "Yahoo Mail"
    THUNDERBIRD = "Thunderbird"


class Support(NamedTuple):
    """The software that ignores a feature, and what its readers see instead (in French)."""

    ignored_by: frozenset[Client]
    fallback: str


def _by(fallback: str, *clients: Client) -> Support:
    return Support(frozenset(clients), fallback)


_ALL = _by("lu partout")
_SHEET = _by(
    "le style de la balise, ou celui du logiciel",
    Client.GMAIL, Client.WORD, Client.OUTLOOK, Client.WEB, Client.YAHOO,
)  # fmt: skip
_MODERN = (Client.GMAIL, Client.WORD, Client.OUTLOOK, Client.WEB, Client.YAHOO)
_WORD_ONLY = _by(
    "n’agit que dans Outlook; ailleurs, le style ordinaire suffit",
    Client.GMAIL, Client.OUTLOOK, Client.WEB, Client.APPLE, Client.YAHOO, Client.THUNDERBIRD,
)  # fmt: skip
_READ = (
    "background-color border border-bottom border-color border-collapse border-left border-right"
    " border-top color direction font font-family font-size font-style font-weight line-height"
    " padding padding-bottom padding-left padding-right padding-top text-align text-decoration"
    " text-transform vertical-align background"
)

ACCEPTED: Mapping[str, Support] = MappingProxyType({
    **dict.fromkeys(_READ.split(), _ALL),
    "-ms-interpolation-mode": _by("l’image est lissée par défaut", *Client),
    "-ms-text-size-adjust": _by("le texte garde sa taille", *Client),
    "-webkit-text-size-adjust": _by("le texte garde sa taille", Client.GMAIL, Client.WORD,
                                    Client.OUTLOOK, Client.WEB, Client.YAHOO),
    "color-scheme": _SHEET,
    "display": _by("le bouton est un lien dans une cellule colorée; mso-hide cache", Client.WORD),
    "height": _by("l’image garde ses proportions par son seul attribut width", Client.WORD,
                  Client.YAHOO),
    "letter-spacing": _by("lettres à leur écart ordinaire", Client.WORD),
    "list-style": _by("puce ordinaire", Client.WORD),
    "margin": _by("les blancs viennent aussi des cellules", Client.WORD),
    "margin-bottom": _by("les blancs viennent aussi des cellules", Client.WORD),
    "margin-left": _by("texte sans retrait", Client.WORD),
    "margin-right": _by("texte sans retrait", Client.WORD),
    "margin-top": _by("les blancs viennent aussi des cellules", Client.WORD),
    "max-height": _by("mso-hide:all cache le préentête", Client.WORD),
    "max-width": _by("un tableau de 600 px, dans [if mso], tient la largeur", Client.WORD),
    "mso-hide": _WORD_ONLY,
    "mso-line-height-rule": _WORD_ONLY,
    "mso-padding-alt": _WORD_ONLY,
    "mso-table-lspace": _WORD_ONLY,
    "mso-table-rspace": _WORD_ONLY,
    "outline": _by("aucun cadre, qu’il soit lu ou non", Client.WORD),
    "overflow": _by("display:none et mso-hide cachent déjà", Client.WORD),
    "overflow-wrap": _by("un mot long dépasse", *_MODERN),
    "supported-color-schemes": _SHEET,
    "text-decoration-color": _by("soulignement de la couleur du texte", Client.WORD, Client.GMAIL),
    "text-decoration-thickness": _by("soulignement ordinaire", *_MODERN),
    "text-underline-offset": _by("soulignement ordinaire", *_MODERN),
    "white-space": _by("le texte passe à la ligne", Client.WORD),
    "width": _by("l’attribut width des tableaux et des images", Client.WORD),
    "word-break": _by("un mot long dépasse", Client.YAHOO),
    "word-spacing": _by("écart ordinaire", Client.WORD),
})  # fmt: skip

AT_RULES: Mapping[str, Support] = MappingProxyType(
    {
        "media": _by(
            "la mise en page tient sans : une colonne souple", Client.WORD, Client.THUNDERBIRD
        ),
    }
)


# Elements and attributes that all software reads, or whose loss changes nothing for readers.
ELEMENTS = frozenset(
    words(
        "html head title meta style body div p h1 h2 h3 h4 h5 h6 table thead tbody tr td th caption"
        " ul ol li dl dt dd blockquote hr br a img strong em b i s u del ins small sup sub span"
        " abbr code pre kbd q cite time address font center"
    )
)
# What mrml writes for Outlook for Windows alone.
_WORD_ELEMENTS = frozenset(
    words("noscript xml o:officedocumentsettings o:allowpng o:pixelsperinch")
)
ATTRIBUTES = frozenset(
    words(
        "align alt aria-hidden aria-label aria-roledescription bgcolor border cellpadding"
        " cellspacing charset class colspan content dir height href hreflang http-equiv id lang"
        " media name rel role rowspan scope size span src start style target title type valign"
        " width xmlns xmlns:o xmlns:v color face hidden datetime cite"
    )
)
_GMAIL_SHEETS = 16_384  # characters
_NEGATIVE = re.compile(r"(?:^|\s)-\d")
_RELATIVE = re.compile(r"\b(?:calc|min|max|clamp|env|attr)\(|\d(?:r?em|vw|vh|vmin|vmax|ch|ex)\b")


@view_rule(
    "balise-inconnue",
    "Enlevez cette balise, ou écrivez la même chose en Markdown : *mots*, **mots**.",
)
def elements_are_accepted(view: View) -> Iterator[Finding]:
    """Une balise est de celles que lisent tous les logiciels."""
    accepted = ELEMENTS | _WORD_ELEMENTS if view.name else ELEMENTS
    for tag, elements in view.by_tag.items():
        for element in elements if tag not in accepted else ():
            yield Finding(say("la balise <{}> n’est pas lue partout", tag), f"<{tag}", element)


@view_rule("attribut-inconnu", "Enlevez cet attribut : des logiciels de courriel ne le lisent pas.")
def attributes_are_accepted(view: View) -> Iterator[Finding]:
    """Un attribut est de ceux que lisent tous les logiciels."""
    for name, values in view.by_attribute.items():
        if name.lower() not in ATTRIBUTES:
            for element in chain.from_iterable(values.values()):
                if element.tag != "v:fill":
                    yield Finding(
                        say("<{}> : l’attribut « {} » n’est pas lu partout", element.tag, name),
                        name,
                        element,
                    )


@view_rule("style-valeur", "Donnez une longueur en pixels, sans !important.")
def lengths_are_in_pixels(view: View) -> Iterator[Finding]:
    """Une longueur est en pixels, positive, sans calcul; un style de balise n’a pas !important."""
    for name, values in view.by_property.items():
        for value in () if name.startswith("mso-") else filter(_relative, values):
            for element in values[value]:
                yield Finding(
                    say("<{}> : « {}:{} » n’est pas lu partout", element.tag, name, value),
                    value,
                    element,
                )
        for value in filter(_NEGATIVE.search, values) if name.startswith("margin") else ():
            for element in values[value]:
                yield Finding(
                    say("<{}> : la marge « {} » est négative", element.tag, value),
                    element.text,
                    element,
                )
    for style, elements in view.by_attribute.get("style", {}).items():
        if IMPORTANT.search(style):
            for element in elements:
                problem = say("<{}> : Outlook perd ce que suit « !important »", element.tag)
                yield Finding(problem, "!important", element)
    for margin in _far_margins(view.sheet_rules):
        yield Finding(say("la marge « {} », dans une feuille, est négative", margin), margin)
    for length in _relative(view.sheet_rules):
        yield Finding(say("« {} », dans une feuille, n’est pas lu partout", length), length)


@view_rule(
    "style-inconnu",
    "Enlevez ce style : des logiciels de courriel ne le lisent pas.",
)
def styles_are_accepted(view: View) -> Iterator[Finding]:
    """Un style est de ceux dont on sait ce qu’en fait chaque logiciel."""
    for name in view.by_property.keys() - ACCEPTED.keys():
        for element in chain.from_iterable(view.by_property[name].values()):
            yield Finding(
                say("<{}> : le style « {} » n’a pas de repli connu", element.tag, name),
                name,
                element,
            )
    for rule in re.findall(r"\{([^{}]*)\}", view.sheet_rules):
        for name in declarations(rule):
            if name not in ACCEPTED:
                yield Finding(
                    say("le style « {} » d’une feuille n’a pas de repli connu", name), name
                )


@view_rule("mise-en-page-fragile", "Faites la mise en page avec des tableaux.")
def layout_is_sturdy(view: View) -> Iterator[Finding]:
    """Rien ne dépend de float, position, flex, grid ni opacity."""
    weak = [
        (name, view.with_property(name)) for name in ("float", "position", "opacity", "z-index")
    ]
    weak += [
        (say("display:{}", value), {value: elements})
        for value, elements in view.with_property("display").items()
        if re.match(r"(inline-)?(flex|grid)", value)
    ]
    for name, values in weak:
        for element in chain.from_iterable(values.values()):
            yield Finding(
                say("<{}> dépend de « {} », qu’Outlook ignore", element.tag, name),
                element.text,
                element,
            )
    for value, elements in view.with_property("width").items():
        for element in elements if pixels(value) is not None else ():
            if element.tag in {"div", "p"}:
                yield Finding(
                    say("<{}> a une largeur, qu’Outlook ignore", element.tag), element.text, element
                )


@view_rule("feuille-illisible", "Fermez chaque accolade; une seule règle @media par niveau.")
def sheets_are_read(view: View) -> Iterator[Finding]:
    """Une feuille de style se lit : accolades fermées, @media non imbriquées."""
    if view.sheet_rules.count("{") != view.sheet_rules.count("}"):
        sheets = ((sheet, without_strings(without_comments(sheet.raw_text)))
                  for sheet in view.all("style"))  # fmt: skip
        open_one = next((sheet for sheet, own in sheets if own.count("{") != own.count("}")), None)
        yield Finding("une accolade d’une feuille de style n’est pas fermée", near=open_one)
    if re.search(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*@media", view.sheet_rules):
        yield Finding("une règle @media en contient une autre", "@media")
    for name in re.findall(r"@([\w-]+)", view.sheet_rules):
        if name not in AT_RULES and name not in {"import", "font-face"}:
            yield Finding(say("la règle « @{} » n’a pas de repli connu", name), f"@{name}")


@view_rule("feuille-lourde", "Gardez les styles utiles : Gmail ignore une feuille plus longue.")
def sheets_are_short(view: View) -> Iterator[Finding]:
    """Les feuilles de style ont 16 384 signes au plus : au delà, Gmail les ignore."""
    sheets = list(view.all("style"))
    size = sum(len(sheet.raw_text) for sheet in sheets)
    if size > _GMAIL_SHEETS:
        yield Finding(
            say("les feuilles de style ont {} signes", size), near=max(sheets, key=_length)
        )


def _length(sheet: MailElement) -> int:
    return len(sheet.raw_text)


@lru_cache(maxsize=4096)
def _relative(styles: str) -> tuple[str, ...]:
    """List the lengths that are not in pixels."""
    return tuple(_RELATIVE.findall(styles))


@lru_cache(maxsize=16)
def _far_margins(sheets: str) -> tuple[str, ...]:
    """List the margins that put a text out of sight."""
    return tuple(re.findall(r"margin[\w-]*\s*:[^;{}]*?(-\d{3,}px)", sheets))
