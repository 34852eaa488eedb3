"""What a key of the schema is, and what every kind of content has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Type(StrEnum):
    """What a value may be; the value of each member is its French name in the guide."""

    LINE = "texte"
    DATE = "date"
    MOMENT = "date, avec ou sans heure"
    OCCASION = "jour, ou jour et heure"  # which of the two was typed matters
    NUMBER = "nombre entier"
    WORD = "mot"
    LINES = "liste de textes"
    NAMES = "liste de noms de fichiers"
    WORDS = "liste de mots-clés"
    AUTHORS = "liste d’auteurs"
    RUBRIQUE = "rubrique"
    CHOICE = "choix"
    TYPE = "sorte d’infolettre"
    IMAGE = "image"
    FILE = "fichier PDF"
    LINK = "lien"
    LANGUAGE = "langue"
    FOCUS = "point d’une image"
    CALL = "appel de textes"
    CORRECTIONS = "liste de corrections"
    EXCEPTIONS = "liste d’exceptions"
    FLAG = "oui ou non"
    DOSSIER = "dossier"
    REFERENCE = "texte du site"
    REGION = "région du Québec"
    CATEGORIES = "liste de mots"
    HOURS = "heures d’ouverture"
    POINT = "latitude et longitude"
    POSTAL_CODE = "code postal"
    EMAIL = "adresse de courriel"


# The types whose values are several; a field of the atelier shows them a line each.
LIST_TYPES = frozenset(
    {Type.LINES, Type.NAMES, Type.WORDS, Type.AUTHORS, Type.CATEGORIES, Type.HOURS}
)
# Those of which each value is a sentence, that a comma does not cut.
SENTENCES = frozenset({Type.LINES, Type.HOURS})


@dataclass(frozen=True, slots=True)
class Key:
    """A key that an editor may type; `attribute` is the field of the model it fills.

    Attributes:
        unless: the name of a key in whose presence a required one must be left out.
        language: the language of its value, where it is not that of the text.
    """

    name: str
    attribute: str
    type: Type
    label: str
    example: str
    required: bool = False
    choices: tuple[str, ...] = ()
    unless: str = ""
    language: str = ""


class PosterUse(StrEnum):
    """When an item has a poster of its own."""

    ALWAYS = "toujours"
    WITHOUT_PHOTOGRAPH = "sans photographie"
    NEVER = "jamais"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content.

    `pattern` is the file relative to the root, `url` the address from the site's root; both hold
    `{slug}` and may hold `{numero}`, the numéro's folder.

    Attributes:
        listing: the page that lists the kind, titled `listing_title`, else the plural.
        feed: its feed; a listing without a feed is in the order of the names.
        section: the title of what a draft of a letter shows of the kind; a block « articles » lists
            only kinds that have a section.
        card_block: the block that shows a card of one item.
        told_once: a letter warns about what an earlier letter carried.
        palette: the colours of what is drawn for an item; none, and its slug chooses.
        card_colour: the token of the label of its card in a mail.
        schema_type: what schema.org calls an item.
        poster: when an item has a picture of its own for social networks.
        drawn: a drawing stands for the picture of an item that has none.
    """

    name: str
    article: str  # « un », « une »
    label: str
    plural: str
    pattern: str
    url: str
    keys: tuple[Key, ...]
    listing: str | None = None
    feed: str | None = None
    listing_title: str = ""
    section: str = ""
    card_block: str = ""
    told_once: bool = False
    palette: str = "marine"
    card_colour: str = "texte-doux"
    schema_type: str = "Article"
    poster: PosterUse = PosterUse.WITHOUT_PHOTOGRAPH
    drawn: bool = True

    def key(self, name: str) -> Key | None:
        """Find a key by the name an editor types."""
        return next((key for key in self.keys if key.name == name), None)

    @property
    def title(self) -> Key:
        """Return the key that holds the title."""
        return next(key for key in self.keys if key.attribute == "title")


# Pelican's own keys, for content that already has them.
ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": ("titre", "objet", "nom"),
        "authors": ("auteurs",),
        "author": ("auteurs",),
        "category": ("rubrique",),
        "tags": ("mots-cles",),
        "summary": ("chapeau",),
        "modified": ("modifie",),
        "status": ("statut",),
    }
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "publie": "publie",
        "brouillon": "brouillon",
        "published": "publie",
        "draft": "brouillon",
    }
)
PUBLICATION_TYPES = ("rapport", "avis", "mémoire", "enquête")
TREATMENTS = ("couleurs", "duotone")
IMAGE = (
    Key("image", "image", Type.IMAGE, "image, rangée sous content/", "images/colloque.jpg"),
    Key(
        "alt",
        "image.alt",
        Type.LINE,
        'ce que montre l’image, pour qui ne la voit pas; « alt: "" » si elle ne fait que décorer',
        "Des personnes discutent autour d’une table.",
    ),
    Key("credit", "image.credit", Type.LINE, "à qui l’on doit l’image", '"Photo : AXTRA"'),
    Key("licence", "image.licence", Type.LINE, "licence de l’image", "CC BY 4.0"),
    Key(
        "cadrage",
        "image.focus",
        Type.FOCUS,
        "ce qui reste visible quand l’image est rognée : des mots (visage, haut, bas, gauche, "
        "droite, centre), ou sa distance du bord gauche et du haut, en %",
        "50% 30%",
    ),
    Key(
        "traitement",
        "image.treatment",
        Type.CHOICE,
        "couleurs de la photographie : les siennes, ou deux encres de la rubrique, qui tiennent "
        "ensemble des photographies de toutes provenances",
        "duotone",
        choices=TREATMENTS,
    ),
)


def keys_and_aliases(kind: Kind) -> Iterator[tuple[str, Key]]:
    """Pair every name an editor may type for a kind with its key, Pelican's names included."""
    for key in kind.keys:
        yield key.name, key
    for alias, names in ALIASES.items():
        for name in names:
            if aliased := kind.key(name):
                yield alias, aliased
