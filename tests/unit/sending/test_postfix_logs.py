"""What Postfix's log proves, and what it does not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from axtra.sending import postfix_logs
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import MessageState
from infolettre.core.dates import ZONE
from support.sample_ledger import MOMENT, make_ledger, recipients

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 2, 12, tzinfo=ZONE)


def _line(clock: str, program: str, said: str) -> str:
    return f"2026-03-02T{clock}-05:00 relais postfix/{program}[123]: {said}\n"


def _taken(clock: str, queue: str, message_id: str) -> list[str]:
    return [
        _line(clock, "smtpd", f"{queue}: client=localhost[127.0.0.1]"),
        _line(clock, "cleanup", f"{queue}: message-id=<{message_id}>"),
        _line(clock, "qmgr", f"{queue}: from=<rebonds+x@a.test>, size=9, nrcpt=1 (queue active)"),
    ]


def _cut(clock: str, queue: str, message_id: str) -> list[str]:
    return [
        _line(clock, "smtpd", f"{queue}: client=localhost[127.0.0.1]"),
        _line(clock, "cleanup", f"{queue}: message-id=<{message_id}>"),
        _line(clock, "smtpd", "lost connection after DATA (512 bytes) from localhost[127.0.0.1]"),
        _line(clock, "smtpd", "disconnect from localhost[127.0.0.1]"),
    ]


def test_only_what_the_queue_took_was_taken() -> None:
    lines = [
        *_taken("09:00:00", "4AB12", "un@a.test"),
        *_cut("09:00:01", "4AB13", "coupe@a.test"),
        "autre chose\n",
    ]
    log = postfix_logs.read(lines, NOW)
    assert log.taken == {"un@a.test"}
    assert log.named == {"un@a.test", "coupe@a.test"}
    assert log.abandoned == {"coupe@a.test"}
    assert log.first == datetime(2026, 3, 2, 9, tzinfo=ZONE).timestamp()


def test_a_queue_id_used_again_names_its_newest_message() -> None:
    lines = [*_taken("09:00:00", "4AB12", "un@a.test"), *_taken("10:00:00", "4AB12", "deux@a.test")]
    assert postfix_logs.read(lines, NOW).taken == {"un@a.test", "deux@a.test"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mar  2 09:00:00 relais postfix/smtpd[1]: connect", (2026, 3, 2)),
        ("Dec 31 23:59:59 relais postfix/smtpd[1]: connect", (2025, 12, 31)),
        ("Mar 12 09:00:00 relais postfix-out/smtpd[1]: connect", (2025, 3, 12)),
    ],
)
def test_the_older_format_does_not_tell_the_year(text: str, expected: tuple[int, int, int]) -> None:
    log = postfix_logs.read([text], NOW)
    assert log.last
    found = datetime.fromtimestamp(log.last).astimezone()
    assert (found.year, found.month, found.day) == expected


def test_a_line_that_is_not_a_date_is_left_alone() -> None:
    assert postfix_logs.read(["Feb 31 09:00:00 relais postfix/smtpd[1]: connect"], NOW).last is None


Doubtful = tuple[Ledger, list[str]]


@pytest.fixture
def doubtful(tmp_path: Path) -> Iterator[Doubtful]:
    """Make two messages, whose fate is unknown since 9:10, and one that was accepted."""
    moment = [datetime.fromisoformat("2026-03-02T09:00:00-05:00").timestamp()]
    with make_ledger(
        tmp_path, recipients("un", "deux", "trois"), clock=lambda: moment[0]
    ) as ledger:
        ledger.begin(0)  # in a shared base, a lease that ends at once
        waiting = ledger.waiting("edition")
        for value in waiting:
            ledger.claim(value)
        ledger.settle(waiting[2], MessageState.ACCEPTED)
        moment[0] += 600
        with ledger.alone() as orphans:
            assert orphans == 2
        yield ledger, [value.recipient.message_id for value in waiting]


def _log(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(lines), "utf-8")
    return path


def test_a_doubt_ends_as_the_log_says(doubtful: Doubtful, tmp_path: Path) -> None:
    ledger, ids = doubtful
    lines = [
        _line("08:59:00", "smtpd", "connect from localhost"),
        *_taken("09:00:00", "4AB11", ids[2]),
        *_taken("09:00:01", "4AB12", ids[0]),
        _line("09:10:00", "smtpd", "connect from localhost"),
    ]
    done = postfix_logs.reconcile(ledger, [_log(tmp_path / "mail.log", lines)], NOW)
    assert (done.accepted, done.never, done.left) == (1, 1, 0)
    states = {line.address: line.state for line in ledger.lines("edition")}
    assert sorted(states.values()) == ["a_envoyer", "accepte", "accepte"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["autre"], "bon serveur"),
        ([*_taken("09:00:00", "4AB11", "autre@a.test")], "bon serveur"),
        (["KNOWN", _line("09:09:59", "smtpd", "connect")], "la suite"),
        (["LATE", _line("09:11:00", "smtpd", "connect")], "la suite"),
    ],
)
def test_a_log_that_proves_nothing_ends_nothing(
    lines: list[str], said: str, doubtful: Doubtful, tmp_path: Path
) -> None:
    ledger, ids = doubtful
    known = {
        "KNOWN": "".join(_taken("08:59:59", "4AB11", ids[2])),
        "LATE": "".join(_taken("09:00:01", "4AB11", ids[2])),
    }
    path = _log(tmp_path / "mail.log", [known.get(line, line) for line in lines])
    done = postfix_logs.reconcile(ledger, [path], NOW)
    assert (done.accepted, done.never, done.left) == (0, 0, 2)
    assert said in done.why


@pytest.mark.parametrize("cut", [True, False])
def test_a_message_that_began_to_arrive_never_did_only_if_its_connection_was_lost(
    cut: bool,  # noqa: FBT001
    doubtful: Doubtful,
    tmp_path: Path,
) -> None:
    ledger, ids = doubtful
    lines = [
        *_taken("08:59:59", "4AB11", ids[2]),
        *(_cut if cut else _taken)("09:00:01", "4AB12", ids[0])[: 4 if cut else 2],
        _line("09:10:00", "smtpd", "connect from localhost[127.0.0.1]"),
    ]
    done = postfix_logs.reconcile(ledger, [_log(tmp_path / "mail.log", lines)], NOW)
    assert (done.accepted, done.never, done.left) == ((0, 2, 0) if cut else (0, 1, 1))


def test_rotated_logs_are_read_together(doubtful: Doubtful, tmp_path: Path) -> None:
    ledger, ids = doubtful
    old = tmp_path / "mail.log.1.gz"
    with gzip.open(old, "wt", encoding="utf-8") as file:
        file.writelines(_taken("08:00:00", "4AB11", ids[2]))
    new = _log(tmp_path / "mail.log", [_line("09:30:00", "smtpd", "connect")])
    done = postfix_logs.reconcile(ledger, [old, new], MOMENT)
    assert (done.never, done.left) == (2, 0)
