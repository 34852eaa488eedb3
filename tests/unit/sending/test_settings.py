"""Settings: the environment, the file, the limits of hosts, and no secret said."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest

from axtra.sending import settings
from axtra.sending.settings import SettingsError

URL = "AXTRA_SMTP_URL"
WITH_PASSWORD = {"AXTRA_SMTP_MOT_DE_PASSE": "chut!"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("smtp://zoe%40x@relais.test:2525?tls=tls", ("relais.test", 2525, "tls", "zoe@x")),
        ("smtp://relais.test", ("relais.test", 587, "starttls", "")),
        ("smtp://relais.test?tls=tls", ("relais.test", 465, "tls", "")),
        ("smtp://relais.test?tls=aucun", ("relais.test", 25, "aucun", "")),
    ],
)
def test_a_server_is_read_from_one_address(
    given: str, expected: tuple[str, int, str, str], tmp_path: Path
) -> None:
    server = settings.read({URL: given, **WITH_PASSWORD}, tmp_path).required()
    assert (server.host, server.port, server.tls, server.user) == expected
    assert "chut" not in repr(server)


@pytest.mark.parametrize(
    "given",
    [
        "relais.test", "http://x", "smtp://", "smtp://x:zut", "smtp://x?tls=ssl",
        "smtp://x?vitesse=3", "smtp://x?connexions=deux",
    ],
)  # fmt: skip
def test_an_address_that_is_not_a_server_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="smtp://nom@serveur"):
        settings.read({URL: given}, tmp_path)


@pytest.mark.parametrize(
    ("url", "limits"),
    [
        ("smtp://127.0.0.1:25?tls=aucun", (0, 0, 1)),
        ("smtp://smtp.office365.com", (30, 10_000, 1)),
        ("smtp://smtp.gmail.com", (60, 2_000, 1)),
        ("smtp://relais.test", (60, 0, 1)),
        ("smtp://relais.test?par-minute=0&par-jour=9&connexions=4", (0, 9, 4)),
    ],
)
def test_each_host_has_its_limits(url: str, limits: tuple[int, int, int], tmp_path: Path) -> None:
    found = settings.read({URL: url}, tmp_path)
    assert (found.per_minute, found.per_day, found.connections) == limits


def test_the_file_says_what_the_environment_does_not(tmp_path: Path) -> None:
    (tmp_path / settings.FILE).write_text(
        'smtp = "smtp://fichier.test"\npar-minute = 12\napprobation = true\n'
        'retour = "retours@essai.test"\nsite-en-ligne = "https://essai.test/"\n',
        "utf-8",
    )
    found = settings.read({}, tmp_path)
    assert found.required().host == "fichier.test"
    assert (found.per_minute, found.approval, found.returns) == (12, True, "retours@essai.test")
    assert found.live == "https://essai.test"
    assert settings.read({URL: "smtp://autre.test"}, tmp_path).required().host == "autre.test"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mot-de-passe = "chut!"', "contient un secret"),
        ('smtp = "smtp://zoe:chut!@relais.test"', "contient un mot de passe"),
        ("par-minute = ", "guillemets droits"),
        ("par-minutes = 3", "par-minute"),
        ('par-minute = "3"', "attend un nombre"),
        ("approbation = 1", "attend true ou false"),
        ("retour = 3", "attend un texte"),
        ('site-en-ligne = "http://essai.test"', "https"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_its_secrets_are_not_said(
    text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / settings.FILE).write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=said) as caught:
        settings.read({}, tmp_path)
    assert "chut" not in str(caught.value)


def test_a_password_comes_from_the_environment_or_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {("axtra:relais.test", "zoe"): "trousseau"}
    monkeypatch.setattr(keyring, "get_password", lambda service, user: kept.get((service, user)))
    url = {URL: "smtp://zoe@relais.test"}
    assert settings.read(url, tmp_path).required().password == "trousseau"  # noqa: S105
    assert settings.read({**url, **WITH_PASSWORD}, tmp_path).required().password == "chut!"  # noqa: S105
    with pytest.raises(SettingsError, match=r"keyring set axtra:autre\.test zoe"):
        settings.read({URL: "smtp://zoe@autre.test"}, tmp_path)


def test_a_password_never_travels_in_clear(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="en clair"):
        settings.read({URL: "smtp://zoe@relais.test?tls=aucun", **WITH_PASSWORD}, tmp_path)


def test_without_a_server_nothing_can_be_sent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="aucun serveur"):
        settings.read({}, tmp_path).required()
