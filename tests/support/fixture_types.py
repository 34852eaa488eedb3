"""The types of the fixtures of scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from support.crawler import CrawledSite
from support.small_sites import Project

MakeProject = Callable[..., Project]
Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Sample:
    """The built content of the repository."""

    output: Path
    crawl: CrawledSite
    moment: datetime
