"""What is typed as a value, converted to the type that the schema gives its key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from anyascii import anyascii

from axtra.content import focus
from axtra.content.focus import Focus
from axtra.content.frontmatter import mended_lines, places_and_addresses
from axtra.content.frontmatter.moments import read_moment, read_otherwise
from axtra.content.schema import LIST_TYPES, SENTENCES, STATUSES, Key, Type
from axtra.core import dates
from axtra.core.diagnostics import Edit, Notes, Repair, did_you_mean

Raw: TypeAlias = "str | list[Value] | dict[str, Value]"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_IN_WORDS = re.compile(rf"(?:le )?(\d{{1,2}})(?:er)? ({'|'.join(dates.MONTHS)}) (\d{{4}})")
_SPACES = re.compile("[\u00a0\u2009\u202f]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_WRAPPING = re.compile(r"\A[“”„«»\"'\s]+|[“”„«»\"'\s]+\Z")
_FLAGS = MappingProxyType(
    {"oui": True, "true": True, "vrai": True, "non": False, "false": False, "faux": False}
)
# What a value made of several keys may hold.
_CALL = (
    Key("texte", "text", Type.LINE, "texte de l’appel", "Proposez un article.", required=True),
    Key("date-limite", "deadline", Type.DATE, "dernier jour", "2019-06-15"),
)
_CORRECTION = (
    Key("date", "date", Type.DATE, "jour de la correction", "2019-04-02", required=True),
    Key("texte", "text", Type.LINE, "ce qui a été corrigé", "Le total est 336.", required=True),
)
_EXCEPTION = (
    Key("regle", "rule", Type.WORD, "la règle", "lien-ambigu", required=True),
    Key("raison", "reason", Type.LINE, "pourquoi", "Deux séances du même nom.", required=True),
    Key("jusqu-au", "until", Type.DATE, "son dernier jour", "2019-06-30", required=True),
)

RECORDS: Mapping[Type, tuple[Key, ...]] = MappingProxyType(
    {Type.CALL: _CALL, Type.CORRECTIONS: _CORRECTION, Type.EXCEPTIONS: _EXCEPTION}
)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one line of a file, as typed."""

    line: int
    column: int
    text: str

    def put(self, new: str) -> Edit:
        """Return the edit that writes something else there."""
        return Edit(self.line, self.column, self.text, new)


