"""`axtra echeances`: everything that is due, once; safe to run every five minutes."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer, publication, sending_report
from axtra.cli.arguments import Parser
from axtra.cli.progress_bar import ProgressBar
from axtra.cli.project import DONE, PROBLEMS, now, root
from axtra.cli.publisher_mail import PublisherMail
from axtra.cli.sending_terminal import TerminalEvents
from axtra.core.system_errors import as_refusal
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

if TYPE_CHECKING:
    from axtra.atelier.scheduled import Schedule, ScheduledPublication
    from axtra.content.model import Library, NewsletterType
    from axtra.publishing import PastRuns, Prospect
    from axtra.publishing.published_project import PublishedProject
    from axtra.sending.ledger_records import ScheduledDeparture

Add = Callable[[str, Callable[[argparse.Namespace], int], str], Parser]

_WHO = "axtra echeances"


def add_command(add: Add) -> None:
    """Plug the command into the parser of `axtra`."""
    parser = add("echeances", _run, "publier et envoyer ce dont l’heure est venue")
    parser.add_argument("--voir", action="store_true", help="lister ce qui vient, sans rien faire")


def _run(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second; help must not pay it

    place, present = root(), now()
    library, _ = site.read(place, moment=present)
    due = _DueWork(place, library, present, PublisherMail(library.facts, now))
    if options.voir:
        return due.show()
    # The letters last: they name what has just been published.
    done = [
        due.attend("publication", due.publish),
        due.attend("lettres", due.send_letters),
        due.attend("bienvenue", due.welcome),
    ]
    if due.idle:
        printer.tell("Rien n’est dû.")
    return DONE if all(done) else PROBLEMS


@dataclass(slots=True)
class _DueWork:
    """A run of the command; `idle` while it did, and said, nothing."""

    root: Path
    library: Library
    present: datetime
    mail: PublisherMail
    idle: bool = True

    def attend(self, part: str, act: Callable[[PastRuns], bool]) -> bool:
        """Do a part unless another process does; a part that fails stops no other."""
        from axtra.publishing import PastRuns  # noqa: PLC0415

        with PastRuns.alone(data_access.folder(), part) as runs:
            if runs is None:
                self.idle = False
                printer.notice(f"Une autre commande s’en occupe déjà ({part}).")
                return True
            return self._try(runs, part, "Ce qui est dû n’a pas pu se faire", lambda: act(runs))

    def _try(self, runs: PastRuns, about: str, subject: str, act: Callable[[], bool]) -> bool:
        """Do something; say, once by mail, that it failed."""
        from axtra.publishing import HeldPublication  # noqa: PLC0415
        from axtra.publishing.turns import TurnTaken  # noqa: PLC0415
        from axtra.sending.frozen_editions import BusyError  # noqa: PLC0415

        try:
            done = act()
        except (BusyError, HeldPublication, TurnTaken) as wait:  # somebody knows, and acts
            printer.notice(str(wait))
            self.idle = False
            return True
        except Refusal as refusal:
            failure = refusal
        except (OSError, sqlite3.Error) as error:
            failure = as_refusal(error)
        else:
            runs.note_told(about, "")
            return done
        self.idle = False
        self.mail.tell_failure(runs, about, subject, failure)
        return False

    def publish(self, runs: PastRuns) -> bool:
        """Publish what fell due, and what somebody scheduled for now."""
        project = publication.find_project(self.root)
        scheduled = self._schedule.due(self.present)
        if project is None and scheduled:
            raise Refusal(
                f"aucune cible de publication n’est réglée : {scheduled[0]}, attend.",
                "Réglez [publication.NOM] dans content/site.toml, ou annulez-la dans l’atelier.",
            )
        if project is None:
            return True
        try:
            return self._publish(project, runs)
        except Refusal as refusal:
            for known in self._schedule.due(self.present):
                self._schedule.fail(known, refusal)
            raise

    def _publish(self, project: PublishedProject, runs: PastRuns) -> bool:
        from axtra import publishing  # noqa: PLC0415

        scheduled = self._take_scheduled(project)
        due = publishing.due_at(project.target, self.library, runs, self.present)
        if not due and not scheduled:
            return True

        def tell(prospect: Prospect) -> None:
            # a person may have done it, from another machine
            self.idle = prospect.unchanged and not scheduled
            if not self.idle:
                things = [f"    {thing}" for thing in (*scheduled, *due)]
                printer.tell("\n".join(["C’est l’heure :", *things]))
                publication.tell_plan(prospect)

        site = project.build(self.present)
        who = scheduled[-1].person if scheduled else _WHO
        origin = publishing.Origin(who, project.origin().commit)
        with ProgressBar(sys.stderr, transient=True) as bar:
            done = publishing.publish(
                project.target,
                site,
                origin,
                now,
                tell=tell,
                progress=bar.draw,
                automatic=True,
            )
        publishing.note_published(project.target, self.library, done.deployment, self.present, runs)
        for known in scheduled:
            self._schedule.finish(known, now())
        right = self.idle or publication.tell_result(project, done) == DONE
        return all([right, *(self.mail.tell_left_out(known) for known in scheduled)])

    @property
    def _schedule(self) -> Schedule:
        from axtra.atelier.scheduled import Schedule  # noqa: PLC0415
        from axtra.atelier.set_aside import project_folder  # noqa: PLC0415

        return Schedule(project_folder(data_access.folder(), self.root))

    def _take_scheduled(self, project: PublishedProject) -> list[ScheduledPublication]:
        """Put in the files what somebody chose for now, and read the content again."""
        from axtra import publishing, site  # noqa: PLC0415
        from axtra.atelier.acceptance import Acceptance  # noqa: PLC0415

        if not self._schedule.due(self.present):
            return []
        publishing.require_free(project.target)
        acceptance = Acceptance.of(self.root, data_access.folder(), now)
        scheduled = acceptance.take_due(self.present)
        self.library, _ = site.read(self.root, moment=self.present)
        return scheduled

    def send_letters(self, runs: PastRuns) -> bool:
        """Let the scheduled letters leave, and go on with those that began to."""
        from axtra.sending import dispatch  # noqa: PLC0415

        if not _scheduled():
            return True
        settings = data_access.read_settings()
        done = True
        with data_access.open_register() as register, data_access.open_ledger() as ledger:
            content = data_access.site_content(self.root)
            events = TerminalEvents(settings.per_minute)
            accounts = data_access.has_accounts()
            context = dispatch.DispatchContext(content, ledger, register, now, events, accounts)

            def attend(departure: ScheduledDeparture) -> bool:
                right = True
                for seen in dispatch.attend(context, settings, departure):
                    self.idle = False
                    right = self.mail.tell_departure(seen) and right
                return right

            for departure in ledger.scheduled():
                edition = departure.edition
                subject = f"« {edition} » ne peut pas partir pour le moment"
                done = self._try(runs, edition, subject, partial(attend, departure)) and done
        return done

    def welcome(self, runs: PastRuns) -> bool:
        """Write to whoever has just confirmed, for the lists that welcome people."""
        from axtra.sending import dispatch  # noqa: PLC0415
        from axtra.subscribers.database import SUBSCRIBERS, is_kept  # noqa: PLC0415

        types = [found for found in self.library.newsletter_types if found.welcome]
        if not types or not is_kept(data_access.folder(), SUBSCRIBERS):
            return True
        settings = data_access.read_settings()
        done = True
        with data_access.open_register() as register, data_access.open_ledger() as ledger:
            content = data_access.site_content(self.root)
            events = TerminalEvents(settings.per_minute)
            context = dispatch.DispatchContext(content, ledger, register, now, events)

            def attend(letter_type: NewsletterType) -> bool:
                edition = dispatch.last_edition(ledger, letter_type, self.library.newsletters)
                result = dispatch.welcome(context, settings, letter_type, edition, content.welcome)
                if result:
                    self.idle = False
                    told = sending_report.sentence(result.counts)
                    printer.tell(f"Bienvenue, liste « {letter_type.slug} » : {told}")
                return result is None or not result.awaits_decision

            for letter_type in types:
                about = f"bienvenue-{letter_type.slug}"
                subject = f"La lettre de bienvenue de « {letter_type.slug} » ne peut pas partir"
                done = self._try(runs, about, subject, partial(attend, letter_type)) and done
        return done

    def show(self) -> int:
        """List what comes, in the order of time."""
        from axtra import publishing  # noqa: PLC0415

        for line in self._place():
            printer.tell(line)
        coming = [
            (due.moment, str(due)) for due in publishing.still_to_come(self.library, self.present)
        ]
        coming += [(departure.moment, _words(departure)) for departure in _scheduled()]
        coming += [(known.moment, str(known)) for known in self._schedule.coming()]
        for moment, words in sorted(coming, key=lambda line: line[0].timestamp()):
            printer.tell(f"{moment:%Y-%m-%d %H:%M}   {words}")
        if not coming:
            printer.tell("Rien ne vient.")
        return DONE

    def _place(self) -> Iterator[str]:
        """Yield what there is to say of the place where the site is published."""
        from axtra import publishing  # noqa: PLC0415

        try:
            project = publication.find_project(self.root)
            if project is None:
                yield "Aucune cible de publication : rien ne se publie de soi-même."
                return
            state = publishing.history(project.target)
        except Refusal as refusal:
            yield str(refusal)
            return
        if state.deployment is None:
            yield "Rien n’a encore été publié : la première fois, c’est vous :  axtra publier"
            return
        shown = datetime.fromisoformat(state.deployment.when).astimezone(dates.ZONE)
        if state.held:
            yield (
                f"Rien ne se publie de soi-même depuis le retour du {dates.day(shown)} à "
                f"{dates.hour(shown)}. Quand le site est prêt :  axtra publier"
            )
        for due in publishing.fallen_due(self.library, shown, self.present):
            yield f"Dû, pas encore en ligne : {due}"


def _scheduled() -> list[ScheduledDeparture]:
    """List the scheduled letters, without making a ledger where there is none."""
    from axtra.sending.frozen_editions import BOOK  # noqa: PLC0415
    from axtra.subscribers.database import is_kept  # noqa: PLC0415

    if not is_kept(data_access.folder(), BOOK):
        return []
    with data_access.open_ledger(reading=True) as ledger:
        return ledger.scheduled()


def _words(departure: ScheduledDeparture) -> str:
    people = count(departure.recipients, "destinataire")
    return f"infolettre « {departure.edition} » → liste « {departure.liste} », {people}"
