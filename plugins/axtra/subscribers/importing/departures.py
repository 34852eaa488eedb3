"""What a file says of who left: the columns of mailing services, and those that look like them.

Nobody whose file says no becomes a subscriber; a column that may say so is asked about.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from axtra.subscribers.importing.csv_cells import Notes, Row, words

_FEW = 12  # distinct values of a column that sorts people
_SHOWN = 6


class Says(Enum):
    """What a cell says of a person."""

    YES = "yes"
    NO = "no"
    NOTHING = "nothing"  # an empty cell, where only a departure is noted
    UNKNOWN = "unknown"


class _Kind(Enum):
    """What a column holds."""

    STATUS = "a word for the state of a person"
    AGREES = "whether they want it"
    REFUSES = "whether they do not"
    LEFT = "when, why or from where they left"


# Titles as `words` gives them; those of listmonk, Mailchimp, Brevo, Mailjet, Cyberimpact, Constant
# Contact, MailerLite, MailPoet, Shopify, HubSpot, SurveyMonkey, in French and in English.
_TITLES: Mapping[str, _Kind] = MappingProxyType(
    {
        title: kind
        for kind, titles in {
            _Kind.STATUS: (
                "statut", "status", "state", "etat", "subscriber status", "subscription status",
                "email status", "email marketing status", "marketing status", "contact status",
                "email subscription status", "statut d abonnement", "statut de l abonnement",
                "statut abonnement", "statut du contact", "statut courriel", "statut du courriel",
                "etat de l abonnement", "member status", "global status", "list status",
            ),
            _Kind.AGREES: (
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
    r"|inacti\w*|invalid\w*|hors service)\b"
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
_DEPARTURE = re.compile(r"\b(depart|quitt\w*|parti\w*|sortie|resili\w*|annul\w*|renonc\w*)\b")
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
    """What the person who imports says of columns.

    Attributes:
        keep: for a title, in words, the values, in words, of the people to keep.
        ignored: titles, in words, that say nothing of who left.
        command: the command as it was typed, for remedies.
    """

    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    command: str = "axtra abonnes importer FICHIER.csv --liste LISTE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rows may be kept: those that are neither in `left` nor in `aside`.

    `columns` are those that say who left, or that are asked about.
    """

    left: frozenset[int]
    aside: frozenset[int]
    columns: frozenset[int]


def judge(rows: Sequence[Row], ours: frozenset[int], choices: Choices, notes: Notes) -> Verdict:
    """Find who left, by every column that says so; ask about those that may.

    Args:
        rows: the titles, then the people.
        ours: the columns that hold something else that we read.
        choices: what was answered.
        notes: hears the questions.

    Returns:
        Rows by the lines they start on.
    """
    (line, titles), people = rows[0], rows[1:]
    left: set[int] = set()
    aside: set[int] = set()
    used: set[int] = set()
    for at, title in enumerate(titles):
        name = words(title)
        cells = {start: row[at].strip() if at < len(row) else "" for start, row in people}
        if at in ours:
            _inspect_words(cells, notes)
        kind = None if at in ours else _kind(words(_HUMP.sub(" ", title)))
        if name in choices.keep:
            out = {one for one, cell in cells.items() if _value(cell) not in choices.keep[name]}
            gone = {one for one in out if _says(cells[one], kind or _Kind.STATUS) is Says.NO}
            left |= gone
            aside |= out - gone
            if len(out) == len(cells):
                _refuse_to_keep_nobody(line, title, notes)
            used.add(at)
            continue
        if at in ours or not any(cells.values()):
            continue
        said = {one: _says(cell, kind) for one, cell in cells.items()} if kind else {}
        gone = {one for one, what in said.items() if what is Says.NO}
        if name in choices.ignored:
            if kind and gone:
                _refuse_to_ignore(line, title, len(gone), notes)
        elif kind and Says.UNKNOWN not in said.values():
            left |= gone
            used.add(at)
        elif kind or _looks_like_one(name, list(cells.values())):
            _ask(line, title, list(cells.values()), kind or _Kind.AGREES, choices, notes)
            used.add(at)
    _inspect_choices(titles, choices, notes)
    return Verdict(frozenset(left), frozenset(aside - left), frozenset(used))


def names_leavers(file: str) -> bool:
    """Tell whether the name of a file announces people who left."""
    return bool(_LEAVING.search(words(file)) or re.search(r"\bnon ?subscri", words(file)))


def _value(cell: str) -> str:
    return words(cell) or cell.strip()


def _kind(title: str) -> _Kind | None:
    if _OTHER_CHANNEL.search(title) or title in _NEUTRAL:
        return None
    if _LEAVING.search(title):
        return _Kind.LEFT if _CIRCUMSTANCE.search(title) else _Kind.REFUSES
    against = _AGAINST.search(title) or (_NOT.match(title) and _ABOUT.search(title))
    return _Kind.REFUSES if against else _TITLES.get(title)


