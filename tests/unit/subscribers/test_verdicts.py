"""What each kind of returned mail proves, by its codes, its words, and who wrote it."""

from __future__ import annotations

import pytest

from axtra.subscribers import Keys
from axtra.subscribers.returns.judgement import Nature, judge
from axtra.subscribers.returns.refusal_wording import Said, said
from support.returned_mails import FOLDER, mail

KEYS = Keys((b"k" * 30,), b"p")
PERSON = "abcdefghijklmnopqrstuvwxyz"
CODE = KEYS.envelope(PERSON, "2026-12-02")
LINK = KEYS.link(PERSON, "membres")
GONE, SOFT, POLICY, CLOSED, REVIEW, NOTHING, TO_READ, LEAVE = (
    Nature.GONE, Nature.SOFT, Nature.POLICY, Nature.CLOSED, Nature.REVIEW, Nature.NOTHING,
    Nature.TO_READ, Nature.LEAVE,
)  # fmt: skip
EXPECTED = {
    "r02-trop-par-heure": POLICY, "r04-dns-mal-forme": SOFT, "r05-boite-pleine-511": SOFT,
    "r06-preferences": CLOSED, "r10-m365-541": GONE, "r12-yahoo-dd": GONE, "r13-sans-code": GONE,
    "r14-orange-fr": GONE, "r15-m365-351": GONE, "r16-vieux-411": REVIEW,
    "r18-groupe-ferme": CLOSED, "r19-510-inconnu": GONE, "r21-outlook-en-texte": GONE,
    "r22-dma": GONE, "r23-opensmtpd": GONE, "r25-smartermail": GONE, "r27-yahoo-desactivee": GONE,
    "r28-quota-5190": POLICY, "r41-humain-unsubscribe": TO_READ, "r42-quitte-emploi": TO_READ,
    "r43-vacances": NOTHING, "r44-vacances-avec-550": NOTHING, "r45-accuse": NOTHING,
    "r50-retard": NOTHING, "r51-remis": NOTHING, "r52-remis-echec-precedent": NOTHING,
    "d1-objet-b64": LEAVE, "d3-objet-accent-q": LEAVE, "d4-plie-dans-le-jeton": LEAVE,
    "d5-plus": LEAVE, "d6-corps": LEAVE,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(one.stem for one in FOLDER.iterdir()))
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_kind_proves_what_it_says(name: str, end: str) -> None:
    data = mail(name, CODE, LINK).replace(b"\n", end.encode())
    verdict = judge(data, KEYS)
    assert verdict.nature is EXPECTED[name]
    assert verdict.person == PERSON
    assert bool(verdict.letter) == (verdict.nature is TO_READ)


SAYINGS = {
    Said.GONE: (
        "550 5.1.1 <x@a.ca>: User unknown in local recipient table",
        "550-5.1.1 The email account that you tried to reach does not exist.",
        "550 5.4.1 Recipient address rejected: Access denied.",
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup",
        "550 Unknown user x@a.jp",
        "554 delivery error: dd This user doesn't have a yahoo.com account",
        "Host or domain name not found. Name service error for name=a.ca: Host not found",
        "Le destinataire x@a.ca n’a pas été trouvé",
        "L’adresse de messagerie que vous avez entrée est introuvable.",
        "550 5.5.0 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416",
    ),
    Said.FULL: (
        "552 5.1.1 mailbox is full, over quota",
        "La boîte aux lettres du destinataire est pleine et ne peut rien accepter",
        "452 4.2.2 The recipient's inbox is out of storage space",
    ),
    Said.LATER: (
        "550 5.1.1 Address lookup failed: LDAP server unavailable",
        "550 5.1.1 internal error: user lookup failed",
        "550 5.1.1 database error",
        "550 5.1.1 Recipient address rejected: Address verification in progress",
        "550 5.1.1 DNS lookup failure for domain",
        "550 5.1.1 Le serveur est en maintenance, utilisateur inconnu",
        "550 5.1.1 migration in progress, mailbox moved",
        "550 5.1.1 Your message cannot be delivered: TLS required",
        "550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
        "Name service error for name=a.ca: Malformed or unexpected name server reply",
        "Name service error for name=a.ca type=MX: Host not found, try again",
        "550 5.1.1 Mailbox temporarily disabled",
        "552 5.3.4 Message size exceeds fixed limit",
    ),
    Said.CLOSED: (
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
        "550 5.1.1 RCP-P2 Refused due to recipient preferences",
        "550 5.7.1 Post by non-member to a members-only list",
    ),
    Said.OURS: (
        "550 5.1.1 Quota d’envoi dépassé pour ce compte",
        "550 5.1.1 Envoi refusé : trop de destinataires inconnus",
        "550 5.1.1 Vous avez dépassé la limite d’envoi",
        "550 5.1.1 Votre adresse IP est bloquée",
        "550 5.1.1 Message refusé : votre domaine n’existe pas",
        "550 5.1.1 The account you are sending from does not exist",
        "550 5.1.1 Recipient not in allowed list of your subscription plan",
        "550 5.1.1 Sandbox: recipient not verified",
        "550 5.1.1 Bounce messages not accepted; null sender",
        "550 5.1.1 SPF check failed, 192.0.2.7 is not allowed to send for exemple.org",
        "550 5.1.1 <a@b.ca> - 192.0.2.7 has sent to too many recipients this hour. IB607",
        "550 5.2.1 rate of sending exceeded, IB607",
        "550 5.1.90 you've reached your daily limit for message recipients",
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
        "553 5.1.3 http://www.spamhaus.org/query/bl?ip=192.0.2.7",
        "550 5.1.1 sender verify failed",
        "550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]",
    ),
    None: ("554 transaction failed",),
}


