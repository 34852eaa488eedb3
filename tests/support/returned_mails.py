"""Mails that come back or come in, of `returned/`, made out to a person of ours.

`@@CODE@@` stands for the code of an envelope sender, `@@LIEN@@` for the token of a link; a cut or
an encoding of it is written around its name.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data/returned"


def mail(name: str, code: str, link: str) -> bytes:
    """Read a mail, for the person of a code and a link."""
    text = (FOLDER / f"{name}.eml").read_text("utf-8")
    text = text.replace("@@CODE@@", code)
    text = re.sub(r"@@B64\((.*?)@@LIEN@@\)@@", lambda found: b64(found[1] + link), text)
    text = re.sub(r"@@Q\((.*?)@@LIEN@@\)@@", lambda found: quoted(found[1] + link), text)
    text = text.replace("@@LIEN[:50]@@", link[:50]).replace("@@LIEN[50:]@@", link[50:])
    return text.replace("@@LIEN@@", link).encode()


def b64(text: str, size: int = 42) -> str:
    """Encode a header in base64, in as many words as it takes; they may cut a character in two."""
    data = text.encode()
    words = [data[start : start + size] for start in range(0, len(data), size)]
    return "\n ".join(f"=?UTF-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def quoted(text: str, size: int = 30) -> str:
    """Encode a header in « Q », in as many words as it takes."""
    words = [text[start : start + size] for start in range(0, len(text), size)]
    return "\n ".join(f"=?utf-8?q?{_q(word)}?=" for word in words)


def _q(word: str) -> str:
    return "".join(
        "_" if byte == 32 else chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}"
        for byte in word.encode()
    )
