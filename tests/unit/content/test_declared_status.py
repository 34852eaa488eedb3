"""What a file that may not read at all says of its status."""

from __future__ import annotations

from datetime import datetime

import pytest

from axtra.content.loading.declared_status import declared_status
from axtra.content.model import Status
from infolettre.core.dates import ZONE

MOMENT = datetime(2026, 11, 30, 12, tzinfo=ZONE)
DRAFT, TO_COME, PUBLISHED = Status.DRAFT, Status.SCHEDULED, Status.PUBLISHED
TOLD = {
    "---\ntitre: a : b\nstatut: brouillon\n---\n": DRAFT,
    "statut: Brouillon\n": DRAFT,
    "---\nstatut : « brouilon »\ntitre: x\n\nUn texte": DRAFT,
    "---\nstatut brouillon\n---": DRAFT,
    "---\nstatut: [brouillon]\n---": DRAFT,
    "---\nsttut: brouillon\n---": DRAFT,
    "--\nstatus: draft\n--": DRAFT,
    "---\ntitre: x\n\tstatut:\tbrouillon\n---": DRAFT,
    "---\ndate: 2099-01-01\nstatut: brouillon\n---": DRAFT,
    "---\ndate: 2099-02-31\n---": TO_COME,
    "---\ndate: 2026-11-30 13:00\n---": TO_COME,
    "---\ndate: 12 mars 2031\n---": TO_COME,
    "---\nembargo: 2030/1/2\n---": TO_COME,
    "---\n# statut: brouillon\ntitre: x\n---\n": PUBLISHED,
    "---\ntitre: Brouillon\n---": PUBLISHED,
    "---\nstatut: brouillon\nstatut: publie\n---": PUBLISHED,
    "---\nstatut: publie\ndate: 2019-03-01\n---": PUBLISHED,
    "---\ndate: 2026-11-30\n---": PUBLISHED,
    "---\ntitre: x\n---\n\nstatut: brouillon\n": PUBLISHED,
    "---\ntitre: x\n\nstatut: brouillon\n": PUBLISHED,
    "---": PUBLISHED,
    "": PUBLISHED,
}


@pytest.mark.parametrize("text", TOLD, ids=repr)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_file_is_unfinished_as_soon_as_a_line_of_its_header_says_so(
    text: str, encoding: str
) -> None:
    data = f"{text}\n".replace("\n", "\r\n").encode(encoding, "ignore")
    assert declared_status(data, MOMENT) is TOLD[text]
