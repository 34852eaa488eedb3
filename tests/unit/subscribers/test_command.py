"""`axtra abonnes` as someone types it: words in, sentences and exit codes out."""

from __future__ import annotations

import io
import json
import mailbox
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from axtra.cli import main
from axtra.subscribers import Register
from infolettre.core.dates import ZONE
from support.board_workbook import board_list

pytestmark = pytest.mark.bases

NOW = datetime.now(ZONE)
Run = Callable[..., tuple[int, str, str]]
TITLES = "adresse;prenom;nom;consentement;date;source\r\n"
ZOE = "zoe@exemple.test;Zoé;Roy;expres;2025-01-31;adhésion\r\n"
LEA = "lea@exemple.test;Léa;;tacite;2025-01-31;adhésion\r\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a data folder of the test's own."""
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))

    def typed(*words: object) -> tuple[int, str, str]:
        try:
            code = main(["abonnes", *map(str, words)])
        except SystemExit as end:
            code = int(str(end.code))
        return code, *capsys.readouterr()

    return typed


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "membres.csv"
    path.write_bytes((TITLES + ZOE + LEA).encode("cp1252"))
    return path


def test_a_list_is_imported_listed_and_exported(run: Run, members: Path, tmp_path: Path) -> None:
    code, out, err = run("importer", members, "--liste", "membres", "--essai")
    assert (code, err) == (0, "")
    assert out.startswith("Essai, rien n’a été gardé.")
    assert "2 personnes ajoutées" in out
    assert run("lister") == (0, "0 liste\n", "")
    assert run("importer", members, "--liste", "membres")[0] == 0
    code, out, _ = run("lister", "--liste", "membres", "--format", "json")
    people = json.loads(out)
    assert [(person["adresse"], person["prenom"], person["echeance"]) for person in people] == [
        ("lea@exemple.test", "Léa", "2027-01-31"),
        ("zoe@exemple.test", "Zoé", None),
    ]
    target = tmp_path / "sortie.csv"
    assert run("exporter", "--liste", "membres", "--sortie", target)[0] == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text("utf-8-sig").splitlines()[1:] == (LEA + ZOE).splitlines()


def test_one_bad_line_keeps_the_whole_file_out_unless_asked(run: Run, members: Path) -> None:
    members.write_bytes(members.read_bytes() + b"mauvaise;;;expres;2025-01-31;x\r\n")
    code, out, err = run("importer", members, "--liste", "membres")
    assert (code, out) == (1, "")
    assert "membres.csv:4" in err
    assert "Rien n’a été importé." in err
    assert run("lister")[1] == "0 liste\n"
    code, out, _ = run("importer", members, "--liste", "membres", "--ignorer-erreurs")
    assert code == 1
    assert "2 personnes ajoutées" in out


def test_what_is_wrong_with_a_file_is_reported_as_json(run: Run, members: Path) -> None:
    words = ("importer", members, "--liste", "membres", "--format", "json")
    code, out, err = run(*words)
    assert (code, json.loads(out)) == (0, [])
    assert "2 personnes ajoutées" in err
    members.write_bytes(members.read_bytes() + b"mauvaise;;;expres;2025-01-31;x\r\n")
    code, out, err = run(*words)
    [record] = json.loads(out)
    assert (code, record["fichier"], record["ligne"]) == (1, "membres.csv", 4)
    assert (record["regle"], record["gravite"]) == ("csv-adresse-invalide", "erreur")
    assert err == "Rien n’a été importé.\n"


def test_nothing_but_a_list_prints_an_address(run: Run, members: Path) -> None:
    said = [
        run("importer", members, "--liste", "membres"),
        run("importer", members, "--liste", "membres"),
        run("lister"),
        run("lister", "--format", "json"),
        run("desabonner", "zoe@exemple.test", "--liste", "membres"),
        run("desabonner", "zoe@exemple.test"),
        run("effacer", "lea@exemple.test"),
        run("effacer", "lea.exemple.test"),
        run("desabonner", "zoe@exemple.test", "--liste", "autre"),
    ]
    assert all("exemple.test" not in out + err for _, out, err in said)
    assert [code for code, _, _ in said] == [0] * 7 + [2, 2]


def test_who_left_or_was_erased_stays_out(run: Run, members: Path) -> None:
    run("importer", members, "--liste", "membres")
    run("desabonner", "ZOE@exemple.test")
    run("effacer", "lea@exemple.test")
    _, out, _ = run("importer", members, "--liste", "membres")
    assert "2 personnes à ne plus joindre, laissées telles quelles" in out
    _, out, _ = run("lister", "--liste", "membres", "--format", "json")
    assert [load["exclusion"] for load in json.loads(out)] == ["désabonnement de toutes les listes"]
    _, out, _ = run("lister", "--historique", "lea@exemple.test")
    assert out == "Ne plus écrire à cette adresse : effacement\n"


