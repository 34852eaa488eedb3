"""Buckets: what is set, what objects carry, and how each refusal is said."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axtra.publishing import acts
from axtra.publishing.carriers import (
    Carrier,
    FileHeaders,
    FullStore,
    UnreachableStore,
    UntrustedHost,
    UploadRefused,
    open_carrier,
)
from axtra.publishing.targets import Target, parse
from infolettre.core.refusals import Refusal
from support import s3_servers
from support.certificates import self_signed
from support.fake_store import Asked, FakeStore, Refused, fake_store
from support.remote_places import Servers

PAGE = FileHeaders("text/html; charset=utf-8", "no-cache")
MOVED = FileHeaders("text/html; charset=utf-8", "", "/c/été/#deux")


def opened(url: str, monkeypatch: pytest.MonkeyPatch, address: str = "s3://seau/site") -> Carrier:
    for name, value in s3_servers.environment(url).items():
        monkeypatch.setenv(name, value)
    return open_carrier(parse(address))


@pytest.fixture
def real(servers: Servers, tmp_path: Path) -> str:
    return servers.join("s3", tmp_path)["AWS_ENDPOINT_URL"]


@pytest.fixture
def fake(real: str) -> Iterator[FakeStore]:
    with fake_store(real) as started:
        yield started


# --- what is set ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "missing", [["AWS_ACCESS_KEY_ID"], ["AWS_SECRET_ACCESS_KEY"], list(s3_servers.KEYS)]
)
def test_missing_keys_are_named(missing: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in s3_servers.KEYS:
        monkeypatch.setenv(name, "x")
    for name in missing:
        monkeypatch.setenv(name, " ")
    with pytest.raises(Refusal) as refused:
        open_carrier(parse("s3://seau"))
    assert refused.value.problem == f"il manque de quoi ouvrir ce seau : {' et '.join(missing)}."


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://s3.exemple.org", "https://s3.exemple.org"),
        ("http://10.0.0.1:9000", "https://10.0.0.1:9000"),
        ("http://localhost.exemple.org", "https://localhost.exemple.org"),
        ("http://[::2]:9000", "https://[::2]:9000"),
        ("s3.exemple.org", "pas l’adresse"),
        ("ftp://s3.exemple.org", "pas l’adresse"),
        ("https://", "pas l’adresse"),
        ("https://[", "pas l’adresse"),
        ("pas une adresse", "pas l’adresse"),
    ],
)
def test_a_key_travels_only_under_a_certificate(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal) as refused:
        opened(url, monkeypatch)
    assert said in f"{refused.value.problem} {refused.value.remedy}"
    assert "AWS_ENDPOINT_URL" in refused.value.problem


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "https://s3.exemple.org"]
)
def test_this_machine_needs_no_certificate(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_PROFILE", "inconnu")
    opened(url, monkeypatch).close()


def test_a_certificate_that_nobody_vouches_for_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(self_signed(tmp_path, "127.0.0.1"))
    with fake_store(context=context) as fake:
        carrier = opened(fake.url, monkeypatch)
        with pytest.raises(UntrustedHost, match="rien n’est envoyé"):
            carrier.put("index.html", b"x", PAGE)
    assert fake.asked == []


# --- what objects carry --------------------------------------------------------------------------


def test_an_object_carries_its_headers(real: str, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = opened(real, monkeypatch)
    carrier.put("a.html", b"x", PAGE)
    carrier.put("b.html", b"x", MOVED)
    carrier.copy("b.html", "c.html", FileHeaders("text/css"))
    carrier.copy("a.html", "d.html", MOVED)
    store = s3_servers.store(real)

    def headers(name: str) -> list[str | None]:
        found = store.head_object(Bucket="seau", Key=f"site/{name}")
        return [
            found.get(key) for key in ("ContentType", "CacheControl", "WebsiteRedirectLocation")
        ]

    moved = ["text/html; charset=utf-8", None, "/c/%C3%A9t%C3%A9/#deux"]
    assert headers("a.html") == ["text/html; charset=utf-8", "no-cache", None]
    assert headers("b.html") == moved
    assert headers("c.html") == ["text/css", None, None]
    assert headers("d.html") == moved


def test_a_store_without_redirects_has_the_page(
    fake: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "x-amz-website-redirect-location"
    fake.answer = lambda asked: Refused(501, "NotImplemented") if header in asked.headers else None
    carrier = opened(fake.url, monkeypatch)
    assert carrier.honours_redirects
    carrier.put("b.html", b"une page", MOVED)
    assert carrier.get("b.html") == b"une page"
    assert not carrier.honours_redirects
    carrier.put("c.html", b"x", MOVED)
    assert [header in asked.headers for asked in fake.asked if asked.method == "PUT"] == [
        True, False, False,
    ]  # fmt: skip


def test_many_objects_are_listed_and_deleted(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = servers.join("s3-unsure", tmp_path)["AWS_ENDPOINT_URL"]
    carrier = opened(url, monkeypatch, f"s3://seau/{tmp_path.name}")
    folder = servers.folder / "s3-unsure/seau" / tmp_path.name
    folder.mkdir()
    for number in range(1_005):
        (folder / f"{number}.html").write_text("x", "utf-8")
    names = list(carrier.names(""))
    assert len(names) == 1_005
    carrier.delete(names)
    assert list(carrier.names("")) == []


@pytest.mark.parametrize("code", ["NotImplemented", "MissingContentMD5"])
def test_objects_are_deleted_alone_where_they_cannot_be_deleted_together(
    code: str, fake: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.answer = lambda asked: Refused(501, code) if asked.method == "POST" else None
    carrier = opened(fake.url, monkeypatch)
    carrier.put("a.html", b"x", PAGE)
    carrier.delete(["a.html", "nulle-part.html"])
    assert carrier.get("a.html") is None


# --- how it refuses ------------------------------------------------------------------------------

REFUSALS = [
    (403, "AccessDenied", UploadRefused, "n’en a pas le droit"),
    (403, "InvalidAccessKeyId", UploadRefused, "AWS_ACCESS_KEY_ID"),
    (403, "SignatureDoesNotMatch", UploadRefused, "AWS_SECRET_ACCESS_KEY"),
    (403, "RequestTimeTooSkewed", UploadRefused, "horloge"),
    (400, "ExpiredToken", UploadRefused, "session"),
    (401, "Unauthorized", UploadRefused, "n’en a pas le droit"),
    (403, "", UploadRefused, "n’en a pas le droit"),
    (301, "PermanentRedirect", UploadRefused, "AWS_REGION"),
    (400, "EntityTooLarge", UploadRefused, "trop gros"),
    (404, "NoSuchBucket", UnreachableStore, "ce seau n’existe pas"),
    (507, "InsufficientStorage", FullStore, "plus de place"),
    (403, "QuotaExceeded", FullStore, "plus de place"),
    (507, "XMinioStorageFull", FullStore, "plus de place"),
    (500, "InternalError", UnreachableStore, "500"),
    (503, "SlowDown", UnreachableStore, "503"),
    (502, "<html>Bad Gateway</html>", UnreachableStore, "502"),
    (418, "Theiere", UploadRefused, "Theiere"),
]


@pytest.mark.parametrize(("status", "code", "sort", "said"), REFUSALS)
@pytest.mark.parametrize(
    "act",
    [
        lambda carrier: carrier.put("a.html", b"x", PAGE),
        lambda carrier: carrier.get("a.html"),
        lambda carrier: list(carrier.names("")),
        lambda carrier: carrier.delete(["a.html"]),
        lambda carrier: carrier.create(".axe/verrou", b"x"),
        lambda carrier: carrier.copy("a.html", "b.html", PAGE),
    ],
)
def test_each_refusal_says_its_cause(
    status: int,
    code: str,
    sort: type[Refusal],
    said: str,
    act: Callable[[Carrier], object],
    quick: FakeStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick.answer = lambda _: Refused(status, code)
    carrier = opened(quick.url, monkeypatch)
    with pytest.raises(sort, match=said) as refused:
        act(carrier)
    assert "s3://seau/site" in str(refused.value)
    assert refused.value.remedy


@pytest.fixture(scope="module")
def quick() -> Iterator[FakeStore]:
    with pytest.MonkeyPatch.context() as patch, fake_store() as started:
        patch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        yield started


def test_another_service_is_refused_as_no_store(
    quick: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick.answer = lambda _: Refused(200, "<html>Bienvenue !</html")
    carrier = opened(quick.url, monkeypatch)
    with pytest.raises(UnreachableStore, match="magasin S3"):
        list(carrier.names(""))
    with pytest.raises(Refusal):
        acts.history(Target("x", parse("s3://seau/site")))


def test_a_store_that_does_not_answer_stops_the_act_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = opened(f"http://127.0.0.1:{s3_servers.free_port()}", monkeypatch)
    before = time.monotonic()
    with pytest.raises(UnreachableStore, match="ne se fait pas"):
        carrier.get("index.html")
    assert time.monotonic() - before < 10


def test_an_answer_that_is_cut_stops_the_act(
    quick: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(asked: Asked) -> Refused:
        raise ConnectionResetError(asked.path)

    quick.answer = cut
    with pytest.raises(UnreachableStore, match="se rompt"):
        opened(quick.url, monkeypatch).get("index.html")


@pytest.mark.parametrize("unheeded", ["if-match", "if-none-match"])
def test_a_store_that_heeds_half_of_the_conditions_has_no_certain_lock(
    unheeded: str, fake: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(asked: Asked) -> None:
        asked.headers.pop(unheeded, None)

    fake.answer = forget
    assert not opened(fake.url, monkeypatch).has_certain_lock()
    fake.answer = lambda asked: (
        Refused(501, "NotImplemented") if unheeded in asked.headers else None
    )
    carrier = opened(fake.url, monkeypatch)
    assert not carrier.has_certain_lock()
    assert carrier.create(".axe/v", b"a")
    assert not carrier.create(".axe/v", b"b")
    assert carrier.replace(".axe/v", b"a", b"c")
    assert not carrier.replace(".axe/v", b"a", b"d")
    carrier.delete([".axe/v"])
