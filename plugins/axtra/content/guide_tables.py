"""The tables of the editors' guide, written from the schema and the rules.

`python -m axtra.content.guide_tables` writes them again between the markers of docs/guide.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from axtra.content.schema import BLOCKS, KINDS, BlockKind, Key, Kind
from axtra.core.rules import CONTENT_RULES
from infolettre.checks import MAIL_RULES

RULES: Mapping[str, str] = MappingProxyType(
    {**CONTENT_RULES, **{name: rule.sentence for name, rule in MAIL_RULES.items()}}
)
_SEVERAL = 4  # kinds that have a key alike: it is then told once for all of them
_COMMON = "#les-clés-communes"
_PART = re.compile(r"(<!-- debut:([a-z]+) -->\n).*?(<!-- fin -->)", re.DOTALL)


def refresh(text: str) -> str:
    """Write every generated part of the guide again."""
    parts = {
        "genres": "\n".join([_common(), *map(_kind, KINDS.values())]),
        "blocs": "\n".join(_block(block) for block in BLOCKS.values()),
        "messages": "\n".join(_rule(name, RULES[name]) for name in sorted(RULES)),
    }
    return _PART.sub(lambda part: f"{part[1]}\n{parts[part[2]]}\n{part[3]}", text)


def _common() -> str:
    table = _keys(_shared(), "clé")
    return f"### Les clés communes\n\nTous les genres ont {_names(_everywhere())}.\n\n{table}"


def _shared() -> list[Key]:
    """List the keys that several kinds have alike, and that none of them requires."""
    keys = [key for kind in KINDS.values() for key in kind.keys if not key.required]
    return [key for key in dict.fromkeys(keys) if keys.count(key) >= _SEVERAL]


def _everywhere() -> list[Key]:
    return [key for key in _shared() if all(key in kind.keys for kind in KINDS.values())]


def _names(keys: Iterable[Key]) -> str:
    return ", ".join(f"`{key.name}`" for key in keys)


def _kind(kind: Kind) -> str:
    head = f"### {kind.label[0].upper()}{kind.label[1:]}\n\n"
    place = f"Fichier : `{kind.pattern.replace('**/', 'année/')}`. Adresse : `{kind.url}`.\n\n"
    shared, everywhere = _shared(), _everywhere()
    own = _keys([key for key in kind.keys if key not in shared], "clé")
    rest = _names(key for key in kind.keys if key in shared and key not in everywhere)
    return (
        head + place + own + (f"\nEt, des [clés communes]({_COMMON}) : {rest}.\n" if rest else "")
    )


def _keys(keys: Iterable[Key], title: str) -> str:
    rows = "".join(
        f"| `{key.name}`{' **(obligatoire)**' if key.required else ''} | {key.label}"
        f"{_choices(key)} | `{key.name}: {key.example}` |\n"
        for key in keys
    )
    return f"| {title} | ce que c’est | exemple |\n|---|---|---|\n{rows}"


def _choices(key: Key) -> str:
    return f" ({', '.join(key.choices)})" if key.choices else ""


def _block(block: BlockKind) -> str:
    text = f"### Bloc {block.name}\n\n{block.use[0].upper()}{block.use[1:]}.\n\n"
    text += f"```\n{block.example}\n```\n"
    return f"{text}\n{_keys(block.options, 'option')}" if block.options else text


def _rule(name: str, rule: str) -> str:
    return f'<a id="{name}"></a>**{name}** : {rule}\n'


def main(arguments: list[str]) -> int:
    """Write the guide again."""
    path = Path(arguments[0] if arguments else "docs/guide.md")
    path.write_text(refresh(path.read_text("utf-8")), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
