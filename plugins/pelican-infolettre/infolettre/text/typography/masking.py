"""The text that the rules see, in which placeholders replace whatever is not prose."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from infolettre.text.typography.vocabulary import BREAK, LIMIT, PLACEHOLDERS, TAG, WORD

VERBATIM: Final = re.compile(
    rf"""
      [{PLACEHOLDERS}]                                      # placeholders already in the text
    | \{{\{{[^{{}}]*\}}\}} | \{{%[^{{}}]*%\}}                  # templates
    | [{{|](?:filename|static|attach|tag|category|author|index)[}}|]
      [^\s<>"«»]*(?<![.,;:!?'’…*_])                          # Pelican paths, less final marks
    | (?:(?<![\w+.-])[a-z][a-z+.-]*:// | \b(?:mailto|tel|sms|urn|doi|data|javascript): | \bwww\.)
      (?:[^\s<>"«»“”()]|\([^\s<>"()]*\))+(?<![.,;:!?'’…*_])  # URLs, less final marks
    | (?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+                          # e-mail addresses
    | (?<![\w.-])(?:[a-z\d][a-z\d-]*\.)+(?:ca|com|org|net|info|quebec|coop|edu|eu|fr|io|app|dev)\b
      (?:[/?\#](?:[^\s<>"«»“”()]*(?<![.,;:!?'’…*_])))?       # domain names
    | \b[A-Za-z]:\\[^\s<>"«»“”]*(?<![.,;:!?'’…*_)])          # Windows paths, less final marks
    | &(?:\#\d+|\#[xX][\dA-Fa-f]+|[A-Za-z]\w*);              # entities shown as such
    | (?<![\w:]):[a-z][a-z\d_+-]*:(?![\w:])                  # emoji shortcodes
    | (?<![\w:;=])[:;=]['’]?-?[()DPp|/\\](?!\w)              # emoticons
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# A quick test that avoids the slow search above for most texts: a set of signs, to which the
# engine skips, then what each must be next to. Without it, a build of 1,000 texts from nothing
# costs a fifth more CPU time.
VERBATIM_HINT: Final = re.compile(
    rf"[@{{|\\&:.;={PLACEHOLDERS}]"
    rf"(?:(?<=[@{{|\\&{PLACEHOLDERS}])|(?<=[:.])\w|(?<=[:;=])['’]?-?[()|/\\DPp])"
)
_HELD: Final = re.compile(f"[{TAG}{WORD}{BREAK}{LIMIT}]")


class MaskedText:
    """The text that the rules see, and the contents that its placeholders replace."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._contents: list[str] = []

    def hold(self, placeholder: str, content: str) -> None:
        """Add a placeholder for a content that must be restored unchanged."""
        self._pieces.append(placeholder)
        self._contents.append(content)

    def write(self, text: str, escape: Callable[[str], str]) -> None:
        """Add prose; URLs and the like become placeholders."""
        if VERBATIM_HINT.search(text) is None:
            self._pieces.append(text)
            return
        end = 0
        for match in VERBATIM.finditer(text):
            self._pieces.append(text[end : match.start()])
            self.hold(WORD, escape(match[0]))
            end = match.end()
        self._pieces.append(text[end:])

    def text(self) -> str:
        """Return the text with its placeholders."""
        return "".join(self._pieces)

    def restore(self, text: str, form: Callable[[str], str] = str) -> str:
        """Return a corrected text with every content restored."""
        pieces = _HELD.split(text)
        whole = [""] * (len(pieces) + len(self._contents))
        whole[::2], whole[1::2] = pieces, map(form, self._contents)
        return "".join(whole)
