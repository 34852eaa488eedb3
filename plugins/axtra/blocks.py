"""Markdown to a tree of blocks: sanitised, corrected HTML between blocks that keep their lines.

The syntax is that of `pymdownx.blocks`. It fails in silence (an unknown name, a bad option, a
missing end leave the slashes in the text) and forgets lines, so the source is scanned first, and
the blocks that Markdown then finds are paired with those of the scan, in order.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import nh3
from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from axtra import firstname, typography
from axtra.diagnostics import Notes, did_you_mean
from axtra.frontmatter import Value, compose_options, slugify
from axtra.schema import BLOCKS, BlockKind

PLACEHOLDER = "axtra-bloc"
_OPENING = re.compile(r" {0,3}(/{3,}) *([\w-]+) *(?:\| *(.*?) *)?")
_CLOSING = re.compile(r" {0,3}(/{3,}) *")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_OPTION = re.compile(r" {4,}\S.*")
_BARE_OPTION = re.compile(r"([a-z-]+):(?: .*)?")
_TOKEN = re.compile(rf'<{PLACEHOLDER} data-cle="([0-9a-f]+)-(\d+)">|</{PLACEHOLDER}>')
_TAGS = re.compile(r"<[^>]+>")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)

_BLOCK_TAGS = frozenset(
    {
        "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
        "pre", "hr", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "div",
        "figure", "figcaption", "details", "summary",
    }
)  # fmt: skip
_INLINE_TAGS = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img",
        "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
        "u", "var", "wbr",
    }
)  # fmt: skip
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"id", "class", "lang", "dir", "title"}),
    "a": frozenset({"href", "hreflang", "rel"}),
    "abbr": frozenset({"title"}),
    "blockquote": frozenset({"cite"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "td": frozenset({"colspan", "rowspan", "align"}),
    "th": frozenset({"colspan", "rowspan", "scope", "align"}),
    "time": frozenset({"datetime"}),
    "li": frozenset({"value"}),
}
_SCHEMES = frozenset({"https", "http", "mailto", "tel"})
VAGUE = frozenset(
    {
        "ici", "cliquez ici", "cliquer ici", "clique ici", "lire la suite", "la suite", "suite",
        "en savoir plus", "savoir plus", "plus d’information", "plus d’informations", "lien",
        "ce lien", "voir", "voir plus", "lire", "lire plus", "plus", "page", "cette page", "site",
        "détails", "par ici", "click here", "here", "read more",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a body; `text` is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """HTML between blocks: sanitised and corrected, its links as typed."""

    html: str


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block as typed, with the line of its first slashes."""

    name: str
    argument: str
    options: Mapping[str, Value]
    line: int
    children: tuple[Part, ...] = ()

    @property
    def kind(self) -> BlockKind:
        """Give what the schema says of it."""
        return BLOCKS[self.name]


Part: TypeAlias = Fragment | RawBlock


@dataclass(frozen=True, slots=True)
class Document:
    """A body, converted; `ids` are its anchors and `words` counts its prose."""

    parts: tuple[Part, ...] = ()
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    words: int = 0


@dataclass(slots=True)
class _Opening:
    name: str
    argument: str
    line: int
    length: int
    options: Mapping[str, Value] = field(default_factory=dict)
    has_body: bool = False


