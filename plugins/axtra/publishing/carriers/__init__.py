"""What moves files to a place where a site is published: one protocol, a module for each place.

`protocol` says what a carrier does, `failures` how a place refuses; `opening` chooses the module
from an address.
"""

from axtra.publishing.carriers.failures import (
    FalseStore,
    FullStore,
    UnreachableStore,
    UntrustedHost,
    UploadRefused,
)
from axtra.publishing.carriers.opening import open_carrier
from axtra.publishing.carriers.protocol import PRIVATE, VERSIONS, Carrier, FileHeaders

__all__ = [
    "PRIVATE",
    "VERSIONS",
    "Carrier",
    "FalseStore",
    "FileHeaders",
    "FullStore",
    "UnreachableStore",
    "UntrustedHost",
    "UploadRefused",
    "open_carrier",
]
