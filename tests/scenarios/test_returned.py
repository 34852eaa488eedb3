"""117 mails that came back to other people, wrapped as ours: each attributed and accounted for."""

from __future__ import annotations

import json
import mailbox
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from axtra.subscribers import Basis, Consent, Keys, Register
from axtra.subscribers.returns.judgement import Nature, judge
from axtra.subscribers.returns.mailboxes import read
from axtra.subscribers.returns.sorting import Sorter, SortingReport
from axtra.subscribers.signed_tokens import new_id
from infolettre.core.dates import ZONE
from support import returned_samples

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
KEYS = Keys((b"k" * 30,), b"p")
EDITION = "2026-02-25"
# The failures that prove that nobody is at that address. Others only say « user unknown », which a
# filter answers too, or that an account is disabled: they are to be reviewed.
NOBODY_THERE = {
    "dsn_10", "dsn_11", "dsn_12", "dsn_13", "dsn_14", "dsn_15", "dsn_16", "dsn_18", "exim_01",
    "groupwise_01", "groupwise_02", "microsoft_01", "microsoft_04", "postfix_01", "qmail_03",
    "qmail_04", "qmail_05", "simple_04", "simple_08", "simple_11", "simple_12", "simple_13",
    "simple_15", "simple_19", "simple_25", "simple_26", "simple_27", "simple_30", "simple_33",
    "simple_34", "simple_43", "smtp32_07", "yahoo_11", "yahoo_13",
}  # fmt: skip
SAID = re.compile(
    rb"unknown|not known|no mailbox|bad destination|illegal user|5\.1\.1|does not exist"
    rb"|no such user"
    rb"|doesn't have an? \S+ account|not recogni[sz]ed|not listed|invalid (?:final|mailbox)"
    rb"|n'existe pas|no longer valid|not a valid user|disabled or discontinued",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def samples() -> dict[str, bytes]:
    return returned_samples.read()


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "donnees") as register:
        yield register


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
def test_a_mailbox_of_them_proposes_those_that_nobody_reads(
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
    done = read_again(register, tmp_path / "retours.mbox")
    assert done.read == returned_samples.COUNT
    assert done.unknown == 0
    counted = done.fresh.total() + done.automatic + done.proposed + len(done.to_read)
    assert counted == returned_samples.COUNT
    proposed = {proposal.address.partition("@")[0] for proposal in register.proposals()}
    assert proposed == NOBODY_THERE
    assert not [name for name in samples if register.is_suppressed(f"{name}@exemple.test")]
    again = read_again(register, tmp_path / "retours.mbox")
    assert (again.fresh.total(), again.proposed, again.known) == (
        0,
        0,
        done.read - done.automatic - len(done.to_read),
    )
    register.accept_proposals(EDITION, NOW)
    suppressed = {name for name in samples if register.is_suppressed(f"{name}@exemple.test")}
    assert suppressed == NOBODY_THERE


LABELLED = os.environ.get("AXTRA_REBONDS", "")  # a folder of mails, with verite.json


@pytest.mark.eprouve
@pytest.mark.skipif(not LABELLED, reason="AXTRA_REBONDS names no folder of labelled mails")
def test_labelled_mails_are_removed_with_precision_and_recall() -> None:
    """`verite.json` says of each file what happened to each recipient; 1 comes last if for good.

    A mail about several recipients is right to remove when all of them are gone.
    """
    folder = Path(LABELLED)
    truth = json.loads((folder / "verite.json").read_text("utf-8"))
    dead = {name for name, said in truth.items() if all(last == "1" for *_, last in said)}
    removed = {
        name for name in truth if judge((folder / name).read_bytes(), KEYS).nature is Nature.GONE
    }
    right = len(removed & dead)
    print(f"precision {right / len(removed):.3f}, recall {right / len(dead):.3f}")  # noqa: T201
    assert right >= 0.97 * len(removed), sorted(removed - dead)
    assert right >= 0.80 * len(dead), sorted(dead - removed)


def read_again(register: Register, path: Path) -> SortingReport:
    sorter = Sorter(register, NOW)
    read(str(path), "", sorter.take)
    return sorter.finish()