class Converter:
    """Turns Markdown into documents, with one `Markdown` instance for all of them."""

    def __init__(self) -> None:
        self._blocks = _Placeholders()
        self._markdown = Markdown(
            extensions=[
                "abbr",
                "attr_list",
                "def_list",
                "fenced_code",
                "footnotes",
                "sane_lists",
                "tables",
                "toc",
                self._blocks,
            ],
            extension_configs={
                "footnotes": {"BACKLINK_TITLE": "Retourner à l’appel de la note {}"},
                "tables": {"use_align_attribute": True},
                "toc": {"slugify": _anchor, "marker": ""},
            },
            output_format="html",
        )
        # Asked for one by one, thousands of times a text: no registry sorts itself in between.
        inline: Any = self._markdown.treeprocessors["inline"]
        inline.inlinePatterns = tuple(inline.inlinePatterns)

    def convert(
        self, body: str, *, first_line: int, language: str, notes: Notes, personal: bool = False
    ) -> Document:
        """Convert one body.

        Args:
            body: Markdown.
            first_line: the line of the file on which the body starts.
            language: a code such as fr-CA; typography is corrected in French only.
            notes: takes every problem, with its line.
            personal: the body may call its reader by name.
        """
        source = _Text(body, first_line)
        openings = list(_scan(source, notes))
        key = hashlib.blake2b(body.encode(), digest_size=6).hexdigest()
        self._markdown.reset()
        self._blocks.start(key)
        if personal:
            body = firstname.hold(body, first_line, notes, typography.correct_text)
        html = self._markdown.convert(body)
        tokens: list[Any] = getattr(self._markdown, "toc_tokens", [])
        _inspect_structure(source, tokens, notes)
        html = _sanitise(html, source, notes)
        if language.startswith("fr"):
            html = typography.correct_html(html)
        _inspect_html(html, source, notes)
        _inspect_names(html, source, notes, personal=personal)
        pairs = _pair(openings, self._blocks.names, notes)
        parts = _split(html, key, pairs)
        headings = tuple(
            Heading(token["level"], token["id"], _plain(token["name"])) for token in _flat(tokens)
        )
        ids = frozenset(re.findall(r' id="([^"]+)"', html))
        return Document(parts, headings, ids, len(_plain(html).split()))


@dataclass(frozen=True, slots=True)
class _Text:
    """The Markdown of a body, with the lines of its file."""

    body: str
    first_line: int

    def lines(self) -> Iterator[tuple[int, str, bool]]:
        """Walk the lines: number, text, whether the line is code."""
        fence = ""
        for number, line in enumerate(self.body.split("\n"), self.first_line):
            found = _FENCE.match(line)
            if fence:
                yield number, line, True
                if found and found[1].startswith(fence) and not line.strip(" `~"):
                    fence = ""
            elif found:
                fence = found[1]
                yield number, line, True
            else:
                yield number, line, False

    def find(self, *needles: str) -> int | None:
        """Give the first line, out of code, that holds one of some texts."""
        for needle in needles:
            for number, line, code in self.lines():
                if needle and needle in line and not code:
                    return number
        return None

    def first_fence(self) -> int | None:
        """Give the line on which the first code starts."""
        return next((number for number, _, code in self.lines() if code), None)

    def search(self, pattern: str) -> int | None:
        """Give the first line, out of code, that matches a pattern."""
        compiled = re.compile(pattern, re.IGNORECASE)
        found = (n for n, line, code in self.lines() if not code and compiled.search(line))
        return next(found, None)


# --- scanning the source ----------------------------------------------------------------------


def _scan(source: _Text, notes: Notes) -> Iterator[_Opening]:
    """Walk the blocks of a source in the order in which Markdown will create them."""
    stack: list[_Opening] = []
    lines = list(source.lines())
    for index, (number, line, code) in enumerate(lines):
        if code:
            continue
        if closing := _CLOSING.fullmatch(line):
            _close(stack, len(closing[1]), number, notes)
        elif found := _OPENING.fullmatch(line):
            opening = _Opening(found[2].lower(), found[3] or "", number, len(found[1]))
            if opening.name not in BLOCKS:
                problem = f"le bloc « {found[2]} » n’existe pas"
                notes.error("bloc-inconnu", number, problem, did_you_mean(found[2], BLOCKS))
                stack.append(opening)
                continue
            if stack and len(found[1]) >= stack[-1].length:
                notes.error(
                    "bloc-imbrique",
                    number,
                    f"le bloc « {opening.name} » est dans un bloc qui a autant de barres obliques",
                    f"Ouvrez et fermez « {stack[-1].name} » (ligne {stack[-1].line}) "
                    f"avec {'/' * (len(found[1]) + 1)}.",
                )
            opening.options = _options(opening, lines[index + 1 :], notes)
            stack.append(opening)
            yield opening
        elif stack and line.strip():
            stack[-1].has_body = True
    for opening in stack:
        notes.error(
            "bloc-ouvert",
            opening.line,
            f"le bloc « {opening.name} » n’est pas fermé",
            f"Ajoutez une ligne « {'/' * opening.length} » à la fin du bloc.",
        )