@pytest.mark.parametrize(
    ("kind", "words"), [(kind, words) for kind, all_words in SAYINGS.items() for words in all_words]
)
def test_words_say_of_whom_they_speak(kind: Said | None, words: str) -> None:
    assert said(words) is kind
    assert said(words.upper()) is kind


def test_an_address_or_a_host_says_nothing() -> None:
    words = "host mx.spam-filter.test[192.0.2.1] said: 550 5.1.1 <quota.spam@a.ca>: user unknown"
    assert said(words) is Said.GONE


FRENCH_EXCHANGE = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@ailleurs.test>
To: rebonds+{code}@exemple.org
Subject: =?utf-8?Q?Non_remis=C2=A0:_Infolettre?=
MIME-Version: 1.0
Content-Type: {kind}; charset="iso-8859-1"
Content-Transfer-Encoding: 8bit

{open}Échec de la remise pour ces destinataires ou groupes :{close}
{open}personne@ailleurs.test{close}
{open}{said}{close}
"""


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize(
    ("words", "nature"),
    [
        ("L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse.", GONE),
        ("La boîte aux lettres du destinataire est pleine.", SOFT),
        ("Ce message n'a pas pu être remis.", SOFT),
    ],
)
def test_exchange_speaks_french_in_its_own_charset(kind: str, words: str, nature: Nature) -> None:
    tags = ("<p>", "</p>") if kind == "text/html" else ("", "")
    text = FRENCH_EXCHANGE.format(code=CODE, kind=kind, said=words, open=tags[0], close=tags[1])
    verdict = judge(text.encode("iso-8859-1"), KEYS)
    assert (verdict.nature, verdict.person) == (nature, PERSON)


HUMAN = "From: Zoé <zoe@a.ca>\nTo: rebonds+{code}@exemple.org\nSubject: {subject}\n{more}\n{text}\n"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Infolettre", "J’ai reçu « 550 5.1.1 user unknown » en vous écrivant."),
        ("TR : Undeliverable: Infolettre", "Voyez ce retour : 550 5.1.1 user unknown."),
        ("Question", "Votre message n’a pas pu être remis à ma collègue?"),
    ],
)
def test_a_person_who_quotes_a_bounce_is_read_by_a_person(subject: str, text: str) -> None:
    data = HUMAN.format(code=CODE, subject=subject, more="", text=text).encode()
    assert judge(data, KEYS).nature is TO_READ


@pytest.mark.parametrize(
    ("subject", "more", "text", "nature"),
    [
        ("Absence", "Auto-Submitted: auto-replied", "Je reviens lundi.", NOTHING),
        ("Absence", "X-Autoreply: yes", "Je reviens lundi.", NOTHING),
        ("Réponse automatique : Infolettre", "", "De retour le 3.", NOTHING),
        ("Out of Office: Newsletter", "", "Back on Monday.", NOTHING),
        ("Automatic reply: Newsletter", "", "I no longer work at A.", TO_READ),
        ("Réponse automatique : Infolettre", "", "Ma nouvelle adresse est z@b.ca.", TO_READ),
        ("Lu : Infolettre", "", "Votre message a été lu.", NOTHING),
        ("Lundi", "", "Je serai là.", TO_READ),
        ("Bonjour", "Auto-Submitted: no", "Bonjour.", TO_READ),
    ],
)
def test_an_automatic_answer_is_counted_unless_it_says_goodbye(
    subject: str, more: str, text: str, nature: Nature
) -> None:
    data = HUMAN.format(code=CODE, subject=subject, more=more + "\n" if more else "", text=text)
    assert judge(data.encode(), KEYS).nature is nature


def test_what_a_stranger_writes_cannot_act_on_a_terminal() -> None:
    data = HUMAN.format(code=CODE, subject="a\x1b[31m\u202eb\x07", more="", text="Bonjour")
    letter = judge(data.encode(), KEYS).letter
    assert letter
    assert letter.subject == "a [31m b"
    assert letter.sender == "Zoé <zoe@a.ca>"
    long = HUMAN.format(code=CODE, subject="é" * 5000, more="", text="")
    shown = judge(long.encode(), KEYS).letter
    assert shown
    assert len(shown.subject) < 200


def test_a_report_of_a_report_is_not_read_for_the_first() -> None:
    inner = mail("r18-groupe-ferme", CODE, LINK).decode()
    outer = mail("r13-sans-code", CODE, LINK).decode().replace("bb", "cc")
    inner_part = f"--cc\nContent-Type: message/rfc822\n\n{inner}\n--cc--"
    data = outer.replace("--cc--", inner_part)
    assert judge(data.encode(), KEYS).nature is GONE


NESTED = "".join(
    f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(2_000)
)
HOSTILE = {
    "parts in parts": f"From: a@b.ca\nSubject: x\n{NESTED}",
    "mails in mails": "From: a@b.ca\nSubject: x\n" + "Content-Type: message/rfc822\n\n" * 2_000,
    "comments in comments": "From: " + "(" * 100_000 + "\nSubject: x\n\nx\n",
    "people without end": "From: " + "a@" * 50_000 + "\nSubject: x\n\nx\n",
    "tags left open": "Subject: x\nContent-Type: text/html\n\n" + "<blockquote " * 15_000,
    "quotations in quotations": "Subject: x\nContent-Type: text/html\n\n" + "<blockquote>" * 15_000,
    "encoded for nothing": "Subject: " + "=?utf-8?b?" * 2_000 + "\n\nx\n",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_mail_made_to_hurt_is_left_to_a_person(name: str) -> None:
    assert judge(HOSTILE[name].encode(), KEYS).nature is TO_READ
