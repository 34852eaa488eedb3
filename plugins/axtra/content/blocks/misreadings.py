"""What an author means and Markdown does not read: each is told at its line, with what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from axtra.content.blocks.containers import Line, blocks_of, closed, trees
from axtra.content.blocks.misread_signs import (
    BULLETS,
    CODES,
    LIST,
    SIGNS,
    SPACES,
    Sign,
    blanked,
    mended,
    sightings,
    without_code,
)
from infolettre.core.diagnostics import Edit, Notes, Repair

# A text with nothing of the first, between two line ends, has no sign that could be misread; a body
# with nothing of both is read as it is written. Each begins with a set of characters, to which the
# engine skips, then says what each of them must be next to.
_SUSPECT_PROSE = re.compile(
    rf"[\n{{\[$^~%|=+:\\&](?:(?<=[\^~|])|(?<={{)[{{%]|(?<=%)%|(?<==)=|(?<=\+)\+|(?<=\\)[(\[]|(?<=&)\#"
    r"|(?<=\$)(?:[^\s$][^$\n]*)?\$|(?<=:)[\w+][\w+-]*:"
    r"|(?<=\[)(?:\[|[^\]\n]*(?:\n|\](?!\()))"
    r"|(?<=\n)(?:[ \t>]|[-+*][ \t]|[0-9]+[.)][ \t]|\#{1,6}[ \t])*"
    rf"(?:[{BULLETS}–—−✓✔]|[-*](?=[^\s*_-])|[-*+][{SPACES}]|o\s|:::|!!!|\?\?\?"
    r"|\#{2,6}(?![\# \t\n])|\(?(?:[a-zA-Z]|[0-9]+)[.)°/]))"
)
_SUSPECT_BODY = re.compile(
    r"[\n`<](?:(?<=`)``|(?<=<)[a-zA-Z!/?]"
    r"|(?<=\n)(?: {4}| {0,3}\t|[ \t>]*(?:[ \t][-*+][ \t\n]|-+[ \t]*\n)))"
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
_HOLDER = re.compile(r"^(?:\[\^[^\]]+\]:|:\s)", re.MULTILINE)  # notes hold what is set back
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
_STUCK_DASH = re.compile(r"[\s>]*(?:[-*]|[0-9]{1,3}[.)])(?=[^\W\d_])")
_NUMBER = re.compile(r"[0-9]{1,3}[.)] ")  # which begins a list only if it is 1
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
        text = without_code("\n".join("" if line.fenced else line.text for line in lines))
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
        around = f"\n{text}\n"
        if not (_SUSPECT_PROSE.search(around) or _SUSPECT_BODY.search(around)):
            return
        tokens = blocks_of(text)
        self._inspect_html(tokens)
        above = ""
        for at, token in enumerate(tokens):
            start, end = token.map or (0, 0)
            match token.type:
                case "inline":
                    in_item = at > 1 and tokens[at - 2].type == "list_item_open"
                    self._inspect_prose(token.content, start, task=in_item)
                    above = token.content
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
                case "code_block" if not token.level and not _HOLDER.search(above):
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
        if not _SUSPECT_PROSE.search(f"\n{content}\n"):
            return
        text = without_code(content)
        for sign in CODES:
            text = self._inspect_sign(sign, text, content, start)
        text = blanked(_LINKS, text)
        for sign in SIGNS:
            text = self._inspect_sign(sign, text, content, start)
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

    def _inspect_sign(self, sign: Sign, text: str, content: str, start: int) -> str:
        """Tell where a sign stands, and return the text without it."""
        seen = [*sightings(sign, text, content)]
        lines = content.split("\n") if seen and sign.mend else []
        for found in seen:
            rank = start + found.rank
            line, typed = self._line(rank), self._lines[min(rank, len(self._lines) - 1)].text
            repair = mended(sign, found, line, lines[found.rank], typed) if lines else None
            self._notes.warning(sign.rule, line, found.problem, found.remedy, repair)
        return blanked(sign.pattern, text) if seen else text

    def _inspect_rows(self, text: str, start: int) -> None:
        """Find lines of one paragraph that were meant as a list."""
        lines = text.split("\n")
        found = [_ROW.match(line) for line in lines]
        for rank, row in enumerate(found):
            if row and any(found[near] for near in (rank - 1, rank + 1) if 0 <= near < len(found)):
                repair = self._spaced(start + rank) or (
                    self._apart(start + rank, lines[rank])
                    if rank and _NUMBER.match(row[0]) and not found[rank - 1]
                    else None
                )
                sign = row[1] if repair or _NUMBER.match(row[0]) else "-"
                self._notes.warning(
                    "puce-copiee",
                    self._line(start + rank),
                    LIST.format(row[1]),
                    f"Écrivez, une ligne vide au-dessus de la liste :  {sign} {row[2][:_LONGEST]}"
                    if _NUMBER.match(row[0])
                    else f"Écrivez :  {sign} {row[2][:_LONGEST]}",
                    repair,
                )

    def _spaced(self, rank: int) -> Repair | None:
        """Return the repair of a list of which a sign touches its first word."""
        line, typed = self._line(rank), self._lines[rank].text
        found = _STUCK_DASH.match(typed)
        if not line or not found:
            return None
        return Repair((Edit(line, found.end(), "", " "),), effect="une liste")

    def _apart(self, rank: int, row: str) -> Repair | None:
        """Return the repair of a list, at the margin, that no empty line parts from the text."""
        line = self._line(rank)
        at_margin = self._lines[rank].text.startswith(row[:1])
        return (
            Repair((Edit(line, 0, "", "\n"),), effect="une liste") if line and at_margin else None
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
                    self._separated(rank, rows),
                )

    def _separated(self, rank: int, rows: range) -> Repair | None:
        """Return the repair of the first of the lines that end a table at the margin."""
        line = self._line(rank)
        after = any("|" in self._lines[other].text for other in range(rank, rows.stop))
        first = rank in rows and "|" in self._lines[rank - 1].text
        if line and first and not after and not self._lines[rank - 1].text.lstrip().startswith(">"):
            return Repair((Edit(line, 0, "", "\n"),), effect="un paragraphe")
        return None

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
