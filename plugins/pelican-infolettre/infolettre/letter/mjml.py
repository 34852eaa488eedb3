"""From MJML to the HTML that is sent, with mrml then premailer, and remedies for their defects."""

from __future__ import annotations

import logging
import re
import sys
import unicodedata
from functools import cached_property
from types import ModuleType
from typing import Any, ClassVar

from mjml import mjml2html

from infolettre.letter.mjml_elements import validate

# Premailer imports requests, for a network it may not use here; that is 5 % of the CPU time of
# rendering and verifying 26 letters.
_absent = sys.modules.setdefault("requests", ModuleType("requests"))
from premailer import Premailer  # noqa: E402

if not hasattr(_absent, "__version__"):
    del sys.modules["requests"]  # so that other modules import the real package

# mrml also writes the title in an attribute.
_ATTRIBUTES = re.compile(r"<mj-title>[^<]*|<[a-z][^<>]*>")
_UNSURE = re.compile(r"[^\x00-\x7f]|\\")
_SHEETS = 32  # cached; a theme has three
# The parts of a selector other than tags and classes: attributes, pseudo-classes, ids.
_OTHER = re.compile(r"\[[^]]*\]|[:#][\w-]+(?:\([^)]*\))?")
_NAME = re.compile(r"[\w-]+")
_PRESENT = re.compile(r'<([a-z][a-z0-9]*)|\sclass="([^"]*)"')
_DOCTYPE = "<!doctype html>"
_RESET = '<style type="text/css">\n#outlook'
_STYLE = re.compile(r' style="[^"]*"')
_INLINED = re.compile(r'<style type="text/css">\s*/\* en ligne \*/.*?</style>', re.DOTALL)


class _Inliner(Premailer):  # type: ignore[misc]
    """Premailer with a cache of parsed style sheets, which all mails share.

    It applies only the rules whose tags and classes are in the mail: premailer would search the
    whole mail for each rule. Stock premailer costs 13 % more CPU time when 26 letters are rendered
    and verified.
    """

    _known: ClassVar[dict[tuple[str, int], Any]] = {}

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:  # noqa: ANN401
        key = (css_body, ruleset_index)
        if key not in self._known:
            if len(self._known) >= _SHEETS:
                self._known.clear()
            rules, leftover = super()._parse_style_rules(css_body, ruleset_index)
            needs = [
                frozenset(_NAME.findall(_OTHER.sub(" ", selector))) for _, selector, _ in rules
            ]
            self._known[key] = list(zip(rules, needs, strict=True)), leftover
        rules, leftover = self._known[key]
        return [rule for rule, needs in rules if needs <= self._names], list(leftover)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Return the tags and the classes of the mail."""
        present = _PRESENT.findall(self.html)
        return frozenset(name for tag, classes in present for name in (tag, *classes.split()))


def compose(mjml: str, template: str) -> str:
    """Turn MJML into HTML whose styles are inline.

    Args:
        mjml: a whole document, in Unicode's form C.
        template: its name, for errors.

    Raises:
        MjmlError: an element or an attribute is not in the table.
    """
    validate(mjml, template)
    html = mjml2html(_ATTRIBUTES.sub(_plain_attributes, mjml), fonts={})
    return inline(html)


def _plain_attributes(tag: re.Match[str]) -> str:
    """Write as entities the characters that mrml would escape as Rust does or double."""
    return _UNSURE.sub(_entity, tag[0])


def _entity(character: re.Match[str]) -> str:
    printable = unicodedata.category(character[0])[0] in "LNP" and character[0] != "\\"
    return character[0] if printable else f"&#{ord(character[0])};"


def inline(html: str) -> str:
    """Copy the rules of the sheet to inline into style attributes, then remove it.

    The reset sheet that mrml writes stays a sheet: the software that needs it reads sheets, and
    inlined it would make every table heavier.
    """
    html = html.replace(_DOCTYPE, _DOCTYPE.upper().replace("HTML", "html"), 1)
    html = html.replace(_RESET, _RESET.replace(">", ' data-premailer="ignore">', 1), 1)
    inlined = _Inliner(
        html,
        keep_style_tags=True,
        strip_important=False,
        disable_validation=True,
        allow_network=False,
        disable_basic_attributes=["width", "height"],
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
    ).transform(pretty_print=False)
    return _STYLE.sub(lambda style: style[0].replace("; ", ";"), _INLINED.sub("", inlined, count=1))
