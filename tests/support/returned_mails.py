"""The returned and received mails of `data/returned/`, filled in for a given person.

`@@CODE@@` stands for the code of an envelope sender, `@@LIEN@@` for the token of a link; a slice or
an encoding of the token is written around its name.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data/returned"


def mail(name: str, code: str, link: str) -> bytes:
    """Return a mail filled in with the code and the link of a person."""
    text = (FOLDER / f"{name}.eml").read_text("utf-8")
    text = text.replace("@@CODE@@", code)
    text = re.sub(r"@@B64\((.*?)@@LIEN@@\)@@", lambda match: b64(match[1] + link), text)
    text = re.sub(r"@@Q\((.*?)@@LIEN@@\)@@", lambda match: quoted(match[1] + link), text)
    text = text.replace("@@LIEN[:50]@@", link[:50]).replace("@@LIEN[50:]@@", link[50:])
    return text.replace("@@LIEN@@", link).encode()


def b64(text: str, size: int = 42) -> str:
    """Encode a header as base64 words, which may split a character."""
    data = text.encode()
    words = [data[start : start + size] for start in range(0, len(data), size)]
    return "\n ".join(f"=?UTF-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def quoted(text: str, size: int = 30) -> str:
    """Encode a header as « Q » words."""
    words = [text[start : start + size] for start in range(0, len(text), size)]
    return "\n ".join(f"=?utf-8?q?{_q(word)}?=" for word in words)


def _q(word: str) -> str:
    return "".join(
        "_" if byte == 32 else chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}"
        for byte in word.encode()
    )
