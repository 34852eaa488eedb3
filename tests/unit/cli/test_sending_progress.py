"""How far a run is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import re

import pytest

from axtra.cli import sending_progress
from axtra.cli.sending_progress import Meter, duration
from axtra.sending.run_context import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_bar_with_the_pace_and_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = _Terminal()
    with Meter(screen, per_minute=30) as meter:
        meter.show(Progress(total=1_500, done=375, per_minute=29.6))
        meter.show(Progress(total=1_500, done=376, per_minute=29.6))  # too soon to draw again
    drawn = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())
    assert "━━━━━━" in drawn
    assert "375 / 1\u00a0500, 30 par minute, reste 38\u00a0min" in drawn
    assert "376 /" not in drawn
    assert drawn.endswith("\n")


def test_the_cursor_comes_back_when_a_run_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = _Terminal()

    def fail() -> None:
        with Meter(screen, per_minute=30) as meter:
            meter.show(Progress(total=1_500, done=375))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") == 1


def test_elsewhere_a_line_comes_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr(sending_progress.time, "monotonic", lambda: moment[0])
    written = io.StringIO()
    with Meter(written, per_minute=0) as meter:
        for seconds in range(60):
            moment[0] = 100.0 + seconds
            meter.show(Progress(total=10, done=seconds // 6, per_minute=10.0))
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0] == "2 / 10, 10 par minute, reste 48\u00a0s"
    assert "\r" not in written.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_900, "1 h 05")],
)
def test_a_duration_is_reported_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == said
