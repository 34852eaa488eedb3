"""One Markdown file: its header, each value with its line, and its body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeAlias

import yaml

from axtra.dates import ZONE
from axtra.diagnostics import Notes, did_you_mean
from axtra.schema import STATUSES, Key, Kind, Type, keys_and_aliases

Raw: TypeAlias = "str | list[Value] | dict[str, Value]"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LOST_COMMENT = re.compile(r"(?:[\w-]+:|-)[ \t]+[^\"'\[{#|>\s][^\"]*?[ \t]#")
_COLON_IN_VALUE = re.compile(r"(?P<key>[\w-]+):[ \t]+(?P<value>[^\"'\[{].*)")
# C0 but for tab and line ends, C1, soft hyphen, zero-width signs, U+FFFD: pasted from elsewhere,
# invisible, and reason enough for Gmail to clip a message.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffd]")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d˜¦“”]|Â[«» ]")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2})(?::|[ ]?h[ ]?)(\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Value:
    """One YAML value as typed, with its line; scalars stay text, since the schema says the type."""

    raw: Raw
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the header, converted to its type; references are still names."""

    value: object
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A Markdown file, read.

    `path` is relative to the project's root; `fields` maps attributes of the model to values;
    `body_line` is the line of the file on which the body starts.
    """

    path: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1

    def line(self, attribute: str) -> int:
        """Give the line of a key, or the first line when the key is absent."""
        return self.fields[attribute].line if attribute in self.fields else 1

    def find(self, text: str) -> int | None:
        """Give the line of the body where a text first stands."""
        at = self.body.find(text) if text else -1
        return None if at < 0 else self.body_line + self.body.count("\n", 0, at)


def decode(data: bytes, notes: Notes) -> str | None:
    """Decode a file as UTF-8, line ends and accents made uniform; None when it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.error(
            "encodage",
            data.count(b"\n", 0, error.start) + 1,
            "ce fichier n’est pas enregistré en UTF-8",
            "Enregistrez-le de nouveau en choisissant l’encodage UTF-8.",
        )
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for number, line in enumerate(text.split("\n"), 1):
        _inspect_line(line, number, notes)
    return text


def _inspect_line(line: str, number: int, notes: Notes) -> None:
    if found := _MOJIBAKE.search(line):
        notes.error(
            "accents-abimes",
            number,
            f"des accents sont abîmés : « {found[0]} »",
            "Retapez les lettres accentuées de cette ligne (le texte a été mal converti).",
        )
    elif found := _INVISIBLE.search(line):
        name = unicodedata.name(found[0], "caractère de commande")
        notes.error(
            "caractere-invisible",
            number,
            f"un caractère invisible s’est glissé ici (U+{ord(found[0]):04X}, {name.lower()})",
            "Effacez-le : retapez le mot, ou collez le texte sans mise en forme.",
        )


def read(data: bytes, kind: Kind, notes: Notes) -> Source | None:
    """Read one file; None when nothing of it can be used.

    Every problem goes to `notes`, with its line.
    """
    text = decode(data, notes)
    if text is None:
        return None
    lines = text.split("\n")
    end = _header_end(lines, notes)
    if end is None:
        return None
    fields: dict[str, Field] = {}
    top = _compose("\n".join(lines[1:end]), 2, notes)
    if top is None:
        return None
    for name, value in top.items():
        _read_key(name, value, kind, fields, notes)
    _require(kind, top, notes)
    return Source(notes.file, fields, "\n".join(lines[end + 1 :]), end + 2)


def _header_end(lines: list[str], notes: Notes) -> int | None:
    if lines[0].rstrip() != "---":
        notes.error(
            "entete-absent",
            1,
            "l’en-tête manque : la première ligne doit être « --- »",
            "Commencez le fichier par « --- », puis les clés (titre: …), puis « --- ».",
        )
        return None
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in {"---", "..."}:
            return number
    notes.error(
        "entete-ouvert",
        1,
        "l’en-tête n’est pas fermé",
        "Ajoutez une ligne « --- » après la dernière clé, avant le texte.",
    )
    return None


