"""What Outlook for Windows sees: conditional comments, fixed-width tables, the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from axtra.checks.checked_mail import CheckedMail
from axtra.checks.rule import NOT_THE_TEXT, Finding, excerpt, mail_rule, view_rule
from axtra.checks.view import View
from axtra.text.html.conditional_comments import only_for_outlook

_CONDITION = re.compile(r"<!--\s*\[if ([^\]]*)\]>")
_BLOCK = re.compile(r"\s*<div[^>]*?max-width:\s*(\d+)px")
_WIDTH = re.compile(r"\bwidth=[\"']?(\d+)|[;\"'\s]width:\s*(\d+)px")
_WORD = re.compile(r"[^\W_]+")
_WIDEST, _NARROWEST = 700, 300  # px


@mail_rule("courriel-conditions", "Fermez chaque <!--[if mso]> par <![endif]-->.")
def conditions_are_closed(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque condition pour Outlook est écrite comme il la lit, et fermée."""
    opened, closed = len(_CONDITION.findall(mail.html)), mail.html.count("<![endif]-->")
    if opened != closed:
        yield Finding(
            f"{opened} conditions pour Outlook ouvertes, {closed} fermées : il ne verrait pas tout",
            "<!--[if",
        )
    for match in _CONDITION.finditer(mail.html):
        after = mail.html[match.end() :]
        if match[0].startswith("<!-- ") or "mso" not in match[1]:
            yield Finding(f"la condition « {match[0]} » n’est pas de celles d’Outlook", match[0])
        elif match[1].strip().startswith("!") and not re.match(r"\s*(<!-->|-->)", after):
            yield Finding(f"« {match[0]} » cache la suite partout : il y manque <!-->", match[0])
        elif "<!--[if" in after.partition("<![endif]")[0]:
            yield Finding("une condition pour Outlook en contient une autre", match[0])


@mail_rule("courriel-tableau-fantome", NOT_THE_TEXT)
def ghosts_are_as_wide(mail: CheckedMail) -> Iterator[Finding]:
    """Le tableau qu’Outlook seul voit est aussi large que le bloc qu’il remplace."""
    for part in only_for_outlook(mail.html):
        block = _BLOCK.match(mail.html, part.end())
        if block is None or "<t" not in part[1]:
            continue
        widths = [int(a or b) for a, b in _WIDTH.findall(part[1])]
        if not widths:
            yield Finding(f"un bloc de {block[1]} pixels n’a pas de largeur pour Outlook")
        elif widths[-1] != int(block[1]):
            yield Finding(f"Outlook donne {widths[-1]} pixels à un bloc de {block[1]}")


@view_rule("courriel-largeur-outlook", NOT_THE_TEXT)
def word_finds_a_width(view: View) -> Iterator[Finding]:
    """Outlook pour Windows trouve une largeur de colonne, en attribut."""
    widths = [element["width"].removesuffix("px") for element in view.all("table", "td")]
    numbers = [int(width) for width in widths if width.isascii() and width.isdecimal()]
    if view.name and not any(_NARROWEST <= width <= _WIDEST for width in numbers):
        yield Finding("aucun tableau n’a de largeur en attribut : la lettre s’étalerait")
    for width in numbers:
        if width > _WIDEST:
            yield Finding(f"un tableau a {width} pixels de large")


@mail_rule("courriel-outlook-different", "Montrez la même chose dans Outlook et ailleurs.")
def word_sees_the_same(mail: CheckedMail) -> Iterator[Finding]:
    """Outlook pour Windows montre les mêmes mots, liens et images que les autres logiciels."""
    here, there = _addresses(mail.normal), _addresses(mail.outlook)
    if mail.normal.visible_text != mail.outlook.visible_text:
        here |= set(_WORD.findall(mail.normal.visible_text))
        there |= set(_WORD.findall(mail.outlook.visible_text))
    for alone, where in ((here - there, "manque à Outlook"), (there - here, "n’est que dans")):
        if alone:
            longest = sorted(alone, key=lambda word: (len(word), word))[-3:]
            place = f"{where} Outlook" if "que" in where else where
            yield Finding(f"« {excerpt(' '.join(longest))} » {place}", longest[-1])


def _addresses(view: View) -> set[str]:
    return {link["href"] for link in view.links} | {image["src"] for image in view.images}
