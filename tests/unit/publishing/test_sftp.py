"""SFTP: which hosts and keys are trusted, and how each refusal is said."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.publishing.carriers import (
    Carrier,
    FalseStore,
    FileHeaders,
    FullStore,
    UnreachableStore,
    UntrustedHost,
    UploadRefused,
    open_carrier,
    sftp,
)
from axtra.publishing.targets import parse
from infolettre.core.refusals import Refusal
from support import lying_sftp
from support.s3_servers import free_port
from support.sftp_server import SftpServer, learn, make_key, sftp_server

pytestmark = pytest.mark.lourd
PAGE = FileHeaders("text/html; charset=utf-8")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hote")


@pytest.fixture(scope="module")
def running(base: Path) -> Iterator[SftpServer]:
    with sftp_server(base) as started:
        yield started


@pytest.fixture
def server(running: SftpServer, monkeypatch: pytest.MonkeyPatch) -> SftpServer:
    """Return a server that the publisher knows."""
    learn(running.folder, running.port)
    return known(running, monkeypatch)


@pytest.fixture
def hosts(server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of known hosts whose name must be quoted in a command."""
    path = tmp_path / "l'hôte connu"
    path.write_bytes((server.folder / "hotes").read_bytes())
    monkeypatch.setenv("AXTRA_SFTP_HOTES", str(path))
    return path


def known(server: SftpServer, monkeypatch: pytest.MonkeyPatch) -> SftpServer:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


def opened(server: SftpServer, folder: Path) -> Carrier:
    return open_carrier(parse(f"{server.host}{folder}/site"))


# --- whom to trust -------------------------------------------------------------------------------


def test_an_unknown_host_stops_everything_and_the_remedy_works(
    server: SftpServer, hosts: Path, tmp_path: Path
) -> None:
    hosts.write_text("# rien\nautre.exemple.org ssh-ed25519 AAAA\n", "utf-8")
    with pytest.raises(UntrustedHost, match="n’est pas connu de cette machine") as refused:
        opened(server, tmp_path)
    command = refused.value.remedy.splitlines()[-1]
    assert command.startswith(f"ssh-keyscan -p {server.port} 127.0.0.1 >> ")
    subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602
    opened(server, tmp_path).close()


def test_a_host_is_found_by_a_hash_of_its_name(server: SftpServer, tmp_path: Path) -> None:
    subprocess.run(
        ["/usr/bin/ssh-keygen", "-q", "-H", "-f", server.folder / "hotes"],
        check=True,
        capture_output=True,
    )
    opened(server, tmp_path).close()


@pytest.mark.parametrize("sort", ["ed25519", "ecdsa"])
def test_a_host_whose_key_changed_stops_everything_and_the_remedy_works(
    sort: str, server: SftpServer, hosts: Path, tmp_path: Path
) -> None:
    make_key(server.folder / f"ancienne-{sort}", sort)
    learn(server.folder, server.port, f"ancienne-{sort}")
    hosts.write_bytes((server.folder / "hotes").read_bytes())
    with pytest.raises(UntrustedHost, match="pas celui que l’on connaît") as refused:
        opened(server, tmp_path)
    commands = "\n".join(refused.value.remedy.splitlines()[1:])
    subprocess.run(commands, shell=True, check=True, capture_output=True)  # noqa: S602
    opened(server, tmp_path).close()


def test_a_revoked_key_is_not_trusted(server: SftpServer, tmp_path: Path) -> None:
    hosts = server.folder / "hotes"
    hosts.write_text(f"{hosts.read_text('utf-8')}@revoked {hosts.read_text('utf-8')}", "utf-8")
    with pytest.raises(UntrustedHost):
        opened(server, tmp_path)


