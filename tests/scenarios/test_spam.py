"""SpamAssassin, without the network, does not suspect our exported mails."""

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

# Tests which only mean that a mail has HTML, pictures or a list, or has not travelled yet.
HARMLESS = re.compile(r"HTML_MESSAGE|HTML_IMAGE_RATIO_\d+|NO_RECEIVED|NO_RELAYS|MAILING_LIST_MULTI")
SPAMASSASSIN = shutil.which("spamassassin") or "/usr/bin/spamassassin"
BAD = b"""From: a@exemple.test\r
To: b@exemple.test\r
Subject: Test spam mail (GTUBE)\r
\r
XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r
"""


def verdicts(messages: list[bytes], home: Path) -> list[tuple[float, set[str]]]:
    """Return the score and tests of each message, all from a single, slow-starting process."""
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
    results = []
    for status in re.findall(rb"^X-Spam-Status: (?:.+\n)(?:[ \t].+\n)*", done.stdout, re.MULTILINE):
        line = " ".join(status.decode().split())
        score = re.search(r"score=(-?[\d.]+)", line)
        assert score, line
        tests = re.search(r"tests=([\w, ]+?) (?:autolearn|version)", line)
        assert tests, line
        results.append((float(score[1]), set(re.split(r", ?", tests[1]))))
    return results


@pytest.mark.lourd
def test_no_exported_letter_is_taken_for_spam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions = [file.stem for file in sorted((ROOT / "newsletters").rglob("*.md"))]
    assert len(editions) >= 5
    monkeypatch.chdir(ROOT)
    for edition in editions:
        assert main(["infolettre", "exporter", edition, "--sortie", str(tmp_path)]) == 0
    messages = [(tmp_path / f"{edition}.eml").read_bytes() for edition in editions]
    results = verdicts([*messages, BAD], tmp_path)
    assert len(results) == len(editions) + 1
    *letters, bad = results
    assert bad[0] > 100, "SpamAssassin does not work here"
    for edition, (score, tests) in zip(editions, letters, strict=True):
        assert score <= 0.0, (edition, score, tests)
        assert {test for test in tests if not HARMLESS.fullmatch(test)} == set(), edition


@pytest.mark.lourd
def test_a_personalised_message_is_not_taken_for_spam(tmp_path: Path) -> None:
    reader = replace(READER, first_name="Françoise")
    [(score, tests)] = verdicts([letter().fill(reader)], tmp_path)
    assert score <= 0.0
    assert {test for test in tests if not HARMLESS.fullmatch(test)} == set()
