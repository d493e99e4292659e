"""Whose grants somebody at a terminal has, whom AWS knows: by what STS answered, and never by a name that
they say themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EVERY_SESSION = "/*"
"""The end of a row that takes every session of one role. It stands for a session as a whole: whoever takes on
a role chooses the session's name (facts/ecs 10.3), so a part of a name would prove nothing.
"""


@dataclass(frozen=True)
class Terminal:
    """Whoever STS calls ``arn`` has the grants of ``subject``: ``slack:<team>:<user>`` or ``console:<name>``.

    ``arn`` is a session of a role, every session of a role (``EVERY_SESSION``), or an IAM user.
    """

    arn: str
    subject: str


def terminal(caller: str, rows: Iterable[Terminal]) -> Terminal | None:
    """Return the row of this caller; ``None`` if no row names them. A row of one session goes before the row
    of its role.
    """
    by_arn = {row.arn: row for row in rows}
    role = caller.rpartition("/")[0] + EVERY_SESSION if ":assumed-role/" in caller else ""
    return by_arn.get(caller) or by_arn.get(role)
