"""Who receives the infolettres: people, lists, consents, and those who must not be written to.

Everything stays in one private data folder, outside the project; nothing here writes to a log.
"""

from axtra.subscribers.addresses import AddressError, folded, normalized
from axtra.subscribers.consent import Basis, Consent
from axtra.subscribers.data_folder import FolderError, data_folder
from axtra.subscribers.people import (
    Excluded,
    Expiring,
    Fact,
    ListError,
    Pending,
    Reason,
    Recipient,
    Subscription,
)
from axtra.subscribers.register import Register
from axtra.subscribers.signed_tokens import Keys, Stamp

__all__ = [
    "AddressError",
    "Basis",
    "Consent",
    "Excluded",
    "Expiring",
    "Fact",
    "FolderError",
    "Keys",
    "ListError",
    "Pending",
    "Reason",
    "Recipient",
    "Register",
    "Stamp",
    "Subscription",
    "data_folder",
    "folded",
    "normalized",
]
