"""Requests to leave that come by mail: acted on when they are sure, else shown to a person."""

from __future__ import annotations

import pytest

from axtra.subscribers import Keys
from axtra.subscribers.returns.judgement import Nature, judge
from support.returned_mails import b64, quoted

KEYS = Keys((b"k" * 30,), b"p")
PERSON = "abcdefghijklmnopqrstuvwxyz"
CODE = KEYS.envelope(PERSON, "2026-12-02")
LINK = KEYS.link(PERSON, "membres")
PAGE = f"https://abonnement.exemple.org/desabonnement/{LINK}"
OTHER = Keys((b"z" * 30,), b"p").link(PERSON, "membres")
LETTER = f"""\
AXE
L’infolettre, mercredi 2 décembre 2026

{"Un article sur le chemin des jeunes vers l’emploi. " * 12}

Se désabonner de l’infolettre
<{PAGE}>
"""


def written(subject: str, text: str = "", more: str = "") -> bytes:
    head = f"From: zoe@a.ca\nTo: rebonds@exemple.org\nSubject: {subject}\n{more}"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def nature(data: bytes) -> Nature:
    verdict = judge(data, KEYS)
    if verdict.nature is Nature.LEAVE:
        assert (verdict.person, verdict.liste) == (PERSON, "membres")
    return verdict.nature


SUBJECTS = (
    f"desabonnement {LINK}",
    f"désabonnement {LINK}",
    f"Désabonnement {LINK}",
    f"DESABONNEMENT {LINK}",
    f"desabonnement%20{LINK}",
    f"desabonnement+{LINK}",
    f"desabonnement   {LINK}",
    f"desabonnement {LINK[:30]}\n {LINK[30:]}",
    f"desabonnement\n\t{LINK}",
    f"Re: desabonnement {LINK}",
    f"RE : Re: desabonnement {LINK}",
    f"(sans objet) {LINK}",
    b64(f"desabonnement {LINK}"),
    b64(f"désabonnement {LINK}", 13),
    quoted(f"désabonnement {LINK}"),
    f"desabonnement =?us-ascii?Q?{LINK[:40]}?=\n =?us-ascii?Q?{LINK[40:]}?=",
)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_subject_of_our_link_asks_to_leave_whatever_was_made_of_it(
    subject: str, end: str
) -> None:
    data = written(subject, "Envoyé de mon téléphone").replace(b"\n", end.encode())
    assert nature(data) is Nature.LEAVE


@pytest.mark.parametrize(
    "text",
    [
        f"desabonnement {LINK}",
        f"Bonjour,\n\ndésabonnement {LINK}\n\nMerci.",
        f"desabonnement {LINK[:60]}\n{LINK[60:]}",
        f"Retirez-moi de votre liste, s’il vous plaît.\n{PAGE}",
        f"Retirez-moi svp {PAGE}",
        f"{PAGE}",
        f"désabonnement+{LINK}",
    ],
)
def test_a_token_in_few_words_of_leaving_asks_to_leave(text: str) -> None:
    assert nature(written("", text)) is Nature.LEAVE


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: L’infolettre", f"Merci beaucoup!\n\n> Se désabonner\n> <{PAGE}>"),
        (
            "Re: L’infolettre",
            "Merci!\n\nLe 2 déc. 2026 à 10:00, AXE <i@e.org> a écrit :\n" + LETTER,
        ),
        ("RE: L’infolettre", "Bravo.\n\n________________________________\nDe : AXE\n" + LETTER),
        ("Re: L’infolettre", "Bravo.\n\n-----Message d’origine-----\n" + LETTER),
        ("TR : L’infolettre", "À lire.\n\n---------- Forwarded message ---------\n" + LETTER),
        ("L’infolettre", LETTER),
        ("Re: L’infolettre", f"Merci!\n\nSe désabonner de l’infolettre\n<{PAGE}>"),
        ("Voyez ce lien", f"Que fait ce lien?\n{PAGE}"),
    ],
)
def test_a_token_that_is_quoted_or_forwarded_asks_nothing(subject: str, text: str) -> None:
    assert nature(written(subject, text)) is Nature.TO_READ


