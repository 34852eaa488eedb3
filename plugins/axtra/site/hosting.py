"""What a host must send with each file: the same headers as `_headers` and as an nginx snippet.

Source: CSP Level 3; Referrer Policy; Permissions Policy; RFC 6797 (HSTS); RFC 8246 (immutable).
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from axtra.content.model import DIRECTORY
from axtra.content.pages import SEARCH
from axtra.content.redirects import Redirect

HEADERS_FILE, NGINX_FILE, REDIRECTS_FILE = "_headers", "_nginx.conf", "_redirects"

_POLICY = "Content-Security-Policy"
_EVERYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(self), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
    }
)
# Names that hold a hash of what they name: the file at that address never changes.
_FOR_EVER = (
    "/theme/css/*",
    "/theme/recherche/*",
    "/theme/trouver/*",
    "/theme/polices/*",
    "/images/photo/*",
    "/images/courriel/*",
    "/images/affiches/*",
)
# What the pages of the search and of the directory ask for beside: our own scripts.
_SCRIPTED = "; script-src 'self'"
_IMMUTABLE = "public, max-age=31536000, immutable"
_TEXT = "; charset=utf-8"
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "": f"text/plain{_TEXT}",
        ".avif": "image/avif",
        ".bib": f"application/x-bibtex{_TEXT}",
        ".conf": f"text/plain{_TEXT}",
        ".css": f"text/css{_TEXT}",
        ".csv": f"text/csv{_TEXT}",
        ".epub": "application/epub+zip",
        ".geojson": "application/geo+json",
        ".gif": "image/gif",
        ".html": f"text/html{_TEXT}",
        ".ics": f"text/calendar{_TEXT}",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".js": f"text/javascript{_TEXT}",
        ".json": "application/json",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".ris": f"application/x-research-info-systems{_TEXT}",
        ".svg": "image/svg+xml",
        ".txt": f"text/plain{_TEXT}",
        ".vcf": f"text/vcard{_TEXT}",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
        ".xml": f"application/xml{_TEXT}",
    }
)
_OTHER_TYPES = mimetypes.MimeTypes()  # those of Python, whatever this machine knows
_MAIL = "/infolettres/:edition/courriel.html"
_SCRIPTED_PAGES = (f"{SEARCH}*", f"{DIRECTORY}*")


def policies(paths: Iterable[str], service: str) -> Iterator[tuple[str, str]]:
    """List which policy each address has; no two patterns match the same address.

    Hosts join the values of a header that two rules give, and two policies joined are both
    enforced: the mail, whose styles are its own, could then not be shown.

    Args:
        paths: Every file, relative to the output.
        service: The address of the public door, or "".

    Yields:
        A pattern (`*` ends it, `:name` stands for a folder) and a policy.
    """
    strict, mail = _policy(_form(service)), _mail_policy()
    apart = {"infolettres", SEARCH.strip("/"), DIRECTORY.strip("/")}
    folders = sorted({path.partition("/")[0] for path in paths if "/" in path} - apart)
    yield "/", strict
    yield "/:fichier", strict
    for folder in folders:
        yield f"/{folder}/*", strict
    yield "/infolettres/", strict
    yield "/infolettres/:edition/", strict
    yield _MAIL, mail
    for pattern in _SCRIPTED_PAGES:
        yield pattern, strict + _SCRIPTED


def content_type(name: str) -> str:
    """Return the value of Content-Type of a file."""
    known = _TYPES.get(PurePosixPath(name).suffix.lower())
    return known or _OTHER_TYPES.guess_type(name)[0] or "application/octet-stream"


def headers_file(paths: Iterable[str], service: str) -> bytes:
    """Return `_headers`, which Netlify, Cloudflare Pages and others read."""
    rules = [("/*", dict(_EVERYWHERE))]
    rules += [(pattern, {_POLICY: policy}) for pattern, policy in policies(paths, service)]
    rules += [(pattern, {"Cache-Control": _IMMUTABLE}) for pattern in _FOR_EVER]
    return "".join(
        f"{pattern}\n" + "".join(f"  {name}: {value}\n" for name, value in values.items())
        for pattern, values in rules
    ).encode()


def redirects_file(redirects: Iterable[Redirect]) -> bytes:
    """Return `_redirects`, which the same hosts read; a file that was copied needs no rule."""
    lines = [f"{quote(old)} {quote(new, safe='/#')} 301\n" for old, new in _moves(redirects)]
    return "".join(lines).encode()


def nginx_file(service: str, redirects: Iterable[Redirect]) -> bytes:
    """Return the snippet that a `server` block of nginx includes."""
    lines = [
        "# include dans le bloc « server » du site; root mène au dossier publié.",
        "charset utf-8;",
        "error_page 404 /404.html;",
        "location = /_headers { return 404; }",
        f"location = /{NGINX_FILE} {{ return 404; }}",
        f"location = /{REDIRECTS_FILE} {{ return 404; }}",
        *(
            f'location = "{old}" {{ return 301 "{quote(new, safe="/#")}"; }}'
            for old, new in _moves(redirects)
        ),
        f'set $axe_csp "{_policy(_form(service))}";',
        f'if ($uri ~ "{expression(_MAIL)}") {{ set $axe_csp "{_mail_policy()}"; }}',
        *(
            f'if ($uri ~ "{expression(pattern)}") {{ set $axe_csp "$axe_csp{_SCRIPTED}"; }}'
            for pattern in _SCRIPTED_PAGES
        ),
        'set $axe_cache "";',
        *(
            f'if ($uri ~ "{expression(pattern)}") {{ set $axe_cache "{_IMMUTABLE}"; }}'
            for pattern in _FOR_EVER
        ),
        "add_header Cache-Control $axe_cache always;",
        f"add_header {_POLICY} $axe_csp always;",
        *(f'add_header {name} "{value}" always;' for name, value in _EVERYWHERE.items()),
    ]
    return "\n".join([*lines, ""]).encode()


def _moves(redirects: Iterable[Redirect]) -> Iterator[tuple[str, str]]:
    """List from where to where, with and without the last slash: people share both."""
    for redirect in redirects:
        if not redirect.copied:
            for old in sorted({redirect.old, redirect.place, redirect.place.removesuffix("/")}):
                yield old, redirect.new


def _policy(form_action: str) -> str:
    """Allow what the pages use: their own sheet, fonts, pictures, sounds and manifest, no script.

    What measures a page (Lighthouse) asks for robots.txt from within it: `connect-src`.
    """
    return (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )


def _mail_policy() -> str:
    """Allow the styles that a mail must carry in itself, and nothing that acts."""
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups "
        "allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )


def _form(service: str) -> str:
    parts = urlsplit(service)
    return f"'self' {parts.scheme}://{parts.netloc}" if service else "'self'"


def expression(pattern: str) -> str:
    """Return the regular expression of a pattern of `_headers`."""
    escaped = re.escape(pattern).replace(r"\*", ".*")
    return f"^{re.sub(r':[a-z]+', '[^/]+', escaped)}$"
