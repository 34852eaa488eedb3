"""A message has its required headers for every reader; filling a template changes nothing else.

The decoders here are Python's own, independent of the code that writes the message.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from axtra.message import HeaderError, Template, compose, identify
from axtra.newsletter import render
from axtra.text import first_names
from axtra.text.personal_values import Personal, personalise
from support import sample_letters as samples
from support.sample_messages import HEAD, ONLINE, READER, letter, part_of, read

# --- the whole message ---------------------------------------------------------------------------


def test_a_message_has_each_header_once_and_its_text_part_first() -> None:
    message = read(letter().fill(READER))
    assert message.items() == [
        ("From", "AXTRA <infolettre@axtra.ca>"),
        ("To", "camille@exemple.test"),
        ("Subject", "Un numéro d’essai"),
        ("Date", "Thu, 02 Jul 2026 09:30:00 -0400"),
        ("Message-ID", "<essai@axtra.ca>"),
        ("Reply-To", "AXTRA <bonjour@axtra.ca>"),
        ("List-Id", "Infolettre bimensuelle <membres.infolettres.axtra.ca>"),
        ("List-Help", "<mailto:bonjour@axtra.ca>"),
        ("List-Unsubscribe", f"<{READER.unsubscribe}>, <{READER.by_mail}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Content-Language", "fr-CA"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{message.get_boundary()}"'),
    ]
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    for part in message.iter_parts():
        assert part["Content-Type"] == f'{part.get_content_type()}; charset="utf-8"'
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


def test_a_message_says_where_letters_are_kept_and_which_campaign_it_is_of() -> None:
    head = replace(
        HEAD, archive="https://axtra.ca/infolettres/", feedback="essai:membres:a:axtra.ca"
    )
    message = read(compose(head, "<p>a</p>", "a\n", online=ONLINE).fill(READER))
    assert message["List-Archive"] == "<https://axtra.ca/infolettres/>"
    assert message["Feedback-ID"] == "essai:membres:a:axtra.ca"


def test_no_identifier_can_inject_a_header() -> None:
    with pytest.raises(HeaderError):
        letter().fill(replace(READER, message_id="<a\r\nBcc: x@y.test@axtra.ca>"))


def test_without_a_web_address_leaving_is_by_mail_and_one_click_is_not_offered() -> None:
    reader = replace(READER, unsubscribe=READER.by_mail, by_mail="")
    message = read(letter().fill(reader))
    assert message["List-Unsubscribe"] == f"<{READER.by_mail}>"
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("first_name", ["", "Françoise-Hélène", "Anne", "<script>", "Bcc: x\n"])
def test_a_filled_message_reads_as_the_personalised_letter(first_name: str) -> None:
    for root, slug in samples.editions():
        edition = samples.edition(root, slug)
        mail = render(edition, samples.read(root), samples.mail_theme(root))
        reader = replace(READER, unsubscribe=READER.unsubscribe + "?a=1&b=2", first_name=first_name)
        data = compose(HEAD, mail.html, mail.text, online=ONLINE).fill(reader)
        links = {Personal.UNSUBSCRIBE: reader.unsubscribe, Personal.ONLINE: ONLINE}
        for kind, is_html, part in (("plain", False, mail.text), ("html", True, mail.html)):
            expected = personalise(part, links, first_name=first_name, html=is_html)
            assert part_of(data, kind) == expected
        body = data.partition(b"\r\n\r\n")[2]
        assert max(map(len, body.split(b"\r\n"))) <= 76
        assert data.isascii()
        assert re.search(rb"(?<!\r)\n|\r(?!\n)|personnel\.invalid|axtraprenom", data) is None


def test_sentinels_may_stand_anywhere() -> None:
    draw = random.Random(20190327)  # noqa: S311
    name = first_names.NamePlace(" ", "").sentinel
    polite = first_names.NamePlace("", "chère lectrice, cher lecteur").sentinel
    link = f"<{Personal.UNSUBSCRIBE}>"
    pieces = [link, link, name, polite, "\n", " ", "é", "mot ", "x" * 75, "=", ".", "."]
    links = {Personal.UNSUBSCRIBE: READER.unsubscribe}
    for _ in range(300):
        text = "".join(draw.choices(pieces, k=draw.randint(0, 12)))
        for first_name in ("", "Zoé"):
            reader = replace(READER, first_name=first_name)
            data = compose(HEAD, text, text, online=ONLINE).fill(reader)
            assert part_of(data, "plain") == personalise(text, links, first_name=first_name)
            assert part_of(data, "html") == personalise(
                text, links, first_name=first_name, html=True
            )
            for line in data.partition(b"--=_")[2].split(b"\r\n"):
                assert len(line) <= 76
                assert not line.endswith((b" ", b"\t"))


def test_a_template_reloaded_from_its_bytes_gives_the_same_messages() -> None:
    first, second = letter(), letter()
    assert first.data == second.data
    assert first.digest == second.digest
    assert Template(first.data).fill(READER) == first.fill(READER) == second.fill(READER)
    assert first.digest != compose(HEAD, "<p>é</p>", "é\n", online=ONLINE).digest


def test_every_sentinel_of_a_template_is_unbroken() -> None:
    edition = samples.edition(samples.ROOT, "2019-03-27")
    mail = render(edition, samples.read(samples.ROOT), samples.mail_theme(samples.ROOT))
    data = letter().data
    for part in (mail.html, mail.text):
        assert part.count(Personal.UNSUBSCRIBE) == 1
    assert data.count(Personal.UNSUBSCRIBE.encode()) == 3  # the header and both parts
    names = len(first_names.SENTINEL.findall(mail.html + mail.text))
    assert names
    assert len(re.findall(first_names.SENTINEL.pattern.encode(), data)) == names


def test_bytes_that_are_not_a_template_are_refused() -> None:
    for data in (b"", b"From: a@axtra.ca\r\n\r\nbonjour\r\n", letter().fill(READER)):
        with pytest.raises(ValueError, match="not a template"):
            Template(data)


def test_a_part_that_quotes_a_message_does_not_confuse_the_template() -> None:
    text = "Content-Type: text/html; charset=utf-8\n\n--=_0\nTo: personne@personnel.invalid\n"
    data = compose(HEAD, f"<pre>{text}</pre>", text, online=ONLINE).fill(READER)
    assert part_of(data, "plain") == text
    assert part_of(data, "html") == f"<pre>{text}</pre>"


def test_identifiers_are_opaque_and_deterministic() -> None:
    identifier = identify("2019-03-27", "camille@exemple.test", domain="axtra.ca")
    assert identifier == identify("2019-03-27", "camille@exemple.test", domain="axtra.ca")
    assert identifier != identify("2019-04-10", "camille@exemple.test", domain="axtra.ca")
    assert identify("ab", "c", domain="axtra.ca") != identify("a", "bc", domain="axtra.ca")
    assert re.fullmatch(r"<[0-9a-f]{40}@axtra\.ca>", identifier)
