"""What an author means and Markdown does not read: each is told at its line, with what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, takewhile

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from axtra.content.blocks.containers import Line, blocks_of, closed, trees
from axtra.core.diagnostics import Notes

_SHOWN = "« {0} » paraîtrait tel quel"
_ELSEWHERE = "« {0} » vient d’un autre logiciel et paraîtrait tel quel"
_INSTEAD = "Effacez-le, ou prenez un bloc du guide (/// figure, /// video, /// encadre…)."
_LIST = "« {0} » ne commence pas une liste : les lignes se suivraient dans un paragraphe"
_FORMULA = "la formule « {0} » ne se lit pas"
_PLAINLY = "Écrivez-la en mots, ou entre accents graves :  `{0}`"
_NAMES = "caption|gallery|embed|youtube|vimeo|video|audio|playlist|toc|button"
_BULLETS = "•·▪▫◦‣⁃∙●○■□◆◇►▶➢➤\uf0a7\uf0b7"
_NO_SPACE = "[\u00a0\u202f\u2003\u2009]"  # one that does not make a list

# What is looked for in prose. The problem and the remedy show the groups of the pattern.
_CODES: tuple[tuple[str, str, str, str], ...] = (
    ("code-d-ailleurs", r"(\{\{(?!\s*pr[ée]nom).*?\}\}|\{%.*?%\})", _ELSEWHERE, _INSTEAD),
    (
        "code-d-ailleurs",
        (
            rf"(\[/?(?:{_NAMES})\b[^\]\n]*\](?![(\[:])"
            r"|\[[a-z][\w-]*(?:\s+[\w-]+=[^\]\n]*|\s*/)\]|\[/[a-z][\w-]*\])"
        ),
        _ELSEWHERE,
        _INSTEAD,
    ),
    (
        "code-d-ailleurs",
        r"(!?\[\[[^\[\]\n]+\]\]|^\[!\w+\]|^:{3,} *\w.*$|^(?:!!!|\?\?\?\+?) .*$|%%\S.*?%%)",
        _ELSEWHERE,
        _INSTEAD,
    ),
    ("formule", r"(\$\$[^$]+\$\$)", _FORMULA, _PLAINLY),
    (
        "formule",
        r"(?<![\w$])(\$(?=[^\s$])[^$\n]*[\\^_{}=+*/<>][^$\n]*(?<=[^\s$])\$)(?![\w$])",
        _FORMULA,
        _PLAINLY,
    ),
)
_SIGNS: tuple[tuple[str, str, str, str], ...] = (
    ("signe-inconnu", r"(\^([^\s^]{1,20})\^)", _SHOWN, "Écrivez :  <sup>{1}</sup>"),
    ("signe-inconnu", r"(?<=\w)(~([^\s~]{1,20})~)(?!~)", _SHOWN, "Écrivez :  <sub>{1}</sub>"),
    ("signe-inconnu", r"(?<![~\w])(~(?=\S)([^~\n]+)(?<=\S)~)(?!~)", _SHOWN, "Écrivez :  ~~{1}~~"),
    ("signe-inconnu", r"(==(?=[^\s=])([^=\n]+)(?<=\S)==)", _SHOWN, "Écrivez :  <mark>{1}</mark>"),
    ("signe-inconnu", r"(\+\+(?=[^\s+])([^+\n]+)(?<=\S)\+\+)", _SHOWN, "Écrivez :  <ins>{1}</ins>"),
    ("puce-copiee", rf"^([{_BULLETS}])\s*(\S.*)", _LIST, "Écrivez :  - {1}"),
    ("puce-copiee", rf"^([-*+–—]){_NO_SPACE}(.*)", _LIST, "Mettez une espace ordinaire :  - {1}"),
    (
        "puce-copiee",
        rf"^([0-9]{{1,3}}[.)]){_NO_SPACE}(.*)",
        _LIST,
        "Mettez une espace ordinaire :  {0} {1}",
    ),
    (
        "tableau-colle",
        r"^([ \t]*\|?[ \t]*:?-+:?[ \t]*\|[-|: \t]*)$",
        "ces lignes ne font pas un tableau partout",
        "Laissez une ligne vide au-dessus du tableau, et alignez ses lignes.",
    ),
    (
        "diese-colle",
        r"^(#{2,6})(?![# \t\n])\s*(.+)",
        "« {0} » est collé à son intertitre",
        "Mettez une espace ordinaire après les dièses :  {0} {1}",
    ),
)
# Without any of it, prose is read as it is written, and so is a body with nothing of the second.
_SUSPECT_PROSE = re.compile(
    rf"\{{[{{%]|\[[^\]\n]*\](?!\()|\[\[|[$^~%|]|==|\+\+|^[ >]*(?:[-{_BULLETS}–—−✓✔*+:!?#]"
    r"|\(?\w{1,3}[.)°/])",
    re.MULTILINE,
)
_SUSPECT_BODY = re.compile(
    r"^(?: {4}|(?:> )? +[-*+] |[ >]*-+[ \t]*$|[0-9]{4,}[.)] )|```|~~~|\||<[a-zA-Z!/]", re.MULTILINE
)
# Lines that begin as those of a list do; it takes two of them.
_ROW = re.compile(r"([–—−✓✔]|[-*](?=[^\s*_-])|\(?(?:[a-zA-Z]|[0-9]{1,3})[.)°/])\s*(\S.*)")
_BRACKETS = re.compile(r"(?<![\]\w!])\[([^\[\]\n]{1,80})\](?![\[(:\]])")
_EDITORIAL = re.compile(r"\W*|sic|nd[lt]r?\b.*", re.IGNORECASE)
_LINKS = re.compile(
    r"\\[!-/:-@\[-`{-~]|<[a-zA-Z/!][^<>]*>|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\]\[[^\]\n]*\]"
    r"|\bhttps?://\S+",
)
_DEFINITION = re.compile(r"^[\s>]*(\*?)\[(\^?)([^\]\n]+)\]:\s*\S", re.MULTILINE)
_CALL = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_SET_BACK = re.compile(r"(?:\A|> ) +[-*+]")
_PREFIX = re.compile(r"\A[\s>]*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE_SIGN = re.compile(
    r"[\[\]{}<>=$#|\\@_`/*+]|::|\(\)|--|;\Z|\w\([^)]*\)\Z"
    r"|\A\s*(?:for|while|if|def|import|return|class|function|let|const|var|sudo|git|pip|npm|cd)\b"
)
_BLOCK_SIGN = re.compile(r"^(?:#{1,6} |[-*+] |[0-9]+\. |> |\|.*\|)|\*\*\S|\]\(", re.MULTILINE)
_TAG = re.compile(r"<(/?)([a-z][\w-]*)[^<>]*?(/?)>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w#.+-]*|\{\s*\.[\w#+-]+\s*\}")
_SHORT_RULER = 3  # hyphens: a line, rather than what makes a title of the sentence above
_YEAR = 1000
_SENTENCE = 3  # words, at least
_LONGEST = 60  # characters of a text that a message shows
_VOID = frozenset({"br", "hr", "img", "wbr"})


def inspect(parts: Iterable[Sequence[Line]], notes: Notes) -> None:
    """Tell what would not be read as it was meant in a body, cut where blocks (`///`) cut it."""
    parts = [*parts]
    named = _Named(notes)
    for lines in parts:
        named.read(lines)
    named.tell()
    for lines in parts:
        _Part(lines, named.addresses, notes).inspect()


class _Named:
    """The notes, addresses and abbreviations that a body defines, each once."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._lines: dict[tuple[str, str, str], int | None] = {}
        self._called: set[str] = set()

    @property
    def addresses(self) -> set[str]:
        """Return the names of the links that have their address elsewhere."""
        return {name for star, caret, name in self._lines if not star and not caret}

    def read(self, lines: Sequence[Line]) -> None:
        """Take in what some lines define and call."""
        text = _without_code("\n".join("" if line.fenced else line.text for line in lines))
        self._called.update(found[1] for found in _CALL.finditer(text))
        for found in _DEFINITION.finditer(text):
            key = (found[1], found[2], " ".join(found[3].casefold().split()))
            number = lines[text.count("\n", 0, found.start(3))].number
            if key in self._lines:
                what = "la note" if found[2] else "l’abréviation" if found[1] else "l’adresse"
                self._notes.error(
                    "definition-double",
                    number,
                    f"{what} « {found[3]} » est déjà donnée à la ligne {self._lines[key]}",
                    "Gardez une seule des deux lignes, ou donnez un autre nom à celle-ci.",
                )
            self._lines.setdefault(key, number)

    def tell(self) -> None:
        """Tell which notes nothing calls."""
        called = {name.casefold() for name in self._called}
        for (_, caret, name), line in self._lines.items():
            if caret and name not in called:
                self._notes.error(
                    "note-orpheline",
                    line,
                    f"la note « {name} » n’est appelée nulle part",
                    f"Mettez [^{name}] dans la phrase où elle va, ou effacez-la.",
                )


