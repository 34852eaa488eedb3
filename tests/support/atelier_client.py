"""A browser without scripts: it follows links, fills labelled fields, and sends forms."""

from __future__ import annotations

import asyncio
import copy
import re
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
from lxml import html
from starlette.applications import Starlette

from axtra.atelier.access import Access, Entrance
from axtra.atelier.accounts import Accounts
from axtra.atelier.app import Atelier, person_of
from axtra.atelier.personal import Ateliers
from axtra.atelier.publication import Publisher
from axtra.atelier.roles import Person
from axtra.atelier.server import guarded
from axtra.atelier.sign_in import LinkMails
from axtra.atelier.team import team
from axtra.content import site_facts
from infolettre.core.dates import ZONE

PORT = 8001
ORIGIN = f"http://127.0.0.1:{PORT}"
TEAM_HOST = "atelier.exemple.test"
TEAM_ORIGIN = f"https://{TEAM_HOST}"
TEAM_COOKIE = Entrance.team(TEAM_HOST).cookie


@dataclass
class Form:
    """A form of a page: its address, and what its fields hold."""

    address: str
    fields: dict[str, str]
    labels: dict[str, str]
    buttons: dict[str, tuple[str, str]]

    def fill(self, label: str, value: str) -> None:
        """Type in the field of a label."""
        self.fields[self._name(label)] = value

    def value(self, label: str) -> str:
        """Return what the field of a label holds."""
        return self.fields[self._name(label)]

    def _name(self, label: str) -> str:
        """Return the name of the field that has a label, else of one whose label starts so."""
        starts = (name for words, name in self.labels.items() if words.startswith(label))
        return self.labels.get(label) or next(starts)


@dataclass
class Screen:
    """An answer of the atelier, read as a page."""

    status: int
    text: str
    headers: Mapping[str, str]
    address: str
    cookies: list[str] = field(default_factory=list)
    data: bytes = b""
    tree: Any = field(init=False)

    def __post_init__(self) -> None:
        """Parse the page; what is none has no element."""
        page = self.text if "html" in self.headers.get("content-type", "") else ""
        self.tree = html.fromstring(page or "<html></html>")

    @property
    def heading(self) -> str:
        """Return its only h1."""
        (found,) = self.tree.xpath("//h1")
        return " ".join(found.text_content().split())

    @property
    def words(self) -> str:
        """Return all that it says."""
        return " ".join(self.tree.text_content().split())

    def links(self) -> dict[str, str]:
        """Map the words of each link to its address."""
        return {
            " ".join(link.text_content().split()): link.get("href")
            for link in self.tree.xpath("//a[@href]")
        }

    def form(self, mark: str = "texte") -> Form:
        """Return the form of an id."""
        (found,) = self.tree.xpath(f"//form[@id='{mark}']")
        fields: dict[str, str] = {}
        for control in [
            *found.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"),
            *self.tree.xpath(f"//*[@form='{mark}'][@name][not(self::button)]"),
        ]:
            if control.tag == "select":
                fields[control.get("name")] = control.value or ""
            elif control.tag == "textarea":
                fields[control.get("name")] = (control.text or "").removeprefix("\n")
            elif control.get("type") in {"radio", "checkbox"}:
                if control.get("checked") is not None:
                    fields[control.get("name")] = control.get("value", "on")
            else:
                fields[control.get("name")] = control.get("value", "")
        labels = {}
        for label in self.tree.xpath("//label[@for]"):
            for control in self.tree.xpath(f"//*[@id='{label.get('for')}'][@name]"):
                labels[" ".join(label.text_content().split())] = control.get("name")
        buttons = {
            " ".join(button.text_content().split()): (button.get("name"), button.get("value"))
            for button in [
                *found.xpath(".//button[not(@type='button')]"),
                *self.tree.xpath(f"//button[@form='{mark}']"),
            ]
        }
        return Form(found.get("action") or self.address, fields, labels, buttons)


@dataclass
class Clock:
    """How far accounts are ahead of the time."""

    ahead: timedelta = timedelta()


