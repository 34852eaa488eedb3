"""What Outlook for Windows sees: conditional comments, fixed-width tables, the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import NOT_THE_TEXT, Finding, about, excerpt, mail_rule, view_rule
from infolettre.checks.view import View
from infolettre.text.html.conditional_comments import only_for_outlook
from infolettre.words import N_, say

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
            say(
                "{} conditions pour Outlook ouvertes, {} fermées : il ne verrait pas tout",
                opened,
                closed,
            ),
            "<!--[if",
            line=_line_of(mail.html, _CONDITION, -1),
        )
    for match in _CONDITION.finditer(mail.html):
        line = mail.html.count("\n", 0, match.start()) + 1
        after = mail.html[match.end() :]
        if match[0].startswith("<!-- ") or "mso" not in match[1]:
            yield Finding(
                say("la condition « {} » n’est pas de celles d’Outlook", match[0]),
                match[0],
                line=line,
            )
        elif match[1].strip().startswith("!") and not re.match(r"\s*(<!-->|-->)", after):
            yield Finding(
                say("« {} » cache la suite partout : il y manque <!-->", match[0]),
                match[0],
                line=line,
            )
        elif "<!--[if" in after.partition("<![endif]")[0]:
            yield Finding("une condition pour Outlook en contient une autre", match[0], line=line)


@mail_rule("courriel-tableau-fantome", NOT_THE_TEXT)
def ghosts_are_as_wide(mail: CheckedMail) -> Iterator[Finding]:
    """Le tableau qu’Outlook seul voit est aussi large que le bloc qu’il remplace."""
    for part in only_for_outlook(mail.html):
        block = _BLOCK.match(mail.html, part.end())
        if block is None or "<t" not in part[1]:
            continue
        widths = [int(a or b) for a, b in _WIDTH.findall(part[1])]
        line = mail.html.count("\n", 0, part.end()) + 1
        if not widths:
            problem = say("un bloc de {} pixels n’a pas de largeur pour Outlook", block[1])
            yield Finding(problem, line=line)
        elif widths[-1] != int(block[1]):
            problem = say("Outlook donne {} pixels à un bloc de {}", widths[-1], block[1])
            yield Finding(problem, line=line)


@view_rule("courriel-largeur-outlook", NOT_THE_TEXT)
def word_finds_a_width(view: View) -> Iterator[Finding]:
    """Outlook pour Windows trouve une largeur de colonne, en attribut."""
    widths = {cell: cell["width"].removesuffix("px") for cell in view.all("table", "td")}
    numbers = {
        cell: int(width) for cell, width in widths.items() if width.isascii() and width.isdecimal()
    }
    if view.name and not any(_NARROWEST <= width <= _WIDEST for width in numbers.values()):
        problem = N_("aucun tableau n’a de largeur en attribut : la lettre s’étalerait")
        yield Finding(problem, near=view.first("table"))
    for cell, width in numbers.items():
        if width > _WIDEST:
            yield about(say("un tableau a {} pixels de large", width), cell)


@mail_rule("courriel-outlook-different", "Montrez la même chose dans Outlook et ailleurs.")
def word_sees_the_same(mail: CheckedMail) -> Iterator[Finding]:
    """Outlook pour Windows montre les mêmes mots, liens et images que les autres logiciels."""
    here, there = _addresses(mail.normal), _addresses(mail.outlook)
    if mail.normal.visible_text != mail.outlook.visible_text:
        here |= set(_WORD.findall(mail.normal.visible_text))
        there |= set(_WORD.findall(mail.outlook.visible_text))
    for alone, problem in (
        (here - there, N_("« {} » manque à Outlook")),
        (there - here, N_("« {} » n’est que dans Outlook")),
    ):
        if alone:
            longest = sorted(alone, key=lambda word: (len(word), word))[-3:]
            yield Finding(say(problem, excerpt(" ".join(longest))), longest[-1])


def _line_of(html: str, pattern: re.Pattern[str], rank: int) -> int | None:
    """Return the line of a match, by its rank."""
    starts = [match.start() for match in pattern.finditer(html)]
    return html.count("\n", 0, starts[rank]) + 1 if starts else None


def _addresses(view: View) -> set[str]:
    return {link["href"] for link in view.links} | {image["src"] for image in view.images}
