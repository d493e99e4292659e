"""The one error tree. Messages are fit for a channel; each says whether retrying helps.

An adapter translates its library's exceptions into these once, at its boundary. A refusal is not an error
(see ``policies.access.decision``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Trouble(Exception):
    """Something outside did not do what was asked.

    ``sentence`` is for people; ``code`` and ``request_id`` come from AWS or Slack, for the audit log.
    """

    sentence: str
    code: str = ""
    request_id: str = ""
    retry_helps: bool = False

    def __str__(self) -> str:
        advice = (
            "Trying again in a minute may help."
            if self.retry_helps
            else "Trying again will not help by itself."
        )
        return f"{self.sentence} {advice}"

    @property
    def unasked(self) -> bool:
        """Whether AWS was not even asked, because the bot's own rate-limit buckets had no room."""
        return False


class Denied(Trouble):
    """AWS or Slack refused for lack of permission; nothing happened."""


class Throttled(Trouble):
    """Too many calls just now; nothing happened. AWS's own refusal has a code."""

    @property
    def unasked(self) -> bool:
        return not self.code


class NotNow(Trouble):
    """The call was refused in the present state, which changes by itself; nothing happened. A call that may
    be repeated is retried until its deadline.
    """


class Absent(Trouble):
    """The named thing does not exist (cluster gone, service gone); nothing happened."""


class Rejected(Trouble):
    """The request was understood and refused as invalid; nothing happened."""


class Unanswered(Trouble):
    """No answer came, or an inconclusive one: the effect may or may not have happened."""


class Unreached(Unanswered):
    """No connection was established, so the call was never sent: nothing happened."""


class StoreLost(Trouble):
    """The database did not answer; nothing that needs the database was begun."""


class Unsendable(Trouble):
    """Slack will never accept this message there (not a member, channel gone); a retry is pointless."""
