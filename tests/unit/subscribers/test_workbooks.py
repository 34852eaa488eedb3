"""Lists that people keep in Excel: every line is accounted for, and hostile files are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from axtra.subscribers.importing import departures, layouts
from axtra.subscribers.importing.csv_files import CsvContents, LineFate, read
from axtra.subscribers.importing.departures import Choices
from axtra.subscribers.importing.greeting_names import parted
from axtra.subscribers.importing.person_lines import Defaults
from axtra.subscribers.register.consent import Basis
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Notes
from support.board_workbook import BoardList, board_list
from support.other_workbooks import as_ods, as_xls, packed

NOW = datetime(2019, 4, 1, 9, tzinfo=ZONE)
STATED = Defaults(Basis.EXPRESS, date(2019, 1, 2), "formulaire")
LEFT_NOTE = Choices(keep={"notes": frozenset({"", "prefere le telephone"})})


def workbook(*rows: list[object], title: str = "Membres") -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_list(data: bytes, choices: Choices | None = None) -> CsvContents:
    return read(data, "membres.xlsx", NOW, STATED, choices)


# --- the list of a board -------------------------------------------------------------------------


SORTS: dict[str, Callable[[bytes], bytes]] = {"xlsx": bytes, "xls": as_xls, "ods": as_ods}


@pytest.fixture(scope="module", params=[*SORTS])
def board(request: pytest.FixtureRequest) -> BoardList:
    made = board_list(300)
    return replace(made, data=SORTS[request.param](made.data))


@pytest.mark.parametrize("sort", ["xls", "ods"])
def test_days_counted_from_1904_are_read_in_an_old_file(sort: str) -> None:
    made = board_list(40, mac=sort == "xls")
    contents = read_list(SORTS[sort](made.data), LEFT_NOTE)
    assert {person.address.lower(): person.consent.given.date() for person in contents.people} == (
        made.good
    )


def test_every_line_of_a_boards_list_is_accounted_for(board: BoardList) -> None:
    contents = read_list(board.data, LEFT_NOTE)
    people = {person.line for person in contents.people}
    by_fate = {
        kind: {line for line, fate in contents.fates.items() if fate is fate_of}
        for kind, fate_of in (
            ("apart", LineFate.APART),
            ("left", LineFate.LEFT),
            ("refused", LineFate.REFUSED),
            ("repeated", LineFate.REPEATED),
        )
    }
    assert {**by_fate, "good": people} == {k: v for k, v in board.lines.items() if k != "blank"}
    assert contents.blank == len(board.lines["blank"])
    assert len(contents.fates) + contents.blank == board.last
    assert {person.address.lower(): person.consent.given.date() for person in contents.people} == (
        board.good
    )
    assert board.gone.isdisjoint(person.address.lower() for person in contents.people)
    assert set(contents.reasons) == board.lines["refused"]


def test_nobody_is_imported_while_a_note_may_say_who_left(board: BoardList) -> None:
    contents = read_list(board.data)
    assert contents.people == ()
    [asked] = [error for error in contents.errors if error.rule == "csv-colonne-a-preciser"]
    assert "« Notes »" in asked.problem


def test_the_values_of_a_doubtful_column_say_who_stays(board: BoardList) -> None:
    layout = layouts.lay_out(layouts.tables(board.data, Notes("x"))["Membres"], {})
    notes = layout.keys.index("notes")
    stays = {value.text: value.stays for value in departures.status_values(layout.rows, notes)}
    assert stays == {"": True, "ne veut plus rien recevoir": False, "préfère le téléphone": True}
    assert departures.status_values(layout.rows, layout.keys.index("ville")) == ()


# --- what people type ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Roy, Zoé", ("Zoé", "Roy")),
        ("Roy, Mme Zoé", ("Zoé", "Roy")),
        ("M. Roy, Jean-Marc", ("Jean-Marc", "Roy")),
        ("Mme Zoé Roy", ("Zoé", "Roy")),
        ("M. et Mme Zoé Roy", ("Zoé", "Roy")),
        ("ROY Zoé", ("Zoé", "ROY")),
        ("Zoé SAINT-PIERRE ROY", ("Zoé", "SAINT-PIERRE ROY")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_parted(text: str, names: tuple[str, str]) -> None:
    assert parted(text) == names


@pytest.mark.parametrize(
    "value",
    [datetime(2018, 4, 3), date(2018, 4, 3), 43193,  # noqa: DTZ001 - Excel knows no zone
     43193.5, "2018-04-03", "3 avril 2018",
     "le 3 avril 2018", "mardi 3 avril 2018", "03/04/2018 "],
)  # fmt: skip
def test_a_day_is_read_in_each_form_of_excel(value: object) -> None:
    rows = [["Courriel", "Date d'inscription"], ["a@b.ca", value], ["z@b.ca", "28/02/2018"]]
    contents = read_list(workbook(*rows))
    assert [f"{person.consent.given:%Y-%m-%d}" for person in contents.people][:1] == ["2018-04-03"]


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("mailto:a@b.ca", "a@b.ca"),
        ("Zoé Roy <a@b.ca>", "a@b.ca"),
        (" A@B.CA\u00a0", "A@b.ca"),
        ("a@b.ca; A@b.ca", "a@b.ca"),
        ("a@b.ca; z@b.ca", ""),
        ("a@b.ca ou z@b.ca", ""),
        ("a@b.ca\nz@b.ca", ""),
    ],
)
def test_an_address_is_read_as_it_was_typed(cell: str, address: str) -> None:
    contents = read_list(workbook(["Courriel", "Nom"], [cell, "Roy"]))
    assert [person.address for person in contents.people] == ([address] if address else [])
    assert address or contents.reasons[2] == ["cette ligne a deux adresses de courriel"]


def test_a_role_given_to_a_column_outweighs_its_title() -> None:
    data = workbook(["Personne", "Lieu"], ["a@b.ca", "Roy, Zoé"])
    assert read_list(data).people == ()
    roles = {"personne": "adresse", "lieu": "nom-complet"}
    [person] = read_list(data, Choices(roles=roles)).people
    assert (person.address, person.first_name, person.last_name) == ("a@b.ca", "Zoé", "Roy")


def test_a_list_without_titles_has_columns_by_their_letters() -> None:
    data = workbook(["Roy, Zoé", "a@b.ca"], ["Côté, Luc", "z@b.ca"])
    layout = layouts.lay_out(layouts.tables(data, Notes("x"))["Membres"], {})
    assert layouts.guesses(layout) == {"colonne a": "nom-complet", "colonne b": "adresse"}
    people = read_list(data, Choices(roles=layouts.guesses(layout))).people
    assert [person.first_name for person in people] == ["Zoé", "Luc"]


@pytest.mark.parametrize("convert", SORTS.values(), ids=SORTS)
def test_the_sheet_with_most_addresses_is_read_unless_another_is_named(
    convert: Callable[[bytes], bytes],
) -> None:
    book = Workbook()
    first, second, hidden = book.active, book.create_sheet("Membres"), book.create_sheet("Caché")
    for sheet, number in ((first, 1), (second, 3), (hidden, 9)):
        sheet.append(["Courriel"])  # type: ignore[union-attr]
        for at in range(number):
            sheet.append([f"{sheet.title}{at}@b.ca"])  # type: ignore[union-attr]
    hidden.sheet_state = "hidden"
    data = convert(saved(book))
    assert len(read_list(data).people) == 3
    assert (read_list(data).sheet, read_list(data).others) == ("Membres", ("Sheet",))
    assert len(read_list(data, Choices(sheet="Sheet")).people) == 1
    [error] = read_list(data, Choices(sheet="Caché")).errors
    assert "Membres" in error.remedy


@pytest.mark.parametrize("convert", SORTS.values(), ids=SORTS)
def test_a_hidden_line_is_asked_about_and_a_struck_one_left(
    convert: Callable[[bytes], bytes],
) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["Courriel", "Nom"], ["a@b.ca", "Roy"], ["z@b.ca", "Côté"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    contents = read_list(convert(saved(book)))
    assert contents.people == ()
    assert "Ligne masquée" in contents.errors[0].problem
    sheet.row_dimensions[3].hidden = False
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    contents = read_list(convert(saved(book)))
    assert [person.address for person in contents.people] == ["a@b.ca"]
    assert contents.left == ("z@b.ca",)


@pytest.mark.parametrize("convert", SORTS.values(), ids=SORTS)
def test_a_line_that_is_partly_struck_is_asked_about_unless_its_address_is(
    convert: Callable[[bytes], bytes],
) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["Courriel", "Nom", "Note"], ["a@b.ca", "Roy", "x"], ["z@b.ca", "Côté", "y"]):
        sheet.append(row)
    sheet["A3"].font = Font(strike=True)
    contents = read_list(convert(saved(book)))
    assert ([person.address for person in contents.people], contents.left) == (
        ["a@b.ca"],
        ("z@b.ca",),
    )
    sheet["B2"].font = Font(strike=True)
    contents = read_list(convert(saved(book)))
    assert contents.people == ()
    assert "« Ligne barrée »" in contents.errors[0].problem
    assert "« en partie »" in contents.errors[0].problem


@pytest.mark.parametrize(
    ("title", "guessed"),
    [
        ("Membre depuis", True),
        ("Date d’adhésion", True),
        ("Date", True),
        ("Fin d’adhésion", False),
        ("Date de sortie", False),
        ("Date de départ", False),
        ("Date d’expiration", False),
        ("Inscription annulée le", False),
        ("Désinscrit le", False),
        ("Date de naissance", False),
        ("Date du dernier paiement", False),
    ],
)
def test_a_day_on_which_somebody_left_is_never_that_of_a_consent(
    title: str, *, guessed: bool
) -> None:
    data = workbook(
        ["Nom", "Courriel", title], ["Roy", "a@b.ca", date(2019, 1, 2)], ["B", "z@b.ca"]
    )
    layout = layouts.lay_out(layouts.tables(data, Notes("x"))["Membres"], {})
    assert ("date" in layouts.guesses(layout).values()) is guessed
    if not guessed and "aissance" not in title and "paiement" not in title:
        assert "a@b.ca" not in [person.address for person in read_list(data).people]


def test_titles_repeated_on_each_page_are_no_person() -> None:
    titles = ["Nom", "Courriel", "Ville"]
    rows = [titles, ["Roy", "a@b.ca", "Laval"], titles, ["Côté", "z@b.ca", "Lévis"]]
    contents = read_list(workbook(*rows))
    assert [person.line for person in contents.people] == [2, 4]
    assert contents.fates[3] is LineFate.APART


# --- hostile files -------------------------------------------------------------------------------


def altered(name: str, change: Callable[[bytes], bytes], data: bytes = b"") -> bytes:
    """Return a workbook one part of which was changed."""
    source = zipfile.ZipFile(io.BytesIO(data or workbook(["Courriel"], ["a@b.ca"])))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            data = source.read(entry)
            target.writestr(entry, change(data) if entry == name else data)
        if name not in source.namelist():
            target.writestr(name, change(b""))
    return made.getvalue()


def repeated(what: str) -> bytes:
    """Return a file of LibreOffice in which a full cell is said a million times."""
    data = as_ods(workbook(["Courriel"], ["a@b.ca"]))
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    element = {"rows": "<table:table-row", "columns": "<table:table-cell office"}[what]
    start, _, end = element.partition(" ")
    many = f'{start} table:number-{what}-repeated="99999999" {end}'
    return packed(content.replace(element, many.rstrip(), 1))


OLD = as_xls(workbook(["Courriel"], ["a@b.ca"]))


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def test_words_struck_within_a_cell_are_seen() -> None:
    """Excel keeps words apart from cells, each run with its own font."""
    parts = {
        SHEET: (b't="inlineStr"><is><t>a@b.ca</t></is>', b't="s"><v>0</v>'),
        "[Content_Types].xml": (
            b"</Types>",
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="%b"/></Types>' % STRINGS,
        ),
    }
    data = altered(
        "xl/sharedStrings.xml",
        lambda _: (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><rPr>'
            b"<strike/></rPr><t>a@b.ca</t></r></si></sst>"
        ),
    )
    for name, (before, after) in parts.items():
        data = altered(name, lambda part, old=before, new=after: part.replace(old, new), data)  # type: ignore[misc]
    contents = read_list(data)
    assert (contents.people, contents.left) == ((), ("a@b.ca",))


XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (altered(SHEET, lambda _: b" " * 70_000_000), "excel-trop-grand"),
        (altered(SHEET, lambda _: b"<a>" * 5_000), "excel-trop-grand"),
        (altered(SHEET, lambda data: data.replace(b'r="2"', b'r="999999999"')), "excel-trop-grand"),
        (altered(SHEET, lambda data: XXE + data.partition(b"?>")[2]), "excel-illisible"),
        (altered("xl/workbook.xml", lambda data: XXE + data), "excel-illisible"),
        (altered(SHEET, lambda data: data[:200]), "excel-illisible"),
        (altered("xl/vbaProject.bin", lambda _: b"x"), "excel-macros"),
        (altered("mimetype", lambda _: b"odt"), "excel-illisible"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "excel-illisible"),
        (OLD[:2_000], "excel-illisible"),
        (OLD.replace(b"a@b.ca", b"\xff" * 6)[:-700], "excel-illisible"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "excel-illisible"),
        (OLD + "_VBA_PROJECT_CUR".encode("utf-16-le"), "excel-macros"),
        (OLD + b"\0" * 20_000_000, "excel-trop-grand"),
        (packed("<a>" * 5_000), "excel-trop-grand"),
        (packed(XXE.decode() + "<a/>"), "excel-illisible"),
        (packed("<a/>", manifest="<m encryption-data='1'/>"), "excel-illisible"),
        (packed("<a/>", **{"Basic/Standard/Module1.xml": "x"}), "excel-macros"),
        (repeated("rows"), "excel-trop-grand"),
        (repeated("columns"), "excel-trop-grand"),
        (b"<html><table><tr><td>Courriel</td></tr></table>", "excel-illisible"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "excel-illisible"),
        (b"%PDF-1.7", "excel-illisible"),
        (b"PK\x03\x04 et rien d\xe2\x80\x99autre", "excel-illisible"),
    ],
)
def test_a_hostile_file_is_refused_in_french(data: bytes, rule: str) -> None:
    contents = read_list(data)
    assert contents.people == ()
    [error] = contents.errors
    assert error.rule == rule
    assert error.remedy.startswith(("Dans Excel", "Copiez"))


def test_what_a_file_announces_of_its_size_is_not_believed() -> None:
    def announce(data: bytes) -> bytes:
        return data.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')

    assert len(read_list(altered(SHEET, announce)).people) == 1


def test_a_formula_is_never_computed_and_a_wild_cell_is_only_text() -> None:
    rows = [["Courriel", "Nom"], ["a@b.ca", "=cmd|' /C calc'!A0"], ['=CONCAT("z","@b.ca")', "Roy"]]
    contents = read_list(workbook(*rows))
    assert [person.last_name for person in contents.people] == [""]  # Excel computed nothing yet
    assert 3 in contents.reasons
