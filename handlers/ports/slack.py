"""Slack, as the application needs it: who somebody is, and showing an operation's message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from handlers.words.message import Log, Message
from policies.access.people import SlackAccount


class People(Protocol):
    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        """What Slack says of this user, from a short cache; ``None`` if it cannot say now. ``anew``: as Slack
        says it this moment, for a change."""
        ...

    def groups(self, team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        """Ids of the user groups they are in; empty when groups are not used. Raises ``Trouble`` when
        they are used and Slack cannot say. ``anew`` as for ``account``."""
        ...


class Messages(Protocol):
    def show(self, operation_id: str) -> None:
        """Bring the operation's message to its wanted version. Idempotent; never raises; what cannot be
        sent now is retried by the tick."""
        ...


class Posts(Protocol):
    """Messages that belong to no operation. Both may raise ``Trouble``: ``Unsendable`` is for ever, anything
    else for now."""

    def post(self, channel: str, said: Message) -> str:
        """Its ``ts``."""
        ...

    def edit(self, channel: str, ts: str, said: Message) -> None: ...

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        """Into the thread of that message, never broadcast."""
        ...

    def shared(self, channel: str) -> bool:
        """Whether another company reads it. ``Trouble`` where Slack does not say."""
        ...
