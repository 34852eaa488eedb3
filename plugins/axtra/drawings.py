"""The pictures that the project makes: drawings for the site, rasters for the mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from axtra import illustration, images
from axtra.illustration import Drawing, Format
from axtra.model import Article, Event, Item, Library, Newsletter, Numero
from axtra.tokens import Palette, Tokens

Job: TypeAlias = Callable[[], bytes]

FORMATS = {"paysage": Format.LANDSCAPE, "couverture": Format.COVER}
_MAIL = "/images/courriel/"


@dataclass(frozen=True, slots=True)
class Raster:
    """A file to publish: its address from the root, and what makes its bytes."""

    url: str
    job: Job


@dataclass(frozen=True, slots=True)
class Drawings:
    """Draws what stands for an item without image, and makes rasters for mails.

    A raster is named after its content, so that a mail already sent keeps its pictures.
    """

    content: Path
    tokens: Tokens
    rasters: dict[tuple[str, int], Raster] = field(default_factory=dict)

    def address(self, item: Item, name: str = "paysage") -> str:
        """Give the address of the drawing of an item, in one of `FORMATS`."""
        return f"/images/axe/{_seed(item).replace('/', '-')}-{name}.svg"

    def jobs(self, library: Library) -> Iterator[tuple[str, Job]]:
        """List the drawings of the site: each item without image may need one."""
        for item in library.items:
            if not item.shown or item.image or isinstance(item, Newsletter):
                continue
            for name, form in FORMATS.items():
                if name == "paysage" or isinstance(item, Numero):
                    yield self.address(item, name), self._svg(item, form)

    def favicon(self) -> str:
        """Draw the X of a browser's tab."""
        palette = self.tokens.palette("marine")
        return illustration.mark(
            band=palette.ink, axis=palette.bright, point=palette.paper
        ).svg()

    def photograph(self, path: str, width: int) -> Raster:
        """Scale an image of the content folder to a file `width` px wide."""
        return self._raster(path, width, self.content / path)

    def illustrate(self, item: Item, width: int) -> Raster:
        """Draw what stands for an item, `width` px wide."""
        drawing = self._drawing(item, Format.LANDSCAPE)
        return self._raster(_seed(item), width, drawing.svg().encode())

    def mark(self, width: int) -> Raster:
        """Draw the masthead's mark on its opaque ground, `width` px wide."""
        return self._raster("axe", width, self._mark().svg().encode())

    def _mark(self) -> Drawing:
        mail = self.tokens.mail
        ground = mail["couleur_marine"]
        return illustration.mark(
            band=mail["couleur_sur_marine"],
            axis=mail["couleur_x_marine"],
            point=ground,
            ground=ground,
        )

    def _raster(self, stem: str, width: int, source: Path | bytes) -> Raster:
        found = self.rasters.get((stem, width))
        if found is None:
            made = images.for_mail(
                source, width=width // images.DENSITY, paper=self.tokens.mail["couleur_papier"]
            )
            name = stem.rpartition("/")[2].rpartition(".")[0] or stem.replace("/", "-")
            url = _MAIL + images.hashed_name(name, made.data, made.extension)
            found = self.rasters[stem, width] = Raster(url, lambda: made.data)
        return found

    def _drawing(self, item: Item, form: Format) -> Drawing:
        return illustration.draw(_seed(item), self._palette(item), form)

    def _svg(self, item: Item, form: Format) -> Job:
        return lambda: self._drawing(item, form).svg().encode()

    def _palette(self, item: Item) -> Palette:
        if isinstance(item, Article):
            return self.tokens.palette(item.rubrique.colour)
        return self.tokens.palette("ocre" if isinstance(item, Event) else "marine")


def _seed(item: Item) -> str:
    """Name an item for good: its address never changes without a redirect."""
    return item.url.strip("/")
