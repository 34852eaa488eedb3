"""One Markdown file: its header, each value with its line, and its body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import yaml

from axtra.content.frontmatter import mended_lines
from axtra.content.frontmatter.typed_values import Field, Raw, Span, Value, convert, slugify
from axtra.content.schema import Key, Kind, keys_and_aliases
from infolettre.core.diagnostics import Notes, Repair, did_you_mean

_MOST_OPENED = 100  # square and curly brackets in a header
_DEEP = re.compile(r" {200}|\s*(?:[-?]\s+){10}")
_LOST_COMMENT = re.compile(r"(?:[\w-]+:|-)[ \t]+[^\"'\[{#|>\s][^\"]*?[ \t]#")
_COLON_IN_VALUE = re.compile(r"(?P<key>[\w-]+):[ \t]+(?P<value>[^\"'\[{].*)")
_MOJIBAKE = re.compile(
    "Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d˜¦“”]|Â[«» ]|Å[“’]|â‚¬"
)


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
        """Return the line of a key, or the first line when the key is absent."""
        return self.fields[attribute].line if attribute in self.fields else 1

    def find(self, text: str) -> int | None:
        """Return the line of the body where a text first stands."""
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
    if _MOJIBAKE.search(text) or mended_lines.INVISIBLE.search(text):
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
            None
            if _MOJIBAKE.search(mended := mended_lines.accents(line))
            else mended_lines.line(number, line, mended, "les accents reviennent"),
        )
    if found := mended_lines.INVISIBLE.search(line):
        name = unicodedata.name(found[0], "caractère de commande")
        notes.error(
            "caractere-invisible",
            number,
            f"un caractère invisible s’est glissé ici (U+{ord(found[0]):04X}, {name.lower()})",
            "Effacez-le : retapez le mot, ou collez le texte sans mise en forme.",
            None
            if "\ufffd" in line
            else mended_lines.line(number, line, mended_lines.without_invisible(line)),
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
    known = dict(keys_and_aliases(kind))
    given = {known[name].attribute for name in top if name in known}
    for name, value in top.items():
        if name in known:
            _read_key(name, value, known[name], fields, notes)
        else:
            _refuse_key(name, value, kind, given, notes)
    _require(kind, given, notes)
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
    if not _is_plain(header, first_line, notes):
        return None
    try:
        node = yaml.compose(header, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        _explain_all(error, header, first_line, notes)
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
    return _mapping(node, _Lines(header.split("\n"), first_line), notes)


def _is_plain(header: str, first_line: int, notes: Notes) -> bool:
    """Refuse YAML that no header needs: a few bytes of it can take all of the memory or the stack.

    An anchor lets a value hold itself, or a few lines stand for millions of values.
    """
    opened = 0
    for number, line in enumerate(header.split("\n"), first_line):
        opened += line.count("[") + line.count("{")
        if opened > _MOST_OPENED or _DEEP.match(line):
            notes.error(
                "entete-illisible",
                number,
                "l’en-tête a trop de listes les unes dans les autres",
                "Écrivez chaque liste sur ses propres lignes, une valeur par tiret.",
            )
            return False
    if "&" in header:
        with suppress(yaml.YAMLError):  # explained with the other mistakes
            for event in yaml.parse(header, Loader=yaml.CBaseLoader):
                anchor = getattr(event, "anchor", None)
                if anchor and event.start_mark and not isinstance(event, yaml.AliasEvent):
                    notes.error(
                        "entete-illisible",
                        first_line + event.start_mark.line,
                        f"« &{anchor} » donnerait un nom à cette valeur",
                        "Écrivez la valeur entre guillemets droits, ou enlevez ce signe.",
                        mended_lines.quoted_value(header, event.start_mark.line, first_line),
                    )
                    return False
    return True


def compose_options(text: str, first_line: int, notes: Notes) -> dict[str, Value]:
    """Parse the options of a block."""
    return _compose(text, first_line, notes) or {}


def _explain_all(error: yaml.MarkedYAMLError, header: str, first: int, notes: Notes) -> None:
    """Note each line that cannot be read: the parser stops at one, and goes on without it."""
    lines = header.split("\n")
    for _ in lines:
        number = _explain_yaml(error, lines, first, notes)
        indent = len(lines[number]) - len(lines[number].lstrip())
        end = number + 1
        while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > indent:
            end += 1
        lines[number:end] = [""] * (end - number)
        try:
            yaml.compose("\n".join(lines), Loader=yaml.CBaseLoader)
        except yaml.MarkedYAMLError as another:
            error = another
        else:
            return


def _explain_yaml(error: yaml.MarkedYAMLError, lines: list[str], first: int, notes: Notes) -> int:
    """Note a line that cannot be read, and return its rank."""
    opened = "quoted" in (error.context or "")  # it began where the quote was opened
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    number = min(mark.line if mark else 0, len(lines) - 1)
    text = lines[number].strip()
    value = _COLON_IN_VALUE.fullmatch(text)
    if value and ":" in value["value"]:
        problem = "la valeur contient un deux-points"
        remedy = "Mettez-la entre guillemets droits."
    elif "\t" in lines[number]:
        problem = "une tabulation s’est glissée dans l’en-tête"
        remedy = "Remplacez-la par des espaces."
    elif text.count('"') % 2:
        problem = "un guillemet droit n’est pas fermé"
        remedy = "Fermez-le à la fin de la valeur."
    else:
        problem = f"cette ligne de l’en-tête ne se lit pas : « {text[:60]} »"
        remedy = "Écrivez « cle: valeur »; au besoin, mettez la valeur entre guillemets droits."
    found, repair = mended_lines.header_line(lines, number), None
    if found:
        rank, mended = found
        repair = mended_lines.line(first + rank, lines[rank], mended)
        remedy = f"Écrivez :  {mended.strip()}"
        if rank < number:
            problem = f"la ligne précédente ne se lit pas : « {lines[rank].strip()[:60]} »"
    notes.error("entete-illisible", first + number, problem, remedy, repair)
    return number


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of some YAML, and the line of the file on which it starts."""

    typed: list[str]
    first: int

    def line(self, node: yaml.Node) -> int:
        return self.first + int(node.start_mark.line)

    def span(self, node: yaml.Node) -> Span | None:
        """Return where a value of one line stands: a scalar, or what a colon makes a pair of."""
        pair = isinstance(node, yaml.MappingNode) and not node.flow_style and len(node.value) == 1
        first, last = node.value[0] if pair else (node, node)
        start, end = node.start_mark, last.end_mark
        if not isinstance(last, yaml.ScalarNode) or start.line != end.line:
            return None
        if start.line >= len(self.typed):  # to YAML, U+0085 and U+2028 end lines too
            return None
        text = self.typed[start.line][start.column : end.column]
        return Span(self.line(node), start.column, text) if str(first.value) in text else None


