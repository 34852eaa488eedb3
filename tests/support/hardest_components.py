"""A site in which every component appears, in the states that are hardest to lay out."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from support.small_sites import (
    RUBRIQUES,
    SITE,
    Project,
    article,
    built_once,
    make_project,
    news,
    numero,
    text,
)

LONG = "Comment une petite équipe de région a repensé, en un an, l’accueil et la suite des parcours"
SUMMARY = (
    "Un chapeau qui prend son temps : il dit de quoi il est question, pour qui cela compte, ce qui "
    "a été essayé, ce que cela a donné, et pourquoi la suite n’est pas encore écrite."
)
PEOPLE = (
    "Anne-Sophie Tremblay-Beauregard", "Jean Roy", "Marie-Ève Côté", "Karim Haddad",
    "Li Chen", "Joséphine Awashish", "Pierre-Olivier de la Durantaye", "Ève Roy",
)  # fmt: skip
SLUGS = [f"personne-{number}" for number in range(1, 9)]

BODY = """\
Le premier paragraphe ouvre le texte, avec une note[^1], du **gras**, de l’*italique*, un
[lien vers le numéro](magazine/2020-05/numero.md), du `code`, une adresse longue,
<https://exemple.example/un/chemin/vraiment/tres/long/sans/aucune/espace/pour/couper-la-ligne>, et
<span lang="en">a few words of English</span>.

## Un premier intertitre qui, à lui seul, tient sur deux lignes dans la colonne du texte

Un paragraphe avant la citation. Le mot le plus long est anticonstitutionnellement.

/// citation | Josée Jamieson
    fonction: présidente d’un organisme dont le nom est lui-même assez long
Cette citation en exergue tient sur plusieurs lignes, pour que l’on voie comment elle suit l’axe.
///

/// citation
Courte.
///

/// chiffres | Des chiffres
- **1 500 000 $** en subventions, sur trois ans et dans seize régions
- **85 %** des personnes
- **2,5** par jour
- **12** exposants
///

### Un intertitre de niveau trois

- un élément;
- un deuxième, avec une sous-liste :
    - un sous-élément;
    - un autre.

1. d’abord;
2. ensuite.

Terme
:   Sa définition.

> Une citation dans le texte.

/// figure | images/photo.jpg
    alt: Des bandes de couleur.
    credit: "Photo : une personne"
    licence: CC BY 4.0
Une légende, qui dit ce que l’on voit, avec un [nouvelle de février](nouvelles/2020/longue.md).
///

## Les tableaux

| Région administrative | Centres-conseils | Personnes accompagnées | Budget annuel | Évolution |
|---|--:|--:|--:|---|
| Saguenay–Lac-Saint-Jean | 12 | 8 400 | 1 250 000 $ | en hausse |
| Gaspésie–Îles-de-la-Madeleine | 3 | 920 | 310 000 $ | stable |

/// encadre | Un encadré
Son texte, avec un [nouvelle de février](nouvelles/2020/longue.md).

- un point
- un autre
///

/// video | https://video.example/
    titre: Une vidéo
    image: images/photo.jpg
    alt: ""
///

## Les cartes

/// article | seul
///

/// publication | rapport
///

/// evenement | colloque
///

/// articles | Des nouvelles
    genre: nouvelle
    nombre: 2
///

/// bouton | Un bouton dont le texte est plus long qu’à l’habitude
    lien: nouvelles/2020/longue.md
///

## Références

Roy, J. (2019). *Un titre*. Une maison.

[^1]: Une note, avec [la nouvelle](nouvelles/2020/longue.md).
"""

_FIFTEEN = "\n".join(
    f"| Région {rank}, dont le nom est long | {rank * 7 % 11},{rank} |" for rank in range(15)
)
RICH = f"""\
Un paragraphe avec deux notes[^1][^2] et un terme du glossaire, l’accueil, dans une phrase.

Un paragraphe court, avec une note[^3].

/// graphique
    titre: Quinze régions, et un titre qui prend plus d’une ligne sur un téléphone
    unite: personnes, en milliers
    source: un essai
    note: Une note, pour bien lire.
| Région | Personnes |
| --- | ---: |
{_FIFTEEN}
///

/// graphique | lignes
    titre: Quatre séries, des années qui ne se suivent pas
