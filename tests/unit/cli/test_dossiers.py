"""`axtra abonnes dossier` and `purger`: nothing held is left out, nothing is kept for too long."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from axtra.atelier.accounts import Accounts
from axtra.atelier.own_files import OwnFiles
from axtra.atelier.roles import Role
from axtra.atelier.set_aside import SetAside, Version, personal_folder
from axtra.cli import main
from axtra.sending.ledger import Ledger
from axtra.subscribers import Basis, Consent, Reason, Register
from axtra.subscribers.register.late_departures import note
from axtra.subscribers.signed_tokens import edition_tag
from infolettre.core.dates import ZONE

ZOE, OTHER = "zoe@exemple.test", "autre@exemple.test"
NOW = datetime.now(ZONE).replace(microsecond=0)
EDITION = "2026-12-02"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a data folder of the test's own."""
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))

    def typed(*words: str, said: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        return main(["abonnes", *words]), *capsys.readouterr()

    return typed


def fill(folder: Path, address: str, name: str) -> None:
    """Write something of a person to every table of both books."""
    with Register.open(folder) as register:
        for liste, basis in (("membres", Basis.EXPRESS), ("amis", Basis.IMPLIED)):
            consent = Consent(basis, NOW, f"source {name} {liste}", f"preuve {name} {liste}")
            register.add(liste, address, consent, NOW, first_name=name, last_name=f"Nom {name}")
        person = register.find(address)
        assert person
        register.unsubscribe(person.id, "amis", NOW, f"par {name}")
        register.note_bounce(person.id, EDITION, "passager", f"4.2.{len(name)}", NOW)
        register.propose(address, Reason.ADDRESS, NOW, edition=EDITION, detail=f"retour {name}")
        register.ask(address, name, ["quariera"], NOW)
        register.suppress(address, Reason.COMPLAINT, NOW, edition=EDITION, detail=f"plainte {name}")
    with Ledger.open(folder) as ledger, ledger.together() as db:
        db.execute(
            "INSERT OR IGNORE INTO freezes"
            " VALUES (1, ?, 'membres', '', x'', '', '', '', 2, '', '')",
            (EDITION,),
        )
        db.execute(
            "INSERT INTO recipients (edition, folded, freeze, address, first_name, person,"
            " message_id, link, envelope, state, reason, claimed, settled)"
            " VALUES (?, ?, 1, ?, ?, ?, ?, '', '', 'refuse', ?, 1, 2)",
            (EDITION, address, address, name, person.id, f"{name}@x", f"550 dit {name}"),
        )
        db.execute("INSERT OR IGNORE INTO authors VALUES (1, ?)", (address,))
        db.execute(
            "INSERT INTO approvals (edition, hash, who, moment, freeze, account)"
            " VALUES (?, '', ?, '', 1, ?)",
            (EDITION, f"{name} ({address})", address),
        )

    with closing(Accounts(folder, lambda: NOW)) as accounts:
        member = accounts.invite(address, Role.AUTEUR, name, "la direction")
        link = accounts.new_link(address)
        assert link
        assert accounts.sign_in(link)
    project = folder / "atelier" / "projet"
    OwnFiles(project, lambda: NOW).note(f"content/pages/texte-{len(name)}.md", member)
    version = Version(b"Un mot.", "base", name, NOW)
    SetAside(project).waiting.put(f"content/pages/texte-{len(name)}.md", version)
    SetAside(personal_folder(project, address)).typed_by(address).put(
        "content/pages/autre.md", version
    )
    copy = project / "versions/content/pages/texte.md" / f"20261130T000000\x1f{name}\x1fPublié"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(b"Un mot.")


def held(folder: Path, address: str) -> set[str]:
    """Return every text that any table of both books holds about an address, but moments."""
    texts: set[str] = set()
    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        person = register.find(address)
        assert person
        keys = {address, person.id, register.keys.mark(address)}
        for db in (register._db, ledger._db):
            tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for (table,) in tables:
                for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608
                    if keys & {str(value) for value in row}:
                        texts |= {value for value in row if isinstance(value, str) and value}
        # Names that say nothing: of a mark, of a message and of a request.
        texts -= {register.keys.mark(address), "Zoé@x"}
        texts -= {row[0] for row in register._db.execute("SELECT id FROM pending")}
    return {text for text in texts if not re.match(r"\d{4}-\d\d-\d\dT", text)}


def test_nothing_that_is_held_is_left_out(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    fill(folder, ZOE, "Zoé")
    fill(folder, OTHER, "Autre")
    code, out, err = run("dossier", "ZOE@exemple.test", "--format", "json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    texts = held(folder, ZOE)
    assert len(texts) > 20
    names = {edition_tag(EDITION): EDITION, "a_envoyer": "a_envoyer"}
    assert {text for text in texts if names.get(text, text) not in out} == set()
    assert "Autre" not in out
    assert all(told[part] for part in told if part != "listes_quittees")
    newsroom = told["atelier"]
    assert (newsroom["nom"], newsroom["role"], newsroom["fenetres_ouvertes"]) == (
        "Zoé",
        "auteur",
        1,
    )
    assert newsroom["textes_commences"] == ["content/pages/texte-3.md"]
    assert [act["acte"] for act in newsroom["actes"]] == ["invitation", "entrée"]
    _, text, _ = run("dossier", "-", said="zoe@exemple.test\n")
    assert {word for word in texts if names.get(word, word) not in text} == set()
    assert "Autre" not in text
    assert run("dossier", ZOE, "--json")[1] == out


def test_what_an_erasure_leaves_is_shown(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "donnees", ZOE, "Zoé")
    assert run("effacer", ZOE)[0] == 0
    told = json.loads(run("dossier", ZOE, "--json")[1])
    assert (told["personne"], told["historique"], told["demandes"]) == (None, [], [])
    assert told["retrait"]["motif"] == "effacement"
    assert told["editions"][0]["adresse"].startswith("efface-")
    assert "effacement" in str(told["journal_des_retraits"])
    assert "Zoé" not in json.dumps(told, ensure_ascii=False)
    assert told["lettres"] == []
    assert told["atelier"] is None
    left = [path for path in (tmp_path / "donnees/atelier").rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() + str(path).encode() for path in left)
    for word in ("zoe@", "Zoé"):
        assert word.encode() not in kept
        assert json.dumps(word).strip('"').encode() not in kept


def test_an_erasure_says_what_a_reader_keeps_on_the_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.storage.sqlite._READERS", 0.1)
    folder = tmp_path / "donnees"
    fill(folder, ZOE, "Zoé")
    with closing(sqlite3.connect(folder / "abonnes.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM people").fetchone()
        code, out, err = run("effacer", ZOE)
        assert (code, out) == (1, "")
        assert "reste sur le disque" in err
    code, out, _ = run("effacer", ZOE)
    assert code == 0
    assert b"zoe@" not in b"".join(path.read_bytes() for path in folder.glob("*.sqlite3*"))


def test_an_unknown_person_has_an_empty_record(run: Run) -> None:
    code, out, _ = run("dossier", ZOE)
    assert code == 0
    assert "Rien n’est gardé de cette adresse." in out


def test_who_has_not_confirmed_is_known(run: Run, tmp_path: Path) -> None:
    with Register.open(tmp_path / "donnees") as register:
        register.ask(ZOE, "Zoé", ["membres"], NOW)
    _, out, _ = run("lister", "--historique", ZOE)
    assert "demande pas encore confirmée, liste membres (formulaire)" in out
    told: list[dict[str, Any]] = json.loads(
        run("lister", "--historique", ZOE, "--format", "json")[1]
    )
    assert [event["liste"] for event in told] == ["membres"]
    assert "Zoé" in run("dossier", ZOE)[1]


def test_what_is_too_old_is_forgotten_once(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    with Register.open(folder) as register:
        for days, address in ((8, "vieux@exemple.test"), (9, "dit@exemple.test"), (6, ZOE)):
            asked = register.ask(address, "", ["membres"], NOW - timedelta(days=days))
            assert asked
            if address.startswith("dit"):
                register.confirm(asked, NOW - timedelta(days=days))
    _, out, err = run("purger")
    assert out == (
        "Oublié, après 7 jours : 1 demande que personne n’a confirmée, "
        "1 trace de demande confirmée.\n"
    )
    assert err == ""
    assert run("purger")[1] == "Rien à oublier : aucune demande n’a plus de 7 jours.\n"
    assert json.loads(run("purger", "--format", "json")[1]) == {
        "demandes_jamais_confirmees": 0,
        "traces_de_demandes_confirmees": 0,
        "jours": 7,
    }
    assert b"vieux@" not in b"".join(path.read_bytes() for path in folder.glob("abonnes.*"))
    assert "Zoé" not in run("dossier", "vieux@exemple.test")[1]
    assert json.loads(run("dossier", ZOE, "--json")[1])["demandes"]


def test_a_departure_noted_aside_is_in_the_record(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    fill(folder, ZOE, "Zoé")
    with Register.open(folder) as register:
        person = register.find(ZOE)
        assert person
        note(folder, person.id, "membres", NOW)
    told = json.loads(run("dossier", ZOE, "--json")[1])
    assert [standing["abonnee"] for standing in told["listes"]] == [False, False]
