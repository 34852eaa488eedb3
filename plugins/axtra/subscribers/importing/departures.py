"""Who left, by a file: the columns of mailing services, and the columns that look like them.

Nobody for whom a file says no becomes a subscriber; the command asks about doubtful columns.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from axtra.subscribers.importing.csv_cells import Row, words
from infolettre.core.diagnostics import Notes

_FEW = 12  # most distinct values of a column that classifies people
_SHOWN = 6  # values that a message shows


class Wish(Enum):
    """Whether a cell says that a person wants our mail."""

    YES = "yes"
    NO = "no"
    NOTHING = "nothing"  # an empty cell in a column that only notes departures
    UNKNOWN = "unknown"


class _Column(Enum):
    """What a column holds."""

    STATUS = "a word for the state of a person"
    AGREES = "whether they want it"
    REFUSES = "whether they do not"
    LEFT = "when, why or from where they left"


# Titles as `words` returns them. From listmonk, Mailchimp, Brevo, Mailjet, Cyberimpact, Constant
# Contact, MailerLite, MailPoet, Shopify, HubSpot, SurveyMonkey, in French and in English.
_TITLES: Mapping[str, _Column] = MappingProxyType(
    {
        title: kind
        for kind, titles in {
            _Column.STATUS: (
                "statut", "status", "state", "etat", "subscriber status", "subscription status",
                "email status", "email marketing status", "marketing status", "contact status",
                "email subscription status", "statut d abonnement", "statut de l abonnement",
                "statut abonnement", "statut du contact", "statut courriel", "statut du courriel",
                "etat de l abonnement", "member status", "global status", "list status",
            ),
            _Column.AGREES: (
                "subscribed", "is subscribed", "accepts email marketing", "accepts marketing",
                "email opt in", "opt in", "optin", "opted in", "double opt in", "abonne", "abonnee",
                "newsletter opt in", "is active", "actif", "active",
            ),
        }.items()
        for title in titles
    }
)  # fmt: skip
_OTHER_CHANNEL = re.compile(r"\b(sms|whatsapp|telephone|phone|web push)\b")
_NEUTRAL = frozenset({
    "member rating", "optin ip", "confirm ip", "latitude", "longitude", "gmtoff", "dstoff",
    "timezone", "cc", "region", "leid", "euid", "last changed", "uuid", "attributes", "updated at",
    "langue", "language", "email type",
})  # fmt: skip
_LEAVING = re.compile(
    r"\b(unsub\w*|desabonn\w*|desinscri\w*|opt(ed)? ?outs?|optout\w*|clean(ed)?|bounce[sd]?"
    r"|rebonds?|black ?list\w*|block ?list\w*|liste noire|plaintes?|complain\w*|suppress\w*"
    r"|retraits?|retire(e?s?|r)|quitte\w*|enlever|stop|exclu\w*|excluded|nomail"
    r"|is excluded from campaigns|do not (e ?mail|mail|contact)|deces|decede\w*|deceased"
    r"|ne \w+ (pas|plus)|ne (pas|plus) \w+|refus\w*|oppos\w*)\b"
)
# In a title only: « yes » says that the person is not to be written to.
_AGAINST = re.compile(
    r"\b(disabled|desactive\w*|bloque\w*|blocked|on hold|suspendu\w*|suspended|bann(i|ie|ed)"
    r"|inacti\w*|invalid\w*|hors service|barree?s?|masquee?s?)\b"
)
_NOT = re.compile(r"(pas|sans|non|not)\b")
# In a name or a source, where a shorter word may be anybody's.
_WRITTEN = re.compile(
    r"\b(desabonn\w*|desinscri\w*|unsub\w*|opt(ed)? ?outs?|black ?list\w*|liste noire"
    r"|do not (e ?mail|mail|contact)|ne (pas|plus) \w+|decede\w*|deceased)\b"
)
_CIRCUMSTANCE = re.compile(
    r"\b(time|date|at|on|le|reason|raison|motif|campaign|campagne|source|id|ip|other)\b"
)
_ABOUT = re.compile(
    r"\b(abonn\w*|inscri\w*|statut\w*|status|etat|opt ?in|optin|infolettres?|newsletters?"
    r"|bulletins?|consent\w*|lcap|casl|subscri\w*|permissions?|accept\w*|marketing|actif"
    r"|active|communications?|envois?|mailing\w*|email ok|courriel ok|spam|quitt\w*|parti\w*"
    r"|envoyer|ecrire|contacter|recevoir|recoit|reception|receives?|wants?|veut|desire|souhaite\w*"
    r"|interesse\w*|nouvelles|diffusion)\b"
)
_DEPARTURE = re.compile(
    r"\b(depart|quitt\w*|parti\w*|sortie?|resili\w*|annul\w*|renonc\w*|fin|termin\w*|cess\w*"
    r"|expir\w*|echeance|radi\w*|demissi\w*|left|end(ed)?)\b"
)
_YES = frozenset({
    "oui", "yes", "true", "vrai", "o", "y", "x", "ok", "enabled", "active", "actif", "actifs",
    "actives", "abonne", "abonnee", "abonne e", "subscribed", "subscriber", "sub", "confirmed",
    "confirme", "confirmee", "opted in", "opt in", "optin", "inscrit", "inscrite", "valid",
    "valide",    "accepte", "acceptee", "accepted",
})  # fmt: skip
_NO = re.compile(
    r"non|no|false|faux|n|inacti\w*|disabled|desactive\w*|unconfirmed|pending|en attente"
    r"|awaiting .*|transactional|removed|deleted|supprime\w*|archive\w*|invalid\w*|suspend\w*"
    r"|bloque\w*|blocked|junk|spam|abuse|refuse\w*|declined|hors service|temporary hold"
    r"|retire\w*|quitte\w*|partie?"
    r"|(non|no|not|hard|soft|ne|unsub\w*) .*|nonsubscribed"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # IsUnsubscribed
_BLANK = frozenset({"", "null", "none", "n a", "na", "nil", "0000 00 00", "0000 00 00 00 00 00"})
_DAY = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{4}.*")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who imports says about columns.

    Attributes:
        keep: for a title, in words, the values, in words, of the people to keep.
        ignored: titles, in words, of columns that do not say who left.
        command: the command as it was typed, for remedies.
        roles: what columns hold, a member of `columns.ROLES`, by their keys.
        sheet: the sheet to read, of an Excel file; by default the one with the most addresses.
    """

    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    command: str = "axtra abonnes importer FICHIER.csv --liste LISTE"
    roles: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Departures:
    """Which rows are not imported, by the lines on which they start.

    Attributes:
        left: people who left.
        aside: people whom the person who imports chose not to keep.
        columns: those that say who left, or that the command asks about.
    """

    left: frozenset[int]
    aside: frozenset[int]
    columns: frozenset[int]


