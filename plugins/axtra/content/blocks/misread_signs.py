"""Signs that Markdown would show as they are, or take for something else, in a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from infolettre.core.diagnostics import Edit, Repair


class Sign(NamedTuple):
    """What is looked for in prose; the problem and the remedy show the groups of the pattern.

    A text without any of `needs` has no such sign. `mend` is what to write up to the second group,
    where the remedy is certain, and `effect` what readers then see.
    """

    rule: str
    needs: tuple[str, ...]
    pattern: str
    problem: str
    remedy: str
    mend: str = ""
    effect: str = ""


class Sighting(NamedTuple):
    """A sign in a text: the rank of its line, what is said of it, where it may be mended."""

    rank: int
    problem: str
    remedy: str
    column: int
    old: str
    new: str


def _mathematics(end: str) -> str:
    """Return the pattern of what stands before a bracket with a backslash, and is no prose."""
    within = rf"(?:(?!\\\{end}).){{0,200}}?"
    return rf"{within}(?:[\^_{{}}=+*/<>]|\\[a-z]){within}"


_SHOWN = "« {0} » paraîtrait tel quel"
_ELSEWHERE = "« {0} » vient d’un autre logiciel et paraîtrait tel quel"
_INSTEAD = "Effacez-le, ou prenez un bloc du guide (/// figure, /// video, /// encadre…)."
_ERASE = "Effacez ces signes, ou écrivez autrement ce qu’ils disaient."
LIST = "« {0} » ne commence pas une liste : les lignes se suivraient dans un paragraphe"
_FORMULA = "la formule « {0} » ne se lit pas"
_PLAINLY = "Écrivez-la en mots, ou entre accents graves :  `{0}`"
_NAMES = "caption|gallery|embed|youtube|vimeo|video|audio|playlist|toc|button"
BULLETS = "•·▪▫◦‣⁃∙●○■□◆◇►▶➢➤\uf0a7\uf0b7"
# Numbered entities of what no page may hold: commands, what is no character.
_NOBODY_SEES = (
    r"&\#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|(?:10|[0-9a-f])?fff[ef]|fd[de][0-9a-f])"
    r"|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]));"
)
SPACES = "\u00a0\u202f\u2003\u2009"  # those that do not make a list
_NO_SPACE = f"[{SPACES}]"

# What is looked for in prose. The problem and the remedy show the groups of the pattern.
CODES = (
    Sign(
        "code-d-ailleurs",
        ("{{", "{%"),
        r"(\{\{(?!\s*pr[ée]nom).*?\}\}|\{%.*?%\})",
        _ELSEWHERE,
        _INSTEAD,
    ),
    Sign(
        "code-d-ailleurs",
        ("[",),
        (
            rf"(\[/?(?:{_NAMES})\b[^\]\n]*\](?![(\[:])"
            r"|\[[a-z][\w-]*(?:\s+[\w-]+=[^\]\n]*|\s*/)\]|\[/[a-z][\w-]*\])"
        ),
        _ELSEWHERE,
        _INSTEAD,
    ),
    Sign(
        "code-d-ailleurs",
        ("[[", "[!", ":::", "!!!", "???", "%%"),
        r"(!?\[\[[^\[\]\n]+\]\]|^\[!\w+\]|^:{3,} *\w.*$|^(?:!!!|\?\?\?\+?) .*$|%%\S.*?%%)",
        _ELSEWHERE,
        _INSTEAD,
    ),
    Sign("formule", ("$$",), r"(\$\$[^$]+\$\$)", _FORMULA, _PLAINLY),
    Sign(
        "formule",  # but not a sign that is only made a plain one, as in \[sic\]
        ("\\(",),
        rf"(?<![\]\\])(\\\((?:[ \t]*\w[ \t]*|{_mathematics(')')})\\\))",
        _FORMULA,
        _PLAINLY,
    ),
    Sign(
        "formule",
        ("\\[",),
        rf"(?<!\\)(\\\[{_mathematics(']')}\\\])",
        _FORMULA,
        _PLAINLY,
    ),
    Sign(
        "caractere-invisible",
        ("&#",),
        rf"({_NOBODY_SEES})",
        "le code « {0} » ne nomme aucun signe : rien ne paraîtrait là",
        "Effacez-le, ou écrivez le signe lui-même.",
    ),
    Sign(
        "formule",
        ("$",),
        r"(?<![\w$])(\$(?=[^\s$])[^$\n]*[\\^_{}=+*/<>][^$\n]*(?<=[^\s$])\$)(?![\w$])",
        _FORMULA,
        _PLAINLY,
    ),
)
SIGNS = (
    Sign(
        "code-d-ailleurs",
        ("||",),
        r"(?<![\w|])(\|\|(?=[^\s|])[^|\n]+(?<=\S)\|\|)(?![\w|])",
        _ELSEWHERE,
        _ERASE,
    ),
    Sign(
        "code-d-ailleurs",
        (":",),
        r"(?<![\w:/])(:[a-z+][a-z0-9_+-]*:)(?![\w:`])",
        _ELSEWHERE,
        "Effacez-le, ou mettez l’image elle-même : 😀",
    ),
    Sign("signe-inconnu", ("^",), r"(\^([^\s^]{1,20})\^)", _SHOWN, "Écrivez :  <sup>{1}</sup>"),
    Sign(
        "signe-inconnu",
        ("~",),
        r"(?<=\w)(~([^\s~]{1,20})~)(?!~)",
        _SHOWN,
        "Écrivez :  <sub>{1}</sub>",
    ),
    Sign(
        "signe-inconnu",
        ("~",),
        r"(?<![~\w])(~(?=\S)([^~\n]+)(?<=\S)~)(?!~)",
        _SHOWN,
        "Écrivez :  ~~{1}~~",
    ),
    Sign(
        "signe-inconnu",
        ("==",),
        r"(==(?=[^\s=])([^=\n]+)(?<=\S)==)",
        _SHOWN,
        "Écrivez :  <mark>{1}</mark>",
    ),
    Sign(
        "signe-inconnu",
        ("++",),
        r"(\+\+(?=[^\s+])([^+\n]+)(?<=\S)\+\+)",
        _SHOWN,
        "Écrivez :  <ins>{1}</ins>",
    ),
    Sign(
        "puce-copiee",
        tuple(BULLETS),
        rf"^([{BULLETS}])\s*(\S.*)",
        LIST,
        "Écrivez :  - {1}",
        "- ",
        "une liste",
    ),
    Sign(  # the second level of a list of Word
        "puce-copiee",
        tuple(f"o{space}" for space in f" \t{SPACES}"),
        rf"^((?-i:o))[ \t{SPACES}]+(\S.*)",
        LIST,
        "Écrivez :  - {1}",
        "- ",
        "une liste",
    ),
    Sign(
        "puce-copiee",
        tuple(SPACES),
        rf"^([-*+–—]){_NO_SPACE}(.*)",
        LIST,
        "Mettez une espace ordinaire :  - {1}",
        "- ",
        "une liste",
    ),
    Sign(
        "puce-copiee",
        tuple(SPACES),
        rf"^([0-9]{{1,3}}[.)]){_NO_SPACE}(.*)",
        LIST,
        "Mettez une espace ordinaire :  {0} {1}",
        "{0} ",
        "une liste",
    ),
    Sign(
        "tableau-colle",
        ("|",),
        r"^([ \t]*\|?[ \t]*:?-+:?[ \t]*\|[-|: \t]*)$",
        "ces lignes ne font pas un tableau partout",
        "Laissez une ligne vide au-dessus du tableau, et alignez ses lignes.",
    ),
    Sign(
        "diese-colle",
        ("##",),
        r"^(#{2,6})(?![# \t\n])\s*(.+)",
        "« {0} » est collé à son intertitre",
        "Mettez une espace ordinaire après les dièses :  {0} {1}",
        "{0} ",
        "un intertitre",
    ),
)
_LONGEST = 60  # characters of a text that a message shows


def sightings(sign: Sign, text: str, typed: str) -> Iterator[Sighting]:
    """Yield the places of a text, its code left out, where a sign stands; `typed`: all of it."""
    if not any(need in text for need in sign.needs):
        return
    for found in _compiled(sign.pattern).finditer(text):
        spans = (
            found.span(rank + 1) for rank, group in enumerate(found.groups()) if group is not None
        )
        groups = [typed[start:end].strip() for start, end in spans]
        shown = [group if len(group) <= _LONGEST else f"{group[:_LONGEST]}…" for group in groups]
        start = found.start(1)
        yield Sighting(
            text.count("\n", 0, start),
            sign.problem.format(*shown),
            sign.remedy.format(*shown),
            start - text.rfind("\n", 0, start) - 1,
            text[start : found.start(2)] if sign.mend else "",
            sign.mend.format(found[1]),
        )


def mended(sign: Sign, seen: Sighting, line: int | None, content: str, typed: str) -> Repair | None:
    """Return the repair of a sign in a paragraph, where one is certain.

    Args:
        sign: the sign.
        seen: where it stands.
        line: its line in the file.
        content: that line, as the paragraph has it.
        typed: the whole line.
    """
    margin = typed.find(content)
    if not sign.mend or not line or margin < 0:
        return None
    held = re.search(r"[-*+]\s+\Z", typed[:margin]) and sign.rule == "puce-copiee"
    edit = Edit(line, margin + seen.column, seen.old, "" if held else seen.new)
    return Repair((edit,), effect=sign.effect)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE | re.IGNORECASE)


def without_code(text: str) -> str:
    """Blank what stands between as many accents as follow it."""
    if "`" not in text:
        return text
    runs = [found.span() for found in re.finditer("`+", text)]
    nexts: dict[int, list[int]] = {}
    for rank, (start, end) in reversed([*enumerate(runs)]):
        nexts.setdefault(end - start, []).append(rank)
    pieces, at, rank = list[str](), 0, 0
    while rank < len(runs):
        start, end = runs[rank]
        same = nexts[end - start]
        while same and same[-1] <= rank:
            same.pop()
        if same:
            rank = same[-1]
            code = text[start : runs[rank][1]]
            pieces += [text[at:start], _blank(code)]
            at = runs[rank][1]
        rank += 1
    return "".join([*pieces, text[at:]])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", "\ufffc", text)


def blanked(pattern: str | re.Pattern[str], text: str) -> str:
    """Put something that is no sign in place of what matches, line ends kept."""
    pattern = _compiled(pattern) if isinstance(pattern, str) else pattern
    return pattern.sub(lambda found: _blank(found[0]), text)
