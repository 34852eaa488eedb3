"""publishconf.py: what is unfinished or not true yet is refused, and nothing else changes."""

from __future__ import annotations

from conftest import MakeProject
from sites import FULL, SITE, news, tree

NEWS = "content/nouvelles/2020/une-nouvelle.md"
UNFINISHED = news().replace("Un texte assez long", "À compléter")


def test_what_is_unfinished_is_a_warning_and_publishing_refuses_it(project: MakeProject) -> None:
    site = project({**FULL, NEWS: UNFINISHED})
    report = site.build()
    assert [(one.file, one.rule) for one in report.diagnostics] == [(NEWS, "a-completer")]
    assert not report.refused
    before = tree(site.output)
    published = site.build(publish=True)
    assert [(one.file, one.rule) for one in published.diagnostics] == [(NEWS, "a-completer")]
    assert published.refused
    assert tree(site.output) == before


def test_publishing_refuses_the_facts_of_a_demonstration(project: MakeProject) -> None:
    site = project(
        {**FULL, "content/site.toml": f'{SITE}demonstration = ["adresse", "courriel"]\n'}
    )
    assert [str(one) for one in site.build().diagnostics] == []
    rules = [one.rule for one in site.build(publish=True).diagnostics]
    assert rules == ["fait-de-demonstration"] * 2


def test_once_all_is_true_and_finished_publishing_writes_the_same_site(
    project: MakeProject,
) -> None:
    site = project(FULL)
    assert [str(one) for one in site.build().diagnostics] == []
    before = tree(site.output)
    report = site.build(publish=True)
    assert not report.refused
    assert tree(site.output) == before


def test_the_command_refuses_to_publish_the_sample_as_it_is(project: MakeProject) -> None:
    site = project({**FULL, NEWS: UNFINISHED})
    done = site.run("axtra", "construire", "--publier")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "[a-completer]" in done.stderr
    assert "le dossier de sortie n’a pas changé" in done.stderr


def test_pelican_itself_builds_or_refuses_as_axtra_does(project: MakeProject) -> None:
    site = project(FULL)
    plain = site.run("pelican", "content", "-s", "pelicanconf.py", "-o", "brut")
    published = site.run("pelican", "content", "-s", "publishconf.py", "-o", "publie")
    assert (plain.returncode, published.returncode) == (0, 0), plain.stderr + published.stderr
    done = site.run("axtra", "construire")
    assert done.returncode == 0
    assert tree(site.root / "brut") == tree(site.root / "publie") == tree(site.output)
    site.write({NEWS: UNFINISHED})
    refused = site.run("pelican", "content", "-s", "publishconf.py", "-o", "publie")
    assert refused.returncode == 1
    assert f"{NEWS}:7 : il reste « à compléter » ici" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert tree(site.root / "publie") == tree(site.output)
    foreign = site.run("pelican", "content", "-s", "pelicanconf.py", "-o", "newsletters")
    assert foreign.returncode == 1
    assert "[sortie-etrangere]" in foreign.stderr
