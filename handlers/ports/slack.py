"""Slack, as the application needs it: who a user is, and showing an operation's message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from handlers.words.message import Log, Message
from handlers.words.result import Standing
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


class Edits(Protocol):
    """The one budget of live edits, which all messages of this process share (facts/slack 2.2)."""

    def wait(self, message: str, /, *, final: bool) -> float:
        """Return after how many seconds this message may be edited; 0 means now, and counts the edit.
        ``final``: it says how something ended, and waits for nothing but a pause.
        """
        ...

    def posted(self, message: str, /) -> None:
        """Count a message that was just posted as edited."""
        ...


class Posts(Protocol):
    """Messages that belong to no operation. Every method may raise ``Trouble``: ``Unsendable`` is final,
    anything else is temporary.
    """

    def post(self, channel: str, said: Message) -> str:
        """Post a message and return its ``ts``."""
        ...

    def direct(self, user: str, said: Message) -> Standing:
        """Post a direct message to a user. Returns where it stands, which is what an edit needs: a direct
        message has a channel of its own.
        """
        ...

    def edit(self, channel: str, ts: str, said: Message) -> None: ...

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        """Reply in the thread of that message, never broadcast."""
        ...

    def shared(self, channel: str) -> bool:
        """Return whether another company reads the channel. Raises ``Trouble`` if Slack does not say."""
        ...
