"""Render an edition as a mail: subject, preheader, HTML, text and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from axtra.content.audiences import mail_to
from axtra.content.model import Library, Newsletter, Page
from axtra.newsletter import cards
from axtra.newsletter.mail_pictures import Job, PictureCollector
from axtra.newsletter.theme import MailTheme
from axtra.newsletter.vocabulary import HtmlVocabulary, Vocabulary
from infolettre.letter.renderers import Letter, Sender
from infolettre.text.personal_values import Personal, personalise

LANGUAGE = "fr-CA"
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
    reader = mail_to(audience)
    contents = newsletter.body_for(reader)
    # The list that the footer names.
    newsletter = replace(newsletter, audience=audience or newsletter.audience)
    collector = PictureCollector(theme.pictures, theme.siteurl)
    common = (newsletter, contents, reader, library, cards.lead(contents))
    letter = Letter(
        subject=newsletter.title.plain,
        title=newsletter.title,
        preheader=newsletter.preheader.plain,
        moment=newsletter.date,
        language=LANGUAGE,
        siteurl=theme.siteurl,
        sender=Sender(library.facts.magazine, library.facts.email),
        body=contents,
    )
    parts = theme.letters.render(
        letter, HtmlVocabulary(*common, theme.pictures, collector), Vocabulary(*common)
    )
    return Mail(
        subject=letter.subject,
        preheader=letter.preheader,
        mjml=parts.mjml,
        html=parts.html,
        text=parts.text,
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