@dataclass(frozen=True, slots=True)
class Value:
    """One YAML value as typed, with its line; scalars stay text, since the schema says the type.

    `span` is where it stands, and `key` where its key does, when each is on one line.
    """

    raw: Raw
    line: int
    span: Span | None = None
    key: Span | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the header, converted to its type; references are still names."""

    value: object
    line: int


def convert(value: Value, key: Key, notes: Notes) -> object | None:
    """Convert a typed value to the type its key asks for; None when it cannot be."""
    if key.type in LIST_TYPES:
        return _texts(value, key, notes)
    match key.type:
        case Type.CALL:
            return _record(value, key, RECORDS[key.type], notes)
        case Type.CORRECTIONS | Type.EXCEPTIONS:
            return _records(value, key, RECORDS[key.type], notes)
    if key.type is Type.POINT and isinstance(value.raw, list):
        value = replace(value, raw=", ".join(str(part.raw) for part in value.raw))
    text = _scalar(value, key, notes)
    if text is None:
        return None
    since = len(notes.found)
    converted = _convert_text(text, value.line, key, notes)
    if converted is None and value.span:
        meant = next((word for word in _meant(text, key) if _is_read(word, key)), None)
        if meant and len(notes.found) > since:
            repair = Repair((value.span.put(meant),))
            notes.found[-1] = replace(notes.found[-1], repair=repair)
    return converted


def _is_read(text: str, key: Key) -> bool:
    """Tell whether a text is a value of a key, and nothing is to be said of it."""
    trial = Notes("")
    return _convert_text(text, 0, key, trial) is not None and not trial.found


def _meant(text: str, key: Key) -> Iterator[str]:
    """Yield the values that can have been meant by one that cannot be read, surest first."""
    text = _DASHES.sub("-", _WRAPPING.sub("", _SPACES.sub(" ", text)))
    yield text
    match key.type:
        case Type.DATE | Type.MOMENT | Type.OCCASION:
            if day := _YEAR_FIRST.match(text):
                yield f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}{text[day.end() :]}"
            if day := _IN_WORDS.fullmatch(text.lower()):
                yield f"{day[3]}-{dates.MONTHS.index(day[2]) + 1:02}-{int(day[1]):02}"
            yield read_otherwise(text)
        case Type.NUMBER:
            yield text.replace(" ", "")
        case Type.CHOICE:
            words = {*key.choices, *(STATUSES if key.attribute == "status" else ())}
            alike = [word for word in words if slugify(word) == slugify(text)]
            yield from alike if len(alike) == 1 else ()
        case Type.WORD:
            yield slugify(text)
        case Type.LANGUAGE:
            code, _, place = text.replace("_", "-").partition("-")
            yield f"{code.lower()}-{place.upper()}" if place else code.lower()
        case Type.FOCUS:
            yield focus.in_french(text)
        case Type.POINT | Type.POSTAL_CODE | Type.EMAIL:
            yield from places_and_addresses.meant(text, key)


def _convert_text(text: str, line: int, key: Key, notes: Notes) -> object | None:
    match key.type:
        case Type.DATE | Type.MOMENT:
            return read_moment(text, line, key, notes)
        case Type.OCCASION:
            moment = read_moment(text, line, key, notes)
            whole_day = len(text) == len("2019-02-20")
            return moment.date() if moment and whole_day else moment
        case Type.NUMBER:
            return _number(text, line, key, notes)
        case Type.CHOICE:
            return _choice(text, line, key, notes)
        case Type.WORD:
            return _word(text, line, key, notes)
        case Type.LANGUAGE:
            return _language(text, line, notes)
        case Type.FOCUS:
            return _focus(text, line, key, notes)
        case Type.FLAG:
            return _flag(text, line, key, notes)
        case Type.POINT | Type.POSTAL_CODE | Type.EMAIL:
            return places_and_addresses.read(text, line, key, notes)
    return text


def _scalar(value: Value, key: Key, notes: Notes) -> str | None:
    if not isinstance(value.raw, str):
        notes.error(
            "valeur-invalide",
            value.line,
            f"« {key.name} » attend une seule valeur",
            f"Par exemple :  {key.name}: {key.example}",
            _one_value(value),
        )
        return None
    text = " ".join(value.raw.split())
    if not text and key.attribute not in {"image.alt", "alt"}:
        notes.error(
            "valeur-vide",
            value.line,
            f"« {key.name} » est vide",
            f"Écrivez sa valeur, par exemple :  {key.name}: {key.example}"
            if key.required
            else "Écrivez sa valeur ou effacez la ligne.",
        )
        return None
    return text


def _one_value(value: Value) -> Repair | None:
    """Return the repair of a value that a colon made a pair of."""
    pair = [*value.raw.values()] if isinstance(value.raw, dict) else []
    if not value.span or len(pair) != 1 or not isinstance(pair[0].raw, str):
        return None
    return Repair((value.span.put(mended_lines.quoted(value.span.text)),))


def _refuse(value: Value, key: Key, wanted: str, notes: Notes) -> None:
    notes.error(
        "valeur-invalide",
        value.line,
        f"« {key.name} » attend {wanted}",
        f"Par exemple :  {key.name}: {key.example}",
    )


def _texts(value: Value, key: Key, notes: Notes) -> tuple[Field, ...] | None:
    """Read a list; « a, b » on one line is a list too, as in Pelican, but for whole sentences."""
    if isinstance(value.raw, str) and value.raw.strip():
        parts = [value.raw] if key.type in SENTENCES else re.split(r"[,;]", value.raw)
        return tuple(Field(part.strip(), value.line) for part in parts if part.strip())
    if key.type is Type.HOURS and isinstance(value.raw, dict):
        value = Value(_paired(value), value.line)
    if isinstance(value.raw, list):
        if key.type is Type.HOURS:
            value = replace(value, raw=[line for item in value.raw for line in _paired(item)])
        assert isinstance(value.raw, list)  # noqa: S101 - as above
        texts = [(_scalar(item, key, notes), item.line) for item in value.raw]
        return tuple(Field(text, line) for text, line in texts if text is not None)
    _refuse(value, key, "une liste", notes)
    return None


def _paired(value: Value) -> list[Value]:
    """Write again as lines what a colon, « lundi : 9 h à 17 h », made pairs of."""
    if not isinstance(value.raw, dict):
        return [value]
    return [
        Value(f"{name} : {given.raw}" if isinstance(given.raw, str) else name, given.line)
        for name, given in value.raw.items()
    ]


def _record(
    value: Value, key: Key, keys: tuple[Key, ...], notes: Notes
) -> dict[str, object] | None:
    if not isinstance(value.raw, dict):
        _refuse(value, key, " et ".join(f"« {declared.name} »" for declared in keys), notes)
        return None
    known = {declared.name: declared for declared in keys}
    for name, inner in value.raw.items():
        if name not in known:
            problem = f"« {name} » n’existe pas dans « {key.name} »"
            notes.error("cle-inconnue", inner.line, problem, did_you_mean(name, known))
    for declared in keys:
        if declared.required and declared.name not in value.raw:
            problem = f"il manque « {declared.name} » dans « {key.name} »"
            notes.error("cle-manquante", value.line, problem, f"Par exemple :  {key.example}")
    given = {n: convert(v, known[n], notes) for n, v in value.raw.items() if n in known}
    return {known[name].attribute: result for name, result in given.items() if result is not None}


def _records(
    value: Value, key: Key, keys: tuple[Key, ...], notes: Notes
) -> tuple[dict[str, object], ...] | None:
    if not isinstance(value.raw, list):
        _refuse(value, key, "une liste", notes)
        return None
    found = [(_record(record, key, keys, notes), record.line) for record in value.raw]
    return tuple(
        {**record, "line": line} for record, line in found if record and len(record) == len(keys)
    )


def _number(text: str, line: int, key: Key, notes: Notes) -> int | None:
    if re.fullmatch(r"\d{1,6}", text):
        return int(text)
    notes.error(
        "nombre-invalide",
        line,
        f"« {key.name} » attend un nombre entier, pas « {text} »",
        f"Par exemple :  {key.name}: {key.example}",
    )
    return None


def _choice(text: str, line: int, key: Key, notes: Notes) -> str | None:
    if key.attribute == "status":
        if text in STATUSES:
            return STATUSES[text]
    elif text in key.choices:
        return text
    problem = f"« {text} » n’est pas un choix possible pour « {key.name} »"
    notes.error("choix-inconnu", line, problem, did_you_mean(text, key.choices))
    return None


def _flag(text: str, line: int, key: Key, notes: Notes) -> bool | None:
    said = _FLAGS.get(text.lower())
    if said is None:
        notes.error(
            "choix-inconnu",
            line,
            f"« {key.name} » attend « oui » ou « non », pas « {text} »",
            f"Écrivez :  {key.name}: oui   ou effacez la ligne.",
        )
    return said


def _word(text: str, line: int, key: Key, notes: Notes) -> str | None:
    if _SLUG.fullmatch(text):
        return text
    problem = f"« {key.name} » attend un mot en minuscules, sans accent ni espace"
    remedy = f"Écrivez :  {key.name}: {slugify(text) or key.example}"
    notes.error("mot-invalide", line, problem, remedy)
    return None


def _language(text: str, line: int, notes: Notes) -> str | None:
    if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text):
        return text
    notes.error(
        "langue-inconnue",
        line,
        f"« {text} » n’est pas un code de langue",
        "Écrivez un code de deux lettres, par exemple :  langue: en",
    )
    return None


def _focus(text: str, line: int, key: Key, notes: Notes) -> Focus | None:
    if point := focus.read(text):
        return point
    notes.error(
        "cadrage-invalide",
        line,
        f"« {text} » n’est pas un point de l’image",
        "Écrivez des mots (haut, bas, gauche, droite, centre) ou deux nombres de 0 à 100, par "
        f"exemple :  {key.name}: {key.example}",
    )
    return None


@lru_cache(maxsize=4096)  # the same words come back on every text
def slugify(text: str) -> str:
    """Make the end of an address: the letters of any alphabet as a-z, words joined by hyphens.

    What has neither letters nor figures has no slug: an empty string.
    """
    plain = "".join(map(_as_latin, unicodedata.normalize("NFC", text)))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


# Of the syllabics of the First Peoples, the names of Unicode give the sounds of the Plains Cree;
# in Inuktitut, Eeyou and Naskapi, those of Québec, the same signs are « nu » and « vi ».
_SYLLABICS = ("\u1400", "\u167f")
_SOUNDS = str.maketrans("of", "uv")


def _as_latin(sign: str) -> str:
    """Write one letter, mark or figure in a-z and 0-9; any other sign comes back as it is."""
    if sign.isascii() or not (unicodedata.category(sign)[0] in "LM" or sign.isdecimal()):
        return sign
    letters = re.sub(r"[^a-z0-9 ]", "", anyascii(sign).lower())
    first, last = _SYLLABICS
    return letters.translate(_SOUNDS) if first <= sign <= last else letters


def texts(value: object) -> Iterator[Field]:
    """Walk the entries of a converted list."""
    if isinstance(value, tuple):
        yield from (field for field in value if isinstance(field, Field))
