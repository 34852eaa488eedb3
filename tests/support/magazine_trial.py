"""A magazine that no template was written for: what a real second numéro, and others, ask of it.

Nobody in it exists: who signs is called « Signature témoin », and portraits are silhouettes.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from PIL import Image as Bitmap
from PIL import ImageDraw

from support.small_sites import FACTS, SITE, Project, built_once, make_project, text

CALL_END, TAGLINE = "2020-02-15", "Regards sur l’emploi et la main-d’œuvre"
DISCLAIMER = "Les opinions exprimées n’engagent que les personnes qui signent."
SIGN, SERVICE = "Revue", "https://abonnement.essai.example"
BOOKS = "revue-d-essai"  # begins the names of the PDF and of the EPUB
COVER_LINES = ("releve", "territoires", "mesurer", "memoire")  # of the second numéro, as listed
ABSTRACT = "Eight signatories look at who takes over in employment services."
EIGHT = tuple(f"temoin-{rank}" for rank in range(1, 9))
SHAPES = {
    "panorama": (1500, 320),
    "portrait": (600, 1200),
    "minuscule": (90, 60),
    "immense": (2000, 1500),
    "carre": (900, 900),
}
RUBRIQUES = """\
[tendances]
nom = "Tendances"
description = "Ce qui bouge."
couleur = "tendances"
[projets]
nom = "Projets"
description = "Ce que l’on essaie."
couleur = "projets"
[recherches]
nom = "Recherches"
description = "Ce que l’on cherche."
couleur = "recherches"
[chroniques]
nom = "Chroniques"
description = "D’où l’on vient."
couleur = "chroniques"
[courrier]
nom = "Courrier"
description = "Ce que l’on nous écrit."
couleur = "ocre"
"""
_QUOTE = "/// citation | Signature Témoin 2\nOn garde ce que l’on raconte.\n///"
_BODY = "Un premier paragraphe, assez long pour être lu.\n\n## La suite\n\nRepère {}."


def mark(titre: str) -> str:
    """Return the mark of an article, by which it is found in a PDF: eight letters."""
    return f"{zlib.crc32(titre.encode()):08x}".translate(str.maketrans("0123456789", "ghijklmnop"))


def issue(titre: str, **keys: str) -> str:
    """Return a numéro with its editorial."""
    return text(
        _BODY.format("éditorial"),
        **{"titre": titre, "chapeau": f"Un numéro d’essai, « {titre} ».", **keys},
    )


def article(titre: str, rubrique: str, body: str = _BODY, **keys: str) -> str:
    """Return an article that « Signature témoin 1 » signs; its body ends with a mark of its own."""
    named = {"auteurs": "[temoin-1]", "chapeau": "Ce que l’on y apprend.", **keys}
    return text(body.format(mark(titre)), titre=titre, rubrique=rubrique, **named)


def _people() -> dict[str, str]:
    people = {}
    for rank, slug in enumerate(EIGHT, 1):
        keys = {"nom": f"Signature Témoin {rank}", "famille": f"Témoin {rank}"}
        keys |= {"fonction": f"Fonction {rank}", "organisme": f"Organisme d’essai {rank}"}
        if rank % 2:
            keys |= {"photo": f"images/temoin-{rank}.png", "alt": '""', "cadrage": "visage"}
            keys["traitement"] = "duotone"
        people[f"content/auteurs/{slug}.md"] = text(f"Biographie {rank}.", **keys)
    return people


def _second() -> dict[str, str]:
    """Return a second numéro as it was published: cover lines, affiliations, call, opinions."""
    home = "content/magazine/2019-09"
    return {
        f"{home}/numero.md": issue(
            "Qui prendra la *relève*?", volume="1", numero="2", date="2019-09-18",
            a_la_une=f"[{', '.join(COVER_LINES)}]",
            appel="{texte: Proposez un *article*., date-limite: 2020-02-15}",
            ours='["Rédaction : Signature Témoin 1", "Révision : Signature Témoin 2"]',
            partenaires="[Organisme d’essai 3]",
        ),
        f"{home}/releve.md": article(
            "La *relève*, et après", "tendances", auteurs=f"[{', '.join(EIGHT)}]", ordre="2",
            surtitre="Enquête", sous_titre="Huit regards, une question", dossier="transmission",
            resume_en=f'"{ABSTRACT}"', signature_speciale="oui",
        ),
        f"{home}/releve-en.md": article(
            "The next generation", "tendances", "A first paragraph, long enough to be read.",
            auteurs="[temoin-1, temoin-2]", ordre="3", langue="en", traduction_de="releve",
            chapeau="What one learns.",
        ),
        f"{home}/emploi.md": article("Où est l’emploi", "tendances", ordre="1"),
        f"{home}/territoires.md": article(
            "Trois territoires se parlent", "projets", ordre="1", auteurs="[temoin-3]",
            partenaires="[Organisme d’essai 4, Organisme d’essai 5]",
        ),
        f"{home}/commandite.md": article(
            "Un outil à découvrir", "projets", ordre="2", partenaires="[Organisme d’essai 6]",
            commandite="oui",
        ),
        f"{home}/mesurer.md": article(
            "Mesurer sans réduire", "recherches",
            _BODY + "\n\n/// chiffres\n- **335** stagiaires\n- **12** mois\n///",
            auteurs="[temoin-4, temoin-5]", licence_du_texte="CC BY 4.0",
        ),
        f"{home}/memoire.md": article("La *mémoire* des mots", "chroniques"),
        f"{home}/lettre.md": article(
            "On m’a demandé d’où je venais", "courrier",
            reponse_a="magazine/2019-09/releve.md", auteurs="[temoin-8]",
        ),
    }  # fmt: skip


def _fourteen() -> dict[str, str]:
    """Return a numéro of fourteen articles, with photographs of every shape."""
    home = "content/magazine/2019-12"
    kinds = ("tendances", "projets", "recherches", "chroniques")
    texts = {
        f"{home}/numero.md": issue(
            "Quatorze façons de voir le travail", volume="2", numero="1", date="2019-12-11",
            couverture="images/portrait.jpg", alt="Un dégradé", cadrage="visage",
            traitement="duotone",
        )
    }  # fmt: skip
    for rank in range(14):
        shape = (*SHAPES, "")[rank % 6]
        keys = {"dossier": "transmission"} if rank == 3 else {}
        if shape:
            keys |= {"image": f"images/{shape}.jpg", "alt": f"Un dégradé, {shape}"}
            keys |= {
                "credit": '"Image : essai"',
                "cadrage": ("haut", "visage", "20% 80%")[rank % 3],
            }
            keys |= {"traitement": "duotone"} if shape in {"portrait", "minuscule"} else {}
        title = f"Un texte dont le titre, le {rank + 1}e du numéro, tient mal sur une seule ligne"
        texts[f"{home}/texte-{rank + 1:02}.md"] = article(title, kinds[rank % 4], **keys)
    return texts


def _others() -> dict[str, str]:
    """Return a numéro without a picture, one without a number, and the dossier of three."""
    bare, special = "content/magazine/2020-03", "content/magazine/trente-ans"
    return {
        f"{bare}/numero.md": issue("Sans image", volume="2", numero="2", date="2020-03-11"),
        f"{bare}/releve.md": article("Le même nom de fichier", "tendances", dossier="transmission"),
        f"{bare}/seul.md": article("Seul de sa rubrique", "chroniques"),
        f"{special}/numero.md": issue(
            "Trente ans, et la *suite*",
            hors_serie="Trente ans de réseau",
            date="2020-05-14",
            a_la_une="[souvenirs]",
        ),
        f"{special}/souvenirs.md": article(
            "Souvenirs",
            "chroniques",
            _BODY + "\n\n/// encadre | Un titre *penché*\nUn mot.\n///\n\n" + _QUOTE,
            ouverture="citation",
        ),
        "content/dossiers/transmission.md": text(
            "Ce que l’on se passe.", titre="La *transmission*", chapeau="Un dossier d’essai."
        ),
    }


def _site() -> str:
    said = {"issn": "2561-5661", "depot-legal": "Bibliothèque d’essai, 2019"}
    said |= {"licence": "CC BY-NC-ND 4.0", "avertissement": DISCLAIMER}
    said |= {"livres": BOOKS, "enseigne": SIGN, "service": SERVICE}
    lines = "".join(f'{key} = "{value}"\n' for key, value in said.items())
    return SITE.replace('devise = "Pour voir"', f'devise = "{TAGLINE}"') + lines


_LETTER = text(
    "Bonjour,\n\n/// article | magazine/2019-09/releve\n///\n\n/// sommaire | 2019-09\n///",
    objet="Le deuxième numéro",
    preentete="Une phrase qui donne envie d’ouvrir cette lettre d’essai.",
    date="2019-09-18",
    type="mensuelle",
)

FILES = {
    **FACTS,
    "content/site.toml": _site(),
    "content/rubriques.toml": RUBRIQUES,
    **_people(),
    **_second(),
    **_fourteen(),
    **_others(),
    "newsletters/2019/2019-09-18.md": _LETTER,
}


def make(root: Path) -> Project:
    """Write the trial: texts, photographs, silhouettes."""
    project = make_project(root, FILES)
    images = root / "content/images"
    images.mkdir()
    for name, size in SHAPES.items():
        _gradient(size).save(images / f"{name}.jpg", quality=80)
    for rank in range(1, 9, 2):
        _silhouette(rank).save(images / f"temoin-{rank}.png")
    return project


def output(factory: pytest.TempPathFactory) -> Path:
    """Build the trial once for the whole run, and return its output."""
    return built_once(factory, "essai-du-magazine", lambda home: make(home).build())


def _gradient(size: tuple[int, int]) -> Bitmap.Image:
    """Paint a dull picture, darker below, with a light disc where a face would be."""
    picture = Bitmap.linear_gradient("L").resize(size).point(lambda level: 190 - level // 2)
    wide, high = size
    reach = min(size) / 5
    centre = (wide / 2, high * 0.3)
    box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
    ImageDraw.Draw(picture).ellipse(box, fill=230)
    return Bitmap.merge("RGB", (picture, picture.point(lambda level: level - 20), picture))


def _silhouette(rank: int) -> Bitmap.Image:
    """Draw a silhouette without a face."""
    picture = Bitmap.new("RGB", (400, 560), (200, 205, 200))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 330, 340, 760), fill=(60 + rank * 6, 66, 80))
    pen.ellipse((125, 90, 275, 290), fill=(120, 100 + rank * 5, 92))
    return picture
