"""Addresses that follow readers, and where they lead."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infolettre.text.followed_addresses import cleaned, follows, redirects

END = "https://www.essai.example/une-page/?id=3"
ASKED = quote(END, safe="")
SERVICES = (
    f"https://can01.safelinks.protection.outlook.com/?url={ASKED}&data=05%7Cjean%40x.ca&sdata=a",
    f"https://eur03.safelinks.protection.outlook.com/ap/w-59584e83/?url={ASKED}&data=05",
    "https://urldefense.com/v3/__https://www.essai.example/une-page/?id=3__;!!abc$",
    "https://urldefense.com/v3/__https:/www.essai.example/une-page/*id=3__;Pw!!abc$",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.essai.example_une-2Dpage_-3Fid-3D3&d=x",
    f"https://urldefense.proofpoint.com/v1/url?u={ASKED}&k=x",
    f"https://www.google.com/url?q={ASKED}&sa=D",
    f"https://www.google.ca/url?sa=t&url={ASKED}&ved=1",
    f"https://l.facebook.com/l.php?u={ASKED}&h=AT",
    f"https://lm.facebook.com/l.php?u={ASKED}",
    f"https://l.instagram.com/?u={ASKED}&e=AT",
    f"https://www.linkedin.com/redir/redirect?url={ASKED}&urlhash=a",
    f"https://www.youtube.com/redirect?event=video&q={ASKED}",
    f"https://slack-redir.net/link?url={ASKED}",
    f"https://duckduckgo.com/l/?uddg={ASKED}",
    f"https://out.reddit.com/t3_a?url={ASKED}&token=a",
    f"https://linkprotect.cudasvc.com/url?a={ASKED}&c=E",
)


@pytest.mark.parametrize("address", SERVICES)
def test_a_service_that_redirects_gives_the_page(address: str) -> None:
    assert redirects(address, address.split("/")[2])
    assert cleaned(address) == END


def test_one_service_within_another_gives_the_page() -> None:
    twice = f"https://www.google.com/url?q={quote(SERVICES[0], safe='')}"
    assert cleaned(twice) == END
    assert cleaned(f"https://l.facebook.com/l.php?u={ASKED}%26fbclid%3Da") == END


@pytest.mark.parametrize(
    "address", ["https://click.sendgrid.net/a", "https://protect-us.mimecast.com/s/a?domain=x.ca"]
)
def test_a_service_that_says_nothing_is_left_as_it_is(address: str) -> None:
    assert cleaned(address) == address


NAMES = (
    "utm_source", "utm_campaign", "utm_id", "fbclid", "gclid", "dclid", "msclkid", "ttclid",
    "twclid",
    "yclid", "mc_eid", "mc_cid", "_hsenc", "_hsmi", "mkt_tok", "igshid", "igsh", "gbraid", "wbraid",
    "vero_id", "mtm_campaign", "pk_campaign", "_gl",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_follows_readers_goes_and_the_rest_stays(name: str) -> None:
    assert follows(f"https://x.ca/p?a=1&{name}=b") == [name]
    assert cleaned(f"https://x.ca/p?{name}=b") == "https://x.ca/p"
    assert (
        cleaned(f"https://x.ca/p?a=1&{name}=b&c=%20#d?{name}=e")
        == f"https://x.ca/p?a=1&c=%20#d?{name}=e"
    )


@pytest.mark.parametrize(
    "query", ["", "?id=3", "?q=utm_source", "?page=2&tri=date", "?", "?a&b=", "?v=abc#t=3"]
)
def test_what_follows_nobody_is_untouched(query: str) -> None:
    assert cleaned(f"https://x.ca/p{query}") == f"https://x.ca/p{query}"


@given(address=st.text() | st.from_regex(r"https://urldefense\.com/v3/__.{0,20}__;[A-Za-z]{0,6}!!"))
def test_any_text_is_read_and_cleaned_for_good(address: str) -> None:
    once = cleaned(address)
    assert cleaned(once) == once or redirects(once, "")
