"""A browser without scripts: it follows links, fills labelled fields, and sends forms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from lxml import html

from axtra.atelier.access import Access
from axtra.atelier.app import Atelier, person_of
from axtra.atelier.publication import Publisher
from axtra.atelier.server import guarded

PORT = 8001
ORIGIN = f"http://127.0.0.1:{PORT}"


@dataclass
class Form:
    """A form of a page: its address, and what its fields hold."""

    address: str
    fields: dict[str, str]
    labels: dict[str, str]
    buttons: dict[str, tuple[str, str]]

    def fill(self, label: str, value: str) -> None:
        """Type in the field whose label starts with some words."""
        name = next(name for words, name in self.labels.items() if words.startswith(label))
        self.fields[name] = value

    def value(self, label: str) -> str:
        """Return what the field whose label starts with some words holds."""
        return self.fields[next(n for words, n in self.labels.items() if words.startswith(label))]


@dataclass
class Screen:
    """An answer of the atelier, read as a page."""

    status: int
    text: str
    headers: Mapping[str, str]
    address: str
    tree: Any = field(init=False)

    def __post_init__(self) -> None:
        """Parse the page."""
        self.tree = html.fromstring(self.text or "<html></html>")

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


class Browser:
    """Someone at the atelier of a project; each question is a request to the application."""

    def __init__(self, root: Path, data: Path, *, enters: bool = True) -> None:
        self.access = Access(person_of(root))
        self.told: list[str] = []
        self.app = guarded(root, data, self.access, PORT, used_up=lambda: self.told.append("clé"))
        self.cookies = httpx.Cookies()
        if enters:
            self.ask(f"/?cle={self.access.new_key()}")

    @property
    def publisher(self) -> Publisher:
        """Return what publishes, to wait for it."""
        atelier: Atelier = self.app._app.state.atelier  # type: ignore[attr-defined]
        return atelier.publisher

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
        """Return an answer, redirects followed."""
        headers = {"origin": ORIGIN} if method == "POST" else {}
        headers |= options.pop("headers", {})

        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, cookies=self.cookies, follow_redirects=True
            ) as client:
                got = await client.request(method, address, headers=headers, **options)
                self.cookies = client.cookies
                return got

        # In a thread: a browser's tests, in this process, may leave a loop running.
        with ThreadPoolExecutor(1) as thread:
            got = thread.submit(asyncio.run, answer()).result()
        return Screen(got.status_code, got.text, got.headers, got.url.raw_path.decode())


@contextmanager
def unchanged(root: Path) -> Iterator[None]:
    """Require that no file of a folder changes within the block."""
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    yield
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert after == before
