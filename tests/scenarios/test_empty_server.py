"""The commands that lead from an empty server to the published site, as the guide has them.

What needs root or the network (packages, the account, the certificate, systemd) is replaced by
stand-ins; every path is below a temporary folder. The rest is what the page says.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from axtra.core.git_command import git
from support import smtp_server
from support.atelier_client import Screen, Visitor
from support.certificates import self_signed
from support.nginx_server import free_port
from support.service_processes import wait_until
from support.small_sites import BIN, FULL, ROOT, SITE, make_project

NGINX = Path("/usr/sbin/nginx")
NAMES = ("www.essai.example", "abonnement.essai.example", "redaction.essai.example")
_PAGE = (ROOT / "docs/deploiement.md").read_text("utf-8")
_OURS = re.compile(r"(?<![\w.])/(srv|etc|var|usr/local)/")
_AROUND = """
daemon off; master_process off; pid {here}/pid; error_log {here}/erreurs;
events {{}}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {here}; proxy_temp_path {here}; fastcgi_temp_path {here};
  uwsgi_temp_path {here}; scgi_temp_path {here};
  include {root}/etc/nginx/conf.d/*.conf;
}}
"""
# Stand-ins of programs, by name. The environment of the tests is the one that is « installed ».
_STAND_INS = {
    **dict.fromkeys(("apt-get", "useradd", "certbot", "systemctl"), "exit 0"),
    "make": f'exec /usr/bin/make --dry-run --directory {ROOT} "$@"',
    "nginx": "exit 0",  # run below, in the foreground
    "python3": f"""mkdir -p .venv/bin && cd .venv/bin && printf '#!/bin/sh\\n' > pip
printf '#!/bin/sh\\nexec {BIN}/axtra "$@"' > axtra && chmod +x axtra pip""",
    "runuser": """case $1 in -l) exec bash -e;; -u) shift 3; exec "$@";; esac""",
    "install": """for word; do shift; case $word in -o|-g) skip=1;;
*) [ "$skip" ] || set -- "$@" "$word"; skip=;; esac; done; exec /usr/bin/install "$@" """,
}

pytestmark = [
    pytest.mark.lourd,
    pytest.mark.skipif(
        not NGINX.exists() and not os.environ.get("CI"),  # there, its absence is a failure
        reason="nginx is missing: run make outils",
    ),
]


@dataclass
class Server:
    """A server whose root is a folder."""

    root: Path

    def moved(self, text: str) -> str:
        """Return a text with the paths that the page uses put below the root."""
        return _OURS.sub(rf"{self.root}/\1/", text)

    def unit(self, name: str) -> configparser.SectionProxy:
        """Read the [Service] of a unit that was put in place."""
        unit = configparser.RawConfigParser(strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(self.root / "etc/systemd/system" / name, "utf-8")
        return unit["Service"]

    def words(self, name: str) -> tuple[list[str], Path, Mapping[str, str]]:
        """Return what systemd would run for a unit: the command, its folder, its environment."""
        unit = self.unit(name)
        command = unit["ExecStart"].replace("%%", "%").replace("$$", "$")
        settings = shlex.split(Path(unit["EnvironmentFile"]).read_text("utf-8"), comments=True)
        kept = dict(setting.split("=", 1) for setting in settings)
        return shlex.split(command), Path(unit["WorkingDirectory"]), {**os.environ, **kept}

    def run(self, name: str) -> str:
        """Run a unit to its end; return what it says."""
        command, folder, settings = self.words(name)
        done = subprocess.run(
            command, cwd=folder, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Run a unit that does not end."""
        command, folder, settings = self.words(name)
        process = subprocess.Popen(
            command, cwd=folder, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def _follow_the_page(server: Server) -> None:
    """Run the commands of the page on an empty server."""
    programs = server.root / "programmes"
    programs.mkdir(parents=True)
    for name, script in _STAND_INS.items():
        (programs / name).write_text(f"#!/bin/bash\n{script}\n", "utf-8")
        (programs / name).chmod(0o755)
    for folder in ("usr/local/bin", "etc/nginx/conf.d", "etc/systemd/system"):
        (server.root / folder).mkdir(parents=True)
    [block] = re.findall(r"(?s)```sh\n(SITE=.*?)```", _PAGE)
    script = block
    for setting, name in zip(("SITE", "PORTE", "ATELIER"), NAMES, strict=True):
        script = re.sub(rf"(?<=\b{setting}=)\S+", name, script, count=1)
    script = re.sub(r"(?<=DEPOT=)\S+", str(_repository(server)), script)
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", server.moved(script)],
        env={**os.environ, "PATH": f"{programs}:{server.root}/usr/local/bin:{os.environ['PATH']}"},
        cwd=server.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Publié à" in done.stdout
    assert f"https://{NAMES[2]}/entrer/" in done.stdout


def _repository(server: Server) -> Path:
    """Make the repository of a small project, which holds the files of deployment."""
    project = make_project(server.root / "projet", FULL)
    facts = SITE.replace("https://essai.example", f"https://{NAMES[0]}")
    facts += f'service = "https://{NAMES[1]}"\natelier = "https://{NAMES[2]}"\n'
    project.write({"content/site.toml": facts})
    conf = project.root / "publishconf.py"
    conf.write_text(conf.read_text("utf-8").replace("www.axtra.ca", NAMES[0]), "utf-8")
    here = project.root / "docs/deploiement"
    here.mkdir(parents=True)
    for file in (ROOT / "docs/deploiement").iterdir():
        (here / file.name).write_text(server.moved(file.read_text("utf-8")), "utf-8")
    git = ["git", "-c", "user.name=Essai", "-c", "user.email=essai@essai.example"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Essai"]):
        subprocess.run([*git, *words], cwd=project.root, check=True)
    return project.root


def _visit(server: Server, here: Path) -> None:
    """Read the site and the door through nginx, with its files as they were put in place."""
    pair = self_signed(here, "127.0.0.1")
    live = server.root / "etc/letsencrypt/live/axe"
    live.mkdir(parents=True)
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy(pair, live / name)
    (server.root / "var/log/nginx").mkdir(parents=True)
    plain, secure, door, atelier = (free_port() for _ in range(4))
    for file in [*(server.root / "etc/nginx/conf.d").iterdir(), *_units(server)]:
        text = re.sub(r"(?m)^ *listen \[::\].*\n", "", file.read_text("utf-8"))
        text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("8001", str(door))
        text = text.replace("8002", str(atelier))
        file.write_text(text.replace("listen 443", f"listen 127.0.0.1:{secure}"), "utf-8")
    (here / "nginx.conf").write_text(_AROUND.format(here=here, root=server.root), "utf-8")
    command = [NGINX, "-p", here, "-c", here / "nginx.conf", "-g", "user root;"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    front = subprocess.Popen(command)
    try:
        with server.running("axtra-service.service"):
            for port in (plain, secure, door):
                wait_until(lambda port=port: _answers(port))  # type: ignore[misc]
            context = ssl.create_default_context(cafile=str(pair))
            with httpx.Client(verify=context, trust_env=False) as client:

                def get(name: str, address: str) -> httpx.Response:
                    return client.get(address, headers={"Host": name})

                home = get(NAMES[0], f"https://127.0.0.1:{secure}/")
                assert (home.status_code, "axe-empreinte" in home.text) == (200, True)
                assert "default-src 'none'" in home.headers["Content-Security-Policy"]
                assert get(NAMES[0], f"https://127.0.0.1:{secure}/rien/").status_code == 404
                form = get(NAMES[1], f"https://127.0.0.1:{secure}/abonnement")
                assert (form.status_code, "abonne" in form.text) == (200, True)
                for name in NAMES[1:]:
                    moved = get(name, f"http://127.0.0.1:{plain}/abonnement?x")
                    assert moved.headers["Location"] == f"https://{name}/abonnement?x"
            _write_and_publish(server, f"https://127.0.0.1:{secure}", context, atelier)
    finally:
        front.terminate()
        front.wait(10)


def _write_and_publish(server: Server, address: str, context: ssl.SSLContext, port: int) -> None:
    """Come in to the newsroom by the link of a real mail; write a text, and publish it."""
    with smtp_server.opened() as office:
        settings = server.root / "etc/axtra.env"
        settings.write_text(
            f"{settings.read_text('utf-8')}AXTRA_SMTP_URL='{office.url}'\n", "utf-8"
        )
        with server.running("axtra-atelier.service"):
            wait_until(lambda: _answers(port))
            someone = Visitor(address, NAMES[2], context)
            form = someone.ask("/").form("entrer")
            form.fill("Adresse de courriel", "web@exemple.org")
            assert someone.send(form, "Recevoir un lien").heading == "Regardez vos courriels."
            wait_until(lambda: office.post.taken)
            [mail] = office.post.taken
            assert mail.recipient == "web@exemple.org"
            text = message_from_bytes(mail.content).get_payload(decode=True)
            [link] = re.findall(rb"https://[^/]+(/entrer/\S+)", bytes(text))
            home = someone.send(someone.ask(link.decode()).form("lien"), "Entrer")
            assert home.address == "/", home.words
            form = someone.ask("/textes/nouveau").form("nouveau")
            form.fields |= {"genre": "nouvelle", "titre": "Écrit dans l’atelier"}
            form = someone.send(form).form()
            form.fields["chapeau"] = "Une équipe écrit."
            form.fill("Texte", "Ce texte est venu du navigateur.")
            published = someone.send(form, "Publier")
            assert published.address == "/publication", published.words
            wait_until(lambda: "relu sur place" in _later(someone.ask("/publication")))
            page = next(
                (server.root / "var/www/axe/courant").glob("nouvelles/**/ecrit-*/index.html")
            )
            assert "venu du navigateur" in page.read_text("utf-8")
    assert git(server.root / "srv/axe", "log", "-1", "--format=%ae") == "web@exemple.org\n"


def _later(screen: Screen) -> str:
    time.sleep(0.2)
    assert "s’est arrêtée" not in screen.words, screen.words
    return screen.words


def _run_units(server: Server) -> None:
    """Run what timers start."""
    assert "Rien n’est dû." in server.run("axtra-echeances.service")
    assert "Sauvegardé et vérifié" in server.run("axtra-sauvegarde.service")
    [backup] = (server.root / "var/backups/axtra").iterdir()
    assert backup.is_dir()
    journal = server.root / "var/lib/axtra-journal"
    assert journal.stat().st_mode & 0o777 == 0o700
    assert (server.root / "var/lib/axtra").stat().st_mode & 0o777 == 0o700


def _units(server: Server) -> list[Path]:
    return list((server.root / "etc/systemd/system").iterdir())


def _answers(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


def test_the_page_leads_from_an_empty_server_to_the_site_the_door_and_the_atelier(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path / "serveur")
    _follow_the_page(server)
    _visit(server, tmp_path)
    _run_units(server)
