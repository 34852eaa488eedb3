"""The lists, quotations and code of a body where CommonMark finds them.

Python-Markdown wants an empty line before a list or a table and four spaces before what an item
holds, and says nothing where they are missing. So each list and each quotation is found as
everybody reads it, and given to Python-Markdown as its contents between two marks, at the margin.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

# What Python-Markdown may read otherwise.
_NEEDED = re.compile(
    r"[\n`~|](?:(?<=`)``|(?<=~)~~|(?<=\|)"
    r"|(?<=\n)(?:[ \t]*(?:[-+*]|[0-9]{1,9}[.)])[ \t\n]| {0,3}>| +\#| {0,3}=+[ \t]*\n))"
)
# But everybody reads alike a list of words between empty lines, each item on a line of its own, if
# nothing follows that may be part of it, nor a definition, which Python-Markdown takes away.
_PLAIN_LIST = re.compile(
    r"(?<=\n\n)(?:- (?=[^\W\d_]|\*\*?\w|«|\[[^\]^\n]+\]\()[^\n\t`~|<{]*[^\s`~|<{\\]\n)+"
    r"(?=\n++(?![\s:>]|\*?\[|[-+*][ \t\n]|[0-9]+[.)])|\Z)"
)
MARK = re.compile(r"axtra([0-9a-f]{12})y(ul|ol|li|lp|bq|fin)([0-9]*)y")
# The tag of each kind of container, and how Python-Markdown calls what it holds.
KINDS = {
    "ul": ("ul", "list"),
    "ol": ("ol", "list"),
    "li": ("li", "list"),  # its words are in no paragraph
    "lp": ("li", "looselist"),
    "bq": ("blockquote", "blockquote"),
}
_OPENERS = {"bullet_list": "ul", "ordered_list": "ol", "blockquote": "bq"}
_FENCE = re.compile(r"(`{3,}|~{3,}) *[\w#.+-]* *")
_LANGUAGE = re.compile(r"[\w#+-][\w#.+-]*")
_ALIGNMENTS = {"text-align:left": ":--", "text-align:center": ":-:", "text-align:right": "--:"}
_TITLE_AND_RULER = 2  # lines
_TASK = re.compile(r"\A\[([ xX])\](?=\s)")


class Line(NamedTuple):
    """A line of a body; `number` is that of the file, None where nobody typed it."""

    number: int | None
    text: str
    fenced: bool = False


@lru_cache(maxsize=8)
def blocks_of(text: str) -> tuple[Token, ...]:
    """List the blocks of some Markdown, what a paragraph says left as it is; change none."""
    return tuple(_PARSER.parse(f"{text}\n"))


def _parser() -> MarkdownIt:
    # What is deeper than `maxNesting` would be left out in silence; `nesting` refuses it.
    # A definition stays where it stands: Python-Markdown reads them.
    parser = MarkdownIt("commonmark", {"maxNesting": sys.maxsize})
    parser.enable("table").disable("reference")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_PARSER = _parser()


def needed(text: str) -> bool:
    """Tell whether Python-Markdown may read some Markdown otherwise than CommonMark."""
    around = f"\n\n{text}\n"
    html = "<" in text  # which may take a list as its own
    return bool(_NEEDED.search(around if html else _PLAIN_LIST.sub("", around)))


def rewritten(lines: Sequence[Line], key: str) -> list[Line]:
    """Return lines that Python-Markdown reads as CommonMark reads these.

    Args:
        lines: the lines of a body, or of a part of it that blocks (`///`) delimit.
        key: the hash of the body, so that nobody can type a mark.
    """
    text = "\n".join(line.text for line in lines)
    return _Writer(lines, key).write(blocks_of(text)) if needed(text) else [*lines]


class _Writer:
    """Writes the lines of a body again; what needs no change stays as typed."""

    def __init__(self, lines: Sequence[Line], key: str) -> None:
        self._lines = lines
        self._key = key
        self._written: list[Line] = []
        self._task = False  # an item begins, maybe with the box of a task

    def write(self, tokens: Sequence[Token]) -> list[Line]:
        """Return the lines of a body of which these are the blocks."""
        done = 0
        for tree in trees(tokens):
            start, end = tree[0].map or (0, 0)
            if tree[0].type == "table_open":
                self._written += self._lines[done:start]
                self._part()
                self._written += self._lines[start:end]
            elif self._differs(tree[0], start, end):
                self._written += self._lines[done:start]
                self._block(tree)
            else:
                continue
            done = end
            if done < len(self._lines):
                self._part()
        return [*self._written, *self._lines[done:]]

    def _differs(self, first: Token, start: int, end: int) -> bool:
        """Tell whether Python-Markdown may read a block of the margin otherwise."""
        typed = self._lines[start].text
        match first.type:
            case "bullet_list_open" | "ordered_list_open" | "blockquote_open":
                return True
            case "fence":
                last = self._lines[end - 1].text
                opening = _FENCE.fullmatch(typed)
                as_it_is = opening and last.rstrip(" ") == opening[1]
                return not as_it_is and closed(first)
            case "heading_open" if first.markup[0] in "=-":
                return end - start > _TITLE_AND_RULER or self._lines[end - 1].text[:1] == " "
            case "heading_open":
                return typed[:1] != "#"
        return False

    # --- blocks -----------------------------------------------------------------------------

    def _block(self, tree: list[Token]) -> None:
        first = tree[0]
        kind = _OPENERS.get(first.type.removesuffix("_open"))
        self._part()
        if kind:
            self._container(f"{kind}{first.attrs.get('start', '')}", tree[1:-1])
        elif first.type == "list_item_open":
            tight = next((token.hidden for token in tree if token.type == "paragraph_open"), True)
            self._task = True
            self._container("li" if tight else "lp", tree[1:-1])
        else:
            self._leaf(tree)
        self._task = False

    def _container(self, kind: str, tokens: Sequence[Token]) -> None:
        self._mark(kind)
        for tree in trees(tokens):
            self._block(tree)
        self._part()
        self._mark("fin")

    def _mark(self, kind: str) -> None:
        self._written.append(Line(None, f"axtra{self._key}y{kind}y"))

    def _part(self) -> None:
        """Leave an empty line, unless there is one."""
        if self._written and self._written[-1].text:
            self._written.append(Line(None, ""))

    def _leaf(self, tree: list[Token]) -> None:
        first = tree[0]
        start, end = first.map or (0, 0)
        match first.type:
            case "paragraph_open":
                content = tree[1].content
                self._texts(start, _TASK.sub(_box, content) if self._task else content)
            case "heading_open":
                self._heading(tree, start)
            case "fence":
                language = _LANGUAGE.search(first.info)
                closing = self._lines[end - 1] if closed(first) else None
                self._code(first, start, language[0] if language else "", closing)
            case "code_block":
                self._code(first, start, "", None)
            case "html_block":
                self._texts(start, first.content.rstrip("\n"))
            case "hr":
                self._texts(start, "***")
            case "table_open":
                self._table(tree)

    def _texts(self, start: int, content: str) -> None:
        for rank, text in enumerate(content.split("\n"), start):
            self._written.append(Line(self._lines[rank].number, text))

    def _heading(self, tree: list[Token], start: int) -> None:
        content = tree[1].content
        if tree[0].markup == "-" and "\n" in content:  # a line below a paragraph
            self._texts(start, content)
            self._part()
            self._texts(start + content.count("\n") + 1, "***")
        else:
            self._texts(start, f"{'#' * int(tree[0].tag[1])} {content.replace(chr(10), ' ')}")

    def _code(self, token: Token, start: int, language: str, closing: Line | None) -> None:
        """Write code between fences that nothing in it closes."""
        fenced = token.type == "fence"
        fence = "~" * (2 + max(map(len, re.findall("~+", f"~{token.content}"))))
        number = self._lines[start].number if fenced else None
        self._written.append(Line(number, fence + language, fenced=True))
        content = token.content.removesuffix("\n")
        for rank, text in enumerate(content.split("\n") if token.content else (), start + fenced):
            self._written.append(Line(self._lines[rank].number, text, fenced))
        self._written.append(Line(closing.number if closing else None, fence, fenced=True))

    def _table(self, tree: list[Token]) -> None:
        rows: list[tuple[int, list[str]]] = []
        for token in tree:
            if token.type == "tr_open":
                rows.append(((token.map or [0])[0], []))
            elif token.type == "inline":
                code = "`" in token.content  # in which a bar stands for itself
                cell = token.content if code else token.content.replace("|", r"\|")
                rows[-1][1].append(cell)
        rulers = [
            _ALIGNMENTS.get(str(token.attrs.get("style")), "---")
            for token in tree
            if token.type == "th_open"
        ]
        (start, heads), *others = rows
        for at, cells in ((start, heads), (start + 1, rulers), *others):
            self._texts(at, f"| {' | '.join(cells)} |")


def _box(task: re.Match[str]) -> str:
    return "☐" if task[1] == " " else "☑"


def closed(fence: Token) -> bool:
    """Tell whether the last line of fenced code is a fence."""
    start, end = fence.map or (0, 0)
    return end - start == fence.content.count("\n") + 2


def trees(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield each block with what it holds."""
    depth, start = 0, 0
    for at, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield [*tokens[start : at + 1]]
            start = at + 1
