"""Signed tokens: read only as they were written, by any key that is still there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.subscribers import FolderError, Keys, Register
from axtra.subscribers.signed_tokens import ExpiredError, new_id, rotate
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
OLD, NEW = Keys((b"a" * 30,), b"p"), Keys((b"a" * 30, b"b" * 30), b"p")


def test_a_token_is_read_only_as_it_was_written() -> None:
    person = new_id()
    token = NEW.link(person, "membres")
    assert NEW.read_link(token) == (person, "membres")
    for place, old in enumerate(token):
        for sign in {"A", "b", "_", "."} - {old}:
            assert NEW.read_link(token[:place] + sign + token[place + 1 :]) is None
    for sign in set(f"{ascii_letters}{digits}-_") - {token[-1]}:
        assert NEW.read_link(token[:-1] + sign) is None  # base64 would take four of them


def test_older_keys_still_verify_and_others_do_not() -> None:
    person = new_id()
    assert NEW.read_link(OLD.link(person, "l")) == (person, "l")
    assert NEW.read_envelope(OLD.envelope(person, "2026-01")) is not None
    assert OLD.read_link(NEW.link(person, "l")) is None
    assert OLD.read_envelope(NEW.envelope(person, "2026-01")) is None


def test_a_token_of_one_kind_does_not_serve_as_another() -> None:
    person = new_id()
    assert NEW.read_confirmation(NEW.link(person, "l"), 60) is None
    assert NEW.read_link(NEW.confirmation(person)) is None


def test_a_confirmation_expires() -> None:
    token = NEW.confirmation(new_id())
    assert NEW.read_confirmation(token, 60)
    with pytest.raises(ExpiredError):
        NEW.read_confirmation(token, -1)


def test_an_envelope_sender_survives_a_change_of_case_and_fits() -> None:
    person = new_id()
    code = NEW.envelope(person, "2026-03-27-quariera")
    assert len(f"rebonds+{code}") <= 64
    stamp = NEW.read_envelope(f"<REBONDS+{code.upper()}@EXEMPLE.TEST>")
    assert stamp
    assert stamp.person == person
    assert stamp == NEW.read_envelope(f"rebonds+{code}@x")
    assert stamp.edition != NEW.read_envelope(NEW.envelope(person, "autre")).edition  # type: ignore[union-attr]
    assert NEW.read_envelope(f"rebonds+{'a' * 50}@x") is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_tokens(text: str) -> None:
    assert NEW.read_link(text) is None
    assert NEW.read_confirmation(text, 60) is None
    assert NEW.read_envelope(text) is None


def test_keys_rotate_on_the_disk_and_are_never_made_again(tmp_path: Path) -> None:
    Register.open(tmp_path).close()
    first = Keys.open(tmp_path)
    rotate(tmp_path, NOW)
    second = Keys.open(tmp_path)
    assert second.pepper == first.pepper
    assert second.signing[:-1] == first.signing
    assert "b'" not in repr(second)
    (tmp_path / "cles-signature").write_text("# vide\n")
    with pytest.raises(FolderError, match="sauvegarde"):
        Keys.open(tmp_path)
