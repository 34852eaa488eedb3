"""Publishing in one act: planned, carried in an order that breaks no page, verified, reversible.

`acts` are what a person asks for. `manifest` says what a site is made of and `plan`, a pure
function, what to do in which order; `carrying` does it through a carrier (`carriers`, one module
for each sort of place), while `turns` keeps others away and `records` notes what is there;
`reading_back` compares what is online with what was built. `targets` says where. `due_dates`, a
pure function of the content, says what changes by itself, and `automatic` whether to publish it.
"""

from axtra.publishing.acts import (
    BuiltSite,
    HeldPublication,
    Origin,
    Published,
    ShownFiles,
    foresee,
    go_back,
    history,
    missing,
    publish,
    shown_files,
)
from axtra.publishing.automatic import ClockBehind, due_at, note_published, require_free
from axtra.publishing.carrying import Prospect
from axtra.publishing.due_dates import DueDate, fallen_due, still_to_come
from axtra.publishing.past_runs import PastRuns
from axtra.publishing.records import Deployment, State
from axtra.publishing.targets import Target

__all__ = [
    "BuiltSite",
    "ClockBehind",
    "Deployment",
    "DueDate",
    "HeldPublication",
    "Origin",
    "PastRuns",
    "Prospect",
    "Published",
    "ShownFiles",
    "State",
    "Target",
    "due_at",
    "fallen_due",
    "foresee",
    "go_back",
    "history",
    "missing",
    "note_published",
    "publish",
    "require_free",
    "shown_files",
    "still_to_come",
]
