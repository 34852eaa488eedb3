"""What wraps the door: headers on every answer, and nothing of a person in the log."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.types import Message, Receive, Scope, Send

from axtra.door.middleware import HEADERS, GuardedApp, describe

PATH = "/preferences/secret"


def test_an_exception_is_reported_by_its_kind_and_place_only() -> None:
    with pytest.raises(ValueError, match="zoe") as caught:
        int("zoe@exemple.test")
    assert re.fullmatch(r"ValueError \(test_middleware\.py:\d+\)", describe(caught.value))


def served(app: object, *, secure: bool = False) -> tuple[list[Message], list[str]]:
    """Serve one request, and return what was sent and what was logged."""
    sent: list[Message] = []
    log: list[str] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    guarded = GuardedApp(app, secure=secure, say=log.append)  # type: ignore[arg-type]
    asyncio.run(guarded({"type": "http", "path": PATH}, receive, send))
    return sent, log


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("secure", [True, False])
def test_every_answer_gets_the_headers(*, secure: bool) -> None:
    sent, log = served(answer, secure=secure)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= headers.items()
    assert headers["cache-control"] == "no-store"
    assert ("strict-transport-security" in headers) is secure
    assert log == []


def test_an_exception_is_logged_without_its_message_nor_the_path() -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        message = "zoe@exemple.test"
        raise KeyError(message)

    sent, [line] = served(fail)
    assert sent == []
    assert line.startswith("erreur : KeyError (")
    assert "zoe" not in line
    assert PATH not in line
