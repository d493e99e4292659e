"""Who people are, asked of Slack and kept for a minute (facts/slack 7; traps 24 and 28)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.slack.web import SlackWeb
from handlers.words.errors import Trouble
from policies.access.people import SlackAccount

log = logging.getLogger(__name__)
KEPT_SECONDS = 60.0
GROUPS_SECONDS = 300.0
"""``usergroups.list`` may be called 20 times a minute (facts/slack 2.2); events drop it earlier."""
ANEW_SECONDS = 2.0
"""What counts as said this moment: one request asks twice, to be let in and for its change."""
ANEW_GROUPS_SECONDS = 5.0
"""Twelve calls of ``usergroups.list`` in a minute at the most, of the 20."""
MOST = 10_000


class SlackDirectory:
    """``handlers.ports.slack.People``. Only answers are kept, never failures. Thread-safe.

    The caches are this process's: where the ``user_change`` event was lost, or went to another replica, reads
    may go on for up to a minute, or five by a group. A change asks ``anew``.
    """

    def __init__(self, web: SlackWeb, *, use_groups: bool = False, monotonic: Callable[[], float]) -> None:
        self._web, self._use_groups, self._monotonic = web, use_groups, monotonic
        self._lock, self._asking_groups = threading.Lock(), threading.Lock()
        self._accounts: dict[str, tuple[float, SlackAccount]] = {}
        self._groups: tuple[float, Mapping[str, frozenset[str]]] | None = None
        """Each with when it was asked for."""
        self._changes = 0

    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        """What ``users.info`` says; ``None`` on any error, which admits nobody."""
        now, kept = self._monotonic(), ANEW_SECONDS if anew else KEPT_SECONDS
        with self._lock:
            held, changes = self._accounts.get(user), self._changes
        if held is not None and now < held[0] + kept:
            return _as_sent_from(held[1], team)
        try:
            told = self._web.ask("users.info", user=user).get("user")
            account = _account(told) if isinstance(told, dict) else None
        except Trouble as trouble:
            log.warning("Slack cannot say who %s is: %s", user, trouble.sentence)
            return None
        if account is None or account.user != user:
            return None
        with self._lock:
            if changes == self._changes:
                if len(self._accounts) >= MOST:
                    self._accounts.clear()
                self._accounts[user] = (now, account)
        return _as_sent_from(account, team)

    def groups(self, team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        """Raises ``Trouble`` when groups are used and Slack cannot say."""
        if not self._use_groups:
            return frozenset()
        with self._asking_groups:
            now, held = self._monotonic(), self._groups
            if held is None or held[0] + (ANEW_GROUPS_SECONDS if anew else GROUPS_SECONDS) <= now:
                held = (now, self._read_groups())
                self._groups = held
        return frozenset(name for name, members in held[1].items() if user in members)

    def forget_person(self, user: str) -> None:
        """On ``user_change``: also an answer that is still on its way is not kept."""
        with self._lock:
            self._changes += 1
            self._accounts.pop(user, None)

    def forget_groups(self) -> None:
        with self._asking_groups:
            self._groups = None

    def _read_groups(self) -> Mapping[str, frozenset[str]]:
        answer = self._web.ask("usergroups.list", include_users=True)
        return {
            str(group["id"]): frozenset(map(str, group.get("users") or ()))
            for group in answer.get("usergroups") or ()
            if isinstance(group, dict) and group.get("id") and not group.get("date_delete")
        }


def _account(told: Mapping[str, Any]) -> SlackAccount:
    profile = told.get("profile") or {}
    enterprise = told.get("enterprise_user") or {}
    confirmed = told.get("is_email_confirmed")
    return SlackAccount(
        team=str(told.get("team_id", "")),
        user=str(told.get("id", "")),
        name=str(profile.get("real_name") or profile.get("display_name") or told.get("name") or ""),
        deleted=bool(told.get("deleted")),
        bot=any(told.get(flag) for flag in ("is_bot", "is_workflow_bot", "is_connector_bot")),
        guest=bool(told.get("is_restricted") or told.get("is_ultra_restricted")),
        stranger=bool(told.get("is_stranger")),
        email_confirmed=confirmed if isinstance(confirmed, bool) else None,
        enterprise=str(enterprise.get("enterprise_id") or ""),
    )


def _as_sent_from(account: SlackAccount, team: str) -> SlackAccount:
    """A payload and ``users.info`` that name different teams make a stranger, unless an organisation is
    named: then the rule on organisations decides (facts/slack 7)."""
    if team in ("", account.team) or account.enterprise:
        return account
    return replace(account, stranger=True)
