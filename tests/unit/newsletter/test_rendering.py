"""A rendered letter: its personal links, leading article, heading levels and pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from markupsafe import Markup

from axtra.content.audiences import mail_to
from axtra.content.model import (
    Article,
    Aside,
    Body,
    Card,
    Cards,
    Item,
    Only,
    Prose,
    Status,
    Text,
    shown_to,
)
from axtra.newsletter import (
    MailTheme,
    MjmlError,
    cards,
    render,
)
from axtra.newsletter.mail_pictures import MailPictures
from infolettre.design.tokens import Tokens
from infolettre.letter.mjml_elements import ELEMENTS, check_markup, validate
from infolettre.letter.rendering import level
from infolettre.text.personal_values import Personal, PersonalLinkError, personalise
from support import mail_standard as standard
from support import sample_letters as samples


def articles() -> tuple[Article, ...]:
    return samples.read(samples.CATALOGUE).articles


# --- personal links ---------------------------------------------------------------------------


def test_a_personal_link_is_in_both_parts_and_escaped_in_html() -> None:
    newsletter = samples.golden()
    mail = render(newsletter, samples.read(samples.CATALOGUE), samples.mail_theme())
    own = {
        Personal.UNSUBSCRIBE: "https://www.axtra.ca/d?a=1&b=2",
        Personal.ONLINE: "https://www.axtra.ca/l/3",
    }
    personal = mail.personalised(own)
    assert 'href="https://www.axtra.ca/d?a=1&amp;b=2"' in personal.html
    assert "<https://www.axtra.ca/d?a=1&b=2>" in personal.text
    assert "invalid" not in personal.html + personal.text


def test_a_personal_link_without_an_address_is_an_error() -> None:
    with pytest.raises(PersonalLinkError, match="desabonnement"):
        personalise(f'<a href="{Personal.UNSUBSCRIBE}">a</a>', {})
    with pytest.raises(PersonalLinkError, match="en-ligne"):
        personalise(f"<{Personal.ONLINE}>\n", {Personal.UNSUBSCRIBE: "https://a.ca/"})


def test_the_public_form_links_to_public_pages() -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    for part in (mail.html, mail.text):
        assert "https://www.axtra.ca/s-abonner/" in part
        assert "https://www.axtra.ca/infolettres/catalogue/" in part


# --- the article that leads --------------------------------------------------------------------


def body_of(*items: Item) -> Body:
    return tuple(Card(item, "article") for item in items)


def test_the_first_card_shows_its_image_large_and_the_others_small() -> None:
    first, second, *_ = articles()
    leading = cards.lead((Prose(Markup("<p>a</p>")), *body_of(first, second, first)))
    assert leading
    assert leading[1] is first
    html = samples.render_body(body_of(first, second, first)).html
    widths = [int(width) for width in re.findall(r'<img[^>]* width="(\d+)"', html)]
    assert len(widths) == 4
    assert widths[1] > 300  # the first is the masthead
    assert widths[2:] == [148, 148]


def test_a_brief_list_gives_each_text_a_line() -> None:
    news = samples.read(samples.CATALOGUE).news
    mail = samples.render_body((Cards(None, news, brief=True),))
    whole = samples.render_body((Cards(None, news),))
    for item in news:
        assert item.title.html in mail.html
        assert f"{samples.SITEURL}{item.url}" in mail.text
        if item.summary:
            assert item.summary.html in whole.html
            assert item.summary.html not in mail.html
            assert item.summary.plain[:40] not in mail.text
    assert standard.faults(mail.html) == []


@pytest.mark.parametrize("days", [-400, 400])
def test_an_event_to_come_can_be_added_to_an_agenda(days: int) -> None:
    event = samples.read(samples.CATALOGUE).events[0]
    leaves = samples.golden().date
    assert leaves
    event = replace(event, start=leaves + timedelta(days), end=None)
    mail = samples.render_body((Card(event, "evenement"),))
    address = f"{samples.SITEURL}/evenements/{event.slug}.ics"
    assert (address in mail.html, address in mail.text) == (days > 0, days > 0)


def test_an_article_shown_only_on_the_site_does_not_lead() -> None:
    first, second, *_ = articles()
    aside = Aside(None, body_of(second))
    body = shown_to(mail_to(None), (Only(body_of(first), "web"), aside))
    assert cards.lead(body) == (aside.body[0], second)
    assert cards.lead(shown_to(mail_to(None), (Only(body_of(first), "web"),))) is None


def test_a_leading_article_without_an_image_shows_its_drawing() -> None:
    drawn = next(article for article in articles() if article.image is None)
    mail = samples.render_body(body_of(drawn))
    (path,) = [path for path in mail.images if drawn.slug in path]
    assert mail.images[path]().startswith(b"\x89PNG")
    assert f'src="https://www.axtra.ca{path}" alt="{drawn.title.html}"' in mail.html


def test_cards_under_a_title_omit_the_label_that_they_share() -> None:
    news = samples.read(samples.CATALOGUE).news
    titled = samples.render_body((Cards(Text.of("Nouvelles"), news),))
    bare = samples.render_body((Cards(None, news),))
    assert ">Nouvelle<" not in titled.html
    headed = samples.render_body((Prose(Markup("<h2>Ce qui s’est passé</h2>")), Cards(None, news)))
    assert ">Nouvelle<" not in headed.html
    assert "\nNouvelle\n" not in headed.text
    assert bare.html.count(">Nouvelle<") == len(news)
    assert standard.faults(titled.html) == standard.faults(bare.html) == []


def test_every_kind_of_content_has_a_card() -> None:
    library = samples.read(samples.CATALOGUE)
    items = tuple(item for item in library.items if item.status is Status.PUBLISHED)
    assert len({item.kind.name for item in items}) == 9
    mail = samples.render_body((Cards(None, items),))
    for item in items:
        assert f"https://www.axtra.ca{item.url}" in mail.html
        assert f"<https://www.axtra.ca{item.url}>" in mail.text


def test_a_card_in_another_language_declares_it() -> None:
    english = next(article for article in articles() if article.language == "en")
    assert 'class="une" lang="en" dir="ltr"' in samples.render_body(body_of(english)).html


# --- levels, templates, look -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>a</h1><h3>b</h3>", "<h1>a</h1><h2>b</h2>"),
        ("<h1>a</h1><h2>b</h2><h4>c</h4><h4>d</h4>", "<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4>"),
        ("<h1>a</h1><h2>b</h2><h2>c</h2>", "<h1>a</h1><h2>b</h2><h2>c</h2>"),
        ("<hr /><header>", "<hr /><header>"),
    ],
)
def test_no_heading_skips_a_level(html: str, expected: str) -> None:
    assert level(html) == expected


def test_a_template_that_breaks_the_document_is_named(tmp_path: Path) -> None:
    courriel = tmp_path / "courriel"
    for source in sorted((samples.ROOT / "theme" / "courriel").rglob("*.*")):
        target = courriel / source.relative_to(samples.ROOT / "theme" / "courriel")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (courriel / "blocs" / "prose.mjml").write_text("<p>\n<b>{{ prose(bloc.html) }}</p>")
    look = MailTheme.load(tmp_path, _tokens(), samples.SITEURL, samples.CATALOGUE / "content")
    with pytest.raises(
        MjmlError, match=r"^theme/courriel/blocs/prose\.mjml : .* ligne \d+ : mismatch"
    ):
        render(samples.golden(), samples.read(samples.CATALOGUE), look)


def test_a_template_with_an_unknown_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "courriel").mkdir()
    (tmp_path / "courriel" / "infolettre.mjml").write_text("{{ inconnu }}")
    look = MailTheme.load(tmp_path, _tokens(), samples.SITEURL, tmp_path)
    with pytest.raises(Exception, match="'inconnu' is undefined"):
        render(samples.golden(), samples.read(samples.CATALOGUE), look)


def test_typed_text_is_escaped_in_html_and_not_in_the_text_part() -> None:
    newsletter = replace(samples.golden(), title=Text.of('L’emploi < 20 $ & le "reste"'))
    mail = render(newsletter, samples.read(samples.CATALOGUE), samples.mail_theme())
    assert "<h1 " in mail.html
    assert "&lt; 20\u00a0$ &amp; le" in mail.html
    assert "L’emploi < 20\u00a0$ & le" in mail.text


def test_the_table_of_elements_is_consistent() -> None:
    with pytest.raises(MjmlError, match=r"<mj-text> cannot stand in <mj-body>"):
        validate('<mjml lang="fr" dir="ltr"><mj-body width="1px" background-color="#000000">'
                 "<mj-text>a</mj-text></mj-body></mjml>", "essai")  # fmt: skip
    assert all(parent in ELEMENTS for rule in ELEMENTS.values() for parent in rule.parents)
    check_markup("<p>a &#160; b</p><br />", "essai")


# --- pictures ----------------------------------------------------------------------------------


def test_a_picture_is_never_displayed_wider_than_half_its_file() -> None:
    pictures = MailPictures(samples.CATALOGUE / "content", _tokens())
    assert pictures.photograph("images/atelier.png", "a", 552).width == 552
    assert pictures.photograph("images/atelier.png", "a", 900).width == 600


def test_a_picture_is_scaled_once_for_all_letters() -> None:
    pictures = MailPictures(samples.CATALOGUE / "content", _tokens())
    first = pictures.photograph("images/atelier.png", "a", 552)
    second = pictures.photograph("images/atelier.png", "b", 552)
    assert first.path == second.path
    assert first.job() is second.job()


def test_the_same_letter_gives_the_same_bytes() -> None:
    newsletter, library = samples.golden(), samples.read(samples.CATALOGUE)
    look = MailTheme.load(
        samples.ROOT / "theme", _tokens(), samples.SITEURL, samples.CATALOGUE / "content"
    )
    first, second = (render(newsletter, library, theme) for theme in (samples.mail_theme(), look))
    assert (first.html, first.text, first.mjml) == (second.html, second.text, second.mjml)
    assert {path: job() for path, job in first.images.items()} == {
        path: job() for path, job in second.images.items()
    }


def _tokens() -> Tokens:
    return Tokens.load(samples.ROOT / "theme" / "tokens.toml")
