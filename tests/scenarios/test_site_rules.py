"""Rules of the whole site: colours come from the tokens, names agree, no text is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from axtra import site
from axtra.content.audiences import MAIL, WEB
from axtra.content.model import Status
from axtra.content.schema import BLOCKS, KINDS
from support.fixture_types import MakeProject, Sample
from support.small_sites import DAY, FULL, ROOT, Project, news, text

THEME = ROOT / "theme"
TEMPLATES = sorted((THEME / "templates").rglob("*.html"))
_HEX = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
_FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:color|background|fill|stroke|border|shadow|outline)[\w-]*\s*[:=]\s*[\"']?[^;\"'}]*"
    r"\b(?:white|black|red|blue|green|gr[ae]y|silver|navy|orange|yellow|purple|beige|ivory)\b",
    re.IGNORECASE,
)


def _theme_files(*suffixes: str) -> Iterator[Path]:
    for path in sorted(THEME.rglob("*")):
        if path.suffix in suffixes:
            yield path


def test_colours_are_written_only_in_the_token_file() -> None:
    colours = [
        (path.relative_to(ROOT).as_posix(), colour)
        for path in _theme_files(".css", ".html", ".mjml", ".svg", ".txt")
        for pattern in (_HEX, _FUNCTION, _NAMED)
        for colour in pattern.findall(path.read_text(encoding="utf-8"))
    ]
    assert colours == []


def test_the_search_for_colours_finds_them() -> None:
    assert _HEX.findall("a{color:#FBF8F2;b:#fff}&#160;") == ["#FBF8F2", "#fff"]
    assert _FUNCTION.search("rgb(0 0 0)")
    assert _NAMED.search("border: 1px solid white")
    assert not _NAMED.search("white-space: pre; color: currentColor")


def test_each_block_has_the_same_name_in_the_text_the_site_the_mail_and_books() -> None:
    names = {*BLOCKS, "prose"}
    places = {"templates/blocs": ".html", "courriel/blocs": ".mjml"}
    for folder, suffix in places.items():
        assert {path.stem for path in (THEME / folder).glob(f"*{suffix}")} == names
    assert {path.stem for path in (THEME / "courriel/blocs").glob("*.txt")} == names
    in_books = {path.stem for path in (THEME / "livre/blocs").glob("*.html")}
    assert in_books == {*BLOCKS} - {WEB, MAIL}  # a book shows neither


def test_templates_imported_without_context_read_nothing_at_import() -> None:
    """A value read at import would be recorded for the first page only, and go stale elsewhere."""
    filters = re.findall(r"\| *(\w+)", "".join(path.read_text("utf-8") for path in TEMPLATES))
    env = Environment()  # noqa: S701 - it renders nothing
    env.filters.update(dict.fromkeys(filters, str))
    texts = {
        path.relative_to(THEME / "templates").as_posix(): path.read_text("utf-8")
        for path in TEMPLATES
    }
    pattern = re.compile(r'{% from "([^"]+)" import [^%]*?(with context )?%}')
    imported = {name for text in texts.values() for name, own in pattern.findall(text) if not own}
    assert len(imported) > 4
    for name in imported:
        for node in env.parse(texts[name]).body:
            if isinstance(node, nodes.Output):
                assert all(isinstance(part, nodes.TemplateData) for part in node.nodes), name
            elif isinstance(node, nodes.Assign):
                node.node.as_const()
            else:
                assert isinstance(node, nodes.Macro | nodes.FromImport), (name, node)


def test_each_kind_has_its_templates() -> None:
    templates = THEME / "templates"
    for kind in KINDS.values():
        assert (templates / f"{kind.name}.html").is_file()
        if kind.listing:
            assert (templates / "listes" / f"{kind.name}.html").is_file()


def _sources(project: Path) -> set[str]:
    files = [*project.glob("content/**/*.md"), *project.glob("newsletters/**/*.md")]
    return {path.relative_to(project).as_posix() for path in files}


def test_every_text_of_the_sample_is_an_item_and_has_a_page_if_published(sample: Sample) -> None:
    library, diagnostics = site.read(ROOT, moment=sample.moment)
    assert diagnostics == []
    assert {item.source for item in library.items} == _sources(ROOT)
    for item in library.items:
        page = f"{item.url.strip('/')}/index.html"
        assert (page in sample.crawl.files) is (item.status is Status.PUBLISHED), item.source


def _faulty(new_project: MakeProject) -> Project:
    return new_project(
        {
            **FULL,
            "content/nouvelles/2020/ebauche.md": news(statut="brouillon"),
            "content/nouvelles/2020/demain.md": news(date="2040-01-01"),
            "content/nouvelles/2020/mal-date.md": news(date="hier"),
            "content/nouvelles/2020/sans-titre.md": text(date="2020-01-01", chapeau="C."),
            "content/nouvelles/2020/vide.md": "",
            "content/ailleurs/perdu.md": news(),
            "content/magazine/1999-01/orphelin.md": text(titre="Sans numéro"),
            "content/pages/sans-entete.md": "Un texte.\n",
        }
    )


def test_every_text_of_a_faulty_site_is_an_item_or_a_diagnostic(new_project: MakeProject) -> None:
    project = _faulty(new_project)
    (project.root / "content/nouvelles/2020/latin1.md").write_bytes(b"---\ntitre: \xc9t\xe9\n---\n")
    library, diagnostics = site.read(project.root, moment=DAY)
    kept = {item.source for item in library.items}
    assert kept | {diagnostic.file for diagnostic in diagnostics} == _sources(project.root)
    published = {item.source for item in library.items if item.status is Status.PUBLISHED}
    assert len(published) == len(FULL)
    statuses = {item.source.rpartition("/")[2]: item.status for item in library.items}
    assert statuses["ebauche.md"] is Status.DRAFT
    assert statuses["demain.md"] is Status.SCHEDULED
