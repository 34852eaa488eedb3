"""`axtra publier` on a small project, read back through a real nginx."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import nginx_server, smtp_server
from support.crawler import CrawledSite
from support.fixture_types import Run
from support.sending_project import SendingProject, make_sending_project
from support.small_sites import FULL, SITE, Project, make_project, news, tree
from support.smtp_server import numbered

NEWS = "content/nouvelles/2020/une-nouvelle.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project once; each test has a copy."""
    root = tmp_path_factory.mktemp("modele")
    make_project(root / "projet", FULL).build(publish=True)
    return root


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("AXTRA_PUBLICATION", raising=False)
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Project(tmp_path / "projet")


def declare(project: Project, place: Path, public: str) -> None:
    table = f'\n[publication.site]\ncible = "{place}"\npublic = "{public}"\n'
    project.write({"content/site.toml": SITE + table})


def shown(place: Path) -> dict[str, str]:
    """Return the files of the site on show, by their digests."""
    files = tree((place / "courant").resolve())
    return {name: digest for name, digest in files.items() if not name.startswith(".axe/")}


def built(project: Project) -> dict[str, str]:
    return {name: digest for name, digest in tree(project.output).items() if name != ".axtra"}


@pytest.mark.lourd
def test_a_site_is_online_and_verified_in_one_command_and_goes_back(
    project: Project, tmp_path: Path, run: Run
) -> None:
    place, port = tmp_path / "site", nginx_server.free_port()
    declare(project, place, f"http://127.0.0.1:{port}")
    code, out, err = run(project, "publier")
    assert (code, err) == (0, "")
    assert "ne répond pas d’ici" in out
    first = shown(place)
    assert first == built(project)
    assert ".well-known/security.txt" in first
    (tmp_path / "nginx").mkdir()
    with nginx_server.serving(place / "courant", tmp_path / "nginx", port):
        project.write({NEWS: news(titre="Un autre titre")})
        code, out, err = run(project, "publier", "site")
        assert (code, err) == (0, "")
        assert f"En ligne et vérifié : http://127.0.0.1:{port}" in out
        assert "pages changées" in out
        assert shown(place).items() >= built(project).items()
        assert CrawledSite((place / "courant").resolve()).broken() == []
        code, out, _ = run(project, "publier", "--revenir")
        assert (code, "En ligne et vérifié" in out) == (0, True)
        assert shown(place).items() >= first.items()
        (place / "courant/index.html").unlink()
        code, _, err = run(project, "publier", "--revenir")
        assert code == 1
        assert "aucune parution antérieure" in err
        code, _, err = run(project, "publier")
        assert code == 0
    code, out, _ = run(project, "publier", "--historique")
    assert (code, out.count("\n"), out.count("retour"), out.count("en ligne")) == (0, 4, 1, 1)


@pytest.mark.lourd
def test_a_host_that_shows_something_else_is_found_out(
    project: Project, tmp_path: Path, run: Run
) -> None:
    other = tmp_path / "autre"
    shutil.copytree(project.output, other)
    shutil.rmtree(other / "a-propos")
    (tmp_path / "nginx").mkdir()
    with nginx_server.serving(other, tmp_path / "nginx") as port:
        declare(project, tmp_path / "site", f"http://127.0.0.1:{port}")
        code, _, err = run(project, "publier")
    assert code == 1
    assert "/a-propos/ : répond 404" in err


def test_a_rehearsal_says_what_would_change_and_writes_nothing(
    project: Project, tmp_path: Path, run: Run
) -> None:
    place = tmp_path / "site"
    before = built(project)
    project.write({NEWS: news(titre="Un autre titre")})
    for _ in range(2):
        code, out, err = run(project, "publier", str(place), "--essai")
        assert (code, err) == (0, "")
        assert "1 nouvel article" in out
        assert not place.exists()
    assert built(project) == before
    run(project, "publier", str(place))
    there = tree(place)
    project.write({NEWS: news(titre="Encore un autre")})
    code, out, _ = run(project, "publier", str(place), "--essai")
    assert (code, "pages changées" in out) == (0, True)
    assert tree(place) == there


def test_what_is_unfinished_is_not_published(project: Project, tmp_path: Path, run: Run) -> None:
    project.write({NEWS: news(titre="À compléter")})
    code, _, err = run(project, "publier", str(tmp_path / "site"))
    assert code == 1
    assert NEWS in err
    assert "rien n’est publié" in err
    assert not (tmp_path / "site").exists()


def test_drafts_and_texts_to_come_block_nothing(project: Project, tmp_path: Path, run: Run) -> None:
    project.write(
        {
            "content/nouvelles/2020/brouillon.md": news(titre="À compléter", statut="brouillon"),
            "content/nouvelles/2020/demain.md": news(titre="Demain", date="2999-01-01"),
        }
    )
    assert run(project, "publier", str(tmp_path / "site"))[0] == 0
    assert not [name for name in shown(tmp_path / "site") if "demain" in name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "il manque la cible"),
        (("sit",), "« sit » n’est pas une cible"),
        (("./ici",), "n’est pas l’adresse d’une cible"),
        (("ftp://x/y",), "n’est pas l’adresse d’une cible"),
        (("/x", "--essai", "--revenir"), "s’excluent"),
    ],
)
def test_a_target_that_is_not_a_target_is_a_wrong_usage(
    project: Project, run: Run, words: tuple[str, ...], said: str
) -> None:
    code, _, err = run(project, "publier", *words)
    assert (code, said in err, "Traceback" in err) == (2, True, False)


def test_the_environment_gives_the_default_target(
    project: Project, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXTRA_PUBLICATION", str(tmp_path / "site"))
    code, _, err = run(project, "publier", "--historique")
    assert (code, "Rien n’a encore été publié" in err) == (0, True)
    assert run(project, "publier")[0] == 0
    assert run(project, "publier", "--historique")[1].count("\n") == 1


@pytest.fixture
def office() -> Iterator[smtp_server.RunningServer]:
    with smtp_server.opened() as value:
        yield value


def test_a_letter_leaves_once_what_it_names_is_online(
    tmp_path: Path, office: smtp_server.RunningServer
) -> None:
    trial: SendingProject = make_sending_project(tmp_path)
    trial.set_up(office.url, numbered(2))
    trial.environment |= {"AXTRA_PUBLICATION": str(tmp_path / "site")}
    trial.freeze()
    refused = trial.envoi("envoyer", *trial.confirmed(2))
    assert refused.returncode == 1
    assert "n’est pas en ligne comme il faut (n’est pas publié)" in refused.stderr
    trial.done("publier")
    left = trial.envoi("envoyer", *trial.confirmed(2))
    assert left.returncode == 0, left.stderr
    # What the letter names stays, even where the content no longer has it.
    article = "content/magazine/2020-05/premier.md"
    (trial.project.root / article).unlink()
    (trial.project.root / trial.source).unlink()
    trial.project.write({article.replace("premier", "second"): FULL[article]})
    (trial.project.root / "newsletters/envoyees.toml").unlink()
    trial.done("publier")
    assert "magazine/2020-05/premier/index.html" in shown(tmp_path / "site")
