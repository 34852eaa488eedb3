"""Publishing from the screen: one publication at a time, in the background, and what it came to."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from axtra import publishing
from axtra.atelier.set_aside import project_folder
from axtra.publishing import BuiltSite, Deployment, Published, published_project
from axtra.publishing.published_project import PublishedProject
from axtra.subscribers.private_folder import make_private
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a publication is.

    Attributes:
        running: whether it goes on.
        words: what it does now.
        done, of: how many files are carried, and of how many.
        plan: what it was to change, in an editor's words.
        result: what it came to, once done.
        refusal: why it stopped, if it did.
        returned: whether it goes back to an older version.
    """

    running: bool = False
    words: str = ""
    done: int = 0
    of: int = 0
    plan: str = ""
    result: Published | None = None
    refusal: Refusal | None = None
    returned: bool = False


@dataclass(slots=True)
class Publisher:
    """What publishes the site of a project.

    Args:
        root: the project's folder.
        data: the data folder.
        environment: may hold AXTRA_PUBLICATION and the settings of carriers.
        clock: returns the present.
    """

    root: Path
    data: Path
    environment: Mapping[str, str]
    clock: Callable[[], datetime]
    standing: Standing = field(default_factory=Standing)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def project(self) -> PublishedProject | None:
        """Return the project with the place where it is published; None when none is set.

        Raises:
            Refusal: the target cannot be used.
        """
        return published_project.find(self.root, self.data, self.environment)

    def publish(self, who: str = "") -> bool:
        """Start to build and publish; return False when a publication goes on already.

        Args:
            who: the name under which it is remembered; by default, that of the account here.
        """
        start = Standing(running=True, words="Le site se construit…")
        return self._start(partial(self._publish, who), start)

    def publish_for(self, person: str) -> Standing | None:
        """Publish what a person scheduled; return what it came to, None when another goes on."""
        with self._lock:
            if self.standing.running:
                return None
            self.standing = Standing(running=True, words="Le site se construit, à l’heure dite…")
        return self._run(partial(self._publish, person, automatic=True))

    def go_back(self, who: str = "") -> bool:
        """Start to put the previous version back; arguments and result are those of `publish`."""
        words = "La version précédente revient…"
        start = Standing(running=True, words=words, returned=True)
        return self._start(partial(self._go_back, who), start)

    def shown(self) -> Deployment | None:
        """Return what was last seen online, without asking the place; None when nobody knows."""
        try:
            return Deployment(**json.loads(self._seen.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def note_shown(self, deployment: Deployment) -> None:
        """Keep what is seen online."""
        if self.shown() != deployment:
            make_private(self._seen.parent)
            data = json.dumps(asdict(deployment), ensure_ascii=False)
            write_whole(self._seen, data.encode())

    @property
    def _seen(self) -> Path:
        return project_folder(self.data, self.root) / "en-ligne.json"

    def wait(self) -> None:
        """Wait until the publication that goes on is over."""
        if self._thread is not None:
            self._thread.join()

    def _start(self, work: Callable[[PublishedProject], Published], start: Standing) -> bool:
        with self._lock:
            if self.standing.running:
                return False
            self.standing = start
            self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
            self._thread.start()
            return True

    def _run(self, work: Callable[[PublishedProject], Published]) -> Standing:
        try:
            project = self.project()
            if project is None:
                raise Refusal("aucune cible de publication n’est réglée.")  # noqa: TRY301
            done = work(project)
            self.standing = replace(self.standing, running=False, result=done)
            self.note_shown(done.deployment)
        except Refusal as refusal:
            self.standing = replace(self.standing, running=False, refusal=refusal)
        except Exception:
            wrong = Refusal(
                "la publication s’est arrêtée.", "Recommencez : elle reprendra où elle en est."
            )
            self.standing = replace(self.standing, running=False, refusal=wrong)
            raise
        return self.standing

    def _publish(
        self, who: str, project: PublishedProject, *, automatic: bool = False
    ) -> Published:
        moment = self.clock()
        if automatic:
            publishing.require_free(project.target)
        origin = project.origin()
        self._build()
        settings = project.settings
        site = BuiltSite(settings.output, settings.siteurl, project.named(), moment)
        return publishing.publish(
            project.target,
            site,
            replace(origin, who=who or origin.who),
            self.clock,
            tell=self._tell,
            progress=self._progress,
            automatic=automatic,
        )

    def _build(self) -> None:
        """Build the site in a process of its own: Pelican's state is that of a whole process.

        Raises:
            Refusal: something is unfinished; nothing is written.
        """
        words = (
            "import sys; from axtra.cli import main; sys.exit(main(['construire', '--publier']))"
        )
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", words], cwd=self.root, capture_output=True, check=False
        )
        if done.returncode:
            raise Refusal("rien n’est publié.", done.stderr.decode("utf-8", "replace").strip())

    def _go_back(self, who: str, project: PublishedProject) -> Published:
        return publishing.go_back(
            project.target,
            project.settings.siteurl,
            project.named(),
            who or project.origin().who,
            self.clock,
            tell=self._tell,
            progress=self._progress,
        )

    def _tell(self, prospect: publishing.Prospect) -> None:
        words = "Rien de neuf" if prospect.unchanged else prospect.plan.words or "Des retraits"
        self.standing = replace(self.standing, words="Les fichiers partent…", plan=words)

    def _progress(self, done: int, of: int, _name: str) -> None:
        self.standing = replace(self.standing, done=done, of=of)
