"""The tags of mailing services, put in place of the sentinels of a letter.

Tags are inserted last, so that nothing escapes, folds or inlines them. Any other text that a
service would take for a tag is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from infolettre.core.refusals import Refusal
from infolettre.text import first_names, personal_values
from infolettre.text.first_names import NamePlace
from infolettre.text.html.conditional_comments import COMMENT
from infolettre.text.personal_values import Personal
from infolettre.words import _, say

_SENTINEL = re.compile(f"{personal_values.LINK.pattern}|{first_names.SENTINEL.pattern}")
_LEFT = re.compile(r"personnel\.invalid|prenomx")
_TAG = re.compile(r"\{\{|\{%|\*\||\|\*|\[\[|<%|\$\{|@TrackLink\b")


class PlaceholderError(Refusal):
    """A tag or a placeholder would reach readers."""


@dataclass(frozen=True, slots=True)
class Service:
    """A mailing service.

    `named` writes the tag of a first name, given the text before it and the text that replaces it
    when there is none; `static_html` and `static_text` protect what is between tags. `takes_zip`
    tells whether the service imports pictures with the HTML.
    """

    name: str
    unsubscribe: str
    online: str
    named: Callable[[str, str], str]
    named_in_text: Callable[[str, str], str] | None = None
    static_html: Callable[[str], str] = str
    static_text: Callable[[str], str] = str
    takes_zip: bool = False

    def tag(self, part: str, *, html: bool) -> str:
        """Put tags in place of the sentinels of a part.

        Raises:
            PlaceholderError: something else in the part would be taken for a tag.
        """
        refuse_tags(part)
        protect = self.static_html if html else self.static_text
        written: list[str] = []
        at = 0
        for match in _SENTINEL.finditer(part):
            written.append(protect(part[at : match.start()]))
            written.append(self._tag(match[0], html=html))
            at = match.end()
        written.append(protect(part[at:]))
        whole = "".join(written)
        if left := _LEFT.search(whole):
            raise PlaceholderError(say("« {} » n’a pas été remplacé", left[0]))
        return whole

    def _tag(self, sentinel: str, *, html: bool) -> str:
        if sentinel == Personal.UNSUBSCRIBE:
            return self.unsubscribe
        if sentinel == Personal.ONLINE:
            return self.online
        place = NamePlace.of(sentinel)
        if place is None:
            raise PlaceholderError(say("« {} » n’a pas d’équivalent chez {}", sentinel, self.name))
        before, default = place.before, place.default
        if html:
            before, default = escape(before, quote=False), escape(default, quote=False)
        write = self.named if html or self.named_in_text is None else self.named_in_text
        return write(before, default)


def refuse_tags(text: str) -> None:
    """Refuse a text that some service would take for a tag.

    Raises:
        PlaceholderError: the text has such a tag.
    """
    if match := _TAG.search(text):
        around = " ".join(text[max(0, match.start() - 20) : match.end() + 20].split())
        raise PlaceholderError(
            say("« {} » serait pris pour une balise : « …{}… »", match[0], around)
        )


def _mailchimp(before: str, default: str) -> str:
    otherwise = f"*|ELSE:|*{default}" if default else ""
    return f"*|IF:FNAME|*{before}*|FNAME|*{otherwise}*|END:IF|*"


def _brevo(before: str, default: str) -> str:
    otherwise = f"{{% else %}}{default}" if default else ""
    tag = f"{before}{{{{ contact.PRENOM }}}}"
    return f"{{% if contact.PRENOM %}}{tag}{otherwise}{{% endif %}}"


def _mailjet(before: str, default: str) -> str:
    """Write a name with its default; Mailjet cannot express a text shown only before a name."""
    if before or '"' in default:
        return default
    return f'[[data:firstname:"{default}"]]'


def _listmonk(before: str, default: str) -> str:
    otherwise = f"{{{{ else }}}}{default}" if default else ""
    tag = f"{before}{{{{ .Subscriber.FirstName }}}}"
    return f"{{{{ if .Subscriber.FirstName }}}}{tag}{otherwise}{{{{ end }}}}"


def _listmonk_in_text(before: str, default: str) -> str:
    """Write a name without escaping it for HTML."""
    tag = _listmonk(_safe(before), _safe(default))
    return tag.replace("{{ .Subscriber.FirstName }}", "{{ Safe .Subscriber.FirstName }}")


def _safe(text: str) -> str:
    """Return a tag that makes Go's HTML templates print a text unchanged.

    They remove comments, even those for Outlook, and treat plain text as HTML.
    """
    return f"{{{{ Safe {json.dumps(text, ensure_ascii=False)} }}}}" if text else ""


def _safe_comments(html: str) -> str:
    safe = COMMENT.sub(lambda match: _safe(match[0]), html)
    if "<!--" in COMMENT.sub("", html):
        raise PlaceholderError(_("un lien personnel est dans un commentaire pour Outlook"))
    return safe


# Source: the services' own documentation of their merge tags.
SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        "mailchimp": Service("Mailchimp", "*|UNSUB|*", "*|ARCHIVE|*", _mailchimp, takes_zip=True),
        "brevo": Service("Brevo", "{{ unsubscribe }}", "{{ mirror }}", _brevo),
        "mailjet": Service("Mailjet", "[[UNSUB_LINK_FR]]", "[[PERMALINK]]", _mailjet),
        "listmonk": Service(
            "listmonk",
            "{{ UnsubscribeURL }}",
            "{{ MessageURL }}",
            _listmonk,
            _listmonk_in_text,
            _safe_comments,
            _safe,
        ),
    }
)
