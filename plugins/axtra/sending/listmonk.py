"""listmonk, through its API: the same frozen edition, to the same frozen people.

Each edition has a list of its own there, that holds exactly those who were frozen and may still be
written to. Who leaves through listmonk is read back from these lists before anything else.

Source: listmonk's documentation of its API (lists, subscribers, import, templates, campaigns).
"""

from __future__ import annotations

import base64
import csv
import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from infolettre.core.refusals import Refusal

ADDRESS, TOKEN = "AXTRA_LISTMONK_URL", "AXTRA_LISTMONK_JETON"
FORM = "https://nom@listmonk.exemple.org"
WHOLE = '{{ template "content" . }}'  # the letter is a whole document: nothing goes around it
_TEMPLATE = "AXE, courriel entier"
_TAG = "axtra-"  # then the name of the list here
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PATIENCE = 60.0  # seconds for one answer
_IMPORT_PATIENCE = 600.0  # seconds for an import to end
_BOUNDARY = "axtra-2f6c1d0b9e"


class ListmonkError(Refusal):
    """listmonk answered no, or cannot be asked; its words hold no secret.

    `code` is the HTTP status of the answer, 0 when there is none.
    """

    def __init__(self, problem: str, remedy: str = "", *, code: int = 0) -> None:
        super().__init__(problem, remedy)
        self.code = code


class SilentError(ListmonkError):
    """listmonk did not answer: what was asked may be done, or not."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone on a list of listmonk's."""

    address: str
    confirmed: bool
    blocked: bool


