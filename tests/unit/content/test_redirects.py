"""The table of redirects: how it is read, checked and given to hosts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from axtra.content import redirects
from axtra.content.redirects import Redirect
from axtra.site import hosting
from infolettre.core.diagnostics import Diagnostic

SITE = {"/", "/a/", "/b/", "/images/neuve.png", "/documents/neuf.pdf"}


def read(folder: Path, text: str) -> tuple[tuple[Redirect, ...], list[str]]:
    (folder / redirects.FILE).write_text(text, "utf-8")
    table, diagnostics = redirects.read(folder, "content")
    return table, lines_and_rules(diagnostics)


def lines_and_rules(diagnostics: Iterable[Diagnostic]) -> list[str]:
    return [f"{diagnostic.line}:{diagnostic.rule}" for diagnostic in diagnostics]


def checked(*pairs: tuple[str, str]) -> list[str]:
    """Check redirects against the addresses of a site."""
    table = [Redirect(old, new, line) for line, (old, new) in enumerate(pairs, 1)]
    hiding = redirects.hiding(table, SITE, "content")
    return lines_and_rules([*hiding, *redirects.astray(table, SITE, "content")])


def test_a_site_without_the_table_has_no_redirect(tmp_path: Path) -> None:
    assert redirects.read(tmp_path, "content") == ((), [])


def test_each_line_of_the_table_is_a_redirect(tmp_path: Path) -> None:
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


def test_a_loop_is_reported_on_each_of_its_lines(tmp_path: Path) -> None:
    _, found = read(tmp_path, '"/a/" = "/b/"\n"/b/" = "/c/"\n"/c/" = "/b/"\n')
    assert found == [f"{line}:redirection-en-boucle" for line in (1, 2, 3)]


def test_the_remedy_for_a_chain_names_its_final_address(tmp_path: Path) -> None:
    (tmp_path / redirects.FILE).write_text('"/a/" = "/b"\n"/b" = "/c/"\n"/c/" = "/d/"\n', "utf-8")
    _, diagnostics = redirects.read(tmp_path, "content")
    assert [diagnostic.line for diagnostic in diagnostics] == [1, 2]
    assert '"/a/" = "/d/"' in diagnostics[0].remedy


def test_a_redirect_covers_its_address_with_and_without_a_final_slash(tmp_path: Path) -> None:
    assert read(tmp_path, '"/a" = "/c/"\n"/a/" = "/c/"\n')[1] == ["2:redirection-de-trop"]


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / redirects.FILE).write_bytes('"/é/" = "/a/"'.encode("latin-1"))
    _, diagnostics = redirects.read(tmp_path, "content")
    assert [diagnostic.rule for diagnostic in diagnostics] == ["encodage"]


def test_a_redirect_must_lead_somewhere_and_hide_nothing() -> None:
    assert checked(("/x/", "/a/#haut"), ("/vieille.png", "/images/neuve.png")) == []
    assert checked(("/x/", "/absente/")) == ["1:redirection-perdue"]
    assert checked(("/x/", "/a")) == ["1:redirection-perdue"]
    assert checked(("/a/", "/b/")) == checked(("/a", "/b/")) == ["1:redirection-de-trop"]


def test_an_old_address_serves_a_page_or_a_copy_of_the_file() -> None:
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


def test_hosts_get_a_rule_with_and_without_the_final_slash() -> None:
    table = (Redirect("/été/", "/a/#haut"), Redirect("/x.png", "/images/neuve.png"))
    assert hosting.redirects_file(table).decode().splitlines() == [
        "/%C3%A9t%C3%A9 /a/#haut 301",
        "/%C3%A9t%C3%A9/ /a/#haut 301",
    ]
    snippet = hosting.nginx_file("", table).decode()
    assert 'location = "/été/" { return 301 "/a/#haut"; }' in snippet
    assert "x.png" not in snippet
