"""What each column of a file holds, by the titles of spreadsheets and mailing services; writing."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from axtra.subscribers.importing.csv_cells import Row, words

COLUMNS = ("adresse", "prenom", "nom", "consentement", "date", "source")
FULL_NAME, STATUS, NOTHING = "nom-complet", "statut", "rien"
ROLES = (*COLUMNS, FULL_NAME, STATUS, NOTHING)  # what a person may say of a column

# The titles in common exports: Excel, Outlook, listmonk, Mailchimp, Mailjet, Brevo, Google,
# Cyberimpact.
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "adresse": (
            "adresse", "courriel", "adresse courriel", "adresse de courriel", "adresse email",
            "adresse e mail", "adresse mail", "adresse electronique", "adresse de messagerie",
            "adresse de courrier electronique", "courrier electronique", "courriel electronique",
            "mel", "email", "e mail", "mail", "email address", "e mail address", "e mail 1 value",
            "contact email", "emailaddress", "email 1", "courriel 1", "courriel principal",
            "primary email",
        ),
        "prenom": ("prenom", "first name", "firstname", "given name", "fname"),
        "nom": ("nom", "nom de famille", "last name", "lastname", "family name", "lname", "name"),
        FULL_NAME: (
            "nom complet", "nom et prenom", "nom prenom", "prenom et nom", "prenom nom",
            "full name",
        ),
        "consentement": ("consentement", "consent", "type de consentement", "consent type"),
        "date": (
            "date", "date du consentement", "date de consentement", "date d inscription",
            "consent date", "confirm time", "optin time", "created at", "subscribed at",
        ),
        "source": (
            "source", "origine", "provenance", "consent source", "optin source",
            "source du consentement", "preuve du consentement", "consent proof",
        ),
    }
)  # fmt: skip
_ASIDE = re.compile(r"\([^()]*\)")
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}


def is_known(title: str) -> bool:
    """Return whether a column with this title is read."""
    return words(title) in _COLUMN


def places(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return the places of the columns, by the titles in the first row; several may hold the same.

    « Adresse » may also be a street: of several such columns, only those with « @ » are kept.
    """
    columns: dict[str, list[int]] = {}
    for index, title in enumerate(rows[0][1]):
        column = _COLUMN.get(words(title))
        if column is not None:
            columns.setdefault(column, []).append(index)
    candidates = columns.get("adresse") or [
        index  # « Courriel (obligatoire) », as a form asks for it
        for index, title in enumerate(rows[0][1])
        if _COLUMN.get(words(_ASIDE.sub("", title))) == "adresse"
    ]
    mails = [
        index for index in candidates if any("@" in "".join(row[index:][:1]) for _, row in rows[1:])
    ]
    if mails:
        columns["adresse"] = mails
    return columns


def write(rows: Sequence[Sequence[str]], titles: Sequence[str] = COLUMNS) -> bytes:
    """Return a CSV file that Excel in French opens with its accents and its columns.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front, even an address,
    since anyone may choose theirs; `csv_files.read` removes the apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows(map(_inert, row) for row in rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
