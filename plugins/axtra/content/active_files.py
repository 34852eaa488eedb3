"""What a published file could do in a browser, beside being shown.

A drawing holds only the elements and the attributes of an allow-list: whoever opens an SVG by
itself runs what it holds, and a browser runs what stands before an error of XML too.
Source: Scalable Vector Graphics (SVG) 2, appendices on elements and attributes.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

from infolettre.core import regular_files

_ACTIVE = frozenset({
    ".htm", ".html", ".xhtml", ".xht", ".shtml", ".mht", ".mhtml", ".xml", ".xsl", ".xslt", ".xbl",
    ".js", ".mjs", ".cjs", ".wasm", ".css", ".swf", ".jar", ".svgz", ".url", ".lnk", ".webloc",
    ".php", ".php3", ".php4", ".php5", ".phtml", ".phar", ".asp", ".aspx", ".jsp", ".cgi", ".pl",
    ".py", ".rb", ".sh", ".ps1", ".bat", ".cmd", ".com", ".exe", ".dll", ".msi", ".scr", ".vbs",
    ".hta", ".docm", ".xlsm", ".pptm", ".app", ".apk", ".dmg", ".iso",
})  # fmt: skip
_SVG, _XLINK, _XML = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
_WORD = re.compile(r"\S+")
_ELEMENTS = frozenset(
    _WORD.findall("""
    svg g defs symbol use title desc metadata switch view path rect circle ellipse line polyline
    polygon text tspan textPath image marker pattern clipPath mask linearGradient radialGradient
    stop style filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
    feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG
    feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence
""")
)
_ATTRIBUTES = frozenset(
    _WORD.findall("""
    id class style lang tabindex role version baseProfile enable-background width height viewBox x
    y x1 x2 y1 y2 cx cy r rx ry fx fy fr d points pathLength dx dy rotate textLength lengthAdjust
    startOffset method spacing side href transform transform-origin transform-box
    preserveAspectRatio zoomAndPan systemLanguage requiredFeatures requiredExtensions type media
    offset gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits
    patternTransform clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight
    refX refY orient filterUnits primitiveUnits filterRes in in2 result mode values operator k1 k2
    k3 k4 order kernelMatrix divisor bias targetX targetY edgeMode kernelUnitLength preserveAlpha
    surfaceScale diffuseConstant specularConstant specularExponent limitingConeAngle azimuth
    elevation z pointsAtX pointsAtY pointsAtZ scale xChannelSelector yChannelSelector stdDeviation
    radius baseFrequency numOctaves seed stitchTiles tableValues slope intercept amplitude exponent
    alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
    color-interpolation-filters color-profile color-rendering direction display dominant-baseline
    fill fill-opacity fill-rule flood-color flood-opacity font font-family font-size
    font-size-adjust font-stretch font-style font-variant font-weight glyph-orientation-horizontal
    glyph-orientation-vertical image-rendering isolation kerning letter-spacing lighting-color
    marker-end marker-mid marker-start mask-type mix-blend-mode opacity overflow paint-order
    pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
    text-anchor text-decoration text-rendering unicode-bidi vector-effect visibility word-spacing
    white-space writing-mode crossorigin decoding filter mask marker
