"""The drawing of an item that has no image, the same on the site and in the mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from axtra.content.model import Item, Motif, Numero
from axtra.design import illustration
from axtra.design.illustration import Drawing, Format
from axtra.design.tokens import Palette, Tokens


def draw(item: Item, tokens: Tokens, form: Format) -> Drawing:
    """Draw an item: what its text gives, in the motif of its rubrique; its address is the seed."""
    inks, motif = palette(item, tokens), item.motif
    if motif.number:
        return illustration.numeral(motif.number, item.url, inks, form)
    if motif.quote:
        return illustration.voice(motif.quote, item.url, inks, form)
    family = "" if isinstance(item, Numero) else inks.motif
    return illustration.draw(
        item.url, inks, form, family=family, rank=motif.rank, count=motif.count
    )


def palette(item: Item, tokens: Tokens) -> Palette:
    """Return the colours of an item; a numéro never has those of the one before."""
    return colours(item.palette, item.url, item.motif, tokens)


def colours(name: str, seed: str, motif: Motif, tokens: Tokens) -> Palette:
    """Return a palette by its name; without a name, the rank of the motif or the seed chooses."""
    if name or motif.rank is None:
        return illustration.palette(name, seed, tokens)
    palettes = list(tokens.palettes.values())
    return palettes[motif.rank % len(palettes)]


def ink_name(item: Item, tokens: Tokens) -> str:
    """Name the palette of an item, for the class of what stands on its ink."""
    whole = palette(item, tokens)
    return next(name for name, known in tokens.palettes.items() if known == whole)


def address(item: Item) -> str:
    """Return the address of the drawing of an item."""
    return f"/images/axe/{item.url.strip('/').replace('/', '-')}-paysage.svg"


@dataclass(frozen=True, slots=True)
class DrawingFile:
    """A drawing to publish."""

    url: str
    item: Item
    form: Format

    def svg(self, tokens: Tokens) -> str:
        """Return the drawing."""
        return draw(self.item, tokens, self.form).svg()


def drawing_files(items: Iterable[Item]) -> Iterator[DrawingFile]:
    """Yield the drawings of the items that pages may show."""
    for item in items:
        if item.shown and not item.image and item.kind.drawn:
            yield DrawingFile(address(item), item, Format.LANDSCAPE)


def favicon(tokens: Tokens, sign: str = illustration.HOUSE) -> str:
    """Return the icon of the site, an X or the first letter of its name, for a browser's tab."""
    palette = tokens.palette("marine")
    inks = {"band": palette.ink, "axis": palette.bright, "point": palette.paper}
    return illustration.mark(**inks, name=sign).svg()
