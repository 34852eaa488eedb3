"""Plugins of PyPI beside ours: each works or is refused by name, as docs/greffons.md says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from support.small_sites import FULL, ROOT, Project, article, make_project, news, text, tree

PLUGINS = ROOT / ".venv/greffons"
TABLE = (ROOT / "docs/greffons.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (pelican-[\w-]+) \| (marche|refusé) \|", TABLE, re.MULTILINE))

# What a template prints of what a plugin adds.
TEMPLATE = """
{% if article is defined %}<ul class="essai">
<li>voisin {{ (article.next_article or article.prev_article).title }}
<li>parent {% if article.related_posts is defined -%}
{{ article.related_posts | map(attribute="title") | join }}{% endif %}
<li>semblable {{ article.similar_posts | map(attribute="title") | join }}
<li>serie {{ article.series.name if article.series is defined }}
<li>lecture {{ article.readtime }}
<li>mots {{ article.stats.wc }}
<li>partage {{ article.share_post.email }}
<li>categories {{ article.categories | join }}
<li>nuage {{ tag_cloud | length }}
<li>derniers {{ articles | length }} {{ pages | length }} {{ dates | length }}
</ul>{% endif %}
"""
NEWS = "nouvelles/une-nouvelle/index.html"
ARTICLE = "magazine/2020-05/premier/index.html"


class Works(NamedTuple):
    """A plugin that works: its name, where it shows and what is read there."""

    plugin: str
    file: str
    shows: str
    settings: Mapping[str, Any] = {}


class Refused(NamedTuple):
    """A plugin that is refused: its name and what is said of it."""

    plugin: str
    because: str
    settings: Mapping[str, Any] = {}


WORKS = {
    "pelican-more-categories": Works("more_categories", NEWS, "categories Nouvelle"),
    "pelican-neighbors": Works("neighbors", NEWS, r"voisin \S"),
    "pelican-nginx-alias-map": Works("nginx_alias_map", "alias_map.txt", ""),
    "pelican-on-this-day": Works(
        "on_this_day", "static/pelican_on_this_day/on-this-day.json", "Une nouvelle"
    ),
    "pelican-precompress": Works("precompress", f"{NEWS}.gz", ""),
    "pelican-random-article": Works("random_article", "random/index.html", "une-nouvelle"),
    "pelican-readtime": Works("readtime", NEWS, r"lecture [1-9]"),
    "pelican-redirect": Works(
        "pelican_redirect",
        "vieux/une-nouvelle.html",
        "nouvelles/une-nouvelle/",
        {"CONTENT_REDIRECT_CONFIGURATION": [{"ARTICLE_URL": "vieux/{slug}.html"}]},
    ),
    "pelican-related-posts": Works("related_posts", NEWS, "parent Une autre"),
    "pelican-seo": Works("seo", "../seo_report.html", "magazine/2020-05/premier/"),
    "pelican-series": Works("series", ARTICLE, "serie Un dossier"),
    "pelican-share-post": Works("share_post", NEWS, "partage mailto:"),
    "pelican-show-source": Works(
        "show_source",
        "nouvelles/une-nouvelle/une-nouvelle.txt",
        "titre: Une nouvelle",
        {"SHOW_SOURCE_ALL_POSTS": True},
    ),
    "pelican-similar-posts": Works("similar_posts", NEWS, r"semblable \w"),
    "pelican-sitemap": Works(
        "sitemap", "sitemap.txt", "nouvelles/une-nouvelle/", {"SITEMAP": {"format": "txt"}}
    ),
    "pelican-statistics": Works("statistics", NEWS, r"mots [1-9]"),
    "pelican-tag-cloud": Works("tag_cloud", NEWS, r"nuage [1-9]"),
}
REFUSED = {
    "pelican-feed-filter": Refused("feed_filter", "flux"),
    "pelican-i18n-subsites": Refused(
        "i18n_subsites", "un autre site", {"I18N_SUBSITES": {"en": {"SITENAME": "x"}}}
    ),
    "pelican-image-process": Refused("image_process", "change des fichiers"),
    "pelican-jinja2content": Refused("jinja2content", "lit des fichiers à sa façon"),
    "pelican-linkclass": Refused("linkclass", "Markdown de Pelican"),
    "pelican-minify": Refused("minify", "change des fichiers"),
    "pelican-render-math": Refused("render_math", "Markdown de Pelican"),
    "pelican-search": Refused("search", "Stork must be installed"),
    "pelican-simple-footnotes": Refused("simple_footnotes", "une-nouvelle.md"),
    "pelican-table-wrapper": Refused("table_wrapper", "une-nouvelle.md"),
    "pelican-touch": Refused("touch", "change des fichiers"),
    "pelican-webassets": Refused(
        "webassets", "does not exist", {"THEME_TEMPLATES_OVERRIDES": ["assets", "nu"]}
    ),
    "pelican-yaml-metadata": Refused("yaml_metadata", "lit des fichiers à sa façon"),
}
# Settings under which a plugin that works is refused.
ALSO_REFUSED = {
    "sitemap.xml": Refused("sitemap", "/sitemap.xml"),
    "robots.txt": Refused("seo", "/robots.txt", {"SEO_ENHANCER": True}),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a site with what the plugins look for, and a template that prints what they add."""
    body = "mot " * 500 + "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nVoir[ref]note[/ref].\n"
    project = make_project(
        tmp_path_factory.mktemp("greffons") / "projet",
        {
            **FULL,
            "content/dossiers/un-dossier.md": text(titre="Un dossier"),
            "content/magazine/2020-05/premier.md": article("Un premier", dossier="un-dossier"),
            "content/magazine/2020-05/second.md": article("Un second", dossier="un-dossier"),
            "content/nouvelles/2020/une-nouvelle.md": news(mots_cles="[essai]") + body,
            "content/nouvelles/2020/une-autre.md": news("Une autre", mots_cles="[essai]"),
        },
    )
    base = project.own_theme() / "templates/base.html"
    base.write_text(base.read_text("utf-8").replace("</body>", f"{TEMPLATE}</body>"), "utf-8")
    plain = base.read_text("utf-8").replace(TEMPLATE, "")
    asset = '{% assets output="a.css", "css/base.css" %}{{ ASSET_URL }}{% endassets %}'
    project.write(
        {"nu/base.html": plain, "assets/base.html": plain.replace("</body>", f"{asset}</body>")}
    )
    return project


