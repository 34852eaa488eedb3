"""Images: what pictures there are, what they weigh, and how each text uses them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from PIL import Image, UnidentifiedImageError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.renaming import PictureRenaming
from axtra.atelier.roles import Act
from axtra.atelier.scheduled import Schedule
from axtra.atelier.screens.text import MEND
from axtra.atelier.screens.texts import address
from axtra.atelier.set_aside import fingerprint, personal_shelves, project_folder
from axtra.content import picture_words, repairing
from axtra.content.editing import EditableText
from axtra.content.picture_words import PictureUse
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal

HERE = "Images"
_HEAVY = 8_000_000  # bytes
# The fields of a picture, each with what explains it.
_LABELS = {
    "alt": ("Texte de remplacement", 'ce que montre l’image; "" si elle ne fait que décorer'),
    "credit": ("Crédit", ""),
    "cadrage": ("Cadrage", "haut, bas, gauche, droite, ou 50 % 30 %"),
}
_RULES = frozenset({"alt-manquant", "image-absente", "image-externe"})
_KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg"})


@dataclass(frozen=True, slots=True)
class Use:
    """A text that shows a picture.

    Attributes:
        text: the text.
        place: its screen.
        base: the fingerprint of what it says now.
        shown: each place where it does, with what is wrong there.
    """

    text: TextEntry
    place: str
    base: str
    shown: tuple[tuple[PictureUse, tuple[Wrong, ...]], ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A finding, and the act that repairs it in its text; empty when a person must."""

    problem: Diagnostic
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the content: its size in pixels when it is known, its weight in bytes."""

    name: str
    place: str
    size: tuple[int, int] | None
    weight: int
    used: tuple[Use, ...]
    wrong: tuple[Diagnostic, ...]

    @property
    def stem(self) -> str:
        """Return its name, without its folder and its suffix."""
        return PurePosixPath(self.name).stem

    @property
    def heavy(self) -> bool:
        """Return whether it is too heavy for what it shows."""
        return self.weight > _HEAVY


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the list and of each picture."""

    async def listing(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_describe, atelier, request, fields)
        return await run_in_threadpool(_listing, atelier, request)

    async def picture(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _names(atelier):
            raise HTTPException(404)
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        }
        return FileResponse(atelier.root / "content" / name, headers=headers)

    async def rename(request: Request) -> Response:
        fields = await form_of(request)
        return await run_in_threadpool(_rename, atelier, request, fields)

    return [
        Route("/images", listing, methods=["GET", "POST"]),
        # The texts of everybody may name it.
        Route("/images/renommer", for_role(Act.READ_OTHERS, rename), methods=["POST"]),
        Route("/images/fichier/{name:path}", picture, methods=["GET"]),
    ]


def _names(atelier: Atelier) -> list[str]:
    names = (name for name in atelier.newsroom.library.assets)
    return sorted(name for name in names if re.search(r"\.\w+$", name) and _suffix(name) in _KINDS)


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


def _describe(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    """Say other words of a picture where a text shows it."""
    atelier.newsroom.catch_up()
    entry = atelier.newsroom.text(fields.get("texte", ""))
    if entry is None:
        raise HTTPException(404)
    words = {name: value for name, value in fields.items() if name in _LABELS}
    try:
        saved = atelier.desk.describe(entry, fields.get("base", ""), fields.get("lieu", ""), words)
    except Refusal as refusal:
        return _listing(atelier, request, refusal)
    return see(f"/images?garde={saved.name.lower()}#{quote(fields.get('ancre', ''))}")


def _rename(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    """Rename a picture, wherever it is named."""
    atelier.newsroom.catch_up()
    name = fields.get("image", "")
    if name not in _names(atelier):
        raise HTTPException(404)
    folder = project_folder(atelier.data, atelier.root)
    renaming = PictureRenaming(
        atelier.newsroom,
        atelier.history,
        atelier.proposals,
        Schedule(folder),
        personal_shelves(folder),
        atelier.person,
        atelier.desk.lock,
    )
    try:
        new = renaming.rename(name, fields.get("nom", ""))
    except Refusal as refusal:
        return _listing(atelier, request, refusal)
    atelier.own.move(f"content/{name}", f"content/{new}")
    return see(f"/images?renommee={quote(new)}")


def _listing(atelier: Atelier, request: Request, refusal: Refusal | None = None) -> Response:
    token = request.query_params.get("recues", "")
    received = atelier.shelf.find(request.state.session.cookie, token)
    atelier.newsroom.catch_up()
    used: dict[str, list[Use]] = defaultdict(list)
    for text in atelier.newsroom.texts():
        for name, use in _uses(atelier, text):
            used[name].append(use)
    return atelier.screen(
        request,
        "images",
        HERE,
        422 if refusal else 200,
        images=[_picture(atelier, name, used.pop(name, [])) for name in _names(atelier)],
        absentes=sorted(used.items()),
        libelles=_LABELS,
        refus=refusal,
        garde=request.query_params.get("garde", ""),
        recues=received if isinstance(received, list) else (),
        renommee=request.query_params.get("renommee", ""),
    )


def _uses(atelier: Atelier, text: TextEntry) -> Iterator[tuple[str, Use]]:
    """Yield each picture that a text shows, once, with where it does."""
    data = atelier.newsroom.data(text.name)
    try:
        editable = EditableText.of(data)
    except UnicodeDecodeError:
        return
    shown: dict[str, list[PictureUse]] = defaultdict(list)
    for use in picture_words.uses(editable, text.kind):
        shown[use.name].append(use)
    if not shown:
        return
    said = [
        (problem, f"{MEND}{mark}" if problem.repair and problem.repair.edits else "")
        for mark, problem in repairing.marked(text.problems).items()
        if problem.rule in _RULES
    ]
    for name, places in shown.items():
        found = tuple(
            (use, tuple(Wrong(*about) for about in said if _is_of(use, about[0], editable)))
            for use in places
        )
        yield name, Use(text, address(text.name), fingerprint(data), found)


def _is_of(use: PictureUse, problem: Diagnostic, text: EditableText) -> bool:
    """Tell whether a finding is about the picture of a place."""
    line = problem.line or 0
    if not use.line:
        return line < text.body_line
    return use.line <= line <= use.line + len(use.shown)


def _picture(atelier: Atelier, name: str, used: list[Use]) -> Picture:
    path = atelier.root / "content" / name
    try:
        with Image.open(path) as opened:
            size: tuple[int, int] | None = opened.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        size = None
    file = f"content/{name}"
    wrong = tuple(problem for problem in atelier.newsroom.problems if problem.file == file)
    place = f"/images/fichier/{quote(name)}"
    return Picture(name, place, size, path.stat().st_size, tuple(used), wrong)
