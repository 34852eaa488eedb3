"""What stops a build becomes a refusal that names its file, in French."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader, TemplateError

from axtra.design.image_files import ImageError
from axtra.site import as_diagnostic, refusing_failures
from axtra.site.failures import as_diagnostics
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.core.refusals import DiagnosedRefusal, Refusal
from infolettre.core.regular_files import IrregularError


def _refused(error: Exception, root: Path) -> Refusal:
    with pytest.raises(Refusal) as caught, refusing_failures(root):
        raise error
    return caught.value


def test_a_file_that_became_a_link_is_named_from_the_project(tmp_path: Path) -> None:
    refusal = _refused(IrregularError(tmp_path / "content/a.pdf"), tmp_path)
    assert (refusal.place, refusal.rule) == ("content/a.pdf", "fichier-special")


def test_a_picture_whose_pixels_are_broken_is_named(tmp_path: Path) -> None:
    refusal = _refused(ImageError("« a.png » : image incomplète"), tmp_path)
    assert (refusal.place, refusal.rule) == ("content/images", "image-illisible")
    assert refusal.problem.endswith("jusqu’au bout : « a.png » : image incomplète")


def test_a_picture_whose_pixels_are_broken_is_placed_where_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "content/nouvelles").mkdir(parents=True)
    text = "---\ntitre: Un\nimage: images/un%20été.gif\n---\n"
    (tmp_path / "content/nouvelles/un.md").write_text(text.replace("é", "%C3%A9"), "utf-8")
    refusal = _refused(ImageError("« un e\u0301te\u0301.gif » : illisible"), tmp_path)
    assert refusal.place == "content/nouvelles/un.md:3"


def test_a_mistake_in_a_template_is_placed_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/page.html").write_text("un\n{% if %}\n")
    files = Environment(loader=FileSystemLoader(tmp_path), autoescape=True)
    with pytest.raises(Refusal) as caught, refusing_failures(tmp_path):
        files.get_template("theme/page.html")
    assert (caught.value.place, caught.value.rule) == ("theme/page.html:2", "gabarit-fautif")


def test_a_template_without_a_file_is_placed_in_the_folder_of_templates(tmp_path: Path) -> None:
    texts = Environment(loader=DictLoader({}), autoescape=True)
    with pytest.raises(Refusal) as caught, refusing_failures(tmp_path):
        texts.get_template("absent.html")
    assert isinstance(caught.value.__cause__, TemplateError)
    assert caught.value.place == "theme/templates"


def test_what_is_not_a_failure_of_the_content_passes(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), refusing_failures(tmp_path):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("place", "file", "line"),
    [("a/b.md:12", "a/b.md", 12), ("a/b.md", "a/b.md", None), ("C:b", "C:b", None), ("", "", None)],
)
def test_a_refusal_is_listed_as_a_problem_of_its_file(
    place: str, file: str, line: int | None
) -> None:
    refusal = Refusal("rien ne va", "Recommencez.", rule="regle", place=place)
    assert as_diagnostic(refusal) == Diagnostic(file, line, "regle", "rien ne va", "Recommencez.")
    assert str(as_diagnostic(refusal)).removeprefix(" : ") == str(refusal)


def test_the_errors_of_a_refusal_are_listed_one_by_one() -> None:
    problem = Diagnostic("a.md", 1, "regle", "rien ne va", "Recommencez.", Severity.ERROR)
    assert as_diagnostics(DiagnosedRefusal([problem, problem])) == [problem, problem]
    assert as_diagnostics(Refusal("rien ne va", "Recommencez.", rule="regle", place="a.md:1")) == [
        problem
    ]


def test_errors_of_the_content_are_reported_as_diagnostics_are() -> None:
    problem = Diagnostic("a.md", None, "regle", "rien ne va", "Recommencez.")
    assert str(DiagnosedRefusal([problem])).startswith(str(problem))
    assert '"fichier": "a.md"' in DiagnosedRefusal([problem]).as_json()
