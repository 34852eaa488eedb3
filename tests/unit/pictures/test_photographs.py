"""The photographs of a page: sizes, formats, and what is kept or removed from the source."""

from __future__ import annotations

import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Bitmap
from PIL import ImageDraw

from axtra.content import active_files
from axtra.content.model import Image
from axtra.design import image_files
from axtra.design.image_files import ImageError
from axtra.pictures import photographs
from axtra.pictures.photographs import Copy, PhotographMaker

GPS = 0x8825


class Roll:
    """A content folder with photographs."""

    def __init__(self, root: Path) -> None:
        self.content, self.cache = root / "content", root / "cache"
        (self.content / "images").mkdir(parents=True)

    def image(self, name: str) -> Image:
        """Return a file as the library describes it."""
        path = f"images/{name}"
        nature = image_files.examine(self.content / path)
        return Image(
            path=path,
            url=f"/{path}",
            alt="",
            width=nature.width,
            height=nature.height,
            digest=nature.digest,
            moving=nature.moving,
            opaque=nature.opaque,
        )

    def maker(self, *shown: Image) -> PhotographMaker:
        """Return a maker of the copies of some images."""
        copies = [copy for image in shown for copy in photographs.copies(image)]
        return PhotographMaker(self.content, self.cache, "#FBF8F2", copies)

    def developed(self, image: Image) -> dict[Copy, Bitmap.Image]:
        """Make every copy of an image and open it."""
        maker = self.maker(image)
        return {copy: opened(maker.make(copy)) for copy in photographs.copies(image)}


def opened(data: bytes) -> Bitmap.Image:
    image = Bitmap.open(BytesIO(data))
    image.load()
    return image


def scene(width: int, height: int, mode: str = "RGB") -> Bitmap.Image:
    """Make a picture with a red upper left corner, always the same."""
    image = Bitmap.linear_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, width // 3, height // 3), "#C2371F")
    return image.convert(mode)


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    return Roll(tmp_path)


def is_red(image: Bitmap.Image, place: tuple[float, float]) -> bool:
    point = round(place[0] * image.width), round(place[1] * image.height)
    red, green, blue = image.convert("RGB").getpixel(point)  # type: ignore[misc]
    return red > 150 and green < 110 and blue < 110


