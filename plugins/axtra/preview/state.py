"""What the preview shows: the last good content, rendered page by page when it is asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from axtra import site
from axtra.content.model import Newsletter, Status
from axtra.core import diagnostics
from axtra.core.dates import ZONE
from axtra.core.diagnostics import Diagnostic
from axtra.core.refusals import Refusal
from axtra.preview import panel
from axtra.site import Made, Prepared, Task

_GOOD = 64  # pages whose last good bytes are kept
_HTML = "text/html"
_PICTURES = "images/courriel/"
_STATES = MappingProxyType({Status.DRAFT: "brouillon", Status.SCHEDULED: "à paraître"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent to the browser; `place` when it must ask elsewhere."""

    body: bytes
    kind: str
    status: HTTPStatus = HTTPStatus.OK
    place: str = ""


class State:
    """The project as it was last read without an error, and what is wrong with it now."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.RLock()
        self._site: Prepared | None = None
        self._made: dict[int, Made] = {}
        self._good: dict[str, bytes] = {}
        self._behind = True  # what is shown is not the last that was read
        self._seconds = 0.0
        self.found: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        seconds = f"{self._seconds:.2f}".replace(".", ",")
        return f"{diagnostics.summary(self.found)}, {seconds}\u00a0s"

    def refresh(self) -> None:
        """Read everything again; under an error, what was good stays."""
        start = time.perf_counter()
        with self._lock:
            ready = site.prepare(self._root, moment=datetime.now(ZONE), preview=True)
            if not ready.refused or self._site is None:
                self._site, self._made = ready, {}
            self.found = ready.found
            self._behind = ready.refused
        self._seconds = time.perf_counter() - start

    def take(self, changed: Iterable[Path]) -> None:
        """Take in changes: those of the bodies of texts alone at once, others by reading all."""
        start = time.perf_counter()
        with self._lock:
            if self._site is not None and not self._behind and self._site.retake(changed):
                self._made = {}
                self.found = self._site.found
                self._seconds = time.perf_counter() - start
                return
        self.refresh()

    def answer(self, address: str) -> Answer:
        """Make what an address, that may have a query, shows."""
        path = unquote(urlsplit(address).path)
        with self._lock:
            if path.startswith(panel.PLACE):
                return self._own(address)
            return self._file(path, guess_type(site.file_of(path))[0] or "text/plain")

    # --- files of the site -----------------------------------------------------------------------

    def _file(self, path: str, kind: str) -> Answer:
        ready = self._site
        if ready is None or ready.refused:
            return self._page(path, panel.page("Rien à montrer encore"))
        task = ready.table.task_of(path)
        if task is None and ready.table.task_of(f"{path}/") and not path.endswith("/"):
            return Answer(b"", "text/plain", HTTPStatus.MOVED_PERMANENTLY, f"{path}/")
        name = site.file_of(path)
        data, trouble = self._bytes(task or self._set_of(name), name)
        if data is None:
            missing, _ = self._bytes(ready.table.task_of("/404.html"), "404.html")
            return self._page(path, missing or b"<body></body>", HTTPStatus.NOT_FOUND, trouble)
        if name.endswith("courriel.html"):  # a mail leads to the site: here, to this one
            home = f'="{ready.settings.siteurl}/'.encode()
            data = data.replace(home, b'="/')
        if name.endswith(".html"):
            return self._page(path, data, found=trouble)
        return Answer(data, kind)

    def _bytes(self, task: Task | None, name: str) -> tuple[bytes | None, Sequence[Diagnostic]]:
        """Do the job of a file; when it fails, give what it last made."""
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
        return data, made.found

    def _do(self, task: Task) -> Made:
        """Do a job once between two changes; what makes its bytes waits until they are wanted."""
        made = self._made.get(id(task))
        if made is None:
            job = task.job()
            files = {site.file_of(path): make for path, make in job.files.items()}
            made = self._made[id(task)] = Made(files, job.found)
        return made

    def _set_of(self, name: str) -> Task | None:
        """Find the job that names a file only when it is done: that of a letter's picture."""
        assert self._site is not None  # noqa: S101 - `_file` has looked
        if name.startswith(_PICTURES):
            sets = [task for task in self._site.table.tasks() if len(task.files) > 1]
            for task in sorted(sets, key=lambda one: id(one) not in self._made):
                if name in self._do(task).files:
                    return task
        return None

    def _page(
        self,
        path: str,
        body: bytes,
        status: HTTPStatus = HTTPStatus.OK,
        found: Sequence[Diagnostic] = (),
    ) -> Answer:
        """Add the problems, those of the page first, and the ways to other views."""
        item = self._site.items.get(path.removesuffix("courriel.html")) if self._site else None
        if isinstance(item, Newsletter) and self._site and not found:
            _, found = self._bytes(self._site.table.task_of(f"{item.url}courriel.html"), "")
        source = item.source if item else ""
        mine = [*found, *(one for one in self.found if one.file == source)]
        others = [one for one in self.found if one.file != source]
        links = {"Le site": "/", "Voir le calendrier de l’année": site.CALENDAR}
        if isinstance(item, Newsletter):
            links |= {
                "La page": item.url,
                "Le courriel": f"{item.url}courriel.html",
                "Voir la planche de cette édition": f"{site.SIMULATOR}{item.slug}/",
                "La page et la planche": f"{panel.BESIDE}{item.slug}/",
            }
        return Answer(panel.add(body, diagnostics.ordered(mine), others, links), _HTML, status)

    # --- pages of the preview itself -------------------------------------------------------------

    def _own(self, address: str) -> Answer:
        """Make a page that the site does not have; `address` may have a query."""
        ready = self._site
        if ready is None or ready.refused:
            return self._page("", panel.page("Rien à montrer encore"))
        if address == panel.UNPUBLISHED:
            return Answer(json.dumps(self._states(ready)).encode(), "application/json")
        if address.startswith(panel.BESIDE):
            return self._side_by_side(ready, address.removeprefix(panel.BESIDE).strip("/"))
        html = site.preview_page(address, ready.settings, ready.library, list(self.found))
        if html is None:
            return self._page("", panel.page("Page introuvable"), HTTPStatus.NOT_FOUND)
        shown = address.removeprefix(site.SIMULATOR).strip("/")
        return self._page(f"/infolettres/{shown}/", html.encode())

    @staticmethod
    def _states(ready: Prepared) -> dict[str, str]:
        """Say which addresses lead to what is not published."""
        return {
            url: _STATES[item.status] for url, item in ready.items.items() if item.status in _STATES
        }

    def _side_by_side(self, ready: Prepared, slug: str) -> Answer:
        letter = ready.library.find(slug, Newsletter)
        if letter is None:
            return self._page("", panel.page("Édition inconnue"), HTTPStatus.NOT_FOUND)
        addresses = (letter.url, f"{site.SIMULATOR}{slug}/")
        return Answer(panel.side_by_side(letter.title.plain, addresses), _HTML)
