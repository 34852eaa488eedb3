"""The same mistake made several times is told as many times, each time on its own line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.text import typography  # noqa: F401
from scenarios.test_mistakes import EXTRA, HEAD, NEWS
from support.small_sites import DAY, FULL, make_project

FIRST = HEAD.count("\n") + 1
INLINE: tuple[tuple[str, str], ...] = (
    ("image-externe", "![Une photo](https://ailleurs.example/x.jpg)"),
    ("image-absente", "![Une photo](images/absente.jpg)"),
    ("image-illisible", "![Une photo](images/coupee.jpg)"),
    ("image-absente", '<img src="images/absente.jpg" alt="Une photo">'),
    ("alt-manquant", "![](images/point.svg)"),
    ("alt-manquant", '<img src="images/point.svg">'),
    ("lien-brise", "[Une page](pages/absente.md)"),
    ("lien-brise", "[Une page](/absente/)"),
    ("lien-brise", '[Une page](/absente/ "Un titre")'),
    ("lien-brise", "[Une page]({filename}/pages/a-propo.md)"),
    ("lien-brise", "[Le rapport](mon rapport.pdf)"),
    ("lien-brise", "[Le rapport](<mon rapport.pdf>)"),
    ("lien-brise", '<a href="/absente/">une page</a>'),
    ("lien-brise", "**[Une page](/absente/)**"),
    ("lien-brise", "[Une page][absente]"),
    ("lien-brise", "[absente][]"),
    ("lien-brise", "[absente]"),
    ("ancre-absente", "[Plus bas](#nulle-part)"),
    ("ancre-absente", "[La page](pages/a-propos.md#nulle-part)"),
    ("lien-incomplet", "[Le site](www.axtra.ca)"),
    ("lien-incomplet", "[Courriel](info@axtra.ca)"),
    ("lien-incomplet", '[Le site](https://www.axtra.ca/"un titre)'),
    ("lien-interdit", "[Le site](<https://[axtra>)"),
    ("lien-interdit", "[Le piège](javascript:alert(1))"),
    ("lien-interdit", "[Le piège](data:text/html,x)"),
    ("lien-local", "[Le rapport](C:/Documents/rapport.pdf)"),
    ("lien-non-securise", "[Un vieux site](http://vieux.example/)"),
    ("lien-non-securise", "<http://vieux.example/>"),
    ("lien-vague", "[Cliquez ici](pages/a-propos.md)"),
    ("lien-vague", "[En savoir plus…](pages/a-propos.md)"),
    ("lien-vide", "[](pages/a-propos.md)"),
    ("lien-inconnu", "[Le rapport][rapport]"),
    ("lien-vers-brouillon", "[L’ébauche](nouvelles/2020/ebauche.md)"),
    ("lien-a-venir", "[La suite](nouvelles/2020/demain.md)"),
    ("note-inconnue", "[^manque]"),
    ("html-interdit", "<script>alert(1)</script>"),
    ("html-interdit", '<b onclick="x()">un mot</b>'),
    ("html-interdit", '<span style="color:red">un mot</span>'),
    ("html-interdit", "<!-- une note à moi-même -->"),
    ("html-interdit", "<video>un mot</video>"),
    ("html-interdit", "*un mot*{: onclick=x }"),
    ("prenom-hors-place", "{prenom}"),
    ("caractere-invisible", "un mot\u200b collé"),
    ("accents-abimes", "Ã©tÃ©"),
    ("a-completer", "à compléter"),
)
BLOCKS: tuple[tuple[str, int, str], ...] = (
    ("titre-principal", 0, "# Un titre"),
    ("titre-principal", 0, "Un titre\n========"),
    ("niveau-saute", 2, "## Un\n\n#### Trois"),
    ("titre-vide", 0, "##"),
    ("alt-manquant", 0, "/// figure | images/point.svg\n///"),
    ("image-absente", 0, "![Une photo](images/absente.jpg)"),
    ("lien-brise", 1, "Un mot\n[une page](/absente/)\nautre mot"),
    ("lien-brise", 0, "Un mot [une page](/absente/\n\"titre\")"),
    ("html-interdit", 0, '<iframe src="https://ailleurs.example"></iframe>'),
    ("html-interdit", 0, "<script>alert(1)</script>"),
    ("html-interdit", 1, "Un mot.\n{: onclick=x }"),
    ("html-interdit", 0, "## Un titre {: onclick=x }"),
    ("html-interdit", 0, "<!-- une note\nà moi-même -->"),
    ("html-interdit", 1, '<div>\n<p style="x">un mot</p>\n</div>'),
    ("html-interdit", 0, '<p\nstyle="x">un mot</p>'),
    ("bloc-inconnu", 0, "/// figur | images/point.svg\n///"),
    ("bloc-sans-debut", 0, "///"),
    ("bloc-imbrique", 2, "/// encadre\n\n/// citation\n\nMots\n///\n///"),
    ("bloc-vide", 0, "/// encadre | Titre\n///"),
    ("bloc-de-trop", 0, "/// article | premier\nUn texte perdu\n///"),
    ("bloc-incomplet", 0, "/// bouton | Lire\n///"),
    ("bloc-incomplet", 0, "/// article\n///"),
    ("option-inconnue", 1, "/// citation | X\n    role: présidente\nMots\n///"),
    ("option-sans-retrait", 1, "/// citation | X\nfonction: présidente\n///"),
    ("entete-illisible", 1, "/// citation | X\n    fonction: a : b\nMots\n///"),
    ("bloc-illisible", 0, "- /// encadre\n  Texte\n  ///"),
    ("chiffres-invalides", 0, "/// chiffres\n- 336 participants\n///"),
    ("lien-brise", 2, "/// chiffres\n- **3** mots\n- **336** [participants](/absente/)\n///"),
    ("lien-brise", 2, "/// figure | images/point.svg\n    alt: Un point\nVoir [la page](/absente/)\n///"),
    ("image-absente", 0, "/// figure | images/absente.svg\n    alt: Un point\n///"),
    ("lien-brise", 1, "/// bouton | Lire\n    lien: /absente/\n///"),
    ("carte-inconnue", 0, "/// article | premie\n///"),
    ("carte-inconnue", 0, "/// evenement | premier\n///"),
    ("lien-vers-brouillon", 0, "/// article | ebauche\n///"),
    ("choix-inconnu", 1, "/// articles\n    genre: recette\n///"),
    ("nombre-invalide", 1, "/// articles\n    nombre: trois\n///"),
    ("rubrique-inconnue", 1, "/// articles\n    rubrique: absente\n///"),
    ("cartes-absentes", 0, "/// articles\n    rubrique: vide\n///"),
    ("numero-absent", 0, "/// sommaire | 1999-01\n///"),
    ("note-reservee", 1, "/// web\nUn mot[^1].\n///"),
    ("prenom-hors-place", 0, "/// encadre | {prenom}\nMots\n///"),
)
AROUND = ("Un mot {} ici.", "{}", "{} suit.", "- Un point {}.", "- {}", "> Une phrase {}.", "1. Un rang {} ici.",
          "- un\n    - deux {} ici", "> - cité {}", "| A | B |\n|---|---|\n| un | {} |", "Terme\n:   Une définition {}.",
          "Un début\nde texte {}\nqui continue.", "/// encadre | Titre\nDedans {}.\n///", "/// citation | X\n    fonction: y\n\nMots {}.\n///",
          "/// web\nPour le site {}.\n///", "*Gras* et `code` {}.", "Un fait[^n]. Puis {}.", "**Gras** {} **gras**", "&amp; {}")  # fmt: skip
CLEAN = (
    "Un texte sans faute,\nsur deux lignes.", "- un\n- deux\n\n    suite", "> Cité.\n> Encore.", "```\n# [](x) ![]() <b>\n```",
    "Voici :\n\n    du [code](/absente/)", "`[Une page](/absente/)` en code", "/// encadre | Titre\nUn encadré.\n///", "* * *",
    "| a | b |\n|---|:-:|\n| 1 | 2 |", "La [fiche de l’équipe](pages/a-propos.md) et ![un point](images/point.svg).",
    "1. un\n2. deux", "![Un point](images/point.svg)", "Un mot  \nautre mot", "<div>\n<b>mot</b>\n</div>", "Une [fiche de\nl’équipe](pages/a-propos.md) ici.",
    "[La fiche de l’équipe](pages/a-propos.md\n\"titre\")",
)  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project without a fault."""
    made = make_project(tmp_path_factory.mktemp("fautes") / "projet", {**FULL, **EXTRA}).root
    (made / "content/images/coupee.jpg").write_bytes(b"\xff\xd8\xff rien")
    return made