| Année | Femmes | Hommes | Jeunes | Aînés |
| --- | ---: | ---: | ---: | ---: |
| 2005 | 1 200 $ | 800 $ | 10 $ | 400 $ |
| 2010 | 1 250 $ | 1 850 $ | 12 $ | 390 $ |
| 2019 | 2 300,50 $ | 2 050 $ | 12 $ | 20 $ |
///

/// graphique | parts
| Qui | Part |
| --- | ---: |
| Membres, et d’autres mots pour que le nom soit long, très long, plus long que la ligne | 75 % |
| Autres | 25 % |
///

/// graphique | points
| Nom | Avant | Après |
| --- | ---: | ---: |
| Gaspésie–Îles-de-la-Madeleine | −3 | 12 |
| Estrie | 5 | 5 |
///

/// exergue | Josée Jamieson
    fonction: présidente d’un organisme dont le nom est lui-même assez long
Une phrase mise en vue, assez longue pour plusieurs lignes, avec anticonstitutionnellement.
///

/// galerie | Des images
![Des bandes de couleur.](images/photo.jpg "Une légende : ce que l’on voit, et de qui.")
![Les mêmes.](images/portrait.jpg)
![Encore les mêmes.](images/photo.jpg "Courte.")
///

/// audio | documents/son.mp3
    titre: Une entrevue dont le titre est plus long qu’à l’habitude
    duree: 12 min
— Bonjour.

— Bonjour à vous.
///

/// references
```
@book{{roy, author = {{Roy, Ève}}, title = {{Un titre}}, year = {{2019}},
  url = {{https://exemple.example/un/chemin/tres/long/sans/espace/pour/couper/la/ligne}}}}
```
///

[^1]: Une note courte.
[^2]: Une note sur plusieurs lignes, avec [la nouvelle](nouvelles/2020/longue.md), et des mots.

    Son second paragraphe.
