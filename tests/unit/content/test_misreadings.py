"""What Markdown would not read as it was meant is told; what it reads as meant is left alone."""

from __future__ import annotations

import pytest

from axtra.content.blocks import Fragment
from axtra.content.blocks.conversion import Converter
from axtra.content.model import Text
from infolettre.core.diagnostics import Diagnostic, Notes


def convert(body: str) -> tuple[str, list[Diagnostic]]:
    notes = Notes("essai.md")
    document = Converter().convert(body, first_line=1, language="en", notes=notes)
    html = "".join(part.html for part in document.parts if isinstance(part, Fragment))
    return html, notes.found


@pytest.mark.parametrize(
    "body",
    [
        "25 $ et 30 $, puis 5 $US_1.",
        "Il a dit : « Il [le ministre] viendra […]. » [sic]",
        "— Bonjour.\n\n— Bonsoir.",
        "Le C++ et le C++ de 2020 == rien.",
        "~5 à ~10 personnes, environ ^^.",
        "[Une page][x] et [x] et [X][].\n\n[x]: https://exemple.org/",
        "Un fait[^1].\n\n[^1]: La note.\n\n    - un\n    - deux",
        "Terme\n:   Sens.\n\n    Suite du sens de ce terme.",
        "Voici :\n\n    for x in y: print(x)",
        "Un intertitre\n-------------\n\nTexte.",
        "Texte.\n\n---\n\nTexte.",
        "- [ ] à faire\n- [x] fait",
        "| a | b |\n|---|---|\n| 1 \\| 2 | 3 |",
        "5 * 3 = 15 et 2 * 4 = 8",
        "mot_avec_tirets_bas et **gras**, puis *italique*.",
        "`{{ code }}` et `[mot]` et `$x_1$`, `H~2~O`",
        "```\n- un\n[mot] {% x %}\n```",
        "<details>\n<summary>Voir</summary>\nDu texte.\n</details>",
        "A. Tremblay est venue.\n\n1. un\n2. deux",
        '[Le titre](https://exemple.org/ "[un mot]")',
        "[www.exemple.org](https://www.exemple.org/page) et [a@b.ca](mailto:a@b.ca?subject=x)",
        "[Le site exemple.org](https://ailleurs.example/)",
        "\\[un mot\\] et \\=> et \\*",
        "\\[sic\\] et \\(voir plus bas\\), a||b||c, 10:30:45, « oui : non :», O Canada",
        "Voir https://exemple.org/:id:/ et |\u00a0|, &#233; et &#x2019;.",
        "10. dix\n11. onze",
        "*[AGA]: assemblée générale annuelle\n\nL’AGA approche.",
        "Texte {: .droite }",
    ],
)
def test_what_is_read_as_it_was_meant_is_left_alone(body: str) -> None:
    assert convert(body)[1] == []


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ("Un mot.\n\n[^1]: Jamais appelée.", "note-orpheline", 3),
        ("Un[^1].\n\n[^1]: Une.\n\n[^1]: Deux.", "definition-double", 5),
        ("[a][x]\n\n[x]: https://a.org\n> [X]: https://b.org", "definition-double", 4),
        ("*[AGA]: un\n*[AGA]: deux", "definition-double", 2),
        ("a) un\nb) deux", "puce-copiee", 2),
        ("> Voici :\n> • un", "puce-copiee", 2),
        ("-un\n-deux", "puce-copiee", 1),
        ("1.un\n2.deux", "puce-copiee", 2),
        ("– un\n– deux", "puce-copiee", 1),
        ("Voici :\n\no un\no\u00a0deux", "puce-copiee", 4),
        ("un\n||caché|| ici", "code-d-ailleurs", 2),
        ("un :smile: et :+1:", "code-d-ailleurs", 1),
        ("la \\(x\\) ici", "formule", 1),
        ("la \\(a_1 + b\\)", "formule", 1),
        ("\\[ \\frac{a}{b} \\]", "formule", 1),
        ("un &#xFFFE; signe", "caractere-invisible", 1),
        ("un &#0; signe, &#xd800;", "caractere-invisible", 1),
        ("> un\n>\n>     Une citation de Word ici.", "retrait-code", None),
    ],
)
def test_what_would_be_misread_has_a_message_at_its_line(
    body: str, rule: str, line: int | None
) -> None:
    told = [(error.rule, error.line) for error in convert(body)[1]]
    assert ((rule, line) in told) == (line is not None), told


def test_a_note_that_nothing_calls_has_one_message() -> None:
    html, found = convert("Un mot.\n\n[^1]: Jamais appelée.")
    assert len(found) == 1
    assert "fnref" not in html


@pytest.mark.parametrize(
    ("typed", "href", "shown"),
    [
        ("https://exemple.org/a_b_(c).", "https://exemple.org/a_b_(c)", "https://exemple.org/a_b_(c)"),
        ("(https://exemple.org/x),", "https://exemple.org/x", "https://exemple.org/x"),
        ("«\u00a0https://exemple.org/x\u00a0»", "https://exemple.org/x", "https://exemple.org/x"),
        ("https://exemple.org…", "https://exemple.org", "https://exemple.org"),
        ("www.exemple.org/x", "https://www.exemple.org/x", "www.exemple.org/x"),
        ("info@exemple.org.", "mailto:info@exemple.org", "info@exemple.org"),
        ("**https://exemple.org/x**", "https://exemple.org/x", "https://exemple.org/x"),
        ("https://exemple.org/?a=1&b=2 ", "https://exemple.org/?a=1&amp;b=2", "https://exemple.org/?a=1&amp;b=2"),
    ],
)  # fmt: skip
def test_an_address_becomes_a_link_to_itself(typed: str, href: str, shown: str) -> None:
    html, _ = convert(f"Voir {typed} ici.")
    assert f'<a href="{href}">{shown}</a>' in html


@pytest.mark.parametrize(
    "typed",
    [
        "`https://exemple.org`",
        "\\https://exemple.org/`x`",
        '<a href="https://exemple.org/">https://exemple.org/</a>',
        "[https://exemple.org/](https://exemple.org/)",
        "![https://exemple.org](a.png)",
        "a@b et www. et https://",
    ],
)
def test_an_address_is_not_linked_twice(typed: str) -> None:
    html, _ = convert(f"Voir {typed} ici.")
    assert html.count("<a ") <= 1
    assert "<a " not in html.partition("<a ")[2]


def test_a_title_shows_italics_and_no_star() -> None:
    text = Text.with_italics("Relire *Bonheur d'occasion* & l’_Odyssée_, 2*3*4, a_b_c")
    assert text.plain == "Relire Bonheur d’occasion & l’Odyssée, 2*3*4, a_b_c"
    assert text.html == (
        "Relire <em>Bonheur d’occasion</em> &amp; l’<em>Odyssée</em>, 2*3*4, a_b_c"
    )
    assert Text.with_italics("Un titre : deux").plain == "Un titre\u00a0: deux"


def test_code_of_a_list_is_code_with_its_language() -> None:
    html, found = convert("- un\n\n  ```python\n  x = [1]\n\n  - y\n  ```\n- deux\n")
    assert '<pre><code class="language-python">x = [1]\n\n- y\n</code></pre>' in html
    assert found == []
