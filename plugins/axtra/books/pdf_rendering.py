"""WeasyPrint, which reads nothing but the resources of the book."""

from __future__ import annotations

import hashlib
from typing import Any

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from axtra.books.resources import BookResources, MissingResourceError

# WeasyPrint lets the whole process open truncated pictures; those of a book are whole, and
# elsewhere a truncated picture must be reported.
ImageFile.LOAD_TRUNCATED_IMAGES = False


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Reads the addresses of the site from the disk; refuses all others."""

    def __init__(self, resources: BookResources) -> None:
        super().__init__(allowed_protocols=())
        self._resources = resources
        self._base = resources.theme.siteurl

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ANN401, ARG002
        """Return the resource of an address."""
        path = url.removeprefix(self._base) if url.startswith(f"{self._base}/") else url
        try:
            resource = self._resources.read(path)
        except MissingResourceError as error:
            raise FatalURLFetchingError(f"a book may not show {url}") from error
        return URLFetcherResponse(url, resource.data, {"Content-Type": resource.media_type})


def render(document: str, resources: BookResources) -> bytes:
    """Return a document as a tagged PDF; its identifier is a hash of the document."""
    page = HTML(
        string=document,
        base_url=f"{resources.theme.siteurl}/",
        url_fetcher=_Fetcher(resources),
    )
    data: bytes = page.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(document.encode()).digest()[:16],
        font_config=FontConfiguration(),
    )
    return data
