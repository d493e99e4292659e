"""What a bot token covers: one workspace, or a whole organisation (facts/slack 8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.web import SlackWeb
from policies.access.people import Home

PAGES = 50
"""Pages of a hundred workspaces each; the bot does not follow Slack's list for ever."""


@dataclass(frozen=True)
class Installation:
    """An installation of the app. ``team`` is the team id that ``auth.test`` reports: a workspace, or for an
    organisation-wide installation possibly the organisation. ``everywhere``: installed in the whole
    organisation.
    """

    team: str
    enterprise: str
    bot_user: str
    everywhere: bool
    url: str = ""
    """The address of the workspace or organisation, which ends with a slash; empty if Slack does not say."""

    @property
    def name(self) -> str:
        """The id that names the installation."""
        return self.enterprise if self.everywhere else self.team

    @property
    def words(self) -> str:
        if self.everywhere:
            return f"the whole organisation {self.enterprise or 'none'}"
        where = f"the workspace {self.team or 'none'}"
        return f"{where} of the organisation {self.enterprise}" if self.enterprise else where

    def home(self, team: str = "") -> Home:
        """Return the home. ``team`` is the id that was asked for, if any; see ``serves``."""
        return Home(team or self.name, self.enterprise, "" if self.everywhere else self.team)


def read(answer: Mapping[str, Any]) -> Installation:
    """Read an installation from the answer to ``auth.test``."""
    team, enterprise = str(answer.get("team_id") or ""), str(answer.get("enterprise_id") or "")
    of_organisation = team.startswith("E")
    return Installation(
        team=team,
        enterprise=enterprise or (team if of_organisation else ""),
        bot_user=str(answer.get("user_id") or ""),
        everywhere=answer.get("is_enterprise_install") is True or of_organisation,
        url=str(answer.get("url") or ""),
    )


def serves(web: SlackWeb, installed: Installation, team: str) -> bool:
    """Whether the token is good for this workspace or organisation. Asks Slack only about a workspace of an
    organisation-wide installation. Raises ``Trouble``.
    """
    if not team or team in (installed.team, installed.enterprise):
        return True
    return installed.everywhere and team in workspaces(web)


def foreign(web: SlackWeb, installed: Installation, teams: Collection[str]) -> bool:
    """Whether teams are given and the token is good for none of them. Raises ``Trouble``."""
    return bool(teams) and not any(serves(web, installed, team) for team in sorted(teams))


def workspaces(web: SlackWeb) -> tuple[str, ...]:
    """Return the workspaces that the app was added to, for an organisation-wide installation. Raises
    ``Trouble``.
    """
    found: list[str] = []
    cursor = ""
    for _ in range(PAGES):
        answer = web.ask("auth.teams.list", limit=100, **({"cursor": cursor} if cursor else {}))
        found += [str(team["id"]) for team in answer.get("teams") or () if isinstance(team, dict)]
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return tuple(found)
