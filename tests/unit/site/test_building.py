"""A build's report, and what is read or rendered without building."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra import site
from axtra.site import Report, UnknownEditionError
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.core.refusals import DiagnosedRefusal
from support.small_sites import DAY, FULL, letter, make_project, news

WARNING = Diagnostic("a.md", 1, "regle", "un doute", "Voyez.", Severity.WARNING)
ERROR = Diagnostic("a.md", 1, "regle", "rien ne va", "Corrigez.")


def test_a_report_says_what_was_built_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report((WARNING,), Path("/site/output"), pages=2, newsletters=1, seconds=1.25)
    monkeypatch.chdir("/")
    assert str(report) == (
        "2 pages, 1 infolettre, 0 erreur, 1 avertissement, 1,2\u00a0s → /site/output/"
    )
    assert not report.refused
    assert Report((WARNING, ERROR), Path("/site/output")).refused


def test_a_report_counts_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = Report((), tmp_path / "output", written=1_234, removed=1)
    assert report.change == "1\u00a0234 fichiers à jour, 1 fichier en moins"
    assert str(report).endswith(" → output/")


def test_a_mail_is_rendered_even_of_a_draft_and_not_under_an_error(tmp_path: Path) -> None:
    files = {
        **FULL,
        "newsletters/2020/2020-05-20.md": letter(date="2020-05-20", statut="brouillon"),
    }
    made = make_project(tmp_path / "projet", files)
    target = tmp_path / "rendu"
    site.render_newsletter(made.root, "2020-05-20", target, moment=DAY)
    assert sorted(file.name for file in target.iterdir()) == ["courriel.html", "courriel.txt"]
    with pytest.raises(UnknownEditionError, match="2020-05-20"):
        site.render_newsletter(made.root, "2020-05-21", target, moment=DAY)
    made.write({"content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    with pytest.raises(DiagnosedRefusal) as refused:
        site.render_newsletter(made.root, "2020-05-20", tmp_path / "autre", moment=DAY)
    assert [problem.rule for problem in refused.value.diagnostics] == ["entete-absent"]
    assert not (tmp_path / "autre").exists()


def test_jobs_are_prepared_unless_there_is_an_error(tmp_path: Path) -> None:
    made = make_project(tmp_path, {"content/nouvelles/2020/une.md": news()})
    ready = site.prepare(made.root, moment=DAY)
    assert not ready.refused
    assert "/nouvelles/une/" in ready.items
    assert ready.table.task_of("/nouvelles/") is not None
    made.write({"content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    refused = site.prepare(made.root, moment=DAY)
    assert refused.refused
    assert list(refused.table) == []


def test_a_plugin_that_does_not_load_is_reported(tmp_path: Path) -> None:
    made = make_project(tmp_path, {"content/nouvelles/2020/une.md": news()})
    conf = made.root / "pelicanconf.py"
    conf.write_text(conf.read_text("utf-8").replace('"axtra.site"', '"axtra.absent"'), "utf-8")
    report = made.build()
    assert [problem.rule for problem in report.diagnostics] == ["greffon-absent"]
    assert not made.output.exists()
