"""Recevoir un Word: a draft is made of what somebody sent, and what was understood is shown."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, require_token, see
from axtra.atelier.screens.texts import address
from axtra.content.schema import KINDS, RECEIVED_KINDS
from axtra.design.image_files import ImageError
from axtra.intake import html_blocks, markdown_writer, reception
from axtra.intake.keeping import Receptions
from axtra.intake.reception import Sent
from axtra.pictures.received import ReceivedPicture, prepare
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

HERE = "Textes"
_NAME = 40  # characters kept of the name of an original
_MOST_FILES, _MOST_BYTES = 40, 60_000_000  # of one sending


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the reception of files."""

    async def receive(request: Request) -> Response:
        if request.method == "POST":
            fields, sent = await _uploaded(request)
            return await run_in_threadpool(_receive, atelier, request, fields, sent)
        return await run_in_threadpool(_ask, atelier, request)

    async def pictures(request: Request) -> Response:
        fields, sent = await _uploaded(request)
        return await run_in_threadpool(_keep, atelier, request, fields.get("nom", ""), sent)

    async def paste(request: Request) -> Response:
        fields = await form_of(request)
        page = html_blocks.blocks_of(fields.get("html", ""))
        text = markdown_writer.written(page.blocks, page.notes, lambda _picture, _caption: "")
        return JSONResponse({"texte": text.strip("\n"), "laisse": page.left})

    return [
        Route("/textes/recevoir", receive, methods=["GET", "POST"]),
        Route("/images/recevoir", pictures, methods=["POST"]),
        Route("/coller", paste, methods=["POST"]),
    ]


async def _uploaded(request: Request) -> tuple[dict[str, str], list[Sent]]:
    """Return the fields of a form and its files.

    Raises:
        HTTPException: it is too heavy, or does not carry the token of its session.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _MOST_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    async with request.form(max_files=_MOST_FILES, max_fields=20) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        require_token(request, fields)
        files = [file for file in form.getlist("fichiers") if isinstance(file, UploadFile)]
        return fields, [Sent(file.filename, await file.read()) for file in files if file.filename]


def _ask(atelier: Atelier, request: Request, refusal: Refusal | None = None) -> Response:
    atelier.newsroom.catch_up()
    return atelier.screen(
        request,
        "recevoir",
        HERE,
        422 if refusal else 200,
        genres=[KINDS[name] for name in RECEIVED_KINDS],
        numeros=atelier.newsroom.library.numeros,
        numero=request.query_params.get("numero", ""),
        refus=refusal,
    )


def _receive(
    atelier: Atelier, request: Request, fields: dict[str, str], sent: list[Sent]
) -> Response:
    documents = [file for file in sent if not _is_picture(file)]
    kind = KINDS.get(fields.get("genre", ""), KINDS["article"])
    atelier.newsroom.catch_up()
    try:
        document = _only(documents)
        kept = Receptions(atelier.folder, atelier.root)
        made = reception.receive(
            document,
            [file for file in sent if _is_picture(file)],
            folders=atelier.newsroom.folders,
            library=atelier.newsroom.library,
            kind=kind,
            numero=fields.get("numero") or None,
            day=atelier.clock().date(),
            before=kept,
        )
    except Refusal as refusal:
        return _ask(atelier, request, refusal)
    kept.write(made)
    for file in made.files:
        if not made.again:
            atelier.own.note(file.name, atelier.person)
        atelier.desk.record(file.name, "Reçu")
    return atelier.screen(
        request,
        "recu",
        HERE,
        fichier=document.name,
        rapport=list(made.report.sections()),
        change=made.change if made.again else "",
        deja=made.again,
        adresse=address(made.draft),
    )


def _only(documents: list[Sent]) -> Sent:
    if len(documents) == 1:
        return documents[0]
    raise Refusal(
        "il faut un fichier Word, avec ses photos s’il y en a."
        if not documents
        else "envoyez un seul fichier Word à la fois."
    )


def _is_picture(file: Sent) -> bool:
    try:
        prepare(file.data, "x")
    except ImageError:
        return False
    return True


def _stem(name: str) -> str:
    """Return what a file is named after: no longer than what every disk takes."""
    return Path(name).stem[:_NAME] or "image"


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A photograph that was received: what it was called and weighed, and what is kept of it.

    `known` when its pixels were here already, under that name: nothing is then written.
    """

    sent: str
    weight: int
    name: str
    size: tuple[int, int]
    kept: int
    known: bool = False


def _keep(atelier: Atelier, request: Request, typed: str, sent: list[Sent]) -> Response:
    """Keep photographs that come alone, under safe names, and say what each has become."""
    if not sent:
        refusal = Refusal("aucune photo n’a été choisie.", "Choisissez-en une, puis recommencez.")
        return atelier.refusal(request, refusal, "Images", "/images")
    folder = atelier.root / "content" / "images"
    kept = atelier.folder / "originaux"
    atelier.newsroom.catch_up()
    shown: list[KeptPicture] = []
    for file in sent:
        taken = {path.name for path in folder.glob("*")}
        try:
            made = prepare(file.data, _stem(typed or file.name), taken)
        except ImageError as error:
            refusal = Refusal(f"« {file.name} » : {error.problem}.", error.remedy)
            return atelier.refusal(request, refusal, "Images", "/images")
        name = _twin(atelier, made)
        told = KeptPicture(
            Path(file.name).name,
            len(file.data),
            name or f"images/{made.name}",
            (made.width, made.height),
            len(made.data),
            known=bool(name),
        )
        shown.append(told)
        if name:
            continue
        write_whole(kept / f"{made.name}-{Path(file.name).name[-_NAME:]}", file.data)
        write_whole(folder / made.name, made.data)
        atelier.own.note(f"content/images/{made.name}", atelier.person)
        atelier.desk.record(f"content/images/{made.name}", "Image reçue")
    token = atelier.shelf.keep(request.state.session.cookie, shown)
    return see(f"/images?recues={token}")


def _twin(atelier: Atelier, made: ReceivedPicture) -> str:
    """Return the picture of the content, that this person may read, with the same bytes; or ""."""
    content = atelier.root / "content"
    for name, file in atelier.newsroom.library.assets.items():
        path = content / file
        same_size = name.startswith("images/") and path.stat().st_size == len(made.data)
        if same_size and path.read_bytes() == made.data:
            return name
    return ""
