"""CSV in and out: what spreadsheets and services write, and what people get wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.subscribers import Basis, Consent, Register, folded
from axtra.subscribers.importing.columns import COLUMNS, write
from axtra.subscribers.importing.csv_files import CsvContents, read
from axtra.subscribers.importing.date_columns import Order
from axtra.subscribers.importing.list_changes import (
    add_people,
    condensed,
    exported_rows,
    summary,
)
from axtra.subscribers.importing.person_lines import Defaults
from axtra.subscribers.register.register import AddOutcome
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
TITLES = "adresse,prenom,nom,consentement,date,source\n"
GOOD = "zoe@exemple.test,Zoé,Roy,expres,2025-01-31,adhésion\n"


def sheet(text: str | bytes, defaults: Defaults | None = None) -> CsvContents:
    data = text.encode() if isinstance(text, str) else text
    return read(data, "liste.csv", NOW, defaults or Defaults())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_form_that_excel_writes_is_read(separator: str, encoding: str, end: str) -> None:
    text = (TITLES + GOOD).replace(",", separator).replace("\n", end)
    contents = sheet(text.encode(encoding))
    assert contents.errors == ()
    (entry,) = contents.people
    assert (entry.address, entry.first_name, entry.last_name) == ("zoe@exemple.test", "Zoé", "Roy")
    assert entry.consent == Consent(
        Basis.EXPRESS, datetime(2025, 1, 31, tzinfo=ZONE), "adhésion", "liste.csv, ligne 2"
    )


def test_a_stated_separator_is_believed_and_lines_still_count() -> None:
    contents = sheet("sep=;\n" + (TITLES + "zoe;;;expres;2025-01-31;x\n").replace(",", ";"))
    assert [error.line for error in contents.errors] == [3]


@pytest.mark.parametrize(
    "titles",
    [
        "Courriel;Prénom;Nom;Consentement;Date du consentement;Origine",
        "Email Address;First Name;Last Name;consent;OPTIN_TIME;SOURCE",
        "E-mail;firstname;lastname;Consent type;created_at;Provenance",
    ],
)
def test_the_titles_of_common_exports_are_known(titles: str) -> None:
    contents = sheet(f"{titles}\nzoe@exemple.test;Zoé;Roy;exprès;2025-01-31 10:22:03;web\n")
    assert contents.errors == ()
    assert contents.people[0].first_name == "Zoé"


def test_other_columns_are_named_and_left() -> None:
    contents = sheet(
        "ville,adresse,consentement,date,source,cote\nLévis,a@b.ca,expres,2025-01-31,x,3\n"
    )
    assert contents.ignored == ("ville", "cote")
    assert contents.errors == ()


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        ("zoe.exemple.test,,,expres,2025-01-31,x", "@", "Corrigez"),
        (",,,expres,2025-01-31,x", "vide", "Corrigez"),
        ("zoé@exemple.test,,,expres,2025-01-31,x", "accent", "Corrigez"),
        ("a@b.ca,,,oui,2025-01-31,x", "pas connu", "expres, tacite"),
        ("a@b.ca,,,,2025-01-31,x", "consentement manque", "expres, tacite"),
        ("a@b.ca,,,expres,2025-02-31,x", "n’existe pas", "2019-02-28"),
        ("a@b.ca,,,expres,31/02/2025,x", "n’existe pas", "2019-02-28"),
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
    contents = sheet(f"{TITLES}{GOOD}\n{line}\n")
    assert {error.line for error in contents.errors} == {4}
    assert any(problem in error.problem and remedy in error.remedy for error in contents.errors)
    assert len(contents.people) == 1
    address = line.partition(",")[0]
    assert not address or all(address not in str(error) for error in contents.errors)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28/02/2019", "2019-02-28"),
        ("28-2-2019 10:11", "2019-02-28"),
        ("02/28/2019", "2019-02-28"),
        ("05/05/2021", "2021-05-05"),
        ("2024-01-02T10:11:12Z", "2024-01-02"),
        ("2024-01-02 10:11:12.123456-05", "2024-01-02"),
        ("2024/1/2", "2024-01-02"),
        ("2024.01.02", "2024-01-02"),
        ("20240102", "2024-01-02"),
        ("2 janvier 2024", "2024-01-02"),
        ("1er août 2024", "2024-08-01"),
        ("02-janv-24", "2024-01-02"),
        ("Jan 2, 2024", "2024-01-02"),
    ],
)
def test_a_date_that_can_be_only_one_is_read(text: str, day: str) -> None:
    contents = sheet(f'{TITLES}a@b.ca,,,expres,"{text}",x\n')
    assert [f"{person.consent.given:%Y-%m-%d}" for person in contents.people] == [day], (
        contents.errors
    )


def test_one_sure_date_gives_the_order_of_its_column() -> None:
    lines = "a@b.ca,,,expres,05/06/2021,x\nb@b.ca,,,expres,28/02/2019,x\n"
    contents = sheet(TITLES + lines)
    assert [person.consent.given.month for person in contents.people] == [6, 2]


def test_an_order_that_nothing_tells_is_asked_once_then_taken() -> None:
    lines = "".join(f"p{at}@b.ca,,,expres,05/06/2021,x\n" for at in range(1500))
    contents = sheet(TITLES + lines)
    [said] = contents.errors
    assert said.line == 2
    assert "1495 autres" in said.problem
    assert "--dates jour-mois" in said.remedy
    for order, month in ((Order.DAY_FIRST, 6), (Order.MONTH_FIRST, 5)):
        read_again = sheet(TITLES + lines, Defaults(order=order))
        assert {person.consent.given.month for person in read_again.people} == {month}


@pytest.mark.parametrize("text", ["45293", "bientôt", "05/06/21", "2019-13-01"])
def test_dates_that_are_none_are_one_message_for_the_column(text: str) -> None:
    lines = "".join(f"p{at}@b.ca,,,expres,{text},x\n" for at in range(1500))
    [said] = sheet(TITLES + lines + GOOD).errors
    assert (said.line, "1495 autres" in said.problem) == (2, True)


def test_what_is_wrong_with_many_lines_is_written_once() -> None:
    bad = sheet(TITLES + "x,,,expres,2025-01-31,s\n" * 1500).errors
    assert len(bad) == 1500
    [shown] = condensed(bad)
    assert (shown.line, "1\u00a0495 autres" in shown.problem) == (2, True)
    assert condensed(bad[:3]) == list(bad[:3])


WRITTEN = "Courriel;Prénom;Nom\r\nana@exemple.test;André;Bélanger\r\n"
STATED = Defaults(Basis.EXPRESS, date(2025, 5, 1), "essai")


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "name", ["André", "Bélanger", "Éloïse", "Noël", "Françoise", "JÉRÔME", "Côté"]
)
def test_accents_are_those_that_were_written(encoding: str, name: str) -> None:
    contents = sheet(WRITTEN.replace("Bélanger", name).encode(encoding), STATED)
    assert [(person.first_name, person.last_name) for person in contents.people] == [
        ("André", name)
    ]
    assert len(contents.diagnostics) == (encoding in {"mac_roman", "cp850"})


@pytest.mark.parametrize("name", ["García", "João", "Žižek", "Núñez", "Ångström"])
def test_names_from_elsewhere_keep_their_own_accents(name: str) -> None:
    contents = sheet(WRITTEN.replace("Bélanger", name).encode("cp1252"), STATED)
    assert contents.people[0].last_name == name


@pytest.mark.parametrize("name", ["AndrÃ©", "CÃ´tÃ©", "Andr\ufffd", "Lâ€™Heureux", "Ã‰loÃ¯se"])
def test_accents_that_were_lost_are_reported_with_their_line(name: str) -> None:
    contents = sheet(TITLES + GOOD + f"a@b.ca,{name},,expres,2025-01-31,x\n")
    assert [error.line for error in contents.errors] == [3]
    assert len(contents.people) == 1
    assert [error.line for error in sheet("Courriel;PrÃ©nom\na@b.ca;Ana\n", STATED).errors] == [1]


@pytest.mark.parametrize(
    "written",
    ["mailto:zoe@exemple.test", "Zoé Roy <zoe@exemple.test>", "<zoe@exemple.test>",
     '"Roy, Zoé" <zoe@exemple.test>', "MAILTO:zoe@exemple.test", "zoe@exemple.test;"],
)  # fmt: skip
def test_an_address_is_found_in_what_mail_programs_put_around_it(written: str) -> None:
    doubled = written.replace('"', '""')
    contents = sheet(f'Courriel,Ville\n"{doubled}",Laval\n', STATED)
    assert [person.address for person in contents.people] == ["zoe@exemple.test"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ana@gmial.com", "gmail.com"), ("ana@gmail.co", "gmail.com"),
        ("a@hotmil.com", "hotmail.com"),
        ("ana@hotmail.con", "hotmail.com"), ("ana@videotron.caa", "videotron.ca"),
        ("ana@organisme.cmo", "organisme.com"), ("noreply@exemple.test", "personne"),
        ("ne-pas-repondre@exemple.test", "personne"), ("postmaster@exemple.test", "personne"),
        ("xn--gr-zia@exemple.test", "abîmée"),
        ("ana@sympatico.com", "sympatico.ca"), ("ana@icloud.ca", "icloud.com"),
    ],
)  # fmt: skip
def test_a_doubtful_address_is_brought_in_and_said(address: str, said: str) -> None:
    contents = sheet(f"Courriel\n{address}\n", STATED)
    assert len(contents.people) == 1
    [warning] = contents.diagnostics
    assert (str(warning.severity), warning.rule) == ("avertissement", "csv-adresse-douteuse")
    assert str(warning).startswith("liste.csv:2 : avertissement : ")
    assert said in warning.problem
    assert address not in str(warning)


@pytest.mark.parametrize(
    "address",
    ["a@gmail.com", "a@mail.com", "a@ymail.com", "a@live.fr", "a@cje-laval.qc.ca", "a@outlook.fr",
     "a@tlb.sympatico.ca", "abel@exemple.test", "rooty@exemple.test", "a@organisme.org"],
)  # fmt: skip
def test_a_usual_address_is_no_doubt(address: str) -> None:
    assert sheet(f"Courriel\n{address}\n", STATED).diagnostics == ()


@pytest.mark.parametrize(
    "title",
    ["Adresse électronique", "Adresse de messagerie", "Courrier électronique", "Mél.",
     "Courriel (obligatoire)", "Adresse électronique (courriel) *"],
)  # fmt: skip
def test_french_names_for_an_address_are_known(title: str) -> None:
    assert len(sheet(f"Prénom;{title}\nAna;a@b.ca\n", STATED).people) == 1


def test_two_columns_of_addresses_are_one_where_they_agree() -> None:
    contents = sheet("Courriel,Nom,Courriel\n,Roy,a@b.ca\nb@b.ca,Roy,\nc@b.ca,Roy,C@b.ca\n", STATED)
    assert [person.address for person in contents.people] == ["a@b.ca", "b@b.ca", "c@b.ca"]
    contents = sheet("Courriel,Nom,Courriel\na@b.ca,Roy,b@b.ca\n", STATED)
    assert "deux adresses" in contents.errors[0].problem


def test_an_address_of_a_street_is_not_one_of_mail() -> None:
    contents = sheet("Adresse,Courriel\n1 rue Roy,a@b.ca\n", STATED)
    assert [person.address for person in contents.people] == ["a@b.ca"]


def test_lines_before_the_titles_are_passed() -> None:
    text = "Liste des membres 2025\n\nCourriel,Prénom\na@b.ca,Ana\nx,y\n"
    contents = sheet(text, STATED)
    assert [person.first_name for person in contents.people] == ["Ana"]
    assert [error.line for error in contents.errors] == [5]


@pytest.mark.parametrize(
    ("written", "basis"),
    [("Consentement exprès", Basis.EXPRESS), ("Consentement tacite", Basis.IMPLIED),
     ("Express consent", Basis.EXPRESS), ("Implied consent", Basis.IMPLIED)],
)  # fmt: skip
def test_a_consent_is_known_by_its_word(written: str, basis: Basis) -> None:
    contents = sheet(f"{TITLES}a@b.ca,,,{written},2025-01-31,x\n")
    assert [person.consent.basis for person in contents.people] == [basis]


@pytest.mark.parametrize(
    ("written", "name"),
    [("ANA", "Ana"), ("jean-françois", "Jean-François"), ("MARIE-ÈVE", "Marie-Ève"), ("JF", "JF"),
     ("M. Cid Roy", "Cid"), ("Mme Léa", "Léa"), ("NULL", ""), ("#N/A", ""), ("Inconnu", ""),
     ("-", ""), ("a@b.ca", ""), ("https://exemple.test/x", ""), ("Noé", "Noé"), ("Manon", "Manon"),
     ("DeShawn", "DeShawn"), ("Mélissa", "Mélissa"), ("Mme", ""), ("M. et Mme Roy", ""),
     ("M. & Mme Cid Roy", "Cid"), ("Mme Roy", ""), ("Roy", "Roy"), ("Dr. Ève", "Ève"),
     ("Mel", "Mel")],
)  # fmt: skip
def test_a_first_name_is_one_to_greet_by(written: str, name: str) -> None:
    contents = sheet(f"{TITLES}a@b.ca,{written},Roy,expres,2025-01-31,x\n")
    assert [person.first_name for person in contents.people] == [name]


def test_every_bad_line_is_reported_in_one_run() -> None:
    bad = "x,,,expres,2025-01-31,s\n"
    assert [error.line for error in sheet(TITLES + bad * 50).errors] == list(range(2, 52))


def test_a_file_without_titles_shows_nobody() -> None:
    contents = sheet(GOOD)
    assert contents.people == ()
    assert contents.ignored == () or all("@" not in content for content in contents.ignored)
    assert [error.line for error in contents.errors] == [1]
    assert "zoe" not in str(contents.errors[0])


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "vide"), (b"\n \n", "vide"), (b"PK\x03\x04\x00\x00\x81", "pas un fichier CSV")],
)
def test_what_is_not_a_csv_file_is_reported(data: bytes, problem: str) -> None:
    (error,) = sheet(data).errors
    assert problem in error.problem


def test_an_open_quote_is_found_where_it_opens() -> None:
    contents = sheet(
        f'{TITLES}{GOOD}a@b.ca,"Zoé,,expres,2025-01-31,x\nc@b.ca,,,expres,2025-01-31,x\n'
    )
    assert [error.line for error in contents.errors] == [3]
    assert "guillemet" in contents.errors[0].problem


def test_a_cell_on_two_lines_becomes_one_and_the_count_goes_on() -> None:
    contents = sheet(
        f'{TITLES}a@b.ca,"Zoé\r\nBcc: x",,expres,2025-01-31,s\nmauvaise,,,expres,2025-01-31,s\n'
    )
    assert contents.people[0].first_name == "Zoé Bcc: x"
    assert [error.line for error in contents.errors] == [4]


def test_what_a_file_leaves_unsaid_may_be_stated_for_all_of_it() -> None:
    text = "Email,Name\nzoe@exemple.test,Zoé Roy\n"
    assert {error.problem.split()[-2] for error in sheet(text).errors} == {
        "consentement",
        "date",
        "source",
    }
    stated = sheet(text, Defaults(Basis.IMPLIED, date(2025, 5, 1), "adhésion"))
    assert stated.errors == ()
    assert stated.people[0].consent.given == datetime(2025, 5, 1, tzinfo=ZONE)


def test_an_inquiry_lasts_six_months_however_it_is_written() -> None:
    lines = (
        "a@b.ca,,,tacite-demande,2025-01-31,salon\n"
        "b@b.ca,,,tacite,2025-01-31,Demande d’information\n"
        "c@b.ca,,,tacite,2025-01-31,adhésion\n"
    )
    assert [person.consent.basis for person in sheet(TITLES + lines).people] == [
        Basis.INQUIRY,
        Basis.INQUIRY,
        Basis.IMPLIED,
    ]


def test_a_trial_keeps_nothing_and_says_the_same(tmp_path: Path) -> None:
    entries = sheet(TITLES + GOOD).people
    with Register.open(tmp_path) as register:
        tried = add_people(register, "membres", entries, NOW, trial=True)
        assert (register.lists(), register.find("zoe@exemple.test")) == ((), None)
        assert add_people(register, "membres", entries, NOW, trial=False) == tried
        assert add_people(register, "membres", entries, NOW, trial=False) == {AddOutcome.KEPT: 1}


@pytest.mark.fichiers
def test_what_is_exported_is_imported_again_the_same(tmp_path: Path) -> None:
    text = (
        TITLES + 'zoe@exemple.test,=1+1,"Roy; ""dite"" Z",tacite-demande,2025-12-24,"web, salon"\n'
        "=cmd|'x'!a0@exemple.test,,,expres,2025-12-24,web\n"
    )
    exports = []
    for name in ("a", "b"):
        with Register.open(tmp_path / name) as register:
            contents = sheet(exports[-1] if exports else text)
            assert contents.errors == ()
            add_people(register, "membres", contents.people, NOW, trial=False)
            exports.append(write(exported_rows(register.subscriptions("membres"))))
    assert exports[0] == exports[1]
    assert exports[0].startswith(b"\xef\xbb\xbfadresse;prenom;nom;consentement;date;source\r\n")
    assert b";'=1+1;" in exports[0]
    assert b"\r\n'=cmd|'x'!a0@exemple.test;" in exports[0]


def test_an_import_is_reported_in_numbers() -> None:
    said = summary({AddOutcome.ADDED: 2, AddOutcome.LEFT: 1, AddOutcome.SUPPRESSED: 3}, 0, 0)
    assert said == (
        "2 personnes ajoutées; 0 personne déjà abonnée; 1 personne désabonnée, laissée telle "
        "quelle; 3 personnes à ne plus joindre, laissées telles quelles"
    )


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reading(data: bytes) -> None:
    contents = sheet(data)
    assert contents.people == () or data.count(b"@") >= len(contents.people)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=25)


@given(
    st.lists(
        st.tuples(st.emails(), CELL, CELL, st.sampled_from(["expres", "tacite", "?"])), max_size=6
    )
)
def test_no_cell_forks_a_record_nor_reaches_another(lines: list[tuple[str, str, str, str]]) -> None:
    data = write([(*line[:3], line[3], "2025-01-31", "s") for line in lines], COLUMNS)
    contents = sheet(data)
    keys = [folded(person.address) for person in contents.people]
    assert len(keys) == len(set(keys))
    assert len(contents.people) + contents.repeated <= len(lines)
    bad = {error.line for error in contents.errors}
    assert None not in bad
    for entry in contents.people:
        assert entry.first_name.isprintable()
        assert entry.last_name.isprintable()
    if all(line[3] != "?" for line in lines) and len({folded(x[0]) for x in lines}) == len(lines):
        assert len(contents.people) + len(bad) == len(lines)