[^3]: Une troisième note, plus longue que le paragraphe court qui l’appelle, et qui l’éprouve.
"""


def _author(name: str, *, photo: bool) -> str:
    keys = {"photo": "images/portrait.jpg", "alt": '""'} if photo else {}
    return text(
        "Une courte biographie, sur deux lignes au moins, dans laquelle on apprend ce que fait la "
        "personne et depuis quand.",
        nom=name,
        fonction="conseillère en développement de la main-d’œuvre",
        organisme="Centre-conseil en emploi de la région",
        **keys,
    )


FILES: Mapping[str, str] = {
    "content/site.toml": SITE
    + "".join(
        f'\n[[{table}]]\nlibelle = "{label}"\nadresse = "{address}"\n'
        for table, label, address in (
            ("menu", "Magazine", "/magazine/"),
            ("menu", "Nouvelles", "/nouvelles/"),
            ("menu", "Publications", "/publications/"),
            ("menu", "Événements", "/evenements/"),
            ("menu", "Infolettre", "/infolettres/"),
            ("pied", "Rubriques", "/rubriques/"),
            ("pied", "Sujets", "/sujets/"),
        )
    ),
    "content/rubriques.toml": RUBRIQUES
    + '\n[ailleurs]\nnom = "Vu d’ailleurs"\ndescription = "Loin d’ici."\ncouleur = "ocre"\n'
    + '\n[vide]\nnom = "Une rubrique encore vide"\ndescription = "Bientôt."\ncouleur = "projets"\n',
    **{
        f"content/auteurs/{slug}.md": _author(name, photo=slug[-1] in "135")
        for slug, name in zip(SLUGS, PEOPLE, strict=True)
    },
    "content/magazine/2020-05/numero.md": numero(
        titre=f'"{LONG}"',
        chapeau=f'"{SUMMARY}"',
        mots_cles="[accueil]",
        couverture="images/photo.jpg",
        alt="Des bandes de couleur.",
        credit='"Photo : une personne"',
        appel="{texte: Proposez un article pour le prochain numéro., date-limite: 2020-09-01}",
        a_la_une="[tout, seul, english]",
    ),
    "content/magazine/2019-11/numero.md": numero(
        titre="Le pays d’à côté", volume="2", numero="2", date="2019-11-05"
    ),
    "content/magazine/2019-11/ancien.md": article("Un ancien texte", auteurs="[personne-2]"),
    "content/magazine/2019-05/numero.md": numero(
        titre="Premiers pas", volume="2", numero="1", date="2019-05-05"
    ),
    "content/magazine/2020-05/tout.md": text(
        BODY,
        titre=f'"{LONG}"',
        chapeau=f'"{SUMMARY}"',
        auteurs=f"[{', '.join(SLUGS)}]",
        rubrique="regards",
        ordre="1",
        mots_cles="[accueil, régions, parcours]",
        modifie="2020-05-20",
        image="images/photo.jpg",
        alt="Des bandes de couleur.",
        credit='"Photo : une personne"',
        licence="CC BY 4.0",
        points_cles="[Un premier point à retenir., Un deuxième., Un troisième.]",
        corrections="[{date: 2020-05-18, texte: Le total est 336 et non 335.}]",
        divulgation="L’une des autrices siège au comité dont il est question.",
    ),
    "content/magazine/2020-05/seul.md": article(
        "Seul de sa rubrique", auteurs="[personne-2]", rubrique="ailleurs", ordre="2"
    ),
    "content/magazine/2020-05/riche.md": text(
        RICH,
        titre=f'"{LONG}"',
        chapeau=f'"{SUMMARY}"',
        auteurs="[personne-2]",
        rubrique="ailleurs",
        ordre="4",
        points_cles="[Un premier point à retenir., Un deuxième.]",
        questions=f'["{LONG}?", "Et ensuite?", "À qui en parler?"]',
    ),
    "content/glossaire.toml": '"accueil" = "Ce par quoi tout commence."\n',
    "content/magazine/2020-05/english.md": text(
        "This article is written in English, by a guest of the magazine.\n\n## A heading\n\nText.",
        titre="What the network learned",
        chapeau="A guest writes in English.",
        langue="en",
        auteurs="[personne-5, personne-6]",
        rubrique="regards",
        ordre="3",
    ),
    "content/nouvelles/2020/longue.md": news(f'"{LONG}"', mots_cles="[accueil, régions]"),
    "content/nouvelles/2020/illustree.md": news(
        "Une nouvelle illustrée",
        "2020-02-15",
        image="images/photo.jpg",
        alt='""',
        auteurs="[personne-3]",
        mots_cles="[accueil]",
    ),
    **{  # a list of two pages, all in one month
        f"content/nouvelles/2018/breve-{day}-{n}.md": news(f"Brève {day}.{n}", f"2018-08-{day:02d}")
        for day in range(1, 25)
        for n in range(2)
    },
    "content/communiques/2020/communique.md": text(
        titre=f'"{LONG}"',
        date="2020-02-02",
        ville="Québec",
        embargo="2020-02-02 16:00",
        contact="Une personne, communications, 418 555-0100",
    ),
    "content/publications/rapport.md": text(
        titre=f'"{LONG}"',
        date="2020-03-03",
        type="rapport",
        fichier="documents/rapport.pdf",
        pages="48",
        chapeau="Ce que dit le rapport.",
        mots_cles="[accueil]",
    ),
    "content/evenements/colloque.md": text(
        titre="Un colloque",
        debut="2020-09-10 13:00",
        fin="2020-09-11 16:30",
        date="2020-04-04",
        lieu="Centre des congrès, Québec",
        inscription="https://inscription.example/",
    ),
    "content/pages/a-propos.md": text(titre="À propos"),
}


def output(factory: pytest.TempPathFactory) -> Path:
    """Build the site once for all tests and return its output."""
    return built_once(factory, "extremes", lambda home: make(home).build())


def make(root: Path) -> Project:
    """Make the project with its photographs and its document."""
    project = make_project(root, FILES)
    for name, size in (("photo", (2400, 1500)), ("portrait", (600, 800))):
        picture = BytesIO()
        bands = Image.new("RGB", (6, 1))
        bands.putdata(
            [
                (15, 61, 92),
                (217, 67, 42),
                (227, 166, 59),
                (244, 235, 218),
                (35, 130, 94),
                (51, 32, 63),
            ]
        )
        bands.resize(size, Image.Resampling.NEAREST).save(picture, "JPEG", quality=70)
        path = project.root / f"content/images/{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture.getvalue())
    document = project.root / "content/documents/rapport.pdf"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.with_name("son.mp3").write_bytes(b"ID3\x04\x00")
    document.write_bytes(b"%PDF-1.7\n" + b"% ...\n" * 2000 + b"%%EOF\n")
    return project
