"""A message has the headers it must have, whole for every reader; filling it changes nothing else.

The decoders here are Python's own two (the old one, and that of the modern policy) and, for
quoted-printable, `quopri`: none of them is what wrote the message.
"""

from __future__ import annotations

import email
import email.policy
import quopri
import random
import re
from dataclasses import replace
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import newsletter_samples as samples
import pytest

from axtra import dates, firstname
from axtra.message import (
    Head,
    HeaderError,
    Reader,
    Template,
    compose,
    headers,
    identify,
    quoted,
)
from axtra.newsletter import Personal, personalise, render

SEED = 20190327
TRIALS = 2_000
WORDS = (  # noqa: SIM905 - a line reads better
    "l’emploi à la une de AXE Magazine numéro 5 : où va-t-on? Montréal Québec « QUARIERA » œuvre "
    "Noël ça été 2026-2027, budget; 25 $ 30 % rémunérés N° 12 Σ naïve coopérative — enquête "
    "main-d’œuvre jeunes/stages (suite) cœur aînés 🎉 👩🏽‍💻 =?x?= _ = ? é"
).split(" ")
GLUE = (" ", " ", " ", "\u00a0", "\u202f")
ONLINE = "https://www.axtra.ca/infolettres/2019-03-27/?a=1&b=2"
HEAD = Head(
    sender="AXTRA",
    address="infolettre@axtra.ca",
    reply_to="bonjour@axtra.ca",
    subject="Un numéro d’essai",
    moment=datetime(2026, 7, 2, 9, 30, tzinfo=dates.ZONE),
    language="fr-CA",
    list_name="Infolettre bimensuelle",
    list_id="membres.infolettres.axtra.ca",
)
READER = Reader(
    address="camille@exemple.test",
    message_id="<essai@axtra.ca>",
    unsubscribe=f"https://abonnement.axtra.ca/desabonnement/{'a2' * 13}.membres.{'B-_' * 14}B",
    by_mail=f"mailto:bonjour@axtra.ca?subject=desabonnement%20{'a2' * 13}.membres.{'C' * 43}",
    first_name="Françoise-Hélène",
)
GLUED = re.compile(r"\?= =\?")
ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)


def phrases(count: int, longest: int) -> list[str]:
    """Draw lines such as people write in subjects and names."""
    draw = random.Random(SEED)  # noqa: S311 - what is drawn must come back
    found = []
    for _ in range(count):
        words = draw.choices(WORDS, k=draw.randint(1, longest))
        glued = "".join(word + draw.choice(GLUE) for word in words)
        found.append(glued.strip())
    return found


def unfolded(raw: bytes) -> str:
    """Take the value of one header, as RFC 5322 unfolds it."""
    return raw.decode("ascii").partition(": ")[2].removesuffix("\r\n").replace("\r\n", "")


def check_folding(raw: bytes) -> None:
    """Hold a header to what the strictest readers accept."""
    *lines, end = raw.decode("ascii").split("\r\n")
    assert end == ""
    assert not re.search(r"[\r\n]", "".join(lines))
    assert lines[0].partition(": ")[2].strip(), "folded right after the colon"
    for line in lines:
        assert len(line) <= 78
        assert line.strip()
    for word in raw.decode("ascii").split():
        for found in ENCODED_WORD.findall(word):
            assert len(found) <= 75
            assert word in {found, f"{found},"}, "an encoded word is glued to another"


def decode_one(word: str) -> str:
    [(data, charset)] = decode_header(word)
    assert charset == "utf-8"
    return data.decode(charset)


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def part_of(data: bytes, kind: str) -> str:
    part = read(data).get_body((kind,))
    assert part is not None
    payload = part.get_payload()
    assert isinstance(payload, str)
    return quopri.decodestring(payload.encode("ascii")).decode().replace("\r\n", "\n")


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trials", [TRIALS, pytest.param(20_000, marks=pytest.mark.eprouve)])
def test_french_subjects_come_back_whole(trials: int) -> None:
    for subject in phrases(trials, 30):
        raw = headers.text("Subject", subject)
        check_folding(raw)
        assert str(make_header(decode_header(unfolded(raw)))) == subject
        assert read(raw + b"\r\n")["Subject"] == subject


def test_spaces_that_follow_one_another_are_kept() -> None:
    for length in range(1, 120):
        subject = "é" * length + "   à   " + "ù" * 100
        raw = headers.text("Subject", subject)
        check_folding(raw)
        assert str(make_header(decode_header(unfolded(raw)))) == subject


