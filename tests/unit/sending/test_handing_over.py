"""An edition handed over to listmonk, without the command nor a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.sending import dispatch
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch import Confirmation, Handover
from axtra.sending.listmonk import Listmonk, ListmonkError, SilentError
from infolettre.core.refusals import Refusal, WrongUsage
from support import listmonk_server
from support.sample_dispatch import EDITION, LIST, SampleDispatch, make_dispatch
from support.sample_ledger import MOMENT
from support.smtp_server import numbered

pytestmark = pytest.mark.bases

PEOPLE = numbered(3)
RIGHT = Confirmation(LIST, 3)


@pytest.fixture
def server() -> Iterator[listmonk_server.FakeListmonk]:
    with listmonk_server.opened() as opened:
        yield opened


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[SampleDispatch]:
    made = make_dispatch(tmp_path, PEOPLE)
    with made.register, made.ledger:
        dispatch.freeze(
            made.content, made.ledger, made.register, made.settings, EDITION, LIST, MOMENT
        )
        yield made


def _handover(sample: SampleDispatch, server: listmonk_server.FakeListmonk) -> Handover:
    environment = {
        "AXTRA_LISTMONK_URL": server.url,
        "AXTRA_LISTMONK_JETON": listmonk_server.TOKEN,
    }
    return Handover(sample.context, Listmonk.of(environment), EDITION)


def test_an_edition_is_drafted_tested_and_started_once(
    sample: SampleDispatch, server: listmonk_server.FakeListmonk
) -> None:
    handover = _handover(sample, server)
    with pytest.raises(ListmonkError, match="n’a pas le brouillon"):
        handover.test("essai@exemple.test")
    assert handover.prepare() == 3
    with pytest.raises(UnmetConditions, match="aucun essai"):
        handover.start(sample.settings, RIGHT)
    handover.test("essai@exemple.test")
    with pytest.raises(WrongUsage, match="rien n’est envoyé"):
        handover.start(sample.settings, lambda _: Confirmation(LIST, 4))
    assert handover.start(sample.settings, RIGHT) == 3
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")
    with pytest.raises(Refusal, match="déjà partie"):
        _handover(sample, server)


def test_a_silence_leaves_doubts_that_asking_again_ends(
    sample: SampleDispatch, server: listmonk_server.FakeListmonk
) -> None:
    handover = _handover(sample, server)
    handover.prepare()
    handover.test("essai@exemple.test")
    server.silent = True
    with pytest.raises(SilentError):
        handover.start(sample.settings, RIGHT)
    assert sample.states() == dict.fromkeys(PEOPLE, "incertain")
    server.silent = False
    with pytest.raises(Refusal, match="déjà partie"):
        _handover(sample, server)
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")


def test_who_left_there_leaves_here(
    sample: SampleDispatch, server: listmonk_server.FakeListmonk
) -> None:
    _handover(sample, server).prepare()
    server.leave(PEOPLE[1])
    assert _handover(sample, server).prepare() == 2
    assert sample.events.told == ["1 withdrawn"]


def test_an_edition_that_changed_is_not_handed_over(
    sample: SampleDispatch, server: listmonk_server.FakeListmonk
) -> None:
    sample.content.text = "Bonsoir,\n"
    with pytest.raises(ListmonkError, match="a changé depuis") as refused:
        _handover(sample, server)
    assert refused.value.remedy == f"axtra envoi geler {EDITION} --liste {LIST}"
