"""SpamAssassin, without the network, finds nothing to hold against a mail that is exported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from axtra.cli import main
from support.sample_messages import READER, letter
from support.small_sites import ROOT

# What says only that a mail has HTML, pictures, a list, or has not travelled yet.
HARMLESS = re.compile(r"HTML_MESSAGE|HTML_IMAGE_RATIO_\d+|NO_RECEIVED|NO_RELAYS|MAILING_LIST_MULTI")
SPAMASSASSIN = shutil.which("spamassassin") or "/usr/bin/spamassassin"
BAD = b"""From: a@exemple.test\r
To: b@exemple.test\r
Subject: Test spam mail (GTUBE)\r
\r
XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r
"""


def verdicts(messages: list[bytes], home: Path) -> list[tuple[float, set[str]]]:
    """Judge messages, all in one process, since starting it costs more than judging."""
    files = []
    for number, data in enumerate(messages):
        files.append(home / f"{number:03}.eml")
        files[-1].write_bytes(data)
    done = subprocess.run(
        [SPAMASSASSIN, "--local", "--test-mode", "--nocreate-prefs", "--prefspath=/dev/null",
         "--cf=use_bayes 0", "--cf=score RCVD_IN_NOWHERE 0", *map(str, files)],
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"},
        check=True,
        timeout=120,
    )  # fmt: skip
    found = []
    for status in re.findall(rb"^X-Spam-Status: (?:.+\n)(?:[ \t].+\n)*", done.stdout, re.MULTILINE):
        line = " ".join(status.decode().split())
        score = re.search(r"score=(-?[\d.]+)", line)
        assert score, line
        tests = re.search(r"tests=([\w, ]+?) (?:autolearn|version)", line)
        assert tests, line
        found.append((float(score[1]), set(re.split(r", ?", tests[1]))))
    return found


@pytest.mark.lourd
def test_no_exported_letter_is_held_for_spam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions = [file.stem for file in sorted((ROOT / "newsletters").rglob("*.md"))]
    assert len(editions) >= 5
    monkeypatch.chdir(ROOT)
    for edition in editions:
        assert main(["infolettre", "exporter", edition, "--sortie", str(tmp_path)]) == 0
    messages = [(tmp_path / f"{edition}.eml").read_bytes() for edition in editions]
    found = verdicts([*messages, BAD], tmp_path)
    assert len(found) == len(editions) + 1
    *letters, bad = found
    assert bad[0] > 100, "SpamAssassin judges nothing here"
    for edition, (score, tests) in zip(editions, letters, strict=True):
        assert score <= 0.0, (edition, score, tests)
        assert {one for one in tests if not HARMLESS.fullmatch(one)} == set(), edition


@pytest.mark.lourd
def test_what_is_each_reader_s_own_is_not_held_either(tmp_path: Path) -> None:
    reader = replace(READER, first_name="Françoise")
    [(score, tests)] = verdicts([letter().fill(reader)], tmp_path)
    assert score <= 0.0
    assert {one for one in tests if not HARMLESS.fullmatch(one)} == set()
