"""The HTML pages of the planche and of the calendar."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader

from axtra.content import template_filters
from axtra.content.model import Library, Newsletter
from axtra.design import fonts
from axtra.design.fonts import Face
from axtra.newsletter import Mail
from axtra.newsletter.editions import CalendarEntry, following
from infolettre.core.diagnostics import Diagnostic, errors
from infolettre.design.tokens import Tokens
from infolettre.simulator.simulations import Simulation
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import parse

FOLDER = "planche"
GOAL, CLIPPED = 80 * 1024, 102_400  # bytes: our target; the size at which Gmail clips
_FACES = ("axe-serif-semibold", "axe-sans")


@dataclass(frozen=True, slots=True)
class SimulatorTheme:
    """The templates of the pages, and the styles and fonts that each page embeds."""

    environment: Environment
    styles: str

    @classmethod
    def load(cls, theme: Path, tokens: Tokens, faces: Iterable[Face]) -> SimulatorTheme:
        """Open the templates of a theme.

        Args:
            theme: its folder.
            tokens: its colours and sizes.
            faces: the fonts of the site; a page embeds the few that it uses.
        """
        loader = FileSystemLoader(theme / FOLDER)
        environment = Environment(loader=loader, **template_filters.STRICT)  # noqa: S701 - it escapes
        environment.filters.update(template_filters.FILTERS)
        used = [face for face in faces if face.name.startswith(_FACES)]
        return cls(environment, fonts.css(used, _data) + tokens.css())

    def render(self, template: str, **words: object) -> str:
        """Print a page."""
        return self.environment.get_template(template).render(styles=self.styles, **words)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the mail; `title` is that of the target, when it is an item of the library."""

    text: str
    address: str
    title: str
    host: str


@dataclass(frozen=True, slots=True)
class SimulationPage:
    """A planche; `mail` is in its public form, `captures` maps a view's name to a picture."""

    letter: Newsletter
    mail: Mail
    library: Library
    views: tuple[Simulation, ...]
    diagnostics: tuple[Diagnostic, ...]
    siteurl: str
    captures: Mapping[str, str] = field(default_factory=dict)

    def page(self, theme: SimulatorTheme) -> str:
        """Print the planche as a page that needs no other file than the images of the mail."""
        size = len(self.mail.html.encode())
        return theme.render(
            "planche.html",
            planche=self,
            taille=size,
            but=GOAL,
            coupure=CLIPPED,
            articles=sum(link.title != "" for link in self.links),
            images=len(self.mail.images),
            erreurs=len(errors(self.diagnostics)),
        )

    @property
    def links(self) -> list[Link]:
        """List the links of the mail, in document order."""
        titles = {f"{self.siteurl}{item.url}": item.title.plain for item in self.library.items}
        return [
            Link(_text(link), link["href"], titles.get(link["href"], ""), _host(link["href"]))
            for link in parse(self.mail.html).find("a")
        ]


def calendar_page(
    entries: Sequence[CalendarEntry],
    year: int,
    library: Library,
    theme: SimulatorTheme,
    planches: str,
) -> str:
    """Print the calendar of a year.

    Args:
        entries: the editions of the year.
        year: the year.
        library: the content.
        theme: how the page is printed.
        planches: the address of a planche, with `{}` in place of the edition.
    """
    return theme.render(
        "calendrier.html",
        entrees=entries,
        annee=year,
        suivante=following(entries),
        facts=library.facts,
        adresse=planches.format,
    )


def _data(face: Face) -> str:
    return f"data:font/woff2;base64,{b64encode(face.data).decode()}"


def _text(link: Element) -> str:
    alts = " ".join(image["alt"] for image in link.find("img"))
    return " ".join(f"{link.raw_text} {alts}".split())


def _host(address: str) -> str:
    parts = urlsplit(address)
    return parts.hostname or parts.path