def test_what_is_seen_as_one_character_stays_in_one_word() -> None:
    cluster = "👩🏽‍💻é"
    for length in range(40):
        raw = headers.text("Subject", "é" * length + cluster * 3)
        pieces = [decode_one(word) for word in ENCODED_WORD.findall(unfolded(raw))]
        assert "".join(pieces) == "é" * length + cluster * 3
        for piece in pieces[1:]:
            assert piece[0] in "é👩e"


@pytest.mark.parametrize("trials", [TRIALS, pytest.param(20_000, marks=pytest.mark.eprouve)])
def test_names_come_back_whole(trials: int) -> None:
    for name in phrases(trials, 12):
        raw = headers.mailbox("From", name, "infolettre@axtra.ca")
        check_folding(raw)
        shown, address = parseaddr(unfolded(raw))
        assert address == "infolettre@axtra.ca"
        assert str(make_header(decode_header(shown))) == name
        if not GLUED.search(unfolded(raw)):  # Python's parser puts a space there before 3.14
            [parsed] = read(raw + b"\r\n")["From"].addresses
            assert (parsed.display_name, parsed.addr_spec) == (name, "infolettre@axtra.ca")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", b"From: a@axtra.ca\r\n"),
        ("AXTRA", b"From: AXTRA <a@axtra.ca>\r\n"),
        ("Tremblay, Marie", b'From: "Tremblay, Marie" <a@axtra.ca>\r\n'),
        ('La "une"', b'From: "La \\"une\\"" <a@axtra.ca>\r\n'),
        ("Zoé", b"From: =?utf-8?q?Zo=C3=A9?= <a@axtra.ca>\r\n"),
    ],
)
def test_a_short_name_stays_readable(name: str, written: bytes) -> None:
    assert headers.mailbox("From", name, "a@axtra.ca") == written


def test_list_unsubscribe_is_byte_exact_whatever_its_length() -> None:
    draw = random.Random(SEED)  # noqa: S311
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    for _ in range(TRIALS):
        token = "".join(draw.choices(letters, k=draw.randint(1, 400)))
        link, mail = f"https://a.axtra.ca/d/{token}", f"mailto:a@axtra.ca?subject=d%20{token}"
        assert headers.addresses("List-Unsubscribe", [link, mail]) == (
            f"List-Unsubscribe: <{link}>,\r\n <{mail}>\r\n".encode()
        )


@pytest.mark.parametrize(
    "value",
    ["a\r\nBcc: x@y.test", "a\nb", "a\rb", "a\0b", "a\x1fb", "a\x85b", "a\u2028b", "a\ud800b"],
)
def test_nobody_writes_a_header_through_a_value(value: str) -> None:
    writers = (
        lambda: headers.text("Subject", value),
        lambda: headers.mailbox("From", value, "a@axtra.ca"),
        lambda: headers.mailbox("To", "", f"{value}@axtra.ca"),
        lambda: headers.machine("Date", value),
        lambda: headers.addresses("List-Unsubscribe", [f"https://axtra.ca/{value}"]),
        lambda: headers.list_id(value, "membres.axtra.ca"),
        lambda: headers.list_id("Membres", value),
        lambda: letter().fill(replace(READER, message_id=f"<{value}@axtra.ca>")),
    )
    for write in writers:
        with pytest.raises(HeaderError):
            write()


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a,b@axtra.ca", "a@axtra.ca, b@axtra.ca", "a b@axtra.ca", "<a@axtra.ca>",
     "é@axtra.ca", "a@québec.ca", '"a"@axtra.ca', "a@axtra.ca\r\n", "a@axtra..ca", "a@-x.ca"],
)  # fmt: skip
def test_an_address_that_could_be_two_is_refused_and_never_quoted(address: str) -> None:
    with pytest.raises(HeaderError) as caught:
        headers.mailbox("To", "", address)
    assert len(address) < 2 or address not in str(caught.value)


# --- quoted-printable ----------------------------------------------------------------------------


