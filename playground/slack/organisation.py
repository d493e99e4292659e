"""Where the app is installed: one workspace by itself, one of an organisation's, or all of the organisation
(facts/slack 8). With an organisation the cast's ids begin with W, and Olu is in another of its workspaces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from playground.slack import cast
from playground.slack.cast import BOT_USER, OTHER_TEAM, TEAM, TEAM_DOMAIN, Channel, Group, Person
from playground.slack.words import Json, SlackRefusal

ORGANISATION, ORGANISATION_NAME, OTHER_ORGANISATION = "E0ORG", "Playground Organisation", "E0SIDORG"
BRANCH, NOT_ADDED = "T0BRANCH", "T0ATTIC"
"""Another workspace the app was added to, and one it was not."""
Kind = Literal["", "workspace", "whole"]
KINDS: tuple[Kind, ...] = ("workspace", "whole")
BRANCHED = {"W0OLU": (BRANCH,), "W0ADA": (TEAM, BRANCH, NOT_ADDED)}
"""Who is elsewhere than in the home workspace alone."""


@dataclass(frozen=True)
class Organisation:
    """``kind``: empty where there is none; ``workspace``: the app is only in the home workspace."""

    kind: Kind = ""

    @property
    def whole(self) -> bool:
        return self.kind == "whole"

    @property
    def id(self) -> str | None:
        return ORGANISATION if self.kind else None

    @property
    def installed_in(self) -> str:
        """What views and ``auth.test`` call the team."""
        return ORGANISATION if self.whole else TEAM

    def workspaces(self) -> tuple[str, ...]:
        """Those the app can see."""
        return (TEAM, BRANCH) if self.whole else (TEAM,)

    def serves(self, person: Person) -> bool:
        """Does Slack show the app's command to this person?"""
        return any(team in self.workspaces() for team in person.teams or (person.team_id,))

    def in_command(self, person: Person) -> Json:
        """The fields of a command that say whose it is; a person types in the first workspace of theirs."""
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
        """The workspace a call with ``team_id`` is about; a workspace's token is about its own, whatever it
        names. ``SlackRefusal`` where Slack refuses."""
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

    # who and what there is

    def people(self) -> dict[str, Person]:
        """The cast; its accounts are the organisation's where there is one."""
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
        """The one group is of the workspace where its member is."""
        team = BRANCH if self.kind else TEAM
        return {
            name: replace(group, team_id=team, members={self.renamed(member) for member in group.members})
            for name, group in cast.groups().items()
        }

    def renamed(self, user: str) -> str:
        """The id that somebody of the cast has here."""
        inside = self.kind and user.startswith("U0") and user not in (BOT_USER, "U0SID")
        return f"W0{user.removeprefix('U0')}" if inside else user

    def catalog(self, text: str) -> str:
        """The playground's catalog, for the people there are here."""
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
