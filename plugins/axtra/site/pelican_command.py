"""What the `pelican` command does: the build of `axtra`, with the manners of Pelican's manual."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pelican
from axtra.site import building
from axtra.site.build_context import KEY
from axtra.site.failures import refusing_failures
from axtra.site.settings import SiteSettings
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.core.refusals import DiagnosedRefusal, Refusal
from infolettre.pelican_site import watching

_LOG = logging.getLogger("pelican.axtra")  # under Pelican's own, for its options


def run(instance: pelican.Pelican) -> None:
    """Build the site of an instance, in the place of its own `run`.

    Under « --autoreload », what is refused is said and the watch goes on. Otherwise it ends the
    command: that command prints a traceback for each exception it catches, and SystemExit alone
    goes through, with its text on the standard error and an exit code of 1. It is raised nowhere
    else below `cli`.
    """
    watched = False
    try:
        fresh = not instance.settings["LOAD_CONTENT_CACHE"]  # or « --ignore-cache »
        settings = replace(SiteSettings.of(instance.settings), fresh=fresh)
        watched = watching.begin(instance.settings, [settings.newsletters])
        with refusing_failures(settings.folders.root):
            report = _build(instance, settings)
    except Refusal as refusal:
        if not watched:
            raise SystemExit(str(refusal)) from None
        _say(str(refusal))
    except Exception:
        if not watched:
            raise
        _say(traceback.format_exc())  # Pelican would run again at once, and for ever
    else:
        _say(str(report))


def _build(instance: pelican.Pelican, settings: SiteSettings) -> building.Report:
    # What « --delete-output-directory » removes goes once the new site is sound, not before.
    replaces, instance.delete_outputdir = instance.delete_outputdir, False
    try:
        ready = building.read_project(instance.settings, settings, moment=datetime.now(ZONE))
        _warn(ready.problems)
        holds_content = settings.content.resolve().is_relative_to(settings.output.resolve())
        report = building.build(ready, instance, replaces=replaces and not holds_content)
    finally:
        instance.delete_outputdir = replaces
        instance.settings.pop(KEY, None)  # it holds the whole content
    if report.refused:
        raise DiagnosedRefusal(report.diagnostics)
    _warn(problem for problem in report.diagnostics if problem not in ready.problems)
    return report


def _warn(problems: Iterable[Diagnostic]) -> None:
    """Log warnings as Pelican does.

    Raises:
        Refusal: « --fatal warnings » was asked, and there is one.
    """
    fatal = False
    for problem in problems:
        if problem.severity is Severity.WARNING:
            try:
                _LOG.warning("%s", problem)
            except RuntimeError:  # that is how Pelican's logger obeys that option
                fatal = True
    if fatal:
        raise Refusal(
            "« --fatal warnings » refuse un site qui a des avertissements",
            "Corrigez ce qu’ils nomment, ou enlevez cette option.",
        )


def _say(words: str) -> None:
    pelican.console.print(words, markup=False, highlight=False, soft_wrap=True)
