"""Documents to bodies: every link an address, every image measured, every card an item."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape, unescape
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from markupsafe import Markup

from axtra.content import (
    bibliographies,
    centre_lists,
    chart_tables,
    key_figures,
    media_blocks,
    pull_quotes,
)
from axtra.content.audiences import MAIL, WEB
from axtra.content.block_reader import BlockReader
from axtra.content.blocks import Fragment, Part, RawBlock, TargetLines, inner_html
from axtra.content.card_blocks import CardReader, text_of
from axtra.content.frontmatter import Source
from axtra.content.letter_choices import EarlierLetters
from axtra.content.links import Addresses
from axtra.content.model import (
    PLAIN_NODES,
    Body,
    Figure,
    Image,
    Item,
    Library,
    Newsletter,
    Node,
    Only,
    Prose,
)
from axtra.content.schema import CARD_KINDS, Key, Type
from axtra.core.diagnostics import Edit, Notes, Repair, did_you_mean
from axtra.text import first_names

_LINK = re.compile(r'(<a [^>]*?href=")([^"]*)("[^>]*>)(.*?)</a>', re.DOTALL)
_IMG = re.compile(r"<img ([^>]*)>")
_ALONE = re.compile(r"<p>(<img [^>]*>)</p>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


class FindImage(Protocol):
    """Finds and measures an image of the content folder, or notes why it cannot."""

    def __call__(  # noqa: D102
        self,
        path: str,
        line: int | None,
        notes: Notes,
        *,
        alt: str = "",
        credit: str | None = None,
        licence: str | None = None,
    ) -> Image | None: ...


class Bodies:
    """Resolves the bodies of a library."""

    def __init__(
        self,
        library: Library,
        addresses: Addresses,
        find_image: FindImage,
        file_bytes: Callable[[str], bytes] = lambda _: b"",
    ) -> None:
        self.library = library
        self.file_bytes = file_bytes
        self.addresses = addresses
        self.find_image = find_image
        self.earlier = EarlierLetters()

    def resolve(self, parts: tuple[Part, ...], item: Item, source: Source, notes: Notes) -> Body:
        """Resolve the parts of one item's document; letters come in the order of their days."""
        reading = _Body(self, item, source, notes, parts)
        if isinstance(item, Newsletter):
            reading.taken = self.earlier.taken(item) | {*reading.typed_cards(parts)}
        body = reading.nodes(parts)
        pull_quotes.inspect(parts, body, notes)
        if isinstance(item, Newsletter):
            self.earlier.remember(item, body)
            item.resolved.choices = tuple(reading.choices)
        return body


def _entered(
    read: Callable[[RawBlock, BlockReader], Node | None],
) -> Callable[[_Body, RawBlock], Node | None]:
    """Return what reads a block whose text is read as a whole."""

    def entered(body: _Body, raw: RawBlock) -> Node | None:
        body.enter(raw)
        return read(raw, body)

    return entered


