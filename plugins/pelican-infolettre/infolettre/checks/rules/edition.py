"""A mail of ours compared with its edition and with our site, when the project is at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from email import message_from_bytes
from email.utils import parseaddr
from urllib.parse import unquote

from infolettre.checks import header_fields
from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.link_addresses import addresses, split
from infolettre.checks.mail_elements import PADDING, MailElement, fold
from infolettre.checks.rule import WARNING, Finding, excerpt, mail_rule
from infolettre.checks.view import View
from infolettre.text.personal_values import LINK

_REMEDY = "Exportez de nouveau l’édition, ou corrigez-la d’abord : c’est elle qui reste en ligne."
_MANY = 0.5  # less alike than that, a mail is another letter


@mail_rule("edition-boite", _REMEDY, severity=WARNING)
def inbox_shows_the_edition(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet et le préentête sont ceux de l’édition."""
    edition = mail.edition
    if edition is None:
        return
    pairs = (
        ("objet", fold(mail.subject or ""), edition.subject),
        ("préentête", mail.shown_preheader.strip(PADDING), edition.preheader),
    )
    for name, shown, own in pairs:
        if shown.strip() != fold(own).strip(PADDING):
            problem = f"le courriel a pour {name} « {shown} », l’édition {edition.name} « {own} »"
            yield Finding(problem, shown)


@mail_rule("edition-texte", _REMEDY, severity=WARNING)
def words_are_those_of_the_edition(mail: CheckedMail) -> Iterator[Finding]:
    """Le courriel dit ce que dit son édition, dans le même ordre."""
    if mail.edition is None or not mail.html:
        return
    compared, name = mail.edition.closest(mail.normal.passages), mail.edition.name
    if compared.ratio < _MANY:
        yield Finding(f"le courriel n’est plus celui de l’édition {name} : presque tout diffère")
        return
    for how, passage in compared.differences():
        if isinstance(passage, str):
            yield Finding(f"« {excerpt(passage)} », de l’édition {name}, manque au courriel")
            continue
        where = "n’est pas à sa place d’après" if how == "place" else "n’est pas dans"
        problem = f"« {excerpt(passage.text)} » {where} l’édition {name}"
        yield Finding(problem, passage.text, passage.element)


@mail_rule("edition-liens", _REMEDY, severity=WARNING)
def links_are_those_of_the_edition(mail: CheckedMail) -> Iterator[Finding]:
    """Les liens et les images du courriel sont ceux de son édition."""
    if mail.edition is None or not mail.html:
        return
    view, name = mail.edition.closest(mail.normal.passages).view, mail.edition.name
    known = {_link(link) for link in view.links}
    texts = {text for text, _ in known}
    for link in mail.normal.links:
        if _link(link) not in known and _link(link)[0] in texts and not _is_personal(view, link):
            problem = f"« {excerpt(link.label)} » mène ailleurs que dans l’édition {name}"
            yield Finding(problem, link["href"], link)
    left: dict[str, list[str]] = defaultdict(list)
    for image in view.images:
        left[image["src"]].append(image["alt"])
    for image in mail.normal.images:
        alts = left[image["src"]]
        if not alts:
            problem = f"l’image « {_file(image['src'])} » est de trop d’après l’édition {name}"
            yield Finding(problem, image["src"], image)
        elif image["alt"] != alts.pop(0):
            problem = f"l’alt « {excerpt(image['alt'])} » n’est pas celui de l’édition {name}"
            yield Finding(problem, image["alt"], image)
    for source in (source for source, alts in left.items() for _ in alts):
        yield Finding(f"l’image « {_file(source)} », de l’édition {name}, manque au courriel")


def _file(address: str) -> str:
    return address.rpartition("/")[2]


def _link(link: MailElement) -> tuple[str, str]:
    return fold(link.label), link["href"]


def _is_personal(view: View, link: MailElement) -> bool:
    """Tell whether the edition gives each reader an address of their own for a link."""
    return any(own.label == link.label and LINK.match(own["href"]) for own in view.links)


@mail_rule("edition-entetes", _REMEDY, severity=WARNING)
def headers_are_those_of_the_edition(mail: CheckedMail) -> Iterator[Finding]:
    """Le courriel part le jour de son édition, de l’adresse et sous le nom que dit le projet."""
    edition = mail.edition
    if edition is None or mail.raw is None:
        return
    if edition.day and mail.day and mail.day != edition.day:
        yield Finding(f"le courriel est du {mail.day}, l’édition du {edition.day}", "Date:")
    message = message_from_bytes(mail.raw)
    for name in ("From", "Reply-To"):
        address = parseaddr(header_fields.value(message, name))[1]
        if address and address != edition.sender:
            problem = f"l’en-tête {name} dit « {address} », le projet « {edition.sender} »"
            yield Finding(problem, f"{name}:")
    shown = header_fields.decoded(header_fields.value(message, "List-Id")).partition("<")[0]
    if shown.strip() and shown.strip() != edition.list_name:
        problem = f"List-Id nomme « {shown.strip()} », le projet « {edition.list_name} »"
        yield Finding(problem, "List-Id:")


@mail_rule("lien-mort", "Corrigez l’adresse : ouvrez la page sur le site, et copiez-la d’en haut.")
def own_links_are_answered(mail: CheckedMail) -> Iterator[Finding]:
    """Un lien vers notre site mène à une page qui existe."""
    for link, parts in addresses(mail.normal):
        if parts.web and parts.netloc == mail.host and not _answered(mail, parts.path):
            problem = f"le lien « {link['href']} » mène à une page qui n’est pas sur notre site"
            yield Finding(problem, link["href"], link)


@mail_rule("image-morte", "Exportez de nouveau l’édition, ou rétablissez l’image.")
def own_images_are_there(mail: CheckedMail) -> Iterator[Finding]:
    """Une image de notre site existe."""
    for image in mail.normal.images:
        parts = split(image["src"])
        if parts and parts.netloc == mail.host and not _answered(mail, parts.path):
            yield Finding(
                f"l’image « {_file(image['src'])} » n’est pas sur notre site", image["src"], image
            )


def _answered(mail: CheckedMail, path: str) -> bool:
    """Tell whether our site answers at a path; without the project, it is supposed to."""
    wanted = unquote(path) or "/"
    known = mail.addresses
    if known is None or wanted in known or f"{wanted}/" in known:
        return True
    return wanted in mail.edition.images if mail.edition else False
