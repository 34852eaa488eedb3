"""Addresses that readers already hold keep working: redirects and the record of sent letters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lxml import html

from axtra import site
from axtra.content import sent_letters
from axtra.content.sent_letters import Sent
from support.small_sites import DAY, Project, letter, make_project, news

NEWS = "/nouvelles/une-nouvelle/"
POINT = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M0 0h8v8z"/></svg>'


def new_project(folder: Path, *lines: str) -> Project:
    files = {
        "content/images/point.svg": POINT,
        "content/redirections.toml": "\n".join(lines),
        "content/nouvelles/2020/une-nouvelle.md": news(),
        "newsletters/2020/2020-05-06.md": letter(),
    }
    return make_project(folder, files)


def rules(project: Project) -> list[str]:
    return [f"{each.file}:{each.line} {each.rule}" for each in project.build().diagnostics]


def test_an_old_address_has_a_page_that_redirects(tmp_path: Path) -> None:
    project = new_project(tmp_path / "p", f'"/vieux-nom" = "{NEWS}#haut"')
    assert project.build().diagnostics == ()
    page = html.parse(project.output / "vieux-nom/index.html").getroot()
    (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
    assert refresh == f"0; url={NEWS}#haut"
    (canonical,) = page.xpath("//link[@rel='canonical']/@href")
    assert canonical.endswith(NEWS)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//main//a/@href") == [f"{NEWS}#haut"]
    assert "vieux-nom" not in (project.output / "sitemap.xml").read_text("utf-8")
    assert f"/vieux-nom {NEWS}#haut 301" in (project.output / "_redirects").read_text("utf-8")


def test_an_old_picture_address_serves_the_new_picture(tmp_path: Path) -> None:
    project = new_project(tmp_path / "p", '"/images/rond.svg" = "/images/point.svg"')
    assert project.build().diagnostics == ()
    old, new = (project.output / "images" / name for name in ("rond.svg", "point.svg"))
    assert old.read_bytes() == new.read_bytes()


def test_a_redirect_to_nowhere_or_over_a_page_stops_the_build(tmp_path: Path) -> None:
    project = new_project(tmp_path / "p", '"/vieux/" = "/absente/"')
    for line, rule in (
        ('"/vieux/" = "/absente/"', "redirection-perdue"),
        (f'"{NEWS}" = "/nouvelles/"', "redirection-de-trop"),
        ('"/images/x.svg" = "/images/absente.svg"', "redirection-perdue"),
    ):
        project.write({"content/redirections.toml": line})
        assert rules(project) == [f"content/redirections.toml:1 {rule}"]
        assert [each.rule for each in site.verify(project.root, moment=DAY)] == [rule]
    assert not project.output.exists()


def test_the_pictures_of_a_mail_can_be_recorded_and_redirected_to(tmp_path: Path) -> None:
    project = new_project(tmp_path / "p")
    project.build()
    names = [
        path.relative_to(project.output) for path in (project.output / "images").rglob("*.png")
    ]
    urls = tuple(sorted(f"/{name.as_posix()}" for name in names))
    assert urls
    sent_letters.record(project.root, Sent("2020-05-06", "membres", date(2020, 5, 6), "abc", urls))
    project.write({"content/redirections.toml": f'"/images/vieille.png" = "{urls[0]}"'})
    assert rules(project) == rules(project) == []
    assert site.verify(project.root, moment=DAY) == []
    original = (project.output / urls[0].removeprefix("/")).read_bytes()
    assert (project.output / "images/vieille.png").read_bytes() == original


def test_a_sent_address_may_move_but_not_vanish(tmp_path: Path) -> None:
    project = new_project(tmp_path / "p")
    day = date(2020, 5, 6)
    sent_letters.record(
        project.root, Sent("2020-05-06", "membres", day, "abc", (NEWS, "/images/point.svg"))
    )
    assert rules(project) == []
    (project.root / "content/nouvelles/2020/une-nouvelle.md").unlink()
    (project.root / "content/images/point.svg").rename(project.root / "content/images/rond.svg")
    project.write({"content/nouvelles/2020/meme-nouvelle.md": news()})
    assert rules(project) == [f"{sent_letters.FILE}:None adresse-disparue"] * 2
    assert [each.rule for each in site.verify(project.root, moment=DAY)] == ["adresse-disparue"] * 2
    project.write(
        {
            "content/redirections.toml": f'"{NEWS}" = "/nouvelles/meme-nouvelle/"\n'
            '"/images/point.svg" = "/images/rond.svg"\n'
        }
    )
    assert rules(project) == []
