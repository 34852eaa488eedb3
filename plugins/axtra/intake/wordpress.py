"""An export of WordPress (WXR) read: its texts with their HTML, its media, what it leaves."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any

from axtra.intake import safe_xml
from axtra.intake.other_site import OtherSite, OtherText
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

_MOST = 200_000_000  # bytes
_MOST_ELEMENTS = 3_000_000
_NAMES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_SKIPPED = frozenset({"attachment", "nav_menu_item", "revision", "custom_css", "wp_navigation"})
_LEFT = frozenset({"trash", "inherit", "auto-draft"})
_COMMENT = re.compile(r"<!--\s*(/?)wp:([\w/-]+)\s*(\{.*?\})?\s*(/?)-->", re.DOTALL)
# Blocks that only hold others, or that say nothing by themselves.
_SILENT = frozenset({"more", "nextpage", "spacer", "separator", "footnotes"})
_CODE = re.compile(
    r"\[(/?)([a-z][\w-]*)((?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|\S+?))*|\s[^\]=]*)\s*/?\]"
)
_KNOWN = frozenset(
    {"caption", "gallery", "embed", "audio", "video", "youtube", "vimeo", "playlist"}
)
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\]]+))")
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|table|thead|tbody|tr|td|th|blockquote|figure|figcaption|pre|hr"
    r"|section|iframe|form|dl|dt|dd|address|details|aside|article|header|footer|!--)\b",
    re.IGNORECASE,
)


def read(data: bytes, name: str, find: Callable[[str], bytes | None]) -> OtherSite:
    """Read an export.

    Args:
        data: its bytes.
        name: its name, for messages.
        find: returns the bytes of a file by its address.

    Raises:
        Refusal: it is not an export, or is not safe to read.
    """
    try:
        root = safe_xml.parse(data, most=_MOST_ELEMENTS if len(data) <= _MOST else 0)
    except safe_xml.EndlessXmlError as error:
        raise Refusal(
            f"« {name} » contient trop pour être lu sans risque.",
            "Dans WordPress, exportez les articles d’une année à la fois.",
        ) from error
    except safe_xml.MalformedXmlError as error:
        raise _not_export(name) from error
    channel = root.find("channel")
    version = next((n for n in root.iter() if _local(n) == "wxr_version"), None)
    if channel is None or version is None:
        raise _not_export(name)
    return _Export(channel).site(find)


def _not_export(name: str) -> Refusal:
    return Refusal(
        f"« {name} » n’est pas un export de WordPress.",
        "Dans WordPress : Outils, Exporter, Tout le contenu; donnez ici le fichier .xml.",
    )


def _local(node: Any) -> str:  # noqa: ANN401 - lxml has no types
    return str(node.tag).rpartition("}")[2]


def _said(node: Any, name: str) -> str:  # noqa: ANN401
    """Return the text of a child, by its name without the version of its namespace."""
    return next(((c.text or "").strip() for c in node if _local(c) == name), "")


class _Export:
    """The channel of an export."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401
        self._channel = channel
        self._items = list(channel.iterfind("item"))
        self._authors = {_said(a, "author_login"): a for a in channel if _local(a) == "author"}
        self._media = {
            _said(item, "post_id"): item
            for item in self._items
            if _said(item, "post_type") == "attachment"
        }

    def site(self, find: Callable[[str], bytes | None]) -> OtherSite:
        texts, left, comments = [], Counter[str](), 0
        for item in self._items:
            type_, status = _said(item, "post_type"), _said(item, "status")
            comments += sum(_local(node) == "comment" for node in item)
            if type_ in _SKIPPED or type_.startswith("wp_") or status in _LEFT:
                if type_ != "attachment":
                    left[f"de sorte « {type_} » ({status or 'sans statut'})"] += 1
                continue
            texts.append(self._text(item, type_, status))
        lines = [f"Pas repris : {count(n, 'élément')} {what}." for what, n in left.items()]
        if comments:
            lines.append(f"Pas repris : {count(comments, 'commentaire')}.")
        return OtherSite(
            texts=texts,
            address=(_said(self._channel, "base_blog_url") or _said(self._channel, "link")).rstrip(
                "/"
            ),
            biographies={
                self._name(login): _said(author, "author_description")
                for login, author in self._authors.items()
            },
            left=lines,
            find=find,
        )

    def _name(self, login: str) -> str:
        author = self._authors.get(login)
        return (
            " ".join((_said(author, "author_display_name") if author is not None else "").split())
            or login
        )

    def _text(self, item: Any, type_: str, status: str) -> OtherText:  # noqa: ANN401
        contents = [c for c in item if _local(c) == "encoded"]
        body = next((c.text or "" for c in contents if "content" in c.tag), "")
        excerpt = next((c.text or "" for c in contents if "excerpt" in c.tag), "")
        terms = [
            (c.get("domain") or "", " ".join((c.text or "").split()))
            for c in item
            if _local(c) == "category"
        ]
        meta = {
            _said(m, "meta_key"): _said(m, "meta_value") for m in item if _local(m) == "postmeta"
        }
        notes: list[str] = []
        html = _html(body, self._attachment, notes)
        if _said(item, "post_password"):
            notes.append("protégé par un mot de passe : gardé en brouillon")
        login = _said(item, "creator")
        image = self._media.get(meta.get("_thumbnail_id", ""))
        day = _day(_said(item, "post_date"))
        return OtherText(
            name=f"{type_} {_said(item, 'post_id')}",
            title=_plain(_said(item, "title")),
            type=type_,
            html=html,
            slug=_said(item, "post_name"),
            address=_said(item, "link") if status in {"publish", "future"} else "",
            day=day if status == "future" else day[:10],
            modified=_day(_said(item, "post_modified"))[:10],
            draft=status not in {"publish", "future"} or bool(_said(item, "post_password")),
            authors=(self._name(login),) if login else (),
            categories=tuple(name for domain, name in terms if domain == "category" and name),
            subjects=tuple(name for domain, name in terms if domain == "post_tag" and name),
            summary=_plain(excerpt),
            image=_said(image, "attachment_url") if image is not None else "",
            alternative=self._alternative(image),
            notes=tuple(dict.fromkeys(notes)),
        )

    def _alternative(self, image: Any) -> str:  # noqa: ANN401
        for meta in image if image is not None else ():
            if _local(meta) == "postmeta" and _said(meta, "meta_key") == "_wp_attachment_image_alt":
                return " ".join(_said(meta, "meta_value").split())
        return ""

    def _attachment(self, id_: str) -> str:
        """Return the HTML of an image of the library, or ""."""
        image = self._media.get(id_)
        if image is None:
            return ""
        address = escape(_said(image, "attachment_url"))
        caption = next(
            (c.text or "" for c in image if _local(c) == "encoded" and "excerpt" in c.tag), ""
        )
        said = f"<figcaption>{caption}</figcaption>" if caption.strip() else ""
        return (
            f'<figure><img src="{address}" alt="{escape(self._alternative(image))}">{said}</figure>'
        )


