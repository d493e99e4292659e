"""Fakes of ``handlers.ports.slack``: who people are, and which messages should be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from handlers.words.errors import Unanswered
from policies.access.people import SlackAccount


class FakePeople:
    """Knows the accounts it is given.

    ``silent``: Slack cannot answer now. ``remembered``, ``remembered_groups``: what a cache still says of
    somebody who has changed, and of groups; calls with ``anew`` skip the cache.
    """

    def __init__(
        self, accounts: Iterable[SlackAccount] = (), groups: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self.accounts = {account.user: account for account in accounts}
        self.members = dict(groups or {})
        self.silent = False
        self.remembered: dict[str, SlackAccount] = {}
        self.remembered_groups: dict[str, frozenset[str]] = {}

    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        if not anew and user in self.remembered:
            return self.remembered[user]
        return None if self.silent else self.accounts.get(user)

    def groups(self, team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        known = self.members if anew or not self.remembered_groups else self.remembered_groups
        if self.silent and known is self.members:
            raise Unanswered("Slack cannot say which groups they are in.", retry_helps=True)
        return frozenset(name for name, users in known.items() if user in users)


class FakeMessages:
    """Remembers each operation that should be shown, in order."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.on_show: Callable[[str], None] = lambda _operation_id: None

    def show(self, operation_id: str) -> None:
        self.shown.append(operation_id)
        self.on_show(operation_id)
