"""Slack, as the application needs it: who a user is, and showing an operation's message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from handlers.words.message import Log, Message
from policies.access.people import SlackAccount


class People(Protocol):
    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        """Return what Slack says of this user, from a short-lived cache; ``None`` if Slack cannot say now.
        ``anew``: ask Slack now, for a change.
        """
        ...

    def groups(self, team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        """Return the ids of the user groups that this user is in; empty if groups are not used. ``anew`` as
        for ``account``. Raises ``Trouble`` if groups are used and Slack cannot say.
        """
        ...


class Messages(Protocol):
    def show(self, operation_id: str) -> None:
        """Bring the operation's message to its wanted version. Idempotent; never raises. The tick retries
        what cannot be sent now.
        """
        ...


class Posts(Protocol):
    """Messages that belong to no operation. Every method may raise ``Trouble``: ``Unsendable`` is final,
    anything else is temporary.
    """

    def post(self, channel: str, said: Message) -> str:
        """Post a message and return its ``ts``."""
        ...

    def edit(self, channel: str, ts: str, said: Message) -> None: ...

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        """Reply in the thread of that message, never broadcast."""
        ...

    def shared(self, channel: str) -> bool:
        """Return whether another company reads the channel. Raises ``Trouble`` if Slack does not say."""
        ...