def options(settings: Mapping[str, Any], output: str) -> list[str]:
    """Return the options of `pelican` for a trial."""
    return ["-o", output, "-e", *(f"{name}={json.dumps(to)}" for name, to in settings.items())]


@pytest.fixture(scope="module")
def said(project: Project) -> dict[str, dict[str, Any]]:
    """Run every trial; return what each said, and its exit code."""
    together: dict[str, Any] = {"PLUGINS": [], "STATIC_PATHS": []}
    for each in WORKS.values():
        together["PLUGINS"].append(each.plugin)
        together.update(each.settings)
    together["PLUGINS"].insert(9, "axtra.site")  # some before, some after
    trials = [{"name": "ensemble", "options": options(together, "ensemble")}]
    for name, refused in {**REFUSED, **ALSO_REFUSED}.items():
        settings = {
            "PLUGINS": ["axtra.site", refused.plugin],
            "THEME_TEMPLATES_OVERRIDES": ["nu"],
            **refused.settings,
        }
        trials.append({"name": name, "options": options(settings, "refus")})
    done = subprocess.run(
        [sys.executable, ROOT / "tests/support/plugin_trials.py"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(PLUGINS)},
        input=json.dumps(trials),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    results: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return results


def test_the_table_of_the_docs_says_what_is_tried() -> None:
    assert dict.fromkeys(WORKS, "marche") | dict.fromkeys(REFUSED, "refusé") == ROWS
    assert len(ROWS) >= 15


@pytest.mark.parametrize("package", WORKS)
def test_a_plugin_works(package: str, project: Project, said: Mapping[str, Any]) -> None:
    assert said["ensemble"]["code"] == 0, said["ensemble"]["said"]
    trial = WORKS[package]
    shown = (project.root / "ensemble" / trial.file).read_bytes().decode("utf-8", "replace")
    assert re.search(trial.shows, shown), shown[-3000:]


@pytest.mark.parametrize("name", {**REFUSED, **ALSO_REFUSED})
def test_a_plugin_is_refused_by_name(name: str, project: Project, said: Mapping[str, Any]) -> None:
    trial, result = {**REFUSED, **ALSO_REFUSED}[name], said[name]
    words = " ".join(result["said"].replace("\u00a0", " ").split())
    assert result["code"] == 1, words
    assert f"« {trial.plugin} »" in words
    assert trial.because in words
    assert "[greffon-refuse]" in words
    assert "Traceback" not in words
    assert not (project.root / "refus/index.html").exists()


@pytest.mark.usefixtures("said")
def test_axtra_builds_with_other_plugins_as_pelican_does(project: Project) -> None:
    conf = project.root / "pelicanconf.py"
    own = conf.read_text("utf-8")
    settings = 'PLUGINS = ["sitemap", "axtra.site"]\nTHEME_TEMPLATES_OVERRIDES = ["nu"]\n'
    try:
        conf.write_text(f'{own}{settings}SITEMAP = {{"format": "txt"}}\n', "utf-8")
        env = {"PYTHONPATH": str(PLUGINS)}
        done = project.run("axtra", "construire", "--sortie", "par-axtra", env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 fichier d’autres greffons (/sitemap.txt)" in done.stdout
        together = (project.root / "ensemble/sitemap.txt").read_text("utf-8").splitlines()
        alone = (project.root / "par-axtra/sitemap.txt").read_text("utf-8").splitlines()
        assert set(alone) <= set(together)
        conf.write_text(f"{own}{settings}", "utf-8")
        before = tree(project.root / "par-axtra")
        refused = project.run("axtra", "construire", "--sortie", "par-axtra", env=env)
        assert refused.returncode == 1
        assert "/sitemap.xml" in refused.stdout + refused.stderr
        assert tree(project.root / "par-axtra") == before
        checked = project.run("axtra", "verifier", env=env)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    finally:
        conf.write_text(own, "utf-8")


def test_what_plugins_wrote_is_counted_named_and_kept(
    project: Project, said: Mapping[str, Any]
) -> None:
    last = said["ensemble"]["said"].splitlines()[-1]
    assert re.search(r"\d+ fichiers d’autres greffons \(/", last), last
    assert not list((project.root / ".cache").glob("greffons-*"))
    assert len(tree(project.root / "ensemble")) > 100
