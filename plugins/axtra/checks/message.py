"""The message that leaves: headers and parts, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from axtra.checks.mail import CheckedMail
from axtra.checks.rule import WARNING, Finding, excerpt, mail_rule, words

_ONCE = words(
    "From To Subject Date Message-ID Reply-To List-Id List-Unsubscribe List-Unsubscribe-Post"
    " MIME-Version"
)
_EXPORT = "Exportez de nouveau la lettre par « axtra infolettre exporter »."
_LINE, _QUOTED_LINE, _ENCODED_WORD = 998, 76, 75  # RFC 5322, 2.1.1; RFC 2045, 6.7; RFC 2047, 2


@mail_rule("mime-parties", _EXPORT)
def parts_are_two(mail: CheckedMail) -> Iterator[Finding]:
    """Le message est multipart/alternative : le texte, puis le HTML."""
    for message in _messages(mail):
        kinds = [one.get_content_type() for one in message.walk() if not one.is_multipart()]
        if message.get_content_type() != "multipart/alternative":
            yield Finding(
                f"le message est de type « {message.get_content_type()} »", "Content-Type"
            )
        if kinds[:2] != ["text/plain", "text/html"]:
            yield Finding(f"les parties sont : {', '.join(kinds)}", "Content-Type")


@mail_rule("mime-piece-jointe", "Enlevez la pièce jointe; menez au fichier par un lien.")
def nothing_is_attached(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune pièce n’est jointe."""
    for message in _messages(mail):
        for one in message.walk():
            text = one.get_content_type() in {"text/plain", "text/html"}
            if not one.is_multipart() and (one.get_filename() or not text):
                name = one.get_filename() or one.get_content_type()
                yield Finding(f"« {name} » est joint au message", name)


