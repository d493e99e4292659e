"""Where the app is installed: one standalone workspace, one workspace of an organisation, or the whole
organisation (facts/slack 8). With an organisation the cast's ids begin with W, and Olu is in another of its
workspaces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from playground.slack import cast
from playground.slack.cast import BOT_USER, OTHER_TEAM, TEAM, TEAM_DOMAIN, Channel, Group, Person
from playground.slack.words import Json, SlackRefusal

ORGANISATION, ORGANISATION_NAME, OTHER_ORGANISATION = "E0ORG", "Playground Organisation", "E0SIDORG"
BRANCH, NOT_ADDED = "T0BRANCH", "T0ATTIC"
"""Another workspace that the app was added to, and one that it was not added to."""
Kind = Literal["", "workspace", "whole"]
KINDS: tuple[Kind, ...] = ("workspace", "whole")
BRANCHED = {"W0OLU": (BRANCH,), "W0ADA": (TEAM, BRANCH, NOT_ADDED)}
"""People who are not only in the home workspace, with their workspaces."""


@dataclass(frozen=True)
class Organisation:
    """``kind`` is empty without an organisation; with ``workspace``, the app is only in the home
    workspace.
    """

    kind: Kind = ""

    @property
    def whole(self) -> bool:
        return self.kind == "whole"

    @property
    def id(self) -> str | None:
        return ORGANISATION if self.kind else None

    @property
    def installed_in(self) -> str:
        """The team in views and ``auth.test``."""
        return ORGANISATION if self.whole else TEAM

    def workspaces(self) -> tuple[str, ...]:
        """Return the workspaces that the app can see."""
        return (TEAM, BRANCH) if self.whole else (TEAM,)

    def serves(self, person: Person) -> bool:
        """Whether Slack shows the app's command to this person."""
        return any(team in self.workspaces() for team in person.teams or (person.team_id,))

    def in_command(self, person: Person) -> Json:
        """Return the fields of a command that name its workspace; a person types in the first of their
        workspaces.
        """
        told: Json = {"team_id": TEAM, "team_domain": TEAM_DOMAIN}
        if not self.kind:
            return {**told, "is_enterprise_install": "false"}
        return {
            **told, "team_id": person.team_id, "enterprise_id": ORGANISATION,
            "enterprise_name": ORGANISATION_NAME, "is_enterprise_install": str(self.whole).lower(),
        }  # fmt: skip

    def in_interaction(self) -> Json:
        team: Json | None = {"id": TEAM, "domain": TEAM_DOMAIN}
        organisation: Json | None = None
        if self.kind:
            organisation = {"id": ORGANISATION, "name": ORGANISATION_NAME}
            named = {"enterprise_id": ORGANISATION, "enterprise_name": ORGANISATION_NAME}
            team = None if self.whole else {**(team or {}), **named}
        return {"team": team, "enterprise": organisation, "is_enterprise_install": self.whole}

    def in_event(self) -> Json:
        authorization = {
            "enterprise_id": self.id, "team_id": None if self.whole else TEAM, "user_id": BOT_USER,
            "is_bot": True, "is_enterprise_install": self.whole,
        }  # fmt: skip
        told: Json = {"team_id": TEAM, "authorizations": [authorization]}
        return {**told, "enterprise_id": self.id} if self.kind else told

    def in_auth_test(self) -> Json:
        told: Json = {"team_id": self.installed_in, "is_enterprise_install": self.whole}
        return {**told, "enterprise_id": self.id} if self.kind else told

    def asked_about(self, arguments: Json) -> str:
        """Return the workspace that a call with ``team_id`` is about. A workspace's token is always about its
        own. Raises ``SlackRefusal`` where Slack refuses.
        """
        if not self.whole:
            return TEAM
        team = str(arguments.get("team_id") or "")
        if not team:
            raise SlackRefusal(
                "missing_argument", response_metadata={"messages": ["[ERROR] missing team_id"]}
            )
        if team not in self.workspaces():
            raise SlackRefusal("team_access_not_granted" if team == NOT_ADDED else "team_not_found")
        return team

    # people, channels and groups

    def people(self) -> dict[str, Person]:
        """Return the cast; with an organisation, its accounts belong to the organisation."""
        found = [self._account(person) for person in cast.people().values()]
        return {person.id: person for person in found}

    def channels(self) -> dict[str, Channel]:
        found = [
            replace(
                channel, id=self.renamed(channel.id), user=self.renamed(channel.user),
                members={self.renamed(member) for member in channel.members}, is_org_shared=bool(self.kind),
            )
            for channel in cast.channels().values()
        ]  # fmt: skip
        return {channel.id: channel for channel in found}

    def groups(self) -> dict[str, Group]:
        """Return the one group, which belongs to its member's workspace."""
        team = BRANCH if self.kind else TEAM
        return {
            name: replace(group, team_id=team, members={self.renamed(member) for member in group.members})
            for name, group in cast.groups().items()
        }

    def renamed(self, user: str) -> str:
        """Return the id that somebody from the cast has here."""
        inside = self.kind and user.startswith("U0") and user not in (BOT_USER, "U0SID")
        return f"W0{user.removeprefix('U0')}" if inside else user

    def catalog(self, text: str) -> str:
        """Return the playground's catalog with the ids that people have here."""
        if not self.kind:
            return text
        told = text.replace(f"team: {TEAM}", f"team: {ORGANISATION}")
        return (
            told.replace("person: U0", "person: W0").replace("owner: U0", "owner: W0").replace("[U0", "[W0")
        )

    def _account(self, person: Person) -> Person:
        if not self.kind or person.id == cast.SLACKBOT:
            return person
        if person.team_id == OTHER_TEAM:
            return replace(person, enterprise=OTHER_ORGANISATION, teams=(OTHER_TEAM,))
        user = self.renamed(person.id)
        teams = BRANCHED.get(user, (TEAM,))
        return replace(person, id=user, team_id=teams[0], enterprise=ORGANISATION, teams=teams)


ALONE = Organisation()
