"""A wrong certificate, name or password, and a broken disk: nobody is touched, and it is said."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import ssl
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import smtp_server
from support.certificates import Authority
from support.sending_project import SendingProject, make_sending_project
from support.small_sites import BIN
from support.smtp_server import RunningServer, numbered

pytestmark = [pytest.mark.lourd, pytest.mark.bases]
PEOPLE = numbered(3)
PASSWORD = "sésame très long"  # noqa: S105


@dataclass(frozen=True)
class Guarded:
    """An edition that is ready to leave, tested on a server without guard."""

    trial: SendingProject
    authority: Authority

    @contextmanager
    def behind(self, host: str, tls: str, password: str | None = None) -> Iterator[RunningServer]:
        """Put the edition before a server that speaks TLS under a name."""
        context: ssl.SSLContext = self.authority.server(host)
        with smtp_server.opened(tls=context, wrapped=tls == "tls", password=password) as office:
            user = "zoe@" if password else ""
            self.trial.environment |= {
                "AXTRA_SMTP_URL": f"smtp://{user}127.0.0.1:{office.port}?tls={tls}",
                "AXTRA_SMTP_MOT_DE_PASSE": PASSWORD,
                "SSL_CERT_FILE": str(self.authority.path),
            }
            yield office


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    trial = make_sending_project(tmp_path)
    with smtp_server.opened() as office:
        trial.set_up(office.url, PEOPLE)
        trial.freeze()
    return Guarded(trial, Authority.make(tmp_path / "certificats"))


def _untouched(guarded: Guarded, office: RunningServer, said: str) -> None:
    result = guarded.trial.envoi("envoyer", *guarded.trial.confirmed(3))
    assert result.returncode == 1
    assert said in result.stderr
    assert PASSWORD not in result.stdout + result.stderr
    assert guarded.trial.states() == dict.fromkeys(PEOPLE, "a_envoyer")
    assert office.post.taken == []


@pytest.mark.parametrize(
    ("tls", "password"), [("starttls", None), ("tls", None), ("starttls", PASSWORD)]
)
def test_a_server_that_is_who_it_says_gets_the_messages(
    guarded: Guarded, tls: str, password: str | None
) -> None:
    with guarded.behind("127.0.0.1", tls, password) as office:
        result = guarded.trial.envoi("envoyer", *guarded.trial.confirmed(3))
        assert result.returncode == 0, result.stderr
        assert office.post.recipients() == Counter(PEOPLE)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_touches_nobody(
    guarded: Guarded, tls: str, tmp_path: Path
) -> None:
    with guarded.behind("127.0.0.1", tls) as office:
        other = Authority.make(tmp_path / "autres")
        guarded.trial.environment["SSL_CERT_FILE"] = str(other.path)
        _untouched(guarded, office, "n’est pas digne de confiance")


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_of_another_name_touches_nobody(guarded: Guarded, tls: str) -> None:
    with guarded.behind("relais.test", tls) as office:
        _untouched(guarded, office, "n’est pas à son nom")


def test_a_wrong_password_touches_nobody(guarded: Guarded) -> None:
    with guarded.behind("127.0.0.1", "starttls", "autre") as office:
        _untouched(guarded, office, "refuse le nom ou le mot de passe (535)")


def test_a_server_without_encryption_touches_nobody(guarded: Guarded) -> None:
    with smtp_server.opened() as office:
        guarded.trial.environment["AXTRA_SMTP_URL"] = office.url.replace("aucun", "starttls")
        _untouched(guarded, office, "n’offre pas")


def test_without_a_server_nobody_is_touched(guarded: Guarded) -> None:
    del guarded.trial.environment["AXTRA_SMTP_URL"]
    result = guarded.trial.envoi("envoyer", *guarded.trial.confirmed(3))
    assert result.returncode == 2
    assert "AXTRA_SMTP_URL" in result.stderr
    assert guarded.trial.states() == dict.fromkeys(PEOPLE, "a_envoyer")


def _apart(
    trial: SendingProject,
    *words: str,
    under: tuple[str, ...] = (),
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, under what takes some power from it."""
    return subprocess.run(
        [*under, BIN / "axtra", "envoi", *words],
        cwd=trial.project.root,
        env={"PATH": os.environ["PATH"], **trial.environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        preexec_fn=before,
        timeout=60,
    )


def _limited(trial: SendingProject, size: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot make a file longer than some bytes, as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return _apart(trial, *words, before=limit)


@pytest.mark.fichiers
def test_a_full_disk_is_reported_and_loses_nobody(tmp_path: Path) -> None:
    people = numbered(60)
    trial = make_sending_project(tmp_path)
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        office.post.taken.clear()
        words = ("envoyer", trial.edition, *trial.confirmed(60))
        trial.done("construire")
        result = _limited(trial, _room(trial), *words)
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        assert "Vérifiez la place sur le disque" in result.stderr
        trial.envoi("reprendre")
        states = trial.states()
        counts = office.post.recipients()
    assert set(counts.values()) == {1}
    assert {value for value, state in states.items() if state == "accepte"} <= set(counts)
    assert Counter(states.values())["incertain"] <= 1
    assert set(states) == set(people)


def _room(trial: SendingProject) -> int:
    """Return a size at which the log of the ledger fills up in the middle of a run."""
    return max(value.stat().st_size for value in trial.data.glob("envois.sqlite3*")) + 40_000


def test_a_folder_that_cannot_be_used_is_reported(guarded: Guarded, tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", "utf-8")
    guarded.trial.environment["AXTRA_DONNEES"] = str(tmp_path / "fichier" / "dossier")
    for words in (("envoyer", *guarded.trial.confirmed(3)), ("bilan",), ("reprendre",)):
        result = guarded.trial.envoi(*words)
        assert result.returncode == 1
        assert "AXTRA_DONNEES" in result.stderr


# Even root is then held by who owns a file and what its mode allows.
_POWERS = "-dac_override,-dac_read_search,-fowner"
_POWERLESS = ("setpriv", f"--bounding-set={_POWERS}", f"--inh-caps={_POWERS}")
_SOMEONE = 65_534


def _shut(folder: Path) -> None:
    """Return a folder to someone else, who lets others read it and nothing more."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _SOMEONE, _SOMEONE)
        path.chmod(0o555 if path.is_dir() else 0o444)


def _open(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, os.geteuid(), os.getegid())
        path.chmod(0o700 if path.is_dir() else 0o600)


@pytest.mark.fichiers
@pytest.mark.skipif(
    os.geteuid() != 0 and not os.environ.get("CI"), reason="only root gives a file to another"
)
def test_a_read_only_folder_is_reported_and_loses_nobody(tmp_path: Path) -> None:
    trial = make_sending_project(tmp_path)
    with smtp_server.opened() as office:
        trial.set_up(office.url, PEOPLE)
        trial.freeze()
        trial.done("construire")
        office.post.taken.clear()
        sending = ("envoyer", trial.edition, *trial.confirmed(3))
        _shut(trial.data)
        for words in (sending, ("bilan", trial.edition), ("reprendre", trial.edition)):
            result = _apart(trial, *words, under=_POWERLESS)
            assert result.returncode == 1, result.stdout + result.stderr
            assert str(trial.data) in result.stderr
            assert "→" in result.stderr
            assert "Traceback" not in result.stderr
        assert office.post.taken == []
        _open(trial.data)
        assert trial.states() == dict.fromkeys(PEOPLE, "a_envoyer")
        _shut(trial.project.root)  # a project that cannot be written keeps nobody waiting
        result = _apart(trial, *sending, under=_POWERLESS)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "n’a pas pu être mis à jour : l’envoi continue" in result.stderr
        assert office.post.recipients() == Counter(PEOPLE)


@pytest.mark.fichiers
def test_a_damaged_ledger_is_reported(guarded: Guarded) -> None:
    for path in guarded.trial.data.glob("envois.sqlite3-*"):
        path.unlink()
    (guarded.trial.data / "envois.sqlite3").write_bytes(b"abime" * 5_000)
    result = guarded.trial.envoi("bilan")
    assert result.returncode == 1
    assert "registre" in result.stderr


@pytest.mark.fichiers
def test_a_ledger_of_a_newer_axe_is_left_alone(guarded: Guarded) -> None:
    kept = guarded.trial.data / "envois.sqlite3"
    with closing(sqlite3.connect(kept)) as db:
        db.execute("PRAGMA user_version=99")
    result = guarded.trial.envoi("bilan")
    assert result.returncode == 1
    assert "plus récente" in result.stderr
