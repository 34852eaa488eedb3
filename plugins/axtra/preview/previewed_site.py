"""What the preview shows: the last good content, each page rendered when it is asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from axtra import site
from axtra.content.model import Item, Library, Newsletter, Status
from axtra.preview import toolbar
from axtra.site import Made, Prepared, Task
from infolettre.core import diagnostics
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal

_GOOD = 64  # pages whose last good bytes are kept
_HTML = "text/html"
_PICTURES = "images/courriel/"
_STATES = MappingProxyType({Status.DRAFT: "brouillon", Status.SCHEDULED: "à paraître"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent to the browser; `place` is where it must ask instead, if anywhere."""

    body: bytes
    kind: str
    status: HTTPStatus = HTTPStatus.OK
    place: str = ""


class PreviewedSite:
    """A project as it was last read without an error, and what is wrong with it now.

    Args:
        root: the project's folder.
        bare: pages are shown without the toolbar of the preview.
        only: the files of the unpublished texts to show; None shows them all.
        hidden: names of files that are as if they were not there.

    Attributes:
        instead: the bytes to read in place of files, by their names.
        library: the content as it was last read, with an error or not.
        problems: what is wrong with it.
    """

    library: Library

    def __init__(
        self,
        root: Path,
        *,
        bare: bool = False,
        only: frozenset[str] | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self._root, self._bare, self._only, self._hidden = root, bare, only, hidden
        self.instead: Mapping[str, bytes] = {}
        self._lock = threading.RLock()
        self._site: Prepared | None = None
        self._made: dict[int, Made] = {}
        self._good: dict[str, bytes] = {}
        self._known: dict[str, Item] = {}  # by address, those of earlier readings too
        self._behind = True  # what is shown is older than what was read last
        self._seconds = 0.0
        self.problems: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        seconds = f"{self._seconds:.2f}".replace(".", ",")
        return f"{diagnostics.summary(self.problems)}, {seconds}\u00a0s"

    def refresh(self) -> None:
        """Read everything again; if there is an error, keep what was good."""
        start = time.perf_counter()
        with self._lock:
            ready = site.prepare(
                self._root,
                moment=datetime.now(ZONE),
                preview=True,
                only=self._only,
                instead=self.instead,
                hidden=self._hidden,
            )
            self.library = ready.library
            if not ready.refused or self._site is None:
                self._site, self._made = ready, {}
                self._known |= ready.items
            self.problems = ready.problems
            self._behind = ready.refused
        self._seconds = time.perf_counter() - start

    def take(self, changed: Iterable[Path]) -> None:
        """Take in changes: at once if only bodies changed, otherwise by reading everything."""
        start = time.perf_counter()
        with self._lock:
            if (
                self._site is not None
                and not self._behind
                and self._site.retake(changed, self.instead)
            ):
                self._made = {}
                self.problems = self._site.problems
                self._seconds = time.perf_counter() - start
                return
        self.refresh()

    def answer(self, address: str) -> Answer:
        """Return what to show at an address, which may have a query."""
        path = unquote(urlsplit(address).path)
        with self._lock:
            if path.startswith(toolbar.PLACE):
                return self._own(address)
            return self._file(path, guess_type(site.file_of(path))[0] or "text/plain")

    def holds(self, path: str) -> bool:
        """Return whether the site has a file at an address."""
        with self._lock:
            ready = self._site
            return bool(ready and not ready.refused and ready.table.task_of(path))

    def problems_of(self, path: str) -> Sequence[Diagnostic]:
        """Return what is wrong with a file of the site once it is made."""
        with self._lock:
            ready = self._site
            if ready is None or ready.refused:
                return ()
            return self._bytes(ready.table.task_of(path), site.file_of(path))[1]

    # --- files of the site -----------------------------------------------------------------------

    def _file(self, path: str, kind: str) -> Answer:
        ready = self._site
        if ready is None or ready.refused:
            return self._page(path, self._nothing_yet())
        task = ready.table.task_of(path)
        if task is None and ready.table.task_of(f"{path}/") and not path.endswith("/"):
            return Answer(b"", "text/plain", HTTPStatus.MOVED_PERMANENTLY, f"{path}/")
        name = site.file_of(path)
        data, trouble = self._bytes(task or self._set_of(name), name)
        if data is None and self._item(path):  # unfinished, and its header does not read now
            data = self._good.get(name)
        if data is None:
            missing, _ = self._bytes(ready.table.task_of("/404.html"), "404.html")
            return self._page(path, missing or b"<body></body>", HTTPStatus.NOT_FOUND, trouble)
        if name.endswith("courriel.html"):  # the links of a mail lead to this preview
            home = f'="{ready.settings.siteurl}/'.encode()
            data = data.replace(home, b'="/')
        if name.endswith(".html"):
            return self._page(path, data, problems=trouble)
        return Answer(data, kind)

    def _bytes(self, task: Task | None, name: str) -> tuple[bytes | None, Sequence[Diagnostic]]:
        """Do the job of a file; if it fails, return what it last made."""
        if task is None:
            return None, ()
        try:
            with site.refusing_failures(self._root):
                made = self._do(task)
                data = made.files[name]() if name in made.files else None
        except Refusal as refusal:
            return self._good.get(name), (site.as_diagnostic(refusal),)
        if data is not None and name.endswith(".html"):
            self._good[name] = data
            if len(self._good) > _GOOD:
                del self._good[next(iter(self._good))]
        return data, made.problems

    def _do(self, task: Task) -> Made:
        """Do a job once between two changes; its bytes are made when they are asked for."""
        made = self._made.get(id(task))
        if made is None:
            job = task.job()
            files = {site.file_of(path): make for path, make in job.files.items()}
            made = self._made[id(task)] = Made(files, job.problems)
        return made

    def _set_of(self, name: str) -> Task | None:
        """Return the job of a picture of a letter, whose name is known once the job is done."""
        assert self._site is not None  # noqa: S101 - `_file` has looked
        if name.startswith(_PICTURES):
            sets = [task for task in self._site.table.tasks() if len(task.files) > 1]
            for task in sorted(sets, key=lambda task: id(task) not in self._made):
                if name in self._do(task).files:
                    return task
        return None

    def _page(
        self,
        path: str,
        body: bytes,
        status: HTTPStatus = HTTPStatus.OK,
        problems: Sequence[Diagnostic] = (),
    ) -> Answer:
        """Add the toolbar to a page: its problems, those of other files, links to other views."""
        if self._bare:
            return Answer(body, _HTML, status)
        item = self._item(path)
        if isinstance(item, Newsletter) and self._site and not problems:
            _, problems = self._bytes(self._site.table.task_of(f"{item.url}courriel.html"), "")
        source = item.source if item else ""
        mine = [*problems, *(problem for problem in self.problems if problem.file == source)]
        mine = diagnostics.asked_of({source}, mine)
        others = [problem for problem in self.problems if problem.file != source]
        links = {"Le site": "/", "Voir le calendrier de l’année": site.CALENDAR}
        if isinstance(item, Newsletter):
            links |= {
                "La page": item.url,
                "Le courriel": f"{item.url}courriel.html",
                "Voir la planche de cette édition": f"{site.SIMULATOR}{item.slug}/",
                "La page et la planche": f"{toolbar.BESIDE}{item.slug}/",
            }
        return Answer(toolbar.add(body, diagnostics.ordered(mine), others, links), _HTML, status)

    def _item(self, path: str) -> Item | None:
        """Return the item of a page, even one that its mistakes now hide."""
        url = path.removesuffix("courriel.html")
        if self._site and (item := self._site.items.get(url)):
            return item
        item = self._known.get(url)
        return item if item and item.source in diagnostics.faulty_files(self.problems) else None

    # --- pages of the preview itself -------------------------------------------------------------

    def _own(self, address: str) -> Answer:
        """Return a page that the site does not have; `address` may have a query."""
        ready = self._site
        if ready is None or ready.refused:
            return self._page("", self._nothing_yet())
        if address == toolbar.UNPUBLISHED:
            return Answer(json.dumps(self._states(ready)).encode(), "application/json")
        if address.startswith(toolbar.BESIDE):
            return self._side_by_side(ready, address.removeprefix(toolbar.BESIDE).strip("/"))
        html = site.preview_page(address, ready.settings, ready.library, list(self.problems))
        if html is None:
            return self._page("", toolbar.page("Page introuvable"), HTTPStatus.NOT_FOUND)
        shown = address.removeprefix(site.SIMULATOR).strip("/")
        return self._page(f"/infolettres/{shown}/", html.encode())

    def _nothing_yet(self) -> bytes:
        """Return a page that says what keeps the site from being shown."""
        title, wrong = "Rien à montrer encore", diagnostics.errors(self.problems)
        if not wrong:
            return toolbar.page(title)
        first = wrong[0]
        line = f", ligne {first.line}" if first.line else ""
        said = Markup(
            "<main><h1>{}</h1><p>Une erreur retient tout le site :</p>"
            "<p><b>{}{}</b> : {}.</p><p>{}</p></main>"
        ).format(title, first.file, line, first.problem, first.remedy)
        return toolbar.page(title, content=said)

    @staticmethod
    def _states(ready: Prepared) -> dict[str, str]:
        """Map each address that is not published to what it is: a draft, or scheduled."""
        return {
            url: _STATES[item.status] for url, item in ready.items.items() if item.status in _STATES
        }

    def _side_by_side(self, ready: Prepared, slug: str) -> Answer:
        letter = ready.library.find(slug, Newsletter)
        if letter is None:
            return self._page("", toolbar.page("Édition inconnue"), HTTPStatus.NOT_FOUND)
        addresses = (letter.url, f"{site.SIMULATOR}{slug}/")
        return Answer(toolbar.side_by_side(letter.title.plain, addresses), _HTML)
