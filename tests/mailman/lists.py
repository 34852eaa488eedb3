"""Make the lists of a Mailman, run by its own Python: `python lists.py CONFIGURATION`.

« relais » takes anyone's mail, « fermee » refuses it.
"""

from __future__ import annotations

import sys

from mailman.core.initialize import initialize
from zope.component import getUtility

initialize(sys.argv[1])

from mailman.app.lifecycle import create_list  # noqa: E402 - there is none before
from mailman.config import config  # noqa: E402
from mailman.interfaces.action import Action  # noqa: E402
from mailman.interfaces.domain import IDomainManager  # noqa: E402
from mailman.interfaces.usermanager import IUserManager  # noqa: E402

DOMAIN = "listes.test"
ACTIONS = {"relais": Action.accept, "fermee": Action.reject}
MEMBERS = ("zoe@membres.test", "luc@membres.test")

getUtility(IDomainManager).add(DOMAIN)
people = [getUtility(IUserManager).create_address(one) for one in MEMBERS]
for name, action in ACTIONS.items():
    made = create_list(f"{name}@{DOMAIN}")
    made.default_nonmember_action = action
    made.subject_prefix = ""
    made.send_welcome_message = False
    for one in people:
        made.subscribe(one)
config.db.commit()
