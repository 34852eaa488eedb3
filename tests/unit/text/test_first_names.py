"""A sentence reads well with a first name and without, and a name can never inject anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.content.blocks import Fragment
from axtra.content.blocks.conversion import Converter
from axtra.newsletter import render
from infolettre.core.diagnostics import Notes
from infolettre.letter.plain_text import PlainWriter
from infolettre.text import first_names
from infolettre.text.personal_values import Personal, personalise
from support import sample_letters as samples

LINKS = {Personal.UNSUBSCRIBE: "https://a.ca/d", Personal.ONLINE: "https://a.ca/l"}


def convert(body: str, *, personal: bool = True) -> tuple[str, list[str]]:
    """Return the HTML of a body, with its sentinels, and the rules that it breaks."""
    notes = Notes("newsletters/2019/2019-03-27.md")
    document = Converter().convert(
        body, first_line=1, language="fr-CA", notes=notes, personal=personal
    )
    html = "".join(part.html for part in document.parts if isinstance(part, Fragment))
    return html, [f"{problem.rule}:{problem.line}" for problem in notes.found]


@pytest.mark.parametrize(
    ("typed", "named", "unnamed"),
    [
        ("Bonjour {prenom},", "Bonjour Ève,", "Bonjour,"),
        ("Bonjour { Prénom },", "Bonjour Ève,", "Bonjour,"),
        ("Merci, {prenom}!", "Merci, Ève!", "Merci!"),
        (
            "Merci {prenom} : c’est fait.",
            "Merci Ève\u00a0: c’est fait.",
            "Merci\u00a0: c’est fait.",
        ),
        ("Bonjour\n{prenom|à vous}.", "Bonjour\nÈve.", "Bonjour\nà vous."),
        ("{prenom|L'équipe et vous}, voici.", "Ève, voici.", "L’équipe et vous, voici."),
        ("Bonjour **{prenom|à tous}**.", "Bonjour Ève.", "Bonjour à tous."),
        ("*Bonjour {prenom}*", "Bonjour Ève", "Bonjour"),
    ],
)
def test_a_sentence_reads_well_with_and_without_a_name(
    typed: str, named: str, unnamed: str
) -> None:
    html, problems = convert(typed)
    assert problems == []
    for name, expected in (("Ève", named), ("", unnamed)):
        text = PlainWriter(str).write(first_names.fill(html, name, html=True))
        assert text.replace("\n", " ") == expected.replace("\n", " ")


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("Bonjour,\n\n{prenom}, voici le numéro.", "prenom-sans-defaut:3"),
        ("Voilà. {prenom}, voici le numéro.", "prenom-sans-defaut:1"),
        ("Un numéro pour {prenom}.", "prenom-sans-defaut:1"),
        ("Bonjour **{prenom}**,", "prenom-sans-defaut:1"),
        ("Le prénom de {prenom|quelqu’un} est court.", "prenom-elision:1"),
        ("Bonjour {prenom:à vous},", "prenom-illisible:1"),
        ("Bonjour {{prenom}},", "prenom-illisible:1"),
        ("## Pour toi {prenom}", "prenom-hors-place:1"),
        ("Voir [le numéro de mars](https://a.ca/?n={prenom|x}).", "prenom-hors-place:1"),
        ("Un `code {prenom}`.", "prenom-hors-place:1"),
    ],
)
def test_a_place_where_a_name_would_read_badly_is_refused(typed: str, rule: str) -> None:
    assert rule in convert(typed)[1]


def test_only_an_infolettre_may_use_the_readers_name() -> None:
    html, problems = convert("Bonjour {prenom},", personal=False)
    assert problems == ["prenom-hors-place:1"]
    assert not first_names.held(html)


@given(st.text(max_size=60), st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_sentinel_is_an_ascii_word_that_encodes_its_content(default: str, before: str) -> None:
    place = first_names.NamePlace(before, default)
    assert place.sentinel.isascii()
    assert place.sentinel.isalpha()
    assert place.sentinel.islower()
    assert first_names.fill(f"a {place.sentinel}.") == f"a {default}."
    assert first_names.fill(place.sentinel, "Ève") == f"{before}Ève"


@pytest.mark.parametrize(
    "name", ["Ève", "Marie-Ève", "J.-P.", "Jean Luc", "D'Arcy", "Zoë", "Łukasz", "明"]
)
def test_a_real_name_is_printed(name: str) -> None:
    assert first_names.tidy(f"  {name} ") == name.replace("'", "’")


@pytest.mark.parametrize(
    "name",
    ["", "<b>Ève", "a@b.ca", "exemple.ca", "http://a.ca", "Ève\u202e", "x" * 41, "R2", "{prenom}"],
)
def test_text_that_is_not_a_name_is_not_printed(name: str) -> None:
    assert first_names.tidy(name) == ""


def test_a_substituted_value_is_not_substituted_again() -> None:
    values = {**LINKS, Personal.ONLINE: str(Personal.UNSUBSCRIBE)}
    assert personalise(f"<{Personal.ONLINE}>", values) == f"<{Personal.UNSUBSCRIBE}>"


def test_both_parts_greet_the_reader_by_name_and_the_public_form_names_nobody() -> None:
    mail = render(samples.golden(), samples.read(samples.CATALOGUE), samples.mail_theme())
    assert first_names.held(mail.html)
    own = mail.personalised(LINKS, "D'Arcy")
    for part in (own.html, own.text):
        assert "Bonjour D’Arcy," in part
        assert not first_names.held(part)
    for part in (samples.mail(samples.CATALOGUE, "catalogue").html, mail.personalised(LINKS).text):
        assert "Bonjour," in part
        assert not first_names.held(part)


def test_a_text_for_a_list_is_shown_to_that_list_only() -> None:
    library, look = samples.read(samples.CATALOGUE), samples.mail_theme()
    ours = render(samples.golden(), library, look, audience="membres")
    others = render(samples.golden(), library, look, audience="partenaires")
    public = render(samples.golden(), library, look)
    for part in ("html", "text"):
        assert "pour la liste des membres" in getattr(ours, part)
        assert "pour la liste des membres" not in getattr(others, part)
        assert "pour la liste des membres" not in getattr(public, part)
        assert "la liste «\u00a0partenaires\u00a0»" in getattr(others, part).replace("\n", " ")
        assert "la liste «\u00a0membres\u00a0»" in getattr(public, part).replace("\n", " ")
