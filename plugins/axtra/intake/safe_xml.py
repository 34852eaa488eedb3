"""XML that a stranger sends, read without risk: no entity, no depth or number without end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn
from xml.parsers import expat

from lxml import etree

_MOST = 600_000  # elements and comments
_DEEPEST = 200  # elements in one another


class MalformedXmlError(ValueError):
    """It is not XML, or declares entities, which no file of ours needs."""


class EndlessXmlError(ValueError):
    """It has more elements, or deeper ones, than anything a person writes."""


def parse(data: bytes, *, most: int = _MOST, deepest: int = _DEEPEST) -> Any:  # noqa: ANN401
    """Return the root element of an XML file.

    Args:
        data: its bytes.
        most: how many elements it may have.
        deepest: how many elements may stand in one another.

    Raises:
        MalformedXmlError: it does not parse, or has a document type.
        EndlessXmlError: it has too many elements, or they are too deep.
    """
    inspect(data, most=most, deepest=deepest)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXmlError from error


def inspect(
    data: bytes,
    *,
    most: int = _MOST,
    deepest: int = _DEEPEST,
    visit: Callable[[str, dict[str, str]], None] | None = None,
) -> None:
    """Read an XML file once without keeping anything of it: what it holds is known before a tree.

    Args:
        data: its bytes.
        most: how many elements it may have.
        deepest: how many elements may stand in one another.
        visit: given the name, without its prefix, and the attributes of each element.

    Raises:
        MalformedXmlError: it does not parse, or has a document type.
        EndlessXmlError: it has too many elements, or they are too deep.
    """
    depth = number = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, number
        depth, number = depth + 1, number + 1
        if depth > deepest or number > most:
            raise EndlessXmlError
        if visit:
            visit(name.rpartition(":")[2], attributes)

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> NoReturn:
        raise MalformedXmlError

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, EndlessXmlError):
            raise
        raise MalformedXmlError from error
