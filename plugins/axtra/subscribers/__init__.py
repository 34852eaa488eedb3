"""Subscribers: people, lists, consents, and addresses that must not be written to.

`register` holds them, `importing` reads them from CSV files, `returns` reads what comes back by
mail, `journal` remembers who left. Everything but the journal is kept in a private data folder
outside the project; nothing here writes to a log.
"""

from axtra.subscribers.addresses import AddressError, folded, normalized
from axtra.subscribers.private_folder import FolderError, LockedError, data_folder
from axtra.subscribers.register.address_changes import Side
from axtra.subscribers.register.confirmation_requests import PENDING_DAYS, ClaimedRequest
from axtra.subscribers.register.consent import Basis, Consent
from axtra.subscribers.register.people import ListError
from axtra.subscribers.register.records import (
    Excluded,
    ExpiringConsent,
    HistoryEvent,
    PendingRequest,
    Reason,
    Recipient,
    Subscription,
)
from axtra.subscribers.register.register import Register
from axtra.subscribers.register.register_pool import Pool
from axtra.subscribers.register.suppressions import Proposal, Reinstated, Suppression
from axtra.subscribers.signed_tokens import Keys, Stamp

__all__ = [
    "PENDING_DAYS",
    "AddressError",
    "Basis",
    "ClaimedRequest",
    "Consent",
    "Excluded",
    "ExpiringConsent",
    "FolderError",
    "HistoryEvent",
    "Keys",
    "ListError",
    "LockedError",
    "PendingRequest",
    "Pool",
    "Proposal",
    "Reason",
    "Recipient",
    "Register",
    "Reinstated",
    "Side",
    "Stamp",
    "Subscription",
    "Suppression",
    "data_folder",
    "folded",
    "normalized",
]
