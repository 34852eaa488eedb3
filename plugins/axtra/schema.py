"""The one schema of what editors type: kinds of content, their keys, the blocks and their options.

The reader, the checks, the skeletons of `axtra nouveau` and the editors' guide all read it here.
"""

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
    NUMBER = "nombre entier"
    WORD = "mot"
    LINES = "liste de textes"
    NAMES = "liste de noms de fichiers"
    WORDS = "liste de mots-clés"
    AUTHORS = "liste d’auteurs"
    RUBRIQUE = "rubrique"
    CHOICE = "choix"
    TYPE = "type d’infolettre"
    IMAGE = "image"
    FILE = "fichier PDF"
    LINK = "lien"
    LANGUAGE = "langue"
    CALL = "appel de textes"
    CORRECTIONS = "liste de corrections"
    EXCEPTIONS = "liste d’exceptions"


@dataclass(frozen=True, slots=True)
class Key:
    """One key that an editor may type; `attribute` is the field of the model it fills."""

    name: str
    attribute: str
    type: Type
    label: str
    example: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of content.

    `pattern` is the file relative to the root, `url` the address from the site's root; both hold
    `{slug}` and may hold `{numero}`, the numéro's folder. `listing` is the page that lists the
    kind and `feed` its feed.
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

    def key(self, name: str) -> Key | None:
        """Find a key by the name an editor types."""
        return next((key for key in self.keys if key.name == name), None)

    @property
    def title(self) -> Key:
        """Give the key that holds the title."""
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
LISTED_KINDS = ("article", "nouvelle", "communique", "publication", "evenement")


def _title(name: str = "titre", label: str = "titre", example: str = "Sur son X") -> Key:
    return Key(name, "title", Type.LINE, label, example, required=True)


def _date(*, required: bool, example: str = "2019-03-27") -> Key:
    return Key(
        "date",
        "date",
        Type.MOMENT,
        "jour de parution; à venir, le texte attend ce jour",
        example,
        required=required,
    )


_SUMMARY = Key(
    "chapeau",
    "summary",
    Type.LINE,
    "une ou deux phrases qui résument et donnent envie de lire",
    "Un colloque qui a réuni 336 personnes.",
)
_SUMMARY_REQUIRED = Key(
    "chapeau", "summary", Type.LINE, _SUMMARY.label, _SUMMARY.example, required=True
)
_SUBJECTS = Key(
    "mots-cles",
    "subjects",
    Type.WORDS,
    "sujets; chacun a sa page",
    "[jeunes, stages]",
)
_IMAGE = (
    Key("image", "image", Type.IMAGE, "image, rangée sous content/", "images/quariera.jpg"),
    Key(
        "alt",
        "image.alt",
        Type.LINE,
        'ce que montre l’image, pour qui ne la voit pas; « alt: "" » si elle ne fait que décorer',
        "Des personnes discutent autour d’une table.",
    ),
    Key("credit", "image.credit", Type.LINE, "à qui l’on doit l’image", "Photo : AXTRA"),
    Key("licence", "image.licence", Type.LINE, "licence de l’image", "CC BY 4.0"),
)
_AUTHORS = Key(
    "auteurs",
    "authors",
    Type.AUTHORS,
    "qui signe : noms des fichiers de content/auteurs/, ou noms complets",
    "[equipe-axtra]",
)
_COMMON = (
    Key(
        "statut",
        "status",
        Type.CHOICE,
        "« brouillon » tant que le texte ne doit pas paraître",
        "brouillon",
        choices=("publie", "brouillon"),
    ),
    Key(
        "slug",
        "slug",
        Type.WORD,
        "fin de l’adresse de la page, si elle doit différer du nom du fichier",
        "sur-son-x",
    ),
    Key("modifie", "modified", Type.MOMENT, "jour de la dernière mise à jour", "2019-04-02"),
    Key("langue", "language", Type.LANGUAGE, "langue du texte si ce n’est pas le français", "en"),
)