class _Body(CardReader):
    """The resolution of one body."""

    def __init__(
        self,
        bodies: Bodies,
        item: Item,
        source: Source,
        notes: Notes,
        parts: tuple[Part, ...],
    ) -> None:
        super().__init__(bodies.library, bodies.addresses, bodies.earlier, item, notes)
        self._find_any_image = bodies.find_image
        self.file_bytes = bodies.file_bytes
        self.source = source
        self._ranks: Counter[str] = Counter()
        self._lines = TargetLines(source, parts, personal=item.kind.name == "infolettre")
        self.audience: str | None = None  # the list that alone reads what is being read

    def nodes(self, parts: tuple[Part, ...]) -> Body:
        """Resolve parts in order; a block that cannot be is left out, and noted."""
        found: list[Node] = []
        for part in parts:
            if isinstance(part, Fragment):
                self._lines.enter(part)
                found.extend(self._prose(part.html))
            else:
                node = self._block(part)
                if node is not None:
                    found.append(node)
        return tuple(found)

    # --- prose --------------------------------------------------------------------------------

    def _prose(self, html: str) -> list[Node]:
        """Resolve a fragment; an image alone in its paragraph becomes a figure."""
        found: list[Node] = []
        for index, piece in enumerate(_ALONE.split(html)):
            if index % 2:
                given = _attributes(piece)
                image = self._find(given)
                if image:
                    found.append(Figure(image, Markup.escape(given.get("title", ""))))
            elif piece.strip():
                found.append(self._read(piece.strip()))
        return found

    def _read(self, html: str) -> Prose:
        held = self._html(html)
        said = Markup(first_names.fill(held, html=True))  # noqa: S704 - it escapes
        return Prose(said, held if said != held else None)

    def _html(self, html: str) -> Markup:
        linked = _LINK.sub(self._link, html)
        return Markup(_IMG.sub(self._inline_image, linked))  # noqa: S704 - sanitised when read

    def caption(self, html: str, line: int) -> Markup:
        """Resolve a line that everyone reads alike."""
        if first_names.held(html):
            self._refuse_name(line)
        return self._html(first_names.fill(html, html=True))

    def _refuse_name(self, line: int) -> None:
        self.notes.error(
            "prenom-hors-place",
            line,
            "un prénom ne se met que dans les phrases d’une infolettre",
            "Sortez-le d’ici : ni titre, ni légende, ni bouton, ni chiffre.",
        )

    def _link(self, found: re.Match[str]) -> str:
        before, line = len(self.notes.found), self._lines.next_link()
        href = self.addresses.resolve(unescape(found[2]), self.item, None, self.notes)
        if href is not None:
            self.inspect_repeat(href, None)
            self._inspect_file(href, None)
        self.notes.place(before, line)
        return found[4] if href is None else f"{found[1]}{escape(href)}{found[3]}{found[4]}</a>"

    def _find(self, given: Mapping[str, str]) -> Image | None:
        return self.typed_image(given.get("src", ""), given.get("alt", ""))

    def typed_image(self, path: str, alt: str) -> Image | None:
        """Find the next image of the text, whose line is known."""
        before, line = len(self.notes.found), self._lines.next_image()
        image = self.find_image(path, None, alt)
        self.notes.place(before, line)
        return image

    def find_image(
        self, path: str, line: int | None, alt: str = "", **more: str | None
    ) -> Image | None:
        """Find and measure an image, or note why it cannot be shown."""
        image = self._find_any_image(path, line, self.notes, alt=alt, **more)
        own = self.addresses.own(path)
        if image:
            self._inspect_file(image.url, line)
        elif own and own[1:] in self.addresses.assets:
            repair = Repair((Edit(line or 0, None, path, own),))
            self.notes.found[-1] = replace(self.notes.found[-1], repair=repair)
        return image

    def _inspect_file(self, address: str, line: int | None) -> None:
        """Say that a file named for one list has an address that everyone may open."""
        if self.audience and address.startswith(("/documents/", "/images/")):
            self.notes.warning(
                "fichier-public",
                line,
                f"le texte est pour « {self.audience} », mais quiconque a l’adresse {address} peut "
                "ouvrir ce fichier",
                "Rangez ailleurs que sous content/ ce qui doit rester privé.",
            )

    def _inline_image(self, found: re.Match[str]) -> str:
        image = self._find(_attributes(found[0]))
        if image is None:
            return ""
        return (
            f'<img src="{escape(image.url)}" alt="{escape(image.alt)}"'
            f' width="{image.width}" height="{image.height}">'
        )

    def rank(self, raw: RawBlock) -> int:
        """Count the blocks of its name that were read in this body, this one included."""
        self._ranks[raw.name] += 1
        return self._ranks[raw.name]

    def enter(self, raw: RawBlock) -> None:
        """Begin to read what a block holds as a whole."""
        self._lines.enter(*raw.children)

    # --- blocks -------------------------------------------------------------------------------

    def _block(self, raw: RawBlock) -> Node | None:
        if not self._inspect(raw):
            return None
        return self.READERS[raw.name](self, raw)

    def _plain(self, raw: RawBlock) -> Node | None:
        fields: dict[str, Any] = {}
        if raw.kind.body is not None:
            fields["body"] = self.nodes(raw.children)
        if raw.kind.argument_field:
            fields[raw.kind.argument_field] = text_of(raw.argument)
        for key in raw.kind.options:
            fields[key.attribute] = self._value(raw, key)
            if key.required and fields[key.attribute] is None:
                return None
        return PLAIN_NODES[raw.name](**fields)

    def _value(self, raw: RawBlock, key: Key) -> object:
        """Return an option as a node holds it: a link is an address, a line is corrected."""
        match key.type:
            case Type.LINE:
                return self.text(raw, key.name)
            case Type.LINK:
                return self._address(raw, key.name)
        return self.option(raw, key.name)

    def _address(self, raw: RawBlock, name: str) -> str | None:
        target = self.option(raw, name)
        if target is None:
            return None
        line = self.line(raw, name)
        href = self.addresses.resolve(target, self.item, line, self.notes)
        self.inspect_repeat(href or "", line)
        self._inspect_file(href or "", line)
        return href

    def _inspect(self, raw: RawBlock) -> bool:
        """Check argument, options and body against the schema."""
        kind, before = raw.kind, len(self.notes.found)
        typed = [(raw.argument, raw.line), *((str(v.raw), v.line) for v in raw.options.values())]
        for text, line in typed if isinstance(self.item, Newsletter) else ():  # else said already
            if first_names.typed(text):
                self._refuse_name(line)
        if kind.argument_required and not raw.argument:
            self.notes.error(
                "bloc-incomplet",
                raw.line,
                f"le bloc « {raw.name} » attend, après la barre verticale : {kind.argument}",
                f"Par exemple :  {kind.example.splitlines()[0]}",
            )
        if kind.argument is None and raw.argument:
            self.notes.error(
                "bloc-de-trop",
                raw.line,
                f"le bloc « {raw.name} » n’a rien après la barre verticale : "
                f"« {raw.argument} » serait perdu",
                f"Par exemple :  {'  puis  '.join(kind.example.splitlines()[:2])}",
            )
        for inner in () if kind.holds_blocks else raw.children:
            if isinstance(inner, RawBlock):
                self.notes.error(
                    "bloc-illisible",
                    inner.line,
                    f"le bloc « {inner.name} » ne se lit pas dans un bloc « {raw.name} »",
                    "Placez-le avant ou après ce bloc.",
                )
        for name, value in raw.options.items():
            if kind.never and name in kind.never.names:
                refused = kind.never
                self.notes.error(refused.rule, value.line, refused.why, "Effacez cette ligne.")
            elif kind.option(name) is None:
                known = [key.name for key in kind.options]
                remedy = did_you_mean(name, known) if known else "Effacez cette ligne."
                problem = f"l’option « {name} » n’existe pas pour le bloc « {raw.name} »"
                self.notes.error("option-inconnue", value.line, problem, remedy)
        for key in kind.options:
            if key.required and key.name not in raw.options:
                rule = "alt-manquant" if key.name == "alt" else "bloc-incomplet"
                self.notes.error(
                    rule,
                    raw.line,
                    f"il manque l’option « {key.name} » au bloc « {raw.name} » ({key.label})",
                    f"Ajoutez dessous, avec quatre espaces devant :      {key.name}: {key.example}",
                )
        if kind.body_required and not raw.children:
            self.notes.error(
                "bloc-vide",
                raw.line,
                f"le bloc « {raw.name} » est vide; il attend {kind.body or 'un texte'}",
                "Écrivez-le entre les deux lignes de barres obliques, ou effacez le bloc.",
            )
        if kind.body is None and raw.children:
            self.notes.error(
                "bloc-de-trop",
                raw.line,
                f"le bloc « {raw.name} » n’affiche pas de texte : le sien serait perdu",
                "Sortez ce texte du bloc.",
            )
        return len(self.notes.found) == before

    def _figure(self, raw: RawBlock) -> Figure | None:
        image = self.find_image(
            raw.argument,
            raw.line,
            self.option(raw, "alt") or "",
            credit=self.option(raw, "credit"),
            licence=self.option(raw, "licence"),
        )
        if image is None:
            return None
        self._lines.enter(*raw.children)
        legend = self.text(raw, "legende")
        caption = self.caption(inner_html(raw.children), raw.line)
        return Figure(image, legend.html if legend else caption)

    def _only(self, raw: RawBlock) -> Only:
        audience = self.option(raw, "public")
        own = self.item.audience if isinstance(self.item, Newsletter) else None
        if audience and own and audience != own:
            self.notes.warning(
                "public-absent",
                self.line(raw, "public"),
                f"l’édition est pour la liste « {own} » : personne ne lira ce texte",
                f"Écrivez « public: {own} », ou enlevez le bloc.",
            )
        before = self.for_site, self.audience
        self.for_site |= raw.name == WEB
        self.audience = self.audience or audience
        body = self.nodes(raw.children)
        self.for_site, self.audience = before
        return Only(body, raw.name, audience)

    READERS: ClassVar[Mapping[str, Callable[[_Body, RawBlock], Node | None]]] = MappingProxyType(
        {
            **dict.fromkeys(PLAIN_NODES, _plain),
            **dict.fromkeys(CARD_KINDS, CardReader.card),
            **dict.fromkeys((WEB, MAIL), _only),
            "articles": CardReader.cards,
            "audio": _entered(media_blocks.audio),
            "centres": lambda body, raw: centre_lists.read(raw, body),
            "chiffres": _entered(key_figures.read),
            "figure": _figure,
            "galerie": _entered(media_blocks.gallery),
            "graphique": _entered(chart_tables.read),
            "references": _entered(bibliographies.read),
            "sommaire": CardReader.contents,
            "video": lambda body, raw: media_blocks.video(raw, body),
        }
    )


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
