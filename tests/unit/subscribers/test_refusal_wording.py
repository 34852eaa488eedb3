"""What the words of mail servers are about, whatever the code that goes with them."""

from __future__ import annotations

import pytest

from axtra.subscribers.returns.refusal_wording import Matter, Said, matters, said

SAYINGS = {
    Said.NOWHERE: (
        "Host or domain name not found. Name service error for name=a.ca: Host not found",
        "DNS lookup failure: host a.ca not found",
        "all relevant MX records point to non-existent hosts",
        "521 5.3.2 <x@a.ca>: Recipient address rejected: System not accepting network messages",
    ),
    Said.UNKNOWN: (
        "550 5.1.1 <x@a.ca>: User unknown in local recipient table",
        "550 Unknown user x@a.jp",
        "Recipient Not Found",
        "550 Boîte inexistante",
        "Unrouteable address",
        "This user doesn't have a yahoo.com account",
    ),
    Said.DISABLED: (
        "550 5.2.1 The email account that you tried to reach is disabled.",
        "This account has been disabled or discontinued",
        "550 Votre correspondant : compte désactivé",
    ),
    Said.GONE: (
        "550-5.1.1 The email account that you tried to reach does not exist.",
        "550 5.4.1 Recipient address rejected: Access denied.",
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup",
        "554 delivery error: dd This user doesn't have a yahoo.com account",
        "x@a.ca wasn't found at a.ca.",
        "« x@a.ca » est introuvable.",
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
    assert said(words) is Said.UNKNOWN


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("receiving mail at a rate that prevents delivery", {Matter.PACE}),
        ("552 message too large", {Matter.SIZE}),
        ("554 this message looks like spam", {Matter.CONTENT}),
        ("550 sender verify failed", {Matter.SENDER}),
        ("554 spam sent by a host listed at spamhaus", {Matter.CONTENT, Matter.SENDER}),
        ("550 user unknown", set()),
    ],
)
def test_all_that_a_server_complains_of_is_returned(words: str, known: set[Matter]) -> None:
    assert matters(words) == known
