"""The mistakes of editors: each one is found, on its line, with the rule that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.core import diagnostics
from axtra.core.diagnostics import Diagnostic
from support.faulty_files import ARTICLE, EXTRA, HEAD, NEWS, article
from support.small_sites import DAY, FULL, SITE, make_project, text


@dataclass(frozen=True)
class Mistake:
    """What someone typed in one file, and what must be said of it."""

    rule: str
    line: int | None
    content: str | bytes
    file: str = NEWS

    def __str__(self) -> str:
        return f"{self.rule}-{crc32(repr(self.content).encode()) % 9973}"


def header(*lines: str) -> str:
    """Return a file whose header has these lines, the first of which is line 2."""
    return "\n".join(["---", *lines, "---", "", "Texte.", ""])


def body(*lines: str) -> str:
    """Return a valid header, then these lines, the first of which is line 6."""
    return HEAD + "\n".join(lines) + "\n"


SHEET = "content/centres/un-centre.md"
T, D = "titre: Un titre", "date: 2020-01-15"
MISTAKES = (
    # the header
    Mistake("entete-absent", 1, "Un texte sans en-tête.\n"),
    Mistake("entete-absent", 1, "Title: À l’ancienne\nDate: 2020-01-01\n\nTexte\n"),
    Mistake("entete-ouvert", 1, "---\ntitre: Un titre\n\nTexte\n"),
    Mistake("entete-illisible", 2, header("titre: Emploi : les faits", D)),
    Mistake("entete-illisible", 3, header(D, "titre: [Brouillon] Un titre")),
    Mistake("entete-illisible", 2, header('titre: "Un titre', D)),
    Mistake("entete-illisible", 3, header("titre:\tUn\ttitre", "\tdate: x")),
    Mistake("entete-illisible", 2, header("juste un mot")),
    Mistake("diese-perdu", 2, header("titre: Nous sommes #1", D)),
    Mistake("cle-en-double", 3, header(T, "titre: Un autre", D)),
    Mistake("cle-en-double", 3, header(T, "title: Un autre", D)),
    Mistake("cle-inconnue", 4, header(T, D, "auteur-e: x")),
    Mistake("cle-inconnue", 2, header("Titre: Un titre", T, D)),
    Mistake("cle-inconnue", 3, header(T, "Résumé: Un résumé", D)),
    Mistake("cle-manquante", 1, header(D)),
    Mistake("cle-manquante", 1, header(T)),
    Mistake("valeur-vide", 2, header("titre:", D)),
    Mistake("valeur-invalide", 2, header("titre: [a, b]", D)),
    Mistake("valeur-invalide", 4, header(T, D, "mots-cles: {a: b}")),
    Mistake("choix-inconnu", 4, header(T, D, "statut: brouillion")),
    Mistake("mot-invalide", 4, header(T, D, "slug: Été 2020")),
    Mistake("langue-inconnue", 4, header(T, D, "langue: anglais")),
    # centres
    Mistake("region-inconnue", 3, header("nom: X", "region: Mauricy"), SHEET),
    Mistake("valeur-invalide", 3, header("nom: X", "code-postal: 12345"), SHEET),
    Mistake("valeur-invalide", 3, header("nom: X", "coordonnees: au coin"), SHEET),
    Mistake("valeur-invalide", 3, header("nom: X", "coordonnees: 146.3, -72.5"), SHEET),
    Mistake("valeur-invalide", 3, header("nom: X", "courriel: premier"), SHEET),
    Mistake("mot-invalide", 3, header("nom: X", "publics: […]"), SHEET),
    Mistake("heures-illisibles", 3, header("nom: X", "heures: sur rendez-vous"), SHEET),
    Mistake("verifie-a-venir", 3, header("nom: X", "verifie: 2999-01-01"), SHEET),
    Mistake("fiche-perimee", 3, header("nom: X", "verifie: 2001-01-01"), SHEET),
    Mistake("cle-inconnue", 3, header("nom: X", "demonstration: [adrese]"), SHEET),
    Mistake("carte-inconnue", 6, body("/// centre | personne", "///")),
    Mistake("region-inconnue", 7, body("/// centres", "    region: Beauce", "///")),
    Mistake("sujet-inconnu", 7, body("/// centres", "    public: lutins", "///")),
    Mistake("centres-absents", 6, body("/// centres", "///")),
    # dates
    Mistake("date-invalide", 3, header(T, "date: 31 fevrier 2019")),
    Mistake("date-invalide", 3, header(T, "date: 2019-02-30")),
    Mistake("date-invalide", 3, header(T, "date: 03/04/2026")),
    Mistake("date-invalide", 3, header(T, "date: October 2025")),
    Mistake("date-invalide", 3, header(T, "date: demain")),
    # what invisible hands did to the file
    Mistake("encodage", 2, "---\ntitre: Été\ndate: 2020-01-15\n---\n".encode("latin-1")),
    Mistake("accents-abimes", 2, header("titre: L’Ã©tÃ©", D)),
    Mistake("caractere-invisible", 6, body("Un mot\u200b collé.")),
    Mistake("caractere-invisible", 6, body("Un texte de Word\x92s.")),
    # articles, authors, rubriques, numéros
    Mistake("auteur-inconnu", 4, article(auteurs="[une-persone]"), ARTICLE),
    Mistake("rubrique-inconnue", 5, article(rubrique="regard"), ARTICLE),
    Mistake("nombre-invalide", 6, article(ordre="premier"), ARTICLE),
    Mistake("numero-absent", None, article(), "content/magazine/2031-01/seul.md"),
    Mistake("article-inconnu", 7, text(titre="N", volume="1", numero="1", date="2020-01-01", chapeau="C", a_la_une="[personne]"), "content/magazine/2020-01/numero.md"),
    Mistake("hors-serie-numerote", 3, text(titre="N", volume="1", numero="1", date="2020-01-01", chapeau="C", hors_serie="Dix ans"), "content/magazine/2020-01/numero.md"),
    Mistake("dossier-inconnu", 6, article(dossier="releve"), ARTICLE),
    Mistake("texte-inconnu", 6, article(traduction_de="magazine/2020-01/absent.md"), ARTICLE),
    Mistake("texte-inconnu", 6, article(reponse_a="absent"), ARTICLE),
    Mistake("commandite-sans-partenaire", 4, header(T, D, "commandite: oui")),
    Mistake("choix-inconnu", 6, article(signature_speciale="parfois"), ARTICLE),
    Mistake("audio-sans-transcription", 6, article(audio="https://son.example/e.mp3"), ARTICLE),
    Mistake("mot-invalide", 11, SITE + 'livres = "Ma revue"\n', "content/site.toml"),
    Mistake("valeur-invalide", 11, SITE + 'enseigne = "雑誌"\n', "content/site.toml"),
    Mistake("issn-invalide", 11, SITE + 'issn = "1234-5678"\n', "content/site.toml"),
    Mistake("numero-vide", None, text(titre="N", volume="1", numero="1", date="2020-01-01", chapeau="C"), "content/magazine/2020-01/numero.md"),
    Mistake("valeur-invalide", 7, text(titre="N", volume="1", numero="1", date="2020-01-01", chapeau="C", appel="Écrivez"), "content/magazine/2020-01/numero.md"),
    Mistake("choix-inconnu", 4, text(titre="P", date="2020-01-01", type="roman"), "content/publications/p.md"),
    Mistake("fichier-introuvable", 5, text(titre="P", date="2020-01-01", type="avis", fichier="documents/x.pdf"), "content/publications/p.md"),
    Mistake("fin-avant-debut", 4, text(titre="E", debut="2020-02-02", fin="2020-02-01"), "content/evenements/e.md"),
    Mistake("type-inconnu", 5, text(objet="O", preentete="P", date="2020-01-08", type="mensuel"), "newsletters/2020/2020-01-08.md"),
    Mistake("date-et-nom", 4, text(objet="O", preentete="P", date="2020-01-09", type="mensuelle"), "newsletters/2020/2020-01-08.md"),
    # images
    Mistake("image-absente", 4, header(T, D, "image: images/absente.jpg", "alt: Rien")),
    Mistake("image-absente", 4, header(T, D, "image: images/Point.svg", "alt: Un point")),
    Mistake("image-absente", 4, header(T, D, "alt: Une image sans image")),
    Mistake("image-illisible", 4, header(T, D, "image: images/coupee.jpg", "alt: Rien")),
    Mistake("image-externe", 6, body("![Une photo](https://ailleurs.example/x.jpg)")),
    Mistake("cadrage-invalide", 6, header(T, D, "image: images/point.svg", 'alt: ""', "cadrage: 50%")),
    Mistake("image-absente", 4, header(T, D, "cadrage: haut")),
    Mistake("alt-manquant", 4, header(T, D, "image: images/point.svg")),
    Mistake("alt-manquant", 6, body("![](images/point.svg)")),
    Mistake("alt-manquant", 6, body("/// figure | images/point.svg", "///")),
    # links
    Mistake("lien-brise", 7, body("Un mot.", "[Une page](pages/absente.md)")),
    Mistake("lien-brise", 6, body("[Une page](/absente/)")),
    Mistake("lien-brise", 6, body("[Une page]({filename}/pages/a-propo.md)")),
    Mistake("ancre-absente", 6, body("[Plus bas](#nulle-part)")),
    Mistake("ancre-absente", 6, body("[La page](pages/a-propos.md#nulle-part)")),
    Mistake("lien-incomplet", 6, body("[Le site](www.axtra.ca)")),
    Mistake("lien-incomplet", 6, body("[Courriel](info@axtra.ca)")),
    Mistake("lien-interdit", 6, body("[Le site](<https://[axtra>)")),
    Mistake("lien-incomplet", 6, body('[Le site](https://www.axtra.ca/"un titre)')),
    Mistake("lien-local", 6, body("[Le rapport](C:/Documents/rapport.pdf)")),
    Mistake("lien-interdit", 6, body("[Le piège](javascript:alert(1))")),
    Mistake("lien-interdit", 6, body("[Le piège](data:text/html,x)")),
    Mistake("lien-non-securise", 6, body("[Un vieux site](http://vieux.example/)")),
    Mistake("lien-vague", 6, body("[Cliquez ici](pages/a-propos.md)")),
    Mistake("lien-vague", 6, body("[En savoir plus…](pages/a-propos.md)")),
    Mistake("lien-vide", 6, body("[](pages/a-propos.md)")),
    Mistake("lien-brise", 6, body("[Le rapport](mon rapport.pdf)")),
    Mistake("lien-inconnu", 6, body("[Le rapport][rapport]")),
    Mistake("lien-vers-brouillon", 6, body("[L’ébauche](nouvelles/2020/ebauche.md)")),
    Mistake("lien-a-venir", 6, body("[La suite](nouvelles/2020/demain.md)")),
    Mistake("note-inconnue", 6, body("Un fait[^1].")),
    # what Markdown would misread; more of it in support/repeated_mistakes.py
    Mistake("note-orpheline", 8, body("Un fait.", "", "[^1]: Jamais appelée.")),
    Mistake("definition-double", 9, body("[x]", "", "[x]: https://a.org", "[x]: https://b.org")),
    Mistake("signe-inconnu", 2, header("titre: Un **titre** en gras", D)),
    Mistake("signe-inconnu", 2, header("titre: Un [titre](https://a.org) lié", D)),
    Mistake("caractere-invisible", 2, header("titre: Un \u202etitre", D)),
    Mistake("texte-illisible", 8, body("Un mot.", "", *(["a", ": b"] * 2000))),
    # structure and raw HTML
    Mistake("titre-principal", 6, body("# Un titre")),
    Mistake("niveau-saute", 8, body("## Un", "", "#### Trois")),
    Mistake("code-ouvert", 6, body("```", "du code")),
    Mistake("html-interdit", 6, body("<script>alert(1)</script>")),
    Mistake("html-interdit", 6, body('<iframe src="https://ailleurs.example"></iframe>')),
    Mistake("html-interdit", 6, body('Un <b onclick="x()">mot</b>.')),
    Mistake("html-interdit", 6, body('Un <span style="color:red">mot</span>.')),
    Mistake("html-interdit", 6, body("<form><input></form>")),
    Mistake("html-interdit", 7, body("Un mot.", "{: onclick=x }")),
    Mistake("html-interdit", 6, body("<!-- une note à moi-même -->")),
    # blocks
    Mistake("bloc-inconnu", 6, body("/// figur | images/point.svg", "///")),
    Mistake("bloc-ouvert", 6, body("/// encadre | Titre", "Texte")),
    Mistake("bloc-sans-debut", 8, body("Texte", "", "///")),
    Mistake("bloc-imbrique", 8, body("/// encadre", "", "/// citation", "Mots", "///", "///")),
    Mistake("bloc-vide", 6, body("/// encadre | Titre", "///")),
    Mistake("bloc-de-trop", 6, body("/// article | premier", "Un texte perdu", "///")),
    Mistake("bloc-incomplet", 6, body("/// bouton | Lire", "///")),
    Mistake("bloc-incomplet", 6, body("/// article", "///")),
    Mistake("option-inconnue", 7, body("/// citation | X", "    role: présidente", "Mots", "///")),
    Mistake("option-sans-retrait", 7, body("/// citation | X", "fonction: présidente", "///")),
    Mistake("entete-illisible", 7, body("/// citation | X", "    fonction: a : b", "Mots", "///")),
    Mistake("bloc-illisible", 6, body("- /// encadre", "  Texte", "  ///")),
    Mistake("chiffres-invalides", 6, body("/// chiffres", "- 336 participants", "///")),
    Mistake("chiffres-invalides", 6, body("/// chiffres", "- **1<br>2** mots", "///")),
    Mistake("chiffres-invalides", 6, body("/// chiffres", "- **[1](/)** mots", "///")),
    Mistake("chiffres-invalides", 6, body("/// chiffres", "- **![1](x.jpg)** mots", "///")),
    Mistake("carte-inconnue", 6, body("/// article | premie", "///")),
    Mistake("carte-inconnue", 6, body("/// evenement | premier", "///")),
    Mistake("lien-vers-brouillon", 6, body("/// article | ebauche", "///")),
    Mistake("choix-inconnu", 7, body("/// articles", "    genre: recette", "///")),
    Mistake("nombre-invalide", 7, body("/// articles", "    nombre: trois", "///")),
    Mistake("rubrique-inconnue", 7, body("/// articles", "    rubrique: absente", "///")),
    Mistake("cartes-absentes", 6, body("/// articles", "    rubrique: vide", "///")),
    Mistake("numero-absent", 6, body("/// sommaire | 1999-01", "///")),
    # files
    Mistake("fichier-hors-place", None, body("Texte"), "content/perdu.md"),
    Mistake("fichier-ignore", None, "Texte", "content/nouvelles/2020/note.txt"),
    Mistake("nom-de-fichier", None, body("Texte"), "content/nouvelles/2020/Été chaud.md"),
    Mistake("adresse-en-double", None, body("Texte"), "content/nouvelles/2021/une-nouvelle.md"),
    Mistake("adresse-en-double", None, text(titre="Nouvelles"), "content/pages/nouvelles.md"),
    Mistake("toml-illisible", 1, "[regards\n", "content/rubriques.toml"),
    Mistake("courriel-gratuit", 9, SITE.replace("essai@essai.example", "axtra@gmail.com"), "content/site.toml"),
    Mistake("fait-manquant", None, 'nom = "X"\n', "content/site.toml"),
    Mistake("a-completer", 6, body("À compléter : le texte")),
)  # fmt: skip


def load(root: Path) -> list[Diagnostic]:
    """List what is found in a project."""
    return loading.load(Folders(root), moment=DAY)[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project without a fault."""
    project = make_project(tmp_path / "projet", {**FULL, **EXTRA}).root
    (project / "content/images/coupee.jpg").write_bytes(b"\xff\xd8\xff rien")
    return project


