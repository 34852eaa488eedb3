"""Publishing in one act: planned, carried in an order that breaks no page, verified, reversible.

`acts` are what a person asks for. `manifest` says what a site is made of and `plan`, a pure
function, what to do in which order; `carrying` does it through a carrier (`carriers`, one module
for each sort of place), while `turns` keeps others away and `records` notes what is there;
`reading_back` compares what is online with what was built. `targets` says where.
"""

from axtra.publishing.acts import (
    BuiltSite,
    HeldPublication,
    Origin,
    Published,
    foresee,
    go_back,
    history,
    missing,
    publish,
)
from axtra.publishing.carrying import Prospect
from axtra.publishing.records import Deployment, State
from axtra.publishing.targets import Target

__all__ = [
    "BuiltSite",
    "Deployment",
    "HeldPublication",
    "Origin",
    "Prospect",
    "Published",
    "State",
    "Target",
    "foresee",
    "go_back",
    "history",
    "missing",
    "publish",
]
