"""Traps 1 and 4 to 9 of the stock chain: each defect shown, and its absence here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pelican import Pelican
from pelican.settings import DEFAULT_CONFIG, read_settings

from axtra.site.settings import read_settings as our_settings
from support.fixture_types import MakeProject
from support.small_sites import FULL, ROOT, SITE

Stock = Callable[..., Path]


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    """Build a site of one page with stock Pelican; give its output folder."""

    def build(template: str = "{{ SITENAME }}", **settings: Any) -> Path:
        theme = tmp_path / "stock" / "theme" / "templates"
        theme.mkdir(parents=True)
        (theme / "index.html").write_text(template, encoding="utf-8")
        (tmp_path / "stock" / "content").mkdir()
        given = {
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
        Pelican(read_settings(override=given)).run()
        return tmp_path / "stock" / "output"

    return build


def test_stock_leaves_out_a_plugin_that_does_not_import_and_exits_0(project: MakeProject) -> None:
    made = project()
    (made.root / "stock.py").write_text(
        'PATH = "content"\nPLUGINS = ["absent"]\nTHEME = "simple"\nTIMEZONE = "America/Toronto"\n',
        encoding="utf-8",
    )
    done = made.run("pelican", "-s", "stock.py", "-o", "stock")
    assert done.returncode == 0  # `axtra construire`: see test_command, greffon-absent


def test_stock_escapes_nothing_and_says_nothing_of_an_unknown_name(stock: Stock) -> None:
    output = stock("{{ SITENAME }}|{{ absent }}|", SITENAME="A & <b>")
    assert (output / "index.html").read_text(encoding="utf-8") == "A & <b>||"


def test_here_everything_is_escaped_and_an_unknown_name_stops_the_build(
    project: MakeProject,
) -> None:
    made = project({"content/site.toml": SITE.replace('"Pour voir"', '"A & <b>"')})
    home = made.build().output / "index.html"
    assert "A &amp; &lt;b&gt;" in home.read_text(encoding="utf-8")
    assert "<b>" not in home.read_text(encoding="utf-8")
    template = made.own_theme() / "templates/404.html"
    template.write_text(
        template.read_text(encoding="utf-8").replace("<h1", "{{ absent }}<h1"), encoding="utf-8"
    )
    assert [one.rule for one in made.build().diagnostics] == ["gabarit-fautif"]


def test_stock_loads_the_tail_of_a_dotted_plugin(
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


def test_here_the_plugin_is_an_installed_package_and_no_path_is_hacked() -> None:
    settings = our_settings(ROOT)
    assert settings["PLUGIN_PATHS"] == []
    assert settings["PLUGINS"] == ["axtra.site"]
    assert "sys.path" not in (ROOT / "pelicanconf.py").read_text(encoding="utf-8")


def test_a_star_import_of_pelicanconf_fails_under_the_pelican_script(project: MakeProject) -> None:
    made = project(FULL)
    (made.root / "etoile.py").write_text("from pelicanconf import *\n", encoding="utf-8")
    done = made.run("pelican", "-s", "etoile.py", "-o", "etoile")
    assert done.returncode != 0
    assert "pelicanconf" in done.stderr + done.stdout
    assert our_settings(made.root, publish=True)["PLUGINS"] == ["axtra.site"]


def test_typogrify_which_damages_french_stays_off() -> None:
    assert our_settings(ROOT)["TYPOGRIFY"] is False
    assert our_settings(ROOT, publish=True)["TYPOGRIFY"] is False


def test_the_settings_name_only_what_differs_from_the_defaults() -> None:
    text = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    settings: dict[str, object] = {}
    exec(text, settings)  # noqa: S102 - our own settings
    same = {
        name
        for name, value in settings.items()
        if name.isupper() and name in DEFAULT_CONFIG and DEFAULT_CONFIG[name] == value
    }
    # Only a path that is named is taken from the folder of the settings, wherever one builds.
    assert same <= {"OUTPUT_PATH"}
