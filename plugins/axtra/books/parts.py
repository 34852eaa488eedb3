"""The parts of a book in reading order, as HTML trees that the PDF and the EPUB rewrite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import html as reader
from lxml.html import HtmlElement

from axtra.books import page_breaks
from axtra.books.book_theme import BookTheme
from axtra.content.audiences import BOOK
from axtra.content.model import Article, Library, Numero
from axtra.pictures import drawings

_BACKGROUND = re.compile(r"url\('([^']*)'\)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name within the book, its title, its kind for e-readers, its tree."""

    name: str
    title: str
    role: str
    language: str
    url: str | None
    root: HtmlElement
    article: Article | None = None


def read(numero: Numero, library: Library, theme: BookTheme, *, medium: str) -> tuple[Part, ...]:
    """Render the parts of a numéro.

    Args:
        numero: the numéro.
        library: the content it belongs to.
        theme: the theme of the books.
        medium: « pdf » or « epub », for the few words that differ between the two.
    """
    return tuple(_parts(numero, library, theme, _variables(numero, library, theme, medium)))


def read_article(article: Article, library: Library, theme: BookTheme) -> Part:
    """Render an article as a PDF of its own shows it."""
    return _text(article, theme, _variables(article.numero, library, theme, "pdf"))


def _variables(
    numero: Numero, library: Library, theme: BookTheme, medium: str
) -> Mapping[str, object]:
    return {
        "numero": numero,
        "library": library,
        "facts": library.facts,
        "medium": medium,
        "siteurl": theme.siteurl,
        "art": _art,
        "unes": library.featured(numero),
        "nom": _name,
        "encre": lambda item: drawings.palette(item, theme.tokens).ink,
    }


def _parts(
    numero: Numero, library: Library, theme: BookTheme, variables: Mapping[str, object]
) -> Iterator[Part]:
    def part(name: str, title: str, role: str, url: str | None = None) -> Part:
        root = tree(theme, f"parties/{name}.html", variables)
        return Part(name, title, role, numero.language, url, root)

    yield part("couverture", "Couverture", "cover")
    yield part("sommaire", "Sommaire", "toc")
    if numero.body_for(BOOK):
        yield part("editorial", "Éditorial", "preface", numero.url)
    for article in library.articles_in(numero):
        yield _text(article, theme, variables)
    yield part("ours", "À propos de ce numéro", "colophon")
    if variables["medium"] == "pdf":
        if numero.call:
            yield part("appel", "Appel de textes", "")
        yield part("notes", "Notes", "")
        yield part("dos", "Quatrième de couverture", "")


def _text(article: Article, theme: BookTheme, variables: Mapping[str, object]) -> Part:
    root = tree(theme, "parties/article.html", {**variables, "item": article})
    title, language = article.title.plain, article.language
    return Part(_name(article), title, "chapter", language, article.url, root, article)


def pictures(part: Part) -> Iterator[str]:
    """List the addresses of the pictures that a part shows."""
    for element in part.root.iter():
        if element.tag == "img" and element.get("src", "").startswith("/"):
            yield element.get("src")
        yield from _BACKGROUND.findall(element.get("style", ""))


def _name(article: Article) -> str:
    return f"texte-{article.slug}"


def _art(item: Article | Numero) -> str:
    if item.image:
        return item.image.printed_url
    return drawings.address(item)


def tree(theme: BookTheme, template: str, variables: Mapping[str, object]) -> HtmlElement:
    """Render a template of a part as a tree."""
    text = theme.templates.get_template(template).render(variables)
    root = reader.fragment_fromstring(text.strip().replace("<wbr>", "<wbr></wbr>"))
    for drawing in root.iter("svg"):  # the parser of HTML writes it in small letters
        drawing.set("viewBox", drawing.attrib.pop("viewbox"))
        if isinstance(article := variables.get("item"), Article):
            _tint(drawing, article.rubrique.colour, theme)
    for number, biography in enumerate(root.find_class("biographie"), 1):
        _set_apart(biography, f"--{number}")
    page_breaks.rank(root)
    return root


def _tint(drawing: HtmlElement, name: str, theme: BookTheme) -> None:
    """Paint a chart in the colour of its rubrique, as its page does."""
    colours = theme.tokens.colours["clair"]
    for mark in drawing.iter():
        for painted in ("fill", "stroke"):
            if mark.get(painted) == colours["accent"]:
                mark.set(painted, colours[name])


def _set_apart(biography: HtmlElement, suffix: str) -> None:
    """Make the anchors of a biography its own: its text is not that of the article."""
    for element in biography.iter():
        if name := element.get("id"):
            element.set("id", name + suffix)
        if element.get("href", "").startswith("#"):
            element.set("href", element.get("href") + suffix)
