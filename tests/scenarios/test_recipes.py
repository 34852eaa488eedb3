"""The recipes of CONTRIBUTING.md: each is followed on a copy of the program, which is then used.

A recipe touches the files that it numbers, no other; how many they are may only fall.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.program_copy import ProgramCopy, copy_program, promised
from support.small_sites import article, letter, news, text

PACKAGE = "plugins/axtra"
LETTERS = "plugins/pelican-infolettre/infolettre"
LETTER = "newsletters/2020/2020-05-06.md"


@pytest.fixture
def copy(tmp_path: Path) -> ProgramCopy:
    return copy_program(tmp_path)


def rules_of(copy: ProgramCopy) -> dict[str, str]:
    """Return the place of each diagnostic of the copy, by its rule."""
    out = copy.axtra("verifier", "--date", "2020-06-01", "--format", "json").stdout
    return {load["regle"]: f"{load['fichier']}:{load['ligne']}" for load in json.loads(out)}


def test_a_block(copy: ProgramCopy) -> None:
    schema, nodes = f"{PACKAGE}/content/schema/block_kinds.py", f"{PACKAGE}/content/model/nodes.py"
    copy.insert(
        schema,
        ")  # fmt: skip\nBLOCKS",
        """    BlockKind(
        "avis", "une mise en garde", "titre", "le texte de la mise en garde",
        (_option("lien", Type.LINK, "où en lire plus", "pages/a-propos.md", "href"),),
        argument_field="title", body_required=True,
        example="/// avis | À savoir\\nLe bureau est fermé.\\n///",
    ),
""",
    )
    copy.insert(
        nodes,
        "# The nodes of the blocks whose",
        '''@dataclass(frozen=True, slots=True)
class Notice(_Container):
    """A warning to readers."""

    title: Text | None
    body: Body
    href: str | None
    name: str = "avis"

    @property
    def links(self) -> tuple[str, ...]:
        """Return where to read more."""
        return (self.href,) if self.href else ()


''',
    )
    copy.insert(nodes, '"bouton": Button,', '"avis": Notice, ')
    site = '<div class="avis"><b>{{ bloc.title }}</b> {{ bloc.body | corps }}</div>\n'
    copy.append("theme/templates/blocs/avis.html", site)
    copy.append("theme/livre/blocs/avis.html", site)
    copy.append(
        "theme/courriel/blocs/avis.mjml",
        '<p class="avis">{{ bloc.title }}</p>{{ corps(bloc.body) }}\n'
        '<p><a href="{{ absolu(bloc.href) }}">Lire la suite de l’avis</a></p>\n',
    )
    copy.append(
        "theme/courriel/blocs/avis.txt",
        "{{ bloc.title | plie }}\n\n{{ corps(bloc.body) }}\n\n"
        '{{ lien("Lire la suite de l’avis", absolu(bloc.href)) | plie }}\n',
    )
    assert copy.touched == promised("A block", "avis")
    assert len(copy.touched) == 6

    block = "/// avis | Attention\n    lien: {}\nLe **pont** est fermé.\n///"
    copy.write(
        {
            "content/magazine/2020-05/premier.md": article(
                "Un premier article", mots_cles="[essai]"
            ).replace("Un texte assez", f"{block.format('pages/a-propos.md')}\n\nUn texte assez"),
            LETTER: letter(block.format("nouvelles/2020/une-nouvelle.md")),
        }
    )
    output = copy.build()
    page = (output / "magazine/2020-05/premier/index.html").read_text("utf-8")
    assert '<div class="avis"><b>Attention</b> <p>Le <strong>pont</strong>' in page
    mail = output / "infolettres/2020-05-06"
    assert 'href="https://www.axtra.ca/nouvelles/une-nouvelle/"' in (
        mail / "courriel.html"
    ).read_text("utf-8")
    assert "Attention\n\nLe pont est fermé.\n\nLire la suite de l’avis <https://www." in (
        mail / "courriel.txt"
    ).read_text("utf-8")
    assert (output / "magazine/2020-05/axe-magazine-2020-05.epub").is_file()
    assert "### Bloc avis\n\nUne mise en garde." in copy.guide()

    copy.write({LETTER: letter("/// avis | Attention\n    liens: x\nFermé.\n///")})
    assert rules_of(copy)["option-inconnue"] == f"{LETTER}:10"


def test_a_kind(copy: ProgramCopy) -> None:
    items = f"{PACKAGE}/content/model/items.py"
    copy.insert(
        f"{PACKAGE}/content/schema/kinds.py",
        ")  # fmt: skip\nKINDS",
        """    Kind(
        "balado", "un", "balado", "balados",
        "content/balados/**/{slug}.md", "/balados/{slug}/",
        (
            _title(), _date(required=True), _SUMMARY,
            Key("duree", "length", Type.NUMBER, "durée en minutes", "28", required=True),
            _SUBJECTS, *IMAGE, *_COMMON,
        ),
        listing="/balados/", feed="balados",
        section="À écouter", card_block="article", told_once=True, schema_type="PodcastEpisode",
    ),
