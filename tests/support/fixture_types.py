"""The types of the fixtures that scenarios ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from support.crawler import Crawl
from support.small_sites import Project

MakeProject = Callable[..., Project]
Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Sample:
    """The content of the repository, built."""

    output: Path
    crawl: Crawl
    moment: datetime
