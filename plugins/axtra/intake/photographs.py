"""A photograph as it was sent, made fit to be shown: upright, lighter, silent on its place."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from axtra.core.refusals import Refusal

LARGEST = 3_000  # pixels of the longer side
_MOST = 200_000_000  # pixels
_HEAVY = 4_000_000  # bytes
_AS_THEY_ARE = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
_QUALITY = 90

pillow_heif.register_heif_opener()  # telephones write HEIC


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture to write; `mark` tells two pictures apart, `told` says what was changed."""

    data: bytes
    suffix: str
    mark: bytes
    told: tuple[str, ...]


def received_photograph(data: bytes) -> Photograph:
    """Return a picture as it can be shown.

    Raises:
        Refusal: it cannot be read.
    """
    mark = hashlib.sha256(data).digest()
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MOST:
                raise Refusal("cette image est trop grande pour être ouverte.")
            opened.load()
            return _made(opened, data, mark)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refusal("ce n’est pas une image que l’on puisse lire.") from None


def _made(opened: Image.Image, data: bytes, mark: bytes) -> Photograph:
    told = []
    kind = opened.format or ""
    turned = opened.getexif().get(0x0112, 1) != 1
    has_place = bool(opened.getexif().get_ifd(0x8825))
    animated = getattr(opened, "n_frames", 1) > 1
    large = max(opened.size) > LARGEST
    plain = opened.mode != "CMYK" and len(data) <= _HEAVY and not (large or turned or has_place)
    if kind in _AS_THEY_ARE and (animated or plain):
        return Photograph(data, _AS_THEY_ARE[kind], mark, ())
    picture = ImageOps.exif_transpose(opened)
    if turned:
        told.append("redressée")
    if has_place:
        told.append("le lieu de la prise de vue est enlevé")
    if picture.mode == "CMYK":
        picture = _from_print(picture)
        told.append("couleurs d’imprimerie ramenées à celles de l’écran")
    if large:
        before = picture.size
        picture.thumbnail((LARGEST, LARGEST))
        told.append(f"ramenée de {before[0]} × {before[1]} à {picture.width} × {picture.height}")
    if kind not in _AS_THEY_ARE:
        told.append(f"{kind} devenue JPEG ou PNG")
    target = io.BytesIO()
    clear = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if clear or kind in {"PNG", "GIF"}:
        picture.save(target, "PNG", optimize=True, **({"icc_profile": profile} if profile else {}))
        return Photograph(target.getvalue(), ".png", mark, tuple(told))
    extra = {"icc_profile": profile} if profile else {}
    picture.convert("RGB").save(target, "JPEG", quality=_QUALITY, optimize=True, **extra)
    return Photograph(target.getvalue(), ".jpg", mark, tuple(told))


def _from_print(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, screen, outputMode="RGB")
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            converted.info.pop("icc_profile", None)
            return converted
    return picture.convert("RGB")