def _compose(header: str, first_line: int, notes: Notes) -> dict[str, Value] | None:
    """Parse YAML to values that keep their lines."""
    for number, line in enumerate(header.split("\n"), first_line):
        if _LOST_COMMENT.match(line.strip()):
            notes.error(
                "diese-perdu",
                number,
                "ce qui suit le « # » serait perdu",
                'Mettez toute la valeur entre guillemets droits : cle: "… # …"',
            )
    try:
        node = yaml.compose(header, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        _explain_yaml(error, header, first_line, notes)
        return None
    except yaml.reader.ReaderError:
        return None  # a forbidden character: already noted, with its line
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        notes.error(
            "entete-illisible",
            first_line,
            "l’en-tête n’est pas une suite de lignes « cle: valeur »",
            "Écrivez une clé par ligne, par exemple :  titre: Sur son X",
        )
        return None
    return _mapping(node, first_line, notes)


def compose_options(text: str, first_line: int, notes: Notes) -> dict[str, Value]:
    """Parse the options of a block."""
    return _compose(text, first_line, notes) or {}


def _explain_yaml(error: yaml.MarkedYAMLError, header: str, first: int, notes: Notes) -> None:
    opened = "quoted" in (error.context or "")  # it began where the quote was opened
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    number = min(mark.line if mark else 0, header.count("\n"))
    text = header.split("\n")[number].strip()
    value = _COLON_IN_VALUE.fullmatch(text)
    if value and ":" in value["value"]:
        problem = "la valeur contient un deux-points"
        quoted = value["value"].strip().replace('"', "'")
        remedy = f'Mettez-la entre guillemets droits :  {value["key"]}: "{quoted}"'
    elif "\t" in header.split("\n")[number]:
        problem = "une tabulation s’est glissée dans l’en-tête"
        remedy = "Remplacez-la par des espaces."
    elif text.count('"') % 2:
        problem = "un guillemet droit n’est pas fermé"
        remedy = "Fermez-le à la fin de la valeur."
    else:
        problem = f"cette ligne de l’en-tête ne se lit pas : « {text[:60]} »"
        remedy = "Écrivez « cle: valeur » ; au besoin, mettez la valeur entre guillemets droits."
    notes.error("entete-illisible", first + number, problem, remedy.replace(" ;", ";"))


def _mapping(node: yaml.MappingNode, first: int, notes: Notes) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in node.value:
        line = first + key.start_mark.line
        if not isinstance(key, yaml.ScalarNode):
            notes.error(
                "entete-illisible",
                line,
                "une clé n’est pas un mot simple",
                "Mettez la valeur entre guillemets droits.",
            )
        elif key.value in found:
            notes.error(
                "cle-en-double",
                line,
                f"la clé « {key.value} » est déjà à la ligne {found[key.value].line}",
                "Gardez une seule des deux lignes.",
            )
        else:
            found[key.value] = Value(_raw(value, first, notes), line)
    return found


def _raw(node: yaml.Node, first: int, notes: Notes) -> Raw:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, first, notes)
    if isinstance(node, yaml.SequenceNode):
        return [Value(_raw(n, first, notes), first + n.start_mark.line) for n in node.value]
    return str(node.value)


def _read_key(name: str, value: Value, kind: Kind, fields: dict[str, Field], notes: Notes) -> None:
    known = dict(keys_and_aliases(kind))
    key = known.get(name)
    if key is None:
        lower = known.get(name.lower())
        remedy = (
            f"Les clés s’écrivent en minuscules : {name.lower()}"
            if lower
            else did_you_mean(name, (key.name for key in kind.keys))
        )
        problem = f"la clé « {name} » n’existe pas pour {kind.article} {kind.label}"
        notes.error("cle-inconnue", value.line, problem, remedy)
        return
    if key.attribute in fields:
        notes.error(
            "cle-en-double",
            value.line,
            f"« {name} » répète ce que dit la ligne {fields[key.attribute].line}",
            "Gardez une seule des deux lignes.",
        )
        return
    converted = convert(value, key, notes)
    if converted is not None:
        fields[key.attribute] = Field(converted, value.line)


def _require(kind: Kind, typed: Iterable[str], notes: Notes) -> None:
    """Ask for the keys that are missing; one that is there but wrong is already noted."""
    known = dict(keys_and_aliases(kind))
    given = {known[name].attribute for name in typed if name in known}
    for key in kind.keys:
        if key.required and key.attribute not in given:
            notes.error(
                "cle-manquante",
                1,
                f"il manque « {key.name} » ({key.label})",
                f"Ajoutez dans l’en-tête, par exemple :  {key.name}: {key.example}",
            )


def convert(value: Value, key: Key, notes: Notes) -> object | None:
    """Convert a typed value to the type its key asks for; None when it cannot be."""
    match key.type:
        case Type.LINES | Type.NAMES | Type.WORDS | Type.AUTHORS:
            return _texts(value, key, notes)
        case Type.CALL:
            return _record(value, key, _CALL, notes)
        case Type.CORRECTIONS:
            return _records(value, key, _CORRECTION, notes)
        case Type.EXCEPTIONS:
            return _records(value, key, _EXCEPTION, notes)
    text = _scalar(value, key, notes)
    if text is None:
        return None
    return _convert_text(text, value.line, key, notes)


