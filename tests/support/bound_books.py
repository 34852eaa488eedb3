"""What makes the books of a small project, without building its site."""

from __future__ import annotations

from axtra.books.book_maker import BookMaker
from axtra.books.book_theme import BookTheme
from axtra.content import loading
from axtra.content.loading import Folders
from axtra.content.model import Numero
from axtra.pictures import drawings
from infolettre.core import diagnostics
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from support.small_sites import DAY, ROOT, Project


def book_maker(project: Project, *, cache: str = "livres-a-part") -> tuple[BookMaker, Numero]:
    """Return what makes the books of a project that has no error, and its only numéro.

    Its books are kept apart, or in another cache: that of other projects is « livres ».
    """
    content, problems = loading.load(Folders(project.root), moment=DAY)
    assert diagnostics.errors(problems) == []
    theme = BookTheme.load(
        ROOT / "theme",
        Tokens.load(ROOT / "theme/tokens.toml"),
        "https://essai.example",
        project.root / "content",
        cache=ROOT / ".cache/polices",
    )
    drawn = {sheet.url: sheet for sheet in drawings.drawing_files(content.items)}
    [numero] = content.numeros
    return BookMaker(content, theme, Store(project.root / ".cache" / cache), drawn), numero
