"""What sending asks of the project's content, without knowing who renders it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from axtra.content.model import Facts, Newsletter
from infolettre.core.diagnostics import Diagnostic

if TYPE_CHECKING:
    from axtra.newsletter import Mail


class RenderedEdition(Protocol):
    """An edition rendered for a list as it is now; its mail still holds the sentinels.

    `online` is the address of its page, `siteurl` that of the site, without a final slash;
    `output` the folder of the built site; `inputs` maps files to the hashes of what they hold.
    """

    @property
    def letter(self) -> Newsletter: ...  # noqa: D102
    @property
    def mail(self) -> Mail: ...  # noqa: D102
    @property
    def facts(self) -> Facts: ...  # noqa: D102
    @property
    def siteurl(self) -> str: ...  # noqa: D102
    @property
    def online(self) -> str: ...  # noqa: D102
    @property
    def output(self) -> Path: ...  # noqa: D102
    @property
    def inputs(self) -> Mapping[str, str]: ...  # noqa: D102


class ProjectContent(Protocol):
    """The content of a project, read again at each call."""

    @property
    def root(self) -> Path:
        """Return the project's folder."""

    def verify(self, moment: datetime) -> list[Diagnostic]:
        """Return every problem of the content."""

    def render(self, name: str, liste: str, moment: datetime) -> RenderedEdition:
        """Render an edition for a list.

        Raises:
            WrongUsage: no edition has that name.
            DiagnosedRefusal: the content has errors.
        """

    def checked(self, name: str, liste: str, moment: datetime) -> RenderedEdition:
        """Render an edition for a list, as long as its mail has nothing to be mended.

        Raises:
            WrongUsage: no edition has that name.
            DiagnosedRefusal: the content or the mail has errors.
        """

    def build(self) -> None:
        """Build the site."""

    def missing_online(
        self, siteurl: str, links: Sequence[str]
    ) -> Sequence[tuple[str, str]] | None:
        """Return the links that a reader would not find online, each with the reason in French.

        None is returned where nobody has said where the site is published.

        Raises:
            Refusal: the place where it is published cannot be read.
        """