def _mapping(node: yaml.MappingNode, lines: _Lines, notes: Notes) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in node.value:
        line = lines.line(key)
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
            raw = _raw(value, lines, notes)
            found[key.value] = Value(raw, line, lines.span(value), lines.span(key))
    return found


def _raw(node: yaml.Node, lines: _Lines, notes: Notes) -> Raw:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, lines, notes)
    if isinstance(node, yaml.SequenceNode):
        return [Value(_raw(n, lines, notes), lines.line(n), lines.span(n)) for n in node.value]
    return str(node.value)


def _refuse_key(name: str, value: Value, kind: Kind, given: Container[str], notes: Notes) -> None:
    """Note a key that is none of its kind’s; one that is written almost so is mended."""
    slug = slugify(name)
    meant = {word: key for word, key in keys_and_aliases(kind) if slugify(word) == slug}
    free = [word for word, key in meant.items() if key.attribute not in given]
    notes.error(
        "cle-inconnue",
        value.line,
        f"la clé « {name} » n’existe pas pour {kind.article} {kind.label}",
        f"Les clés s’écrivent en minuscules : {slug}"
        if slug in meant
        else did_you_mean(name, (key.name for key in kind.keys)),
        Repair((value.key.put(free[0]),)) if value.key and len(free) == 1 else None,
    )


def _read_key(name: str, value: Value, key: Key, fields: dict[str, Field], notes: Notes) -> None:
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


def _require(kind: Kind, given: Container[str], notes: Notes) -> None:
    """Ask for the keys that are missing; one that is there but wrong is already noted."""
    for key in kind.keys:
        exempt = key.unless and (other := kind.key(key.unless)) and other.attribute in given
        if key.required and not exempt and key.attribute not in given:
            notes.error(
                "cle-manquante",
                1,
                f"il manque « {key.name} » ({key.label})",
                f"Ajoutez dans l’en-tête, par exemple :  {key.name}: {key.example}",
            )
