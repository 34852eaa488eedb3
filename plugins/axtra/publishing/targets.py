"""Where a site is published: a target by its name in `content/site.toml`, or by its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from infolettre.core.diagnostics import did_you_mean
from infolettre.core.refusals import WrongUsage

DEFAULT = "AXTRA_PUBLICATION"
FORMS = (
    "Une cible est un dossier (/var/www/axe), sftp://compte@hote:22/chemin, s3://seau/prefixe,\n"
    "git+https://exemple.org/depot.git#branche, ou le nom d’une table [publication.NOM] de "
    "content/site.toml."
)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SFTP_PORT = 22


@dataclass(frozen=True, slots=True)
class FolderAddress:
    """A folder of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class SftpAddress:
    """A folder of another machine, reached by SSH; `user` is empty for the account's own name."""

    host: str
    port: int
    user: str
    path: str

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _SFTP_PORT else f":{self.port}"
        return f"sftp://{user}{host}{port}{self.path}"


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket of an S3-compatible store; `prefix` is empty or ends with a slash."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


@dataclass(frozen=True, slots=True)
class BranchAddress:
    """A branch of a git repository, which git itself reaches."""

    repository: str
    branch: str

    def __str__(self) -> str:
        return f"git+{self.repository}#{self.branch}"


Address: TypeAlias = FolderAddress | SftpAddress | BucketAddress | BranchAddress


@dataclass(frozen=True, slots=True)
class Target:
    """A place to publish to.

    Attributes:
        name: how a person named it.
        address: where it is.
        public: the address at which readers find it, without a final slash; empty for the site's.
    """

    name: str
    address: Address
    public: str = ""


def find(
    given: str, declared: Mapping[str, Mapping[str, str]], environment: Mapping[str, str]
) -> Target | None:
    """Return the target that a person named.

    Args:
        given: a name or an address; empty for that of the environment, or for the only one that is
            declared. None is returned where there is no such target.
        declared: the tables `[publication.NOM]`.
        environment: may hold AXTRA_PUBLICATION.

    Raises:
        WrongUsage: it is neither a declared name nor an address, or several are declared.
    """
    given = given.strip() or environment.get(DEFAULT, "").strip()
    if not given and len(declared) > 1:
        raise WrongUsage(
            f"plusieurs cibles sont déclarées : {', '.join(sorted(declared))}.",
            f"Nommez celle où publier, ou donnez-la par {DEFAULT}.",
        )
    given = given or next(iter(declared), "")
    if not given:
        return None
    table = declared.get(given)
    if table is None:
        if _is_word(given):
            raise WrongUsage(
                f"« {given} » n’est pas une cible de publication.",
                f"{did_you_mean(given, declared)}\n{FORMS}" if declared else FORMS,
            )
        return Target(given, parse(given))
    return Target(given, parse(table["cible"]), table.get("public", "").rstrip("/"))


def parse(text: str) -> Address:
    """Read an address.

    Raises:
        WrongUsage: it has none of the forms, or holds a password.
    """
    if text.startswith("git+"):
        return _branch(text)
    if Path(text).is_absolute():
        return FolderAddress(Path(text))
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise WrongUsage(f"« {text} » ne se lit pas.", FORMS) from None
    _refuse_password(parts)
    if parts.scheme == "sftp" and parts.hostname and len(parts.path) > 1:
        path, port = unquote(parts.path).rstrip("/"), parts.port or _SFTP_PORT
        return SftpAddress(parts.hostname, port, unquote(parts.username or ""), path)
    if parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc):
        prefix = unquote(parts.path).strip("/")
        return BucketAddress(parts.netloc, f"{prefix}/" if prefix else "")
    raise WrongUsage(f"« {_shown(text)} » n’est pas l’adresse d’une cible.", FORMS)


def _branch(text: str) -> BranchAddress:
    repository, _, branch = text.removeprefix("git+").rpartition("#")
    if not repository or not re.fullmatch(r"(?![-.])[^\s~^:?*\[\\]+(?<![/.])", branch):
        raise WrongUsage(
            f"« {_shown(text)} » ne nomme pas de branche.",
            "Écrivez :  git+https://exemple.org/depot.git#branche",
        )
    if "://" in repository:
        try:
            _refuse_password(urlsplit(repository))
        except ValueError:
            raise WrongUsage(f"« {_shown(text)} » ne se lit pas.", FORMS) from None
    return BranchAddress(repository, branch)


def _refuse_password(parts: SplitResult) -> None:
    if parts.password is not None:
        raise WrongUsage(
            "l’adresse de la cible contient un mot de passe, que d’autres pourraient lire.",
            "Enlevez-le et changez-le; donnez une clé, ou les variables d’environnement.",
        )


def _is_word(text: str) -> bool:
    return "/" not in text and ":" not in text


def _shown(text: str) -> str:
    """Return an address without what may be a secret."""
    return re.sub(r"//[^/@]*@", "//…@", text)
