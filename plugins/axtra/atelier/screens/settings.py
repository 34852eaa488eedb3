"""Réglages: the facts of the site, its rubriques, its types of letters, the words it knows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, see
from axtra.atelier.set_aside import fingerprint
from axtra.content.editing import EditableText
from axtra.core.refusals import Refusal
from axtra.core.whole_files import write_whole

HERE = "Réglages"
_SITE, _WORDS = "content/site.toml", "content/mots.txt"
_FILES = (_SITE, "content/rubriques.toml", "content/infolettres.toml", _WORDS)
_FACTS = {
    "nom": "Nom",
    "nom-complet": "Nom complet",
    "magazine": "Nom du magazine",
    "devise": "Devise du magazine",
    "description": "Description",
    "adresse": "Adresse postale",
    "localite": "Localité et code postal",
    "telephone": "Téléphone",
    "courriel": "Courriel",
    "site": "Adresse du site",
    "service": "Adresse du service d’abonnement",
}
_TABLES = {
    "content/rubriques.toml": {"nom": "Nom", "description": "Description", "couleur": "Couleur"},
    "content/infolettres.toml": {"nom": "Nom", "description": "Description"},
}
_DEMONSTRATION = "demonstration"
_OPTIONAL = frozenset({"service"})


@dataclass(frozen=True, slots=True)
class SettingField:
    """A value of a settings file: `name` is unique in the form."""

    name: str
    label: str
    value: str
    sample: bool  # still a value of demonstration


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the settings."""

    async def settings(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_save, atelier, request, fields)
        return await run_in_threadpool(_show, atelier, request)

    return [Route("/reglages", settings, methods=["GET", "POST"])]


def _show(
    atelier: Atelier,
    request: Request,
    refusal: Refusal | None = None,
    status: int = 422,
    sent: Mapping[str, str] | None = None,
) -> Response:
    atelier.newsroom.catch_up()
    files = _read(atelier)
    problems = [found for found in atelier.newsroom.problems if found.file in _FILES]
    try:
        groups = list(_groups(files))
    except tomllib.TOMLDecodeError:
        groups = []
        refusal = refusal or Refusal(
            "un fichier de réglages ne se lit pas.", "Voyez ce qu’en disent les constats."
        )
    return atelier.screen(
        request,
        "reglages",
        HERE,
        status if refusal else 200,
        groupes=groups,
        donnees=sent or {},
        mots=files[_WORDS].decode(errors="replace"),
        base=_mark(files),
        constats=problems,
        refus=refusal,
        garde=request.query_params.get("garde", ""),
    )


def _read(atelier: Atelier) -> dict[str, bytes]:
    paths = {name: atelier.root / name for name in _FILES}
    return {name: path.read_bytes() if path.is_file() else b"" for name, path in paths.items()}


def _mark(files: Mapping[str, bytes]) -> str:
    return fingerprint("".join(fingerprint(files[name]) for name in _FILES).encode())


def _groups(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[SettingField]]]:
    """Yield the fields of each file under the words that introduce them."""
    facts = tomllib.loads(files[_SITE].decode("utf-8-sig"))
    samples = facts.get(_DEMONSTRATION, [])
    yield (
        "Le site",
        [
            SettingField(f"{_SITE} {key}", label, str(facts.get(key, "")), key in samples)
            for key, label in _FACTS.items()
        ],
    )
    for title, file in (("Rubriques", _FILES[1]), ("Infolettres", _FILES[2])):
        tables = tomllib.loads(files[file].decode("utf-8-sig"))
        yield (
            title,
            [
                SettingField(
                    f"{file} {slug} {key}",
                    f"{table.get('nom', slug)} : {label.lower()}",
                    str(table.get(key, "")),
                    sample=False,
                )
                for slug, table in tables.items()
                for key, label in _TABLES[file].items()
            ],
        )


def _save(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    files = _read(atelier)
    if fields.get("base") != _mark(files):
        moved = Refusal(
            "ces réglages ont changé pendant que vous écriviez.",
            "Ce que vous avez écrit est encore ci-dessous : comparez, puis enregistrez.",
        )
        return _show(atelier, request, moved, 409, fields)
    try:
        changed = {
            name: data for name, data in _edited(files, fields).items() if data != files[name]
        }
    except Refusal as refusal:
        return _show(atelier, request, refusal, sent=fields)
    for name, data in changed.items():
        write_whole(atelier.root / name, data)
        atelier.desk.record(name, "Réglages")
    return see(f"/reglages?garde={'enregistre' if changed else 'rien'}")


def _edited(files: Mapping[str, bytes], fields: Mapping[str, str]) -> dict[str, bytes]:
    """Return every file with what the form sent; a value that did not change moves no byte.

    Raises:
        Refusal: a value that cannot be empty is.
    """
    edited = dict(files)
    for file in _FILES[:3]:
        text = files[file].decode("utf-8-sig")
        document = tomlkit.parse(text)
        for name, value in fields.items():
            given_file, *path = name.split(" ")
            if given_file == file and path:
                _set(document, path, value.strip())
        made = tomlkit.dumps(document)
        if made != text:
            mark = b"\xef\xbb\xbf" if files[file].startswith(b"\xef\xbb\xbf") else b""
            edited[file] = mark + made.encode()
    if "mots" in fields:
        words = EditableText((("", "")), "", files[_WORDS].decode("utf-8"), "")
        edited[_WORDS] = words.with_body(fields["mots"]).data + b"\n"
        if edited[_WORDS].strip() == files[_WORDS].strip():
            edited[_WORDS] = files[_WORDS]
    return edited


def _set(document: MutableMapping[str, Any], path: list[str], value: str) -> None:
    *above, key = path
    table = document
    for name in above:
        if name not in table:
            return
        table = table[name]
    known = {*_FACTS} if not above else {"nom", "description", "couleur"}
    if key not in known or str(table.get(key, "")).strip() == value:
        return
    if not value:
        if key in _OPTIONAL:
            table.pop(key, None)
            return
        raise Refusal(f"« {_FACTS.get(key, key)} » ne peut pas être vide.")
    table[key] = value
    samples = document.get(_DEMONSTRATION, [])
    if not above and key in samples:
        samples.remove(key)
