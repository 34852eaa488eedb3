"""Headers and quoted-printable round-trip on every Python; `make eprouve` tries all of them.

The decoders are Python's own (the legacy parser, the modern policy and `quopri`), independent of
our encoders. This file imports nothing else, so that any Python can run it.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import quopri
import random
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from infolettre.message import HeaderError, headers, quoted_printable

SEED = 20190327
TRIALS = 2_000
WORDS = (  # noqa: SIM905 - a line reads better
    "l’emploi à la une de AXE Magazine numéro 5 : où va-t-on? Montréal Québec « QUARIERA » œuvre "
    "Noël ça été 2026-2027, budget; 25 $ 30 % rémunérés N° 12 Σ naïve coopérative — enquête "
    "main-d’œuvre jeunes/stages (suite) cœur aînés 🎉 👩🏽‍💻 =?x?= _ = ? é"
).split(" ")
GLUE = (" ", " ", " ", "\u00a0", "\u202f")
GLUED = re.compile(r"\?= =\?")
ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)


def phrases(count: int, longest: int) -> list[str]:
    """Return random lines such as people write in subjects and names."""
    draw = random.Random(SEED)  # noqa: S311 - what is drawn must come back
    lines = []
    for _ in range(count):
        words = draw.choices(WORDS, k=draw.randint(1, longest))
        glued = "".join(word + draw.choice(GLUE) for word in words)
        lines.append(glued.strip())
    return lines


def unfolded(raw: bytes) -> str:
    """Return the value of a header, unfolded as RFC 5322 says."""
    return raw.decode("ascii").partition(": ")[2].removesuffix("\r\n").replace("\r\n", "")


def check_folding(raw: bytes) -> None:
    """Assert that a header is folded as the strictest readers require."""
    *lines, end = raw.decode("ascii").split("\r\n")
    assert end == ""
    assert not re.search(r"[\r\n]", "".join(lines))
    assert lines[0].partition(": ")[2].strip(), "folded right after the colon"
    for line in lines:
        assert len(line) <= 78
        assert line.strip()
    for word in raw.decode("ascii").split():
        for encoded in ENCODED_WORD.findall(word):
            assert len(encoded) <= 75
            assert word in {encoded, f"{encoded},"}, "an encoded word is glued to another"


def decode_word(word: str) -> str:
    [(data, charset)] = decode_header(word)
    assert charset == "utf-8"
    return data.decode(charset)


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trials", [TRIALS, pytest.param(20_000, marks=pytest.mark.eprouve)])
def test_french_subjects_round_trip(trials: int) -> None:
    for subject in phrases(trials, 30):
        raw = headers.text("Subject", subject)
        check_folding(raw)
        assert str(make_header(decode_header(unfolded(raw)))) == subject
        assert read(raw + b"\r\n")["Subject"] == subject


def test_consecutive_spaces_are_kept() -> None:
    for length in range(1, 120):
        subject = "é" * length + "   à   " + "ù" * 100
        raw = headers.text("Subject", subject)
        check_folding(raw)
        assert str(make_header(decode_header(unfolded(raw)))) == subject


def test_a_grapheme_is_never_split_between_encoded_words() -> None:
    cluster = "👩🏽‍💻é"
    for length in range(40):
        raw = headers.text("Subject", "é" * length + cluster * 3)
        pieces = [decode_word(word) for word in ENCODED_WORD.findall(unfolded(raw))]
        assert "".join(pieces) == "é" * length + cluster * 3
        for piece in pieces[1:]:
            assert piece[0] in "é👩e"


@pytest.mark.parametrize("trials", [TRIALS, pytest.param(20_000, marks=pytest.mark.eprouve)])
def test_names_round_trip(trials: int) -> None:
    for name in phrases(trials, 12):
        raw = headers.mailbox("From", name, "infolettre@axtra.ca")
        check_folding(raw)
        shown, address = parseaddr(unfolded(raw))
        assert address == "infolettre@axtra.ca"
        assert str(make_header(decode_header(shown))) == name
        if not GLUED.search(unfolded(raw)):  # before 3.14, Python's parser adds a space there
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
def test_a_short_name_stays_readable_in_the_raw_header(name: str, written: bytes) -> None:
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
def test_no_value_can_inject_a_header(value: str) -> None:
    writers = (
        lambda: headers.text("Subject", value),
        lambda: headers.mailbox("From", value, "a@axtra.ca"),
        lambda: headers.mailbox("To", "", f"{value}@axtra.ca"),
        lambda: headers.machine("Date", value),
        lambda: headers.addresses("List-Unsubscribe", [f"https://axtra.ca/{value}"]),
        lambda: headers.list_id(value, "membres.axtra.ca"),
        lambda: headers.list_id("Membres", value),
    )
    for write in writers:
        with pytest.raises(HeaderError):
            write()


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a,b@axtra.ca", "a@axtra.ca, b@axtra.ca", "a b@axtra.ca", "<a@axtra.ca>",
     "é@axtra.ca", "a@québec.ca", '"a"@axtra.ca', "a@axtra.ca\r\n", "a@axtra..ca", "a@-x.ca"],
)  # fmt: skip
def test_a_malformed_address_is_refused_without_being_quoted(address: str) -> None:
    with pytest.raises(HeaderError) as caught:
        headers.mailbox("To", "", address)
    assert len(address) < 2 or address not in str(caught.value)


# --- quoted-printable ----------------------------------------------------------------------------


def test_any_text_round_trips_through_lines_of_76_columns() -> None:
    draw = random.Random(SEED)  # noqa: S311
    signs = 'aéœ=’ \u00a0\t.F\n🎉<>&"-_'
    for _ in range(TRIALS):
        text = "".join(draw.choices(signs, k=draw.randint(0, 300)))
        text += draw.choice(["", " ", "From x", "\n.", "\nFrom moi", "=" * 80])
        data = quoted_printable.encode(text)
        assert quopri.decodestring(data).decode().replace("\r\n", "\n") == text
        for line in data.split(b"\r\n"):
            assert len(line) <= 76
            assert not line.endswith((b" ", b"\t"))
            assert not line.startswith((b"From ", b"."))
            assert re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", line)


def test_every_python_writes_the_same_bytes() -> None:
    # A letter frozen under a Python may be sent under the next.
    whole = hashlib.sha256()
    for phrase in phrases(TRIALS, 30):
        whole.update(headers.text("Subject", phrase) + headers.mailbox("To", phrase, "a@axtra.ca"))
        whole.update(quoted_printable.encode(phrase))
    assert whole.hexdigest().startswith("2a59590c8f69948e")
