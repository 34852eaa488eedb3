"""What a text is, seen in its blocks: title, chapeau, who signs, headings that were only bold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from axtra.intake.html_blocks import Block, Nature
from axtra.intake.html_inline import escaped, plain
from infolettre.core.diagnostics import count

_LONGEST_HEADING = 110  # characters
_LONGEST_SIGNATURE = 90
_BY = re.compile(r"^(?:par|texte de|un texte de|auteure?s?|autrices?)\s*:?\s+", re.IGNORECASE)
_NAME = re.compile(
    r"(?:[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w’'’.-]*|d[eu]|la|le|van|von|St-\w+)"
    r"(?:[ \u00a0-](?:[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w’'’.-]*|d[eu]|la|le|van|von)){1,4}"
)
_CREDIT = re.compile(
    r"^(?:crédits?|photos?|source)\b(?:\s+(?:photo|de l’image))?\s*:?\s*", re.IGNORECASE
)


@dataclass(slots=True)
class Understood:
    """A text as it was understood.

    Attributes:
        title: its title, or "".
        summary: its chapeau, or "".
        authors: the names of who signs.
        roles: what a signature says beside a name, by name.
        biographies: what is said of somebody at the end, by name.
        blocks: the body.
        guessed: what was guessed, a sentence each.
    """

    title: str = ""
    summary: str = ""
    authors: list[str] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    biographies: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


def understand(blocks: Sequence[Block], known: Mapping[str, str], creator: str = "") -> Understood:
    """See a text in its blocks.

    Args:
        blocks: in order.
        known: the names of people who have a card, in lower case, and the names of their files.
        creator: who made the file, as its properties say.
    """
    text = Understood(blocks=list(blocks))
    _take_title(text)
    _take_authors(text, known)
    _take_summary(text)
    _take_signature(text, known)
    if not text.authors and (_NAME.fullmatch(creator) or creator.casefold() in known):
        text.authors = [creator]
        text.guessed.append(f"Qui signe : {creator}, d’après les propriétés du fichier.")
    _see_headings(text)
    _see_captions(text)
    if posing := sum(block.posing for block in text.blocks):
        text.guessed.append(f"{count(posing, 'tableau')}, fait de lignes à tabulations.")
    return text


def _take_title(text: Understood) -> None:
    blocks = text.blocks
    styled = next((b for b in blocks if b.nature is Nature.TITLE), None)
    if styled is not None:
        text.title = styled.plain
        blocks.remove(styled)
    elif blocks and _may_be_title(blocks):
        text.title = blocks.pop(0).plain
        text.guessed.append(f"Le titre : « {text.title} », la première ligne.")
    subtitle = next((b for b in blocks if b.nature is Nature.SUBTITLE), None)
    if subtitle is not None:
        blocks.remove(subtitle)
        text.summary = subtitle.plain
        text.guessed.append("Le chapeau : le sous-titre.")


def _may_be_title(blocks: Sequence[Block]) -> bool:
    first = blocks[0]
    if first.nature is Nature.HEADING:
        return True
    short = first.nature is Nature.PARAGRAPH and len(first.plain) <= _LONGEST_HEADING
    return short and not first.plain.endswith((".", ";", ":", ",")) and len(blocks) > 1


def _take_authors(text: Understood, known: Mapping[str, str]) -> None:
    """Take who signs from the lines that follow the title."""
    for block in [b for b in text.blocks[:3] if b.nature in {Nature.AUTHOR, Nature.PARAGRAPH}]:
        said = block.plain
        by = _BY.match(said)
        names = _names(said[by.end() :] if by else said, known)
        alone = block.nature is Nature.AUTHOR or by or said.casefold() in known
        if names and alone and len(said) <= _LONGEST_SIGNATURE:
            text.authors += [name for name, _ in names]
            text.roles |= {name: role for name, role in names if role}
            text.blocks.remove(block)
            text.guessed.append(f"Qui signe : {', '.join(text.authors)}.")
            return


def _names(said: str, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the names of a signature, each with what is said of it."""
    if said.casefold() in known:
        return [(said, "")]
    head, _, role = said.partition(",")
    names = [part.strip() for part in re.split(r"\s+et\s+|\s*&\s*", head) if part.strip()]
    if role and _NAME.fullmatch(role.strip()):  # « Anne Roy, Marc Côté et Luc Hébert »
        names = [part.strip() for part in re.split(r",|\s+et\s+|\s*&\s*", said) if part.strip()]
        role = ""
    if names and all(_NAME.fullmatch(name) or name.casefold() in known for name in names):
        return [(name, role.strip()) for name in names]
    return []


