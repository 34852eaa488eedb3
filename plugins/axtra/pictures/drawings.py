"""The drawing of an item that has no image, the same on the site and in the mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from axtra.content.model import Item, Numero
from axtra.design import illustration
from axtra.design.illustration import Drawing, Format
from axtra.design.tokens import Palette, Tokens

FORMATS: Mapping[str, Format] = MappingProxyType(
    {"paysage": Format.LANDSCAPE, "couverture": Format.COVER}
)


def draw(item: Item, tokens: Tokens, form: Format) -> Drawing:
    """Draw an item; its slug is the seed."""
    return illustration.draw(item.slug, palette(item, tokens), form)


def palette(item: Item, tokens: Tokens) -> Palette:
    """Return the colours of an item; each numéro has its own."""
    return illustration.palette(item.palette, item.slug, tokens)


def address(item: Item, name: str = "paysage") -> str:
    """Return the address of the drawing of an item; `name` is a key of `FORMATS`."""
    return f"/images/axe/{item.url.strip('/').replace('/', '-')}-{name}.svg"


@dataclass(frozen=True, slots=True)
class DrawingFile:
    """A drawing to publish."""

    url: str
    item: Item
    form: Format

    def svg(self, tokens: Tokens) -> str:
        """Return the drawing; a cover is whole, ready for its titles."""
        if self.form is Format.COVER:
            colours, angle = palette(self.item, tokens), tokens.axis["angle"]
            return illustration.cover(self.item.slug, colours, angle)
        return draw(self.item, tokens, self.form).svg()


def drawing_files(items: Iterable[Item]) -> Iterator[DrawingFile]:
    """Yield the drawings of the items that pages may show; a numéro has a cover too."""
    for item in items:
        if not item.shown or item.image:
            continue
        for name, form in FORMATS.items():
            if name == "paysage" or isinstance(item, Numero):
                yield DrawingFile(address(item, name), item, form)


def favicon(tokens: Tokens) -> str:
    """Return the icon of the site, an X, for the tab of a browser."""
    palette = tokens.palette("marine")
    return illustration.mark(band=palette.ink, axis=palette.bright, point=palette.paper).svg()
