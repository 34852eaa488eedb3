"""Defects of stock Pelican's settings, templates and plugins, and their absence here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pelican.settings import DEFAULT_CONFIG, read_settings

from axtra.site.settings import read_settings as our_settings
from pelican import Pelican
from support.fixture_types import MakeProject
from support.small_sites import FULL, ROOT, SITE

Stock = Callable[..., Path]


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    """Return a function that builds a one-page site with stock Pelican and returns its output."""

    def build(template: str = "{{ SITENAME }}", **settings: Any) -> Path:
        theme = tmp_path / "stock" / "theme" / "templates"
        theme.mkdir(parents=True)
        (theme / "index.html").write_text(template, encoding="utf-8")
        (tmp_path / "stock" / "content").mkdir()
        overrides = {
            "PATH": str(tmp_path / "stock" / "content"),
            "OUTPUT_PATH": str(tmp_path / "stock" / "output"),
            "CACHE_PATH": str(tmp_path / "stock" / "cache"),
            "THEME": str(theme.parent),
            "DIRECT_TEMPLATES": ["index"],
            "PLUGINS": [],
            "FEED_ALL_ATOM": None,
            "TIMEZONE": "America/Toronto",
            **settings,
        }
        Pelican(read_settings(override=overrides)).run()
        return tmp_path / "stock" / "output"

    return build


def test_stock_pelican_skips_a_plugin_that_cannot_be_imported_and_exits_0(
    new_project: MakeProject,
) -> None:
    project = new_project()
    (project.root / "stock.py").write_text(
        'PATH = "content"\nPLUGINS = ["absent"]\nTHEME = "simple"\nTIMEZONE = "America/Toronto"\n',
        encoding="utf-8",
    )
    done = project.run("pelican", "-s", "stock.py", "-o", "stock")
    assert done.returncode == 0  # `axtra construire`: see test_command, greffon-absent


def test_stock_pelican_escapes_nothing_and_ignores_unknown_names(stock: Stock) -> None:
    output = stock("{{ SITENAME }}|{{ absent }}|", SITENAME="A & <b>")
    assert (output / "index.html").read_text(encoding="utf-8") == "A & <b>||"


def test_our_templates_escape_everything_and_an_unknown_name_stops_the_build(
    new_project: MakeProject,
) -> None:
    project = new_project({"content/site.toml": SITE.replace('"Pour voir"', '"A & <b>"')})
    home = project.build().output / "index.html"
    assert "A &amp; &lt;b&gt;" in home.read_text(encoding="utf-8")
    assert "<b>" not in home.read_text(encoding="utf-8")
    template = project.own_theme() / "templates/404.html"
    template.write_text(
        template.read_text(encoding="utf-8").replace("<h1", "{{ absent }}<h1"), encoding="utf-8"
    )
    assert [each.rule for each in project.build().diagnostics] == ["gabarit-fautif"]


def test_stock_pelican_loads_only_the_last_part_of_a_dotted_plugin(
    stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins = tmp_path / "greffons"
    (plugins / "colis").mkdir(parents=True)
    (plugins / "colis/__init__.py").write_text("def register(): pass\n", encoding="utf-8")
    for path in (plugins / "colis/essai_queue.py", plugins / "essai_queue.py"):
        path.write_text("def register(): pass\n", encoding="utf-8")
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    stock(PLUGINS=["colis.essai_queue"], PLUGIN_PATHS=[str(plugins)])
    loaded = [
        module.__file__ for name, module in sys.modules.items() if name.endswith("essai_queue")
    ]
    assert loaded == [str(plugins / "essai_queue.py")]


def test_our_plugin_is_an_installed_package_without_path_changes() -> None:
    settings = our_settings(ROOT)
    assert settings["PLUGIN_PATHS"] == []
    assert settings["PLUGINS"] == ["axtra.site"]
    assert "sys.path" not in (ROOT / "pelicanconf.py").read_text(encoding="utf-8")


def test_a_star_import_of_pelicanconf_fails_under_the_pelican_script(
    new_project: MakeProject,
) -> None:
    project = new_project(FULL)
    (project.root / "etoile.py").write_text("from pelicanconf import *\n", encoding="utf-8")
    done = project.run("pelican", "-s", "etoile.py", "-o", "etoile")
    assert done.returncode != 0
    assert "pelicanconf" in done.stderr + done.stdout
    assert our_settings(project.root, publish=True)["PLUGINS"] == ["axtra.site"]


def test_typogrify_is_off_because_it_damages_french() -> None:
    assert our_settings(ROOT)["TYPOGRIFY"] is False
    assert our_settings(ROOT, publish=True)["TYPOGRIFY"] is False


def test_our_settings_only_name_values_that_differ_from_the_defaults() -> None:
    text = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    settings: dict[str, object] = {}
    exec(text, settings)  # noqa: S102 - our own settings
    same = {
        name
        for name, value in settings.items()
        if name.isupper() and name in DEFAULT_CONFIG and DEFAULT_CONFIG[name] == value
    }
    # Pelican resolves a path from the settings folder only if the settings name it.
    assert same <= {"OUTPUT_PATH"}