def test_an_address_may_be_typed_out_of_the_shells_history(
    run: Run, members: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("importer", members, "--liste", "membres")
    monkeypatch.setattr("sys.stdin", io.StringIO("zoe@exemple.test\n"))
    assert run("desabonner", "-")[1] == "Désabonnement fait : membres.\n"


def test_the_history_tells_what_happened(run: Run, members: Path) -> None:
    run("importer", members, "--liste", "membres")
    run("desabonner", "zoe@exemple.test", "--liste", "membres")
    _, out, _ = run("lister", "--historique", "zoe@exemple.test", "--format", "json")
    facts = json.loads(out)
    assert [event["fait"] for event in facts] == [
        "consentement expres",
        "abonnement",
        "désabonnement",
    ]
    assert facts[0]["detail"] == "membres.csv, ligne 2"


@pytest.mark.fichiers
@pytest.mark.parametrize("name", ["abonnes.sqlite3", "cles-signature", "lien"])
def test_a_file_of_the_register_is_no_export_nor_mailbox(
    run: Run, members: Path, tmp_path: Path, name: str
) -> None:
    run("importer", members, "--liste", "membres")
    (tmp_path / "donnees" / "lien").symlink_to("abonnes.sqlite3")
    path = tmp_path / "donnees" / name
    for words in (("exporter", "--liste", "membres", "--sortie", path), ("rebonds", path)):
        status, _, err = run(*words)
        assert status == 2
        assert "est un fichier du registre" in err
    with Register.open(tmp_path / "donnees") as register:
        assert register.find("zoe@exemple.test")


def test_a_refusal_of_policy_raises_an_alarm(run: Run, members: Path, tmp_path: Path) -> None:
    run("importer", members, "--liste", "membres")
    with Register.open(tmp_path / "donnees") as register:
        person = register.find("zoe@exemple.test")
        assert person
        code = register.keys.envelope(person.id, "2025-02-01")
    box = mailbox.mbox(tmp_path / "boite")
    box.add(
        f"To: rebonds+{code}@exemple.test\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Action: failed\nStatus: 5.7.1\n\n--b--\n"
    )
    box.flush()
    box.close()
    status, out, err = run("rebonds", tmp_path / "boite")
    assert status == 1
    assert out.startswith("1 courriel")
    assert "ALARME" in err
    assert "5.7.1 (1)" in err
    with Register.open(tmp_path / "donnees") as register:
        assert len(register.recipients("membres", datetime.now(ZONE))[0]) == 2
    assert run("rebonds", tmp_path / "nulle-part")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("importer", "absent.csv", "--liste", "membres"),
        ("importer", "absent.csv"),
        ("importer", "absent.csv", "--liste", "Mes Membres"),
        ("exporter", "--liste", "absente"),
        ("lister", "--liste", "absente"),
        ("zut",),
        (),
    ],
)
def test_a_wrong_usage_is_reported_in_french(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert " : " in err or "\u00a0: " in err


def test_a_data_folder_that_is_a_file_is_reported(
    run: Run, members: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXTRA_DONNEES", str(members))
    code, _, err = run("lister")
    assert code == 1
    assert "AXTRA_DONNEES" in err


def test_an_excel_file_is_imported_as_a_csv_file_is(run: Run, tmp_path: Path) -> None:
    board = board_list(110)
    path = tmp_path / "membres.xlsx"
    path.write_bytes(board.data)
    words = (
        "importer",
        path,
        "--liste",
        "membres",
        "--consentement",
        "expres",
        "--source",
        "adhésion",
    )
    code, _, err = run(*words, "--essai")
    assert (code, "« Notes »" in err) == (1, True)
    keep = ("--garder-si", "Notes=", "--garder-si", "Notes=préfère le téléphone")
    code, out, err = run(*words, *keep, "--ignorer-erreurs")
    assert code == 1  # some lines stay out, each named
    assert f"{len(board.good)} personnes ajoutées" in out
    assert f"{len(board.lines['apart'])} lignes de titres ou de totaux et 2 lignes sans rien" in out
    assert {line for line in board.lines["refused"] if f":{line} :" in err}
    with Register.open(tmp_path / "donnees") as register:
        written = {person.address.lower() for person in register.recipients("membres", NOW)[0]}
    assert written == {*board.good}


def test_a_column_and_a_sheet_are_named_to_the_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "membres.csv"
    path.write_text("Contact;Lieu\nzoe@exemple.test;Roy, Zoé\n", "utf-8")
    words = ("importer", path, "--liste", "membres", "--consentement", "expres", "--source", "x")
    words = (*words, "--date", "2019-01-01")
    assert run(*words)[0] == 1
    assert run(*words, "--colonne", "Contact=adresse", "--feuille", "Autre")[0] == 1
    assert run(*words, "--colonne", "Contact=courriel")[0] == 2
    code, out, _ = run(*words, "--colonne", "Contact=adresse", "--colonne", "Lieu=nom-complet")
    assert (code, "1 personne ajoutée" in out) == (0, True)
    assert "Zoé;Roy" in run("exporter", "--liste", "membres")[1]
