"""The files of an export, as bytes: the same letter gives the same files."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from axtra.content.model import Facts, Newsletter
from axtra.newsletter import Mail
from axtra.newsletter.message_head import message_head
from infolettre.exports.services import SERVICES, Service, refuse_tags
from infolettre.message import HeaderError, ReaderValues, compose, identify
from infolettre.text.personal_values import Personal

LISTMONK = "listmonk"
SAMPLE_READER = "destinataire@exemple.test"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a ZIP file can hold


def message(
    letter: Newsletter, liste: str, mail: Mail, facts: Facts, links: Mapping[Personal, str]
) -> bytes:
    """Write a letter as a mail file, addressed to an example reader.

    Args:
        letter: the edition.
        liste: the list that receives it.
        mail: its two parts, still with sentinels.
        facts: who sends it.
        links: public pages, in place of personal links.

    Raises:
        HeaderError: a value cannot stand in a header, or the edition has no date.
        PlaceholderError: something would reach readers as a tag.
    """
    if letter.date is None:
        raise HeaderError("l’en-tête Date attend une date")
    for text in (mail.subject, mail.html, mail.text):
        refuse_tags(text)
    domain = facts.email.rpartition("@")[2]
    template = compose(
        message_head(letter, facts, liste, letter.date),
        mail.html,
        mail.text,
        online=links[Personal.ONLINE],
    )
    reader = ReaderValues(
        address=SAMPLE_READER,
        message_id=identify(template.digest, SAMPLE_READER, domain=domain),
        unsubscribe=links[Personal.UNSUBSCRIBE],
        by_mail=f"mailto:{facts.email}?subject=desabonnement",
    )
    return template.fill(reader)


def package(
    letter: Newsletter, mail: Mail, facts: Facts, siteurl: str, service: Service | None
) -> dict[str, bytes]:
    """Return the files of a letter by name.

    Args:
        letter: the edition.
        mail: its two parts, with sentinels if there is a service.
        facts: who sends it.
        siteurl: where its pictures are, without a slash at the end.
        service: the service whose tags to use; None makes a letter for anyone.

    Raises:
        PlaceholderError: something would reach readers as a tag.
    """
    for part in (mail.subject, mail.preheader, mail.html, mail.text):
        refuse_tags(part)
    html, text = mail.html, mail.text
    if service:
        html, text = service.tag(html, html=True), service.tag(text, html=False)
    files = {
        "courriel.html": html.encode(),
        "courriel.txt": text.encode(),
        "objet.txt": f"{mail.subject}\n".encode(),
        "preentete.txt": f"{mail.preheader}\n".encode(),
    }
    if service is SERVICES[LISTMONK]:
        asked = campaign(letter, mail, facts)
        files["campagne.json"] = json.dumps(asked, ensure_ascii=False, indent=2).encode() + b"\n"
    if service and service.takes_zip:
        files["courriel.zip"] = _archive(html, mail, siteurl)
    return files


def campaign(letter: Newsletter, mail: Mail, facts: Facts) -> dict[str, Any]:
    """Return the body of listmonk's `POST /api/campaigns`; `lists` is for whoever sends it.

    Raises:
        PlaceholderError: something would reach readers as a tag.
    """
    for line in (mail.subject, mail.preheader, facts.name):
        refuse_tags(line)
    service = SERVICES[LISTMONK]
    return {
        "name": letter.slug,
        "subject": mail.subject,
        "lists": [],
        "from_email": f"{facts.name} <{facts.email}>",
        "type": "regular",
        "content_type": "html",
        "body": service.tag(mail.html, html=True),
        "altbody": service.tag(mail.text, html=False),
        "messenger": "email",
        "tags": [letter.newsletter_type.slug],
        "headers": [{"Content-Language": letter.language}, {"Reply-To": facts.email}],
    }


def _archive(html: str, mail: Mail, siteurl: str) -> bytes:
    """Zip the HTML and its pictures, for services that host pictures."""
    names = {path: path.rpartition("/")[2] for path in mail.images}
    beside = re.sub(
        rf'(?<=src="){re.escape(siteurl)}([^"]+)',
        lambda match: names.get(match[1], match[0]),
        html,
    )
    files = {"index.html": beside.encode()}
    files |= {names[path]: job() for path, job in mail.images.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
