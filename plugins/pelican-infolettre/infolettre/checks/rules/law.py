"""What the law requires of a mail (LCAP and Loi 25); this is not legal advice.

Source: Canada's Anti-Spam Legislation, S.C. 2010, c. 23, sections 6 and 11; SOR/2012-36, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from infolettre.checks.cascade import Rendition
from infolettre.checks.checked_mail import CheckedMail, folded
from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import WARNING, Finding, mail_rule
from infolettre.design.tokens import contrast
from infolettre.words import N_, say

_SMALL, _INVISIBLE = 12, 1.3  # px, as in the rule on small text; a ratio that nobody reads
_LEAVING = ("désabonn", "désinscri", "unsubscribe", "ne plus recevoir")
_POSTAL_CODE = re.compile(r"[A-Z](?<!\w.)\d[A-Z][ \u00a0]+\d[A-Z]\d\b")
_STREET = re.compile(r"\d+\w?,? [^\W\d]|case postale|\bC\. ?P\.|\bP\.? ?O\.? Box", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"\(?\d{3}\)?[ \u00a0.-]{0,2}\d{3}[ \u00a0.-]\d{4}"
    r"|\+\d{1,3}[ \u00a0.-]?\(?\d[\d \u00a0.()-]{6,}\d"
)
# Letters are in French or in English.
_REASON = re.compile(
    r"inscri|abonn[ée]e?s?\b|vous recevez|vous envoie"
    r"|subscri|sign(?:ed)? up|you (?:are )?(?:receive|receiving|get)|sends you"
)
_ONLINE = re.compile(
    r"sur le web|en ligne|dans (?:le|votre) navigateur"
    r"|on the web|online|in (?:the|your|a) browser"
)
_FOOTER = N_("Complétez l’organisme dans content/site.toml : le pied de la lettre s’en sert.")


@mail_rule("loi-desabonnement", "Rétablissez le lien de désabonnement du pied de la lettre.")
def readers_can_leave(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque courriel a un lien de désabonnement."""
    told = mail.text_alone and _leaves(mail.text or "")  # a reply may be enough
    tagged = mail.normal.first("unsubscribe")  # which a service replaces, and another rule tells of
    if not (_exits(mail) or told or tagged):
        problem = N_("aucun lien ne permet de se désabonner, la loi l’exige")
        yield Finding(problem, near=_foot(mail))
    if mail.text and not mail.text_alone and not _leaves(mail.text):
        yield Finding("la partie texte ne dit pas comment se désabonner, la loi l’exige")


@mail_rule("loi-desabonnement-simple", "Menez à une page qui désabonne sans mot de passe.")
def leaving_needs_no_login(mail: CheckedMail) -> Iterator[Finding]:
    """On se désabonne sans ouvrir de session, par une page en https."""
    for link in _exits(mail):
        closed = re.search(
            r"login|connexion|connecter|mon-compte|signin|account", link["href"], re.IGNORECASE
        )
        home = re.fullmatch(r"https?://[^/?#]+/?", link["href"])
        if closed or home or not link["href"].startswith("https://"):
            yield Finding(say("le désabonnement mène à « {} »", link["href"]), link["href"], link)


@mail_rule("loi-desabonnement-visible", "Écrivez le lien en 13 pixels au moins, souligné, visible.")
def leaving_is_seen(mail: CheckedMail) -> Iterator[Finding]:
    """Le lien de désabonnement se voit, sur un téléphone et dans le sombre aussi."""
    exits = _exits(mail)
    for link in exits:
        size = re.fullmatch(r"(\d+)px", link.style.get("font-size", "99px"))
        if link.hidden or (size and int(size[1]) < _SMALL):
            yield Finding("le lien de désabonnement est caché ou minuscule", link["href"], link)
    for rendition in mail.normal.renditions if exits else ():
        if not any(link.hidden or _seen(rendition, link) for link in exits):
            problem = say("le lien de désabonnement est caché {}", rendition.screen.cause)
            yield Finding(problem, exits[-1]["href"], exits[-1])


def _seen(rendition: Rendition, element: MailElement) -> bool:
    """Tell whether an element shows in a rendition, in letters of a size that can be read."""
    if rendition.hidden[element.index]:
        return False
    sizes = (rendition.style(up).get("font-size", "") for up in element.lineage)
    size = re.match(r"\d+(?:\.\d+)?(?=px|$)", next(filter(None, sizes), "99px"))
    seen = contrast(rendition.colours[element.index], rendition.backgrounds[element.index])
    return seen > _INVISIBLE and not (size and float(size[0]) < _SMALL)


