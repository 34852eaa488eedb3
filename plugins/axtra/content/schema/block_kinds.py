"""Every block of Markdown: what it is for, its argument, its options, its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from axtra.content.schema.keys import IMAGE, Key, Type
from axtra.content.schema.kinds import LISTED_KINDS


@dataclass(frozen=True, slots=True)
class Never:
    """Options that a block will never have; `why` says in French why not."""

    names: tuple[str, ...]
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class BlockKind:
    """A block of Markdown: `/// name | argument`, options, body, `///`.

    `argument` and `body` say in French what stands there; None: nothing may. `argument_field`
    names the field of the node that holds the argument, where a field holds it as typed.
    """

    name: str
    use: str
    argument: str | None
    body: str | None
    options: tuple[Key, ...] = ()
    argument_required: bool = False
    body_required: bool = False
    example: str = ""
    argument_field: str = ""
    holds_blocks: bool = True  # the body may have other blocks in it
    never: Never | None = None
    # What the atelier writes of a new block, where « … » would not do: its argument, its body.
    sample: str | None = None
    skeleton: str = ""

    def option(self, name: str) -> Key | None:
        """Find an option by the name an editor types."""
        return next((key for key in self.options if key.name == name), None)


def _option(
    name: str, type_: Type, label: str, example: str, field: str = "", *, required: bool = False
) -> Key:
    return Key(name, field or name, type_, label, example, required=required)


_FIRST, *_MIDDLE, _LAST = LISTED_KINDS


_ALT = _option("alt", Type.LINE, IMAGE[1].label, IMAGE[1].example, required=True)
_ALT_OPTIONAL = _option("alt", Type.LINE, IMAGE[1].label, IMAGE[1].example)

_ALL_BLOCKS = (
    BlockKind(
        "figure", "une image avec sa légende", "image, rangée sous content/", "légende",
        (
            _ALT,
            _option("legende", Type.LINE, "légende, si elle tient en une ligne", "Le colloque en chiffres."),
            _option("credit", Type.LINE, IMAGE[2].label, IMAGE[2].example),
            _option("licence", Type.LINE, IMAGE[3].label, IMAGE[3].example),
        ),
        argument_required=True, holds_blocks=False,
        example="/// figure | images/regions.svg\n    alt: Carte des 16 régions où AXTRA a des membres.\n    credit: AXTRA\nLes 91 centres-conseils sont présents dans 16 régions.\n///",
    ),
    BlockKind(
        "citation", "les mots de quelqu’un, dans le fil du texte", "qui parle", "la citation, sans guillemets",
        (_option("fonction", Type.LINE, "fonction de la personne", "présidente", "role"),),
        argument_field="author", body_required=True,
        example="/// citation | Josée Jamieson\n    fonction: présidente d’AXTRA\nCette nouvelle identité forte renforce notre positionnement.\n///",
    ),
    BlockKind(
        "exergue", "une phrase mise en vue, qui rompt le texte; une par 600 mots au plus", "qui parle", "la phrase, sans guillemets",
        (_option("fonction", Type.LINE, "fonction de la personne", "présidente", "role"),),
        argument_field="author", body_required=True,
        example="/// exergue | Employeur en commerce de détail\nL’employée se sent plus en confiance et mieux outillée pour accomplir son travail.\n///",
    ),
    BlockKind(
        "chiffres", "des chiffres clés", "titre", "une liste; chaque ligne commence par le nombre en gras",
        body_required=True, holds_blocks=False, skeleton="- **0** …",
        example="/// chiffres | Le colloque en chiffres\n- **336** participants\n- **57** conférenciers\n- **17** exposants\n///",
    ),
    BlockKind(
        "graphique", "un graphique, fait d’un tableau ordinaire",
        "forme : barres (sans rien d’autre), lignes, parts ou points",
        "un tableau : des noms dans la première colonne, des nombres d’une même unité dans les autres",
        (
            _option("titre", Type.LINE, "ce que le graphique montre", "Trois échelles, une même formule"),
            _option("unite", Type.LINE, "ce que l’on compte, et dans quelle unité", "stagiaires par projet"),
            _option("source", Type.LINE, "d’où viennent les nombres", "rapport annuel 2018-2019 d’AXTRA"),
            _option("note", Type.LINE, "ce qu’il faut savoir pour bien les lire", "Chiffres arrondis."),
        ),
        body_required=True, holds_blocks=False,
        sample="barres", skeleton="| … | … |\n| --- | ---: |\n| … | 0 |\n| … | 0 |",
        never=Never(
            ("axe", "minimum", "maximum", "min", "max", "depart", "debut", "origine", "echelle", "base"),
            rule="graphique-axe",
            why="l’axe d’un graphique part toujours de zéro : coupé, il grossirait les écarts",
        ),
        example="/// graphique | barres\n    unite: stagiaires par projet\n    source: rapport annuel 2018-2019 d’AXTRA\n| Projet | Stagiaires |\n| --- | ---: |\n| Commerce de détail | 335 |\n| Assainissement | 12 |\n///",
    ),
    BlockKind(
        "encadre", "un encadré", "titre", "le texte de l’encadré",
        argument_field="title", body_required=True,
        example="/// encadre | Être sur son X\nÊtre exactement à l’endroit où l’on veut être dans sa vie.\n///",
    ),
    BlockKind(
        "galerie", "plusieurs images, côte à côte", "titre",
        "les images, une par ligne; la légende de chacune est entre guillemets droits, après son adresse",
        body_required=True, holds_blocks=False,
        example='/// galerie | Trois images du colloque\n![La salle, vue de l’entrée](images/salle.jpg "La salle.")\n![Les exposants](images/exposants.jpg "Photo : AXTRA")\n///',
    ),
    BlockKind(
        "audio", "un son à écouter, et tout ce qu’on y entend", "fichier MP3, M4A ou OGG, rangé sous content/",
        "la transcription",
        (
            _option("titre", Type.LINE, "titre du son", "Entrevue avec la présidente", required=True),
            _option("duree", Type.LINE, "durée", "12 min", "length"),
        ),
        argument_required=True, body_required=True, holds_blocks=False,
        example="/// audio | documents/entrevue.mp3\n    titre: Entrevue avec la présidente\n    duree: 12 min\n— Bonjour. Parlez-nous de vos membres.\n\n— Ils sont 91, dans 16 régions.\n///",
    ),
    BlockKind(
        "references", "une bibliographie, mise en forme à partir de BibTeX ou de CSL",
        "fichier .bib ou .json, rangé sous content/; sans lui, la bibliographie est dans le bloc",
        "la bibliographie, entre deux lignes ~~~",
        (_option("titre", Type.LINE, "titre, « Références » par défaut", "Pour aller plus loin"),),
        holds_blocks=False,
        sample="", skeleton="~~~\n@book{cle, author = {…}, title = {…}, year = {…}}\n~~~",
        example="/// references\n~~~\n@report{rapport,\n  author = {{AXTRA}},\n  title = {Rapport annuel 2018-2019},\n  year = {2019}\n}\n~~~\n///",
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
        (_option("lien", Type.LINK, "adresse ou fichier où mène le bouton", "magazine/2019-03/numero.md", "href", required=True),),
        argument_field="label", argument_required=True,
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
            Key("genre", "genre", Type.CHOICE, f"genre de contenu : {_FIRST} (par défaut), {', '.join(_MIDDLE)} ou {_LAST}", "nouvelle", choices=LISTED_KINDS),
            _option("rubrique", Type.RUBRIQUE, "rubrique du magazine", "projets"),
            _option("sujet", Type.LINE, "mot-clé", "jeunes"),
            _option("depuis", Type.LINE, "premier jour de parution, ou « derniere » : depuis la dernière infolettre du même type", "derniere"),
            _option("nombre", Type.NUMBER, "nombre de cartes au plus (3 par défaut)", "3"),
            Key("forme", "forme", Type.CHOICE, "« bref » : une ligne par texte; « cartes » par défaut", "bref", choices=("cartes", "bref")),
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
        example="/// evenement | colloque-2019\n///",
    ),
    BlockKind(
        "publication", "la carte d’une publication", "fichier ou nom de la publication", None,
        argument_required=True,
        example="/// publication | jeunes-et-stages\n///",
    ),
    BlockKind(
        "centre", "la carte d’un centre", "fichier ou nom du centre", None,
        argument_required=True,
        example="/// centre | place-a-l-emploi\n///",
    ),
    BlockKind(
        "centres", "les cartes des centres d’une région, d’une spécialité ou d’un public", "titre", None,
        (
            _option("region", Type.REGION, "région administrative du Québec", "Mauricie"),
            _option("specialite", Type.LINE, "spécialité", "orientation"),
            _option("public", Type.LINE, "public", "jeunes"),
            _option("nombre", Type.NUMBER, "nombre de cartes au plus (6 par défaut)", "6"),
            Key("forme", "forme", Type.CHOICE, "« bref » : une ligne par centre; « cartes » par défaut", "bref", choices=("cartes", "bref")),
        ),
        example="/// centres | Près de chez vous\n    region: Mauricie\n///",
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
