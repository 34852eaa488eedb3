"""The same corpus as stock Pelican and Hugo take it: a page a document, lists, feeds."""

from __future__ import annotations

import json
from pathlib import Path

from corpus import Corpus, Document, write

_PELICAN = """\
SITENAME = "AXE"
SITEURL = "https://axe.example"
PATH = "content"
THEME = "simple"
TIMEZONE = "America/Toronto"
DEFAULT_LANG = "fr"
DEFAULT_PAGINATION = 24
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
SLUGIFY_SOURCE = "basename"
"""
_HUGO = """\
baseURL = "https://axe.example/"
title = "AXE"
languageCode = "fr-CA"
[pagination]
pagerSize = 24
[taxonomies]
tag = "tags"
auteur = "auteurs"
"""
_BASE = """\
<!DOCTYPE html><html lang="fr-CA"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<link rel="canonical" href="{{ .Permalink }}"></head><body><header><nav><ul>
{{ range site.Sections }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}
</ul></nav></header><main>{{ block "main" . }}{{ end }}</main></body></html>
"""
_SINGLE = """\
{{ define "main" }}<article><h1>{{ .Title }}</h1><p>{{ .Params.summary }}</p>
<time>{{ .Date.Format "2006-01-02" }}</time>{{ .Content }}
<ul>{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
<ul>{{ range first 3 (site.RegularPages.Related .) }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
</article>{{ end }}
"""  # noqa: E501 - a template
_LIST = """\
{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Paginator.Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> <time>{{ .Date.Format "2006-01-02" }}</time>
<p>{{ .Params.summary }}</p></li>{{ end }}</ul>{{ end }}
"""


def write_pelican(corpus: Corpus, folder: Path) -> None:
    """Write a project of stock Pelican with its own theme « simple »."""
    write(folder / "pelicanconf.py", _PELICAN)
    for one in corpus.documents:
        header = {
            "Title": one.title,
            "Date": str(one.day),
            "Slug": one.slug,
            "Category": one.rubrique or one.kind,
            "Tags": ", ".join(one.subjects),
            "Authors": "; ".join(one.authors) or "AXE",
            "Summary": one.summary,
        }
        head = "\n".join(f"{name}: {value}" for name, value in header.items())
        write(folder / "content" / f"{one.kind}s" / f"{one.slug}.md", f"{head}\n\n{_body(one)}\n")


def write_hugo(corpus: Corpus, folder: Path) -> None:
    """Write a project of Hugo with a theme of three templates."""
    write(folder / "hugo.toml", _HUGO)
    for name, text in (("baseof", _BASE), ("single", _SINGLE), ("list", _LIST)):
        write(folder / "layouts/_default" / f"{name}.html", text)
    write(folder / "layouts/index.html", _LIST)
    for one in corpus.documents:
        header = {
            "title": one.title,
            "date": str(one.day),
            "slug": one.slug,
            "tags": list(one.subjects),
            "auteurs": list(one.authors),
            "summary": one.summary,
        }
        head = json.dumps(header, ensure_ascii=False, indent=1)
        write(folder / "content" / f"{one.kind}s" / f"{one.slug}.md", f"{head}\n\n{_body(one)}\n")


def _body(one: Document) -> str:
    """Write what a letter shows as links: peers have no mail."""
    return one.body + "".join(f"\n\n- {Path(path).stem}" for path in one.shown)