def _day(text: str) -> str:
    """Return a day and its hour, or "" for the one that WordPress writes when there is none."""
    found = re.match(r"([1-9]\d{3}-\d{2}-\d{2}) (\d{2}:\d{2})", text)
    return f"{found[1]} {found[2]}" if found else ""


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# --- a body --------------------------------------------------------------------------------------


def _html(body: str, attachment: Callable[[str], str], notes: list[str]) -> str:
    """Return a body as plain HTML; what is in no HTML is noted."""
    of_blocks = "<!-- wp:" in body
    body = _COMMENT.sub(lambda found: _comment(found, body, notes), body)
    body = _shortcodes(body, attachment, notes)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    return body if of_blocks else _paragraphs(body)


def _comment(found: re.Match[str], body: str, notes: list[str]) -> str:
    closing, name, options, alone = found[1], found[2], found[3] or "", found[4]
    if closing or name in _SILENT:
        return ""
    if alone:
        notes.append(f"bloc « {name} », que WordPress remplit lui-même : pas repris")
    if name.startswith(("embed", "core-embed")) and not alone:
        try:
            address = str(json.loads(options or "{}").get("url", ""))
        except (ValueError, AttributeError):
            address = ""
        if address and address not in body[found.end() :]:
            return f'<figure class="wp-block-embed">{escape(address)}</figure>'
    return ""


def _shortcodes(body: str, attachment: Callable[[str], str], notes: list[str]) -> str:
    body = re.sub(
        r"\[caption\b[^\]]*\](.*?)\[/caption\]",
        lambda found: _captioned(found[1]),
        body,
        flags=re.DOTALL,
    )
    body = re.sub(
        r"\[embed[^\]]*\]\s*(\S+?)\s*\[/embed\]",
        lambda found: f'\n\n<figure class="wp-block-embed">{found[1]}</figure>\n\n',
        body,
    )
    closed = set(re.findall(r"\[/([a-z][\w-]*)\]", body))

    def replaced(found: re.Match[str]) -> str:
        name, given = found[2], {n: a or b or c for n, a, b, c in _ATTRIBUTE.findall(found[3])}
        if name == "gallery":
            shown = [attachment(id_) for id_ in re.findall(r"\d+", given.get("ids", ""))]
            if not all(shown) or not shown:
                notes.append("galerie dont des images ne sont pas dans l’export")
            return "\n\n" + "".join(shown) + "\n\n"
        if name in {"audio", "video", "youtube", "vimeo"}:
            named = (given.get(key, "") for key in ("src", "mp4", "mp3", "url", "id"))
            address = next(filter(None, named), "") or found[3].strip()
            if address.startswith("http"):
                return f'\n\n<figure class="wp-block-embed">{address}</figure>\n\n'
        if given or name in closed or name in _KNOWN or found[1]:
            if not found[1]:
                notes.append(f"code court « {unescape(found[0])} » : pas repris")
            return ""
        return found[0]

    return _CODE.sub(replaced, body)


def _captioned(inner: str) -> str:
    found = re.match(r"\s*((?:<a\b[^>]*>)?\s*<img\b[^>]*>\s*(?:</a>)?)(.*)", inner, re.DOTALL)
    if not found:
        return inner
    return f"\n\n<figure>{found[1]}<figcaption>{found[2].strip()}</figcaption></figure>\n\n"


def _paragraphs(body: str) -> str:
    """Return a body of the old editor with its paragraphs, which it leaves to empty lines."""
    return "\n".join(_paragraph(piece) for piece in _pieces(body))


def _pieces(body: str) -> Iterator[str]:
    for rank, piece in enumerate(
        re.split(r"(<pre\b.*?</pre>)", body.replace("\r\n", "\n"), flags=re.DOTALL)
    ):
        yield from [piece] if rank % 2 else re.split(r"\n\s*\n", piece)


def _paragraph(piece: str) -> str:
    text = piece.strip()
    if re.fullmatch(r"https?://\S+", text):
        return f'<figure class="wp-block-embed">{text}</figure>'
    if not text or _BLOCK.match(text):
        return text
    return f"<p>{text.replace(chr(10), '<br>')}</p>"
