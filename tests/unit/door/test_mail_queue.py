"""The background sender: what becomes of a claimed mail, and what the journal says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.door.confirmation_mail import Fault, PostError
from axtra.door.mail_queue import Mailer
from axtra.subscribers import ClaimedRequest, Pool
from infolettre.core.dates import ZONE
from support.service_processes import wait_until

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
ADDRESS = "zoe@exemple.test"


@dataclass
class FakePost:
    """Keeps the recipients, and fails as it is told to."""

    failure: Exception | None = None
    recipients: list[str] = field(default_factory=list)

    def send(self, _sender: str, recipient: str, _data: bytes) -> None:
        if self.failure:
            raise self.failure
        self.recipients.append(recipient)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """Open a register in which a request waits."""
    pool = Pool(tmp_path)
    pool.do(lambda register: register.ask(ADDRESS, "Zoé", ("membres",), NOW))
    yield pool
    pool.close()


def claimed(pool: Pool, moment: datetime = NOW) -> ClaimedRequest | None:
    return pool.do(lambda register: register.claim_mail(moment))


def tried(pool: Pool, failure: Exception) -> tuple[ClaimedRequest, list[str]]:
    """Try to send the waiting mail, and return its request and the journal."""
    log: list[str] = []
    mailer = Mailer(pool, FakePost(failure), "nous@x.test", lambda *_: b"", lambda: NOW, log.append)
    request = claimed(pool)
    assert request
    mailer._send(request)
    return request, log


def test_a_waiting_mail_is_sent_once(pool: Pool) -> None:
    post, log = FakePost(), list[str]()
    mailer = Mailer(pool, post, "nous@x.test", lambda *_: b"", lambda: NOW, log.append)
    with mailer.running():
        mailer.wake()
        wait_until(lambda: bool(post.recipients))
    assert (post.recipients, log) == ([ADDRESS], [])
    assert claimed(pool, NOW + timedelta(days=2)) is None


def test_a_wrong_address_is_forgotten_at_once(pool: Pool) -> None:
    request, [line] = tried(pool, PostError("le serveur refuse (550)", Fault.ADDRESS))
    assert line == "courriel de confirmation : le serveur refuse (550) (abandonné)\n"
    assert pool.do(lambda register: register.pending(request.id)) is None


def test_a_passing_failure_is_tried_again_later(pool: Pool) -> None:
    request, [line] = tried(pool, PostError("le serveur refuse (450)"))
    assert line == "courriel de confirmation : le serveur refuse (450)\n"
    assert claimed(pool) is None
    again = claimed(pool, NOW + timedelta(minutes=2))
    assert again
    assert (again.id, again.attempts) == (request.id, 2)


def test_an_unsure_mail_is_tried_only_once_more(pool: Pool) -> None:
    tried(pool, PostError("le serveur ne répond plus", Fault.UNSURE))
    again = claimed(pool, NOW + timedelta(minutes=2))
    assert again
    assert not pool.do(lambda register: register.mail_failed(again, NOW))


def test_the_message_of_an_unexpected_error_is_not_logged(pool: Pool) -> None:
    _, [line] = tried(pool, ValueError(ADDRESS))
    assert line.startswith("courriel de confirmation : ValueError (")
    assert ADDRESS not in line
    assert claimed(pool, NOW + timedelta(minutes=2))
