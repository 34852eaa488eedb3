"""An edition as it is now, for whoever freezes, sends or compares it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra.content.model import Facts, Library, Newsletter, Status
from axtra.core.diagnostics import Diagnostic, did_you_mean, errors
from axtra.newsletter import Mail, public_links, render
from axtra.site import built_letters, preparation
from axtra.site.building import settings_of
from axtra.text.personal_values import Personal


class UnknownEditionError(ValueError):
    """No edition has that name; the message is in French."""


class FaultyError(Exception):
    """The content has errors; nothing can be said of an edition."""

    def __init__(self, found: list[Diagnostic]) -> None:
        super().__init__("errors in the content")
        self.found = found


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition for a list; `mail` still holds its sentinels.

    `online` is the address of its page, `siteurl` that of the site, without a final slash;
    `output` the folder of the built site; `inputs` maps files to the hashes of what they hold;
    `links` gives pages for all, in place of personal links.
    """

    letter: Newsletter
    mail: Mail
    facts: Facts
    siteurl: str
    online: str
    output: Path
    inputs: Mapping[str, str]
    links: Mapping[Personal, str]


def edition(root: Path, name: str, liste: str | None, *, moment: datetime) -> Edition:
    """Render an edition for a list, as on a day on which it may be read.

    Args:
        root: the project's folder.
        name: the edition.
        liste: the list, whose own texts it then holds; that of the edition when it is None.
        moment: now; an edition that is still to come is rendered as on its day.

    Raises:
        UnknownEditionError: there is none of that name.
        FaultyError: the content has errors.
    """
    settings = settings_of(root)
    library, letter = _read(settings, name, moment)
    if letter.status is Status.SCHEDULED and letter.date:
        library, letter = _read(settings, name, letter.date)
    theme, content = Path(settings["THEME"]), Path(settings["PATH"])
    look = built_letters.look(settings)
    return Edition(
        letter,
        render(letter, library, look, audience=letter.audience if liste is None else liste),
        library.facts,
        look.siteurl,
        look.siteurl + letter.url,
        Path(settings["OUTPUT_PATH"]),
        {
            path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for base, path in _inputs(root, theme, content, letter)
        },
        public_links(letter, library, look.siteurl),
    )


def faults(root: Path, edition: Edition) -> list[Diagnostic]:
    """List what in the mail of an edition must be mended before anyone gets it."""
    mails = {edition.letter: edition.mail.personalised(edition.links)}
    found = built_letters.inspect(mails, preparation.folders(settings_of(root)), edition.siteurl)
    return errors(found)


def _read(settings: dict[str, Any], name: str, moment: datetime) -> tuple[Library, Newsletter]:
    library, found = preparation.read(settings, moment=moment)
    if errors(found):
        raise FaultyError(found)
    known = [one for one in library.items if isinstance(one, Newsletter)]
    letter = next((one for one in known if one.slug == name), None)
    if letter is None:
        hint = did_you_mean(name, (one.slug for one in known))
        raise UnknownEditionError(f"l’édition « {name} » n’existe pas.\n    → {hint}")
    return library, letter


def _inputs(
    root: Path, theme: Path, content: Path, letter: Newsletter
) -> Iterator[tuple[Path, Path]]:
    """Walk what an edition may be made from: words, facts, templates, tokens."""
    yield root, root / letter.source
    for base, folder in ((content.parent, content), (theme.parent, theme / "courriel")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".md", ".toml", ".mjml", ".txt", ".css"} and path.is_file():
                yield base, path
    yield theme.parent, theme / "tokens.toml"