def places(root: Path, rule: str, body: str, newline: str = "\n") -> list[int | None]:
    """List the lines on which a rule finds a fault in a body."""
    text = f"{HEAD}{body}"
    (root / NEWS).write_bytes(text.replace("\n", newline).encode())
    return [one.line for one in loading.load(Folders(root), moment=DAY)[1] if one.rule == rule]


def _defined(lines: list[str]) -> str:
    """Write a body, with the definitions of the notes and of the address that it names."""
    body = "\n".join(lines) + "\n[absente]: /absente/\n"
    notes = (f"\n[^{name}]: Une note.\n" for name in "1n" if f"[^{name}]" in body)
    return body + "".join(notes)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, list[int], str]:
    """Draw a rule, a body, and the lines on which the rule is broken."""
    chosen = draw(st.sampled_from([*INLINE, *BLOCKS]))
    lines: list[str] = []
    expected: list[int] = []
    for turn in range(draw(st.integers(1, 5))):
        for clean in draw(st.lists(st.sampled_from(CLEAN), max_size=3)):
            lines += [*clean.split("\n"), ""]
        if len(chosen) == 2:
            rule, typed = chosen
            around = draw(st.sampled_from(AROUND))
            if rule in {"prenom-hors-place"} and "///" in around:
                around = AROUND[0]
            piece = around.replace("{}", typed, 1)
            offset = around[: around.index("{}")].count("\n")
        else:
            rule, offset, piece = chosen
        expected.append(FIRST + len(lines) + offset)
        lines += [*piece.split("\n"), ""]
        if piece.startswith("    ") or turn < 0:
            lines += ["Fin.", ""]
    return rule, _defined(lines), expected, draw(st.sampled_from(["\n", "\r\n", "\r"]))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=documents())
def test_each_mistake_is_told_on_its_line(root: Path, drawn: tuple[str, str, list[int], str]) -> None:
    rule, body, expected, newline = drawn
    assert places(root, rule, body, newline) == expected, body
