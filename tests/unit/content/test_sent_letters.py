"""The record of sent letters and of the addresses that readers hold."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from axtra.content import sent_letters
from axtra.content.sent_letters import RegisterError, Sent

HTML = """
<a href="https://www.axtra.ca/nouvelles/un/?x=1#note"><img src="https://www.axtra.ca/images/a.png"></a>
<a href="https://personnel.invalid/desabonnement">x</a> <a href="https://autre.example/y/">y</a>
<a href="mailto:a@axtra.ca">z</a>
"""
MARCH = Sent("2019-03-13", "membres", date(2019, 3, 13), "abc", ("/a/", "/images/a.png"))


def test_a_mail_carries_the_addresses_of_our_host_only() -> None:
    text = "Lire <https://www.axtra.ca/magazine/> ou <https://www.axtra.ca>"
    assert sent_letters.carried((HTML, text), "https://www.axtra.ca") == (
        "/",
        "/images/a.png",
        "/magazine/",
        "/nouvelles/un/",
    )


def test_a_recorded_letter_reads_back_the_same(tmp_path: Path) -> None:
    odd = Sent("2019-04-10", 'l"ex\\é', date(2019, 4, 10), "d", ("/é'\"/",))
    for sent in (odd, MARCH):
        sent_letters.record(tmp_path, sent)
    assert sent_letters.load(tmp_path) == (MARCH, odd)
    assert sorted(path.name for path in (tmp_path / "newsletters").iterdir()) == ["envoyees.toml"]


def test_sending_an_edition_again_keeps_the_addresses_already_sent(tmp_path: Path) -> None:
    sent_letters.record(tmp_path, MARCH)
    sent_letters.record(tmp_path, Sent("2019-03-13", "membres", date(2019, 3, 15), "new", ("/b/",)))
    (sent,) = sent_letters.load(tmp_path)
    assert (sent.digest, sent.urls) == ("new", ("/a/", "/b/", "/images/a.png"))


def test_the_message_count_of_an_edition_never_decreases(tmp_path: Path) -> None:
    for number in (3, 300, 0):
        again = Sent("2019-03-13", "membres", date(2019, 3, 13), "abc", ("/a/",), number)
        sent_letters.record(tmp_path, again)
    (sent,) = sent_letters.load(tmp_path)
    assert sent.messages == 300


def test_an_edition_sent_to_two_lists_has_two_entries_and_one_date(tmp_path: Path) -> None:
    sent_letters.record(tmp_path, MARCH)
    sent_letters.record(tmp_path, Sent("2019-03-13", "public", date(2019, 3, 12), "d", ("/a/",)))
    register = sent_letters.load(tmp_path)
    assert [sent.audience for sent in register] == ["membres", "public"]
    assert sent_letters.editions(register) == {"2019-03-13": date(2019, 3, 12)}


def test_concurrent_records_are_all_kept(tmp_path: Path) -> None:
    def send(number: int) -> None:
        sent_letters.record(
            tmp_path, Sent(f"e{number}", "m", date(2019, 1, 1), "d", (f"/{number}/",))
        )

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent_letters.load(tmp_path)) == 8


def test_an_address_that_has_vanished_is_an_error_naming_the_edition() -> None:
    (error,) = sent_letters.vanished((MARCH,), {"/a/"})
    assert error.rule == "adresse-disparue"
    assert "/images/a.png" in error.problem
    assert "2019-03-13" in error.problem
    assert not list(sent_letters.vanished((MARCH,), {"/a/", "/images/a.png"}))


@pytest.mark.parametrize(
    "text",
    [
        "[[envoi]",
        "autre = 1",
        "envoi = 1",
        "envoi = [1]",
        '[[envoi]]\nedition = "a"',
        '[[envoi]]\nedition="a"\nliste="m"\ndate="2019"\nempreinte="d"\nadresses=["/"]',
        '[[envoi]]\nedition="a"\nliste="m"\ndate=2019-01-01\nempreinte="d"\nadresses=[1]',
        '[[envoi]]\nedition="a"\nliste="m"\ndate=2019-01-01\nempreinte="d"\nadresses=["x"]',
    ],
)
def test_a_hand_edited_record_is_refused_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / sent_letters.FILE
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    with pytest.raises(RegisterError) as caught:
        sent_letters.record(tmp_path, MARCH)
    assert caught.value.diagnostic.rule == "registre-illisible"
    assert file.read_text("utf-8") == text


def test_a_record_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "newsletters").mkdir()
    (tmp_path / sent_letters.FILE).write_bytes(b"\xe9")
    with pytest.raises(RegisterError):
        sent_letters.load(tmp_path)
