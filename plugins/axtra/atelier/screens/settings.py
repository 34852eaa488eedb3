"""Réglages: the facts of the site, where it is published, its rubriques and letters, its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.roles import Act
from axtra.atelier.set_aside import fingerprint
from axtra.content import publication_tables
from axtra.content.editing import EditableText
from axtra.content.frontmatter import slugify
from axtra.publishing import targets
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole
from infolettre.design.tokens import Tokens

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
    "atelier": "Adresse de l’atelier d’une équipe",
}
_TARGET = {
    "cible": "Où publier : un dossier, sftp://compte@hote/chemin, s3://seau ou une branche git",
    "public": "Adresse publique, si elle n’est pas celle du site",
}
_TABLES = {
    "content/rubriques.toml": {"nom": "Nom", "description": "Description", "couleur": "Couleur"},
    "content/infolettres.toml": {"nom": "Nom", "description": "Description"},
}
_GROUPS = (
    ("Rubriques", "Nouvelle rubrique", _FILES[1]),
    ("Infolettres", "Nouvelle sorte d’infolettre", _FILES[2]),
)
_UNREADABLE = Refusal(
    "un fichier de réglages ne se lit pas : rien n’a changé.",
    "Voyez ce qu’en disent les constats.",
)
_DEMONSTRATION = "demonstration"
_OPTIONAL = frozenset({"service", "atelier", *_TARGET})
_SITE_TARGET = "site"  # the name of the table that is set here
_PLAIN = "marine"  # the palette of what has no rubrique
_RAW = "brut "  # before the name of a file that is mended whole
_NEW = "+"  # in the place of a table's name: the table that the form adds


@dataclass(frozen=True, slots=True)
class SettingField:
    """A value of a settings file: `name` is unique in the form."""

    name: str
    label: str
    value: str
    sample: bool = False  # still a value of demonstration
    choices: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether the value needs more than a line to be read."""
        return self.name.endswith(" description")


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the settings."""

    async def settings(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_save, atelier, request, fields)
        return await run_in_threadpool(_show, atelier, request)

    return [Route("/reglages", for_role(Act.SETTINGS, settings), methods=["GET", "POST"])]


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
        tokens = Tokens.load(atelier.root / "theme" / "tokens.toml")
        colours = tuple(name for name in tokens.palettes if name != _PLAIN)
        groups = [(title, list(fields)) for title, fields in _groups(files, problems, colours)]
    except ValueError:  # neither TOML nor UTF-8
        groups = []
        refusal = refusal or _UNREADABLE
    beside = {found for _, fields in groups for field in fields for found in field.problems}
    return atelier.screen(
        request,
        "reglages",
        HERE,
        status if refusal else 200,
        groupes=groups,
        brutes=list(_unreadable(files)) if not groups else [],
        donnees=sent or {},
        mots=files[_WORDS].decode(errors="replace"),
        base=_mark(files),
        constats=[found for found in problems if found not in beside],
        refus=refusal,
        garde=request.query_params.get("garde", ""),
    )


def _unreadable(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield each file that is no TOML: the name of its field, its title, and its text to mend."""
    for file, title in ((_SITE, "Le site"), *((file, title) for title, _, file in _GROUPS)):
        try:
            text = files[file].decode("utf-8-sig")
            tomllib.loads(text)
        except UnicodeDecodeError:
            continue  # shown, it would lose what does not read
        except tomllib.TOMLDecodeError:
            yield f"{_RAW}{file}", title, text


def _mended(data: bytes, typed: str) -> bytes:
    """Return a file as it was typed whole, its line ends and its mark kept.

    Raises:
        Refusal: it is still no TOML.
    """
    text = typed.replace("\r\n", "\n")
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"Regardez la ligne {line[1]}." if line else "Regardez la dernière ligne."
        raise Refusal("ces réglages ne se lisent pas encore : rien n’a changé.", where) from None
    if b"\r\n" in data:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()


def _read(atelier: Atelier) -> dict[str, bytes]:
    paths = {name: atelier.root / name for name in _FILES}
    return {name: path.read_bytes() if path.is_file() else b"" for name, path in paths.items()}


def _mark(files: Mapping[str, bytes]) -> str:
    return fingerprint("".join(fingerprint(files[name]) for name in _FILES).encode())