def _close(stack: list[_Opening], length: int, line: int, notes: Notes) -> None:
    if stack and stack[-1].length == length:
        stack.pop()
        return
    inside = f" dans « {stack[-1].name} »" if stack else ""
    notes.error(
        "bloc-sans-debut",
        line,
        f"cette ligne ferme un bloc qui n’est pas ouvert{inside}",
        "Effacez-la, ou mettez le même nombre de barres obliques à l’ouverture et à la fermeture.",
    )


def _options(
    opening: _Opening, following: list[tuple[int, str, bool]], notes: Notes
) -> Mapping[str, Value]:
    typed: list[str] = []
    for _, line, _ in following:
        if not _OPTION.fullmatch(line):
            bare = _BARE_OPTION.fullmatch(line.strip())
            if bare and BLOCKS[opening.name].option(bare[1]):
                notes.error(
                    "option-sans-retrait",
                    opening.line + len(typed) + 1,
                    f"l’option « {bare[1]} » du bloc « {opening.name} » n’est pas en retrait",
                    f"Mettez quatre espaces devant :      {line.strip()}",
                )
            break
        typed.append(line[4:])
    if not typed:
        return {}
    return compose_options("\n".join(typed), opening.line + 1, notes)


def _pair(openings: list[_Opening], created: list[str], notes: Notes) -> list[_Opening]:
    """Pair the blocks that Markdown made with those of the scan, by order and name."""
    if [opening.name for opening in openings] == created:
        return openings
    missing = Counter(opening.name for opening in openings) - Counter(created)
    for opening in openings:
        if missing[opening.name] > 0 and not notes.found:
            notes.error(
                "bloc-illisible",
                opening.line,
                f"le bloc « {opening.name} » ne se lit pas à cet endroit",
                "Placez-le hors des listes et des citations, avec une ligne vide avant et après.",
            )
    by_name: dict[str, list[_Opening]] = {}
    for opening in openings:
        by_name.setdefault(opening.name, []).append(opening)
    return [by_name[name].pop(0) for name in created if by_name.get(name)]


