"""The ISSN, and what a licence lets others do."""

from __future__ import annotations

import pytest

from axtra.content import licences


@pytest.mark.parametrize("issn", ["2561-5661", "0378-5955", "2434-561X", "2434561x"])
def test_an_issn_is_checked_by_its_last_sign(issn: str) -> None:
    assert licences.is_issn(issn)
    wrong = issn[:-1] + ("1" if issn[-1] != "1" else "2")
    assert not licences.is_issn(wrong)
    assert not licences.is_issn(f"ISSN {issn}")


def test_a_licence_says_what_it_allows() -> None:
    strict, open_ = licences.read("cc by-nc-nd 4.0"), licences.read("CC BY 4.0")
    assert strict
    assert open_
    assert strict.url == "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.fr"
    assert (strict.republishing, strict.commercial, strict.changes) == (True, False, False)
    assert (open_.republishing, open_.commercial, open_.changes) == (True, True, True)
    reserved = licences.read("Tous droits réservés")
    assert reserved
    assert not reserved.republishing
    assert licences.read("à inscrire") is None
    assert licences.read("") is None
