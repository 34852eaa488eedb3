"""Encoded words: what they hold comes back, and they end where no software loses a space."""

from __future__ import annotations

import re
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infolettre.message import encoded_words

WORD = re.compile(r"=\?utf-8\?([qb])\?([!-<>-~]*|[!-~]*)\?=")
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)


@given(TEXT, st.integers(0, 30))
def test_any_text_comes_back_from_words_of_legal_length(value: str, before: int) -> None:
    words = encoded_words.encode(value, before)
    assert all(WORD.fullmatch(word) and len(word) <= encoded_words.LONGEST for word in words)
    assert len(words[0]) + before <= encoded_words.LONGEST + 1
    assert str(make_header(decode_header("\r\n ".join(words)))) == value


def test_the_shorter_encoding_is_used() -> None:
    assert encoded_words.encode("L’été", 0) == ["=?utf-8?b?TOKAmcOpdMOp?="]
    long = encoded_words.encode("La lettre des membres de mai et de juin, été", 0)
    assert long[0].startswith("=?utf-8?q?La_lettre_")
    assert encoded_words.encode("日本語", 0)[0].startswith("=?utf-8?b?")


def test_a_cut_follows_a_space() -> None:
    first, *_ = encoded_words.encode("é" + " mot" * 40, 9)
    assert first.endswith("_?=")


@pytest.mark.parametrize("sign", ["e\u0301", "👩\u200d💻", "👍🏽"])
def test_a_visible_character_is_never_split(sign: str) -> None:
    for word in encoded_words.encode(sign * 30, 0):
        text, charset = decode_header(word)[0]
        assert isinstance(text, bytes)
        assert text.decode(str(charset)).replace(sign, "") == ""


def test_a_name_is_encoded_only_where_it_is_not_ascii() -> None:
    assert encoded_words.phrase("AXTRA", 6) == "AXTRA"
    assert encoded_words.phrase("Alliance des été AXTRA", 6) == (
        "Alliance des =?utf-8?b?w6l0w6k=?= AXTRA"
    )
    assert encoded_words.phrase("=?x", 6) == "=?utf-8?b?PT94?="
