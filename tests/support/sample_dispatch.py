"""An edition of a project that is only in memory, and what sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from axtra.content.model import Facts, Newsletter, NewsletterType, Status, Text
from axtra.content.schema import KINDS
from axtra.newsletter import Mail
from axtra.sending.dispatch import DispatchContext
from axtra.sending.ledger import Ledger
from axtra.sending.run_context import Progress
from axtra.sending.settings import Server, Settings
from axtra.subscribers import Basis, Consent, Register
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import DiagnosedRefusal, WrongUsage
from support.sample_ledger import MOMENT
from support.sample_library import FACTS

EDITION, LIST = "2026-03-02", "membres"
PROBLEM = Diagnostic("a.md", 3, "lien-brise", "un lien ne mène nulle part", "Corrigez-le.")
_URL = f"/infolettres/{EDITION}/"
_LETTER = Newsletter(
    kind=KINDS["infolettre"],
    slug=EDITION,
    source=f"newsletters/2026/{EDITION}.md",
    url=_URL,
    status=Status.PUBLISHED,
    title=Text.of("La lettre"),
    date=MOMENT,
    preheader=Text.of("Une phrase."),
    newsletter_type=NewsletterType("mensuelle", Text.of("Mensuelle"), Text.of("Par mois.")),
)


@dataclass(frozen=True)
class SampleEdition:
    """An edition as it is rendered."""

    letter: Newsletter
    mail: Mail
    facts: Facts
    output: Path
    siteurl: str = "https://essai.example"
    online: str = f"https://essai.example{_URL}"
    inputs: Mapping[str, str] = field(default_factory=lambda: {"a.md": "1"})


@dataclass
class SampleContent:
    """A project with one edition.

    `problems` are those of its content, `faults` of its mail; `missing` are the links that are not
    online, None where the project says nowhere to publish.
    """

    root: Path
    letter: Newsletter = _LETTER
    facts: Facts = FACTS
    text: str = "Bonjour,\n"
    problems: list[Diagnostic] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    builds: int = 0
    missing: list[tuple[str, str]] | None = None

    def verify(self, _moment: datetime) -> list[Diagnostic]:
        """Return the problems of the content."""
        return self.problems

    def render(self, name: str, _liste: str, _moment: datetime) -> SampleEdition:
        """Render the edition."""
        if name != self.letter.slug:
            raise WrongUsage(f"l’édition « {name} » n’existe pas.")
        if self.problems:
            raise DiagnosedRefusal(self.problems)
        html = f'<a href="https://essai.example{_URL}">{self.text}</a>'
        mail = Mail("La lettre", "Une phrase.", "", html, self.text, {})
        return SampleEdition(self.letter, mail, self.facts, self.root / "output")

    def checked(self, name: str, liste: str, moment: datetime) -> SampleEdition:
        """Render the edition when its mail has no fault."""
        if self.faults:
            raise DiagnosedRefusal(self.faults)
        return self.render(name, liste, moment)

    def missing_online(self, _siteurl: str, _links: Sequence[str]) -> list[tuple[str, str]] | None:
        """Return the links that are not online."""
        return self.missing

    def build(self) -> None:
        """Build the page of the edition."""
        self.builds += 1
        page = self.root / "output" / _URL.strip("/") / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("", "utf-8")

    def change(self, **values: object) -> None:
        """Change the edition."""
        self.letter = replace(self.letter, **values)  # type: ignore[arg-type]


@dataclass
class RecordedEvents:
    """The names of what was told, in order; the progress only once."""

    told: list[str] = field(default_factory=list)

    def sender_is_lent(self, _domain: str) -> None:
        self.told.append("sender is lent")

    def page_is_to_come(self, _edition: str, _due: datetime) -> None:
        self.told.append("page to come")

    def clock_is_slow(self, _edition: str, _frozen: datetime, _present: datetime) -> None:
        self.told.append("slow clock")

    def record_failed(self, _edition: str) -> None:
        self.told.append("record failed")

    def base_is_away(self, _seconds: float) -> None:
        self.told.append("base away")

    def withdrawn(self, number: int) -> None:
        self.told.append(f"{number} withdrawn")

    def progressed(self, _progress: Progress) -> None:
        if "progress" not in self.told:
            self.told.append("progress")

    def ended(self) -> None:
        self.told.append("ended")


@dataclass
class SampleDispatch:
    """What an edition is sent with, on a clock that the test moves."""

    content: SampleContent
    ledger: Ledger
    register: Register
    settings: Settings
    events: RecordedEvents = field(default_factory=RecordedEvents)
    present: datetime = MOMENT

    @property
    def context(self) -> DispatchContext:
        """Return the context of the functions of `dispatch`."""
        return DispatchContext(
            self.content, self.ledger, self.register, lambda: self.present, self.events
        )

    def states(self) -> dict[str, str]:
        """Return the state of each message."""
        return {line.address: line.state.value for line in self.ledger.lines(EDITION)}


def make_dispatch(folder: Path, people: Sequence[str], port: int = 0) -> SampleDispatch:
    """Make a project and its registers, with people on one list; without a port, no server."""
    data, root = folder / "donnees", folder / "projet"
    (root / "newsletters").mkdir(parents=True)
    register = Register.open(data)
    consent = Consent(Basis.EXPRESS, MOMENT, "essai", "essai")
    for address in people:
        register.add(LIST, address, consent, MOMENT)
    ledger = Ledger.open(data, MOMENT.timestamp)
    settings = Settings(server=Server("127.0.0.1", port, "aucun") if port else None)
    return SampleDispatch(SampleContent(root), ledger, register, settings)