@mail_rule("mime-encodage", _EXPORT)
def parts_are_utf8(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque partie est en UTF-8, en quoted-printable."""
    for one in _leaves(mail):
        charset = (one.get_content_charset() or "us-ascii").lower()
        transfer = str(one.get("Content-Transfer-Encoding", "7bit")).lower()
        if charset != "utf-8":
            yield Finding(f"la partie {one.get_content_type()} est en {charset}", charset)
        if transfer != "quoted-printable":
            yield Finding(f"la partie {one.get_content_type()} est en {transfer}", transfer)


@mail_rule("mime-decodage", _EXPORT)
def parts_decode(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque partie se décode."""
    for one in _leaves(mail):
        payload = one.get_payload(decode=True)
        try:
            (payload if isinstance(payload, bytes) else b"").decode(
                one.get_content_charset() or "ascii"
            )
        except (UnicodeDecodeError, LookupError):
            yield Finding(f"la partie {one.get_content_type()} ne se décode pas", "Content-Type")
        if one.defects:
            yield Finding(f"la partie {one.get_content_type()} est abîmée", "Content-Type")


@mail_rule("mime-fins-de-ligne", "Enregistrez le message avec des fins de ligne CRLF.")
def lines_end_in_crlf(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque ligne finit par CRLF : des serveurs refusent le reste."""
    if mail.raw is not None and re.search(rb"(?<!\r)\n|\r(?!\n)", mail.raw):
        yield Finding("des lignes ne finissent pas par CRLF")


@mail_rule("mime-lignes", _EXPORT)
def lines_are_bounded(mail: CheckedMail) -> Iterator[Finding]:
    """Une ligne a 998 octets au plus, 76 en quoted-printable."""
    lines = (mail.raw or b"").splitlines()
    longest = max(map(len, lines), default=0)
    if longest > _LINE:
        yield Finding(f"une ligne a {longest} octets")
    for one in _leaves(mail):
        if str(one.get("Content-Transfer-Encoding", "")).lower() == "quoted-printable":
            wide = max(map(len, str(one.get_payload()).splitlines()), default=0)
            if wide > _QUOTED_LINE:
                yield Finding(f"une ligne en quoted-printable a {wide} octets")


@mail_rule("mime-entetes-ascii", _EXPORT)
def headers_are_ascii(mail: CheckedMail) -> Iterator[Finding]:
    """Les entêtes sont en ASCII."""
    head = re.split(rb"\r?\n\r?\n", mail.raw or b"", maxsplit=1)[0]
    for line in head.splitlines():
        if not line.isascii():
            shown = line.decode("utf-8", "replace")
            yield Finding(f"l’entête « {excerpt(shown)} » n’est pas en ASCII", shown)


@mail_rule("mime-entetes", _EXPORT)
def headers_come_once(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque entête nécessaire est là une fois."""
    for message in _messages(mail):
        for name in _ONCE:
            times = len(message.get_all(name, []))
            if times != 1:
                state = "manque" if not times else f"est écrit {times} fois"
                yield Finding(f"l’entête {name} {state}", name)


@mail_rule("mime-mots-codes", _EXPORT)
def encoded_words_are_bounded(mail: CheckedMail) -> Iterator[Finding]:
    """Un mot codé d’entête a 75 signes au plus et n’est collé à rien."""
    head = re.split(rb"\r?\n\r?\n", mail.raw or b"", maxsplit=1)[0].decode("ascii", "replace")
    for found in re.finditer(r"=\?[\w-]+\?[bqBQ]\?[^?\s]*\?=", head):
        around = head[max(0, found.start() - 1) : found.start()] + head[found.end() :][:1]
        if len(found[0]) > _ENCODED_WORD:
            yield Finding(f"un mot codé a {len(found[0])} signes : {excerpt(found[0])}", found[0])
        if re.search(r"[^\s\"(),<>]", around):
            yield Finding(f"un mot codé est collé à son voisin : {excerpt(found[0])}", found[0])


@mail_rule("mime-date", _EXPORT)
def date_is_real(mail: CheckedMail) -> Iterator[Finding]:
    """La date se lit et porte un vrai décalage horaire."""
    for message in _messages(mail):
        value = str(message.get("Date", ""))
        try:
            whole = parsedate_to_datetime(value).tzinfo is not None
        except ValueError:
            whole = False
        if value and not whole:
            yield Finding(f"la date « {value} » n’est pas complète", value)


@mail_rule("mime-message-id", _EXPORT)
def message_id_is_ours(mail: CheckedMail) -> Iterator[Finding]:
    """L’identifiant du message est du domaine de l’expéditeur."""
    for message in _messages(mail):
        value, domain = str(message.get("Message-ID", "")).strip(), _domain(message)
        if value and not re.fullmatch(rf"<[^<>@\s]+@(?:[\w-]+\.)*{re.escape(domain)}>", value):
            yield Finding(f"l’identifiant « {value} » n’est pas du domaine « {domain} »", value)


@mail_rule("mime-expediteur", "Écrivez le nom de l’organisme et une adresse à laquelle on répond.")
def sender_is_somebody(mail: CheckedMail) -> Iterator[Finding]:
    """L’expéditeur a un nom et une adresse à laquelle on peut répondre."""
    for message in _messages(mail):
        name, address = parseaddr(str(message.get("From", "")))
        if not name or "@" not in address:
            yield Finding(f"l’expéditeur « {message.get('From', '')} » n’est pas complet", "From:")
        for one in (address, parseaddr(str(message.get("Reply-To", "")))[1]):
            if re.match(r"(no-?reply|ne-?pas-?repondre|nepasrepondre)", one, re.IGNORECASE):
                yield Finding(f"on ne peut pas répondre à « {one} »", one)


@mail_rule("mime-desabonnement", _EXPORT)
def clients_can_unsubscribe(mail: CheckedMail) -> Iterator[Finding]:
    """List-Unsubscribe donne une adresse en https, puis au plus une de courriel."""
    for message in _messages(mail):
        value = re.sub(r"\s+", " ", str(message.get("List-Unsubscribe", ""))).strip()
        if value and not re.fullmatch(r"<https://[^<>\s]+>(?:, ?<mailto:[^<>\s]+>)?", value):
            yield Finding(
                f"List-Unsubscribe ne se lit pas : « {excerpt(value)} »", "List-Unsubscribe"
            )


@mail_rule("mime-un-clic", _EXPORT)
def one_click_is_enough(mail: CheckedMail) -> Iterator[Finding]:
    """List-Unsubscribe-Post dit « List-Unsubscribe=One-Click »."""
    for message in _messages(mail):
        value = str(message.get("List-Unsubscribe-Post", "")).strip()
        if value and value != "List-Unsubscribe=One-Click":
            yield Finding(f"List-Unsubscribe-Post dit « {value} »", value)


@mail_rule("mime-liste", _EXPORT)
def list_id_is_formed(mail: CheckedMail) -> Iterator[Finding]:
    """List-Id est un nom de domaine entre chevrons."""
    for message in _messages(mail):
        value = str(message.get("List-Id", "")).strip()
        if value and not re.search(r"<[\w-]+(\.[\w-]+)+>$", value):
            yield Finding(f"List-Id « {value} » n’est pas un nom entre chevrons", value)


@mail_rule("mime-signature", "Signez List-Unsubscribe et List-Unsubscribe-Post : h= les nomme.")
def signature_covers_leaving(mail: CheckedMail) -> Iterator[Finding]:
    """La signature DKIM, s’il y en a une, couvre le désabonnement."""
    for message in _messages(mail):
        for value in message.get_all("DKIM-Signature", []):
            signed = re.search(r"\bh=([^;]*)", str(value))
            names = re.sub(r"\s", "", signed[1] if signed else "").casefold().split(":")
            missing = {"from", "subject", "list-unsubscribe", "list-unsubscribe-post"} - set(names)
            if missing:
                yield Finding(f"la signature ne couvre pas {', '.join(sorted(missing))}", "DKIM")


@mail_rule("mime-objet-perdu", _EXPORT, severity=WARNING)
def subject_keeps_its_spaces(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet décodé est le titre du courriel, sans espace perdue."""
    titles = [one.text for one in mail.normal.all("title")]
    for message in _messages(mail):
        shown = str(make_header(decode_header(str(message.get("Subject", "")))))
        same = titles and re.sub(r"\s", "", shown) == re.sub(r"\s", "", titles[0])
        if same and shown.split() != titles[0].split():
            yield Finding(f"l’objet « {shown} » a perdu une espace", shown)


def _messages(mail: CheckedMail) -> Iterator[Message]:
    if mail.raw is not None:
        yield message_from_bytes(mail.raw)


def _leaves(mail: CheckedMail) -> Iterator[Message]:
    for message in _messages(mail):
        for one in message.walk():
            if one.get_content_type() in {"text/plain", "text/html"} and not one.get_filename():
                yield one


def _domain(message: Message) -> str:
    return parseaddr(str(message.get("From", "")))[1].rpartition("@")[2]
