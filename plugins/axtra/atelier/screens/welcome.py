"""The letter of welcome: what is said, list by list, to whoever has just confirmed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import tomlkit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, see
from axtra.atelier.people_books import (
    HERE,
    Fields,
    is_empty,
    ledger_of,
    line,
    posted,
    register_of,
    shown,
)
from axtra.atelier.screens.editions import address
from axtra.content.model import NewsletterType
from axtra.content.site_facts import WELCOME
from axtra.sending import dispatch
from axtra.sending.ledger_records import welcome_name
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

_FILE = "content/infolettres.toml"
_SUBJECT, _TEXT = WELCOME


@dataclass(frozen=True, slots=True)
class WelcomeForm:
    """The words of a list, the edition that follows them, and how many people wait for them.

    `report` is the address of its account, once somebody was welcomed.
    """

    slug: str
    name: str
    subject: str
    text: str
    edition: str
    waiting: int
    report: str


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""
    return [
        Route("/abonnes/bienvenue", shown(atelier, _show), methods=["GET"]),
        Route("/abonnes/bienvenue", posted(atelier, _save), methods=["POST"]),
    ]


def _show(atelier: Atelier, request: Request) -> Response:
    return _page(atelier, request)


def _page(
    atelier: Atelier,
    request: Request,
    sent: Fields | None = None,
    refusal: Refusal | None = None,
) -> Response:
    atelier.newsroom.catch_up()
    forms = [
        _form(atelier, known, sent or {}) for known in atelier.newsroom.library.newsletter_types
    ]
    return atelier.screen(
        request,
        "bienvenue",
        HERE,
        422 if refusal else 200,
        lettres=forms,
        garde=request.query_params.get("garde", ""),
        jours=dispatch.FRESH.days,
        refus=refusal,
        constats=[found for found in atelier.newsroom.problems if found.file == _FILE],
    )


def _form(atelier: Atelier, known: NewsletterType, sent: Fields) -> WelcomeForm:
    words = known.welcome
    edition, waiting, report = "", 0, ""
    if not is_empty(atelier):
        letters = atelier.newsroom.library.newsletters
        with register_of(atelier) as register, ledger_of(atelier) as ledger:
            last = dispatch.last_edition(ledger, known, letters)
            edition = last.title.plain if last else ""
            people = dispatch.waiting(ledger, register, known.slug, atelier.clock())
            waiting = len(people) if words else 0
            name = welcome_name(known.slug)
            report = address(name, "bilan") if ledger.leaving(name) else ""
    return WelcomeForm(
        known.slug,
        known.name.plain,
        sent.get(f"objet-{known.slug}", words.subject if words else ""),
        sent.get(f"texte-{known.slug}", words.text if words else ""),
        edition,
        waiting,
        report,
    )


def _save(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Write the words in the settings of the letters; without words, nobody is welcomed."""
    path = atelier.root / _FILE
    before = path.read_bytes() if path.is_file() else b""
    try:
        text = before.decode("utf-8-sig")
        document = tomlkit.parse(text)
        for slug, table in document.items():
            if isinstance(table, dict) and f"objet-{slug}" in fields:
                _set(table, line(fields[f"objet-{slug}"]), fields.get(f"texte-{slug}", ""), slug)
        made = tomlkit.dumps(document)
        tomllib.loads(made)
    except ValueError:
        raise Refusal(
            "content/infolettres.toml ne se lit pas.", "Corrigez-le, puis recommencez."
        ) from None
    except Refusal as refusal:
        return _page(atelier, request, fields, refusal)
    if made != text:
        mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        write_whole(path, mark + made.encode())
        atelier.desk.record(_FILE, "Lettre de bienvenue")
    return see("/abonnes/bienvenue?garde=oui")


def _set(table: dict[str, object], subject: str, typed: str, slug: str) -> None:
    words = typed.replace("\r\n", "\n").strip()
    if bool(subject) != bool(words):
        raise Refusal(
            f"la lettre de bienvenue de « {slug} » a un objet et un texte.",
            "Remplissez les deux, ou videz les deux pour n’accueillir personne.",
        )
    if not words:
        for key in WELCOME:
            table.pop(key, None)
        return
    if table.get(_SUBJECT) != subject:
        table[_SUBJECT] = subject
    if str(table.get(_TEXT, "")).strip() != words:
        table[_TEXT] = tomlkit.string(f"\n{words}\n", multiline=True)
