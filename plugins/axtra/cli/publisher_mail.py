"""What the publisher is written of what happens with nobody at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer, sending_report
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import DiagnosedRefusal, Refusal

if TYPE_CHECKING:
    from axtra.atelier.scheduled import ScheduledPublication
    from axtra.content.model import Facts
    from axtra.publishing import PastRuns
    from axtra.sending.dispatch import Attendance


class PublisherMail:
    """Writes to the address of `content/site.toml`, through the server of the letters."""

    def __init__(self, facts: Facts, now: Callable[[], datetime]) -> None:
        self._facts = facts
        self._now = now

    def send(self, subject: str, text: str) -> bool:
        """Write to the publisher; return False where another attempt may succeed."""
        from axtra.sending import notices  # noqa: PLC0415 - most runs write to nobody

        if not self._facts.email or "courriel" in self._facts.demonstration:
            printer.notice(
                f"Personne n’est prévenu par courriel (« {subject} ») : content/site.toml n’a pas "
                "encore de vraie adresse."
            )
            return True
        try:
            settings = data_access.read_settings()
            if settings.server is None:
                printer.notice(
                    f"Aucun serveur d’envoi : {self._facts.email} n’est pas prévenu "
                    f"(« {subject} »)."
                )
                return True
            notices.tell_publisher(settings, self._facts, subject, text, self._now())
        except Refusal as refusal:
            printer.warn(
                f"{self._facts.email} n’est pas prévenu (« {subject} ») : {refusal.problem}"
            )
            return False
        return True

    def tell_failure(self, runs: PastRuns, about: str, subject: str, refusal: Refusal) -> None:
        """Say what could not be done; write of it once, as long as it stays the same."""
        printer.refuse(refusal)
        problem = refusal.problem if isinstance(refusal, DiagnosedRefusal) else ""
        text = "\n\n".join(filter(None, [str(refusal), problem]))
        if runs.told(about) != text and self.send(
            subject, f"{text}\n\n« axtra echeances » essaie de nouveau à son prochain passage.\n"
        ):
            runs.note_told(about, text)

    def tell_left_out(self, known: ScheduledPublication) -> bool:
        """Say which texts a scheduled publication left as they were; return whether none was."""
        if not known.left:
            return True
        left = "\n".join(f"    « {text.title} » : {text.why}." for text in known.left)
        moment = f"{dates.day(known.moment)} à {dates.hour(known.moment)}"
        subject = f"La publication du {moment} a paru sans tous ses textes"
        printer.tell(f"{subject} :\n{left}")
        self.send(subject, f"{left}\n\nIls attendent dans l’atelier.\n")
        return False

    def tell_departure(self, seen: Attendance) -> bool:
        """Say what became of a scheduled edition; return whether that is as a person wanted it."""
        from axtra.sending.dispatch import Stage  # noqa: PLC0415

        edition, moment = seen.departure.edition, seen.departure.moment
        report = f"    axtra envoi bilan {edition}\n"
        counts, reason = "", ""
        if seen.result:
            counts, reason = sending_report.sentence(seen.result.counts), seen.result.outcome.text
        match seen.stage:
            case Stage.ANNOUNCED:
                subject = f"« {edition} » part le {dates.day(moment)} à {dates.hour(moment)}"
                text = (
                    f"Liste « {seen.departure.liste} » : "
                    f"{count(seen.departure.recipients, 'destinataire')}.\n\n"
                    f"Pour l’annuler :\n    axtra envoi programmer {edition} --annuler\n"
                )
            case Stage.LEFT:
                subject, text = f"« {edition} » est partie", f"{counts}\n\n{report}"
            case Stage.BEGUN | Stage.GOES_ON:
                subject = f"« {edition} » est commencée; il reste des messages à envoyer"
                goes_on = "« axtra echeances » continue à ses prochains passages."
                text = "\n\n".join(filter(None, [counts, reason, goes_on, report]))
            case Stage.STOPPED:
                subject = f"« {edition} » s’est arrêtée : à vous de décider"
                text = "\n\n".join(filter(None, [counts, reason, report]))
            case Stage.CANCELLED:
                subject = f"« {edition} » ne partira pas : son départ est annulé"
                text = f"{seen.reason}\n"
        printer.tell(f"{subject}.\n{text}".rstrip())
        if seen.stage is not Stage.GOES_ON:
            self.send(subject, text)
        return seen.stage not in {Stage.STOPPED, Stage.CANCELLED}