def test_a_large_photograph_has_five_widths_and_three_formats(roll: Roll) -> None:
    scene(4000, 3000).save(roll.content / "images/grande.jpg", quality=95)
    image = roll.image("grande.jpg")
    developed = roll.developed(image)
    shapes = {(copy.extension, picture.size) for copy, picture in developed.items()}
    assert shapes == {
        *(
            (form, (width, width * 3 // 4))
            for form in ("avif", "webp")
            for width in photographs.WIDTHS
        ),
        ("jpg", (1280, 960)),
    }
    assert {picture.format for picture in developed.values()} == {"AVIF", "WEBP", "JPEG"}
    assert all(
        is_red(picture, (0.1, 0.1)) and not is_red(picture, (0.9, 0.9))
        for picture in developed.values()
    )


def test_a_page_names_exactly_the_copies_that_are_made(roll: Roll) -> None:
    scene(1000, 500).save(roll.content / "images/moyenne.png")
    image = roll.image("moyenne.png")
    named = {photographs.fallback(image)} | {
        entry.split()[0]
        for source in photographs.sources(image)
        for entry in source.srcset.split(", ")
    }
    assert named == {copy.url for copy in photographs.copies(image)}
    widths = [entry.split()[1] for entry in photographs.sources(image)[0].srcset.split(", ")]
    assert widths == ["320w", "640w", "960w", "1000w"]


def test_a_small_photograph_is_not_enlarged(roll: Roll) -> None:
    scene(300, 200).save(roll.content / "images/petite.jpg")
    assert {picture.size for picture in roll.developed(roll.image("petite.jpg")).values()} == {
        (300, 200)
    }


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_a_photograph_is_turned_upright_and_loses_its_location(roll: Roll, extension: str) -> None:
    exif = Bitmap.Exif()
    exif[0x0112] = 6
    exif[GPS] = {1: "N", 2: (45.0, 30.0, 0.0)}
    name = f"penchee.{extension}"
    scene(800, 600).save(roll.content / "images" / name, exif=exif)
    image = roll.image(name)
    assert (image.width, image.height) == (600, 800)
    original = opened(roll.maker(image).original(image.path))
    for picture in (*roll.developed(image).values(), original):
        assert picture.height > picture.width
        assert is_red(picture, (0.9, 0.1))
        assert not picture.getexif()
        assert "exif" not in picture.info


def test_a_file_without_metadata_is_published_unchanged(roll: Roll) -> None:
    path = roll.content / "images/nette.jpg"
    scene(300, 200).save(path)
    image = roll.image("nette.jpg")
    assert roll.maker(image).original(image.path) == path.read_bytes()


def test_transparency_is_preserved(roll: Roll) -> None:
    layer = Bitmap.new("RGBA", (600, 400))
    ImageDraw.Draw(layer).rectangle((0, 0, 300, 400), "#0F3D5CFF")
    layer.save(roll.content / "images/voile.png")
    developed = roll.developed(roll.image("voile.png"))
    assert {copy.extension for copy in developed} == {"avif", "webp", "png"}
    for picture in developed.values():
        alpha = picture.convert("RGBA").getchannel("A")
        assert alpha.getpixel((5, 5)) == 255
        assert alpha.getpixel((picture.width - 5, 5)) == 0


def test_cmyk_colours_become_rgb(roll: Roll) -> None:
    scene(400, 300, "CMYK").save(roll.content / "images/imprimeur.jpg")
    pictures = roll.developed(roll.image("imprimeur.jpg")).values()
    assert {picture.mode for picture in pictures} == {"RGB"}
    assert all(is_red(picture, (0.1, 0.1)) for picture in pictures)


@pytest.mark.parametrize(("extension", "form"), [("gif", "image/gif"), ("webp", "image/webp")])
def test_an_animation_is_still_for_readers_who_prefer_reduced_motion(
    roll: Roll, extension: str, form: str
) -> None:
    frames = [Bitmap.new("RGB", (200, 100), colour) for colour in ("#C2371F", "#0F3D5C")]
    path = roll.content / f"images/anime.{extension}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200)
    image = roll.image(path.name)
    [source] = photographs.sources(image)
    assert (source.type, source.srcset) == (form, image.url)
    assert "no-preference" in source.media
    [(_, still)] = roll.developed(image).items()
    assert not getattr(still, "is_animated", False)
    assert is_red(still, (0.5, 0.5))
    assert roll.maker(image).original(image.path) == path.read_bytes()


def test_an_svg_needs_no_other_file(roll: Roll) -> None:
    (roll.content / "images/trait.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "utf-8"
    )
    image = roll.image("trait.svg")
    assert photographs.sources(image) == ()
    assert photographs.fallback(image) == image.url


def test_truncated_pixels_behind_a_valid_header_are_an_error(roll: Roll) -> None:
    path = roll.content / "images/coupee.gif"
    scene(400, 300).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\0;")  # with its end marker
    image = roll.image("coupee.gif")
    with pytest.raises(ImageError, match=r"coupee\.gif"):
        roll.developed(image)


@pytest.mark.parametrize("extension", ["webp", "gif", "png", "avif"])
def test_an_animation_is_published_without_its_location(roll: Roll, extension: str) -> None:
    exif = Bitmap.Exif()
    exif[GPS] = {1: "N", 2: (45.0, 30.0, 0.0)}
    frames = [Bitmap.new("RGB", (200, 100), colour) for colour in ("#C2371F", "#0F3D5C")]
    path = roll.content / f"images/anime.{extension}"
    said = {"comment": b"chez moi"} if extension == "gif" else {"exif": exif}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200, loop=0, **said)
    image = roll.image(path.name)
    assert image.moving
    published = opened(roll.maker(image).original(image.path))
    assert published.n_frames == 2
    assert not published.getexif()
    assert published.info.get("comment", b"") == b""
    published.seek(1)
    published.load()
    assert published.info.get("duration") == 200
    assert published.convert("RGB").getpixel((100, 50))[2] > 60


def test_a_jpeg_that_holds_several_pictures_does_not_move_nor_say_where_it_was(roll: Roll) -> None:
    exif = Bitmap.Exif()
    exif[GPS] = {1: "N", 2: (45.0, 30.0, 0.0)}
    path = roll.content / "images/telephone.jpg"
    scene(400, 300).save(path, "MPO", save_all=True, append_images=[scene(40, 30)], exif=exif)
    assert b"MPF" in path.read_bytes()
    image = roll.image(path.name)
    assert not image.moving
    data = roll.maker(image).original(image.path)
    assert opened(data).format == "JPEG"
    assert not opened(data).getexif()
    assert b"MPF" not in data


def test_words_after_the_pixels_of_a_png_are_not_published(roll: Roll) -> None:
    path = roll.content / "images/apres.png"
    scene(40, 30).save(path)
    said = chunk(b"tEXt", b"Location\x00chez moi") + chunk(b"IEND", b"")
    path.write_bytes(path.read_bytes().removesuffix(chunk(b"IEND", b"")) + said)
    image = roll.image(path.name)
    assert b"chez moi" not in roll.maker(image).original(image.path)


@pytest.mark.parametrize(("name", "sideways"), [("large.jpg", 1), ("large.jpg", 6), ("a.png", 1)])
def test_a_file_beyond_measure_is_published_smaller(roll: Roll, name: str, sideways: int) -> None:
    exif = Bitmap.Exif()
    exif[0x0112] = sideways
    scene(6400, 400).save(roll.content / "images" / name, exif=exif)
    image = roll.image(name)
    published = opened(roll.maker(image).original(image.path))
    assert 2900 < max(published.size) <= 3000
    assert (published.height > published.width) == (sideways == 6)


def test_a_heavy_file_is_published_lighter(roll: Roll) -> None:
    path = roll.content / "images/lourde.png"
    Bitmap.effect_noise((3200, 3000), 90).convert("RGB").save(path, compress_level=1)
    assert path.stat().st_size > photographs.HEAVIEST
    image = roll.image(path.name)
    assert len(roll.maker(image).original(image.path)) < photographs.HEAVIEST


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_decompression_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bombe.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(9)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(ImageError, match="trop de pixels"):
        image_files.examine(path)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_a_damaged_png_is_refused_when_it_is_read(tmp_path: Path, at: float) -> None:
    path = tmp_path / "abimee.png"
    scene(400, 300).save(path)
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 255
    path.write_bytes(data)
    with pytest.raises(ImageError, match="lisible"):
        image_files.examine(path)


def test_copies_are_made_once_and_a_damaged_copy_is_made_again(roll: Roll) -> None:
    scene(700, 500).save(roll.content / "images/gardee.jpg")
    image = roll.image("gardee.jpg")
    first = {copy.url: roll.maker(image).make(copy) for copy in photographs.copies(image)}
    kept = sorted(roll.cache.iterdir())
    assert len(kept) == len(first)
    for path in kept:
        os.utime(path, ns=(1, 1))
    kept[0].write_bytes(kept[0].read_bytes()[:-3])
    again = {copy.url: roll.maker(image).make(copy) for copy in photographs.copies(image)}
    assert again == first
    assert [path.stat().st_mtime_ns == 1 for path in kept] == [False, *[True] * (len(kept) - 1)]


def test_a_changed_photograph_has_a_new_address(roll: Roll) -> None:
    path = roll.content / "images/portrait.jpg"
    scene(400, 400).save(path)
    before = photographs.fallback(roll.image("portrait.jpg"))
    scene(400, 401).save(path)
    assert photographs.fallback(roll.image("portrait.jpg")) != before


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect width="1" height="1" onload="alert(1)"/>',
        '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>',
        '<a href="java&#10;script:alert(1)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<image href="https://exemple.test/pixel.png"/>',
        '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="//exemple.test/p.png"/>',
        "<foreignObject><p>x</p></foreignObject>",
        "<style>@import 'https://exemple.test/a.css'</style>",
        '<rect fill="url(https://exemple.test/a.svg#b)"/>',
    ],
)
def test_an_svg_that_could_run_or_fetch_something_is_detected(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "piege.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>', "utf-8")
    assert active_files.of(path)


def test_an_svg_that_only_draws_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "sage.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="g"/></defs>'
        '<style>rect { fill: url(#g) }</style><rect fill="url(#g)" style="opacity:.5"/>'
        '<use href="#g"/><image href="data:image/png;base64,AA=="/></svg>',
        "utf-8",
    )
    assert active_files.of(path) == ""


@pytest.mark.parametrize("name", ["page.html", "outil.js", "vieux.swf", "donnees.xml"])
def test_a_page_or_a_program_is_not_a_document(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<p>", "utf-8")
    assert active_files.of(tmp_path / name)