def _groups(
    files: Mapping[str, bytes], problems: Sequence[Diagnostic], colours: tuple[str, ...]
) -> Iterator[tuple[str, Iterator[SettingField]]]:
    """Yield the fields of each file under the words that introduce them."""

    def field(
        file: str, table: str, key: str, label: str, value: object, *, sample: bool = False
    ) -> SettingField:
        name = " ".join([file, *table.split("."), key] if table else [file, key])
        text = str(value)
        choices = tuple(dict.fromkeys((*([text] if table != _NEW else []), *colours)))
        wrong = tuple(found for found in problems if _is_about(found, file, table, key))
        return SettingField(name, label, text, sample, choices if key == "couleur" else (), wrong)

    facts = tomllib.loads(files[_SITE].decode("utf-8-sig"))
    samples = facts.get(_DEMONSTRATION)
    samples = samples if isinstance(samples, list) else []
    yield (
        "Le site",
        (
            field(_SITE, "", key, label, facts.get(key, ""), sample=key in samples)
            for key, label in _FACTS.items()
        ),
    )
    target = _target(facts)
    yield (
        "Publication",
        (
            field(
                _SITE, f"{publication_tables.NAME}.{_SITE_TARGET}", key, label, target.get(key, "")
            )
            for key, label in _TARGET.items()
        ),
    )
    for title, addition, file in _GROUPS:
        tables = tomllib.loads(files[file].decode("utf-8-sig"))
        yield (
            title,
            (
                field(file, slug, key, f"{name} : {label.lower()}", table.get(key, ""))
                for slug, table in tables.items()
                if isinstance(table, dict)
                for name in [table.get("nom", slug)]
                for key, label in _TABLES[file].items()
            ),
        )
        yield (
            addition,
            (
                field(file, _NEW, key, f"{addition} : {label.lower()}", "")
                for key, label in _TABLES[file].items()
            ),
        )


def _target(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the table that says where the site is published; empty when there is none."""
    declared = facts.get(publication_tables.NAME)
    target = declared.get(_SITE_TARGET) if isinstance(declared, Mapping) else None
    return target if isinstance(target, Mapping) else {}


def _is_about(found: Diagnostic, file: str, table: str, key: str) -> bool:
    """Return whether a finding is to be shown beside a key: it names the key, and its table."""
    return (
        found.file == file
        and f"« {key} »" in found.problem
        and (f"[{table}]" in found.problem if table else "[" not in found.problem)
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
    except ValueError:  # neither TOML nor UTF-8
        return _show(atelier, request, _UNREADABLE, sent=fields)
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
        if (typed := fields.get(f"{_RAW}{file}")) is not None:
            edited[file] = _mended(files[file], typed)
            continue
        if not any(name.startswith(f"{file} ") for name in fields):
            continue  # it does not read, and was not shown
        text = files[file].decode("utf-8-sig")
        document = tomlkit.parse(text)
        before = dict(_target(document))
        for name, value in fields.items():
            given_file, *path = name.split(" ")
            if given_file == file and path and path[0] != _NEW:
                _set(document, path, _on_a_line(value))
        if file in _TABLES:
            _add(document, {key: fields.get(f"{file} {_NEW} {key}", "") for key in _TABLES[file]})
        if (target := dict(_target(document))) != before:
            _check_target(target)
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


def _on_a_line(value: str) -> str:
    """Return a value as the line that it is: a field of several lines may break it anywhere."""
    return " ".join(filter(None, map(str.strip, value.splitlines())))


def _check_target(target: Mapping[str, Any]) -> None:
    """Refuse a place where nothing can be published.

    Raises:
        Refusal: the target cannot be used.
    """
    if target and not target.get("cible"):
        raise Refusal("il manque l’endroit où publier.", "Donnez-le, ou videz l’adresse publique.")
    if target:
        targets.find(_SITE_TARGET, {_SITE_TARGET: target}, {})


def _set(document: MutableMapping[str, Any], path: list[str], value: str) -> None:
    *above, key = path
    table = document
    if above == [publication_tables.NAME, _SITE_TARGET]:
        _declare(document, key, value)
        return
    for name in above:
        inner = table.get(name)
        if not isinstance(inner, MutableMapping):
            return
        table = inner
    known = {*_FACTS} if not above else {"nom", "description", "couleur"}
    if key not in known or _on_a_line(str(table.get(key, ""))) == value:
        return
    if not value:
        if key in _OPTIONAL:
            table.pop(key, None)
            return
        raise Refusal(f"« {_FACTS.get(key, key)} » ne peut pas être vide.")
    table[key] = value
    samples = document.get(_DEMONSTRATION)
    if not above and isinstance(samples, list) and key in samples:
        samples.remove(key)


def _declare(document: MutableMapping[str, Any], key: str, value: str) -> None:
    """Set where the site is published, or forget it."""
    target = _target(document)
    if key not in _TARGET or str(target.get(key, "")).strip() == value:
        return
    declared = document.setdefault(publication_tables.NAME, tomlkit.table(is_super_table=True))
    if not isinstance(declared, MutableMapping):
        return  # a finding says so
    table = declared.setdefault(_SITE_TARGET, tomlkit.table())
    if not value:
        del table[key]
    else:
        table[key] = value
    if not table:
        del declared[_SITE_TARGET]
    if not declared:
        del document[publication_tables.NAME]


def _add(document: MutableMapping[str, Any], given: Mapping[str, str]) -> None:
    """Add a rubrique or a type of letter, named after its words.

    Raises:
        Refusal: it is half filled, or there is one of that name.
    """
    values = {key: _on_a_line(value) for key, value in given.items()}
    name = values["nom"]
    if not name and not values["description"]:
        return
    slug = slugify(name)
    if not slug or not all(values.values()):
        raise Refusal(
            "ce que vous ajoutez n’est pas complet.",
            "Remplissez chacun de ses champs, ou videz-les tous.",
        )
    if slug in document:
        raise Refusal(f"« {name} » existe déjà.", "Changez celui qui existe, ou son nom.")
    table = tomlkit.table()
    table.update(values)
    document[slug] = table
