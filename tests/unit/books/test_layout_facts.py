"""The PDF of a numéro whose text was corrected: only what it changes is laid out again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from axtra.books.composition import Length, Opener, Place
from axtra.books.layout_facts import KeptFacts, LayoutFacts
from axtra.books.pdf import Press
from axtra.core.cache import Store
from support.bound_books import book_maker
from support.small_sites import FULL, Project, article, make_project

FOLDER = "content/magazine/2020-05"
WORDS = "Un texte assez long pour être lu. " * 60


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the names of the parts of each layout that is made."""
    seen: list[list[str]] = []
    real = Press.lay_out

    def noted(press: Press, parts: Sequence[Any], **words: Any) -> Any:
        seen.append([part.root.get("data-partie", "") for part in parts])
        return real(press, parts, **words)

    monkeypatch.setattr(Press, "lay_out", noted)
    return seen


def made(project: Project) -> bytes:
    maker, numero = book_maker(project)
    return maker.pdf(numero)


def test_a_correction_lays_out_its_text_and_the_whole(
    tmp_path: Path, laid: list[list[str]]
) -> None:
    texts = {
        f"{FOLDER}/texte-{rank}.md": article(f"Texte {rank}", ordre=f"{rank}").replace(
            "Un texte assez long pour être lu.", f"Mot {rank}.\n\n{WORDS}"
        )
        for rank in (2, 3)
    }
    files = {**FULL, **texts}
    project = make_project(tmp_path / "projet", files)
    made(project)
    assert len(laid) >= 6  # what is measured, what opens, each of three texts, the whole
    laid.clear()
    corrected = {f"{FOLDER}/texte-3.md": texts[f"{FOLDER}/texte-3.md"].replace("Mot", "Nom")}
    project.write(corrected)
    after = made(project)
    measured, alone, whole = laid
    assert {name.partition("~")[0] for name in measured} == {"texte-texte-3"}
    assert alone[-1] == "texte-texte-3"
    assert len(whole) > 5
    assert after == made(make_project(tmp_path / "autre", files | corrected))


def test_facts_are_read_as_they_were_kept(tmp_path: Path) -> None:
    facts = LayoutFacts(
        places={"a": Place(1, 2, 0.1, 140.25, 658.0, torn=True)},
        lengths={"a": Length({Opener.HALF: 210.5}, 1 / 3)},
        folios={"a--b": 3},
        notes={2: ("a-0", "a-1")},
    )
    store = Store(tmp_path, b"x")
    kept = KeptFacts(store, "numero")
    kept.put("cle", facts)
    kept.put("autre", LayoutFacts())
    kept.save()
    again = KeptFacts(store, "numero")
    assert again.get("cle") == facts
    assert again.get("inconnue") is None
    again.save()
    assert KeptFacts(store, "numero").get("autre") is None  # it served nothing
    assert KeptFacts(Store(tmp_path, b"y"), "numero").get("cle") is None
