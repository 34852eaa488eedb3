"""The public door served on the loopback by uvicorn, and an SMTP server that stores its mail."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx
import lxml.html
from aiosmtpd.controller import Controller

from axtra.content import site_facts
from axtra.content.model import Facts
from axtra.door.app import Door
from axtra.door.confirmation_mail import Relay
from axtra.door.limits import SharedLimits
from axtra.door.page_templates import Pages
from axtra.door.server import server
from axtra.sending.settings import Server
from axtra.subscribers import Basis, Consent, Pool, Register
from axtra.subscribers.database import written
from infolettre.core.dates import ZONE
from support.service_processes import wait_until

ROOT = Path(__file__).parents[2]


@dataclass
class Inbox:
    """The handler of an SMTP server: stores accepted mails; refuses or waits when asked to."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: bool = False
    held: bool = False
    knocks: int = 0

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.knocks += 1
        while self.held:  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.01)
        session.host_name = hostname
        return responses

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            return f"554 5.7.1 refused: {envelope.rcpt_tos[0]}"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def link(self) -> str:
        """Return the path of the confirmation link in the last mail."""
        text = self.mails[-1].get_content()
        return re.search(r"http://[^/\s]+(/confirmation/\S+)", text)[1]  # type: ignore[index]


def fill_in(client: httpx.Client, data: Mapping[str, str]) -> httpx.Response:
    """Send the form of the site, then press the button of the page that the door answers with."""
    return press(client, client.post("/abonnement", data=data))


def press(client: httpx.Client, page: httpx.Response) -> httpx.Response:
    """Press the button of a page of the door, without a change to what its form holds."""
    form = lxml.html.fromstring(page.text).forms[0]
    address = urljoin(str(page.url), form.action or "")
    body = urlencode([(name, value) for name, value in form.form_values() if value is not None])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.post(address, content=body, headers=kind)


def unsent(folder: Path, moment: datetime) -> int:
    """Count the mails in flight and those due at a moment."""
    with Register.open(folder) as register:
        due = "mail = 'en_vol' OR (mail = 'a_envoyer' AND not_before <= ?)"
        row = register._db.execute(
            f"SELECT COUNT(*) FROM pending WHERE {due}",  # noqa: S608
            (written(moment),),
        )
        return int(row.fetchone()[0])


@dataclass
class RunningDoor:
    """A running door."""

    address: str
    folder: Path
    box: Inbox
    journal: list[str]
    limits: SharedLimits
    moment: Callable[[], datetime]
    later: Callable[[timedelta], None]

    @property
    def inbox(self) -> Inbox:
        """Wait until no mail is due, then return the mailbox."""
        wait_until(lambda: unsent(self.folder, self.moment()) == 0)
        return self.box

    def register(self) -> Register:
        return Register.open(self.folder)

    def token(self, address: str, liste: str = "bimensuelle") -> str:
        """Subscribe an address to a list and return the token of its mails."""
        with self.register() as register:
            consent = Consent(Basis.EXPRESS, self.moment(), "essai", "essai")
            register.add(liste, address, consent, self.moment())
            person = register.find(address)
            assert person
            return register.keys.link(person.id, liste)

    def recipients(self, liste: str = "bimensuelle") -> list[str]:
        with self.register() as register:
            return [person.address for person in register.recipients(liste, self.moment())[0]]


@cache
def _pages(facts: Facts) -> Pages:
    """Load the theme once for all tests; none depends on the port in the links of a mail."""
    return Pages.load(ROOT / "theme", ROOT / ".cache" / "polices", facts, "http://127.0.0.1")


@contextmanager
def smtp_relay() -> Iterator[tuple[Inbox, int]]:
    """Run an SMTP server; yield its inbox and its port."""
    box = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # aiosmtpd cannot choose a free port itself
    relay = Controller(box, hostname="127.0.0.1", port=port)
    relay.start()
    try:
        yield box, port
    finally:
        box.held = False
        relay.stop()


@contextmanager
def opened(folder: Path, *, relay: bool = True, website: str = "") -> Iterator[RunningDoor]:
    """Serve a door with the repository's theme and facts, on a free port.

    `website` is the address of the site, when it is not the repository's own.
    """
    facts, _, types, _ = site_facts.read(ROOT / "content", "content")
    offered = {kind.slug: kind.name.plain for kind in types}
    facts = replace(facts, website=website or facts.website)
    with smtp_relay() as (inbox, port):
        post = Relay(Server("127.0.0.1", port, "aucun")) if relay else None
        yield from _opened(folder, inbox, post, facts, offered)


def _opened(
    folder: Path, inbox: Inbox, post: Relay | None, facts: Facts, offered: dict[str, str]
) -> Iterator[RunningDoor]:
    journal: list[str] = []
    shift = [timedelta()]

    def clock() -> datetime:
        return datetime.now(ZONE) + shift[0]

    limits = SharedLimits(lambda: time.time() + shift[0].total_seconds())
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    door = Door(
        pool=Pool(folder),
        facts=facts,
        offered=offered,
        pages=_pages(facts),
        post=post,
        limits=limits,
        clock=clock,
        say=journal.append,
    )
    service = server(door)
    thread = threading.Thread(target=service.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not service.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield RunningDoor(
            address, folder, inbox, journal, limits, clock,
            lambda delta: shift.__setitem__(0, shift[0] + delta),
        )  # fmt: skip
    finally:
        inbox.held = False
        service.should_exit = True
        thread.join()
        listening.close()
