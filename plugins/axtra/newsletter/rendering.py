"""Render an edition as a mail: subject, preheader, HTML, text and pictures."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from axtra.content.audiences import mail_to
from axtra.content.model import Library, Newsletter, Page
from axtra.newsletter import cards
from axtra.newsletter.mail_pictures import Job, PictureCollector
from axtra.newsletter.renderers import HtmlRenderer, TextRenderer
from axtra.newsletter.theme import MailTheme
from infolettre.letter import plain_text
from infolettre.letter.rendering import level
from infolettre.text.personal_values import Personal, personalise

TEMPLATE = "infolettre"
SUBSCRIBE = "s-abonner"  # the page to subscribe and unsubscribe


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered letter; until it is personalised, its links and names are sentinels.

    `images` maps addresses from the site's root to the jobs that make the files.
    """

    subject: str
    preheader: str
    mjml: str
    html: str
    text: str
    images: Mapping[str, Job]

    def personalised(self, values: Mapping[Personal, str], first_name: str = "") -> Mail:
        """Put each personal link and the reader's first name in place, in both parts.

        Raises:
            PersonalLinkError: a link has no address.
        """
        return replace(
            self,
            html=personalise(self.html, values, first_name=first_name, html=True),
            text=personalise(self.text, values, first_name=first_name),
        )


def render(
    newsletter: Newsletter, library: Library, theme: MailTheme, *, audience: str | None = None
) -> Mail:
    """Render an edition.

    Args:
        newsletter: the edition.
        library: the content it shows.
        theme: the templates.
        audience: the list that receives it, with the texts for that list alone; None leaves those
            texts out, as in the public form.

    Raises:
        MjmlError: a template of ours printed what mail software cannot read.
    """
    from infolettre.letter.mjml import compose  # noqa: PLC0415 - premailer is slow to load

    reader = mail_to(audience)
    contents = newsletter.body_for(reader)
    # The list that the footer names.
    newsletter = replace(newsletter, audience=audience or newsletter.audience)
    collector = PictureCollector(theme.pictures, theme.siteurl)
    lead = cards.lead(contents)
    html = HtmlRenderer(newsletter, contents, reader, library, theme, lead, collector, theme.column)
    text = TextRenderer(newsletter, contents, reader, library, theme, lead)
    mjml = level(unicodedata.normalize("NFC", html.render(TEMPLATE)))
    return Mail(
        subject=newsletter.title.plain,
        preheader=newsletter.preheader.plain,
        mjml=mjml,
        html=compose(mjml, f"{TEMPLATE}.mjml"),
        text=unicodedata.normalize("NFC", plain_text.tidy(text.render(TEMPLATE))),
        images=collector.images,
    )


def public(newsletter: Newsletter, mail: Mail, library: Library, siteurl: str) -> Mail:
    """Return the public form, whose personal links lead to public pages."""
    return mail.personalised(public_links(newsletter, library, siteurl))


def public_links(newsletter: Newsletter, library: Library, siteurl: str) -> dict[Personal, str]:
    """Return the public pages that replace personal links."""
    subscribe = library.find(SUBSCRIBE, Page)
    door = subscribe.url if subscribe and subscribe.shown else newsletter.kind.listing
    return {
        Personal.UNSUBSCRIBE: f"{siteurl}{door}",
        Personal.ONLINE: siteurl + newsletter.url,
    }
