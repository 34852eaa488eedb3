"""How to cite an article: APA, Chicago, BibTeX, RIS, and the tags that scholars' tools read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urlencode

from markupsafe import Markup

from axtra.content import licences
from axtra.content.model import Article, Author, Facts, Publication
from infolettre.core import dates

Writer: TypeAlias = Callable[[Article, Facts, str], bytes]

_PARTICLES = frozenset({"d", "de", "des", "du", "la", "le", "l", "van", "von", "der", "den"})
_NAME_BREAK = re.compile(r"[\s’']+")
_APA_MOST = 20
_CHICAGO_MOST, _CHICAGO_FIRST = 10, 7
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\u00a0": "~",
        "\u202f": r"\,",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)


def name_parts(author: Author) -> tuple[str, str] | None:
    """Return the family name and the given name of a person; None for a team or an organisation.

    A person's name has at least two words, each with a capital but for particles (« de »);
    the family name is the last word with the particles before it, unless the author's file says.
    """
    whole = " ".join(author.title.plain.split())
    given = author.family.plain if author.family else None
    if given and whole.endswith(given):
        return given, whole.removesuffix(given).strip()
    words = whole.split(" ")
    heads = [word for word in _NAME_BREAK.split(whole) if word.lower() not in _PARTICLES]
    if len(words) < 2 or _starts_with_article(words[0]) or any(map(_small, heads)):  # noqa: PLR2004
        return None
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])


def _small(word: str) -> bool:
    """Tell whether a word begins with a small letter or a sign; not all letters have a case."""
    return word[:1].islower() or not word[:1].isalpha()


def _starts_with_article(word: str) -> bool:
    return word.lower() in {"le", "la", "les"} or word.lower().startswith(("l’", "l'"))


@dataclass(frozen=True, slots=True)
class Citation:
    """The references of an article; `bib_url` and `ris_url` are files of the site."""

    bib_url: str
    ris_url: str
    _source: _Source

    @property
    def apa(self) -> Markup:
        """Return a reference in the style of the APA, 7th edition, as French libraries adapt it."""
        return _apa(self._source)

    @property
    def chicago(self) -> Markup:
        """Return a bibliography entry in the Chicago style, in French."""
        return _chicago(self._source)


@dataclass(frozen=True, slots=True)
class _Source:
    """The elements of a reference, each in plain text on one line."""

    article: Article
    facts: Facts
    url: str

    @property
    def day(self) -> datetime | None:
        return self.article.date or self.article.numero.date

    @property
    def title(self) -> str:
        title, subtitle = self.article.title.plain, self.article.subtitle
        return f"{title}\u00a0: {subtitle.plain}" if subtitle else title

    @property
    def heading(self) -> Markup:
        """Return the title with its italics, and the subtitle."""
        title, subtitle = self.article.title, self.article.subtitle
        return (
            Markup("{}\u00a0: {}").format(title, subtitle)
            if subtitle
            else Markup("{}").format(title)
        )

    @property
    def issue(self) -> dict[str, str]:
        """Return the volume and the number of its numéro; the name of one that has neither."""
        numero = self.article.numero
        if numero.special:
            return {"number": numero.label}
        return {"volume": str(numero.volume), "number": str(numero.number)}

    @property
    def names(self) -> list[tuple[str, str | None]]:
        """Return each author as (family, given), or (whole name, None)."""
        parts = [(name_parts(author), author.title.plain) for author in self.article.authors]
        return [part or (whole, None) for part, whole in parts]


def cite(article: Article, facts: Facts, siteurl: str) -> Citation:
    """Return the references of an article; each is written when it is read."""
    source = _Source(article, facts, f"{siteurl}{article.url}")
    stem = article.url.rstrip("/")
    return Citation(f"{stem}.bib", f"{stem}.ris", source)


def _apa(source: _Source) -> Markup:
    names = [f"{family}, {_initials(given)}" if given else family for family, given in source.names]
    if len(names) > _APA_MOST:
        who = f"{', '.join(names[: _APA_MOST - 1])}… {names[-1]}"
    else:
        who = _joined(names, " et ")
    day = source.day
    when = f"{day.year}, {dates.day(day).rpartition(' ')[0]}" if day else "s. d."
    numero = source.article.numero
    issue = Markup(", <em>{}</em>({})").format(numero.volume, numero.number)
    if numero.special:
        issue = Markup(", {}").format(numero.label_within)
    return Markup("{} ({}). {}{} <em>{}</em>{}. {}").format(
        _stopped(who), when, source.heading, _stop(source.title), source.facts.magazine,
        issue, _link(source.url),
    )  # fmt: skip


def _chicago(source: _Source) -> Markup:
    names = [
        f"{family}, {given}" if given and not at else f"{given} {family}" if given else family
        for at, (family, given) in enumerate(source.names)
    ]
    if len(names) > _CHICAGO_MOST:
        who = f"{', '.join(names[:_CHICAGO_FIRST])}, et al."
    else:
        who = _joined(names, ", et ")
    day = source.day
    when = f" ({dates.month(day)})" if day else ""
    numero = source.article.numero
    issue = Markup(" {}, n<sup>o</sup>\u00a0{}").format(numero.volume, numero.number)
    if numero.special:
        issue = Markup(", {}").format(numero.label_within)
    return Markup("{} «\u00a0{}\u00a0». <em>{}</em>{}{}. {}.").format(
        _stopped(who), source.heading, source.facts.magazine, issue, when, _link(source.url),
    )  # fmt: skip


def _joined(names: list[str], last: str) -> str:
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _initials(given: str) -> str:
    """Return initials: « M.-È. A. » for « Marie-Ève Anne »."""
    words = (re.findall(r"[^\s-]+", word) for word in given.split())
    return " ".join("-".join(f"{part[0]}." for part in parts) for parts in words if parts)


def _stop(text: str) -> str:
    return "" if text.endswith((".", "?", "!", "…")) else "."


def _stopped(text: str) -> str:
    return f"{text}{_stop(text)}"


def _link(url: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(url)


def bibtex(article: Article, facts: Facts, siteurl: str) -> bytes:
    """Return a BibTeX entry in UTF-8, in which the special characters of LaTeX are escaped."""
    source = _Source(article, facts, f"{siteurl}{article.url}")
    names = [
        f"{family.translate(_LATEX)}, {given.translate(_LATEX)}"
        if given
        else f"{{{family.translate(_LATEX)}}}"
        for family, given in source.names
    ]
    day = source.day
    fields = {
        "author": " and ".join(names),
        "title": f"{{{source.title.translate(_LATEX)}}}",
        "journal": facts.magazine.translate(_LATEX),
        "publisher": facts.name.translate(_LATEX),
        **{name: value.translate(_LATEX) for name, value in source.issue.items()},
        **({"year": str(day.year), "month": str(day.month), "day": str(day.day)} if day else {}),
        "language": article.language,
        **({"issn": facts.issn} if licences.is_issn(facts.issn) else {}),
        **(
            {"abstract": article.abstract_en.plain.translate(_LATEX)} if article.abstract_en else {}
        ),
        "url": source.url,
    }
    rows = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@article{{{_key(article)},\n{rows}}}\n".encode()


def _key(article: Article) -> str:
    """Return the key of the entry, from the numéro and the file, which are ASCII words."""
    return f"axe-{article.numero.slug}-{article.slug}"


def ris(article: Article, facts: Facts, siteurl: str) -> bytes:
    """Return a reference in the RIS format: two letters, two spaces, a hyphen, a space; CRLF."""
    source = _Source(article, facts, f"{siteurl}{article.url}")
    day = source.day
    rows = [
        ("TY", "MGZN"),
        *(("AU", f"{family}, {given}" if given else family) for family, given in source.names),
        ("TI", source.title),
        ("T2", facts.magazine),
        *([("VL", source.issue["volume"])] if "volume" in source.issue else []),
        ("IS", source.issue["number"]),
        *([("PY", str(day.year)), ("DA", f"{day:%Y/%m/%d}")] if day else []),
        ("PB", facts.name),
        *([("SN", facts.issn)] if licences.is_issn(facts.issn) else []),
        ("LA", article.language),
        *([("AB", article.summary.plain)] if article.summary else []),
        *([("N2", article.abstract_en.plain)] if article.abstract_en else []),
        *(("KW", subject.name.plain) for subject in article.subjects),
        ("UR", source.url),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in rows).encode()


def tags(item: Article | Publication, facts: Facts, siteurl: str) -> Iterator[tuple[str, str]]:
    """List the meta tags that Google Scholar and Zotero read, as (name, content).

    Source: Google Scholar, inclusion guidelines for webmasters, « Indexing »; Highwire Press tags.
    """
    day = item.date or (item.numero.date if isinstance(item, Article) else None)
    subtitle = f"\u00a0: {item.subtitle.plain}" if item.subtitle else ""
    yield "citation_title", f"{item.title.plain}{subtitle}"
    for author in item.authors if isinstance(item, Article) else ():
        parts = name_parts(author)
        yield "citation_author", f"{parts[0]}, {parts[1]}" if parts else author.title.plain
        if author.organisation:
            yield "citation_author_institution", author.organisation.plain
    if day:
        yield "citation_publication_date", f"{day:%Y/%m/%d}"
    if isinstance(item, Article):
        yield "citation_journal_title", facts.magazine
        yield "citation_journal_abbrev", facts.magazine
        source = _Source(item, facts, f"{siteurl}{item.url}")
        for name, value in source.issue.items():
            yield f"citation_{'issue' if name == 'number' else name}", value
        if licences.is_issn(facts.issn):
            yield "citation_issn", facts.issn
    else:
        yield "citation_author", facts.name
        yield "citation_technical_report_institution", facts.name
        if item.file:
            yield "citation_pdf_url", item.file if "://" in item.file else f"{siteurl}{item.file}"
    if item.abstract_en:
        yield "citation_abstract", item.abstract_en.plain
    yield "citation_publisher", facts.name
    yield "citation_language", item.language.partition("-")[0]
    for subject in item.subjects:
        yield "citation_keywords", subject.name.plain
    yield "citation_abstract_html_url", f"{siteurl}{item.url}"
    yield "citation_fulltext_html_url", f"{siteurl}{item.url}"
    yield "citation_public_url", f"{siteurl}{item.url}"


def openurl(article: Article, facts: Facts, siteurl: str) -> str:
    """Return an article as the title of a COinS span, which tools read on the page of a numéro.

    Source: OpenURL 1.0 (ANSI/NISO Z39.88-2004), key/encoded-value format of journals.
    """
    source = _Source(article, facts, f"{siteurl}{article.url}")
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
        ("rft.genre", "article"),
        ("rft.atitle", source.title),
        ("rft.jtitle", facts.magazine),
        *([("rft.volume", source.issue["volume"])] if "volume" in source.issue else []),
        ("rft.issue", source.issue["number"]),
        *([("rft.date", f"{source.day:%Y-%m-%d}")] if source.day else []),
        *([("rft.issn", facts.issn)] if licences.is_issn(facts.issn) else []),
        *(("rft.au", f"{family}, {given}" if given else family) for family, given in source.names),
        ("rft.language", article.language.partition("-")[0]),
        ("rft_id", source.url),
    ]
    return urlencode(fields)


FILES: tuple[tuple[str, Writer], ...] = ((".bib", bibtex), (".ris", ris))