def test_the_files_of_the_account_are_read(
    server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in server.environment:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    ssh = tmp_path / ".ssh"
    ssh.mkdir()
    with pytest.raises(UntrustedHost, match="connu") as refused:
        opened(server, tmp_path)
    assert refused.value.remedy.endswith(">> ~/.ssh/known_hosts")
    (ssh / "known_hosts").write_bytes((server.folder / "hotes").read_bytes())
    with pytest.raises(UploadRefused, match="ne reconnaît pas ce compte"):
        opened(server, tmp_path)
    (ssh / "id_ed25519").write_bytes((server.folder / "compte").read_bytes())
    opened(server, tmp_path).close()


def test_another_key_is_refused(
    server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path / "autre")
    monkeypatch.setenv("AXTRA_SFTP_CLE", str(tmp_path / "autre"))
    with pytest.raises(UploadRefused, match="ne reconnaît pas ce compte, ou pas cette clé"):
        opened(server, tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "ne se lit pas"),
        ("pas une clé", "n’est pas une clé privée"),
        ("", "n’est pas une clé privée"),
        ("un secret", "protégée par un mot de passe"),
    ],
)
def test_a_key_that_cannot_be_used_asks_nothing(
    content: str | None,
    said: str,
    server: SftpServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = tmp_path / "cle"
    if content == "un secret":
        make_key(key, password=content)
    elif content is not None:
        key.write_text(content, "utf-8")
    monkeypatch.setenv("AXTRA_SFTP_CLE", str(key))
    with pytest.raises(Refusal, match=said) as refused:
        opened(server, tmp_path)
    assert refused.value.place == str(key)


def test_a_host_that_is_not_there_is_refused(server: SftpServer, tmp_path: Path) -> None:
    del server
    for address, said in (
        (f"sftp://x@127.0.0.1:{free_port()}{tmp_path}", "ne se fait pas"),
        (f"sftp://x@nulle-part.invalid{tmp_path}", "n’existe pas"),
    ):
        with pytest.raises(UnreachableStore, match=said):
            open_carrier(parse(address))


# --- what the host refuses -----------------------------------------------------------------------


def test_a_read_only_host_refuses_the_first_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp_server(tmp_path / "cles", "-R") as started:
        carrier = opened(known(started, monkeypatch), tmp_path)
        assert list(carrier.names("")) == []
        with pytest.raises(UploadRefused, match="pas le droit d’écrire"):
            carrier.create(".axe/verrou", b"x")
        carrier.close()


def test_past_a_limit_of_the_host_the_old_bytes_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp_server(tmp_path / "cles", blocks=64) as started:
        carrier = opened(known(started, monkeypatch), tmp_path)
        carrier.put("versions/v1/a.pdf", b"x" * 30_000, PAGE)
        with pytest.raises(UploadRefused, match="place, quota ou droits"):
            carrier.put("versions/v1/a.pdf", b"y" * 40_000, PAGE)
        assert carrier.get("versions/v1/a.pdf") == b"x" * 30_000
        assert list((tmp_path / "site/.axe/tampon").iterdir()) == []
        carrier.close()


def test_on_a_full_disk_the_old_bytes_stay(server: SftpServer, tmp_path: Path) -> None:
    disk = tmp_path / "site"
    disk.mkdir()
    words = ["/bin/mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk")
    try:
        carrier = opened(server, tmp_path)
        carrier.put("versions/v1/a.pdf", b"x" * 100_000, PAGE)
        with pytest.raises(FullStore, match="plus de place"):
            carrier.put("versions/v1/a.pdf", b"y" * 200_000, PAGE)
        assert carrier.get("versions/v1/a.pdf") == b"x" * 100_000
        carrier.put("versions/v1/b.html", b"x" * 1_000, PAGE)
        carrier.close()
    finally:
        subprocess.run(["/bin/umount", "-l", disk], check=True)


def test_a_folder_that_holds_something_else_is_refused_and_kept(
    server: SftpServer, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/these.docx").write_text("x", "utf-8")
    carrier = opened(server, tmp_path)
    with pytest.raises(UploadRefused, match=r"these\.docx"):
        carrier.create(".axe/verrou", b"x")
    assert os.listdir(tmp_path / "site") == ["these.docx"]  # noqa: PTH208
    carrier.close()


def test_a_connection_that_is_cut_stops_the_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp_server(tmp_path / "cles") as started:
        carrier = opened(known(started, monkeypatch), tmp_path)
        carrier.put("versions/v1/a.html", b"x", PAGE)
        started.tell_sessions(signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(UnreachableStore, match="s’est rompue"):
                carrier.put("versions/v1/a.html", b"y", PAGE)
        carrier.close()
        assert opened(started, tmp_path).get("versions/v1/a.html") == b"x"


def test_a_host_that_says_nothing_more_stops_the_act_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "_SILENCE", (0.2, 2))
    with sftp_server(tmp_path / "cles") as started:
        carrier = opened(known(started, monkeypatch), tmp_path)
        started.tell_sessions(signal.SIGSTOP)
        before = time.monotonic()
        with pytest.raises(UnreachableStore):
            carrier.get("index.html")
        assert time.monotonic() - before < 10
        carrier.close()


@pytest.mark.parametrize("kept", [0, 10, 39_999])
def test_a_host_that_keeps_less_than_it_received_is_found_out(
    kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying_sftp.serving(tmp_path / "cles", kept) as address:
        for name, value in lying_sftp.environment(tmp_path / "cles").items():
            monkeypatch.setenv(name, value)
        carrier = open_carrier(parse(f"{address}{tmp_path}/site"))
        with pytest.raises(FalseStore, match="n’a gardé que"):
            carrier.put("versions/v1/a.html", b"x" * 40_000, PAGE)
        assert carrier.get("versions/v1/a.html") is None
        carrier.close()


# --- turns ---------------------------------------------------------------------------------------


def test_a_turn_that_a_killed_process_held_ends(
    server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "_PATIENCE", 0.2)
    carrier = opened(server, tmp_path)
    carrier.create(".axe/verrou", b"moi")
    assert carrier.create(".axe/tampon/tour", b"une autre personne")
    assert carrier.replace(".axe/verrou", b"moi", b"toi")
    assert carrier.get(".axe/verrou") == b"toi"
    carrier.close()


def test_what_killed_processes_were_writing_is_forgotten(
    server: SftpServer, tmp_path: Path
) -> None:
    carrier = opened(server, tmp_path)
    carrier.create(".axe/verrou", b"moi")
    for name, age in (("vieux", 90_000), ("neuf", 60)):
        path = tmp_path / "site/.axe/tampon" / name
        path.write_text("x", "utf-8")
        os.utime(path, (time.time() - age,) * 2)
    carrier.close()
    carrier = opened(server, tmp_path)
    carrier.put(".axe/etat.json", b"{}", PAGE)
    carrier.close()
    assert os.listdir(tmp_path / "site/.axe/tampon") == ["neuf"]  # noqa: PTH208
