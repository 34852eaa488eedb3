"""The MJML that a letter may use, since mrml accepts anything.

Source: the MJML 4 documentation, « Standard Head Components » and « Standard Body Components »,
less what mrml breaks or what fetches something from a third party.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.parsers import expat

from infolettre.core.refusals import Refusal
from infolettre.words import _, say

_PX = re.compile(r"\d+px")
_SPACES = re.compile(r"(?:\d+px|0)(?: (?:\d+px|0)){0,3}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TEXT = re.compile(r"[^{}]+")
_RATIO = re.compile(r"\d+px|\d(?:\.\d+)?|\d+%")
_WORDS = re.compile(r"[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)*")
_FULL = re.compile("full-width")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_DIRECTION = re.compile("ltr|rtl")
_ALIGN = re.compile("left|center|right")
_VERTICAL = re.compile("top|middle|bottom")
_WEIGHT = re.compile("normal|bold")

_COMMON = {"css-class": _WORDS, "padding": _SPACES}
_FONT = {
    "color": _COLOUR,
    "font-family": _TEXT,
    "font-size": _PX,
    "font-weight": _WEIGHT,
    "line-height": _RATIO,
}


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What an element may contain.

    `parents` are the elements that may contain it, `attributes` its attributes and the form of
    their values; `opaque` tells that its content is HTML or text, not MJML.
    """

    parents: tuple[str, ...]
    attributes: Mapping[str, re.Pattern[str]]
    required: frozenset[str] = frozenset()
    opaque: bool = False


ELEMENTS: Mapping[str, ElementRule] = MappingProxyType(
    {
        "mjml": ElementRule((), {"lang": _LANGUAGE, "dir": _DIRECTION}, frozenset({"lang", "dir"})),
        "mj-head": ElementRule(("mjml",), {}),
        "mj-title": ElementRule(("mj-head",), {}, opaque=True),
        "mj-style": ElementRule(("mj-head",), {}, opaque=True),
        "mj-breakpoint": ElementRule(("mj-head",), {"width": _PX}, frozenset({"width"})),
        "mj-attributes": ElementRule(("mj-head",), {}),
        "mj-all": ElementRule(("mj-attributes",), {**_COMMON, **_FONT}),
        "mj-body": ElementRule(
            ("mjml",),
            {"width": _PX, "background-color": _COLOUR, "css-class": _WORDS},
            frozenset({"width", "background-color"}),
        ),
        "mj-raw": ElementRule(("mj-head", "mj-body", "mj-column"), {}, opaque=True),
        "mj-wrapper": ElementRule(
            ("mj-body",), {**_COMMON, "background-color": _COLOUR, "full-width": _FULL}
        ),
        "mj-section": ElementRule(
            ("mj-body", "mj-wrapper"),
            {**_COMMON, "background-color": _COLOUR, "full-width": _FULL, "text-align": _ALIGN},
        ),
        "mj-column": ElementRule(
            ("mj-section", "mj-attributes"),
            {
                **_COMMON,
                "background-color": _COLOUR,
                "vertical-align": _VERTICAL,
                "width": re.compile(r"\d+px|\d+(?:\.\d+)?%"),
            },
        ),
        "mj-text": ElementRule(
            ("mj-column", "mj-attributes"),
            {**_COMMON, **_FONT, "align": _ALIGN, "container-background-color": _COLOUR},
            opaque=True,
        ),
        "mj-spacer": ElementRule(("mj-column", "mj-attributes"), {**_COMMON, "height": _PX}),
    }
)


class MjmlError(Refusal):
    """A template of the mail printed what mrml or mail software cannot read."""

    def __init__(self, template: str, line: int, fault: str) -> None:
        super().__init__(
            say(
                "ce gabarit imprime un courriel qui ne se lit pas, à la ligne {} : {}", line, fault
            ),
            _(
                "Annulez la dernière modification du thème, ou montrez ce message à qui s’en "
                "occupe."
            ),
            rule="gabarit-fautif",
            place=template,
        )


def validate(mjml: str, template: str) -> None:
    """Check a whole MJML document against the table.

    Raises:
        MjmlError: names the template, the line of what it prints and the element.
    """
    for line, fault in _faults(mjml):
        raise MjmlError(template, line, fault)


def check_markup(html: str, template: str) -> None:
    """Check that the HTML of one block is well formed and free of MJML.

    Raises:
        MjmlError: names the template and the line of what it prints.
    """
    for line, fault in _faults(f"<mj-text>{html}</mj-text>", inside=("mj-column",)):
        raise MjmlError(template, line, fault)


def _faults(source: str, inside: tuple[str, ...] = ()) -> Iterator[tuple[int, str]]:
    parser = expat.ParserCreate()
    walk = _Walk(parser, [*inside])
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    parser.ordered_attributes = False
    try:
        parser.Parse(source, True)  # noqa: FBT003 - its only form
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, str(error))
        where = f" near <{walk.path[-1]}>" if walk.path else ""
        walk.faults.append((error.lineno, f"{reason}{where}"))
    yield from walk.faults


class _Walk:
    """The handlers of an XML parser; `path` holds the open elements."""

    def __init__(self, parser: expat.XMLParserType, path: list[str]) -> None:
        self.parser = parser
        self.path = path
        self.html = 0  # depth of open elements inside an opaque element
        self.faults: list[tuple[int, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Check an element, its place and its attributes."""
        parent = self.path[-1] if self.path else ""
        self.path.append(tag)
        rule = ELEMENTS.get(tag)
        if self.html:
            self.html += 1
            if tag.startswith("mj"):
                self.note(f"<{tag}> cannot stand in the HTML of <{parent}>")
            return
        if rule is None:
            self.note(f"<{tag}> is not an element of the table")
            return
        self.html = int(rule.opaque)
        if parent not in rule.parents and (parent or rule.parents):
            self.note(f"<{tag}> cannot stand in <{parent}>")
        if parent != "mj-attributes":
            for name in sorted(rule.required - attributes.keys()):
                self.note(f"<{tag}> needs « {name} »")
        self._check_attributes(tag, rule, attributes)

    def _check_attributes(self, tag: str, rule: ElementRule, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            form = rule.attributes.get(name)
            if form is None:
                self.note(f"<{tag}> has no attribute « {name} »")
            elif not form.fullmatch(value):
                self.note(f'<{tag} {name}="{value}"> has a value of the wrong form')

    def end(self, _tag: str) -> None:
        """Leave an element."""
        self.path.pop()
        self.html -= bool(self.html)

    def text(self, data: str) -> None:
        """Refuse text where only MJML may stand."""
        if not self.html and data.strip():
            self.note(f"text is lost in <{self.path[-1]}>: « {data.strip()[:40]} »")

    def note(self, fault: str) -> None:
        """Keep a fault with its line."""
        self.faults.append((self.parser.CurrentLineNumber, fault))