def _convert_text(text: str, line: int, key: Key, notes: Notes) -> object | None:
    match key.type:
        case Type.DATE | Type.MOMENT:
            return _moment(text, line, key, notes)
        case Type.NUMBER:
            return _number(text, line, key, notes)
        case Type.CHOICE:
            return _choice(text, line, key, notes)
        case Type.WORD:
            return _word(text, line, key, notes)
        case Type.LANGUAGE:
            return _language(text, line, notes)
    return text


def _scalar(value: Value, key: Key, notes: Notes) -> str | None:
    if not isinstance(value.raw, str):
        notes.error(
            "valeur-invalide",
            value.line,
            f"« {key.name} » attend une seule valeur",
            f"Par exemple :  {key.name}: {key.example}",
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


def _texts(value: Value, key: Key, notes: Notes) -> tuple[Field, ...] | None:
    """Read a list; « a, b » on one line is a list too, as in Pelican, but for whole sentences."""
    if isinstance(value.raw, str) and value.raw.strip():
        parts = [value.raw] if key.type is Type.LINES else re.split(r"[,;]", value.raw)
        return tuple(Field(part.strip(), value.line) for part in parts if part.strip())
    if isinstance(value.raw, list):
        texts = [(_scalar(one, key, notes), one.line) for one in value.raw]
        return tuple(Field(text, line) for text, line in texts if text is not None)
    notes.error(
        "valeur-invalide",
        value.line,
        f"« {key.name} » attend une liste",
        f"Par exemple :  {key.name}: {key.example}",
    )
    return None


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


def _record(
    value: Value, key: Key, keys: tuple[Key, ...], notes: Notes
) -> dict[str, object] | None:
    if not isinstance(value.raw, dict):
        notes.error(
            "valeur-invalide",
            value.line,
            f"« {key.name} » attend {' et '.join(f'« {one.name} »' for one in keys)}",
            f"Par exemple :  {key.name}: {key.example}",
        )
        return None
    known = {one.name: one for one in keys}
    for name, inner in value.raw.items():
        if name not in known:
            problem = f"« {name} » n’existe pas dans « {key.name} »"
            notes.error("cle-inconnue", inner.line, problem, did_you_mean(name, known))
    for one in keys:
        if one.required and one.name not in value.raw:
            problem = f"il manque « {one.name} » dans « {key.name} »"
            notes.error("cle-manquante", value.line, problem, f"Par exemple :  {key.example}")
    given = {n: convert(v, known[n], notes) for n, v in value.raw.items() if n in known}
    return {known[name].attribute: one for name, one in given.items() if one is not None}


def _records(
    value: Value, key: Key, keys: tuple[Key, ...], notes: Notes
) -> tuple[dict[str, object], ...] | None:
    if not isinstance(value.raw, list):
        notes.error(
            "valeur-invalide",
            value.line,
            f"« {key.name} » attend une liste",
            f"Par exemple :  {key.name}: {key.example}",
        )
        return None
    found = [_record(one, key, keys, notes) for one in value.raw]
    whole = [one for one in found if one and len(one) == len(keys)]
    return tuple(whole)


def _moment(text: str, line: int, key: Key, notes: Notes) -> datetime | None:
    """Read « 2019-03-27 » or « 2019-03-27 13:30 » as a moment in Quebec's time zone."""
    found = _DAY.fullmatch(text)
    try:
        if not found:
            raise ValueError  # noqa: TRY301 - one message for both reasons
        day = date(int(found[1]), int(found[2]), int(found[3]))
        clock = time(int(found[4] or 0), int(found[5] or 0))
    except ValueError:
        problem = f"la date « {text} » n’existe pas"
        if not found and re.search(r"\d", text) and not re.search(r"[a-zéû]{3}", text.lower()):
            problem = f"la date « {text} » ne se lit pas avec certitude"
        notes.error(
            "date-invalide",
            line,
            problem,
            f"Écrivez année-mois-jour en chiffres, par exemple :  {key.name}: {key.example}",
        )
        return None
    return datetime.combine(day, clock, ZONE)


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


def _word(text: str, line: int, key: Key, notes: Notes) -> str | None:
    if _SLUG.fullmatch(text):
        return text
    problem = f"« {key.name} » attend un mot en minuscules, sans accent ni espace"
    notes.error("mot-invalide", line, problem, f"Écrivez :  {key.name}: {slugify(text)}")
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


def slugify(text: str) -> str:
    """Make the end of an address: lower case, without accents, words joined by hyphens."""
    bare = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(c for c in bare if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def texts(value: object) -> Iterator[Field]:
    """Walk the entries of a converted list."""
    if isinstance(value, tuple):
        yield from (one for one in value if isinstance(one, Field))
