"""Image files: their size as a browser sees it, and their versions for mail."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from axtra.design import image_files
from axtra.design.illustration import Format, draw, wordmark
from axtra.design.image_files import (
    ImageError,
    Raster,
    examine,
    for_mail,
    hashed_name,
    paint,
)
from infolettre.design.tokens import Tokens

PAPER = "#FBF8F2"
RGB_PAPER = (251, 248, 242)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}>{}</svg>'
MARINE = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml").palette("marine")


def measure(path: Path) -> tuple[int, int]:
    nature = examine(path)
    return nature.width, nature.height


def photograph(width: int = 160, height: int = 120, mode: str = "RGB") -> Image.Image:
    """Make a picture of many colours, always the same."""
    noise = random.Random(1967)  # noqa: S311 - a picture, not a secret
    small = Image.frombytes("RGB", (8, 6), bytes(noise.randrange(256) for _ in range(144)))
    smooth = small.resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.new("L", (width, height))
    grain.putdata([noise.randrange(24) for _ in range(width * height)])
    smooth = Image.merge("RGB", [Image.blend(band, grain, 0.2) for band in smooth.split()])
    return smooth.convert(mode)


def opened(raster: Raster) -> Image.Image:
    image = Image.open(BytesIO(raster.data))
    image.load()
    return image


@pytest.mark.parametrize("extension", [".jpg", ".png", ".gif", ".webp", ".avif"])
def test_a_bitmap_is_measured(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"image{extension}"
    photograph().save(path)
    assert measure(path) == (160, 120)


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (160, 120)), (3, (160, 120)), (6, (120, 160))]
)
def test_a_picture_taken_sideways_is_measured_upright(
    tmp_path: Path, extension: str, orientation: int, size: tuple[int, int]
) -> None:
    path = tmp_path / f"image{extension}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    photograph().save(path, exif=exif)
    assert measure(path) == size
    raster = for_mail(path, width=600, paper=PAPER)
    assert (raster.width, raster.height) == size
    assert not opened(raster).getexif()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="300" height="200"', (300, 200)),
        ('width="300px" height="200px" viewBox="0 0 3 2"', (300, 200)),
        ('viewBox="0 0 640 480"', (640, 480)),
        ('viewBox="-10,-10 640.4,479.6"', (640, 480)),
        ('width="100%" height="100%" viewBox="0 0 640 480"', (640, 480)),
        ('width="320" viewBox="0 0 640 480"', (320, 240)),
        ('height="240" viewBox="0 0 640 480"', (320, 240)),
        ('width="1in" height="72pt"', (96, 96)),
    ],
)
def test_an_svg_is_measured_as_a_browser_does(
    tmp_path: Path, attributes: str, size: tuple[int, int]
) -> None:
    path = tmp_path / "image.svg"
    path.write_text(SVG.format(attributes, ""), encoding="utf-8")
    assert measure(path) == size


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG.format("", ""), "viewBox"),
        (SVG.format('width="0" height="20"', ""), "viewBox"),
        ("<svg width='3' height='2'/>", "xmlns"),
        ("<svg", "lisible"),
        ("", "lisible"),
    ],
)
def test_an_svg_that_has_no_size_or_is_invalid_is_refused(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "image.svg"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImageError, match=words):
        measure(path)


@pytest.mark.parametrize("extension", [".jpg", ".png", ".gif", ".webp", ".avif"])
def test_a_truncated_picture_is_refused(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"image{extension}"
    photograph(640, 480).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ImageError, match=r"incomplète|lisible"):
        measure(path)
    with pytest.raises(ImageError, match=r"incomplète|lisible"):
        for_mail(path, width=300, paper=PAPER)


def test_a_truncated_jpeg_is_refused_even_if_its_thumbnail_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    photograph(640, 480).save(path)
    whole = path.read_bytes()
    thumbnail = BytesIO()
    photograph(40, 30).save(thumbnail, "JPEG")
    note = b"\xff\xe1" + (len(thumbnail.getvalue()) + 2).to_bytes(2, "big") + thumbnail.getvalue()
    path.write_bytes(whole[:2] + note + whole[2:])
    assert measure(path) == (640, 480)
    path.write_bytes(whole[:2] + note + whole[2 : len(whole) // 2])
    with pytest.raises(ImageError, match="incomplète"):
        measure(path)


@pytest.mark.parametrize(
    "name", ["image.jpg", "image.png", "image.svg", "absente.jpg", "absente.svg"]
)
def test_a_file_that_is_not_a_picture_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.startswith("image"):
        path.write_bytes(b"\x00\x01Ceci n'est pas une image.")
    with pytest.raises(ImageError, match=r"lisible|existe pas"):
        measure(path)
    with pytest.raises(ImageError, match=r"lisible|existe pas"):
        for_mail(path, width=300, paper=PAPER)


@pytest.mark.parametrize(("shown", "width"), [(100, 200), (300, 600), (400, 700), (900, 700)])
def test_a_mail_gets_twice_the_displayed_width_but_never_more_than_the_source(
    tmp_path: Path, shown: int, width: int
) -> None:
    path = tmp_path / "image.jpg"
    photograph(700, 350).save(path)
    raster = for_mail(path, width=shown, paper=PAPER)
    assert (raster.width, raster.height) == (width, width // 2)
    assert opened(raster).size == (raster.width, raster.height)


def test_a_mail_never_gets_more_than_1200_px(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    photograph(1600, 400).save(path)
    assert for_mail(path, width=900, paper=PAPER).width == 1200
    assert (
        for_mail(SVG.format('viewBox="0 0 40 10"', "").encode(), width=900, paper=PAPER).width
        == 1200
    )


def test_a_photograph_becomes_a_progressive_jpeg_without_metadata(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    exif = Image.Exif()
    exif[0x010E] = "Une description"
    photograph(400, 300).save(path, exif=exif)
    raster = for_mail(path, width=200, paper=PAPER)
    assert raster.extension == ".jpg"
    image = opened(raster)
    assert image.info.get("progressive")
    assert not {"exif", "icc_profile", "comment"} & image.info.keys()
    assert b"description" not in raster.data


def test_a_drawing_becomes_a_small_png(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    flat = Image.new("RGB", (800, 400), PAPER)
    ImageDraw.Draw(flat).polygon([(0, 400), (300, 0), (500, 0), (200, 400)], "#0F3D5C")
    flat.save(path)
    raster = for_mail(path, width=400, paper=PAPER)
    assert raster.extension == ".png"
    assert len(raster.data) < 12_000
    assert opened(raster).convert("RGB").getpixel((790, 10)) == RGB_PAPER


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_areas_show_the_paper_colour(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((40, 0, 79, 39), (0, 0, 0, 255))
    path = tmp_path / "image.png"
    clear.convert(mode).save(path)
    image = opened(for_mail(path, width=80, paper=PAPER)).convert("RGB")
    assert image.getpixel((4, 20)) == pytest.approx(RGB_PAPER, abs=2)
    assert image.getpixel((75, 20)) == pytest.approx((0, 0, 0), abs=2)


def test_a_cmyk_photograph_is_converted_to_rgb(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(path, quality=95)
    image = opened(for_mail(path, width=32, paper=PAPER)).convert("RGB")
    assert image.getpixel((10, 10)) == pytest.approx((255, 0, 0), abs=6)


def test_colours_are_converted_from_their_profile_to_srgb(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    for embedded, expected in ((profile, (200, 100, 50)), (swapped, (50, 100, 200))):
        Image.new("RGB", (8, 8), (200, 100, 50)).save(path, icc_profile=embedded)
        image = opened(for_mail(path, width=8, paper=PAPER)).convert("RGB")
        assert image.getpixel((4, 4)) == pytest.approx(expected, abs=2)


def test_a_broken_colour_profile_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.new("RGB", (8, 8), (200, 100, 50)).save(path, icc_profile=b"not a profile")
    assert opened(for_mail(path, width=8, paper=PAPER)).size == (8, 8)


def test_sixteen_bit_greys_keep_their_tones(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    grey = Image.new("I;16", (20, 20), 0x8000)
    grey.save(path)
    image = opened(for_mail(path, width=20, paper=PAPER)).convert("RGB")
    assert image.getpixel((10, 10)) == pytest.approx((128, 128, 128), abs=2)


def test_a_mail_gets_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "image.gif"
    first, second = (Image.new("RGB", (30, 20), colour) for colour in ("#C2371F", "#0F3D5C"))
    first.save(path, save_all=True, append_images=[second], duration=100)
    assert measure(path) == (30, 20)
    raster = for_mail(path, width=30, paper=PAPER)
    assert opened(raster).convert("RGB").getpixel((9, 9)) == pytest.approx((194, 55, 31), abs=2)
    assert getattr(opened(raster), "n_frames", 1) == 1


def test_an_svg_is_rendered_on_the_paper_colour_at_the_requested_width() -> None:
    svg = SVG.format('viewBox="0 0 40 20"', '<path fill="#0F3D5C" d="M20 0h20v20H20z"/>')
    raster = for_mail(svg.encode(), width=300, paper=PAPER)
    assert (raster.extension, raster.width, raster.height) == (".png", 600, 300)
    image = opened(raster).convert("RGB")
    assert image.getpixel((20, 20)) == RGB_PAPER
    assert image.getpixel((580, 20)) == (0x0F, 0x3D, 0x5C)


@pytest.mark.parametrize("family", ["", 'font-family="Arial"', 'font-family="Inconnue, serif"'])
def test_the_text_of_an_svg_is_drawn_whatever_font_it_names(family: str) -> None:
    svg = SVG.format('viewBox="0 0 90 20"', f'<text y="15" {family}>Été, œuvre</text>')
    image = opened(for_mail(svg.encode(), width=180, paper="#FFFFFF")).convert("L")
    ink = sum(image.histogram()[:128]) / (image.width * image.height)
    assert 0.02 < ink < 0.5


def test_an_svg_that_cannot_be_rendered_is_refused() -> None:
    with pytest.raises(ImageError, match="lisible"):
        for_mail(b"<svg", width=100, paper=PAPER)
    with pytest.raises(ImageError, match="lisible"):
        for_mail(b"\xff\xfe<svg/>", width=100, paper=PAPER)


def test_a_painted_drawing_is_small_and_keeps_its_ground_colour() -> None:
    drawing = draw("sur-son-x", MARINE, Format.LANDSCAPE)
    data = paint(drawing, width=1200)
    image = Image.open(BytesIO(data))
    assert image.size == (1200, 675)
    assert len(data) < 40_000
    assert f"#{bytes(image.convert('RGB').getpixel((2, 2))).hex().upper()}" == drawing.ground  # type: ignore[arg-type]


def test_a_drawing_without_a_ground_stays_transparent() -> None:
    data = paint(wordmark(letters="#17212B", axis="#C2371F"), width=336)
    image = Image.open(BytesIO(data)).convert("RGBA")
    assert image.getpixel((1, 1))[3] == 0  # type: ignore[index]
    assert image.getpixel((276, 80)) == pytest.approx((0x17, 0x21, 0x2B, 255), abs=3)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: for_mail(path, width=200, paper=PAPER).data,
        lambda _: (
            for_mail(SVG.format('viewBox="0 0 4 3"', "").encode(), width=90, paper=PAPER).data
        ),
        lambda _: paint(draw("a", MARINE, Format.SQUARE), width=300),
    ],
)
def test_the_same_picture_gives_the_same_bytes(
    tmp_path: Path, make: Callable[[Path], bytes]
) -> None:
    path = tmp_path / "image.jpg"
    photograph(500, 400).save(path)
    assert make(path) == make(path)


def test_a_hashed_name_follows_the_content() -> None:
    assert hashed_name("une", b"a", ".png") == "une.ca978112ca.png"
    assert hashed_name("une", b"b", ".png") != hashed_name("une", b"a", ".png")


def test_a_dull_photograph_in_two_inks_reaches_both_and_nothing_beyond() -> None:
    inks = ("#12324A", "#F3ECDD")
    dull = Image.linear_gradient("L").point(lambda level: 90 + level // 4).convert("RGB")
    toned = image_files.duotone(dull, inks)
    assert toned.size == dull.size
    for y, ink in ((0, (0x12, 0x32, 0x4A)), (255, (0xF3, 0xEC, 0xDD))):
        seen = toned.getpixel((128, y))
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, ink, strict=True)) <= 1, y
    reds = [toned.getpixel((128, y))[0] for y in range(256)]  # type: ignore[index]
    assert reds == sorted(reds)
    assert image_files.duotone(dull, None) is dull
