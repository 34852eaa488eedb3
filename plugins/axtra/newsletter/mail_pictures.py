"""The pictures of a mail: bitmaps twice as wide as they are shown, hosted on our site."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from axtra.content.model import DataFigure, Facts, Item, Library, Numero
from axtra.design import illustration, image_files
from axtra.design.illustration import Drawing, Format
from axtra.pictures import covers, data_figures, drawings
from infolettre.core import regular_files
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from infolettre.letter import cards

FOLDER = "/images/courriel/"
_SIGN, _WIDEST = 56.6, 240  # px: the height of the drawn name of the masthead, its width at most

Job: TypeAlias = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a mail shows it.

    `path` starts at the site's root, `width` is in px, and `job` makes the file.
    """

    path: str
    alt: str
    width: int
    job: Job


@dataclass(frozen=True, slots=True)
class MailPictures:
    """Makes the files; each photograph is scaled once, each drawing on demand.

    `content` is the content folder; `store`, if any, keeps scaled photographs and painted drawings
    between builds.
    """

    content: Path
    tokens: Tokens
    store: Store | None = None
    _scaled: dict[tuple[str, int, int, str], image_files.Raster] = field(default_factory=dict)

    def photograph(self, path: str, alt: str, width: int, duotone: str = "") -> Picture:
        """Return an image of the content folder, narrower than `width` when it has too few pixels.

        `duotone` names the palette in whose inks it is printed, if any.

        Raises:
            ImageError: it cannot be read.
        """
        raster = self._raster(path, width, duotone)
        name = image_files.hashed_name(Path(path).stem, raster.data, raster.extension)
        shown = min(width, raster.width // image_files.DENSITY)
        return Picture(FOLDER + name, alt, shown, lambda: raster.data)

    def _raster(self, path: str, width: int, duotone: str) -> image_files.Raster:
        file = self.content / path
        changed = file.stat().st_mtime_ns if file.is_file() else 0
        key = (path, width, changed, duotone)
        if key not in self._scaled:
            self._scaled[key] = self._kept(file, width, duotone)
        return self._scaled[key]

    def _kept(self, file: Path, width: int, duotone: str) -> image_files.Raster:
        """Return a scaled photograph from the store, or scale it."""
        paper = self.tokens.colours["clair"]["papier"]
        inks = self.tokens.palettes[duotone].inks if duotone else None
        make = partial(
            image_files.for_mail, file, width=width, paper=paper, within=self.content, inks=inks
        )
        if self.store is None or not file.is_file():
            return make()
        recipe = f"{width} {paper} {image_files.TOOLS} {file.suffix}{''.join(inks or ())}".encode()
        key = hashlib.sha256(recipe + regular_files.read(file, self.content)).hexdigest()[:24]
        kept = self.store.get(key)
        if kept is not None:
            head, data = kept.split(b"\n", 1)
            extension, wide, high = head.decode().split()
            return image_files.Raster(data, extension, int(wide), int(high))
        raster = make()
        head = f"{raster.extension} {raster.width} {raster.height}\n".encode()
        self.store.put(key, head + raster.data)
        return raster

    def illustrate(self, item: Item, width: int) -> Picture:
        """Return the drawing of an item; it is decorative, so its alternative text is empty."""
        drawing = drawings.draw(item, self.tokens, Format.LANDSCAPE)
        return self._painted(item.slug, drawing, "", width)

    def cover(self, numero: Numero, library: Library, width: int) -> Picture:
        """Return the cover of a numéro, the same as on the site, in the PDF and in the EPUB."""
        photograph = ""
        if image := numero.image:
            raster = self._raster(image.path, width, image.duotone)
            data = base64.b64encode(raster.data).decode()
            photograph = f"data:image/{raster.extension.lstrip('.')};base64,{data}"
        svg = covers.svg(
            numero, library.featured(numero), library.facts, self.tokens, photograph
        ).encode()
        name = image_files.hashed_name(f"couverture-{numero.slug}-{width}", svg, ".png")
        paper = self.tokens.colours["clair"]["papier"]
        alt = f"Couverture\u00a0: {numero.title.plain}"
        return Picture(
            FOLDER + name,
            alt,
            width,
            partial(image_files.paint_words, svg, width=width, paper=paper),
        )

    def chart(self, figure: DataFigure, width: int) -> Picture:
        """Return the drawing of a chart; its alternative says the numbers."""
        svg = data_figures.in_mail(figure, self.tokens).encode()
        paper = self.tokens.colours["clair"]["papier"]
        name = image_files.hashed_name(f"graphique-{width}", svg, ".png")
        job = partial(image_files.paint_words, svg, width=width, paper=paper)
        return Picture(FOLDER + name, figure.alternative, width, job)

    def wordmark(self, facts: Facts) -> Picture:
        """Return the drawn name of the magazine, on the marine background of the masthead."""
        colours = self.tokens.colours["clair"]
        drawing = illustration.wordmark(
            letters=colours["sur-marine"], axis=colours["x-marine"],
            ground=colours["marine"], name=facts.sign,
        )  # fmt: skip
        width = min(round(_SIGN * drawing.width / drawing.height), _WIDEST)
        return self._painted("axe", drawing, facts.magazine, width)

    def _painted(self, stem: str, drawing: Drawing, alt: str, width: int) -> Picture:
        """Name a drawing after its SVG, which costs less than painting it."""
        name = image_files.hashed_name(f"{stem}-{width}", drawing.svg().encode(), ".png")
        return Picture(FOLDER + name, alt, width, partial(self._paint, drawing, width))

    def _paint(self, drawing: Drawing, width: int) -> bytes:
        """Return a painted drawing from the store, or paint it."""
        wide = width * image_files.DENSITY
        recipe = f"{wide} {drawing.ground} {image_files.TOOLS} {drawing.svg()}"
        key = hashlib.sha256(recipe.encode()).hexdigest()[:24]
        kept = self.store.get(key) if self.store else None
        if kept is None:
            kept = image_files.paint(drawing, width=wide)
            if self.store:
                self.store.put(key, kept)
        return kept


@dataclass(frozen=True, slots=True)
class PictureCollector:
    """Collects the pictures of a mail; `siteurl` has no slash at its end."""

    pictures: MailPictures
    siteurl: str
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def images(self) -> Mapping[str, Job]:
        """Map the path of each file to the job that makes it."""
        return dict(self.jobs)

    def add(self, picture: Picture) -> cards.Picture:
        """Add a picture; return it as a mail shows it."""
        self.jobs[picture.path] = picture.job
        return cards.Picture(self.siteurl + picture.path, picture.width, picture.alt)
