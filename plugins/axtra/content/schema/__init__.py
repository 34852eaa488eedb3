"""The one schema of what editors type: kinds of content, their keys, the blocks and their options.

The reader, the checks, the skeletons of `axtra nouveau` and the editors' guide all read it here.
"""

from axtra.content.schema.block_kinds import BLOCKS, BlockKind
from axtra.content.schema.keys import (
    LIST_TYPES,
    SENTENCES,
    STATUSES,
    TREATMENTS,
    Key,
    Kind,
    PosterUse,
    Type,
    keys_and_aliases,
)
from axtra.content.schema.kinds import CARD_KINDS, KINDS, LISTED_KINDS, RECEIVED_KINDS

__all__ = [
    "BLOCKS",
    "CARD_KINDS",
    "KINDS",
    "LISTED_KINDS",
    "LIST_TYPES",
    "RECEIVED_KINDS",
    "SENTENCES",
    "STATUSES",
    "TREATMENTS",
    "BlockKind",
    "Key",
    "Kind",
    "PosterUse",
    "Type",
    "keys_and_aliases",
]
