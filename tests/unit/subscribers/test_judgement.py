"""What each kind of returned mail proves, by its codes, its words, and who wrote it."""

from __future__ import annotations

import pytest

from axtra.subscribers import Keys
from axtra.subscribers.returns.judgement import Nature, judge
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


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.iterdir()))
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_kind_proves_what_it_says(name: str, end: str) -> None:
    data = mail(name, CODE, LINK).replace(b"\n", end.encode())
    verdict = judge(data, KEYS)
    assert verdict.nature is EXPECTED[name]
    assert verdict.person == PERSON
    assert bool(verdict.letter) == (verdict.nature is TO_READ)


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


REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@relais.exemple.org>
To: rebonds+{code}@exemple.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="bb"

--bb
Content-Type: text/plain

{letter}
--bb
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.exemple.org

Final-Recipient: rfc822; personne@ailleurs.test
Action: failed
Status: {status}
Diagnostic-Code: smtp; {answer}
--bb--
"""
LATE = "<personne@ailleurs.test>: said: 550 no (in reply to end of DATA command)"
EARLY = "<personne@ailleurs.test>: said: 550 no (in reply to RCPT TO command)"
TALK = "... while talking to mx.ailleurs.test:\n>>> {}\n<<< 550 User unknown"


@pytest.mark.parametrize(
    ("letter", "status", "answer", "nature"),
    [
        # « user unknown » is believed of a status, or of a server that refuses the person
        ("", "5.1.1", "550 5.1.1 User unknown", GONE),
        (LATE, "5.1.1", "550 5.1.1 User unknown", GONE),
        ("", "5.0.0", "550 User unknown", GONE),
        ("", "5.0.0", "550 Unknown User", GONE),
        (EARLY, "5.2.1", "550 5.2.1 <x@a.ca>... User Unknown", GONE),
        (TALK.format("RCPT To:<x@a.ca>"), "5.3.0", "553 5.3.0 User unknown", GONE),
        ("", "5.1.0", "550 #5.1.0 Address rejected.", SOFT),
        # a reader's own filter answers so once it has seen the message
        (LATE, "5.0.0", "550 User unknown", REVIEW),
        (TALK.format("DATA"), "5.2.0", "550 Unknown user x@a.ca", REVIEW),
        ("x does not like it, failed after I sent the message.", "", "550 User unknown", REVIEW),
        # nor is it believed against a status of the mailbox or of the system
        ("", "5.2.1", "550 5.2.1 <x@a.ca>... User Unknown", REVIEW),
        ("", "5.0.0", "5.3.0 - Other mail system problem 550-'Unknown user x'", REVIEW),
        # words that say it in full need an answer, whenever it came
        (LATE, "5.5.0", "550 5.5.0 Adresse destinataire invalide. OFR_416", GONE),
        (LATE, "5.0.0", "554 delivery error: dd This user doesn't have a a.ca account", GONE),
        ("", "5.0.0", "The email account that you tried to reach does not exist.", REVIEW),
        # a closed account may open again
        ("", "5.2.1", "550-5.2.1 The email account that you tried to reach is disabled.", REVIEW),
        (EARLY, "5.2.1", "550 5.2.1 The email account is inactive", REVIEW),
        (LATE, "5.0.0", "554 delivery error: dd This account has been discontinued", REVIEW),
        ("", "5.1.1", "550 5.1.1 <x@a.ca>: inactive email address", GONE),
        ("", "5.2.1", "", REVIEW),
        # a domain that is not there has nobody
        ("", "5.4.4", "Host or domain name not found", GONE),
        ("", "5.0.0", "Host unknown", GONE),
        ("", "5.3.2", "521 5.3.2 System not accepting network messages", GONE),
        ("", "5.3.2", "550 5.3.2 System not accepting network messages", SOFT),
    ],
)
def test_a_report_removes_only_on_proof(
    letter: str, status: str, answer: str, nature: Nature
) -> None:
    text = REPORT.format(code=CODE, letter=letter, status=status, answer=answer)
    verdict = judge(text.encode(), KEYS)
    assert (verdict.nature, verdict.person) == (nature, PERSON)


@pytest.mark.parametrize(
    ("words", "nature"),
    [
        ("Remote host said: 550 5.1.1 User unknown", GONE),
        ("mx.a.test does not like recipient.\nRemote host said: 550 User unknown", GONE),
        ("550 5.2.1 <x@a.ca>... User Unknown\n[RCPT_TO]", GONE),
        ("x@a.ca: no such user here.", GONE),
        ("L’adresse de messagerie n’existe pas.", GONE),
        ("x@a.ca: Domain does not exist", GONE),
        ("<x@a.ca>: 550 unknown user", REVIEW),
        ("x@a.ca [User unknown]", REVIEW),
        ("Recipient Not Found", REVIEW),
        ("This user doesn't have a a.ca account [0]", REVIEW),
        ("The user(s) account is disabled.", REVIEW),
        ("x@a.ca is over quota. User unknown", SOFT),
        ("550 User unknown: your IP is listed by Spamhaus", POLICY),
    ],
)
def test_a_letter_of_a_server_removes_only_on_proof(words: str, nature: Nature) -> None:
    text = f"From: MAILER-DAEMON@a.test\nTo: rebonds+{CODE}@exemple.org\nSubject: failure notice\n"
    verdict = judge(f"{text}\n{words}\n".encode(), KEYS)
    assert (verdict.nature, verdict.person) == (nature, PERSON)


@pytest.mark.parametrize("kept", [f"Return-Path: <rebonds+{CODE}@exemple.org>", "X-Rien: 1"])
def test_a_complaint_of_outlook_com_is_no_report(kept: str) -> None:
    text = f"""\
From: staff@hotmail.com
To: abus@exemple.org
Subject: complaint about message from 192.0.2.1
Content-Type: multipart/mixed; boundary="bb"

--bb
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: personne@ailleurs.test
{kept}
Subject: Infolettre

Bonjour
--bb--
"""
    verdict = judge(text.encode(), KEYS)
    assert verdict.nature is Nature.COMPLAINT
    assert verdict.person == (PERSON if CODE in kept else None)


def test_apple_mail_asks_to_leave_for_a_person() -> None:
    text = "From: Zoé <zoe@a.ca>\nSubject: unsubscribe\nAuto-Submitted: auto-replied\n"
    text += "X-Apple-Unsubscribe: true\n\nApple Mail sent this email to unsubscribe.\n"
    verdict = judge(text.encode(), KEYS)
    assert verdict.nature is TO_READ
    assert verdict.letter
    assert verdict.letter.asks_to_leave


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
