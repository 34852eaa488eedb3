"""The photographs of a page, each in the sizes and formats that browsers choose from.

An address holds the hash of the source and of the recipe, so it is known before any file is made,
and a browser may keep the file for ever.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import PIL
from PIL import Image as Bitmap
from PIL import ImageSequence

from axtra.content.model import Image
from axtra.design import image_files
from axtra.design.image_files import ImageError
from infolettre.core import regular_files
from infolettre.core.cache import Store
from infolettre.design.tokens import Palette

FOLDER = "/images/photo/"
WIDTHS = (320, 640, 960, 1280, 1920)  # px; none is wider than its source
FALLBACK = 1280  # px, for a browser that knows neither AVIF nor WebP
# The file itself is published too, at its own address: smaller when it is beyond one of these.
WIDEST, HEAVIEST = 6000, image_files.HEAVIEST  # px, bytes
_REDUCED = 3000  # px

# What each format is asked for. One thread a file: libavif's result then never depends on the
# machine, and the machine's cores each have a photograph of their own.
_RECIPES: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "avif": {"format": "AVIF", "quality": 58, "speed": 7, "max_threads": 1},
        "webp": {"format": "WEBP", "quality": 80, "method": 4},
        "jpg": {"format": "JPEG", "quality": 82, "progressive": True, "optimize": True},
        "png": {"format": "PNG", "optimize": True},
    }
)
_MODERN = ("avif", "webp")
_RECIPE = repr((sorted(_RECIPES.items()), WIDTHS, FALLBACK))
_PRIVATE = frozenset({"exif", "xmp", "comment", "photoshop"})


@dataclass(frozen=True, slots=True)
class Copy:
    """A file made from a photograph; `width` is in px, `extension` has no dot."""

    url: str
    source: str  # relative to content/
    width: int
    extension: str
    duotone: str = ""  # the palette in whose inks it is printed


@dataclass(frozen=True, slots=True)
class PictureSource:
    """A `<source>` of a `<picture>`; `media` may be empty."""

    type: str
    srcset: str
    media: str = ""


def sources(image: Image) -> tuple[PictureSource, ...]:
    """List what a browser chooses from, the lightest format first; nothing for an SVG.

    A picture that moves goes only to those who have not asked for less motion: the others get its
    first frame (WCAG 2.2, 2.2.2).
    """
    if image.drawn:
        return ()
    if image.moving:
        extension = PurePosixPath(image.path).suffix.lower().lstrip(".")
        motion = "(prefers-reduced-motion: no-preference)"
        return (PictureSource(f"image/{extension}", image.url, motion),)
    return tuple(
        PictureSource(
            f"image/{extension}",
            ", ".join(f"{copy.url} {copy.width}w" for copy in _in_format(image, extension)),
        )
        for extension in _MODERN
    )


def fallback(image: Image) -> str:
    """Return the address of the JPEG or PNG that every browser reads; an SVG needs no other."""
    if image.drawn:
        return image.url
    return _copy(image, min(image.width, FALLBACK), _still_format(image)).url


def copies(image: Image) -> Iterator[Copy]:
    """Yield every file that `sources` and `fallback` name, except the source itself."""
    if not image.moving:
        for extension in _MODERN:
            yield from _in_format(image, extension)
    yield _copy(image, min(image.width, FALLBACK), _still_format(image))


def _in_format(image: Image, extension: str) -> Iterator[Copy]:
    """Yield the copies of a format, up to the width of the source or the greatest of `WIDTHS`."""
    smaller = [width for width in WIDTHS if width < image.width]
    widest = [] if len(smaller) == len(WIDTHS) else [image.width]
    for width in (*smaller, *widest):
        yield _copy(image, width, extension)


def _copy(image: Image, width: int, extension: str) -> Copy:
    made = f"{image.digest} {_RECIPE} {image.duotone}".rstrip()
    digest = hashlib.sha256(made.encode()).hexdigest()[:10]
    stem = image_files.plain(PurePosixPath(image.path).stem)
    url = f"{FOLDER}{stem}.{digest}-{width}.{extension}"
    return Copy(url, image.path, width, extension, image.duotone)


def _still_format(image: Image) -> str:
    """Return PNG for a picture that was drawn or has transparency, JPEG for others."""
    if image.duotone:
        return "jpg"
    drawn = PurePosixPath(image.path).suffix.lower() in {".png", ".gif"}
    return "png" if drawn or not image.opaque else "jpg"


class PhotographMaker:
    """Makes the files, and keeps them between builds.

    When a file is missing, all the missing files are made, a source at a time on each core.

    Args:
        content: the content folder.
        cache: a folder to keep files in; damaged files are made again.
        paper: the background of a transparent picture that becomes a JPEG, as #RRGGBB.
        copies: every file that may be asked for.
        palettes: the inks of photographs in two tones, by name.
    """

    def __init__(
        self,
        content: Path,
        cache: Path,
        paper: str,
        copies: Iterable[Copy],
        palettes: Mapping[str, Palette] = MappingProxyType({}),
    ) -> None:
        self._content = content
        self._store = Store(cache)
        self._paper = paper
        self._to_make = tuple(copies)
        self._palettes = palettes

    def make(self, copy: Copy) -> bytes:
        """Return the bytes of a copy: upright, in sRGB, without the metadata of its source.

        Raises:
            ImageError: the source cannot be read whole.
        """
        kept = self._kept(copy)
        if kept is None and self._to_make:
            missing: dict[str, list[Copy]] = {}
            for other in self._to_make:
                if self._kept(other) is None:
                    missing.setdefault(other.source, []).append(other)
            self._to_make = ()
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(self._try, missing.values()))
            kept = self._kept(copy)
        if kept is None:
            self._make([copy])
            kept = self._kept(copy)
        return kept or b""

    def original(self, path: str) -> bytes:
        """Return a file of the content: a photograph without private metadata, nor beyond measure.

        Raises:
            ImageError: the source cannot be read whole.
        """
        file = self._content / path
        extension = file.suffix.lower().lstrip(".").replace("jpeg", "jpg")
        data = regular_files.read(file, self._content)
        if extension not in {*_RECIPES, "gif"}:
            return data
        with image_files.opened(file, self._content) as image:
            private = _is_private(image)
            if image_files.is_moving(image) or extension == "gif":
                return _without_metadata(image) if private else data
            large = max(image.size) > WIDEST or len(data) > HEAVIEST
            return self._reduced(image, extension, large=large) if private or large else data

    def _reduced(self, image: Bitmap.Image, extension: str, *, large: bool) -> bytes:
        wide, high = image_files.upright(image)
        size = _REDUCED if large else max(wide, high)
        data = self._encode(image, wide * min(size, max(wide, high)) // max(wide, high), extension)
        while large and len(data) > HEAVIEST:
            size = size * 2 // 3
            data = self._encode(image, wide * size // max(wide, high), extension)
        return data

    def _try(self, wanted: list[Copy]) -> None:
        with suppress(ImageError):  # asking for the copy raises it again
            self._make(wanted)

    def _make(self, wanted: list[Copy]) -> None:
        with image_files.opened(self._content / wanted[0].source, self._content) as image:
            image.load()  # whole, once for all its copies
            for copy in wanted:
                self._keep(copy, self._encode(image, copy.width, copy.extension, self._inks(copy)))

    def _inks(self, copy: Copy) -> image_files.Inks | None:
        return self._palettes[copy.duotone].inks if copy.duotone else None

    def _encode(
        self,
        image: Bitmap.Image,
        width: int,
        extension: str,
        inks: image_files.Inks | None = None,
    ) -> bytes:
        small = image_files.shrink(image, width)
        if inks or extension == "jpg" or not image.has_transparency_data:
            small = image_files.duotone(image_files.flatten(small, self._paper), inks)
        bare = Bitmap.new(small.mode, small.size)  # without the metadata of the source
        bare.paste(small)
        file = BytesIO()
        bare.save(file, **_RECIPES[extension])
        return file.getvalue()

    def _kept(self, copy: Copy) -> bytes | None:
        return self._store.get(self._key(copy))

    def _keep(self, copy: Copy, data: bytes) -> None:
        self._store.put(self._key(copy), data)

    def _key(self, copy: Copy) -> str:
        inks = "".join(self._inks(copy) or ()).replace("#", "-")
        return f"{PurePosixPath(copy.url).name}-{PIL.__version__}{inks}"


def _is_private(image: Bitmap.Image) -> bool:
    """Tell whether a picture says more than it shows; a PNG may say it after its pixels."""
    image.load()
    said = image.getexif() or not image.info.keys().isdisjoint(_PRIVATE)
    return bool(said or getattr(image, "text", None))


def _without_metadata(image: Bitmap.Image) -> bytes:
    """Encode an animation again, frame by frame, at its pace."""
    loop, pace = image.info.get("loop"), list[int]()
    for frame in ImageSequence.Iterator(image):
        frame.load()
        pace.append(round(frame.info.get("duration", 0)))
    image.seek(0)
    image.info = {name: kept for name, kept in image.info.items() if name not in _PRIVATE}
    file = BytesIO()
    again = {} if loop is None else {"loop": loop}
    bare = {"exif": b"", "xmp": b"", "comment": b""}
    image.save(file, image.format, save_all=True, duration=pace, **bare, **again)
    return file.getvalue()
