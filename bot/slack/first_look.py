"""What Slack has for somebody who has no catalog yet: whose bot this is, its channels, and who people are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.slack import installation
from bot.slack.directory import account_of
from bot.slack.installation import Installation
from bot.slack.web import Json, SlackWeb
from handlers.words.errors import Absent
from policies.access.decision import Allowed
from policies.access.people import Home, SlackAccount, admit
from policies.catalog.found import FoundChannel

PAGES = 50
MOST = 999
"""Rows in a page of channels or people (facts/slack 2.7)."""
MOST_ALIKE = 10
_ID = re.compile(r"(?:<@)?([UW][A-Z0-9]{2,})(?:\|[^>]*)?>?")


@dataclass(frozen=True)
class Somebody:
    """A person in Slack. ``time_zone`` is the person's zone in Slack and may be empty. ``refused`` says why
    the bot would not let the person in; empty if it would.
    """

    account: SlackAccount
    time_zone: str = ""
    refused: str = ""

    @property
    def said(self) -> str:
        return f"{self.account.name or 'no name'} ({self.account.user})"


class SlackFirstLook:
    """Asks Slack with nothing but a bot token. Every method that asks raises ``Trouble``. ``team`` is the
    workspace or organisation that the settings name; empty if they name none.
    """

    def __init__(self, web: SlackWeb, installed: Installation, team: str = "") -> None:
        self._web, self.installed, self._team = web, installed, team

    def serves(self) -> bool:
        """Whether the token is good for the team that the settings name; True if they name none."""
        return installation.serves(self._web, self.installed, self._team)

    @property
    def home(self) -> Home:
        return self.installed.home(self._team)

    @property
    def team(self) -> str:
        """The id that a catalog names."""
        return self._team or self.installed.name

    def channels(self) -> tuple[FoundChannel, ...]:
        """Return the channels that the bot is a member of, each once."""
        asked = {"types": "public_channel,private_channel", "exclude_archived": True}
        rows = self._listed("users.conversations", "channels", asked)
        found = {str(row["id"]): _channel(row) for row in rows if row.get("id")}
        return tuple(sorted(found.values(), key=lambda channel: channel.name))

    def people(self, text: str) -> tuple[Somebody, ...]:
        """Return the people that the text may mean: the person with that member id, else those with exactly
        that name, else those whose name contains the text.
        """
        wanted = text.strip().lstrip("@").casefold()
        if by_id := _ID.fullmatch(text.strip()):
            return self._of_id(by_id[1])
        rows = {str(row["id"]): row for row in self._listed("users.list", "members", {}) if row.get("id")}
        known = [row for row in rows.values() if not row.get("deleted") and not row.get("is_bot")]
        exact = [row for row in known if wanted in _names(row)]
        near = exact or [row for row in known if any(wanted in name for name in _names(row))]
        return tuple(self._somebody(row) for row in near[: MOST_ALIKE + 1]) if wanted else ()

    def _of_id(self, user: str) -> tuple[Somebody, ...]:
        try:
            row = self._web.ask("users.info", user=user).get("user")
        except Absent:
            return ()
        return (self._somebody(row),) if isinstance(row, dict) else ()

    def _somebody(self, row: Json) -> Somebody:
        account = account_of(row)
        decision = admit(account, self.home)
        refused = "" if isinstance(decision, Allowed) else decision.told
        return Somebody(account, str(row.get("tz") or ""), refused)

    def _listed(self, method: str, name: str, asked: Json) -> Iterator[Json]:
        """Yield the rows of every page. With an organisation-wide token, each workspace is asked in turn."""
        everywhere = self.installed.everywhere
        for workspace in installation.workspaces(self._web) if everywhere else ("",):
            where = {"team_id": workspace} if workspace else {}
            cursor = ""
            for _ in range(PAGES):
                more = {"cursor": cursor} if cursor else {}
                answer = self._web.ask(method, limit=MOST, **asked, **where, **more)
                yield from (row for row in answer.get(name) or () if isinstance(row, dict))
                cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    break


def _channel(row: Json) -> FoundChannel:
    shared = any(row.get(flag) for flag in ("is_ext_shared", "is_pending_ext_shared"))
    return FoundChannel(str(row["id"]), str(row.get("name") or row["id"]), bool(shared))


def _names(row: Json) -> set[str]:
    profile: dict[str, Any] = row.get("profile") or {}
    given = (row.get("name"), profile.get("display_name"), profile.get("real_name"), profile.get("email"))
    return {str(name).casefold() for name in given if name}
