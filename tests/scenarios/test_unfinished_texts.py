"""An unfinished text blocks nothing but itself, whatever is wrong with it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from axtra import books
from axtra.core.diagnostics import faulty_files
from support.fixture_types import MakeProject
from support.small_sites import DAY, FULL, Project, make_project, tree
from support.unfinished_texts import FAULTS, FORMS, Form

BASE = {**FULL, "content/images/point.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}


def plant(project: Project, form: Form, rank: int, fault: str) -> str:
    """Write an unfinished text with a mistake; return the name of its file."""
    project.write(dict(form.beside))
    path = project.root / form.name(rank)
    path.parent.mkdir(parents=True, exist_ok=True)
    planted = FAULTS[fault](form.content)
    path.write_bytes(planted if isinstance(planted, bytes) else planted.encode())
    return form.name(rank)