""",
    )
    copy.insert(
        items,
        "CLASSES: Mapping",
        '''@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Podcast(Item):
    """Something to listen to; `length` in minutes."""

    length: int


''',
    )
    copy.insert(items, '        "page": Page,', '        "balado": Podcast,\n')
    copy.append(
        "theme/templates/balado.html",
        '{% extends "texte.html" %}\n'
        "{% block avant %}<p>{{ item.length }} minutes</p>{% endblock %}\n",
    )
    copy.append(
        "theme/templates/listes/balado.html",
        '{% extends "listes/chronologie.html" %}\n{% block titre %}Balados{% endblock %}\n'
        "{% block presentation %}À écouter.{% endblock %}\n",
    )
    assert copy.touched == promised("A kind of content", "balado")
    assert len(copy.touched) == 4

    copy.write(
        {
            "content/balados/2020/la-voix.md": text(titre="La voix", date="2020-05-01", duree="28"),
            LETTER: letter("/// article | la-voix\n///\n\nVoilà pour cette fois."),
        }
    )
    output = copy.build()
    page = (output / "balados/la-voix/index.html").read_text("utf-8")
    assert "<p>28 minutes</p>" in page
    assert '"@type":"PodcastEpisode"' in page
    assert "/images/affiches/balados-la-voix." in page
    assert "La voix" in (output / "balados/index.html").read_text("utf-8")
    assert "La voix" in (output / "flux/balados.xml").read_text("utf-8")
    mail = output / "infolettres/2020-05-06"
    for name in ("courriel.html", "courriel.txt"):
        words = (mail / name).read_text("utf-8")
        assert "La voix" in words
        assert "Balado" in words
    guide = copy.guide()
    assert "### Balado\n\nFichier : `content/balados/année/{slug}.md`." in guide
    assert "communique, publication, evenement ou balado" in guide

    copy.write({LETTER: letter()})
    drafted = copy.axtra("nouveau", "infolettre", "--date", "2020-06-03").stdout.splitlines()[0]
    assert "## À écouter\n\n/// articles\n    genre: balado" in (copy.root / drafted).read_text()
    written = copy.axtra("nouveau", "balado", "Un essai", "--date", "2020-06-03").stdout
    file = copy.root / written.splitlines()[0]
    file.write_text(file.read_text("utf-8").replace("duree:", "# duree:"), "utf-8")
    assert rules_of(copy)["cle-manquante"].startswith("content/balados/2020/un-essai.md:")


def test_a_rule_of_mails(copy: ProgramCopy) -> None:
    copy.append(
        f"{LETTERS}/checks/rules/language.py",
        '''

@mail_rule("mot-urgent", "Dites pour quel jour.", severity=WARNING)
def nothing_is_urgent(mail: CheckedMail) -> Iterator[Finding]:
    """Rien n’est « urgent » sans date."""
    return matched(mail, r"\\burgent\\b", "« {} » ne dit pas pour quand")
''',
    )
    assert copy.touched == promised("A rule of mails", "")
    assert len(copy.touched) == 1

    copy.write({LETTER: letter("Bonjour,\n\nC’est urgent, dit-on.")})
    assert rules_of(copy) == {"mot-urgent": f"{LETTER}:11"}
    assert "**mot-urgent** : Rien n’est « urgent » sans date." in copy.guide()


def test_a_diagnostic_of_content(copy: ProgramCopy) -> None:
    copy.insert(
        f"{PACKAGE}/core/rules.py",
        '    "titre-principal":',
        '    "titre-crie": "Un titre n’est pas tout en capitales.",\n',
    )
    copy.insert(
        f"{PACKAGE}/content/loading/item_reading.py",
        "        if isinstance(item, Event):",
        """        if item.title.plain.isupper():
            notes.error(
                "titre-crie",
                entry.line("title"),
                "le titre est tout en capitales",
                f"Écrivez :  titre: {item.title.plain.capitalize()}",
            )