def judge(rows: Sequence[Row], ours: frozenset[int], choices: Choices, notes: Notes) -> Departures:
    """Return who left, by every column that says so, and ask about doubtful columns.

    Args:
        rows: the titles, then the people.
        ours: the columns that are read for something else.
        choices: what was answered already.
        notes: receives the questions.
    """
    (line, titles), people = rows[0], rows[1:]
    left: set[int] = set()
    aside: set[int] = set()
    used: set[int] = set()
    for at, title in enumerate(titles):
        name = words(title)
        cells = {start: row[at].strip() if at < len(row) else "" for start, row in people}
        kind = None if at in ours else _kind(words(_HUMP.sub(" ", title)))
        if name in choices.keep:
            out = {start for start, cell in cells.items() if _value(cell) not in choices.keep[name]}
            gone = {
                start for start in out if _says(cells[start], kind or _Column.STATUS) is Wish.NO
            }
            left |= gone
            aside |= out - gone
            if len(out) == len(cells):
                _refuse_to_keep_nobody(line, title, notes)
            used.add(at)
            continue
        if at in ours or not any(cells.values()):
            continue
        said = {start: _says(cell, kind) for start, cell in cells.items()} if kind else {}
        gone = {start for start, answer in said.items() if answer is Wish.NO}
        if name in choices.ignored:
            if kind and gone:
                _refuse_to_ignore(line, title, len(gone), notes)
        elif kind and Wish.UNKNOWN not in said.values():
            left |= gone
            used.add(at)
        elif kind or _may_tell(name, list(cells.values())):
            _ask(line, title, list(cells.values()), kind or _Column.AGREES, choices, notes)
            used.add(at)
    _inspect_choices(titles, choices, notes)
    return Departures(frozenset(left), frozenset(aside - left), frozenset(used))


