"""How to reach the server, and how fast: the environment, then a file of the data folder.

A secret comes from the environment or from the system's keyring, never from the file, and no
message quotes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from infolettre.core.diagnostics import did_you_mean
from infolettre.core.refusals import WrongUsage

ADDRESS, PASSWORD = "AXTRA_SMTP_URL", "AXTRA_SMTP_MOT_DE_PASSE"
FILE = "envoi.toml"
FORM = "smtp://nom@serveur:587?tls=starttls"
_PORTS = {"starttls": 587, "tls": 465, "aucun": 25}
_NUMBERS = ("connexions", "par-minute", "par-jour", "par-hote", "delai", "bail")
_TEXTS = (
    "smtp",
    "retour",
    "site-en-ligne",
    "dkim-cle",
    "dkim-selecteur",
    "dkim-domaine",
    "sns-sujet",
)
_SECRET = ("mot-de-passe", "mot_de_passe", "password", "secret", "jeton", "token")
_MOST_CONNECTIONS = 50
_LOOPBACK = ("127.", "localhost", "::1")

# Messages a minute, then a day; 0 is no limit.
# Source: Microsoft, « Exchange Online limits »; Google, « Gmail sending limits in Workspace ».
_HOSTS: Mapping[str, tuple[int, int]] = {
    "smtp.office365.com": (30, 10_000),
    "smtp-mail.outlook.com": (30, 300),
    "smtp.gmail.com": (60, 2_000),
    "smtp-relay.gmail.com": (60, 10_000),
}
_UNKNOWN = (60, 0)


class SettingsError(WrongUsage):
    """The settings cannot be used; its words quote no secret."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server; `tls` is starttls, tls or aucun; `patience` in seconds, for one answer."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)
    patience: float = 60.0

    @property
    def local(self) -> bool:
        """Tell whether it is on this machine."""
        return self.host.startswith(_LOOPBACK)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that sending may be told; 0 is no limit.

    `returns` is the mailbox to which bounces come; `live` the address of the published site, when
    its links are to be followed before sending; `per_host` how many messages a minute one receiving
    host gets; `lease` how many seconds a sender that says nothing keeps what it took, in a base
    that several share; `topic` is that of Amazon SNS to which notifications of returned mail come.
    """

    server: Server | None = None
    connections: int = 1
    per_minute: int = 0
    per_day: int = 0
    per_host: int = 0
    lease: float = 30.0
    returns: str = ""
    approval: bool = False
    live: str = ""
    dkim_key: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
    topic: str = ""

    def required(self) -> Server:
        """Return the server.

        Raises:
            SettingsError: there is none.
        """
        if self.server is None:
            raise SettingsError(
                "aucun serveur d’envoi.", f"Donnez {ADDRESS}, par exemple :  {FORM}"
            )
        return self.server


def read(environment: Mapping[str, str], folder: Path) -> Settings:
    """Read the settings; the environment wins over the file.

    Raises:
        SettingsError: a setting cannot be used.
    """
    given = _file(folder / FILE)
    url = environment.get(ADDRESS, "").strip() or str(given.get("smtp", ""))
    options = {name: int(given[name]) for name in _NUMBERS if name in given}
    server: Server | None = None
    if url:
        server, more = _server(url)
        options |= more
        server = _with_password(server, options.get("delai", 60), environment)
    minute, day = _limits(server)
    return Settings(
        server=server,
        connections=options.get("connexions", 1),
        per_minute=options.get("par-minute", minute),
        per_day=options.get("par-jour", day),
        per_host=options.get("par-hote", 0),
        lease=max(1, options.get("bail", 30)),
        returns=str(given.get("retour", "")),
        approval=bool(given.get("approbation", False)),
        live=str(given.get("site-en-ligne", "")).rstrip("/"),
        dkim_key=str(given.get("dkim-cle", "")),
        dkim_selector=str(given.get("dkim-selecteur", "")),
        dkim_domain=str(given.get("dkim-domaine", "")),
        topic=str(given.get("sns-sujet", "")),
    )


def _file(path: Path) -> Mapping[str, Any]:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}  # whoever opens the ledger says what is wrong with the folder
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"« {path} » ne se lit pas.") from None
    except tomllib.TOMLDecodeError:
        # The library's message quotes the line, which may hold what should not be there.
        raise SettingsError(
            f"« {path} » ne se lit pas.", 'Écrivez :  cle = "valeur", avec les guillemets droits.'
        ) from None
    for key, value in given.items():
        _inspect(path, key, value)
    return given


def _inspect(path: Path, key: str, value: object) -> None:
    if any(word in key.casefold() for word in _SECRET):
        raise SettingsError(
            f"« {path} » contient un secret (« {key} »).",
            f"Enlevez-le et changez-le; donnez le nouveau par {PASSWORD} ou par le trousseau.",
        )
    if key not in {*_NUMBERS, *_TEXTS, "approbation"}:
        known = did_you_mean(key, [*_NUMBERS, *_TEXTS, "approbation"])
        raise SettingsError(f"« {path} » : « {key} » n’existe pas.", known)
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    right = {True: isinstance(value, str)}.get(
        key in _TEXTS, whole if key in _NUMBERS else isinstance(value, bool)
    )
    if not right:
        form = "un texte" if key in _TEXTS else "un nombre" if key in _NUMBERS else "true ou false"
        raise SettingsError(f"« {path} » : « {key} » attend {form}.")
    if key == "site-en-ligne" and not _is_address(str(value)):
        raise SettingsError(f"« {path} » : « {key} » attend une adresse https.")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    near = (parts.hostname or "").startswith(_LOOPBACK)
    return parts.scheme == "https" or (parts.scheme == "http" and near)


def _server(url: str) -> tuple[Server, dict[str, int]]:
    """Read the address of a server, and the limits that its query may hold."""
    wrong = SettingsError(f"{ADDRESS} ne se lit pas.", f"Écrivez :  {FORM}   (ou tls, ou aucun)")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise wrong from None
    query = dict(parse_qsl(parts.query))
    tls = query.pop("tls", "starttls")
    if parts.scheme != "smtp" or not host or tls not in _PORTS or query.keys() - set(_NUMBERS):
        raise wrong
    if parts.password is not None:
        raise SettingsError(
            f"{ADDRESS} contient un mot de passe, que d’autres pourraient lire.",
            f"Mettez-le dans {PASSWORD}, ou dans le trousseau.",
        )
    if not all(value.isdecimal() for value in query.values()):
        raise wrong
    options = {name: int(value) for name, value in query.items()}
    if not 1 <= options.get("connexions", 1) <= _MOST_CONNECTIONS:
        raise SettingsError(f"« connexions » va de 1 à {_MOST_CONNECTIONS}.")
    return Server(host, port or _PORTS[tls], tls, unquote(parts.username or "")), options


def _with_password(server: Server, patience: int, environment: Mapping[str, str]) -> Server:
    password = ""
    if server.user:
        password = environment.get(PASSWORD, "") or _keyring(server)
        if not password:
            raise SettingsError(
                f"le mot de passe de « {server.user} » manque.",
                f"Donnez-le par {PASSWORD}, ou gardez-le dans le trousseau :  "
                f"keyring set axtra:{server.host} {server.user}",
            )
        if server.tls == "aucun" and not server.local:
            raise SettingsError(
                "un mot de passe ne voyage pas en clair.", "Choisissez tls=starttls ou tls=tls."
            )
    return Server(server.host, server.port, server.tls, server.user, password, patience or 60)


def _keyring(server: Server) -> str:
    import keyring  # noqa: PLC0415 - half a second, for whoever keeps a password there
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return keyring.get_password(f"axtra:{server.host}", server.user) or ""
    except KeyringError:
        return ""


def _limits(server: Server | None) -> tuple[int, int]:
    if server is None or server.local:
        return 0, 0
    return _HOSTS.get(server.host.casefold(), _UNKNOWN)