def test_a_token_quoted_in_html_asks_nothing() -> None:
    page = f'<p>Merci!</p><blockquote type="cite"><p>desabonnement {LINK}</p></blockquote>'
    data = written("Re: L’infolettre", page).replace(b"text/plain", b"text/html")
    assert nature(data) is Nature.TO_READ
    asked = data.replace(b"Merci!", f"désabonnement {LINK}".encode())
    assert nature(asked) is Nature.LEAVE


def test_a_machine_that_quotes_us_asks_nothing() -> None:
    absent = written(
        "Absence", f"De retour lundi.\ndesabonnement {LINK}", "Auto-Submitted: auto-replied\n"
    )
    assert nature(absent) is Nature.NOTHING
    answer = written(f"Automatic reply: desabonnement {LINK}", "Je suis absente.")
    assert nature(answer) is Nature.NOTHING
    program = written(f"desabonnement {LINK}", "", "Auto-Submitted: auto-generated\n")
    assert nature(program) is Nature.LEAVE  # some mail programs follow the link by themselves


def test_a_bounce_that_returns_our_letter_asks_nothing() -> None:
    text = f"550 5.2.2 mailbox full\n\n--- Below this line is a copy of the message.\n\n{LETTER}"
    data = written("failure notice", text).replace(b"zoe@a.ca", b"MAILER-DAEMON@a.ca")
    assert nature(data) is Nature.SOFT


@pytest.mark.parametrize(
    "token", [OTHER, LINK[:-1], LINK[:-1] + "!", LINK.replace("membres", "autre")]
)
def test_a_false_token_is_read_by_a_person(token: str) -> None:
    verdict = judge(written(f"desabonnement {token}"), KEYS)
    assert verdict.nature is Nature.TO_READ
    assert verdict.letter
    assert verdict.letter.asks_to_leave


@pytest.mark.parametrize(
    ("subject", "text", "asks"),
    [
        ("unsubscribe", "", True),
        ("Infolettre", "Retirez-moi de votre liste.", True),
        ("Infolettre", "Je ne souhaite plus recevoir vos courriels.", True),
        ("Désabonner", "", True),
        ("Re: Infolettre", "Please remove me.\n\n> bonjour", True),
        ("Re: Infolettre", "STOP\n\nEnvoyé de mon iPhone", True),
        ("Re: Infolettre", "please stop", True),
        ("Re: Infolettre", "Remove", True),
        ("Re: Infolettre", "Unsuscribe", True),
        ("Re: Infolettre", "Pouvez-vous enlever mon adresse de votre liste d’envoi?", True),
        ("Re: Infolettre", "Ça ne m’intéresse plus.", True),
        ("Re: Infolettre", "Merci de ne plus m’écrire.", True),
        ("Re: Infolettre", "J’aimerais annuler mon abonnement.", True),
        ("Re: Infolettre", "Cancel my subscription please", True),
        ("Re: Infolettre", "Take my name off your mailing list", True),
        ("Re: Infolettre", "Je n’ai jamais demandé à recevoir ceci.", True),
        ("Re: Infolettre", "Do not contact me again", True),
        ("Re: Infolettre", "No more emails please", True),
        ("Re: Infolettre", "Merci!\n\n> Se désabonner de l’infolettre", False),
        ("Re: Infolettre", "Au prochain arrêt, je relis votre texte sur le retrait.", False),
        ("Re: Infolettre", "Le Stop est un beau café.", False),
        ("Une question", "Où est votre bureau?", False),
    ],
)
def test_words_of_leaving_are_shown_as_such(subject: str, text: str, asks: bool) -> None:  # noqa: FBT001
    letter = judge(written(subject, text), KEYS).letter
    assert letter
    assert letter.asks_to_leave is asks