class _Part:
    """A part of a body, without a block in it."""

    def __init__(self, lines: Sequence[Line], addresses: set[str], notes: Notes) -> None:
        self._lines = lines
        self._addresses = addresses
        self._notes = notes

    def inspect(self) -> None:
        """Tell what would be misread in it."""
        text = "\n".join(line.text for line in self._lines)
        if not (_SUSPECT_PROSE.search(text) or _SUSPECT_BODY.search(text)):
            return
        tokens = blocks_of(text)
        self._inspect_html(tokens)
        own = False  # what precedes is a note or a definition, which hold what is set back
        for at, token in enumerate(tokens):
            start, end = token.map or (0, 0)
            match token.type:
                case "inline":
                    in_item = at > 1 and tokens[at - 2].type == "list_item_open"
                    self._inspect_prose(token.content, start, task=in_item)
                    own = bool(re.search(r"^(?:\[\^[^\]]+\]:|:\s)", token.content, re.MULTILINE))
                case "heading_open" if token.markup == "-":
                    self._inspect_ruler(tokens[at + 1].content, end - 1)
                case "ordered_list_open" if int(token.attrs.get("start", 1)) >= _YEAR:
                    self._notes.warning(
                        "annee-en-liste",
                        self._line(start),
                        f"« {token.attrs['start']}. » commencerait une liste",
                        f"Pour une année, écrivez une barre inverse :  {token.attrs['start']}\\.",
                    )
                case "bullet_list_open" if tokens[
                    at - 1
                ].type == "ordered_list_close" and _SET_BACK.search(self._lines[start].text):
                    self._notes.warning(
                        "sous-liste-courte",
                        self._line(start),
                        "cette liste suivrait le point numéroté au lieu d’en faire partie",
                        "Mettez devant elle autant d’espaces que le numéro, le point et l’espace.",
                    )
                case "code_block" if not own and not token.level:
                    self._inspect_set_back(token.content, start)
                case "fence":
                    self._inspect_fence(token, start)
                case "table_open":
                    cells = (cell.type for cell in islice(tokens, at, None))  # those of the header
                    columns = sum(cell == "th_open" for cell in takewhile("tr_close".__ne__, cells))
                    self._inspect_table(columns, range(start + 2, end))

    def _line(self, rank: int) -> int | None:
        return self._lines[min(rank, len(self._lines) - 1)].number

    def _inspect_prose(self, content: str, start: int, *, task: bool) -> None:
        if not _SUSPECT_PROSE.search(content):
            return
        text = _without_code(content)
        for rule, pattern, problem, remedy in _CODES:
            found = _found(pattern, text)
            for rank, shown in found:
                line = self._line(start + rank)
                self._notes.warning(rule, line, problem.format(*shown), remedy.format(*shown))
            text = _blanked(_compiled(pattern), text) if found else text
        text = _blanked(_LINKS, text)
        for rule, pattern, problem, remedy in _SIGNS:
            found = _found(pattern, text)
            for rank, shown in found:
                line = self._line(start + rank)
                self._notes.warning(rule, line, problem.format(*shown), remedy.format(*shown))
            text = _blanked(_compiled(pattern), text) if found else text
        self._inspect_rows(text, start)
        for bracket in _BRACKETS.finditer(text):
            name = " ".join(bracket[1].casefold().split())
            before = text[: bracket.start()]
            if not (
                name in self._addresses
                or name.startswith("^")
                or (task and not before and name in {"", "x"})
                or _EDITORIAL.fullmatch(name)
                or before.count("«") > before.count("»")
                or before.count("“") > before.count("”")
            ):
                self._notes.warning(
                    "crochets-sans-lien",
                    self._line(start + before.count("\n")),
                    f"« {bracket[0]} » paraîtrait avec ses crochets, sans lien",
                    f"Pour un lien :  {bracket[0]}(adresse); sans lien :  \\[{bracket[1]}\\]",
                )

    def _inspect_rows(self, text: str, start: int) -> None:
        """Find lines of one paragraph that were meant as a list."""
        found = [_ROW.match(line) for line in text.split("\n")]
        for rank, row in enumerate(found):
            if row and any(found[near] for near in (rank - 1, rank + 1) if 0 <= near < len(found)):
                shown = row[2][:_LONGEST]
                self._notes.warning(
                    "puce-copiee",
                    self._line(start + rank),
                    _LIST.format(row[1]),
                    f"Écrivez :  - {shown}",
                )

    def _inspect_ruler(self, content: str, rank: int) -> None:
        short = len(self._lines[rank].text.strip(" >")) <= _SHORT_RULER
        if short or "\n" in content or content[-1] in ".,;:!?…»)":
            self._notes.warning(
                "souligne-titre",
                self._line(rank),
                f"ces tirets feraient un intertitre de : « {content[-_LONGEST:]} »",
                "Pour un trait, laissez une ligne vide au-dessus; pour un intertitre, écrivez ##.",
            )

    # --- code, tables, HTML -----------------------------------------------------------------

    def _inspect_set_back(self, content: str, start: int) -> None:
        for rank, line in enumerate(content.split("\n"), start):
            if len(_WORD.findall(line)) >= _SENTENCE and not _CODE_SIGN.search(line):
                self._notes.warning(
                    "retrait-code",
                    self._line(rank),
                    "les espaces au début de cette ligne en font du code",
                    f"Enlevez-les; pour une citation, écrivez :  > {line.strip()[:_LONGEST]}",
                )

    def _inspect_fence(self, token: Token, start: int) -> None:
        if token.level and not closed(token):
            self._notes.error(
                "code-ouvert",
                self._line(start),
                f"un bloc de code n’est pas fermé ({token.markup})",
                f"Ajoutez une ligne {token.markup} à la fin du code.",
            )
        if not _LANGUAGE.fullmatch(token.info.strip()):
            self._notes.warning(
                "code-options",
                self._line(start),
                f"« {token.info.strip()} » : seul le nom du langage compte ici",
                f"Écrivez par exemple :  {token.markup}python",
            )

    def _inspect_table(self, columns: int, rows: range) -> None:
        for rank in rows:
            typed = self._lines[rank].text
            cells = escapedSplit(_PREFIX.sub("", typed).strip())
            cells = cells[cells[:1] == [""] :]
            cells = cells[: -1 if cells[-1:] == [""] else None]
            if lost := " ".join(cell.strip() for cell in cells[columns:]).strip():
                self._notes.error(
                    "cellule-de-trop",
                    self._line(rank),
                    f"« {lost[:_LONGEST]} » serait perdu : l’en-tête a {columns} colonnes",
                    "Ajoutez une colonne à l’en-tête; pour une barre, écrivez \\|.",
                )
            elif "|" not in typed:
                self._notes.warning(
                    "tableau-colle",
                    self._line(rank),
                    "cette ligne serait une rangée du tableau",
                    "Laissez une ligne vide entre le tableau et le texte.",
                )

    def _inspect_html(self, tokens: Sequence[Token]) -> None:
        """Find Markdown between tags, or stuck below them, which may be shown as typed."""
        opened = list[str]()
        for tree in trees(tokens):
            start, end = tree[0].map or (0, 0)
            html = tree[0].type == "html_block"
            for rank in range(start, end if html else start + bool(opened)):
                typed = self._lines[rank].text
                tags = [*_TAG.finditer(typed)] if html else []
                for tag in tags:
                    name = tag[2].lower()
                    if tag[1] and name in opened:
                        del opened[len(opened) - 1 - opened[::-1].index(name) :]
                    elif not tag[1] and not tag[3] and name not in _VOID:
                        opened.append(name)
                outside = tags and not opened
                if not outside and "pre" not in opened and _BLOCK_SIGN.search(typed):
                    self._notes.warning(
                        "markdown-dans-html",
                        self._line(rank),
                        "le Markdown entre des balises HTML, ou collé dessous, se lit mal",
                        "Sortez-le des balises, une ligne vide devant, ou écrivez-le en HTML.",
                    )


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE | re.IGNORECASE)


