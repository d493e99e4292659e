"""Who sits at the console."""

from __future__ import annotations

import os
import pwd

from policies.access.people import ConsoleUser

SERVE = ConsoleUser("serve")
"""The process that applies the file mounted for it; the gate lets it."""


def console_user() -> ConsoleUser:
    """The account this process runs as; not what LOGNAME says, which anybody can set.

    An account that has no name (a container started with a bare number) or happens to be called like the
    serving process is named by its number.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = ""
    return ConsoleUser(name if name and name != SERVE.name else f"uid-{number}")
