"""The message as it is sent: headers and parts, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime, getaddresses, parseaddr, parsedate_to_datetime

from infolettre.checks import header_fields
from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import WARNING, Finding, excerpt, mail_rule, words
from infolettre.message import lends_mailboxes
from infolettre.words import _, say

_ONCE = words(
    "From To Subject Date Message-ID Reply-To List-Id List-Unsubscribe List-Unsubscribe-Post"
    " MIME-Version"
)
_UNWANTED = words(
    "X-Priority Priority Importance Disposition-Notification-To Return-Receipt-To In-Reply-To"
    " References X-Confirm-Reading-To X-PHP-Originating-Script"
)
_MAILBOX = r"[^@\s<>,;]+@[\w-]+(?:\.[\w-]+)+"
_DATE = r"(?:[A-Z][a-z]{2}, +)?\d{1,2} +[A-Z][a-z]{2} +\d{4} +\d\d:\d\d(?::\d\d)? +[+-]\d{4}"
_NAMED_LIST = re.compile(r"inscrite? à la liste «[ \u00a0]([\w-]+)[ \u00a0]»")
_EXPORT = "Exportez de nouveau la lettre."
_LINE, _QUOTED_LINE, _ENCODED_WORD = 998, 76, 75  # RFC 5322, 2.1.1; RFC 2045, 6.7; RFC 2047, 2


@mail_rule("mime-parties", _EXPORT)
def parts_are_two(mail: CheckedMail) -> Iterator[Finding]:
    """Le message est multipart/alternative : le texte, puis le HTML."""
    if mail.text_alone:
        yield Finding("le courriel n’a pas de partie HTML : seul son texte est vérifié")
        return
    for message in _messages(mail):
        kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
        if message.get_content_type() != "multipart/alternative":
            yield Finding(
                say("le message est de type « {} »", message.get_content_type()), "Content-Type"
            )
        if kinds[:2] != ["text/plain", "text/html"]:
            yield Finding(say("les parties sont : {}", ", ".join(kinds)), "Content-Type")
        for defect in message.defects:
            yield Finding(say("le message est abîmé ({})", type(defect).__name__), "Content-Type")


@mail_rule("mime-piece-jointe", "Enlevez la pièce jointe; menez au fichier par un lien.")
def nothing_is_attached(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune pièce n’est jointe."""
    for message in _messages(mail):
        for part in message.walk():
            text = part.get_content_type() in {"text/plain", "text/html"}
            if not part.is_multipart() and (part.get_filename() or not text):
                name = part.get_filename() or part.get_content_type()
                yield Finding(say("« {} » est joint au message", name), name)