def test_any_text_comes_back_from_lines_of_76_columns() -> None:
    draw = random.Random(SEED)  # noqa: S311
    signs = 'aéœ=’ \u00a0\t.F\n🎉<>&"-_'
    for _ in range(TRIALS):
        text = "".join(draw.choices(signs, k=draw.randint(0, 300)))
        text += draw.choice(["", " ", "From x", "\n.", "\nFrom moi", "=" * 80])
        data = quoted.encode(text)
        assert quopri.decodestring(data).decode().replace("\r\n", "\n") == text
        for line in data.split(b"\r\n"):
            assert len(line) <= 76
            assert not line.endswith((b" ", b"\t"))
            assert not line.startswith((b"From ", b"."))
            assert re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", line)


# --- the whole message ---------------------------------------------------------------------------


def letter() -> Template:
    """Make the template of a letter of the project."""
    edition = samples.edition(samples.ROOT, "2019-03-27")
    mail = render(edition, samples.read(samples.ROOT), samples.look(samples.ROOT))
    return compose(HEAD, mail.html, mail.text, online=ONLINE)


def test_a_message_has_every_header_once_and_both_parts_text_first() -> None:
    message = read(letter().fill(READER))
    assert message.items() == [
        ("From", "AXTRA <infolettre@axtra.ca>"),
        ("To", "camille@exemple.test"),
        ("Subject", "Un numéro d’essai"),
        ("Date", "Thu, 02 Jul 2026 09:30:00 -0400"),
        ("Message-ID", "<essai@axtra.ca>"),
        ("Reply-To", "AXTRA <bonjour@axtra.ca>"),
        ("List-Id", "Infolettre bimensuelle <membres.infolettres.axtra.ca>"),
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


def test_without_a_server_one_leaves_by_mail_and_no_single_click_is_promised() -> None:
    reader = replace(READER, unsubscribe=READER.by_mail, by_mail="")
    message = read(letter().fill(reader))
    assert message["List-Unsubscribe"] == f"<{READER.by_mail}>"
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("first_name", ["", "Françoise-Hélène", "Anne", "<script>", "Bcc: x\n"])
def test_a_filled_message_reads_as_the_personalised_letter(first_name: str) -> None:
    for root, slug in samples.editions():
        edition = samples.edition(root, slug)
        mail = render(edition, samples.read(root), samples.look(root))
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
    draw = random.Random(SEED)  # noqa: S311
    name = firstname.Place(" ", "").sentinel
    polite = firstname.Place("", "chère lectrice, cher lecteur").sentinel
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


def test_a_template_is_kept_as_bytes_and_gives_the_same_messages() -> None:
    first, second = letter(), letter()
    assert first.data == second.data
    assert first.digest == second.digest
    assert Template(first.data).fill(READER) == first.fill(READER) == second.fill(READER)
    assert first.digest != compose(HEAD, "<p>é</p>", "é\n", online=ONLINE).digest


def test_each_sentinel_of_a_template_is_in_one_piece() -> None:
    edition = samples.edition(samples.ROOT, "2019-03-27")
    mail = render(edition, samples.read(samples.ROOT), samples.look(samples.ROOT))
    data = letter().data
    for part in (mail.html, mail.text):
        assert part.count(Personal.UNSUBSCRIBE) == 1
    assert data.count(Personal.UNSUBSCRIBE.encode()) == 3  # the header and both parts
    names = len(firstname.SENTINEL.findall(mail.html + mail.text))
    assert names
    assert len(re.findall(firstname.SENTINEL.pattern.encode(), data)) == names


def test_what_is_no_template_is_refused() -> None:
    for data in (b"", b"From: a@axtra.ca\r\n\r\nbonjour\r\n", letter().fill(READER)):
        with pytest.raises(ValueError, match="not a template"):
            Template(data)


def test_a_part_that_quotes_a_message_does_not_confuse_the_template() -> None:
    text = "Content-Type: text/html; charset=utf-8\n\n--=_0\nTo: personne@personnel.invalid\n"
    data = compose(HEAD, f"<pre>{text}</pre>", text, online=ONLINE).fill(READER)
    assert part_of(data, "plain") == text
    assert part_of(data, "html") == f"<pre>{text}</pre>"


def test_identifiers_tell_nothing_and_are_the_same_each_time() -> None:
    one = identify("2019-03-27", "camille@exemple.test", domain="axtra.ca")
    assert one == identify("2019-03-27", "camille@exemple.test", domain="axtra.ca")
    assert one != identify("2019-04-10", "camille@exemple.test", domain="axtra.ca")
    assert identify("ab", "c", domain="axtra.ca") != identify("a", "bc", domain="axtra.ca")
    assert re.fullmatch(r"<[0-9a-f]{40}@axtra\.ca>", one)