""")
)
# What drawing programs note for themselves: no browser acts on it.
_NOTES = re.compile(
    r"http://www\.inkscape\.org/namespaces/|http://sodipodi\.sourceforge\.net/"
    r"|http://www\.w3\.org/1999/02/22-rdf-syntax-ns#|https?://(web\.resource\.org|creativecommons"
    r"\.org)/|http://purl\.org/dc/|http://ns\.adobe\.com/|http://www\.serif\.com/"
    r"|http://www\.bohemiancoding\.com/sketch/|http://www\.figma\.com/|https?://(www\.)?boxy-svg\."
    r"com|http://vectornator\.io|http://www\.vecta\.io"
)
_DATA = re.compile(r"data:(image/(png|jpe?g|gif|webp)|font/|application/(x-)?font-)", re.IGNORECASE)
_FETCH = re.compile(r"url\(\s*[\"']?\s*([^\"')\s]*)", re.IGNORECASE)
_ACT = re.compile(
    r"@import|@namespace|image-set|\bsrc\s*\(|expression\s*\(|-moz-binding|behavior\s*:|script\s*:",
    re.IGNORECASE,
)


def of(path: Path, within: Path | None = None) -> str:
    """Say, in French, what a published file could do in a browser; empty when it only shows.

    A bitmap or a PDF cannot act as a page of the site; an HTML file or a script can, and so can
    an SVG opened by itself. `within` is that of `regular.opened`.
    """
    extension = path.suffix.lower()
    if extension in _ACTIVE:
        return f"un fichier « {extension} » est un programme ou une page"
    if extension != ".svg":
        return ""
    try:
        return of_drawing(regular_files.read(path, within))
    except OSError:
        return ""  # it cannot be shown either, which is said where it is used


def of_drawing(data: bytes) -> str:
    """Say the same of the bytes of an SVG."""
    return _Reader().read(data)


class _Reader:
    """Reads a drawing until the first thing that is on no list."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._within: list[str] = []
        self._style: list[str] = []
        self._found = ""

    def read(self, data: bytes) -> str:
        try:
            data.decode()
            self._parser.Parse(data, True)  # noqa: FBT003 - it takes no name
        except UnicodeDecodeError:
            self._say("il n’est pas en UTF-8")
        except expat.ExpatError as error:
            self._say(f"son XML est fautif à la ligne {error.lineno}")
        return self._found

    def _say(self, found: str) -> None:
        self._found = self._found or found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        known = (space == _SVG and tag in _ELEMENTS) or _NOTES.match(space)
        if not known or (not self._within and (space, tag) != (_SVG, "svg")):
            self._say(f"balise « {tag} »")
        if "style" in self._within:
            self._say("balise dans une feuille de style")
        self._within.append(tag if space == _SVG else "")
        for key, value in attributes.items():
            self._attribute(space, tag, key, value)

    def _end(self, _name: str) -> None:
        if self._within.pop() == "style":
            self._say(_act("".join(self._style)))  # whole: a comment of XML cuts its words in two
            self._style.clear()

    def _attribute(self, element: str, tag: str, name: str, value: str) -> None:
        space, _, key = name.rpartition(" ")
        if _NOTES.match(space) or (_NOTES.match(element) and space != _XLINK):
            return
        ours = space == "" and (key in _ATTRIBUTES or key.startswith(("aria-", "data-")))
        named = space == _XML and key in {"space", "lang", "id"}
        linked = space == _XLINK and key in {"href", "type", "title", "show", "actuate"}
        if not (ours or named or linked):
            self._say(f"attribut « {key} » de la balise « {tag} »")
        elif key == "href" and not (value.strip().startswith("#") or _DATA.match(value.strip())):
            self._say(f"adresse « {value.strip()[:40]} »")
        elif not key.startswith(("aria-", "data-")):
            self._say(_act(value))

    def _characters(self, text: str) -> None:
        if self._within and self._within[-1] == "style":
            self._style.append(text)

    def _declaration(self, _version: str, encoding: str | None, _alone: int) -> None:
        if (encoding or "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
            self._say(f"il se dit en « {encoding} », non en UTF-8")

    def _doctype(self, _name: str, _system: str | None, _public: str | None, inside: int) -> None:
        if inside:
            self._say("« <!DOCTYPE » qui déclare des entités")

    def _instruction(self, target: str, _data: str) -> None:
        self._say(f"« <?{target} »")


def _act(value: str) -> str:
    """Say what a style or an attribute asks of a browser: another file, or an action."""
    if "\\" in value:
        return "style écrit avec des barres obliques inverses"
    for address in _FETCH.findall(value):
        if not (address.startswith("#") or _DATA.match(address)):
            return f"adresse « {address[:40]} »"
    found = _ACT.search(re.sub(r"/\*.*?\*/|[\x00-\x20]", "", value, flags=re.DOTALL))
    return f"« {found[0]} »" if found else ""
