"""What a permanent refusal is about: its words first, then its code."""

from __future__ import annotations

import pytest

from axtra.subscribers.returns.refusal_verdicts import _CONTENT, _SENDER, _SIZE, About, about
from axtra.subscribers.returns.refusal_wording import _TABLE, Matter, matters


@pytest.mark.parametrize(
    ("words", "status", "verdict"),
    [
        ("user unknown", "5.1.1", About.GONE),
        ("user unknown", "5.7.1", About.REVIEW),
        ("user unknown: your IP is not trusted", "5.1.1", About.SENDER),
        ("mailbox full", "5.2.2", About.FULL),
        ("receiving mail too quickly", "5.2.1", About.LATER),
        ("members-only list", "5.7.1", About.PERSON),
        ("message size exceeds fixed limit", "5.3.4", About.MESSAGE),
        ("the length exceeds what we take", "", About.MESSAGE),
        ("unsolicited mail", "", About.MESSAGE),
        ("too many invalid recipients", "5.1.1", About.SENDER),
        ("rejected by policy", "", About.POLICY),
        ("no", "5.1.1", About.GONE),
        ("no", "5.2.2", About.FULL),
        ("no", "5.6.1", About.MESSAGE),
        ("no", "5.7.26", About.SENDER),
        ("no", "5.7.133", About.PERSON),
        ("no", "5.7.1", About.POLICY),
        ("no", "5.1.9", About.REVIEW),
        ("no", "", None),
    ],
)
def test_words_decide_before_codes(words: str, status: str, verdict: About | None) -> None:
    assert about(f"550 {status} {words}", status) is verdict


def test_an_address_and_the_name_of_a_host_say_nothing() -> None:
    text = "host mx.spam-quota.test[192.0.2.1] said: 550 <spam.sender@a.test>: user unknown"
    assert about(text, "5.1.1") is About.GONE


def phrases(pattern: str) -> set[str]:
    """Return the alternatives of a pattern, those within parentheses left whole."""
    depth, cut = 0, [""]
    for sign in pattern:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            cut.append("")
        else:
            cut[-1] += sign
    return set(cut)


def test_no_phrase_of_the_shared_table_is_repeated() -> None:
    shared = {phrase for _, _, words in _TABLE for text in words for phrase in phrases(text)}
    own = {phrase for table in (_SIZE, _SENDER, _CONTENT) for phrase in phrases(table.pattern)}
    assert len(own) > 20
    assert not shared & own


def test_what_the_shared_table_knows_needs_no_code() -> None:
    for words, matter in (("spamhaus", Matter.SENDER), ("virus", Matter.CONTENT)):
        assert matters(words) == {matter}
        assert not _SENDER.search(words)
        assert not _CONTENT.search(words)
