"""The table of what has moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra.content import redirects
from axtra.content.redirects import Redirect
from axtra.site import hosting

SITE = {"/", "/a/", "/b/", "/images/neuve.png", "/documents/neuf.pdf"}


def read(folder: Path, text: str) -> tuple[tuple[Redirect, ...], list[str]]:
    (folder / redirects.FILE).write_text(text, "utf-8")
    table, found = redirects.read(folder, "content")
    return table, [f"{one.line}:{one.rule}" for one in found]


def placed(*pairs: tuple[str, str]) -> list[str]:
    table = [Redirect(old, new, line) for line, (old, new) in enumerate(pairs, 1)]
    found = [*redirects.hiding(table, SITE, "content"), *redirects.astray(table, SITE, "content")]
    return [f"{one.line}:{one.rule}" for one in found]


def test_a_site_without_the_table_has_no_redirect(tmp_path: Path) -> None:
    assert redirects.read(tmp_path, "content") == ((), [])


def test_each_line_of_the_table_is_one_redirect(tmp_path: Path) -> None:
    text = "# dit ce qui a changé\n\n'/été/' = '/a/#haut'\n\"/images/x.png\" = \"/images/y.png\"\n"
    assert read(tmp_path, text) == (
        (Redirect("/été/", "/a/#haut", 3), Redirect("/images/x.png", "/images/y.png", 4)),
        [],
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('/a/ = "/b/"', "toml-illisible"),
        ('"/a/" = "/b/"\n"/a/" = "/c/"', "toml-illisible"),
        ('"/a/" = 3', "redirection-invalide"),
        ('"/a/" = ["/b/"]', "redirection-invalide"),
        ('["/a/"]\n"/b/" = "/c/"', "redirection-invalide"),
        ('"a/" = "/b/"', "redirection-invalide"),
        ('"/a/?x=1" = "/b/"', "redirection-invalide"),
        ('"/a/*" = "/b/"', "redirection-invalide"),
        ('"/:a/" = "/b/"', "redirection-invalide"),
        ('"/a;/" = "/b/"', "redirection-invalide"),
        ('"/a b/" = "/b/"', "redirection-invalide"),
        ('"/a/../c/" = "/b/"', "redirection-invalide"),
        ('"//autre.example/" = "/b/"', "redirection-invalide"),
        ('"/a/" = "//autre.example/"', "redirection-invalide"),
        ('"/a/" = "https://autre.example/"', "redirection-invalide"),
        ('"/a/" = "javascript:alert(1)"', "redirection-invalide"),
        ('"/a/" = "/b/#x#y"', "redirection-invalide"),
        ('"/a/" = "/b/\\" onload=\\"x"', "redirection-invalide"),
        ('"/" = "/b/"', "redirection-invalide"),
        ('"/x.png" = "/b/"', "redirection-invalide"),
        ('"/x.png" = "/x.jpg"', "redirection-invalide"),
        ('"/a/" = "/a/"', "redirection-en-boucle"),
        ('"/a" = "/a/"', "redirection-en-boucle"),
        ('"/a/" = "/a/#haut"', "redirection-en-boucle"),
    ],
)
def test_a_line_that_cannot_be_followed_is_refused(tmp_path: Path, line: str, rule: str) -> None:
    last = line.count("\n") + 1 if rule == "toml-illisible" else 1
    assert read(tmp_path, f"{line}\n")[1] == [f"{last}:{rule}"]


def test_a_loop_is_told_at_each_of_its_lines(tmp_path: Path) -> None:
    _, found = read(tmp_path, '"/a/" = "/b/"\n"/b/" = "/c/"\n"/c/" = "/b/"\n')
    assert found == [f"{line}:redirection-en-boucle" for line in (1, 2, 3)]


def test_a_chain_names_its_end(tmp_path: Path) -> None:
    (tmp_path / redirects.FILE).write_text('"/a/" = "/b"\n"/b" = "/c/"\n"/c/" = "/d/"\n', "utf-8")
    _, found = redirects.read(tmp_path, "content")
    assert [one.line for one in found] == [1, 2]
    assert '"/a/" = "/d/"' in found[0].remedy


def test_one_line_is_enough_for_both_ways_of_writing_an_address(tmp_path: Path) -> None:
    assert read(tmp_path, '"/a" = "/c/"\n"/a/" = "/c/"\n')[1] == ["2:redirection-de-trop"]


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / redirects.FILE).write_bytes('"/é/" = "/a/"'.encode("latin-1"))
    assert [one.rule for one in redirects.read(tmp_path, "content")[1]] == ["encodage"]


def test_a_redirect_leads_somewhere_and_hides_nothing() -> None:
    assert placed(("/x/", "/a/#haut"), ("/vieille.png", "/images/neuve.png")) == []
    assert placed(("/x/", "/absente/")) == ["1:redirection-perdue"]
    assert placed(("/x/", "/a")) == ["1:redirection-perdue"]
    assert placed(("/a/", "/b/")) == placed(("/a", "/b/")) == ["1:redirection-de-trop"]


def test_a_page_or_the_same_file_answers_at_the_old_address() -> None:
    places = {
        ("/x/", "/a/"): ("/x/", False),
        ("/x", "/a/"): ("/x/", False),
        ("/x.html", "/a/"): ("/x.html", False),
        ("/x.php", "/a/"): ("/x.php/", False),
        ("/x.pdf", "/a/"): ("/x.pdf/", False),
        ("/x.PDF", "/documents/neuf.pdf"): ("/x.PDF", True),
        ("/x.png", "/images/neuve.png"): ("/x.png", True),
    }
    for (old, new), (place, copied) in places.items():
        assert (Redirect(old, new).place, Redirect(old, new).copied) == (place, copied)


def test_hosts_get_a_rule_with_and_without_the_last_slash() -> None:
    table = (Redirect("/été/", "/a/#haut"), Redirect("/x.png", "/images/neuve.png"))
    assert hosting.redirects_file(table).decode().splitlines() == [
        "/%C3%A9t%C3%A9 /a/#haut 301",
        "/%C3%A9t%C3%A9/ /a/#haut 301",
    ]
    snippet = hosting.nginx_file("", table).decode()
    assert 'location = "/été/" { return 301 "/a/#haut"; }' in snippet
    assert "x.png" not in snippet
