"""The rights that the cache's own user needs, as an access string of Redis and Valkey.

Rules are read from left to right: the user is on, its keys follow, then every command is taken away before
those that the flush sends are given (a later ``-@all`` would take them away again).
"""

from __future__ import annotations

from collections.abc import Sequence

from policies.cache.patterns import escaped

COMMANDS = ("scan", "unlink", "dbsize", "cluster|slots", "select")
"""Everything that is sent but AUTH, which needs no right. SCAN shows the names of all keys: Redis limits by
prefix what may be changed, and not what is listed."""


def access_string(prefixes: Sequence[str], *, cluster: bool = True, database: int = 0) -> str:
    """Return the access string of a user that may delete only keys with these prefixes."""
    left_out = {"cluster|slots"} if not cluster else set()
    if not database:
        left_out.add("select")
    keys = [f"~{escaped(prefix)}*" for prefix in prefixes] or ["~*"]
    commands = [f"+{command}" for command in COMMANDS if command not in left_out]
    return " ".join(["on", *keys, "resetchannels", "-@all", *commands])
