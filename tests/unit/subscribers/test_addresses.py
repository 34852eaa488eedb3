"""Addresses: what can receive mail, and which two addresses are the same person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.subscribers import AddressError, folded, normalized


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" Zoe.Roy@Exemple.TEST ", "Zoe.Roy@exemple.test"),
        ("a+b@exemple.ca", "a+b@exemple.ca"),
        ("info@québec.ca", "info@xn--qubec-csa.ca"),
        ("o'neil@exemple.ca", "o'neil@exemple.ca"),
    ],
)
def test_an_address_has_one_written_form(typed: str, written: str) -> None:
    assert normalized(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "", "zoe", "zoé@exemple.ca", "a@b@c.ca", "a@exemple", "a,b@exemple.ca", "a@b.ca,b@c.ca",
        "a@exemple.ca\nBcc: b@c.ca", "Zoé <a@exemple.ca>", '"a b"@exemple.ca', "a@[127.0.0.1]",
        "a@exemple..ca", ".a@exemple.ca", f"{'a' * 65}@exemple.ca", "a@b.ca;b", "a\0@exemple.ca",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(AddressError) as refused:
        normalized(typed)
    assert not typed or typed not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.one_of(st.emails(), st.text(max_size=60)))
def test_an_address_never_crashes_nor_forks(typed: str) -> None:
    try:
        address = normalized(typed)
    except AddressError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' ,;<>"')
    assert normalized(address) == address
    assert folded(address.upper()) == folded(folded(address)) == folded(address)