@mail_rule("loi-adresse", _FOOTER)
def sender_has_an_address(mail: CheckedMail) -> Iterator[Finding]:
    """L’adresse postale de l’expéditeur est dans la lettre, code postal compris."""
    place = _POSTAL_CODE.search(mail.normal.all_words)
    before = mail.normal.all_words[max(0, place.start() - 120) : place.start()] if place else ""
    if not re.search(
        r"\d+\w?,? [^\W\d]|case postale|\bC\. ?P\.|\bP\.? ?O\.? Box", before, re.IGNORECASE
    ):
        problem = N_("la lettre n’a pas d’adresse postale complète, la loi l’exige")
        yield Finding(problem, near=_foot(mail))
    holders = [e for e in mail.normal.body if not e.hidden and _POSTAL_CODE.search(e.own_text)]
    for rendition in mail.normal.renditions if holders else ():
        if not any(_seen(rendition, element) for element in holders):
            yield Finding(
                say("l’adresse postale est cachée {}", rendition.screen.cause), near=holders[0]
            )
    if mail.text and not mail.text_alone and not _POSTAL_CODE.search(mail.text):
        yield Finding("la partie texte n’a pas d’adresse postale complète, la loi l’exige")


@mail_rule("loi-joindre", _FOOTER)
def sender_can_be_reached(mail: CheckedMail) -> Iterator[Finding]:
    """Un téléphone ou une adresse de courriel permet de joindre l’expéditeur."""
    mailbox = any(link["href"].startswith(("mailto:", "tel:")) for link in mail.normal.links)
    if not mailbox and not _TELEPHONE.search(mail.normal.all_words):
        problem = N_("ni téléphone ni courriel : la loi exige une deuxième façon de joindre")
        yield Finding(problem, near=_foot(mail))
    for link in mail.normal.links:
        if re.match(r"mailto:(no-?reply|ne-?pas-?repondre)", link["href"], re.IGNORECASE):
            yield Finding(say("personne ne lit « {} »", link["href"]), link["href"], link)


@mail_rule("loi-expediteur", _FOOTER)
def sender_is_named(mail: CheckedMail) -> Iterator[Finding]:
    """L’expéditeur se nomme avant son adresse."""
    for passage in mail.normal.passages:
        place = _POSTAL_CODE.search(passage.text)
        before = passage.text[: place.start()] if place else ""
        if place and not re.match(r"\W*[^\W\d_][^\d]{2,}", before):
            yield Finding(
                "l’adresse postale n’est pas précédée du nom de l’expéditeur",
                passage.text,
                passage.element,
            )


@mail_rule("loi-raison", "Dites à quelle liste la personne est inscrite.", severity=WARNING)
def reason_is_given(mail: CheckedMail) -> Iterator[Finding]:
    """La lettre dit pourquoi on la reçoit."""
    if not re.search(_REASON, mail.normal.all_words):
        yield Finding("la lettre ne dit pas pourquoi on la reçoit", near=_foot(mail))


@mail_rule("lien-en-ligne", "Rétablissez le lien « Lire cette infolettre sur le Web ».",
           severity=WARNING)  # fmt: skip
def web_version_is_linked(mail: CheckedMail) -> Iterator[Finding]:
    """Un lien mène à la lettre en ligne."""
    texts = (link.text.casefold() for link in mail.normal.links)
    if not any(map(_ONLINE.search, texts)):
        problem = N_("aucun lien ne mène à la lettre en ligne")
        yield Finding(problem, near=mail.normal.first("body"))


@mail_rule("lien-en-ligne-autre", "Menez à la page de cette lettre-ci.", severity=WARNING)
def web_version_is_of_this_letter(mail: CheckedMail) -> Iterator[Finding]:
    """Le lien vers la lettre en ligne mène à cette lettre, et non à une autre."""
    for link in mail.normal.links:
        href = link["href"].strip()
        if not re.search("(sur le|on the) web|navigateur|browser", link.text.casefold()):
            continue
        dated = re.search(r"/infolettres/(\d{4}-\d{2}-\d{2})(?:/|$)", href)
        if mail.edition and href.startswith("http") and href != mail.edition.online:
            yield Finding(
                say("« {} » ne mène pas à {}", link.text, mail.edition.online), href, link
            )
        elif not mail.edition and dated and mail.day and dated[1] != mail.day.isoformat():
            yield Finding(say("« {} » mène à la lettre du {}", link.text, dated[1]), href, link)


def _foot(mail: CheckedMail) -> MailElement | None:
    """Return the last text of the letter, where the law is usually obeyed."""
    return next((passage.element for passage in reversed(mail.normal.passages)), None)


def _exits(mail: CheckedMail) -> list[MailElement]:
    return [
        link
        for link in mail.normal.links
        if _leaves(link.text) or re.search(r"desabonn|unsubscribe", link["href"], re.IGNORECASE)
    ]


@lru_cache(maxsize=256)
def _leaves(text: str) -> bool:
    """Tell whether a text speaks of leaving the list."""
    plain = folded(text)
    return any(sign in plain for sign in _LEAVING)
