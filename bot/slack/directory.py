"""Who people are, asked of Slack and kept for a minute (facts/slack 7, 8; traps 24 and 28)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.slack.web import SlackWeb
from handlers.words.errors import Trouble
from policies.access.people import Home, SlackAccount

log = logging.getLogger(__name__)
KEPT_SECONDS = 60.0
GROUPS_SECONDS = 300.0
"""``usergroups.list`` may be called 20 times a minute (facts/slack 2.2); events clear the cache earlier."""
ANEW_SECONDS = 2.0
"""How old a fresh answer may be: one request asks twice, once to let the person in and once for the change.
"""
ANEW_GROUPS_SECONDS = 5.0
"""At most twelve calls of ``usergroups.list`` a minute, out of the 20 allowed."""
MOST = 10_000
NOBODY = "user_not_found"
NO_ACCESS = "team_access_not_granted"
"""Slack's error code for a workspace of the organisation that the app was not added to (facts/slack 8)."""
Members = Mapping[str, frozenset[str]]


class SlackDirectory:
    """``handlers.ports.slack.People``. Only answers are cached, never failures. Thread-safe.

    Each process has its own caches: if the ``user_change`` event was lost or went to another replica, reads
    may stay allowed for up to a minute, or for five if a group grants them. A change asks with ``anew``.
    """

    def __init__(
        self,
        web: SlackWeb,
        *,
        monotonic: Callable[[], float],
        use_groups: bool = False,
        home: Callable[[], Home] = lambda: Home(""),
    ) -> None:
        self._web, self._use_groups, self._monotonic, self._home = web, use_groups, monotonic, home
        self._lock, self._asking_groups = threading.Lock(), threading.Lock()
        self._accounts: dict[str, tuple[float, SlackAccount]] = {}
        self._groups: dict[str, tuple[float, Members]] = {}
        """Members by workspace, each with the time of the request; the key is "" for a single workspace."""
        self._changes = 0

    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        """Return what ``users.info`` says. An id that Slack does not know makes an account that is
        ``missing``; any other error makes ``None``, which admits nobody either.
        """
        now, kept = self._monotonic(), ANEW_SECONDS if anew else KEPT_SECONDS
        with self._lock:
            held, changes = self._accounts.get(user), self._changes
        if held is not None and not _sent_from(held[1], team):
            kept = ANEW_SECONDS  # the person may have joined that workspace since
        if held is not None and now < held[0] + kept:
            return _as_sent_from(held[1], team)
        try:
            told = self._web.ask("users.info", user=user).get("user")
            account = account_of(told) if isinstance(told, dict) else None
        except Trouble as trouble:
            if trouble.code == NOBODY:
                return SlackAccount(team, user, missing=True)
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
        """Return the groups of a person. Raises ``Trouble`` when groups are used and Slack cannot say. User
        groups belong to a workspace: in an organisation, the groups of each of the person's workspaces count,
        wherever the person acts from.
        """
        if not self._use_groups:
            return frozenset()
        found: set[str] = set()
        for workspace in self._workspaces(team, user):
            members = self._members(workspace, ANEW_GROUPS_SECONDS if anew else GROUPS_SECONDS)
            found |= {name for name, users in members.items() if user in users}
        return frozenset(found)

    def forget_person(self, user: str) -> None:
        """Forget a person after ``user_change``; an answer that is still on its way is not kept either."""
        with self._lock:
            self._changes += 1
            self._accounts.pop(user, None)

    def forget_groups(self) -> None:
        with self._asking_groups:
            self._groups.clear()

    def _workspaces(self, team: str, user: str) -> tuple[str, ...]:
        """Return the workspaces to ask about; a token of one workspace knows no other."""
        if not self._home().everywhere:
            return ("",)
        account = self.account(team, user)
        known = (account.teams or {account.team}) if account else frozenset()
        return tuple(sorted(name for name in known | {team} if name.startswith("T")))

    def _members(self, workspace: str, kept: float) -> Members:
        with self._asking_groups:
            now, held = self._monotonic(), self._groups.get(workspace)
            if held is None or held[0] + kept <= now:
                held = self._groups[workspace] = (now, self._read_groups(workspace))
            return held[1]

    def _read_groups(self, workspace: str) -> Members:
        where = {"team_id": workspace} if workspace else {}
        try:
            answer = self._web.ask("usergroups.list", include_users=True, **where)
        except Trouble as trouble:
            if workspace and trouble.code == NO_ACCESS:
                return {}
            raise
        return {
            str(group["id"]): frozenset(map(str, group.get("users") or ()))
            for group in answer.get("usergroups") or ()
            if isinstance(group, dict) and group.get("id") and not group.get("date_delete")
        }


def account_of(told: Mapping[str, Any]) -> SlackAccount:
    profile = told.get("profile") or {}
    enterprise = told.get("enterprise_user") or {}
    confirmed, team = told.get("is_email_confirmed"), str(told.get("team_id") or "")
    return SlackAccount(
        team=team,
        user=str(told.get("id", "")),
        name=str(profile.get("real_name") or profile.get("display_name") or told.get("name") or ""),
        deleted=bool(told.get("deleted")),
        bot=any(told.get(flag) for flag in ("is_bot", "is_workflow_bot", "is_connector_bot")),
        guest=bool(told.get("is_restricted") or told.get("is_ultra_restricted")),
        stranger=bool(told.get("is_stranger")),
        email_confirmed=confirmed if isinstance(confirmed, bool) else None,
        enterprise=str(enterprise.get("enterprise_id") or (team if team.startswith("E") else "")),
        teams=frozenset(str(each) for each in enterprise.get("teams") or () if each),
    )


def _as_sent_from(account: SlackAccount, team: str) -> SlackAccount:
    return account if _sent_from(account, team) else replace(account, stranger=True)


def _sent_from(account: SlackAccount, team: str) -> bool:
    """Whether a payload that names this team can be the account's. A team other than that of ``users.info``
    makes the person a stranger, with two exceptions: an organisation's people act from each of their
    workspaces, and the payload may name the organisation itself. If Slack does not name a person's
    workspaces, the rule on organisations decides (facts/slack 7, 8).
    """
    if not team or account.is_in(team):
        return True
    return bool(account.enterprise) and not account.teams and team.startswith("T")
