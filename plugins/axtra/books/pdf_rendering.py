"""The press: WeasyPrint, which reads nothing but what is on the shelf."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from axtra.books.resources import AbsentError, Shelf

# WeasyPrint lets the whole process open pictures that are cut; on the shelf they are whole, and
# elsewhere a cut one must be said.
ImageFile.LOAD_TRUNCATED_IMAGES = False


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Answers for the addresses of the site from the disk; refuses all others."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(allowed_protocols=())
        self._shelf = shelf
        self._base = shelf.look.siteurl

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ANN401, ARG002
        """Give what stands behind an address."""
        path = unquote(url.removeprefix(self._base)) if url.startswith(f"{self._base}/") else url
        try:
            piece = self._shelf.read(path)
        except AbsentError as error:
            raise FatalURLFetchingError(f"a book may not show {url}") from error
        return URLFetcherResponse(url, piece.data, {"Content-Type": piece.media_type})


def set_pages(document: str, shelf: Shelf) -> bytes:
    """Set a document as tagged PDF; its identifier comes from what it says."""
    page = HTML(
        string=document,
        base_url=f"{shelf.look.siteurl}/",
        url_fetcher=_Fetcher(shelf),
    )
    data: bytes = page.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(document.encode()).digest()[:16],
        font_config=FontConfiguration(),
    )
    return data