def _says(cell: str, kind: _Kind) -> Says:
    value = _value(cell)
    agrees = value in _YES or value in {"1", "✓", "✔"} or value.startswith(("oui ", "yes "))
    refuses = value == "0" or bool(_NO.fullmatch(value) or _LEAVING.match(value))
    day = bool(_DAY.fullmatch(cell))
    match kind:
        case _Kind.LEFT:
            return (
                Says.NOTHING if value in _BLANK or value in {"0", "non", "no", "false"} else Says.NO
            )
        case _Kind.REFUSES:
            if value in _BLANK:
                return Says.NOTHING
            if agrees or day or _LEAVING.match(value):
                return Says.NO
            return Says.YES if refuses else Says.UNKNOWN
        case _Kind.AGREES:
            if agrees or day:
                return Says.YES
        case _Kind.STATUS:
            if agrees and value != "1":
                return Says.YES
            if value == "0":
                return Says.UNKNOWN  # each service numbers its own
    return Says.NO if refuses else Says.UNKNOWN


def _looks_like_one(title: str, cells: Sequence[str]) -> bool:
    """Tell whether a column that nobody knows may say who left."""
    if title in _NEUTRAL or _OTHER_CHANNEL.search(title):
        return False
    full = {cell for cell in cells if cell}
    said = {cell: _says(cell, _Kind.AGREES) for cell in full}
    if _DEPARTURE.search(title) and "" in cells:  # when, or why, some of them went
        return True
    if all(_DAY.fullmatch(cell) for cell in full):
        return False
    if any(_LEAVING.search(words(cell)) for cell in full):
        return True
    if _ABOUT.search(title):
        certain = set(said.values()) == {Says.YES} and "" not in cells
        return not certain and (len(full) <= _FEW or Says.NO in said.values())
    return len(full) <= _SHOWN and Says.UNKNOWN not in said.values() and Says.NO in said.values()


def _inspect_words(cells: Mapping[int, str], notes: Notes) -> None:
    """Refuse the lines that say, in a name or a source, that the person left."""
    for line, cell in cells.items():
        if "@" not in cell and _WRITTEN.search(words(cell)):
            notes.error(
                line,
                "un nom ou une source semble dire que cette personne ne veut plus rien recevoir",
                "Ôtez cette ligne, ou ces mots s’ils parlent d’autre chose.",
            )


def _ask(
    line: int, title: str, cells: Sequence[str], kind: _Kind, choices: Choices, notes: Notes
) -> None:
    values = [value for value, _ in Counter(cells).most_common() if "@" not in value]
    shown = ", ".join(f"« {value[:30] or '(vide)'} »" for value in values[:_SHOWN])
    more = ", …" if len(values) > _SHOWN else ""
    said = {one: _says(one, kind) for one in values}
    good = [one for one, what in said.items() if what in {Says.YES, Says.NOTHING}]
    if not good:  # never suggest to keep who says no
        others = [one for one, what in said.items() if what is not Says.NO]
        staying = [one for one in others if not _LEAVING.search(words(one))]
        good = staying if len(staying) < len(others) else staying[:1]
    kept = " ".join(f"--garder-si {_typed(f'{title}={one}')}" for one in good[:_SHOWN])
    kept = kept or "--retraits"  # they all say no
    notes.error(
        line,
        f"la colonne « {title} » ({shown}{more}) dit peut-être qui ne veut plus rien recevoir",
        f"Si oui :  {choices.command} {kept}\n"
        f"    → Sinon :  {choices.command} --ignorer-colonne {_typed(title)}",
    )


def _refuse_to_ignore(line: int, title: str, gone: int, notes: Notes) -> None:
    plural = "s" if gone > 1 else ""
    notes.error(
        line,
        f"la colonne « {title} » dit non pour {gone} personne{plural} : elle ne s’ignore pas",
        "Ôtez cette option; si la colonne parle d’autre chose, changez son titre dans le fichier.",
    )


def _refuse_to_keep_nobody(line: int, title: str, notes: Notes) -> None:
    notes.error(
        line,
        f"aucune ligne n’a, dans la colonne « {title} », la valeur que la commande garde",
        "Écrivez la valeur comme dans le fichier.",
    )


def _inspect_choices(titles: Sequence[str], choices: Choices, notes: Notes) -> None:
    there = set(map(words, titles))
    for name in sorted({*choices.keep, *choices.ignored} - there):
        notes.error(
            None,
            f"le fichier n’a pas de colonne « {name} », que la commande nomme",
            f"Ses colonnes :  {', '.join(title for title in titles if '@' not in title)}",
        )


def _typed(text: str) -> str:
    """Quote a word as a person would; as a shell must, where that would not do."""
    return shlex.quote(text) if re.search(r"[\"$`\\!]", text) else f'"{text}"'