def test_the_project_that_mistakes_are_made_in_has_none(root: Path) -> None:
    assert load(root) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_found_on_its_line(root: Path, mistake: Mistake) -> None:
    path = root / mistake.file
    path.parent.mkdir(parents=True, exist_ok=True)
    content = mistake.content
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = [(value.file, value.line, value.rule) for value in load(root)]
    assert (mistake.file, mistake.line, mistake.rule) in said, said


def test_no_mistake_has_a_twin() -> None:
    assert len(MISTAKES) >= 100
    assert len({(value.file, value.content) for value in MISTAKES}) == len(MISTAKES)


AWFUL = (Path(__file__).parents[1] / "data/affreux.md").read_text("utf-8")


def test_one_awful_document_says_everything_in_one_run(root: Path) -> None:
    (root / ARTICLE).write_text(AWFUL, "utf-8")
    said = diagnostics.as_text(load(root)) + "\n"
    expected = Path(__file__).parents[1] / "data/affreux.txt"
    assert said == expected.read_text("utf-8"), said


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_nothing_that_can_be_typed_stops_the_reading(root: Path, data: st.DataObject) -> None:
    pieces = ["---", "titre: ", "///", "/// figure | ", "    alt: ", "[x](", ")", "![", "<", ">",
              "&", "{", "}", "#", "\n", "\n\n", "- ", "| a | b |", "[^1]", "```", "\t", "é", "«"]  # fmt: skip
    rest = data.draw(st.lists(st.sampled_from(pieces) | st.text(max_size=5), max_size=40))
    (root / ARTICLE).write_text(article() + "".join(rest), "utf-8", errors="replace")
    (root / NEWS).write_text("".join(rest), "utf-8", errors="replace")
    for value in load(root):
        assert value.problem
        assert value.remedy
