"""Who may be written to, and when: every act on an edition, from freezing to the report.

Each function takes the content, the registers, the settings and the clock, returns a value or
raises a `Refusal`, and prints nothing: the command, a web application and the tests call the same.
"""

from axtra.sending.dispatch.context import Confirmation, DispatchContext, SendingEvents
from axtra.sending.dispatch.departing import (
    SendingResult,
    Settlement,
    check_typed,
    depart,
    hold_received,
    let_leave,
    pause,
    presume_gone,
    resume,
    settle_proposals,
)
from axtra.sending.dispatch.handing_over import Handover
from axtra.sending.dispatch.preparing import (
    Freezing,
    approve,
    check_rectified,
    compare,
    freeze,
    frozen_edition,
)
from axtra.sending.dispatch.preparing import send_test as test
from axtra.sending.dispatch.reporting import EditionReport, reconcile, report
from axtra.sending.dispatch.scheduling import Attendance, Stage, attend, schedule, unschedule
from axtra.sending.dispatch.welcoming import FRESH, last_edition, waiting, welcome

__all__ = [
    "FRESH",
    "Attendance",
    "Confirmation",
    "DispatchContext",
    "EditionReport",
    "Freezing",
    "Handover",
    "SendingEvents",
    "SendingResult",
    "Settlement",
    "Stage",
    "approve",
    "attend",
    "check_rectified",
    "check_typed",
    "compare",
    "depart",
    "freeze",
    "frozen_edition",
    "hold_received",
    "last_edition",
    "let_leave",
    "pause",
    "presume_gone",
    "reconcile",
    "report",
    "resume",
    "schedule",
    "settle_proposals",
    "test",
    "unschedule",
    "waiting",
    "welcome",
]
