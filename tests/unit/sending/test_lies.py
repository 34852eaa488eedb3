"""A server out of step: nothing is « accepted » that it did not take, nothing is sent twice."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from axtra.sending import run
from axtra.sending.refusal_monitor import SILENT_IN_A_ROW
from axtra.sending.run_context import End
from axtra.sending.settings import Server, Settings
from axtra.sending.wire import Connection, LostError, UnreachableError
from support import lying_server
from support.certificates import Authority
from support.edition_runs import EditionRuns, edition_runs
from support.lying_server import LIES, OK, TRUTH, Liar, Lie
from support.smtp_server import numbered

pytestmark = pytest.mark.bases

PEOPLE = 12
LONG = b"Subject: essai\r\n\r\n" + b"Une ligne ordinaire.\r\n" * 20_000


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LINGER", 0)
    monkeypatch.setattr(run, "_RECONNECT", (0,))


def _to_the_end(runs: EditionRuns) -> None:
    """Resume as long as something is waiting, some time later each time."""
    for _ in range(40):
        if runs.go(connections=2).end is End.DONE:
            return
        runs.present += 50_000


def _of_one_person() -> list[Lie]:
    """Return the lies that can be told of one person: at MAIL, nobody is named yet."""
    return [value for value in LIES.values() if value.mail == OK]


def _honest(runs: EditionRuns, relay: Liar) -> None:
    """Hold the ledger to what the relay did."""
    lines = {value.address: value for value in runs.ledger.lines("e")}
    assert max(relay.taken.values(), default=0) <= 1, "nobody twice"
    for name, line in lines.items():
        if line.state == "accepte":
            assert relay.taken[name] == 1, (name, line)
        elif line.state == "incertain":
            assert relay.whole[name] or "DATA" in line.reason, (name, line)
        if relay.taken[name]:
            assert line.state in {"accepte", "incertain"}, (name, line)
    assert runs.suppressed() == set()


def test_each_lie_once_makes_nobody_accepted_and_nobody_lost(tmp_path: Path) -> None:
    told = _of_one_person()
    people = numbered(2 * len(told))
    lies = dict(zip(people[::2], told, strict=True))  # every other message is honest
    with (
        lying_server.lying(lambda name: lies.pop(name, TRUTH)) as relay,
        edition_runs(tmp_path, relay.port, people) as runs,
    ):
        _to_the_end(runs)
        _honest(runs, relay)
        states = runs.states()
        assert states.keys() <= {"accepte", "incertain", "refuse"}
        assert states["accepte"] >= len(told) + 10  # what surely had not left was sent again
        assert not lies


@pytest.mark.eprouve
@pytest.mark.parametrize("kind", sorted(LIES))
def test_a_lie_is_never_taken_for_a_message_accepted(tmp_path: Path, kind: str) -> None:
    one_in_three = _first_time(lambda name: int(name[4:-13]) % 3 == 0, LIES[kind])
    with (
        lying_server.lying(one_in_three) as relay,
        edition_runs(tmp_path, relay.port, numbered(PEOPLE)) as runs,
    ):
        _to_the_end(runs)
        _honest(runs, relay)
        assert runs.states()["accepte"] >= PEOPLE * 2 // 3


def _first_time(chosen: Callable[[str], bool], lie: Lie) -> Callable[[str], Lie]:
    met: set[str] = set()
    at_mail = lie.mail != OK
    left = [PEOPLE // 3]

    def draw(name: str) -> Lie:
        if at_mail:  # of whomever it is
            left[0] -= not name
            return lie if left[0] >= 0 and not name else TRUTH
        if not name or name in met or not chosen(name):
            return TRUTH
        met.add(name)
        return lie

    return draw


def test_a_relay_that_always_lies_stops_the_run_and_loses_nobody(tmp_path: Path) -> None:
    with (
        lying_server.lying(lambda _name: LIES["2xx instead of 354"]) as relay,
        edition_runs(tmp_path, relay.port, numbered(30)) as runs,
    ):
        done = runs.go()
        assert done.end is End.REFUSED
        assert "de suite n’ont pas de réponse sûre" in done.text
        assert relay.tried.total() == SILENT_IN_A_ROW
        assert runs.states() == {"differe": SILENT_IN_A_ROW, "a_envoyer": 30 - SILENT_IN_A_ROW}


@pytest.mark.parametrize("lie", [Lie(data=OK), Lie(mail=f"{OK}\r\n{OK}"), Lie(rcpt="220 ready")])
def test_what_surely_did_not_leave_is_to_be_sent_again(lie: Lie) -> None:
    with lying_server.lying(lambda _name: lie) as relay:
        wire = Connection.open(_server(relay), "essai.test")
        with pytest.raises(LostError) as lost:
            wire.deliver("nous@essai.test", "vous@exemple.test", LONG)
        assert not lost.value.sent
        assert not wire.alive


def test_a_refusal_in_the_middle_of_a_long_message_is_not_that_of_the_next(tmp_path: Path) -> None:
    """The relay refuses and leaves without reading: nothing of it can be there."""
    lie = Lie(early="552 5.3.4 too big", cut="content")
    with (
        lying_server.lying(_first_time(lambda name: name.startswith("bon-0@"), lie)) as relay,
        edition_runs(tmp_path, relay.port, numbered(4)) as runs,
    ):
        runs.content = LONG
        _to_the_end(runs)
        _honest(runs, relay)
        assert runs.states()["accepte"] >= 3


def _server(relay: Liar, patience: float = 5.0) -> Server:
    return Server("127.0.0.1", relay.port, "aucun", patience=patience)


@pytest.mark.parametrize(
    "banner",
    ["220-" + "x" * 200_000, "220-ligne\r\n" * 20_000 + "220 fin", "999 bonjour", "bonjour"],
)
def test_a_greeting_without_end_or_sense_is_not_read_on(banner: str) -> None:
    with (
        lying_server.lying(lambda _name: replace(TRUTH, banner=banner)) as relay,
        pytest.raises(UnreachableError, match="ne parle pas SMTP"),
    ):
        Connection.open(_server(relay), "essai.test")


def test_an_answer_that_comes_drop_by_drop_has_so_much_time_and_no_more() -> None:
    slow = Lie(rcpt=OK * 200, drip=0.05)
    with lying_server.lying(lambda name: slow if name else TRUTH) as relay:
        wire = Connection.open(_server(relay, 0.5), "essai.test")
        with pytest.raises(LostError):  # the answer, a good one, would take two minutes
            wire.deliver("nous@essai.test", "vous@exemple.test", LONG)
        assert relay.whole.total() == 0


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority.make(tmp_path / "certificats")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def _secured(lie: Lie) -> Lie:
    return replace(lie, hello="250-menteur.test\r\n250 STARTTLS")


def test_lies_are_seen_under_tls_too(tmp_path: Path, authority: Authority) -> None:
    lies = {f"bon-{index}@exemple.test": value for index, value in enumerate(_of_one_person())}
    with (
        lying_server.lying(
            lambda name: _secured(lies.pop(name, TRUTH)), authority.server("127.0.0.1")
        ) as relay,
        edition_runs(tmp_path, relay.port, numbered(len(lies) + 5)) as runs,
    ):
        runs.settings = Settings(server=Server("127.0.0.1", relay.port, "starttls"))
        _to_the_end(runs)
        _honest(runs, relay)
        assert not lies
        assert runs.states()["accepte"] > 5


def test_what_comes_before_the_keys_is_nobodys_answer(authority: Authority) -> None:
    lie = _secured(replace(TRUTH, start=f"220 go\r\n{OK}"))
    with (
        lying_server.lying(lambda _name: lie, authority.server("127.0.0.1")) as relay,
        pytest.raises(UnreachableError, match="réponse à rien"),
    ):
        Connection.open(replace(_server(relay), tls="starttls"), "essai.test")


def _at_random(tmp_path: Path, seed: int, people: int, connections: int) -> None:
    with (
        lying_server.lying(lying_server.sometimes(_of_one_person(), seed)) as relay,
        edition_runs(tmp_path, relay.port, numbered(people)) as runs,
    ):
        for _ in range(people):
            if runs.go(connections=connections).end is End.DONE:
                break
            runs.present += 50_000
        _honest(runs, relay)
        assert sum(runs.states().values()) == people


def test_lies_of_all_kinds_in_any_order_make_nobody_accepted(tmp_path: Path) -> None:
    _at_random(tmp_path, 7, 60, 2)


@pytest.mark.eprouve
@pytest.mark.parametrize("connections", [1, 4])
def test_a_thousand_messages_through_lies(tmp_path: Path, connections: int) -> None:
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")  # noqa: T201
    _at_random(tmp_path, seed, 1_000, connections)
