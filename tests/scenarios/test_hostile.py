"""Nothing that a hostile author types is active in a page, a feed or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.site import content_review, letters, settings
from infolettre.core import diagnostics
from support.hostile_input import PAYLOADS, active_content
from support.mail_standard import View
from support.small_sites import DAY, Project, author, letter, make_project, news, text


def in_places(rank: int, payload: str) -> Iterator[tuple[str, str]]:
    """Yield a file for each place where an author could put a payload."""
    quoted = f'"Mot {payload} fin"'
    raw = payload.replace('\\"', '"')
    place = f"content/nouvelles/2020/n{rank}"
    yield f"{place}-titre.md", news(quoted)
    yield f"{place}-chapeau.md", text(titre="T", date="2020-01-15", chapeau=quoted)
    yield f"{place}-sujet.md", news("Sujet", mots_cles=f"[{quoted}]")
    yield f"{place}-corps.md", text(f"Un mot {raw} fin.", titre="T", date="2020-01-15")
    yield f"{place}-ligne.md", text(f"{raw}\n", titre="T", date="2020-01-15")
    quote = f"/// citation | {raw}\n    fonction: {quoted}\n\nUn mot.\n///"
    yield f"{place}-citation.md", text(quote, titre="T", date="2020-01-15")
    image = f"/// figure | images/point.png\n    alt: {quoted}\n    legende: {quoted}\n///"
    yield f"{place}-figure.md", text(image, titre="T", date="2020-01-15")
    yield f"content/auteurs/a{rank}.md", author(quoted)
    event = text(titre=quoted, debut="2020-09-10", date="2020-04-04", lieu=quoted)
    yield f"content/evenements/e{rank}.md", event
    day = f"newsletters/2020/2020-05-06-n{rank}"
    yield f"{day}-objet.md", letter(objet=quoted)
    yield f"{day}-preentete.md", letter(preentete=quoted)
    yield f"{day}-corps.md", letter(f"Bonjour,\n\nUn mot {raw} fin.")
    yield f"{day}-bouton.md", letter(f"Bonjour,\n\n/// bouton | {raw}\n    lien: /\n///")


def documents(output: Path) -> Iterator[tuple[str, lxml_html.HtmlElement]]:
    """Yield each page and mail, and each HTML text of the feeds."""
    for path in sorted(output.rglob("*.html")):
        yield path.name, lxml_html.document_fromstring(path.read_bytes().decode())
    for path in sorted((output / "flux").rglob("*.xml")):
        feed = etree.fromstring(path.read_bytes())
        for element in feed.iter("{*}content", "{*}summary", "{*}title"):
            if element.get("type") == "html" and element.text:
                yield path.name, lxml_html.fromstring(f"<div>{element.text}</div>")


def attacked(folder: Path, files: Iterable[tuple[str, str]]) -> Project:
    """Make a project of the hostile files that loading accepts."""
    project = make_project(folder, {})
    (project.root / "content/images").mkdir(parents=True)
    Image.new("RGB", (1200, 800), "#246").save(project.root / "content/images/point.png")
    project.write(dict(files))
    for _ in range(3):  # removing a file may break a reference in another
        _, problems = loading.load(Folders(project.root), moment=DAY)
        wrong = {error.file for error in diagnostics.errors(problems)}
        for name in wrong:
            (project.root / name).unlink()
    return project


def assert_nothing_acts(project: Project, least: int) -> None:
    """Assert that nothing built is active; at least `least` documents must have been examined."""
    mailed = assert_no_mail_acts(project)
    assert mailed > least // 4
    report = project.build()
    for name in {error.file for error in diagnostics.errors(report.diagnostics)}:
        assert name.startswith("newsletters/"), report.diagnostics
        (project.root / name).unlink()  # refused by the mail rules; the rest must still be examined
    assert not project.build().refused
    seen = list(documents(project.output))
    assert len(seen) + mailed >= least
    assert [(name, acting) for name, root in seen for acting in active_content(root)] == []
    for path in project.output.rglob("*"):
        if path.suffix in {".html", ".xml", ".txt", ".json", ".ics"}:
            assert_nothing_ran(path.read_text("utf-8"))


def assert_no_mail_acts(project: Project) -> int:
    """Assert that no letter is active, even if the mail rules refuse it; return their number."""
    where = settings.site_settings(project.root)
    content, _ = content_review.read(where, moment=DAY)
    mails = letters.render_public(content.newsletters, content, letters.open_mail_theme(where))
    for mail in mails.values():
        for view in (View.normal(mail.html), View.mso(mail.html)):
            assert list(active_content(view.root)) == []
        assert_nothing_ran(mail.html + mail.text)
    return len(mails)


def assert_nothing_ran(text: str) -> None:
    """Assert that no template was evaluated and that no file of this machine was read."""
    assert "9801547" not in text
    assert "root:x:0" not in text


def test_nothing_that_a_hostile_author_types_is_active(tmp_path: Path) -> None:
    turns = [list(in_places(rank, payload)) for rank, payload in enumerate(PAYLOADS)]
    some = [places[rank % len(places)] for rank, places in enumerate(turns)]
    some += [places[-1 - rank % 4] for rank, places in enumerate(turns)]  # in a letter too
    assert_nothing_acts(attacked(tmp_path / "p", some), len(PAYLOADS))


@pytest.mark.eprouve
def test_no_payload_is_active_in_any_place(tmp_path: Path) -> None:
    every = [place for rank, payload in enumerate(PAYLOADS) for place in in_places(rank, payload)]
    assert_nothing_acts(attacked(tmp_path / "p", every), 6 * len(PAYLOADS))


def test_the_detector_of_active_content_works() -> None:
    for payload in PAYLOADS[:10]:
        page = f"<html><body><p>{payload.replace(chr(92), '')}</p></body></html>"
        if "--" not in payload:
            assert list(active_content(lxml_html.document_fromstring(page))), payload
