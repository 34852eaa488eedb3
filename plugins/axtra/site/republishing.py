"""What others need to publish an article again."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from axtra.content import licences
from axtra.content.model import Article, Body, Facts
from axtra.content.template_filters import noms
from axtra.site import feeds

_SHOWN_ELSEWHERE = frozenset({"article", "articles", "evenement", "publication", "sommaire"})


def html(article: Article, facts: Facts, siteurl: str, render: Callable[[Body], str]) -> str:
    """Return an article as HTML to paste: title, names, text, then its credit and its address.

    The cards of other texts are left out, and addresses are whole; `render` gives the HTML of a
    body as the site shows it.
    """
    kept = tuple(node for node in article.body if node.name not in _SHOWN_ELSEWHERE)
    licence = licences.of_article(article, facts)
    under = Markup()
    if licence and licence.url:
        under = Markup(', sous licence <a href="{}">{}</a>').format(licence.url, licence.name)
    address = f"{siteurl}{article.url}"
    lines = [
        Markup("<h1>{}</h1>").format(article.title),
        Markup("<p><em>{}</em></p>").format(article.subtitle) if article.subtitle else "",
        Markup("<p><strong>{}</strong></p>").format(noms(article.authors)),
        Markup("<p>{}</p>").format(article.summary) if article.summary else "",
        feeds.absolute(render(kept), siteurl, article.url),
        Markup(
            '<p>Cet article est d’abord paru dans <a rel="canonical" href="{}">{}</a>{}.</p>'
        ).format(address, facts.magazine, under),
    ]
    return "\n".join(str(line) for line in lines if line)
