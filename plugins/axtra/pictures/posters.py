"""Posters: what social networks show of a page, 1200 × 630, in the style of the site's covers.

The drawing, or the photograph, comes in from the right edge, cut along the axis; the title runs
down the cut. An address holds the hash of all that the poster says, so it is known before it is
painted.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from html import escape
from io import BytesIO
from itertools import groupby
from math import radians, tan
from pathlib import Path, PurePosixPath
from typing import assert_never

import resvg_py
from PIL import Image as Bitmap
from PIL import ImageFont, ImageOps

from axtra.content.focus import Focus
from axtra.content.model import (
    Article,
    Event,
    Facts,
    Image,
    Item,
    Library,
    Motif,
    Numero,
)
from axtra.content.schema import PosterUse
from axtra.design import fonts, illustration, image_files
from axtra.design.illustration import Disc, Drawing, Format
from axtra.pictures import drawings
from infolettre.core.cache import Store
from infolettre.design.tokens import Palette, Tokens

WIDTH, HEIGHT = Format.SOCIAL.value
FOLDER = "/images/affiches/"

_MARGIN = 64  # px, like all that follows
_AIR = 44  # between the words and the cut
_LOW = 636  # where the cut reaches the foot of the sheet
_SIZES = (112, 98, 84, 76, 68, 60, 54, 48, 42, 36)
_LEADING = 1.09
_LABEL, _SMALL = 32, 28
_TOP, _BOTTOM = 150, 478  # what the title may take
_NAME, _BASE = 0.58, 566  # how much of the name of the magazine is shown, and its line
_FORMAT = 4  # to be raised when the code below paints another poster of the same words


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says: `colour` names a palette, or none, and `seed` makes the drawing.

    `numero` tells whether it is that of a numéro, or of the site: in reserve, on its ink.
    """

    stem: str
    label: str
    title: str
    byline: str
    place: str
    colour: str
    seed: str
    numero: bool
    motif: Motif = field(default_factory=Motif)
    photograph: Image | None = None

    @property
    def alt(self) -> str:
        """Return the alternative text of the poster."""
        if self.photograph and not self.title:
            return self.photograph.alt
        return ". ".join(filter(None, (self.label, self.title, self.byline)))


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that social networks show of a page; sizes are in px."""

    url: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


def posters(library: Library) -> Iterator[Poster]:
    """Yield every poster that pages may show."""
    yield of_site(library.facts)
    pages = (_of_page(item) for item in library.items if item.shown)
    yield from dict.fromkeys(poster for poster in pages if poster)


def of_site(facts: Facts) -> Poster:
    """Return the poster of the magazine, for pages that have none of their own."""
    return Poster(
        "axe", facts.magazine, facts.tagline, "", facts.name, "marine", "axe", numero=True
    )


def of_item(item: Item) -> Poster:
    """Return the poster of an item: its kind, its title, its authors or when it takes place."""
    byline, place = "", item.when_words
    match item:
        case Numero():
            byline, place = item.when_words, ""
        case Article():
            byline, place = _names(item), item.numero.label
        case Event():
            byline, place = item.when_words, item.place.plain if item.place else ""
    stem = item.url.strip("/").replace("/", "-")
    return Poster(
        stem, item.label, item.title.plain, byline, place, item.palette, item.url,
        numero=isinstance(item, Numero), motif=item.motif, photograph=item.image,
    )  # fmt: skip


def of_photograph(image: Image) -> Poster:
    """Return the poster that is nothing but a photograph."""
    stem = image_files.plain(PurePosixPath(image.path).stem)
    return Poster(stem, "", "", "", "", "", "", numero=False, photograph=image)


def _of_page(item: Item) -> Poster | None:
    """Return what is shown of an item: its own poster, its photograph, or nothing of its own."""
    photograph = item.image if item.image and not item.image.drawn else None
    match item.kind.poster:
        case PosterUse.ALWAYS:
            return of_item(item)
        case PosterUse.WITHOUT_PHOTOGRAPH:
            return of_photograph(photograph) if photograph else of_item(item)
        case PosterUse.NEVER:
            return of_photograph(photograph) if photograph else None
        case other:
            assert_never(other)


def _names(article: Article) -> str:
    """Return the names of the authors; more than two would be illegible on a small screen."""
    names = [author.title.plain for author in article.authors]
    if len(names) > 2:  # noqa: PLR2004
        return f"{names[0]} et {len(names) - 1} autres"
    return " et ".join(names)


@dataclass(frozen=True)
class PosterMaker:
    """Paints posters and keeps them; `content` is the content folder."""

    tokens: Tokens
    content: Path
    store: Store
    sign: str = illustration.HOUSE  # the name that is drawn

    @cached_property
    def _theme_values(self) -> str:
        return repr((_FORMAT, self.tokens.colours["clair"], self.tokens.palettes, self.sign))

    def shown(self, item: Item | None, facts: Facts) -> Shown:
        """Return what to show of a page: its own poster, its photograph, or the site's poster.

        Social networks read neither SVG nor AVIF, and cut a photograph to this shape.
        """
        poster = (_of_page(item) if item else None) or of_site(facts)
        return Shown(self.address(poster), poster.alt)

    def address(self, poster: Poster) -> str:
        """Return the address of a poster."""
        image = _bitmap(poster)
        treated = f"{image.focus or ''}{image.duotone}" if image else ""
        said = f"{self._theme_values} {poster}{treated}"
        digest = hashlib.sha256(said.encode()).hexdigest()[:10]
        return f"{FOLDER}{poster.stem}.{digest}.{'jpg' if image else 'png'}"

    def paint(self, poster: Poster) -> bytes:
        """Return the file of a poster: a PNG, or a JPEG for a photograph.

        Raises:
            ImageError: the photograph cannot be read whole.
        """
        key = self.address(poster).rpartition("/")[2]
        data = self.store.get(key)
        if data is None:
            data = self._painted(poster)
            self.store.put(key, data)
        return data

    def _painted(self, poster: Poster) -> bytes:
        image = _bitmap(poster)
        if image and not poster.title:
            return _jpeg(self._fitted(image, (WIDTH, HEIGHT)))
        png = resvg_py.svg_to_bytes(
            svg_string=self.svg(poster),
            skip_system_fonts=True,
            font_files=[str(file) for file in fonts.files_for_pictures()],
        )
        if not image:
            return bytes(png)  # fewer colours would weigh half as much, and cost half as much again
        with Bitmap.open(BytesIO(png)) as picture:
            return _jpeg(picture.convert("RGB"))

    def _fitted(self, image: Image, size: tuple[int, int]) -> Bitmap.Image:
        """Return a photograph that fills a size, around the point to keep."""
        focus = image.focus or Focus(50, 50)
        centring = (focus.x / 100, focus.y / 100)
        return ImageOps.fit(self._photograph(image), size, centering=centring)

    def _photograph(self, image: Image) -> Bitmap.Image:
        """Return a photograph at the width of a poster, opaque."""
        with image_files.opened(self.content / image.path, self.content) as whole:
            small = image_files.shrink(whole, WIDTH)
            flat = image_files.flatten(small, self.tokens.colours["clair"]["papier"])
            inks = self.tokens.palettes[image.duotone].inks if image.duotone else None
            return image_files.duotone(flat, inks)

    def svg(self, poster: Poster) -> str:
        """Return a poster as SVG."""
        poster = _legible(poster)
        colours = self.tokens.colours["clair"]
        palette = drawings.colours(poster.colour, poster.seed, poster.motif, self.tokens)
        if poster.numero:
            ink, soft, label = (
                colours[name] for name in ("sur-marine", "sur-marine-doux", "x-marine")
            )
            ground = palette.ink
        else:
            ground, ink, soft = (colours[name] for name in ("papier", "texte", "texte-doux"))
            label = colours.get(poster.colour, colours["accent"])
        accent = colours["x-marine"] if poster.numero else colours["accent"]
        size, lines = _set(poster.title)
        head = _SMALL * 2.2 if poster.byline else 0
        room = _BOTTOM - head - _TOP
        y = _TOP + max(0.0, (room - size * _LEADING * len(lines)) / 2) * 0.3 + size * 0.86
        words = [
            _text(
                line, _MARGIN - size * 0.03, y + at * size * _LEADING, size, ink, fonts.SERIF, 600
            )
            for at, line in enumerate(lines)
        ]
        last = y + (len(lines) - 1) * size * _LEADING
        words.append(
            _text(
                poster.byline, _MARGIN, last + size * 0.3 + _SMALL * 1.5, _SMALL, soft, fonts.SANS
            )
        )
        logo = illustration.wordmark(letters=ink, axis=accent, name=self.sign)
        wide = _NAME * logo.width
        cut = f"M0 0H{_edge(0):.0f}L{_LOW} {HEIGHT}H0z"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
            f'{self._picture(poster, palette)}<path fill="{ground}" d="{cut}"/>'
            f"{_axis(_LOW, HEIGHT, HEIGHT, accent)}{_axis(_MARGIN, 106, 32, label)}"
            f"{_text(poster.label, _MARGIN + 34, 105, _LABEL, label, fonts.SANS, 600)}"
            f"{''.join(words)}"
            f'<g transform="translate({_MARGIN} {_BASE - 132 * _NAME:.1f}) scale({_NAME})">'
            f"{_inner(logo)}</g>"
            f"{_text(poster.place, _MARGIN + wide + 22, _BASE, 24, soft, fonts.SANS)}</svg>"
        )

    def _picture(self, poster: Poster, palette: Palette) -> str:
        """Return the photograph, or the drawing with its crossing centred in the visible part."""
        image = _bitmap(poster)
        if image is None:
            drawing = _drawing(poster, palette)
            point = drawing.shapes[-1]
            x = point.centre[0] if isinstance(point, Disc) else WIDTH / 2
            y = point.centre[1] if isinstance(point, Disc) else HEIGHT / 2
            seen = (_edge(y) + WIDTH) / 2
            return f'<g transform="translate({min(seen - x, _LOW):.0f})">{_inner(drawing)}</g>'
        size = (WIDTH - _LOW, HEIGHT)
        data = base64.b64encode(_jpeg(self._fitted(image, size), quality=90)).decode()
        return (
            f'<image x="{_LOW}" y="0" width="{size[0]}" height="{size[1]}"'
            f' href="data:image/jpeg;base64,{data}"/>'
        )


def _drawing(poster: Poster, palette: Palette) -> Drawing:
    """Draw what the page of the poster shows; a numeral or a quotation is too wide for the cut."""
    motif = poster.motif
    return illustration.draw(
        poster.seed,
        palette,
        Format.SOCIAL,
        family="" if poster.numero else palette.motif,
        rank=motif.rank,
        count=motif.count,
    )


def _jpeg(image: Bitmap.Image, quality: int = 82) -> bytes:
    out = BytesIO()
    bare = Bitmap.new("RGB", image.size)  # without the metadata of the source
    bare.paste(image)
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _inner(drawing: Drawing) -> str:
    """Return what is inside the root of a drawing, to place it in another."""
    svg = drawing.svg()
    return svg[svg.index(">") + 1 : svg.rindex("<")]


def _legible(poster: Poster) -> Poster:
    """Leave out what no font can draw; a poster without title says in large what it is of."""
    byline, place = (text if fonts.drawn(text) else "" for text in (poster.byline, poster.place))
    if fonts.drawn(poster.title):
        return replace(poster, byline=byline, place=place)
    return replace(poster, title=poster.label, label="", byline=byline, place=place)


def _bitmap(poster: Poster) -> Image | None:
    """Return the photograph of a poster, unless it is an SVG."""
    return poster.photograph if poster.photograph and not poster.photograph.drawn else None


def _edge(y: float) -> float:
    """Return where the cut is, at a height."""
    return _LOW + (HEIGHT - y) / tan(radians(62))


def _axis(x: float, foot: float, height: float, colour: str) -> str:
    lean, width = height / tan(radians(62)), 5
    return f'<path fill="{colour}" d="M{x} {foot}h{width}l{lean:.1f}-{height}h-{width}z"/>'


def _text(
    words: str, x: float, y: float, size: float, colour: str, family: str, weight: int = 400
) -> str:
    spaced = ' letter-spacing="-.012em"' if family == fonts.SERIF else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{family}" font-weight="{weight}"'
        f' font-size="{size}" fill="{colour}"{spaced}>{escape(words)}</text>'
    )


def _set(title: str) -> tuple[int, list[str]]:
    """Return the largest size at which a title keeps clear of the cut, and its lines."""
    for size in _SIZES:
        lines = list(_lines(title, size))
        if len(lines) <= _most(size) and not _spills(lines, size):
            return size, lines
    kept = lines[: _most(size)]
    return size, kept if kept == lines else [*kept[:-1], f"{kept[-1].rstrip(' .,;:')}…"]


def _most(size: int) -> int:
    """Return how many lines of a size the title may have."""
    return int((_BOTTOM - _TOP - 2.2 * _SMALL) // (size * _LEADING))


def _lines(title: str, size: int) -> Iterator[str]:
    line, rank = "", 0
    for word in title.split(" "):
        longer = f"{line} {word}".strip()
        if line and _width(longer, size) > _room(rank, size):
            yield line
            line, rank = word, rank + 1
        else:
            line = longer
    yield line


def _spills(lines: list[str], size: int) -> bool:
    return any(_width(line, size) > _room(rank, size) for rank, line in enumerate(lines))


def _room(rank: int, size: int) -> float:
    """Return the room of a line: from the margin to the cut, which is nearest at its foot."""
    return _edge(_TOP + (rank + 1.25) * size * _LEADING) - _AIR - _MARGIN


def _width(words: str, size: int) -> float:
    runs = groupby(words, key=lambda sign: "\u1400" <= sign <= "\u18ff")
    return 0.99 * sum(_face(size, syllabics=other).getlength("".join(run)) for other, run in runs)


@cache
def _face(size: int, *, syllabics: bool) -> ImageFont.FreeTypeFont:
    cut = next(at for at, cut in enumerate(fonts.CUTS) if cut.full_name == "AXE Serif Semibold")
    other = fonts.syllabics() if syllabics else None
    file = other or fonts.files()[cut]
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
