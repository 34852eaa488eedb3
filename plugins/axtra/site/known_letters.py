"""The letters and the addresses of a project, for a mail of ours to be compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axtra.content.model import Library, Newsletter, Status
from axtra.newsletter import MailTheme, render
from axtra.site import content_review, letters
from axtra.site.building import prepare

if TYPE_CHECKING:
    from infolettre.checks import CheckedMail, OwnEdition

_SURE = 2  # points; the date alone does not tell an edition


@dataclass(frozen=True, slots=True)
class KnownLetters:
    """What a project knows of itself: its content, and the addresses that its site answers."""

    root: Path
    library: Library
    letters: Sequence[Newsletter]  # those without an error
    theme: MailTheme
    addresses: frozenset[str]

    @classmethod
    def open(cls, root: Path, *, moment: datetime) -> KnownLetters | None:
        """Read a project as on a day; return None when its content has errors."""
        ready = prepare(root, moment=moment)
        if ready.refused:
            return None
        settings, library = ready.settings, ready.library
        redirected = {redirect.old for redirect in library.redirects}
        addresses = content_review.addresses_of(ready.table) | redirected
        sound = letters.without_errors(library, ready.problems)
        theme = letters.open_mail_theme(settings)
        return cls(root, library, sound, theme, frozenset(addresses))

    def compared(self, mail: CheckedMail) -> CheckedMail:
        """Return a mail of ours with its edition, when there is one, and the addresses."""
        letter = self._letter(mail)
        if letter is None:
            return replace(mail, addresses=self.addresses)
        if letter.status is Status.SCHEDULED and letter.date:
            known = KnownLetters.open(self.root, moment=letter.date)
            return known.compared(mail) if known else mail
        edition = self._edition(letter, mail)
        return replace(mail, addresses=self.addresses | {letter.url}, edition=edition)

    def _letter(self, mail: CheckedMail) -> Newsletter | None:
        """Find the edition that a mail is of, by what it says of itself."""
        points = {letter: self._likeness(letter, mail) for letter in self.letters}
        best = max(self.letters, key=points.__getitem__, default=None)
        return best if best and points[best] >= _SURE else None

    def _likeness(self, letter: Newsletter, mail: CheckedMail) -> int:
        subject = (mail.subject or "").strip() == letter.title.plain
        preheader = mail.shown_preheader.startswith(letter.preheader.plain)
        online = any(urlsplit(link["href"]).path == letter.url for link in mail.normal.links)
        of_the_day = bool(letter.date and mail.day == letter.date.date())
        return 2 * (subject + preheader + online) + of_the_day

    def _edition(self, letter: Newsletter, mail: CheckedMail) -> OwnEdition:
        """Render an edition for each reader that a mail may be for."""
        from infolettre.checks import OwnEdition  # noqa: PLC0415 - most commands check no mail

        readers = dict.fromkeys([None, letter.audience, mail.liste or None])
        mails = [render(letter, self.library, self.theme, audience=reader) for reader in readers]
        pages = dict.fromkeys(made.html for made in mails)
        return OwnEdition(
            name=letter.slug,
            subject=letter.title.plain,
            preheader=letter.preheader.plain,
            online=self.theme.siteurl + letter.url,
            day=letter.date.date() if letter.date else None,
            sender=self.library.facts.email,
            list_name=letter.newsletter_type.name.plain,
            views=tuple(replace(mail, html=page).normal for page in pages),
            images=frozenset(path for made in mails for path in made.images),
        )
