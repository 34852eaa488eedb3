"""CSV in and out: what spreadsheets and services write, and what people get wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.core.dates import ZONE
from axtra.subscribers import Basis, Consent, Register, folded
from axtra.subscribers.csv_files import COLUMNS, Defaults, Sheet, read, write
from axtra.subscribers.importing import bring_in, rows, told
from axtra.subscribers.register import Outcome

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
TITLES = "adresse,prenom,nom,consentement,date,source\n"
GOOD = "zoe@exemple.test,Zoé,Roy,expres,2025-01-31,adhésion\n"


def sheet(text: str | bytes, defaults: Defaults | None = None) -> Sheet:
    data = text.encode() if isinstance(text, str) else text
    return read(data, "liste.csv", NOW, defaults or Defaults())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_form_that_excel_writes_is_read(separator: str, encoding: str, end: str) -> None:
    text = (TITLES + GOOD).replace(",", separator).replace("\n", end)
    found = sheet(text.encode(encoding))
    assert found.problems == ()
    (entry,) = found.entries
    assert (entry.address, entry.first_name, entry.last_name) == ("zoe@exemple.test", "Zoé", "Roy")
    assert entry.consent == Consent(
        Basis.EXPRESS, datetime(2025, 1, 31, tzinfo=ZONE), "adhésion", "liste.csv, ligne 2"
    )


def test_a_stated_separator_is_believed_and_lines_still_count() -> None:
    found = sheet("sep=;\n" + (TITLES + "zoe;;;expres;2025-01-31;x\n").replace(",", ";"))
    assert [one.line for one in found.problems] == [3]


@pytest.mark.parametrize(
    "titles",
    [
        "Courriel;Prénom;Nom;Consentement;Date du consentement;Origine",
        "Email Address;First Name;Last Name;consent;OPTIN_TIME;SOURCE",
        "E-mail;firstname;lastname;Consent type;created_at;Provenance",
    ],
)
def test_the_titles_of_common_exports_are_known(titles: str) -> None:
    found = sheet(f"{titles}\nzoe@exemple.test;Zoé;Roy;exprès;2025-01-31 10:22:03;web\n")
    assert found.problems == ()
    assert found.entries[0].first_name == "Zoé"


def test_other_columns_are_named_and_left() -> None:
    found = sheet(
        "ville,adresse,consentement,date,source,cote\nLévis,a@b.ca,expres,2025-01-31,x,3\n"
    )
    assert found.ignored == ("ville", "cote")
    assert found.problems == ()


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        ("zoe.exemple.test,,,expres,2025-01-31,x", "@", "Corrigez"),
        (",,,expres,2025-01-31,x", "vide", "Corrigez"),
        ("zoé@exemple.test,,,expres,2025-01-31,x", "accent", "Corrigez"),
        ("a@b.ca,,,oui,2025-01-31,x", "pas connu", "expres, tacite"),
        ("a@b.ca,,,,2025-01-31,x", "consentement manque", "expres, tacite"),
        ("a@b.ca,,,expres,2025-02-31,x", "n’existe pas", "2019-02-28"),
        ("a@b.ca,,,expres,31/01/2025,x", "n’existe pas", "2019-02-28"),
        ("a@b.ca,,,expres,,x", "date du consentement manque", "2019-02-28"),
        ("a@b.ca,,,expres,2026-03-02,x", "à venir", "2019-02-28"),
        ("a@b.ca,,,expres,0025-01-31,x", "n’existe pas", "2019-02-28"),
        ("a@b.ca,,,expres,2025-01-31,", "source", "formulaire"),
        ("a@b.ca,,expres", "moins de champs", "Complétez"),
        ("Zoe@exemple.TEST,,,tacite,2025-01-31,x", "ligne 2", "une seule"),
    ],
)
def test_a_bad_line_is_named_with_its_number_cause_and_remedy(
    line: str, problem: str, remedy: str
) -> None:
    found = sheet(f"{TITLES}{GOOD}\n{line}\n")
    assert {one.line for one in found.problems} == {4}
    assert any(problem in one.problem and remedy in one.remedy for one in found.problems)
    assert len(found.entries) == 1
    address = line.partition(",")[0]
    assert not address or all(address not in str(one) for one in found.problems)


def test_every_bad_line_is_said_in_one_run() -> None:
    bad = "x,,,expres,2025-01-31,s\n"
    assert [one.line for one in sheet(TITLES + bad * 50).problems] == list(range(2, 52))


def test_a_file_without_titles_shows_nobody() -> None:
    found = sheet(GOOD)
    assert found.entries == ()
    assert found.ignored == () or all("@" not in one for one in found.ignored)
    assert [one.line for one in found.problems] == [1]
    assert "zoe" not in str(found.problems[0])


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "vide"), (b"\n \n", "vide"), (b"PK\x03\x04\x00\x00\x81", "pas un fichier CSV")],
)
def test_what_is_not_a_csv_file_is_said_so(data: bytes, problem: str) -> None:
    (found,) = sheet(data).problems
    assert problem in found.problem


def test_an_open_quote_is_found_where_it_opens() -> None:
    found = sheet(f'{TITLES}{GOOD}a@b.ca,"Zoé,,expres,2025-01-31,x\nc@b.ca,,,expres,2025-01-31,x\n')
    assert [one.line for one in found.problems] == [3]
    assert "guillemet" in found.problems[0].problem


def test_a_cell_on_two_lines_becomes_one_and_the_count_goes_on() -> None:
    found = sheet(
        f'{TITLES}a@b.ca,"Zoé\r\nBcc: x",,expres,2025-01-31,s\nmauvaise,,,expres,2025-01-31,s\n'
    )
    assert found.entries[0].first_name == "Zoé Bcc: x"
    assert [one.line for one in found.problems] == [4]


def test_what_a_file_leaves_unsaid_may_be_stated_for_all_of_it() -> None:
    text = "Email,Name\nzoe@exemple.test,Zoé Roy\n"
    assert {one.problem.split()[-2] for one in sheet(text).problems} == {
        "consentement",
        "date",
        "source",
    }
    stated = sheet(text, Defaults(Basis.IMPLIED, date(2025, 5, 1), "adhésion"))
    assert stated.problems == ()
    assert stated.entries[0].consent.given == datetime(2025, 5, 1, tzinfo=ZONE)


def test_an_inquiry_lasts_six_months_however_it_is_written() -> None:
    lines = (
        "a@b.ca,,,tacite-demande,2025-01-31,salon\n"
        "b@b.ca,,,tacite,2025-01-31,Demande d’information\n"
        "c@b.ca,,,tacite,2025-01-31,adhésion\n"
    )
    assert [one.consent.basis for one in sheet(TITLES + lines).entries] == [
        Basis.INQUIRY,
        Basis.INQUIRY,
        Basis.IMPLIED,
    ]


def test_a_trial_keeps_nothing_and_says_the_same(tmp_path: Path) -> None:
    entries = sheet(TITLES + GOOD).entries
    with Register.open(tmp_path) as register:
        tried = bring_in(register, "membres", entries, NOW, trial=True)
        assert (register.lists(), register.find("zoe@exemple.test")) == ((), None)
        assert bring_in(register, "membres", entries, NOW, trial=False) == tried
        assert bring_in(register, "membres", entries, NOW, trial=False) == {Outcome.KEPT: 1}


def test_what_is_exported_is_imported_again_the_same(tmp_path: Path) -> None:
    text = (
        TITLES + 'zoe@exemple.test,=1+1,"Roy; ""dite"" Z",tacite-demande,2025-12-24,"web, salon"\n'
        "=cmd|'x'!a0@exemple.test,,,expres,2025-12-24,web\n"
    )
    exports = []
    for name in ("a", "b"):
        with Register.open(tmp_path / name) as register:
            found = sheet(exports[-1] if exports else text)
            assert found.problems == ()
            bring_in(register, "membres", found.entries, NOW, trial=False)
            exports.append(write(rows(register.subscriptions("membres"))))
    assert exports[0] == exports[1]
    assert exports[0].startswith(b"\xef\xbb\xbfadresse;prenom;nom;consentement;date;source\r\n")
    assert b";'=1+1;" in exports[0]
    assert b"\r\n'=cmd|'x'!a0@exemple.test;" in exports[0]


def test_an_import_is_told_in_numbers() -> None:
    said = told({Outcome.ADDED: 2, Outcome.LEFT: 1, Outcome.SUPPRESSED: 3}, 0, 0)
    assert said == (
        "2 personnes ajoutées; 0 personne déjà abonnée; 1 personne désabonnée, laissée telle "
        "quelle; 3 personnes à ne plus joindre, laissées telles quelles"
    )


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reading(data: bytes) -> None:
    found = sheet(data)
    assert found.entries == () or data.count(b"@") >= len(found.entries)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=25)


@given(
    st.lists(
        st.tuples(st.emails(), CELL, CELL, st.sampled_from(["expres", "tacite", "?"])), max_size=6
    )
)
def test_no_cell_forks_a_record_nor_reaches_another(lines: list[tuple[str, str, str, str]]) -> None:
    data = write([(*line[:3], line[3], "2025-01-31", "s") for line in lines], COLUMNS)
    found = sheet(data)
    keys = [folded(one.address) for one in found.entries]
    assert len(keys) == len(set(keys))
    assert len(found.entries) + found.repeated <= len(lines)
    bad = {one.line for one in found.problems}
    assert None not in bad
    for entry in found.entries:
        assert entry.first_name.isprintable()
        assert entry.last_name.isprintable()
    if all(line[3] != "?" for line in lines) and len({folded(x[0]) for x in lines}) == len(lines):
        assert len(found.entries) + len(bad) == len(lines)