def _take_summary(text: Understood) -> None:
    first = text.blocks[0] if text.blocks else None
    if text.summary or first is None or first.nature is not Nature.PARAGRAPH or not first.bold:
        return
    if len(first.plain) > _LONGEST_HEADING or first.plain.endswith("."):
        text.summary = first.plain
        text.blocks.pop(0)
        text.guessed.append("Le chapeau : le premier paragraphe, en gras.")


def _take_signature(text: Understood, known: Mapping[str, str]) -> None:
    """Take the name and the biography at the end."""
    if text.blocks and text.authors:
        last = text.blocks[-1]
        name = next((n for n in text.authors if last.plain.startswith(n)), None)
        if name and last.nature is Nature.PARAGRAPH and len(last.plain) > len(name) + 10:
            text.biographies[name] = last.text
            text.blocks.pop()
            text.guessed.append(f"La notice biographique ({name}) : le dernier paragraphe.")
        return
    for back in (1, 2):
        if text.authors or len(text.blocks) <= back:
            return
        block = text.blocks[-back]
        names = _names(block.plain, known) if block.nature is Nature.PARAGRAPH else []
        if names and len(block.plain) <= _LONGEST_SIGNATURE:
            text.authors = [name for name, _ in names]
            text.roles |= {name: role for name, role in names if role}
            text.blocks.remove(block)
            text.guessed.append(f"Qui signe : {', '.join(text.authors)}, à la fin.")


def _see_headings(text: Understood) -> None:
    """Make headings of the short bold lines, and put the first level at 2."""
    made = 0
    for rank, block in enumerate(text.blocks):
        last = rank + 1 == len(text.blocks)
        if block.nature is not Nature.PARAGRAPH or not block.bold or last:
            continue
        if len(block.plain) <= _LONGEST_HEADING and not block.plain.endswith((".", ",")):
            text.blocks[rank] = Block(Nature.HEADING, block.text.strip("*:. "), level=1)
            made += 1
    if made:
        what = "Un intertitre était" if made == 1 else f"{made} intertitres étaient"
        text.guessed.append(f"{what} seulement en gras.")
    levels = sorted({b.level for b in text.blocks if b.nature is Nature.HEADING})
    ranks = {level: rank + 2 for rank, level in enumerate(levels)}
    text.blocks = [
        replace(b, level=ranks[b.level]) if b.nature is Nature.HEADING else b for b in text.blocks
    ]


def _see_captions(text: Understood) -> None:
    """Take for a caption the short line, a credit above all, that follows a picture."""
    for rank in range(1, len(text.blocks)):
        block, before = text.blocks[rank], text.blocks[rank - 1]
        if before.nature is Nature.PICTURE and block.nature is Nature.PARAGRAPH:
            italic = re.fullmatch(r"\*[^*]+\*", block.text) is not None
            short = len(block.plain) <= 2 * _LONGEST_HEADING
            if short and (italic or caption_and_credit(block.text)[1]):
                text.blocks[rank] = replace(block, nature=Nature.CAPTION)


def caption_and_credit(text: str) -> tuple[str, str]:
    """Split the line under a picture into its Markdown and to whom the picture is owed."""
    said = plain(text)
    found = re.search(
        r"(?:^|[.(–-]\s*)((?:crédits?|photo(?:graphie)?)\b[^)]*)\)?\.?$", said, re.IGNORECASE
    )
    if not found:
        return re.sub(r"^\*([^*]+)\*$", r"\1", text), ""
    credit = _CREDIT.sub("", found[1]).strip(" .")
    return escaped(said[: found.start()].strip(" (–-.")), credit or found[1]
