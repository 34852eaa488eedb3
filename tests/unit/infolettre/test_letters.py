"""Letters are read as people write them, and each mistake is told on its line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from infolettre import words
from infolettre.core.refusals import Refusal
from infolettre.design.tokens import TokenError
from infolettre.letter.cards import Form
from infolettre.letter.renderers import Cards, Prose
from infolettre.pelican_site import articles, mails
from infolettre.pelican_site.settings import UNKNOWN, missing_folders
from support.site_letters import HEAD, Post, made, read


@pytest.fixture(autouse=True)
def french() -> Any:
    """Speak French again after a test."""
    yield
    words.speak("fr")


@pytest.mark.parametrize(
    "head",
    [
        "Title: A letter\nSubject: News\nDate: 2026-01-31\nSlug: one\nSummary: Read\n  this.\n\n",
        (
            "---\ntitle: 'A letter'\nsubject: News\ndate: 2026-01-31\nslug: one\n"
            "summary: Read this.\n---\n"
        ),
    ],
)
def test_both_headers_of_pelican_say_the_same(head: str, tmp_path: Path) -> None:
    letter, problems = read(f"{head}Hello.\n", tmp_path)
    assert problems == []
    assert (letter.title, letter.subject, letter.slug) == ("A letter", "News", "one")
    assert letter.preheader == "Read this."
    assert letter.moment is not None
    assert letter.moment.date().isoformat() == "2026-01-31"
    assert letter.body == (Prose("<p>Hello.</p>"),)


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("/// article | {filename}/a-post.md\n///\n", []),
        ("/// article | {filename}a-post.md\n///\n", []),
        ("/// article | {filename}/sub/../a-post.md\n///\n", []),
        ("Hello.\n\n/// article | {filename}/absent.md\n///\n", ["6: carte-inconnue"]),
        ("[x]({filename}/a-post.md)\n\n[y]({filename}/absent.md)\n", ["6: carte-inconnue"]),
        ("/// article | {filename}/draft.md\n///\n", ["4: carte-inachevee"]),
        ("/// articl | x\n///\n", ["4: bloc-inconnu"]),
        ("/// article | {filename}/a-post.md\n", ["4: bloc-ouvert"]),
        ("/// articles\ncount: two\n///\n", ["4: option-invalide"]),
        ("/// articles\nsince: 31 January\n///\n", ["4: option-invalide"]),
        ("/// articles\nnumber: 2\n///\n", ["5: option-inconnue"]),
        ("/// articles\ncategory: Nowhere\n///\n", ["4: cartes-absentes"]),
        ("/// article | {filename}/a-post.md\nWords.\n///\n", ["5: bloc-rempli"]),
        ("Words.\n\n///\n", ["6: bloc-ferme"]),
        ("```\n/// article | {filename}/absent.md\n```\n", []),
        ("~~~~\n///\n```\n~~~~\n", []),
        ("Words.\n\n![A cat]({static}/images/cat.png)\n", ["6: image-absente"]),
        ("[Index]({index}), [News]({category}News), [a]({tag}a), [Ann]({author}Ann)\n", []),
    ],
)
def test_a_mistake_is_on_its_line(body: str, problems: list[str], tmp_path: Path) -> None:
    posts = Post(), Post(url="draft.html", status="draft")
    assert read(HEAD + body, tmp_path, *posts)[1] == problems


@pytest.mark.parametrize("slug", ["../../evil", "a/b", "two words", "a?b", ".hidden"])
def test_a_slug_is_one_name_in_an_address(slug: str, tmp_path: Path) -> None:
    problems = read(f"Title: X\nDate: 2026-01-31\nSlug: {slug}\n\nHello.\n", tmp_path)[1]
    assert problems == ["3: adresse-invalide"]


def test_a_letter_without_a_date_or_with_an_unknown_key_says_so(tmp_path: Path) -> None:
    assert read("Title: X\nObject: Y\n\nHello.\n", tmp_path)[1] == [
        "2: cle-inconnue",
        "1: date-absente",
    ]


def test_articles_are_chosen_by_rule_and_none_is_shown_twice(tmp_path: Path) -> None:
    posts = [
        Post("One", "one.html", datetime(2026, 1, 1), tags=("a",)),  # noqa: DTZ001
        Post("Two", "two.html", datetime(2026, 1, 2), category="Other"),  # noqa: DTZ001
        Post("Three", "three.html", datetime(2026, 1, 3), authors=("Ann",)),  # noqa: DTZ001
    ]
    body = "/// article | {filename}/three.md\n///\n/// articles | Lately\ncount: 5\n///\n"
    letter, problems = read(HEAD + body, tmp_path, *posts)
    assert problems == []
    shown = [[card.title for card in node.cards] for node in letter.body if isinstance(node, Cards)]
    assert shown == [["Three"], ["Two", "One"]]
    for options, titles in (
        ({"tag": "A"}, ["One"]),
        ({"author": "ann"}, ["Three"]),
        ({"category": "news", "count": "1"}, ["Three"]),
        ({"since": "2026-01-02"}, ["Three", "Two"]),
    ):
        assert [post.title for post in articles.chosen(posts, options)] == titles


def test_typography_is_that_of_the_language(tmp_path: Path) -> None:
    french, _ = read(HEAD.replace("A", "L'") + 'Un "mot" : bien!\n', tmp_path, DEFAULT_LANG="fr")
    english, _ = read(HEAD + 'Don\'t say "word".\n', tmp_path)
    assert "«\u00a0mot\u00a0»\u00a0: bien" in french.body[0].html  # type: ignore[union-attr]
    assert french.title.startswith("L’")
    assert '"word"' in english.body[0].html  # type: ignore[union-attr]


def test_a_letter_looks_as_the_tokens_of_the_site_say(tmp_path: Path) -> None:
    tokens = tmp_path / "look.toml"
    tokens.write_text('[couleurs.clair]\nmarine = "#7A1F2B"\n', "utf-8")
    letter, _ = read(f"{HEAD}Hello, everybody.\n", tmp_path)
    mail = mails.render(letter, made(tmp_path, INFOLETTRE_TOKENS=str(tokens)))
    assert "#7A1F2B" in mail.html
    assert "#7A1F2B" not in mails.render(letter, made(tmp_path)).html
    tokens.write_text('[couleurs.clair]\nmarine = "red"\n', "utf-8")
    with pytest.raises(TokenError, match="marine"):
        made(tmp_path, INFOLETTRE_TOKENS=str(tokens))


def test_the_settings_have_good_defaults_and_refuse_half_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = made(tmp_path)
    assert settings.siteurl == "https://www.pages.quebec"
    assert settings.sender.address == "infolettre@pages.quebec"
    assert settings.folders == (tmp_path / "newsletters",)
    assert made(tmp_path, SITEURL="").siteurl == UNKNOWN
    (tmp_path / "publishconf.py").write_text('SITEURL = "https://autre.quebec"\n', "utf-8")
    assert made(tmp_path, SITEURL="").host == "autre.quebec"
    (tmp_path / "lettres").mkdir()
    assert made(tmp_path, INFOLETTRE_PATHS=["lettres"]).folders == (tmp_path / "lettres",)
    assert made(tmp_path, INFOLETTRE_PATHS="lettres").folders == (tmp_path / "lettres",)
    assert missing_folders({"PATH": str(tmp_path), "INFOLETTRE_PATHS": ["lettres", "x"]}) == ["x"]
    assert missing_folders({"PATH": str(tmp_path)}) == []
    assert made(tmp_path, INFOLETTRE_URL="/l/{slug}/").url == "l/{slug}/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITEURL", "www.pages.quebec"),
        ("INFOLETTRE_URL", "letters/"),
        ("INFOLETTRE_URL", "letters/{slug}.html"),
        ("INFOLETTRE_URL", "letters/{name}/"),
        ("INFOLETTRE_URL", "../{slug}/"),
        ("INFOLETTRE_EMAIL", "not an address"),
        ("INFOLETTRE_SENDER", "Pages\nBcc: a@b.ca"),
        ("INFOLETTRE_TEMPLATES", "nowhere"),
        ("INFOLETTRE_TOKENS", "nowhere.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    name: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(Refusal) as refused:
        made(tmp_path, **{name: value})
    assert (value if name == "INFOLETTRE_TOKENS" else name) in refused.value.problem
    assert refused.value.remedy


def test_the_first_picture_leads_and_others_take_a_corner(tmp_path: Path) -> None:
    (tmp_path / "content/posts").mkdir(parents=True)
    for name, width in (("posts/wide.png", 900), ("images/small.png", 90)):
        (tmp_path / "content" / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (width, 60)).save(tmp_path / "content" / name)
    posts = [
        Post("Plain", "plain.html"),
        Post("Wide", "wide.html", image="{attach}wide.png", relative_source_path="posts/wide.md"),
        Post("Small", "small.html", image="images/small.png"),
        Post("Lost", "lost.html", image="{static}/images/lost.png"),
    ]
    body = "".join(f"/// article | {{filename}}/{post.url[:-5]}.md\n///\n" for post in posts)
    letter, problems = read(HEAD + body, tmp_path, *posts)
    assert problems == []
    cards = [card for node in letter.body if isinstance(node, Cards) for card in node.cards]
    assert [(card.form, card.image and card.image.width) for card in cards] == [
        (Form.PLAIN, None), (Form.LEAD, 552), (Form.THUMBNAIL, 90), (Form.PLAIN, None),
    ]  # fmt: skip
    html = mails.render(letter, made(tmp_path)).html
    assert 'src="https://www.pages.quebec/posts/wide.png"' in html


def test_a_card_says_its_language_where_it_is_another(tmp_path: Path) -> None:
    posts = Post(lang="fr"), Post("Two", "two.html", lang="en")
    body = "/// articles\n///\n"
    letter, _ = read(HEAD + body, tmp_path, *posts)
    assert [card.language for node in letter.body for card in node.cards] == ["fr", ""]  # type: ignore[union-attr]


PLACE = ["Quiet Pages", "12 Main Street", "Montréal (Québec)  H2X 1Y4"]
HEARD = "Hello, everybody. Here is what we wrote this month.\n"


@pytest.mark.parametrize(
    ("place", "held"),
    [([], set()), (PLACE, {"loi-adresse", "loi-raison"}), (["Paris 75001"], {"loi-raison"})],
)
def test_the_rules_of_the_law_hold_in_english_where_they_know_the_address(
    place: list[str], held: set[str], tmp_path: Path
) -> None:
    settings = made(tmp_path, INFOLETTRE_ADDRESS=place)
    known = {rule.id for rule in mails.rules("en", settings)}
    assert known & {"loi-adresse", "loi-raison"} == held
    assert "objet-majuscules" in known
    assert "apostrophe-droite" not in known
    letter, _ = read(HEAD + HEARD, tmp_path, INFOLETTRE_ADDRESS=place)
    assert mails.check(letter, mails.render(letter, settings), settings) == []


def test_a_french_letter_of_an_english_site_is_judged_in_english(tmp_path: Path) -> None:
    settings = made(tmp_path, INFOLETTRE_ADDRESS=PLACE, INFOLETTRE_REASON="Bonjour.")
    letter, _ = read(HEAD.replace("\n\n", "\nLang: fr\n\n") + "Bonjour à tous.\n", tmp_path)
    found = mails.check(letter, mails.render(letter, settings), settings)
    told = {problem.rule: (problem.problem, problem.remedy) for problem in found}
    assert told["preentete-absent"][1] == "Write it in the header of the letter:  Summary: …"
    assert told["loi-raison"] == (
        "the letter does not say why readers receive it",
        "Complete INFOLETTRE_REASON in pelicanconf.py: the footer of the letter uses it.",
    )
