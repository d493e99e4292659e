"""Who sits at the console."""

from __future__ import annotations

import os
import pwd

from policies.access import people
from policies.access.people import ConsoleUser

SERVE = ConsoleUser(people.SERVE)
"""The process that applies its mounted file; the gate allows this user to do so."""


def console_user() -> ConsoleUser:
    """The account that this process runs as, and not what LOGNAME says, because anybody can set that.

    An account is named by its number if it has no name (a container started with a bare number) or has the
    name of the serving process.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = ""
    return ConsoleUser(name if name and name != SERVE.name else f"uid-{number}")
