"""How many pull quotes a text has: more than one in 600 words, and none of them stands out."""

from __future__ import annotations

from collections.abc import Iterator

from axtra.content.blocks import Part, RawBlock
from axtra.content.model import Body, plain_text
from infolettre.core.diagnostics import Notes, count

WORDS_PER_PULL_QUOTE = 600


def inspect(parts: tuple[Part, ...], body: Body, notes: Notes) -> None:
    """Note each pull quote beyond what the length of a text allows; it may always have one."""
    lines = [*_lines(parts)]
    if len(lines) < 2:  # noqa: PLR2004 - one is always allowed
        return
    words = len(plain_text(body).split())
    most = max(1, words // WORDS_PER_PULL_QUOTE)
    for line in lines[most:]:
        notes.warning(
            "exergue-de-trop",
            line,
            f"ce texte a {count(len(lines), 'exergue')} pour {words} mots : aucun ne ressort",
            f"Gardez-en {most} (un par {WORDS_PER_PULL_QUOTE} mots); écrivez ici :  /// citation",
        )


def _lines(parts: tuple[Part, ...]) -> Iterator[int]:
    for part in parts:
        if isinstance(part, RawBlock):
            if part.name == "exergue":
                yield part.line
            yield from _lines(part.children)