def _found(pattern: str, text: str) -> list[tuple[int, list[str]]]:
    """List the line of each match, and its groups as a message shows them."""
    every = list[tuple[int, list[str]]]()
    for found in _compiled(pattern).finditer(text):
        groups = [group.strip() for group in found.groups() if group is not None]
        shown = [group if len(group) <= _LONGEST else f"{group[:_LONGEST]}…" for group in groups]
        every.append((text.count("\n", 0, found.start(1)), shown))
    return every


def _without_code(text: str) -> str:
    """Blank what stands between as many accents as follow it."""
    if "`" not in text:
        return text
    runs = [found.span() for found in re.finditer("`+", text)]
    nexts: dict[int, list[int]] = {}
    for rank, (start, end) in reversed([*enumerate(runs)]):
        nexts.setdefault(end - start, []).append(rank)
    pieces, at, rank = list[str](), 0, 0
    while rank < len(runs):
        start, end = runs[rank]
        same = nexts[end - start]
        while same and same[-1] <= rank:
            same.pop()
        if same:
            rank = same[-1]
            code = text[start : runs[rank][1]]
            pieces += [text[at:start], _blank(code)]
            at = runs[rank][1]
        rank += 1
    return "".join([*pieces, text[at:]])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", "\ufffc", text)


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Put something that is no sign in place of what matches, line ends kept."""
    return pattern.sub(lambda found: _blank(found[0]), text)