_ALL_KINDS = (
    Kind(
        "numero", "un", "numéro", "numéros",
        "content/magazine/{numero}/numero.md", "/magazine/{numero}/",
        (
            _title(label="thème du numéro"),
            Key("volume", "volume", Type.NUMBER, "numéro du volume", "1", required=True),
            Key("numero", "number", Type.NUMBER, "numéro dans le volume", "1", required=True),
            _date(required=True),
            _SUMMARY_REQUIRED,
            Key("couverture", "image", Type.IMAGE, "image de couverture; sans elle, AXE en dessine une", "images/couverture.jpg"),
            *_IMAGE[1:],
            Key("a-la-une", "featured", Type.NAMES, "articles de la couverture, dans l’ordre (noms de leurs fichiers)", "[releve, sur-son-x]"),
            Key("appel", "call", Type.CALL, "appel de textes : « texte » et « date-limite »", "{texte: Proposez un article., date-limite: 2019-06-15}"),
            _SUBJECTS,
            *_COMMON,
        ),
        listing="/magazine/", feed="numeros",
    ),
    Kind(
        "article", "un", "article", "articles",
        "content/magazine/{numero}/{slug}.md", "/magazine/{numero}/{slug}/",
        (
            _title(),
            _SUMMARY_REQUIRED,
            Key("auteurs", "authors", Type.AUTHORS, _AUTHORS.label, _AUTHORS.example, required=True),
            Key("rubrique", "rubrique", Type.RUBRIQUE, "rubrique du magazine (content/rubriques.toml)", "tendances", required=True),
            Key("ordre", "order", Type.NUMBER, "rang dans le sommaire", "1"),
            _date(required=False),
            _SUBJECTS,
            *_IMAGE,
            Key("points-cles", "key_points", Type.LINES, "deux à quatre phrases à retenir", "[Premier point., Second point.]"),
            Key("corrections", "corrections", Type.CORRECTIONS, "corrections apportées après la parution : « date » et « texte »", "[{date: 2019-04-02, texte: Le total est 336.}]"),
            Key("divulgation", "disclosure", Type.LINE, "lien d’intérêt à faire connaître", "L’auteure siège au comité."),
            *_COMMON,
        ),
        feed="articles",
    ),
    Kind(
        "nouvelle", "une", "nouvelle", "nouvelles",
        "content/nouvelles/**/{slug}.md", "/nouvelles/{slug}/",
        (_title(), _date(required=True), _SUMMARY, _SUBJECTS, _AUTHORS, *_IMAGE, *_COMMON),
        listing="/nouvelles/", feed="nouvelles",
    ),
    Kind(
        "communique", "un", "communiqué", "communiqués",
        "content/communiques/**/{slug}.md", "/communiques/{slug}/",
        (
            _title(), _date(required=True),
            Key("ville", "city", Type.LINE, "ville d’où l’on écrit", "Montréal"),
            _SUMMARY,
            Key("embargo", "embargo", Type.MOMENT, "ne pas publier avant", "2019-03-21 16:00"),
            Key("contact", "contact", Type.LINE, "pour les médias", "AXTRA, communications"),
            _SUBJECTS, *_IMAGE, *_COMMON,
        ),
        listing="/communiques/", feed="communiques",
    ),
    Kind(
        "publication", "une", "publication", "publications",
        "content/publications/{slug}.md", "/publications/{slug}/",
        (
            _title(), _date(required=True), _SUMMARY,
            Key("type", "publication_type", Type.CHOICE, "sorte de publication", "rapport", required=True, choices=PUBLICATION_TYPES),
            Key("fichier", "file", Type.FILE, "PDF, rangé sous content/", "documents/rapport.pdf"),
            Key("pages", "pages", Type.NUMBER, "nombre de pages du PDF", "48"),
            _SUBJECTS, *_IMAGE, *_COMMON,
        ),
        listing="/publications/", feed="publications",
    ),
    Kind(
        "evenement", "un", "événement", "événements",
        "content/evenements/{slug}.md", "/evenements/{slug}/",
        (
            _title(),
            Key("debut", "start", Type.MOMENT, "premier jour, avec l’heure s’il y en a une", "2019-02-20 13:00", required=True),
            Key("fin", "end", Type.MOMENT, "dernier jour ou heure de fin", "2019-02-22"),
            Key("lieu", "place", Type.LINE, "lieu", "Québec"),
            Key("inscription", "registration", Type.LINK, "adresse de l’inscription", "https://www.axtra.ca/quariera"),
            _SUMMARY, _date(required=False), _SUBJECTS, *_IMAGE, *_COMMON,
        ),
        listing="/evenements/", feed="evenements",
    ),
    Kind(
        "auteur", "un", "auteur", "auteurs",
        "content/auteurs/{slug}.md", "/auteurs/{slug}/",
        (
            _title("nom", "nom complet, ou nom de l’équipe", "L’équipe d’AXTRA"),
            Key("famille", "family", Type.LINE, "nom de famille, pour les références, s’il n’est pas le dernier mot du nom", "Tremblay Roy"),
            Key("fonction", "role", Type.LINE, "fonction", "Rédaction"),
            Key("organisme", "organisation", Type.LINE, "organisme", "AXTRA"),
            Key("photo", "image", Type.IMAGE, "photo, rangée sous content/", "images/equipe.jpg"),
            *_IMAGE[1:],
            *_COMMON,
        ),
        listing="/auteurs/",
    ),
    Kind(
        "page", "une", "page", "pages",
        "content/pages/{slug}.md", "/{slug}/",
        (_title(), _SUMMARY, _date(required=False), *_IMAGE, *_COMMON),
    ),
    Kind(
        "infolettre", "une", "infolettre", "infolettres",
        "newsletters/**/{slug}.md", "/infolettres/{slug}/",
        (
            _title("objet", "objet du courriel", "AXE Magazine : le premier numéro est paru"),
            Key("preentete", "preheader", Type.LINE, "phrase montrée après l’objet dans la boîte de réception (40 à 130 caractères)", "Dix articles sur le travail qui change, à lire dès maintenant.", required=True),
            _date(required=True),
            Key("type", "newsletter_type", Type.TYPE, "sorte d’infolettre (content/infolettres.toml)", "bimensuelle", required=True),
            Key("public", "audience", Type.WORD, "nom de la liste d’envoi", "membres"),
            Key("corrections", "corrections", Type.CORRECTIONS, "corrections apportées après l’envoi, montrées sur la page de l’édition : « date » et « texte »", "[{date: 2019-04-02, texte: Le total est 336.}]"),
            Key("exceptions", "exceptions", Type.EXCEPTIONS, "avertissements à taire : la règle (son nom entre crochets), la raison, et le dernier jour où elle vaut", "[{regle: lien-ambigu, raison: Deux séances du même nom., jusqu-au: 2019-06-30}]"),
            _SUBJECTS, *_IMAGE, *_COMMON,
        ),
        listing="/infolettres/", feed="infolettres",
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL_KINDS})


