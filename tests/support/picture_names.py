"""A site whose pictures have the names that cameras, telephones and people give."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from support.small_sites import FULL, Project, article, letter, make_project, news

NAMES = (
    "Photo été 2026.jpg", "a, b.jpg", "100 % vrai.png", "no#3.webp", "quoi?.jpg", "(un) deux.png",
    "l'été.jpg", "l’hiver.jpg", "a+b.jpg", "R&D.jpg", '"cité".png', "a;b.jpg", "a=b@c.jpg",
    "[x].jpg", "a%20b.jpg", "PHOTO.JPG", "Deux.JPEG", "œuvre.PNG", "日本.jpg", "😀.webp",
    "a~b!.jpg", "$x^y.jpg", "{x}.jpg", "a:b.jpg", "a*b.jpg", "a|b.jpg", "-x.jpg", "x..jpg",
    "é.avif", "sous dossier/é à.jpg", "anime été.gif",
)  # fmt: skip
WORDS = "Un texte assez long pour être lu."
FORMATS = {"JPG": "JPEG"}


def make(folder: Path) -> Project:
    """Write, for each name, a picture and the texts that show it.

    By turns the disk and the text spell accents as one letter (NFC) or as two (NFD), and the text
    has the name itself or the end of an address.
    """
    project = make_project(folder, FULL)
    shown = []
    for rank, name in enumerate(NAMES):
        path = project.root / "content/images" / _spelled(name, rank % 2)
        path.parent.mkdir(parents=True, exist_ok=True)
        frames = [Image.new("RGB", (40 + rank, 30), colour) for colour in ("red", "blue")]
        more = {"save_all": True, "append_images": frames[1:]} if name.startswith("anime") else {}
        extension = path.suffix[1:].upper()
        frames[0].save(path, FORMATS.get(extension, extension), **more)
        typed = f"images/{_spelled(name, rank % 3)}"
        body = (
            f"![Un aplat](<{typed}>)\n\nUn mot ![Un autre](<{quote(typed)}>) dedans.\n\n"
            f"/// figure | {typed}\n    alt: Un aplat\n///\n"
        )
        quoted = "'" + typed.replace("'", "''") + "'"
        text = news(image=quoted, alt="Un aplat").replace(WORDS, body)
        project.write({f"content/nouvelles/2020/cas-{rank}.md": text})
        shown.append(f"![Un aplat](<{typed}>)")
    every = "\n\n".join(shown)
    project.write(
        {
            "content/magazine/2020-05/premier.md": article("Un article").replace(WORDS, every),
            "newsletters/2020/2020-05-06.md": letter(f"Bonjour,\n\n{every}"),
        }
    )
    return project


def _spelled(name: str, turn: int) -> str:
    return unicodedata.normalize("NFD" if turn else "NFC", name)
