"""Create the lists of a Mailman, with Mailman's own Python: `python lists.py CONFIGURATION`.

« relais » accepts mail from anyone, « fermee » rejects it.
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
people = [getUtility(IUserManager).create_address(member) for member in MEMBERS]
for name, action in ACTIONS.items():
    mailing_list = create_list(f"{name}@{DOMAIN}")
    mailing_list.default_nonmember_action = action
    mailing_list.subject_prefix = ""
    mailing_list.send_welcome_message = False
    for person in people:
        mailing_list.subscribe(person)
config.db.commit()
