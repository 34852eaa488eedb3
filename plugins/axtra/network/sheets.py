"""A sheet as its centre is asked about it, as a form shows it, and back to its file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.model import Centre, Library
from axtra.content.schema import KINDS, LIST_TYPES, Key
from axtra.network.sheet_requests import RequestState, SheetRequest
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

KIND = KINDS["centre"]
_ASKED = (
    "nom", "adresse", "ville", "code-postal", "region", "telephone", "courriel", "site",
    "service-en-ligne", "heures", "specialites", "publics", "langues", "accessibilite",
)  # fmt: skip
MOST, MOST_LINES, MOST_REMARK = 400, 12, 1_000  # characters of a value, its lines, of a remark
PRESENTATION, MOST_WORDS = "presentation", 4_000  # the body of a sheet; its characters
# What Markdown makes more than plain text of: tags, blocks, attributes, images, references, and
# links to anything but the web, a mailbox, a telephone.
_MORE = re.compile(
    r"<[a-z/!?]|^\s*///|\{\s*[:.#]|!\[|^\s*\[[^\]]+\]:|\]\s*\[|\]\(\s*<?(?!https?:|mailto:|tel:)",
    re.IGNORECASE,
)
FRESH = timedelta(days=180)  # a sheet verified since then needs no question


@dataclass(frozen=True, slots=True)
class Freshness:
    """How true a sheet is held to be, in a list of what to do.

    `asked` is when its centre was last asked and did not answer yet.
    """

    centre: Centre
    stale: bool
    asked: datetime | None
    lacks: str  # why its centre cannot be asked; "" when it can


def asked_keys() -> tuple[Key, ...]:
    """Return the keys about which a centre is asked, in the order of the form."""
    return tuple(key for name in _ASKED if (key := KIND.key(name)))


def label_of(key: Key) -> str:
    """Return the name of a key, without what explains it to editors."""
    return key.label.partition(";")[0].partition(",")[0]


def is_list(key: Key) -> bool:
    """Return whether a key holds several values, one a line."""
    return key.type in LIST_TYPES


def shown(data: bytes) -> dict[str, str]:
    """Return what a centre is shown of its file: each asked key, and its presentation.

    What is not there is "".

    Raises:
        Refusal: the header cannot be read.
    """
    try:
        text = EditableText.of(data)
        fields = text.fields(KIND)
    except (UnreadableHeaderError, UnicodeDecodeError):
        raise Refusal("l’en-tête de cette fiche ne se lit pas.", "axtra verifier") from None
    return {
        **{key.name: fields.get(key.name, "") for key in asked_keys()},
        PRESENTATION: _plain(text.body),
    }


def changed(sheet: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody typed otherwise than it was shown, cut to what a sheet may hold.

    Raises:
        Refusal: the presentation is too long, or holds more than plain text.
    """
    found = {}
    for key in asked_keys():
        if key.name not in typed:
            continue
        lines = [" ".join(line.split())[:MOST] for line in typed[key.name].splitlines()]
        lines = [line for line in lines if line][:MOST_LINES]
        value = "\n".join(lines) if is_list(key) else " ".join(lines)
        if value != sheet.get(key.name, ""):
            found[key.name] = value
    before, words = sheet.get(PRESENTATION, ""), _plain(typed.get(PRESENTATION, ""))
    if PRESENTATION in typed and PRESENTATION in sheet and words != before:
        if len(words) > MOST_WORDS:
            raise Refusal(
                f"la présentation a {count(len(words), 'caractère')}.",
                f"Gardez-en {MOST_WORDS} au plus.",
            )
        known = before.splitlines()
        if any(_MORE.search(line) for line in words.splitlines() if line not in known):
            raise Refusal(
                "la présentation contient une balise, un bloc, une image ou un lien qui ne mène "
                "pas à une adresse du Web.",
                "Écrivez des paragraphes, des listes, des mots en gras (**ainsi**) et des liens "
                "comme [l’horaire des ateliers](https://exemple.org).",
            )
        found[PRESENTATION] = words
    return found


def _plain(text: str) -> str:
    """Return a text without what no keyboard types: lines end alike, no control, no blank end."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    shown = ("".join(sign if sign.isprintable() else " " for sign in line) for line in lines)
    return "\n".join(line.rstrip() for line in shown).strip("\n")


def verified(data: bytes, day: date, changes: Mapping[str, str] | None = None) -> bytes:
    """Return the file of a sheet that its centre verified on a day, with what it changes.

    Raises:
        Refusal: the header cannot be read.
    """
    try:
        values = {**(changes or {}), "verifie": f"{day:%Y-%m-%d}"}
        words = values.pop(PRESENTATION, None)
        text = EditableText.of(data).with_fields(KIND, values)
        return (text if words is None else text.with_body(words)).data
    except (UnreadableHeaderError, UnicodeDecodeError):
        raise Refusal("l’en-tête de cette fiche ne se lit pas.", "axtra verifier") from None


def same_sheet(request: SheetRequest, data: bytes) -> bool:
    """Return whether the file still says what the centre was shown."""
    now = shown(data)
    return all(now.get(name, "") == value for name, value in request.sheet.items())


def find(library: Library, slug: str) -> Centre | None:
    """Find the sheet of a centre, published or not."""
    found = library.find(slug, Centre)
    return found if isinstance(found, Centre) else None


def freshness(library: Library, asked: Mapping[str, datetime], moment: datetime) -> list[Freshness]:
    """List the sheets, those that were verified the longest ago first."""
    centres = [item for item in library.items if isinstance(item, Centre) and item.shown]
    listed = [
        Freshness(
            centre, centre.last_fresh_day < moment.date(), asked.get(centre.slug), _lack(centre)
        )
        for centre in centres
    ]
    return sorted(listed, key=lambda line: (line.centre.last_fresh_day, line.centre.slug))


def to_ask(lines: Iterable[Freshness], moment: datetime, fresh: timedelta = FRESH) -> list[Centre]:
    """Choose whom to ask: not verified lately, not asked lately, and who can be written to."""
    limit = moment - fresh
    return [
        line.centre
        for line in lines
        if not line.lacks
        and (line.centre.verified is None or line.centre.verified < limit)
        and (line.asked is None or line.asked < moment - timedelta(days=14))
    ]


def _lack(centre: Centre) -> str:
    if {"courriel", "adresse"} & set(centre.demonstration):
        return "fiche de démonstration"
    return "" if centre.email else "sans courriel"


def pending(answers: Sequence[SheetRequest], state: RequestState) -> list[SheetRequest]:
    """Return the answers of a sort."""
    return [answer for answer in answers if answer.state is state]


def file_of(root: Path, centre: Centre) -> Path:
    """Return the file of a sheet."""
    return root / centre.source