@dataclass(frozen=True, slots=True)
class StatusValue:
    """A value of a column that says who left: how many lines have it, and whether they stay."""

    text: str
    number: int
    stays: bool


def status_values(rows: Sequence[Row], at: int, *, asked: bool = False) -> tuple[StatusValue, ...]:
    """Return the values of a column, the most frequent first, when they say or may say who left.

    Args:
        rows: the titles, then the people.
        at: the place of the column.
        asked: a person says that the column tells; its values are returned whatever they are.
    """
    title, cells = rows[0][1][at], [row[at].strip() if at < len(row) else "" for _, row in rows[1:]]
    kind = _kind(words(_HUMP.sub(" ", title)))
    if not any(cells) or not (asked or kind or _may_tell(words(title), cells)):
        return ()
    return tuple(
        StatusValue(text, number, _stays(text, kind))
        for text, number in Counter(cells).most_common()
    )


def _stays(cell: str, kind: _Column | None) -> bool:
    wish = _says(cell, kind or _Column.AGREES)
    if wish is Wish.UNKNOWN:
        return kind is not _Column.REFUSES and not _LEAVING.search(words(cell))
    return wish is not Wish.NO


def tells_departure(title: str) -> bool:
    """Return whether the title of a column, in words, may be about leaving."""
    return bool(_DEPARTURE.search(title) or _kind(title) in {_Column.LEFT, _Column.REFUSES})


def names_leavers(file: str) -> bool:
    """Return whether a file's name announces people who left."""
    return bool(_LEAVING.search(words(file)) or re.search(r"\bnon ?subscri", words(file)))


def _value(cell: str) -> str:
    return words(cell) or cell.strip()


def says_so_in_words(cell: str) -> bool:
    """Return whether a name or a source says that the person left."""
    return "@" not in cell and _WRITTEN.search(words(cell)) is not None


def _kind(title: str) -> _Column | None:
    if _OTHER_CHANNEL.search(title) or title in _NEUTRAL:
        return None
    if _LEAVING.search(title):
        return _Column.LEFT if _CIRCUMSTANCE.search(title) else _Column.REFUSES
    against = _AGAINST.search(title) or (_NOT.match(title) and _ABOUT.search(title))
    return _Column.REFUSES if against else _TITLES.get(title)


def _says(cell: str, kind: _Column) -> Wish:
    value = _value(cell)
    agrees = value in _YES or value in {"1", "✓", "✔"} or value.startswith(("oui ", "yes "))
    refuses = value == "0" or bool(_NO.fullmatch(value) or _LEAVING.match(value))
    day = bool(_DAY.fullmatch(cell))
    match kind:
        case _Column.LEFT:
            stayed = value in _BLANK or value in {"0", "non", "no", "false"}
            return Wish.NOTHING if stayed else Wish.NO
        case _Column.REFUSES:
            if value in _BLANK:
                return Wish.NOTHING
            if agrees or day or _LEAVING.match(value):
                return Wish.NO
            return Wish.YES if refuses else Wish.UNKNOWN
        case _Column.AGREES:
            if agrees or day:
                return Wish.YES
        case _Column.STATUS:
            if agrees and value != "1":
                return Wish.YES
            if value == "0":
                return Wish.UNKNOWN  # each service numbers its own
    return Wish.NO if refuses else Wish.UNKNOWN


