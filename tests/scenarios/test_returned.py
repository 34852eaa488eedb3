"""117 mails that came back to other people, wrapped as ours: each is attributed, few suppress."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from axtra.core.dates import ZONE
from axtra.subscribers import Basis, Consent, Keys, Register
from axtra.subscribers.mailboxes import messages
from axtra.subscribers.returned_mail import sort
from axtra.subscribers.returns import Nature, judge
from axtra.subscribers.signed_tokens import new_id
from support import returned_samples

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
KEYS = Keys((b"k" * 30,), b"p")
EDITION = "2026-02-25"
# The failures whose text says, to whoever reads it, that nobody is at that address.
NOBODY_THERE = {
    "dsn_11", "dsn_12", "dsn_13", "dsn_14", "dsn_15", "exim_01", "postfix_01", "qmail_03",
    "simple_15", "simple_19", "simple_34", "yahoo_11",
}  # fmt: skip
SAID = re.compile(rb"unknown|no mailbox|bad destination|illegal user|5\.1\.1", re.IGNORECASE)


@pytest.fixture(scope="module")
def samples() -> dict[str, bytes]:
    return returned_samples.read()


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "donnees") as one:
        yield one


@pytest.mark.lourd
@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
@pytest.mark.parametrize("case", [str, str.upper])
def test_each_is_attributed_whatever_its_form(
    samples: dict[str, bytes], header: str, case: type[str]
) -> None:
    for name, data in samples.items():
        person = new_id()
        local = case(f"rebonds+{KEYS.envelope(person, EDITION)}")
        verdict = judge(returned_samples.wrapped(data, header, f"<{local}@exemple.test>"), KEYS)
        assert verdict.person == person, name
        assert verdict.edition
        if verdict.nature is Nature.GONE:
            assert name in NOBODY_THERE
            assert SAID.search(data)


@pytest.mark.lourd
def test_nobody_is_attributed_what_came_back_to_others(samples: dict[str, bytes]) -> None:
    assert [name for name, data in samples.items() if judge(data, KEYS).person] == []


@pytest.mark.lourd
def test_a_mailbox_of_them_suppresses_those_that_nobody_reads(
    samples: dict[str, bytes], register: Register, tmp_path: Path
) -> None:
    consent = Consent(Basis.EXPRESS, NOW, "essai", "essai")
    box = mailbox.mbox(tmp_path / "retours.mbox")
    for name, data in samples.items():
        person = register.add("membres", f"{name}@exemple.test", consent, NOW)
        found = register.find(f"{name}@exemple.test")
        assert person
        assert found
        code = register.keys.envelope(found.id, EDITION)
        box.add(
            mailbox.mboxMessage(
                returned_samples.wrapped(data, "Delivered-To", f"rebonds+{code}@exemple.test")
            )
        )
    box.close()
    done = sort(messages(str(tmp_path / "retours.mbox"), ""), register, NOW)
    assert done.read == returned_samples.COUNT
    assert done.unknown == 0
    suppressed = {name for name in samples if register.is_suppressed(f"{name}@exemple.test")}
    assert suppressed == NOBODY_THERE
    again = sort(messages(str(tmp_path / "retours.mbox"), ""), register, NOW)
    assert again.fresh.total() == 0
    assert {n for n in samples if register.is_suppressed(f"{n}@exemple.test")} == suppressed