class _Placeholders(BlocksExtension):  # type: ignore[misc]
    """Registers each block of the schema; each one leaves a numbered placeholder element."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.key = ""

    def start(self, key: str) -> None:
        """Begin a document; the key keeps anyone from typing a placeholder by hand."""
        self.names = []
        self.key = key

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802
        """Register the blocks with pymdownx."""
        md.block_level_elements.append(PLACEHOLDER)
        for name in BLOCKS:
            block_mgr.register(_placeholder(name, self), {})


def _placeholder(name: str, extension: _Placeholders) -> type[Block]:
    class Placeholder(Block):  # type: ignore[misc]
        NAME = name

        def _validate(self, parent: ET.Element, arg: Any, **options: Any) -> bool:  # noqa: ANN401, ARG002
            # The schema judges arguments and options, with their lines and in French.
            self.argument = arg
            self.options: dict[str, Any] = {"attrs": {}}
            return True

        def on_create(self, parent: ET.Element) -> ET.Element:
            element = ET.SubElement(parent, PLACEHOLDER)
            element.set("data-cle", f"{extension.key}-{len(extension.names)}")
            extension.names.append(name)
            return element

        def on_markdown(self) -> str:
            return "block"

    return Placeholder


# --- inspecting -------------------------------------------------------------------------------


def _inspect_structure(source: _Text, tokens: list[Any], notes: Notes) -> None:
    above = 1
    for token in _flat(tokens):
        level, text = token["level"], _plain(token["name"])
        line = source.search(rf"^ {{0,3}}#{{{level}}} *{re.escape(text[:12])}") or source.search(
            rf"^ {{0,3}}#{{{level}}}(?!#)"
        )
        if level == 1:
            notes.error(
                "titre-principal",
                line,
                f"« {text} » est un titre principal; la page en a déjà un",
                f"Écrivez un intertitre, avec deux dièses :  ## {text}",
            )
        elif level > above + 1:
            notes.error(
                "niveau-saute",
                line,
                f"l’intertitre « {text} » saute un niveau",
                f"Écrivez-le avec {above + 1} dièses :  {'#' * (above + 1)} {text}",
            )
        if not text:
            notes.error("titre-vide", line, "un intertitre est vide", "Écrivez-le ou effacez-le.")
        above = level


def _sanitise(html: str, source: _Text, notes: Notes) -> str:
    """Keep what the allow-list holds; what would be lost is an error, never a silence."""
    tags = _BLOCK_TAGS | _INLINE_TAGS | {PLACEHOLDER, "h1"}
    attributes = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    attributes[PLACEHOLDER] = {"data-cle"}
    clean = nh3.clean(
        html,
        tags=set(tags),
        attributes=attributes,
        url_schemes=set(_SCHEMES),
        link_rel=None,
        clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
    )
    # The same tags, as they stand: nothing was lost. Else some may only be written otherwise.
    if _TAGS.findall(html) != _TAGS.findall(clean):
        _report_losses(html, clean, source, notes)
    return (
        clean.replace("&nbsp;", "\u00a0")
        .replace(' align="right"', ' class="droite"')
        .replace(' align="center"', ' class="centre"')
        .replace(' align="left"', "")
        .replace("<th>", '<th scope="col">')
        .replace("<th class=", '<th scope="col" class=')
    )


class _Inventory(HTMLParser):
    """Counts the tags and attributes of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: Counter[tuple[str, str, str]] = Counter()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count a tag and each of its attributes."""
        self.seen[tag, "", ""] += 1
        for name, value in attrs:
            self.seen[tag, name, value or ""] += 1

    def handle_comment(self, data: str) -> None:
        """Count a comment."""
        self.seen["!--", "", data] += 1


def _report_losses(html: str, clean: str, source: _Text, notes: Notes) -> None:
    lost = _Inventory(html).seen - _Inventory(clean).seen
    gone = {tag for tag, name, _ in lost if not name}
    for tag, name, value in sorted(lost):
        if name and tag in gone:
            continue  # the tag itself is reported
        if tag == PLACEHOLDER or name == "data-cle":
            line, what = source.search(PLACEHOLDER), f"<{PLACEHOLDER}>"
        elif tag == "!--":
            line, what = source.find("<!--"), "un commentaire HTML"
        elif not name:
            line, what = source.search(rf"<{re.escape(tag)}\b"), f"<{tag}>"
        elif name in {"href", "src", "cite"}:
            line = source.find(value, unescape(value)) or source.search(rf"\b{name}\b")
            if re.match(r"[a-z]:|file:", value, re.IGNORECASE):
                notes.error(
                    "lien-local",
                    line,
                    f"« {value} » mène à un fichier de votre ordinateur",
                    "Rangez le fichier sous content/, puis donnez son chemin à partir de là.",
                )
                continue
            notes.error(
                "lien-interdit",
                line,
                f"l’adresse « {value[:60]} » n’est pas permise",
                "Une adresse commence par https:, mailto: ou tel:, ou mène à un fichier du site.",
            )
            continue
        else:
            line, what = source.search(rf"\b{re.escape(name)}\b"), f"l’attribut « {name} »"
        notes.error(
            "html-interdit",
            line,
            f"{what} n’est pas permis dans un texte",
            "Effacez-le, ou écrivez la même chose en Markdown ou avec un bloc (///).",
        )


_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_IMAGE = re.compile(r"<img ([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def _inspect_html(html: str, source: _Text, notes: Notes) -> None:
    for href, inner in _LINK.findall(html):
        _inspect_link(unescape(href), inner, source, notes)
    for found in _IMAGE.findall(html):
        given = dict(_ATTRIBUTE.findall(found))
        if not given.get("alt", "").strip():
            src = unescape(given.get("src", ""))
            notes.error(
                "alt-manquant",
                source.find(f"]({src}", src),
                f"l’image « {src} » n’a pas de texte de remplacement",
                f"Écrivez ce qu’elle montre :  ![Ce que montre l’image]({src})",
            )
    _inspect_leftovers(_plain(_CODE.sub("", html)), source, notes)


def _inspect_link(href: str, inner: str, source: _Text, notes: Notes) -> None:
    text = _plain(inner).strip()
    if "<img" in inner and not text:
        return
    line = source.find(f"]({href}", href)
    if not text:
        notes.error(
            "lien-vide",
            line,
            f"le lien vers « {href} » n’a pas de texte",
            "Écrivez entre crochets où mène le lien.",
        )
    elif text.casefold().strip(" .!…:»«→>").replace("'", "’") in VAGUE:
        notes.error(
            "lien-vague",
            line,
            f"« {text} » ne dit pas où mène le lien",
            "Nommez la destination, par exemple :  [Lire l’éditorial de mars 2019](…)",
        )


_NO_PROSE = re.compile(r"<(h[1-6]|code|pre)\b.*?</\1>|<[^>]+>", re.DOTALL)


def _inspect_names(html: str, source: _Text, notes: Notes, *, personal: bool) -> None:
    """Find a first name where it would be public, counted as a link of its own, or code."""
    lost = any(firstname.held(piece[0]) for piece in _NO_PROSE.finditer(html))
    if lost or (not personal and firstname.typed(source.body)):
        notes.error(
            "prenom-hors-place",
            source.search(r"\{+ *pr[ée]nom\b"),
            "un prénom ne se met que dans les phrases d’une infolettre",
            "Sortez-le d’ici : ni titre, ni lien, ni image, ni code.",
        )


_LEFTOVERS: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (
        re.compile(r"\[\^([^\]\s]+)\]"),
        "note-inconnue",
        "la note « {} » n’a pas de texte",
        "Ajoutez à la fin du fichier :  [^{}]: texte de la note",
    ),
    (
        re.compile(r"\]\[([^\]]+)\]"),
        "lien-inconnu",
        "le lien « {} » n’a pas d’adresse",
        "Ajoutez à la fin du fichier :  [{}]: https://…",
    ),
    (
        re.compile(r"(```|~~~)"),
        "code-ouvert",
        "un bloc de code n’est pas fermé ({})",
        "Ajoutez une ligne {} à la fin du code.",
    ),
)


def _inspect_leftovers(text: str, source: _Text, notes: Notes) -> None:
    """Find the Markdown that stayed in the text because it did not mean what it seemed to."""
    for pattern, rule, problem, remedy in _LEFTOVERS:
        for found in pattern.finditer(text):
            line = source.find(found[0]) or source.find(found[1]) or source.first_fence()
            notes.error(rule, line, problem.format(found[1]), remedy.format(found[1]))


# --- assembling -------------------------------------------------------------------------------


def _split(html: str, key: str, openings: list[_Opening]) -> tuple[Part, ...]:
    """Cut HTML at its placeholders; each becomes a block with what it holds."""
    frames: list[tuple[_Opening | None, list[Part]]] = [(None, [])]
    at = 0
    for token in _TOKEN.finditer(html):
        _append(frames[-1][1], html[at : token.start()])
        at = token.end()
        if token[1] == key and int(token[2]) < len(openings):
            frames.append((openings[int(token[2])], []))
        elif token[1] is None and len(frames) > 1:
            opening, parts = frames.pop()
            assert opening is not None  # noqa: S101 - only the first frame has none
            frames[-1][1].append(
                RawBlock(
                    opening.name, opening.argument, opening.options, opening.line, tuple(parts)
                )
            )
    _append(frames[-1][1], html[at:])
    return tuple(frames[0][1])


def _append(parts: list[Part], html: str) -> None:
    if html.strip():
        parts.append(Fragment(html.strip()))


def inner_html(parts: tuple[Part, ...]) -> str:
    """Give the HTML of a body that is one paragraph, without its `<p>`."""
    html = "".join(part.html for part in parts if isinstance(part, Fragment))
    return re.sub(r"\A<p>(.*)</p>\Z", r"\1", html, flags=re.DOTALL)


def _flat(tokens: list[Any]) -> Iterator[Any]:
    for token in tokens:
        yield token
        yield from _flat(token["children"])


def _plain(html: str) -> str:
    return unescape(_TAGS.sub("", html))


def _anchor(text: str, _separator: str) -> str:
    return slugify(text) or "section"
