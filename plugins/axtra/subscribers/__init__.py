"""Who receives the infolettres: people, lists, consents, and those who must not be written to.

Everything stays in one private data folder, outside the project; nothing here writes to a log.
"""

from axtra.subscribers.addresses import AddressError, folded, normalized
from axtra.subscribers.confirmation_requests import PENDING_DAYS, Claimed
from axtra.subscribers.consent import Basis, Consent
from axtra.subscribers.data_folder import FolderError, LockedError, data_folder
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
from axtra.subscribers.register_pool import Pool
from axtra.subscribers.signed_tokens import Keys, Stamp
from axtra.subscribers.suppressions import Proposal, Reinstated, Suppression

__all__ = [
    "PENDING_DAYS",
    "AddressError",
    "Basis",
    "Claimed",
    "Consent",
    "Excluded",
    "Expiring",
    "Fact",
    "FolderError",
    "Keys",
    "ListError",
    "LockedError",
    "Pending",
    "Pool",
    "Proposal",
    "Reason",
    "Recipient",
    "Register",
    "Reinstated",
    "Stamp",
    "Subscription",
    "Suppression",
    "data_folder",
    "folded",
    "normalized",
]
