"""A folder of Pelican read: its Markdown, with its metadata and its links to files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import yaml
from lxml import html as lxml_html
from markdown import Markdown

from axtra.content.frontmatter import slugify
from axtra.intake.files_at_hand import files_under
from axtra.intake.html_tree import tree_of
from axtra.intake.other_site import OtherSite, OtherText
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

_LINE = re.compile(r"([A-Za-z][\w .-]*?)\s*:(?:\s+(.*)|)$")
_READ = frozenset({
    "title", "date", "modified", "category", "tags", "keywords", "slug", "author", "authors",
    "summary", "status", "lang", "save_as", "url", "image", "cover",
})  # fmt: skip
_INSIDE = re.compile(r"^[{|](filename|static|attach)[}|](.*)$")
_OTHER = re.compile(r"^[{|](tag|category|author|index)[}|]")
_MOST = 5_000_000  # bytes of a file


def read(folder: Path) -> OtherSite:
    """Read a folder, the site's own or its `content`.

    Raises:
        Refusal: it holds no Markdown.
    """
    content = folder / "content" if (folder / "content").is_dir() else folder
    paths = [p for p in sorted(content.rglob("*")) if p.is_file() and not p.is_symlink()]
    left: Counter[str] = Counter()
    texts: list[OtherText] = []
    for path in paths:
        name = path.relative_to(content).as_posix()
        if path.suffix.lower() in {".md", ".markdown", ".mkd", ".mdown"}:
            try:
                if path.stat().st_size > _MOST:
                    raise ValueError  # noqa: TRY301
                texts.append(_text(path.read_text("utf-8-sig"), name))
            except (ValueError, RecursionError):
                left[f"« {name} » ne se lit pas"] += 1
        elif path.suffix.lower() in {".rst", ".html", ".htm", ".ipynb", ".adoc"}:
            left[f"« {name} » n’est pas en Markdown"] += 1
    if not texts:
        raise Refusal(
            f"« {folder} » n’a aucun texte en Markdown (.md).",
            "Donnez le dossier « content » du site de Pelican.",
        )
    lines = [f"Pas repris : {what}." for what in left]
    if len(left) > 1:
        lines.append(f"Pas repris : {count(len(left), 'fichier')} en tout.")
    return OtherSite(texts, "", {}, lines, files_under(content))


def _text(text: str, name: str) -> OtherText:
    given, body = _metadata(text.replace("\r\n", "\n").replace("\r", "\n"))
    notes = [f"« {key} : {value} », pas repris" for key, value in given.items() if key not in _READ]
    folders = PurePosixPath(name).parts[:-1]
    category = given.get("category") or (folders[0] if folders else "")
    is_page = bool(folders) and folders[0] == "pages"
    title = given.get("title", "") or PurePosixPath(name).stem
    slug = given.get("slug") or slugify(title)
    old = given.get("save_as") or given.get("url") or ("pages/" if is_page else "") + f"{slug}.html"
    status = given.get("status", "published").casefold()
    return OtherText(
        name=name,
        title=" ".join(title.split()),
        type="page" if is_page else "post",
        html=_html(body, name, notes),
        slug=slug,
        address="/" + old.removesuffix("index.html").lstrip("/"),
        file=f"/{name}",
        day=_day(given.get("date", "")),
        modified=_day(given.get("modified", ""))[:10],
        draft=status not in {"published", "publie"},
        authors=_list(given.get("authors") or given.get("author") or ""),
        categories=() if is_page or not category else (category,),
        subjects=_list(given.get("tags") or given.get("keywords") or ""),
        summary=_plain(given.get("summary", "")),
        language=given.get("lang", "").casefold(),
        image=_resolved(given.get("image") or given.get("cover") or "", name),
        notes=tuple(notes),
    )


def _metadata(text: str) -> tuple[Mapping[str, str], str]:
    """Return the metadata of a text by their names in lower case, and its body."""
    if text.startswith("---\n"):
        head, mark, body = text[4:].partition("\n---\n")
        try:
            held = yaml.load(head, yaml.BaseLoader) if mark else None  # noqa: S506 - makes strings
        except yaml.YAMLError:
            held = None
        if isinstance(held, dict):
            return {_key(k): _value(v) for k, v in held.items()}, body
    given: dict[str, str] = {}
    last = ""
    lines = text.lstrip("\n").split("\n")
    for rank, line in enumerate(lines):
        found = _LINE.match(line)
        if found:
            last = _key(found[1])
            before = f"{given[last]}, " if given.get(last) else ""  # a name may be twice
            given[last] = before + (found[2] or "").strip()
        elif line.startswith((" ", "\t")) and last and line.strip():
            listed = last in {"authors", "tags"} and not given[last].endswith((",", ";"))
            between = ("; " if "," not in given[last] else ", ") if listed else " "
            given[last] = f"{given[last]}{between}{line.strip()}".strip()
        else:
            return given, "\n".join(lines[rank:])
    return given, ""


def _key(name: object) -> str:
    return str(name).strip().casefold().replace("-", "_")


def _value(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _list(text: str) -> tuple[str, ...]:
    parts = re.split(r";" if ";" in text else r",", text)
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def _day(text: str) -> str:
    """Return a day as we write it, with its hour if there is one; "" where it does not read."""
    found = re.match(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2}))?", text.strip()
    )
    if not found:
        return ""
    day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return f"{day} {int(found[4]):02}:{found[5]}" if found[4] else day


def _plain(text: str) -> str:
    if not text:
        return ""
    return " ".join(tree_of(_markdown(text)).text_content().split())


def _markdown(text: str) -> str:
    return Markdown(extensions=["extra", "sane_lists"], output_format="html").convert(text)


def _resolved(address: str, name: str) -> str:
    """Return the path of a file under content/, from the address that a text of that name has."""
    found = _INSIDE.match(unquote(address))
    path = found[2] if found else address
    if not found and (re.match(r"\w+:|//", address) or not address):
        return address
    whole = (
        PurePosixPath(path.lstrip("/"))
        if path.startswith("/")
        else PurePosixPath(name).parent / path
    )
    parts: list[str] = []
    for part in whole.parts:
        parts = parts[:-1] if part == ".." else [*parts, *([part] if part != "." else [])]
    return "/" + "/".join(parts)


def _html(body: str, name: str, notes: list[str]) -> str:
    if not body.strip():
        return ""
    made = _markdown(re.sub(r"^\[TOC\]$", "", body, flags=re.MULTILINE))
    tree = tree_of(made)
    for node, attribute in [(n, "href") for n in tree.iter("a")] + [
        (n, "src") for n in tree.iter("img")
    ]:
        address = node.get(attribute) or ""
        if _OTHER.match(unquote(address)):
            notes.append(f"lien « {unquote(address)} », pas repris")
            node.set(attribute, "")
        elif _INSIDE.match(unquote(address)):
            node.set(attribute, _resolved(address.partition("#")[0], name))
    _notes(tree)
    return str(lxml_html.tostring(tree, encoding="unicode"))


def _notes(tree: lxml_html.HtmlElement) -> None:
    """Rename the notes of Python-Markdown as those of Word are named."""
    ranks: dict[str, str] = {}
    for item in tree.xpath(".//div[@class='footnote']//li[starts-with(@id, 'fn:')]"):
        ranks[item.get("id")] = f"footnote-{len(ranks) + 1}"
        item.set("id", ranks[item.get("id")])
    for link in tree.xpath(".//a[starts-with(@href, '#fn')]"):
        target = (link.get("href") or "")[1:]
        if target in ranks:
            link.set("href", f"#{ranks[target]}")
        elif target.startswith("fnref"):
            link.drop_tree()
    for rule in tree.xpath(".//div[@class='footnote']/hr"):
        rule.drop_tree()
