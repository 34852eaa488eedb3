"""Templates already compiled, kept between builds: compiling is most of the time of a small one."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from axtra.core import program

_SEAL = 16  # bytes


class Compiled(BytecodeCache):
    """Keeps compiled templates in a folder, each under the hash of what it holds.

    Jinja looks at the source; the seal keeps it from reading what was damaged, or compiled by
    another program. Two environments need two folders: their options are in what is compiled.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template, if it is there and whole."""
        with suppress(OSError):
            data = self._file(bucket).read_bytes()
            if data[:_SEAL] == _seal(data[_SEAL:]):
                bucket.bytecode_from_string(data[_SEAL:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a template; another build never sees half of it."""
        body = bucket.bytecode_to_string()
        file = self._file(bucket)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            aside = file.with_suffix(f".{os.getpid()}")
            aside.write_bytes(_seal(body) + body)
            aside.replace(file)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / bucket.key


def _seal(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_SEAL, key=program.key()).digest()
