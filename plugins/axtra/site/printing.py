"""The PDF of a numéro as a printer asks for it; no build makes it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from axtra.pictures import drawings
from axtra.site import content_review
from axtra.site.settings import site_settings
from infolettre.core.cache import Store
from infolettre.core.diagnostics import did_you_mean, errors
from infolettre.core.refusals import Refusal, WrongUsage
from infolettre.design.tokens import Tokens


def printers_pdf(root: Path, slug: str, *, moment: datetime) -> tuple[str, bytes]:
    """Return the name of a file, and a numéro with 3 mm to cut at each edge and crop marks.

    Raises:
        WrongUsage: there is no such numéro.
        Refusal: its texts have errors, or this machine makes no PDF.
    """
    from axtra.books.book_maker import BookMaker  # noqa: PLC0415 - it takes a while to load
    from axtra.books.book_theme import BookTheme  # noqa: PLC0415

    settings = site_settings(root)
    library, problems = content_review.read(settings, moment=moment)
    numeros = {numero.slug: numero for numero in library.numeros}
    if slug not in numeros:
        hint = (
            did_you_mean(slug, numeros) or f"Les numéros parus :  {', '.join(numeros) or 'aucun'}"
        )
        raise WrongUsage(f"aucun numéro paru ne s’appelle « {slug} ».", hint)
    if errors(problems):
        raise Refusal("le contenu a des erreurs.", "Corrigez-les d’abord :  axtra verifier")
    tokens = Tokens.load(settings.theme / "tokens.toml")
    theme = BookTheme.load(
        settings.theme, tokens, settings.siteurl, settings.content, cache=settings.cache / "polices"
    )
    drawn = {file.url: file for file in drawings.drawing_files(library.items)}
    maker = BookMaker(library, theme, Store(settings.cache / "livres"), drawn)
    name = f"{library.facts.book_name(slug)}-imprimeur.pdf"
    return name, maker.printers_pdf(numeros[slug])
