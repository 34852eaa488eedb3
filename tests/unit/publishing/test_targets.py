"""Where a site is published: names, addresses, and what is neither."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from axtra.content import publication_tables
from axtra.content.toml_tables import TomlFile, read_toml
from axtra.publishing import targets
from axtra.publishing.targets import (
    BranchAddress,
    BucketAddress,
    FolderAddress,
    SftpAddress,
    Target,
)
from infolettre.core.refusals import WrongUsage

DECLARED: Mapping[str, Mapping[str, str]] = {
    "site": {"cible": "/var/www/axe", "public": "https://www.exemple.org/"},
    "pages": {"cible": "git+/srv/depot.git#gh-pages"},
}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/var/www/axe", FolderAddress(Path("/var/www/axe"))),
        ("/var/www/axe/", FolderAddress(Path("/var/www/axe"))),
        ("/srv/été 2026", FolderAddress(Path("/srv/été 2026"))),
        (
            "sftp://moi@exemple.org:2222/srv/axe",
            SftpAddress("exemple.org", 2222, "moi", "/srv/axe"),
        ),
        ("sftp://exemple.org/axe/", SftpAddress("exemple.org", 22, "", "/axe")),
        ("sftp://[::1]:2222/axe", SftpAddress("::1", 2222, "", "/axe")),
        ("s3://seau", BucketAddress("seau", "")),
        ("s3://seau/", BucketAddress("seau", "")),
        ("s3://seau/a/b", BucketAddress("seau", "a/b/")),
        (
            "git+https://exemple.org/x.git#gh-pages",
            BranchAddress("https://exemple.org/x.git", "gh-pages"),
        ),
        ("git+/srv/x.git#site/public", BranchAddress("/srv/x.git", "site/public")),
        ("git+git@exemple.org:x/y.git#pages", BranchAddress("git@exemple.org:x/y.git", "pages")),
    ],
)
def test_an_address_is_read_and_said(text: str, address: targets.Address) -> None:
    assert targets.parse(text) == address
    assert targets.parse(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "sftp://exemple.org",
        "sftp://exemple.org/",
        "sftp:///chemin",
        "sftp://exemple.org:porte/axe",
        "sftp://[::1/axe",
        "s3://",
        "s3://Seau Majuscule",
        "ftp://exemple.org/axe",
        "https://exemple.org/",
        "git+https://exemple.org/x.git",
        "git+https://exemple.org/x.git#",
        "git+#branche",
        "git+/srv/x.git#-f",
        "git+/srv/x.git#a b",
        "public/site",
        "./site",
        "rsync:axe",
    ],
)
def test_what_is_not_an_address_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        targets.find(text, DECLARED, {})
    assert text in refused.value.problem
    assert "#branche" in refused.value.remedy


@pytest.mark.parametrize(
    "text", ["sftp://moi:hunter2@exemple.org/axe", "git+https://moi:hunter2@exemple.org/x.git#a"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        targets.find(text, DECLARED, {})
    assert "mot de passe" in refused.value.problem
    assert "hunter2" not in str(refused.value)


def test_a_target_has_a_name_or_is_that_of_the_environment() -> None:
    site = Target("site", FolderAddress(Path("/var/www/axe")), "https://www.exemple.org")
    assert targets.find("site", DECLARED, {}) == site
    assert targets.find("", DECLARED, {targets.DEFAULT: "site"}) == site
    assert targets.find("", DECLARED, {targets.DEFAULT: " /x "}) == Target(
        "/x", FolderAddress(Path("/x"))
    )
    assert targets.find("", {"site": DECLARED["site"]}, {}) == site
    assert targets.find("", {}, {}) is None


def test_nobody_guesses_which_of_several_targets_is_meant() -> None:
    with pytest.raises(WrongUsage) as refused:
        targets.find("", DECLARED, {})
    assert "pages, site" in refused.value.problem


def test_a_name_that_does_not_exist_suggests_another() -> None:
    with pytest.raises(WrongUsage) as refused:
        targets.find("sit", DECLARED, {})
    assert "« site »" in refused.value.remedy


def toml(tmp_path: Path, text: str) -> TomlFile:
    (tmp_path / "site.toml").write_text(text, "utf-8")
    return read_toml(tmp_path / "site.toml", "content/site.toml")


def test_the_tables_of_the_site_are_read(tmp_path: Path) -> None:
    file = toml(
        tmp_path,
        '[publication.site]\ncible = "/var/www"\npublic = "http://127.0.0.1:8000"\n'
        '[publication.b]\ncible = "s3://seau"\n',
    )
    tables = publication_tables.read(file)
    assert file.notes.found == []
    assert {name: table["cible"] for name, table in tables.items()} == {
        "site": "/var/www",
        "b": "s3://seau",
    }


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('publication = "/var/www"', "valeur-invalide", 1),
        ('[publication]\nsite = "/var/www"', "fait-manquant", None),
        ("[publication.site]\ncible = 3", "fait-manquant", 1),
        ('[publication.site]\npublic = "https://x.example"', "fait-manquant", 1),
        ('[publication.site]\ncible = "/x"\nadresse = "a"', "cle-inconnue", 3),
        ('[publication.site]\ncible = "/x"\npublic = "www.x.example"', "lien-non-securise", 3),
        ('[publication.site]\ncible = "/x"\npublic = "http://x.example"', "lien-non-securise", 3),
        ('[publication.site]\ncible = "/x"\npublic = 5', "lien-non-securise", 3),
    ],
)
def test_a_mistaken_table_is_noted_with_its_line(
    tmp_path: Path, text: str, rule: str, line: int | None
) -> None:
    file = toml(tmp_path, text)
    assert publication_tables.read(file) == {}
    assert [(note.rule, note.line) for note in file.notes.found] == [(rule, line)]