""",
    )
    assert copy.touched == promised("A diagnostic of content", "")
    assert len(copy.touched) == 2

    copy.write({"content/nouvelles/2020/une-nouvelle.md": news("UNE NOUVELLE")})
    assert rules_of(copy) == {"titre-crie": "content/nouvelles/2020/une-nouvelle.md:2"}
    assert "**titre-crie** : Un titre" in copy.guide()


def test_a_key(copy: ProgramCopy) -> None:
    copy.insert(
        f"{PACKAGE}/content/schema/kinds.py",
        '            Key("contact", "contact",',
        '            Key("langues", "languages", Type.LINE, "langues offertes", "anglais"),\n',
    )
    copy.insert(
        f"{PACKAGE}/content/model/items.py",
        "    contact: Text | None = None",
        "    languages: Text | None = None\n",
    )
    copy.insert(
        "theme/templates/communique.html",
        "{% if item.contact %}",
        "{% if item.languages %}<p>Aussi en {{ item.languages }}</p>{% endif %}\n",
    )
    assert copy.touched == promised("A key", "communique")
    assert len(copy.touched) == 3

    release = "content/communiques/2020/un-communique.md"
    given = {"titre": "Un communiqué", "date": "2020-02-02"}
    copy.write({release: text(**given, langues="anglais")})
    page = copy.build() / "communiques/un-communique/index.html"
    assert "<p>Aussi en anglais</p>" in page.read_text("utf-8")
    assert "| `langues` | langues offertes | `langues: anglais` |" in copy.guide()
    copy.write({release: text(**given, langue_s="anglais")})
    assert rules_of(copy) == {"cle-inconnue": f"{release}:4"}


def test_a_type_of_letter(copy: ProgramCopy) -> None:
    copy.append(
        "content/infolettres.toml",
        '\n[formation]\nnom = "La formation"\ndescription = "Ce qui s’apprend."\nsujet = "essai"\n',
    )
    assert copy.touched == promised("A type of letter", "")
    assert len(copy.touched) == 1

    done = copy.axtra("nouveau", "infolettre", "--type", "formation", "--date", "2020-06-03")
    draft = (copy.root / done.stdout.splitlines()[0]).read_text("utf-8")
    assert "type: formation" in draft
    assert "    sujet: essai" in draft
    copy.write({LETTER: letter(type="formation")})
    page = copy.build() / "infolettres/2020-05-06/courriel.html"
    assert "La formation" in page.read_text("utf-8")


def test_a_mailing_service(copy: ProgramCopy) -> None:
    copy.insert(
        f"{LETTERS}/exports/services.py",
        '        "brevo": Service(',
        '        "poste": Service("La Poste", "#QUITTER#", "#EN-LIGNE#", lambda *_: "#PRENOM#"),\n',
    )
    copy.insert(f"{PACKAGE}/cli/exports.py", '"brevo", ', '"poste", ')
    copy.insert("docs/guide.md", "| `brevo` |", "| `poste` | coller `courriel.html` |\n")
    assert copy.touched == promised("A mailing service", "")
    assert len(copy.touched) == 3

    copy.write({LETTER: letter("Bonjour {prenom},\n\nVoici la lettre.")})
    done = copy.axtra("infolettre", "exporter", "2020-05-06", "--format", "poste")
    assert done.returncode == 0, done.stderr
    for name in ("courriel.html", "courriel.txt"):
        part = (copy.root / "2020-05-06-poste" / name).read_text("utf-8")
        assert "#QUITTER#" in part
        assert "#PRENOM#" in part