@dataclass
class Mailbox:
    """Receives mails in place of a server: pairs of a recipient and bytes."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, _sender: str, recipient: str, data: bytes) -> None:
        """Keep a mail."""
        self.mails.append((recipient, data))

    def links(self) -> list[str]:
        """Return the path of each link that was sent, the oldest first."""
        texts = (message_from_bytes(data).get_payload(decode=True) for _, data in self.mails)
        found = (re.search(rb"https://[^/]+(/entrer/\S{20,})", bytes(text)) for text in texts)
        return [link[1].decode() for link in found if link]


class Browser:
    """Someone at the atelier of a project; each question is a request to the application.

    Without a person, it is the atelier of one person alone, who enters by a key; with one, it is
    that of a team, behind TLS, where the person is signed in. `mailbox` receives its mails;
    `visitor` is the address that requests come from, `clock` tells accounts the time.
    """

    def __init__(
        self, root: Path, data: Path, *, enters: bool = True, person: Person | None = None
    ) -> None:
        self.told: list[str] = []
        self.mailbox = Mailbox()
        self.person = person
        self.cookies = httpx.Cookies()
        self.visitor = "192.0.2.1"
        self.clock = Clock()
        if person is not None:
            self.origin = TEAM_ORIGIN
            self.accounts = Accounts(data, lambda: datetime.now(ZONE) + self.clock.ahead)
            facts = site_facts.read(root / "content", "content")[0]
            self.mails = LinkMails(
                accounts=self.accounts,
                address=TEAM_ORIGIN,
                facts=facts,
                post=self.mailbox,
                clock=lambda: datetime.now(ZONE),
                say=self.told.append,
            )
            self.app = team(root, data, self.accounts, self.mails)
            self.sign_in(person)
            return
        self.access = Access(person_of(root))
        self.origin = ORIGIN
        entrance = Entrance.alone("127.0.0.1", "localhost", port=PORT)
        self.app = guarded(
            root, data, self.access, entrance, used_up=lambda: self.told.append("clé")
        )
        if enters:
            self.ask(f"/?cle={self.access.new_key()}")

    def beside(self, person: Person | None) -> Browser:
        """Return the browser of someone else, at the same atelier of a team; None: nobody yet."""
        other = copy.copy(self)
        other.cookies = httpx.Cookies()
        other.person = None
        if person is not None:
            other.sign_in(person)
        return other

    def sign_in(self, person: Person) -> None:
        """Begin a session of a person, as their link does; they are invited first if need be."""
        self.person = self.accounts.invite(person.address, person.role, person.name)
        cookie = self.accounts.open(person.address)
        self.cookies.set(TEAM_COOKIE, cookie, domain=TEAM_HOST, path="/")

    @property
    def screens(self) -> Starlette:
        """Return the screens of this person."""
        ateliers = self.app.app
        assert isinstance(ateliers, Ateliers)
        return ateliers.of(self.person or self.access.person)

    @property
    def atelier(self) -> Atelier:
        """Return what the screens of this person use."""
        atelier: Atelier = self.screens.state.atelier
        return atelier

    @property
    def publisher(self) -> Publisher:
        """Return what publishes, to wait for it."""
        return self.atelier.publisher

    def ask(self, address: str, **options: Any) -> Screen:
        """Return the answer to GET, redirects followed."""
        return self.request("GET", address, **options)

    def send(self, form: Form, button: str = "", **options: Any) -> Screen:
        """Send a form by one of its buttons; lines end as a browser ends them."""
        fields = dict(form.fields)
        if button:
            name, value = form.buttons[button]
            if name:
                fields[name] = value
        data = {
            name: value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
            for name, value in fields.items()
        }
        return self.request("POST", form.address, data=data, **options)

    def request(self, method: str, address: str, **options: Any) -> Screen:
        """Return an answer, redirects followed unless `follow` says otherwise."""
        follows = options.pop("follow", True)
        headers = {"origin": self.origin} if method == "POST" else {}
        headers |= options.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}

        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(
                app=self.app, raise_app_exceptions=False, client=(self.visitor, 50_000)
            )
            async with httpx.AsyncClient(
                transport=transport,
                base_url=self.origin,
                cookies=self.cookies,
                follow_redirects=follows,
            ) as client:
                got = await client.request(method, address, headers=headers, **options)
                self.cookies = client.cookies
                return got

        # In a thread: a browser's tests, in this process, may leave a loop running.
        with ThreadPoolExecutor(1) as thread:
            got = thread.submit(asyncio.run, answer()).result()
        cookies = got.headers.get_list("set-cookie")
        place = got.url.raw_path.decode()
        return Screen(got.status_code, got.text, got.headers, place, cookies, got.content)


class Visitor(Browser):
    """Someone at an atelier that a real server serves under a name.

    Args:
        address: where the server listens.
        host: the name by which it is asked.
        context: whose certificates are trusted.
    """

    def __init__(self, address: str, host: str, context: ssl.SSLContext) -> None:
        self._address, self._host, self._context = address, host, context
        self.cookies = httpx.Cookies()

    def request(self, method: str, address: str, **options: Any) -> Screen:
        """Return an answer, redirects followed."""
        headers = {"host": self._host}
        if method == "POST":
            headers["origin"] = f"https://{self._host}"
        with httpx.Client(
            base_url=self._address,
            verify=self._context,
            cookies=self.cookies,
            headers=headers,
            follow_redirects=True,
            trust_env=False,
            timeout=60,
        ) as client:
            got = client.request(method, address, **options)
            self.cookies = client.cookies
        return Screen(got.status_code, got.text, got.headers, got.url.raw_path.decode())


@contextmanager
def unchanged(root: Path) -> Iterator[None]:
    """Require that no file of a folder changes within the block, save what Python keeps."""

    def held() -> dict[Path, bytes]:
        files = (path for path in root.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files if path.suffix != ".pyc"}

    before = held()
    yield
    assert held() == before