@dataclass(frozen=True, slots=True)
class Listmonk:
    """An instance, and the account that may use its API."""

    base: str
    account: str
    token: str = field(repr=False)
    wait: Callable[[float], object] = time.sleep

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Listmonk:
        """Read the settings.

        Raises:
            ListmonkError: there are none, or they cannot be used.
        """
        given = environment.get(ADDRESS, "").strip()
        try:
            parts = urlsplit(given)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            parts, port = urlsplit(""), None
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or not parts.hostname or not parts.username or port is None:
            raise ListmonkError(f"{ADDRESS} ne se lit pas.", f"Écrivez :  {FORM}")
        if not environment.get(TOKEN):
            raise ListmonkError(f"il manque {TOKEN}, le jeton du compte de listmonk.")
        base = f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"
        return cls(base, unquote(parts.username), environment[TOKEN])

    # --- people ----------------------------------------------------------------------------------

    def gone(self) -> list[tuple[str, Member]]:
        """List those who left through listmonk, each with the list that they left here."""
        gone = []
        for liste in self._ask("GET", "/api/lists?per_page=all")["results"]:
            for tag in liste.get("tags") or ():
                if tag.startswith(_TAG):
                    members = self.members(liste["id"])
                    here = tag.removeprefix(_TAG)
                    gone += [(here, member) for member in members if not member.confirmed]
        return gone

    def members(self, identity: int) -> list[Member]:
        """Return everyone of a list, whatever their state."""
        answer = self._ask("GET", f"/api/subscribers?list_id={identity}&per_page=all")
        return [_member(person, identity) for person in answer["results"]]

    def fill(self, edition: str, liste: str, people: Iterable[tuple[str, str]]) -> int:
        """Make the list of an edition afresh, with these addresses and names.

        Returns:
            Its number there.

        Raises:
            ListmonkError: listmonk refuses, or the import does not end well.
        """
        name = f"{edition} ({liste})"
        for known in self._ask("GET", "/api/lists?per_page=all")["results"]:
            if known["name"] == name:
                self._ask("DELETE", f"/api/lists/{known['id']}")
        new = {"name": name, "type": "private", "optin": "single", "tags": [_TAG + liste]}
        identity = int(self._ask("POST", "/api/lists", new)["id"])
        self._import(identity, people)
        return identity

    def _import(self, identity: int, people: Iterable[tuple[str, str]]) -> None:
        """Import people; who is known there keeps their name, and stays out when they left."""
        sheet = io.StringIO(newline="")
        writer = csv.writer(sheet)
        writer.writerows([("email", "name", "attributes"), *((*person, "{}") for person in people)])
        settings = {
            "mode": "subscribe",
            "subscription_status": "confirmed",
            "delim": ",",
            "lists": [identity],
            "overwrite": False,
        }
        self._send(
            "POST",
            "/api/import/subscribers",
            _form(json.dumps(settings), sheet.getvalue()),
            f"multipart/form-data; boundary={_BOUNDARY}",
        )
        waited = 0.0
        while (state := self._ask("GET", "/api/import/subscribers")["status"]) == "importing":
            if waited >= _IMPORT_PATIENCE:
                raise ListmonkError("listmonk n’en finit pas d’importer la liste.")
            self.wait(0.5)
            waited += 0.5
        if state != "finished":
            raise ListmonkError(f"listmonk n’a pas importé la liste ({state}).")

    # --- campaigns -------------------------------------------------------------------------------

    def find(self, edition: str) -> dict[str, Any] | None:
        """Find the campaign of an edition."""
        answer = self._ask("GET", f"/api/campaigns?per_page=all&query={quote(edition)}")
        named = [campaign for campaign in answer["results"] if campaign["name"] == edition]
        if not named:
            return None
        whole: dict[str, Any] = self._ask("GET", f"/api/campaigns/{named[0]['id']}")
        return whole

    def prepare(self, campaign: Mapping[str, Any], identity: int) -> int:
        """Make the draft of a campaign, or write it again.

        Args:
            campaign: the body that listmonk asks for.
            identity: the number of its list.

        Returns:
            Its number.

        Raises:
            ListmonkError: it has left already, or listmonk refuses.
        """
        body = {**campaign, "lists": [identity], "template_id": self._whole()}
        known = self.find(str(campaign["name"]))
        if known is None:
            return int(self._ask("POST", "/api/campaigns", body)["id"])
        if known["status"] != "draft":
            raise ListmonkError(
                f"listmonk a déjà cette campagne, et elle n’est plus un brouillon "
                f"({known['status']})."
            )
        self._ask("PUT", f"/api/campaigns/{known['id']}", body)
        return int(known["id"])

    def test(self, identity: int, campaign: Mapping[str, Any], address: str) -> None:
        """Send a campaign to one address, which listmonk must know first."""
        try:
            someone = {"email": address, "name": "", "status": "enabled", "lists": []}
            self._ask("POST", "/api/subscribers", someone)
        except ListmonkError as error:
            if error.code != HTTPStatus.CONFLICT:
                raise
        body = {**campaign, "subscribers": [address]}
        self._ask("POST", f"/api/campaigns/{identity}/test", body)

    def start(self, identity: int) -> None:
        """Let a campaign leave.

        Raises:
            SilentError: nobody knows whether it did.
            ListmonkError: it did not.
        """
        self._ask("PUT", f"/api/campaigns/{identity}/status", {"status": "running"})

    def _whole(self) -> int:
        """Find or make the template that adds nothing."""
        for template in self._ask("GET", "/api/templates"):
            if template["name"] == _TEMPLATE and template["body"].strip() == WHOLE:
                return int(template["id"])
        new = {"name": _TEMPLATE, "type": "campaign", "body": WHOLE}
        made = self._ask("POST", "/api/templates", new)
        return int((made[0] if isinstance(made, list) else made)["id"])

    # --- the wire --------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json")

    def _send(self, method: str, path: str, data: bytes | None, kind: str) -> Any:  # noqa: ANN401
        key = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - https or the loopback, checked above
            self.base + path,
            data,
            {"Authorization": f"Basic {key}", "Content-Type": kind},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            with error:  # its text may quote an address: only the code goes on
                raise ListmonkError(f"listmonk refuse ({error.code}).", code=error.code) from None
        except (OSError, ValueError, KeyError) as error:
            raise SilentError(f"listmonk ne répond pas ({type(error).__name__}).") from None


def _member(given: Mapping[str, Any], identity: int) -> Member:
    states = [liste["subscription_status"] for liste in given["lists"] if liste["id"] == identity]
    blocked = given["status"] == "blocklisted"
    return Member(given["email"], not blocked and states == ["confirmed"], blocked)


def _form(settings: str, sheet: str) -> bytes:
    """Write a multipart form of two fields, as RFC 7578 says."""
    fields = (
        ('name="params"', settings),
        ('name="file"; filename="personnes.csv"\r\nContent-Type: text/csv', sheet),
    )
    parts = "".join(
        f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"
        for name, value in fields
    )
    return f"{parts}--{_BOUNDARY}--\r\n".encode()