@dataclass(frozen=True, slots=True)
class BlockKind:
    """One block of Markdown: `/// name | argument`, options, body, `///`.

    `argument` and `body` say in French what stands there; None: nothing may.
    """

    name: str
    use: str
    argument: str | None
    body: str | None
    options: tuple[Key, ...] = ()
    argument_required: bool = False
    body_required: bool = False
    example: str = ""

    def option(self, name: str) -> Key | None:
        """Find an option by the name an editor types."""
        return next((key for key in self.options if key.name == name), None)


def _option(name: str, type_: Type, label: str, example: str, *, required: bool = False) -> Key:
    return Key(name, name, type_, label, example, required=required)


_ALT = _option("alt", Type.LINE, _IMAGE[1].label, _IMAGE[1].example, required=True)
_ALT_OPTIONAL = _option("alt", Type.LINE, _IMAGE[1].label, _IMAGE[1].example)

_ALL_BLOCKS = (
    BlockKind(
        "figure", "une image avec sa légende", "image, rangée sous content/", "légende",
        (
            _ALT,
            _option("legende", Type.LINE, "légende, si elle tient en une ligne", "Le colloque en chiffres."),
            _option("credit", Type.LINE, _IMAGE[2].label, _IMAGE[2].example),
            _option("licence", Type.LINE, _IMAGE[3].label, _IMAGE[3].example),
        ),
        argument_required=True,
        example="/// figure | images/regions.svg\n    alt: Carte des 16 régions où AXTRA a des membres.\n    credit: AXTRA\nLes 91 centres-conseils sont présents dans 16 régions.\n///",
    ),
    BlockKind(
        "citation", "une citation en exergue", "qui parle", "la citation, sans guillemets",
        (_option("fonction", Type.LINE, "fonction de la personne", "présidente"),),
        body_required=True,
        example="/// citation | Josée Jamieson\n    fonction: présidente d’AXTRA\nCette nouvelle identité forte renforce notre positionnement.\n///",
    ),
    BlockKind(
        "chiffres", "des chiffres clés", "titre", "une liste; chaque ligne commence par le nombre en gras",
        body_required=True,
        example="/// chiffres | Le colloque en chiffres\n- **336** participants\n- **57** conférenciers\n- **17** exposants\n///",
    ),
    BlockKind(
        "encadre", "un encadré", "titre", "le texte de l’encadré",
        body_required=True,
        example="/// encadre | Être sur son X\nÊtre exactement à l’endroit où l’on veut être dans sa vie.\n///",
    ),
    BlockKind(
        "video", "une vidéo : image fixe et lien", "adresse de la vidéo", None,
        (
            _option("titre", Type.LINE, "titre de la vidéo", "Trouve ton X, la vidéo", required=True),
            _option("image", Type.IMAGE, "image fixe, rangée sous content/", "images/video.jpg"),
            _ALT_OPTIONAL,
        ),
        argument_required=True,
        example="/// video | https://www.trouvetonx.ca/\n    titre: Trouve ton X, la vidéo\n///",
    ),
    BlockKind(
        "bouton", "un bouton d’appel à l’action", "texte du bouton", None,
        (_option("lien", Type.LINK, "adresse ou fichier où mène le bouton", "magazine/2019-03/numero.md", required=True),),
        argument_required=True,
        example="/// bouton | Lire le numéro de mars 2019\n    lien: magazine/2019-03/numero.md\n///",
    ),
    BlockKind(
        "article", "la carte d’un article", "fichier ou nom de l’article", None,
        argument_required=True,
        example="/// article | magazine/2019-03/sur-son-x.md\n///",
    ),
    BlockKind(
        "articles", "des cartes choisies par règle", "titre", None,
        (
            Key("genre", "genre", Type.CHOICE, "genre de contenu : article (par défaut), nouvelle, communique, publication ou evenement", "nouvelle", choices=LISTED_KINDS),
            _option("rubrique", Type.RUBRIQUE, "rubrique du magazine", "projets"),
            _option("sujet", Type.LINE, "mot-clé", "jeunes"),
            _option("depuis", Type.LINE, "premier jour de parution, ou « derniere » : depuis la dernière infolettre du même type", "derniere"),
            _option("nombre", Type.NUMBER, "nombre de cartes au plus (3 par défaut)", "3"),
            _option("contenus", Type.NAMES, "fichiers choisis une fois pour toutes, au lieu de la règle (« axtra infolettre figer » les écrit)", "[magazine/2019-03/sur-son-x.md]"),
        ),
        example="/// articles | Dernières nouvelles\n    genre: nouvelle\n    nombre: 3\n///",
    ),
    BlockKind(
        "sommaire", "le sommaire d’un numéro", "dossier du numéro; sans lui, le numéro courant", None,
        example="/// sommaire | 2019-03\n///",
    ),
    BlockKind(
        "evenement", "la carte d’un événement", "fichier ou nom de l’événement", None,
        argument_required=True,
        example="/// evenement | quariera-2019\n///",
    ),
    BlockKind(
        "publication", "la carte d’une publication", "fichier ou nom de la publication", None,
        argument_required=True,
        example="/// publication | jeunes-et-stages\n///",
    ),
    BlockKind(
        "web", "ce qui ne paraît que sur le site", None, "le texte",
        body_required=True,
        example="/// web\nCette infolettre est aussi arrivée par courriel.\n///",
    ),
    BlockKind(
        "courriel", "ce qui ne paraît que dans le courriel", None, "le texte",
        (_option("public", Type.WORD, "liste qui seule lit ce texte; il n’est pas dans la version publique", "membres"),),
        body_required=True,
        example="/// courriel\nBonne lecture!\n///",
    ),
)  # fmt: skip
BLOCKS: Mapping[str, BlockKind] = MappingProxyType({block.name: block for block in _ALL_BLOCKS})


def keys_and_aliases(kind: Kind) -> Iterator[tuple[str, Key]]:
    """Pair every name an editor may type for a kind with its key, Pelican's names included."""
    for key in kind.keys:
        yield key.name, key
    for alias, names in ALIASES.items():
        for name in names:
            found = kind.key(name)
            if found:
                yield alias, found
