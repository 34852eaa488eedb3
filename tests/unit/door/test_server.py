"""Starting the door: what cannot be served is refused, and nothing is printed."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from axtra.door import server
from infolettre.core.refusals import Refusal, WrongUsage

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project that has only what the door reads."""
    shutil.copytree(ROOT / "theme", tmp_path / "projet/theme")
    (tmp_path / "projet/content").mkdir()
    for path in (ROOT / "content").glob("*.toml"):
        shutil.copy(path, tmp_path / "projet/content")
    return tmp_path / "projet"


def refusal(start: Path, settings: dict[str, str] | None = None, port: int = 0) -> Refusal:
    """Return the refusal to serve, when nothing was announced."""
    said: list[str] = []
    with pytest.raises(Refusal) as caught:
        server.serve(
            start,
            start.parent / "donnees",
            settings or {},
            host="127.0.0.1",
            port=port,
            announce=said.append,
            log=said.append,
        )
    assert said == []
    return caught.value


def test_a_folder_outside_a_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    found = refusal(tmp_path / "ailleurs")
    assert isinstance(found, WrongUsage)
    assert "content/site.toml" in found.problem


def test_facts_with_errors_are_refused(project: Path) -> None:
    (project / "content/site.toml").write_text("nom =", "utf-8")
    found = refusal(project)
    assert isinstance(found, WrongUsage)
    assert found.remedy == "axtra verifier"


def test_tokens_with_errors_are_refused(project: Path) -> None:
    (project / "theme/tokens.toml").write_text("x =", "utf-8")
    found = refusal(project)
    assert isinstance(found, WrongUsage)
    assert "tokens.toml" in found.problem


def test_a_port_in_use_is_refused_with_a_remedy(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = refusal(project, port=taken.getsockname()[1])
    assert isinstance(found, WrongUsage)
    assert found.remedy == "Essayez --port 0"


@pytest.mark.parametrize("port", [-1, 99_999])
def test_a_port_that_does_not_exist_is_refused(project: Path, port: int) -> None:
    assert isinstance(refusal(project, port=port), WrongUsage)


def test_a_mail_server_that_cannot_be_read_is_refused(project: Path) -> None:
    found = refusal(project, {"AXTRA_SMTP_URL": "gopher://exemple.test"})
    assert isinstance(found, WrongUsage)
    assert "AXTRA_SMTP_URL" in str(found)


def test_a_data_folder_in_a_project_is_refused(project: Path) -> None:
    (project / "donnees").write_text("")
    start = project / "content"
    (project / "content/donnees").mkdir()
    assert refusal(start).exit_code == 1


def test_what_the_image_runs_when_it_is_built_exists() -> None:
    text = (ROOT / "docs/deploiement/Containerfile").read_text("utf-8")
    [code] = re.findall(r'python -c "(.*)"', text)
    *imports, call = code.split("; ")
    names: dict[str, object] = {}
    exec("\n".join(imports), names)  # noqa: S102 - our own file
    assert eval(call.partition("(")[0], names)  # noqa: S307


def test_the_process_makes_room_for_its_connections(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from axtra.door.connections import capacity;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, int(sys.argv[1])));"
        "print(capacity(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    for hard, told in ((4_096, "512 960"), (600, "152 600")):
        done = subprocess.run(
            [sys.executable, "-c", code, str(hard)],
            check=True,
            cwd=tmp_path,
            capture_output=True,
            encoding="ascii",
        )
        assert done.stdout.strip() == told