def _may_tell(title: str, cells: Sequence[str]) -> bool:
    """Return whether an unknown column may say who left."""
    if title in _NEUTRAL or _OTHER_CHANNEL.search(title):
        return False
    full = {cell for cell in cells if cell}
    said = {cell: _says(cell, _Column.AGREES) for cell in full}
    if _DEPARTURE.search(title) and "" in cells:  # when, or why, some of them went
        return True
    if all(_DAY.fullmatch(cell) for cell in full):
        return False
    if any(_LEAVING.search(words(cell)) for cell in full):
        return True
    if _ABOUT.search(title):
        certain = set(said.values()) == {Wish.YES} and "" not in cells
        return not certain and (len(full) <= _FEW or Wish.NO in said.values())
    return len(full) <= _SHOWN and Wish.UNKNOWN not in said.values() and Wish.NO in said.values()


def _ask(
    line: int, title: str, cells: Sequence[str], kind: _Column, choices: Choices, notes: Notes
) -> None:
    values = [value for value, _ in Counter(cells).most_common() if "@" not in value]
    shown = ", ".join(f"« {value[:30] or '(vide)'} »" for value in values[:_SHOWN])
    more = ", …" if len(values) > _SHOWN else ""
    said = {value: _says(value, kind) for value in values}
    good = [value for value, answer in said.items() if answer in {Wish.YES, Wish.NOTHING}]
    if not good:  # never suggest keeping someone who says no
        others = [value for value, answer in said.items() if answer is not Wish.NO]
        staying = [value for value in others if not _LEAVING.search(words(value))]
        good = staying if len(staying) < len(others) else staying[:1]
    kept = " ".join(f"--garder-si {_typed(f'{title}={value}')}" for value in good[:_SHOWN])
    kept = kept or "--retraits"  # they all say no
    notes.error(
        "csv-colonne-a-preciser",
        line,
        f"la colonne « {title} » ({shown}{more}) dit peut-être qui ne veut plus rien recevoir",
        f"Si oui :  {choices.command} {kept}\n"
        f"Sinon :  {choices.command} --ignorer-colonne {_typed(title)}",
    )


def _refuse_to_ignore(line: int, title: str, gone: int, notes: Notes) -> None:
    plural = "s" if gone > 1 else ""
    notes.error(
        "csv-colonne-qui-refuse",
        line,
        f"la colonne « {title} » dit non pour {gone} personne{plural} : elle ne s’ignore pas",
        "Ôtez cette option; si la colonne parle d’autre chose, changez son titre dans le fichier.",
    )


def _refuse_to_keep_nobody(line: int, title: str, notes: Notes) -> None:
    notes.error(
        "csv-valeur-absente",
        line,
        f"aucune ligne n’a, dans la colonne « {title} », la valeur que la commande garde",
        "Écrivez la valeur comme dans le fichier.",
    )


def _inspect_choices(titles: Sequence[str], choices: Choices, notes: Notes) -> None:
    there = set(map(words, titles))
    for name in sorted({*choices.keep, *choices.ignored} - there):
        refuse_unknown(name, titles, notes)


def refuse_unknown(name: str, titles: Sequence[str], notes: Notes) -> None:
    """Note that a column that was named is not in the file."""
    shown = ", ".join(title for title in titles if title and "@" not in title)
    notes.error(
        "csv-colonne-inconnue",
        None,
        f"le fichier n’a pas de colonne « {name} », que la commande nomme",
        f"Ses colonnes :  {shown}",
    )


def _typed(text: str) -> str:
    """Return a word in double quotes, or quoted for the shell where they are not enough."""
    return shlex.quote(text) if re.search(r"[\"$`\\!]", text) else f'"{text}"'