@mail_rule("mime-encodage", _EXPORT)
def parts_are_utf8(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque partie est en UTF-8, en quoted-printable."""
    for part in _leaves(mail):
        charset = (part.get_content_charset() or "us-ascii").lower()
        transfer = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        if charset != "utf-8":
            yield Finding(say("la partie {} est en {}", part.get_content_type(), charset), charset)
        if transfer != "quoted-printable":
            yield Finding(
                say("la partie {} est en {}", part.get_content_type(), transfer), transfer
            )
        elif not header_fields.coded_body(part).isascii():
            yield Finding(say("la partie {} a des octets hors de l’ASCII", part.get_content_type()))


@mail_rule("mime-decodage", _EXPORT)
def parts_decode(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque partie se décode."""
    for part in _leaves(mail):
        try:
            header_fields.payload(part).decode(part.get_content_charset() or "ascii")
        except (ValueError, LookupError):
            yield Finding(
                say("la partie {} ne se décode pas", part.get_content_type()), "Content-Type"
            )
        broken = re.search(r"=(?![0-9A-Fa-f]{2}|\s*\n)", header_fields.coded_body(part))
        if part.defects or (broken and "quoted" in str(part.get("Content-Transfer-Encoding"))):
            yield Finding(say("la partie {} est abîmée", part.get_content_type()), "Content-Type")


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
        yield Finding(say("une ligne a {} octets", longest))
    for part in _leaves(mail):
        if str(part.get("Content-Transfer-Encoding", "")).lower() == "quoted-printable":
            wide = max(map(len, header_fields.coded_body(part).splitlines()), default=0)
            if wide > _QUOTED_LINE:
                yield Finding(say("une ligne en quoted-printable a {} octets", wide))


@mail_rule("mime-entetes-ascii", _EXPORT)
def headers_are_ascii(mail: CheckedMail) -> Iterator[Finding]:
    """Les en-têtes sont en ASCII."""
    head = re.split(rb"\r?\n\r?\n", mail.raw or b"", maxsplit=1)[0]
    for line in head.splitlines():
        if not line.isascii():
            shown = line.decode("utf-8", "replace")
            yield Finding(say("l’en-tête « {} » n’est pas en ASCII", excerpt(shown)), shown)


@mail_rule("mime-entetes", _EXPORT)
def headers_come_once(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque en-tête nécessaire est là une fois."""
    if mail.stray_lines:
        first, more = mail.stray_lines[0], len(mail.stray_lines) - 1
        others = say(", et {} autres de même", more) if more else ""
        yield Finding(say("la ligne « {} » n’est pas un en-tête{}", excerpt(first), others), first)
    for message in _messages(mail):
        for name in _ONCE:
            times = len(message.get_all(name, []))
            if times != 1:
                state = _("manque") if not times else say("est écrit {} fois", times)
                yield Finding(say("l’en-tête {} {}", name, state), name)
            elif not header_fields.value(message, name).strip():
                yield Finding(say("l’en-tête {} est vide", name), name)
        if _uncommented(message, "MIME-Version") not in {"", "1.0"}:
            yield Finding("la version de MIME n’est pas 1.0", "MIME-Version")


@mail_rule("mime-entetes-de-trop", "Enlevez cet en-tête.")
def headers_ask_for_nothing(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun en-tête ne presse, ne suit ni ne trompe : priorité, accusé, fausse réponse."""
    for message in _messages(mail):
        for name in _UNWANTED:
            if name in message:
                yield Finding(say("l’en-tête {} n’a pas sa place", name), name)


@mail_rule("mime-destinataire", _EXPORT)
def message_goes_to_one(mail: CheckedMail) -> Iterator[Finding]:
    """Le message va à une seule personne, et ne montre l’adresse d’aucune autre."""
    for message in _messages(mail):
        address = [address for _, address in getaddresses([header_fields.value(message, "To")])]
        if "To" in message and not (len(address) == 1 and re.fullmatch(_MAILBOX, address[0])):
            yield Finding(
                say("« {} » n’est pas une adresse", excerpt(header_fields.value(message, "To"))),
                "To:",
            )
        for name in ("Cc", "Bcc"):
            if name in message:
                yield Finding(say("l’en-tête {} montre d’autres adresses", name), name)


@mail_rule("mime-mots-codes", _EXPORT)
def encoded_words_are_bounded(mail: CheckedMail) -> Iterator[Finding]:
    """Un mot codé d’en-tête a 75 signes au plus et n’est collé à rien."""
    head = re.split(rb"\r?\n\r?\n", mail.raw or b"", maxsplit=1)[0].decode("ascii", "replace")
    for match in re.finditer(r"=\?[\w-]+\?[bqBQ]\?[^?\s]*\?=", head):
        around = head[max(0, match.start() - 1) : match.start()] + head[match.end() :][:1]
        if len(match[0]) > _ENCODED_WORD:
            yield Finding(
                say("un mot codé a {} signes : {}", len(match[0]), excerpt(match[0])), match[0]
            )
        if re.search(r"[^\s\"(),<>]", around):
            yield Finding(
                say("un mot codé est collé à son voisin : {}", excerpt(match[0])), match[0]
            )
        if not header_fields.readable(match[0]):
            yield Finding(
                say("un mot codé ne se lit pas seul, en UTF-8 : {}", excerpt(match[0])), match[0]
            )
    for message in _messages(mail):
        for name in ("Subject", "From", "Reply-To", "To", "List-Id"):
            if "=?" in header_fields.decoded(header_fields.value(message, name)):
                yield Finding(say("l’en-tête {} garde un mot codé", name), name)


@mail_rule("mime-date", _EXPORT)
def date_is_real(mail: CheckedMail) -> Iterator[Finding]:
    """La date se lit, son jour est le bon, et elle porte un vrai décalage horaire."""
    for message in _messages(mail):
        value = _uncommented(message, "Date")
        try:
            moment = parsedate_to_datetime(value)
            named = value[:1].isalpha()
            whole = moment.tzinfo is not None and (
                not named or format_datetime(moment)[:3] == value[:3]
            )
        except ValueError:
            whole = False
        if value and not (whole and re.fullmatch(_DATE, value)):
            yield Finding(say("la date « {} » n’est pas complète", value), value)


@mail_rule("mime-message-id", _EXPORT)
def message_id_is_ours(mail: CheckedMail) -> Iterator[Finding]:
    """L’identifiant du message est du domaine de l’expéditeur."""
    for message in _messages(mail):
        value, domain = str(message.get("Message-ID", "")).strip(), _domain(message)
        if value and not re.fullmatch(rf"<[^<>@\s]+@(?:[\w-]+\.)*{re.escape(domain)}>", value):
            yield Finding(
                say("l’identifiant « {} » n’est pas du domaine « {} »", value, domain), value
            )


@mail_rule("mime-expediteur", "Écrivez le nom de l’organisme et une adresse à laquelle on répond.")
def sender_is_somebody(mail: CheckedMail) -> Iterator[Finding]:
    """L’expéditeur a un nom et une adresse à laquelle on peut répondre."""
    for message in _messages(mail):
        name, address = parseaddr(str(message.get("From", "")))
        several = len(getaddresses([header_fields.value(message, "From")])) > 1
        if not name or not re.fullmatch(_MAILBOX, address) or several:
            yield Finding(
                say("l’expéditeur « {} » est incomplet", header_fields.value(message, "From")),
                "From:",
            )
        shown = re.search(r"[\w.-]+@([\w.-]+)", header_fields.decoded(name))
        if shown and shown[1] not in address:
            yield Finding(
                say("le nom de l’expéditeur montre une autre adresse : {}", shown[0]), shown[0]
            )
        answer = parseaddr(header_fields.value(message, "Reply-To"))[1]
        if "Reply-To" in message and not re.fullmatch(_MAILBOX, answer):
            yield Finding(say("Reply-To « {} » n’est pas une adresse", answer), "Reply-To")
    if re.search(rb"(?m)^From:[ \t]*\r?$", header_fields.head(mail.raw or b"")):
        yield Finding("une ligne vide suit « From: » : des antipourriels s’en méfient", "From:")
    for message in _messages(mail):
        _, address = parseaddr(str(message.get("From", "")))
        for mailbox in (address, parseaddr(str(message.get("Reply-To", "")))[1]):
            if re.match(r"(no-?reply|ne-?pas-?repondre|nepasrepondre)", mailbox, re.IGNORECASE):
                yield Finding(say("on ne peut pas répondre à « {} »", mailbox), mailbox)


@mail_rule(
    "mime-reponse-ailleurs", "Recevez les réponses au domaine de l’expéditeur.", severity=WARNING
)
def answers_come_home(mail: CheckedMail) -> Iterator[Finding]:
    """Une réponse va au domaine de l’expéditeur : ailleurs, on la croirait détournée."""
    for message in _messages(mail):
        home = _domain(message).casefold()
        answer = (
            parseaddr(header_fields.value(message, "Reply-To"))[1].rpartition("@")[2].casefold()
        )
        if (
            home
            and answer
            and not (f".{answer}".endswith(f".{home}") or f".{home}".endswith(f".{answer}"))
        ):
            yield Finding(
                say("une réponse irait à « {} », et non à « {} »", answer, home), "Reply-To"
            )


@mail_rule("mime-adresse-lecteur", "Enlevez l’adresse : une lettre se transmet.")
def body_names_no_reader(mail: CheckedMail) -> Iterator[Finding]:
    """Le corps du message ne montre pas l’adresse de qui le reçoit."""
    for message in _messages(mail):
        reader = parseaddr(header_fields.value(message, "To"))[1].casefold()
        senders = [
            parseaddr(header_fields.value(message, name))[1].casefold()
            for name in ("From", "Reply-To")
        ]
        if not re.fullmatch(_MAILBOX, reader) or reader in senders:
            continue
        for part in _leaves(mail):
            body = header_fields.payload(part).decode("utf-8", "replace").casefold()
            if re.search(rf"(?<![\w.+-]){re.escape(reader)}(?![\w.-]\w)", body):
                yield Finding(
                    say("la partie {} montre l’adresse de la personne", part.get_content_type()),
                    "To:",
                )


@mail_rule("mime-desabonnement", _EXPORT)
def clients_can_unsubscribe(mail: CheckedMail) -> Iterator[Finding]:
    """List-Unsubscribe donne une adresse en https, puis au plus une de courriel."""
    for message in _messages(mail):
        value = re.sub(r"\s+", " ", str(message.get("List-Unsubscribe", ""))).strip()
        if value and not re.fullmatch(r"<https://[^<>\s]+>(?:, ?<mailto:[^<>\s]+>)?", value):
            yield Finding(
                say("List-Unsubscribe ne se lit pas : « {} »", excerpt(value)), "List-Unsubscribe"
            )
        if re.match(r"<https://(?:[^/<>]+/?>|localhost|[^/<>]*\.invalid\b|[^<>]*[{\[])", value):
            yield Finding(say("« {} » ne désabonne personne", excerpt(value)), "List-Unsubscribe")


@mail_rule("mime-un-clic", _EXPORT)
def one_click_is_enough(mail: CheckedMail) -> Iterator[Finding]:
    """List-Unsubscribe-Post dit « List-Unsubscribe=One-Click »."""
    for message in _messages(mail):
        value = str(message.get("List-Unsubscribe-Post", "")).strip()
        if value and value != "List-Unsubscribe=One-Click":
            yield Finding(say("List-Unsubscribe-Post dit « {} »", value), value)


@mail_rule("mime-liste", _EXPORT)
def list_id_is_formed(mail: CheckedMail) -> Iterator[Finding]:
    """List-Id est un nom de domaine entre chevrons, chez l’expéditeur : celui de la liste."""
    for message in _messages(mail):
        value = str(message.get("List-Id", "")).strip()
        if value and not re.search(r"<[\w-]+(\.[\w-]+)+>$", value):
            yield Finding(say("List-Id « {} » n’est pas un nom entre chevrons", value), value)
        elif value and not f".{value[value.rindex('<') + 1 : -1]}".endswith(f".{_domain(message)}"):
            yield Finding(say("List-Id « {} » n’est pas de « {} »", value, _domain(message)), value)
        named = _NAMED_LIST.search(mail.normal.visible_text)
        if named and mail.liste and named[1] != mail.liste:
            problem = say(
                "List-Id est de la liste « {} », le pied de la liste « {} »", mail.liste, named[1]
            )
            yield Finding(problem, value)


@mail_rule("mime-signature", "Signez List-Unsubscribe et List-Unsubscribe-Post : h= les nomme.")
def signature_covers_leaving(mail: CheckedMail) -> Iterator[Finding]:
    """La signature DKIM, s’il y en a une, couvre le désabonnement."""
    for message in _messages(mail):
        for value in message.get_all("DKIM-Signature", []):
            signed = re.search(r"\bh=([^;]*)", str(value))
            names = re.sub(r"\s", "", signed[1] if signed else "").casefold().split(":")
            missing = {"from", "subject", "list-unsubscribe", "list-unsubscribe-post"} - set(names)
            if missing:
                yield Finding(
                    say("la signature ne couvre pas {}", ", ".join(sorted(missing))), "DKIM"
                )
            signer = re.search(r"\bd=\s*([\w.-]+)", str(value))
            if signer and not f".{_domain(message)}".endswith(f".{signer[1]}"):
                yield Finding(say("la signature est celle de « {} »", signer[1]), "DKIM")
            if "rsa-sha1" in str(value):
                yield Finding("la signature est en SHA-1, que plus personne n’accepte", "DKIM")


@mail_rule("mime-langue", _EXPORT, severity=WARNING)
def languages_agree(mail: CheckedMail) -> Iterator[Finding]:
    """Content-Language, s’il y en a un, dit la langue de la lettre."""
    written = [root["lang"] for root in mail.normal.all("html")]
    for message in _messages(mail):
        said = header_fields.value(message, "Content-Language").strip()
        if mail.edition and not said:
            yield Finding("l’en-tête Content-Language manque", "Content-Type")
        both = [tag.casefold() for tag in (said, *written[:1])]
        shortest = min(map(len, both))
        if said and written and both[0][:shortest] != both[1][:shortest]:
            yield Finding(
                say("Content-Language dit « {} », la lettre « {} »", said, written[0]), said
            )


@mail_rule("mime-objet-perdu", _EXPORT, severity=WARNING)
def subject_keeps_its_spaces(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet décodé est le titre du courriel, sans espace perdue."""
    titles = [title.text for title in mail.normal.all("title")]
    for message in _messages(mail):
        shown = header_fields.decoded(str(message.get("Subject", "")))
        same = titles and re.sub(r"\s", "", shown) == re.sub(r"\s", "", titles[0])
        if same and shown.split() != titles[0].split():
            yield Finding(say("l’objet « {} » a perdu une espace", shown), shown)


@mail_rule(
    "mime-expediteur-gratuit",
    "Écrivez d’une adresse de votre domaine, par exemple info@votre-organisme.ca.",
    severity=WARNING,
)
def sender_has_a_domain(mail: CheckedMail) -> Iterator[Finding]:
    """L’expéditeur écrit de son propre domaine : les autres sont rejetés (DMARC)."""
    for message in _messages(mail):
        if lends_mailboxes(_domain(message)):
            yield Finding(
                say(
                    "« {} » fait rejeter ce qu’un autre serveur envoie en son nom (DMARC)",
                    _domain(message),
                ),
                "From:",
            )


def _messages(mail: CheckedMail) -> Iterator[Message]:
    if mail.raw is not None:
        yield message_from_bytes(mail.raw)


def _leaves(mail: CheckedMail) -> Iterator[Message]:
    for message in _messages(mail):
        for part in message.walk():
            if part.get_content_type() in {"text/plain", "text/html"} and not part.get_filename():
                yield part


def _uncommented(message: Message, name: str) -> str:
    """Return a structured header without its comments, which RFC 5322 allows."""
    return re.sub(r"\s*\([^()]*\)", "", header_fields.value(message, name)).strip()


def _domain(message: Message) -> str:
    return parseaddr(str(message.get("From", "")))[1].rpartition("@")[2]
