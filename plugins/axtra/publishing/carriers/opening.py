"""Which carrier reaches an address."""

from __future__ import annotations

from axtra.publishing.carriers.protocol import Carrier
from axtra.publishing.targets import (
    Address,
    BranchAddress,
    BucketAddress,
    FolderAddress,
    SftpAddress,
)


def open_carrier(address: Address) -> Carrier:
    """Open the place of an address; each carrier is imported only if used.

    Raises:
        UntrustedHost, UnreachableStore, UploadRefused: the place does not open.
    """
    match address:
        case FolderAddress():
            from axtra.publishing.carriers.folder import FolderCarrier  # noqa: PLC0415

            return FolderCarrier(address)
        case BranchAddress():
            from axtra.publishing.carriers.git_branch import BranchCarrier  # noqa: PLC0415

            return BranchCarrier(address)
        case SftpAddress():
            from axtra.publishing.carriers.sftp import SftpCarrier  # noqa: PLC0415

            return SftpCarrier(address)
        case BucketAddress():
            from axtra.publishing.carriers.bucket import BucketCarrier  # noqa: PLC0415

            return BucketCarrier(address)
