"""A fake listmonk: a server that implements the part of listmonk's documented API that we call.

It checks the requests about lists, imports, subscribers, templates and campaigns against that
documentation, and refuses what listmonk would refuse.
"""

from __future__ import annotations

import base64
import csv
import email
import email.policy
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT, TOKEN = "axe", "jeton-d-essai"
CAMPAIGN = {"name", "subject", "lists", "type", "content_type", "body"}


@dataclass
class FakeListmonk:
    """The data of the server; `silent` closes the connection when a campaign starts."""

    url: str = ""
    lists: dict[int, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: list[dict[str, Any]] = field(default_factory=list)
    campaigns: dict[int, dict[str, Any]] = field(default_factory=dict)
    tests: list[tuple[int, list[str]]] = field(default_factory=list)
    refuse: bool = False
    silent: bool = False
    next: int = 0

    def number(self) -> int:
        self.next += 1
        return self.next

    def enlist(self, address: str, name: str, lists: list[int]) -> None:
        """Add a person as an import without overwriting does."""
        person = self.people.setdefault(
            address, {"email": address, "name": name, "status": "enabled", "lists": {}}
        )
        state = "unsubscribed" if person["status"] == "blocklisted" else "confirmed"
        for number in lists:
            person["lists"].setdefault(number, state)

    def leave(self, address: str, *, block: bool = False) -> None:
        """Unsubscribe a person as the link in a campaign does."""
        person = self.people[address]
        person["lists"] = dict.fromkeys(person["lists"], "unsubscribed")
        person["status"] = "blocklisted" if block else person["status"]

    def receivers(self, campaign: int) -> list[str]:
        wanted = self.campaigns[campaign]["lists"]
        return sorted(
            address
            for address, person in self.people.items()
            if person["status"] == "enabled"
            and any(person["lists"].get(number) == "confirmed" for number in wanted)
        )

    # --- the API: each method answers (status, data) ---------------------------------------------

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        match (method, *path.strip("/").split("/")[1:]):
            case ("GET", "lists"):
                return 200, {"results": list(self.lists.values())}
            case ("POST", "lists"):
                assert {"name", "type", "optin"} <= body.keys()
                made = {**body, "id": self.number()}
                self.lists[made["id"]] = made
                return 200, made
            case ("DELETE", "lists", number):
                del self.lists[int(number)]
                for person in self.people.values():
                    person["lists"].pop(int(number), None)
                return 200, True
            case ("POST", "import", "subscribers"):
                settings, sheet = body
                assert settings["mode"] == "subscribe"
                assert settings["overwrite"] is False
                rows = csv.DictReader(io.StringIO(sheet), delimiter=settings["delim"])
                for row in rows:
                    self.enlist(row["email"], row["name"], settings["lists"])
                return 200, settings
            case ("GET", "import", "subscribers"):
                return 200, {"status": "finished"}
            case ("GET", "subscribers"):
                wanted = int(query["list_id"][0])
                people = [each for each in self.people.values() if wanted in each["lists"]]
                return 200, {"results": [described(person) for person in people]}
            case ("POST", "subscribers"):
                if body["email"] in self.people:
                    return 409, None
                self.enlist(body["email"], body["name"], body["lists"])
                return 200, self.people[body["email"]]
            case ("GET", "templates"):
                return 200, self.templates
            case ("POST", "templates"):
                assert body["type"] == "campaign"
                assert body["body"].count('{{ template "content" . }}') == 1
                self.templates.append({**body, "id": self.number()})
                return 200, [self.templates[-1]]
            case ("GET", "campaigns"):
                name, campaigns = query["query"][0], self.campaigns.values()
                matches = [self.shown(each) for each in campaigns if name in each["name"]]
                return 200, {"results": matches}
            case ("GET", "campaigns", number):
                return 200, self.shown(self.campaigns[int(number)])
            case ("POST", "campaigns"):
                return self.write(self.number(), body)
            case ("PUT", "campaigns", number):
                if self.campaigns[int(number)]["status"] != "draft":
                    return 400, None
                return self.write(int(number), body)
            case ("POST", "campaigns", number, "test"):
                assert body.keys() >= CAMPAIGN
                if not set(body["subscribers"]) <= self.people.keys():
                    return 400, None
                self.tests.append((int(number), body["subscribers"]))
                return 200, True
            case ("PUT", "campaigns", number, "status"):
                campaign = self.campaigns[int(number)]
                if self.refuse or campaign["status"] not in {"draft", "paused"}:
                    return 400, None
                campaign["status"] = body["status"]
                return (0, None) if self.silent else (200, self.shown(campaign))
            case _:
                return 404, None

    def write(self, number: int, body: dict[str, Any]) -> Any:
        assert body.keys() >= CAMPAIGN
        assert body["type"] == "regular"
        assert body["content_type"] == "html"
        if not body["lists"] or not set(body["lists"]) <= self.lists.keys():
            return 400, None
        assert body["template_id"] in {template["id"] for template in self.templates}
        self.campaigns[number] = {**body, "id": number, "status": "draft"}
        return 200, self.shown(self.campaigns[number])

    def shown(self, campaign: dict[str, Any]) -> dict[str, Any]:
        lists = [{"id": number} for number in campaign["lists"] if number in self.lists]
        return {**campaign, "lists": lists}


def described(person: dict[str, Any]) -> dict[str, Any]:
    """Return a person as the API does, with the state of each subscription."""
    lists = [{"id": key, "subscription_status": state} for key, state in person["lists"].items()]
    return {**person, "lists": lists}


@contextmanager
def opened() -> Iterator[FakeListmonk]:
    """Serve the fake listmonk on the loopback."""
    monk = FakeListmonk()

    class Talk(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Log nothing."""

        def serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
            parts = urlsplit(self.path)
            status, data = 403, None
            if self.headers["Authorization"] == f"Basic {key}":
                body = self.read(content) if content else None
                status, data = monk.answer(self.command, parts.path, parse_qs(parts.query), body)
            if status == 0:
                self.close_connection = True
                return
            answer = json.dumps(
                {"data": data} if status == 200 else {"message": "zoe@exemple.test"}
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def read(self, content: bytes) -> Any:
            kind = self.headers["Content-Type"]
            if kind == "application/json":
                return json.loads(content)
            whole = f"Content-Type: {kind}\r\n\r\n".encode() + content
            message = email.message_from_bytes(whole, policy=email.policy.HTTP)
            fields = {
                str(part.get_param("name", header="Content-Disposition")): part.get_content()
                for part in message.iter_parts()
            }
            return json.loads(fields["params"]), fields["file"]

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Talk) as server:
        monk.url = f"http://{ACCOUNT}@127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield monk
        finally:
            server.shutdown()
            thread.join()
