"""The register and the door refuse; they neither print, nor write an arrow, nor end anything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import axtra
from axtra.door.confirmation_mail import PostError
from axtra.subscribers import AddressError, FolderError, ListError, LockedError
from axtra.subscribers.returns.mailboxes import MailboxError
from infolettre.core.refusals import Refusal, WrongUsage

PACKAGE = Path(axtra.__file__).parent
MODULES = [
    path.relative_to(PACKAGE).as_posix()
    for room in ("subscribers", "door")
    for path in sorted((PACKAGE / room).rglob("*.py"))
]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_prints_nothing_and_types_no_arrow(name: str) -> None:
    nodes = list(ast.walk(ast.parse((PACKAGE / name).read_text("utf-8"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert not names & {"print", "exit", "SystemExit"}
    assert not attributes & {"stdout", "stderr", "exit", "_exit"}
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and "→" in text]


@pytest.mark.parametrize(
    ("error", "code"),
    [(AddressError, 2), (ListError, 2), (FolderError, 1), (LockedError, 1), (MailboxError, 1),
     (PostError, 1)],
)  # fmt: skip
def test_a_refusal_decides_the_exit_code(error: type[Refusal], code: int) -> None:
    assert error("x").exit_code == code
    assert issubclass(error, WrongUsage if code == 2 else Refusal)
