"""What the site says of itself: the small TOML files of `content/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from axtra.content import frontmatter, licences, publication_tables
from axtra.content.licences import TO_COME
from axtra.content.model import BOOKS, Facts, NewsletterType, Rubrique, Text, Welcome
from axtra.content.schema import TREATMENTS
from axtra.content.toml_tables import TomlFile, read_toml
from axtra.design.illustration import HOUSE, lettering
from infolettre.core.diagnostics import Diagnostic, Notes, did_you_mean
from infolettre.message import mailbox_providers

_TEXTS = {
    "nom": "name",
    "nom-complet": "long_name",
    "magazine": "magazine",
    "devise": "tagline",
    "description": "description",
    "adresse": "address",
    "localite": "locality",
    "telephone": "telephone",
    "courriel": "email",
    "site": "website",
}
# What a site may leave out; « à inscrire » says that it is to come.
_OPTIONAL = {
    "issn": "issn",
    "depot-legal": "deposit",
    "licence": "licence",
    "avertissement": "disclaimer",
    "traitement": "treatment",
}
_SIGN = "enseigne"  # the name drawn in the masthead, short
_BOOKS = "livres"  # begins the names of the PDF and of the EPUB of a numéro
_SERVICE = "service"  # where people subscribe and leave; without it, the site says to write
_ATELIER = "atelier"  # where the people of the newsroom work, when there are several
_FEDIVERSE = "fediverse"  # the account there, for those who share a page
_RHYTHM = ("premiere", "jours")
WELCOME = ("bienvenue-objet", "bienvenue")  # its subject, its text
_SUBJECT = "sujet"  # of a type of infolettre
_LISTS = ("demonstration", "reseaux", "menu", "pied")


def read(
    content: Path, folder: str
) -> tuple[Facts, tuple[Rubrique, ...], tuple[NewsletterType, ...], list[Diagnostic]]:
    """Read site.toml, rubriques.toml and infolettres.toml.

    Args:
        content: the content folder.
        folder: its name in messages, relative to the project's root.
    """
    site = _open(content, folder, "site.toml")
    sections = _open(content, folder, "rubriques.toml")
    letters = _open(content, folder, "infolettres.toml")
    rubriques = tuple(
        Rubrique(
            slug, Text.of(table["nom"]), table["couleur"], Text.with_italics(table["description"])
        )
        for slug, table in _tables(sections, ("nom", "description", "couleur"))
    )
    types = tuple(
        NewsletterType(
            slug,
            Text.of(table["nom"]),
            Text.with_italics(table["description"]),
            *_rhythm(letters, slug),
            _subject(letters, slug),
            _welcome(letters, slug),
        )
        for slug, table in _tables(letters, ("nom", "description"), (*_RHYTHM, _SUBJECT, *WELCOME))
    )
    facts = _facts(site)
    diagnostics = [*site.notes.found, *sections.notes.found, *letters.notes.found]
    return facts, rubriques, types, diagnostics


def _open(content: Path, folder: str, name: str) -> TomlFile:
    try:
        return read_toml(content / name, f"{folder}/{name}")
    except OSError:
        notes = Notes(f"{folder}/{name}")
        notes.error(
            "fichier-absent",
            None,
            "ce fichier manque; le site ne se construit pas sans lui",
            "Créez-le d’après le guide, ou reprenez-le de l’historique.",
        )
        return TomlFile(notes)


def _facts(site: TomlFile) -> Facts:
    given, notes = site.values, site.notes
    readable = not any(note.rule in {"toml-illisible", "fichier-absent"} for note in notes.found)
    texts: dict[str, str] = {}
    for key, attribute in _TEXTS.items():
        value = given.get(key)
        if readable and not (isinstance(value, str) and value.strip()):
            notes.error(
                "fait-manquant",
                site.line(key),
                f"il manque « {key} », que les pages et les infolettres affichent",
                f'Ajoutez :  {key} = "…"',
            )
        texts[attribute] = value if isinstance(value, str) else ""
    lists = {key: _list(site, key) for key in _LISTS}
    publication_tables.read(site)
    for key in given:
        known = [
            *_TEXTS,
            *_OPTIONAL,
            *_LISTS,
            _SERVICE,
            _ATELIER,
            _FEDIVERSE,
            _BOOKS,
            _SIGN,
            publication_tables.NAME,
        ]
        if key not in known:
            notes.error(
                "cle-inconnue", site.line(key), f"« {key} » n’existe pas", did_you_mean(key, known)
            )
    domain = texts["email"].rpartition("@")[2]
    if mailbox_providers.lends_mailboxes(domain):
        notes.warning(
            "courriel-gratuit",
            site.line("courriel"),
            mailbox_providers.problem_of(domain),
            mailbox_providers.REMEDY,
        )
    return Facts(
        **texts,
        **{attribute: _optional(site, key) for key, attribute in _OPTIONAL.items()},
        service=_service(site),
        atelier=_atelier(site),
        fediverse=str(given.get(_FEDIVERSE, "")),
        books=_books(site),
        sign=_sign(site, texts),
        social=_pairs(site, lists, "reseaux", "nom"),
        menu=_pairs(site, lists, "menu", "libelle"),
        footer=_pairs(site, lists, "pied", "libelle"),
        demonstration=tuple(map(str, lists["demonstration"])),
    )


def _optional(site: TomlFile, key: str) -> str:
    """Read a text that may be left out; note what it cannot be."""
    given, line = site.values.get(key, ""), site.line(key)
    if not isinstance(given, str):
        example = f'{key} = "…"'
        site.notes.error(
            "valeur-invalide", line, f"« {key} » est un texte", f"Écrivez :  {example}"
        )
        return ""
    if key == "issn" and given and given != TO_COME and not licences.is_issn(given):
        site.notes.error(
            "issn-invalide",
            line,
            f"« {given} » n’est pas un ISSN : son dernier signe ne vérifie pas les autres",
            f'Recopiez-le de l’avis de l’agence qui le donne, ou écrivez :  issn = "{TO_COME}"',
        )
    if key == "traitement" and given and given not in TREATMENTS:
        site.notes.error(
            "choix-inconnu",
            line,
            f"« {given} » n’est pas un traitement des photographies",
            did_you_mean(given, TREATMENTS),
        )
    return given.strip()


def _books(site: TomlFile) -> str:
    """Read how the names of books begin; it is a part of addresses."""
    given = str(site.values.get(_BOOKS, BOOKS))
    if given and frontmatter.slugify(given) == given:
        return given
    site.notes.error(
        "mot-invalide",
        site.line(_BOOKS),
        f"« {_BOOKS} » est le début du nom de fichiers : des minuscules sans accent, des traits",
        f'Écrivez :  {_BOOKS} = "{frontmatter.slugify(given) or BOOKS}"',
    )
    return BOOKS


def _sign(site: TomlFile, texts: Mapping[str, str]) -> str:
    """Read the name that is drawn in the masthead; by default, that of AXE or of who publishes."""
    given = site.values.get(_SIGN)
    if given is None:
        ours = texts["magazine"].split()[:1] == [HOUSE]
        return texts["name"] if not ours and lettering.sets(texts["name"]) else HOUSE
    if isinstance(given, str) and given.strip() and lettering.sets(given):
        return given.strip()
    site.notes.error(
        "valeur-invalide",
        site.line(_SIGN),
        f"« {_SIGN} » est un nom court, dans l’alphabet latin",
        f'Écrivez par exemple :  {_SIGN} = "{texts["name"] or HOUSE}"',
    )
    return HOUSE


def _service(site: TomlFile) -> str:
    """Read the address of the public door, without its last slash; empty when there is none."""
    given = str(site.values.get(_SERVICE, "")).rstrip("/")
    if given and not re.match(r"https://\w|http://(127\.0\.0\.1|localhost)\b", given):
        site.notes.error(
            "lien-non-securise",
            site.line(_SERVICE),
            f"« {_SERVICE} » n’est pas une adresse https",
            f'Écrivez par exemple :  {_SERVICE} = "https://abonnement.exemple.org"',
        )
    return given


def _atelier(site: TomlFile) -> str:
    """Read the address of the newsroom, without its last slash; empty when there is none."""
    given = str(site.values.get(_ATELIER, "")).rstrip("/")
    if given and not re.fullmatch(r"https://[\w.-]+(:\d+)?", given):
        site.notes.error(
            "lien-non-securise",
            site.line(_ATELIER),
            f"« {_ATELIER} » n’est pas une adresse https, sans chemin",
            f'Écrivez par exemple :  {_ATELIER} = "https://redaction.exemple.org"',
        )
    return given


def _list(site: TomlFile, key: str) -> list[object]:
    """Read a list; note what is none."""
    given = site.values.get(key, [])
    if isinstance(given, list):
        return given
    site.notes.error(
        "valeur-invalide",
        site.line(key),
        f"« {key} » est une liste",
        f"Écrivez par exemple :  {key} = []",
    )
    return []


def _pairs(
    site: TomlFile, lists: Mapping[str, list[object]], key: str, label: str
) -> tuple[tuple[str, str], ...]:
    given = lists[key]
    whole = [
        (str(entry[label]), str(entry["adresse"]))
        for entry in given
        if isinstance(entry, dict) and {label, "adresse"} <= entry.keys()
    ]
    if len(whole) != len(given):
        site.notes.error(
            "fait-manquant",
            site.line(key),
            f"chaque entrée de « {key} » a un « {label} » et une « adresse »",
            f'Par exemple :  [[{key}]]  {label} = "…"  adresse = "/…/"',
        )
    return tuple(whole)


def _rhythm(letters: TomlFile, slug: str) -> tuple[date | None, int | None]:
    """Read on which day an infolettre first goes out, and every how many days after."""
    table = letters.values[slug]
    first, every = (table.get(key) for key in _RHYTHM)
    if first is None and every is None:
        return None, None
    whole = type(first) is date and type(every) is int and every > 0
    if not whole:
        letters.notes.error(
            "valeur-invalide",
            letters.line(slug),
            f"le rythme de [{slug}] se donne par un premier jour et un nombre de jours",
            "Écrivez les deux :  premiere = 2019-01-02   puis   jours = 14",
        )
    return (first, every) if whole else (None, None)


def _subject(letters: TomlFile, slug: str) -> str:
    """Read the keyword that an infolettre is about; empty when the table does not name one."""
    subject = letters.values[slug].get(_SUBJECT, "")
    if isinstance(subject, str):
        return subject
    letters.notes.error(
        "valeur-invalide",
        letters.line(slug),
        f"« {_SUBJECT} » de [{slug}] est un mot-clé",
        f'Écrivez par exemple :  {_SUBJECT} = "formation"',
    )
    return ""


def _welcome(letters: TomlFile, slug: str) -> Welcome | None:
    """Read what is said to whoever has just confirmed; None when nothing is."""
    given = [letters.values[slug].get(key) for key in WELCOME]
    subject, text = (value.strip() if isinstance(value, str) else "" for value in given)
    if subject and text:
        return Welcome(subject, text)
    if any(value is not None for value in given):
        letters.notes.error(
            "valeur-invalide",
            letters.line(slug),
            f"la lettre de bienvenue de [{slug}] a un objet et un texte",
            'Écrivez les deux :  bienvenue-objet = "Bienvenue"   puis   bienvenue = "Merci."',
        )
    return None


def _tables(
    file: TomlFile, keys: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[tuple[str, Mapping[str, str]]]:
    """Read the tables of a file; a key left out is an error and an empty text."""
    tables: list[tuple[str, Mapping[str, str]]] = []
    for slug, table in file.values.items():
        if frontmatter.slugify(slug) != slug or not isinstance(table, dict):
            file.notes.error(
                "mot-invalide",
                file.line(slug),
                f"« {slug} » doit être une table dont le nom est en minuscules, sans accent",
                f"Écrivez :  [{frontmatter.slugify(slug) or 'nom-de-la-table'}]",
            )
            continue
        for key in keys:
            if not isinstance(table.get(key), str) or not table[key].strip():
                file.notes.error(
                    "fait-manquant",
                    file.line(slug),
                    f"il manque « {key} » dans [{slug}]",
                    f'Ajoutez :  {key} = "…"',
                )
        for key in table:
            if key not in (*keys, *optional):
                file.notes.error(
                    "cle-inconnue",
                    file.line(key),
                    f"« {key} » n’existe pas dans [{slug}]",
                    did_you_mean(key, (*keys, *optional)),
                )
        tables.append((slug, {key: str(table.get(key, "")) for key in keys}))
    return tables
