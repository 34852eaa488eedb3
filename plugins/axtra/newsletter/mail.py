"""From an edition to its mail: subject, preheader, HTML, text and pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from axtra.model import Library, Newsletter, Page
from axtra.newsletter import cards, plain
from axtra.newsletter.chain import compose
from axtra.newsletter.form import HtmlForm, TextForm
from axtra.newsletter.look import Look
from axtra.newsletter.personal import Personal, personalise
from axtra.newsletter.pictures import Album, Job

TEMPLATE = "infolettre"
SUBSCRIBE = "s-abonner"  # the page on which anyone subscribes and leaves
_HEADING = re.compile(r"<(/?)h([1-6])\b")


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter; until it is personalised, its personal links are sentinels.

    `images` maps addresses from the site's root to what makes their bytes.
    """

    subject: str
    preheader: str
    mjml: str
    html: str
    text: str
    images: Mapping[str, Job]

    def personalised(self, values: Mapping[Personal, str]) -> Mail:
        """Put each personal link in its place, in both parts.

        Raises:
            PersonalLinkError: one of them has no address.
        """
        return replace(
            self,
            html=personalise(self.html, values, html=True),
            text=personalise(self.text, values),
        )


def render(newsletter: Newsletter, library: Library, look: Look) -> Mail:
    """Render an edition.

    Raises:
        MjmlError: a template of ours printed what mail software cannot read.
    """
    album = Album(look.studio, look.siteurl)
    lead = cards.lead(newsletter.body)
    html = HtmlForm(newsletter, library, look, lead, album, look.column)
    text = TextForm(newsletter, library, look, lead)
    mjml = level(unicodedata.normalize("NFC", html.print(TEMPLATE)))
    return Mail(
        subject=newsletter.title.plain,
        preheader=newsletter.preheader.plain,
        mjml=mjml,
        html=compose(mjml, f"{TEMPLATE}.mjml"),
        text=unicodedata.normalize("NFC", plain.tidy(text.print(TEMPLATE))),
        images=album.images,
    )


def public(newsletter: Newsletter, mail: Mail, library: Library, siteurl: str) -> Mail:
    """Give the form that anyone may read: its personal links lead to pages for all."""
    subscribe = library.find(SUBSCRIBE, Page)
    door = subscribe.url if subscribe and subscribe.shown else newsletter.kind.listing
    return mail.personalised(
        {
            Personal.UNSUBSCRIBE: f"{siteurl}{door}",
            Personal.ONLINE: siteurl + newsletter.url,
        }
    )


def level(html: str) -> str:
    """Renumber headings so that none skips a level; how they look is in their classes."""
    last = 0

    def renumber(tag: re.Match[str]) -> str:
        nonlocal last
        if not tag[1]:
            last = min(int(tag[2]), last + 1)
        return f"<{tag[1]}h{last}"

    return _HEADING.sub(renumber, html)
