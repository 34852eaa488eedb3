"""The server of the preview: what it says, and to whom it answers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from axtra.core.refusals import WrongUsage
from axtra.preview import HOST, serve


def test_a_port_that_is_taken_is_refused_with_the_next(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WrongUsage) as caught:
            serve(tmp_path, port=port, say=said.append)
    assert str(caught.value) == f"le port {port} est déjà pris.\n    → Essayez --port {port + 1}."
    assert said == []
