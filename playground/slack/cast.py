"""The people and channels of the playground's workspace, and the scopes that the manifest grants the bot.

Deliberately fixed: tests and screenshots rely on the names and ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from playground.slack.words import Json

TEAM, TEAM_DOMAIN, OTHER_TEAM = "T0HOME", "playground", "T0SIDCO"
APP, BOT_USER, BOT_ID, SLACKBOT = "A0LAMP", "U0LAMP", "B0LAMP", "USLACKBOT"
BOT_TOKEN, APP_TOKEN = "xoxb-playground-not-a-secret", "xapp-playground-not-a-secret"
SIGNING_SECRET = "playground-not-a-secret"
VERIFICATION_TOKEN = "playground-verification"
COMMANDS = {"/env": "Look after ECS environments"}
SHORTCUTS = {"why": "Why?"}
"""The app's shortcuts on messages: their callback ids, and what the menu of a message calls them."""
SCOPES = frozenset(
    {
        "commands", "chat:write", "users:read", "users:read.email", "channels:read", "groups:read",
        "usergroups:read", "im:write", "files:write",
    }
)  # fmt: skip
ROLE_ENDS = re.compile(r",| on | of | from ")


@dataclass(frozen=True)
class Person:
    """One account, with the flags that ``users.info`` reports (facts/slack 7)."""

    id: str
    name: str
    real_name: str
    role_line: str = ""
    """What the person may do here, in words for whoever looks at the page; it begins with the role."""
    team_id: str = TEAM
    deleted: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_connector_bot: bool = False
    is_email_confirmed: bool = True
    email: str = ""
    tz: str = "Europe/Berlin"
    enterprise: str = ""
    """The account's organisation; ``teams`` are the workspaces of it that the person is in."""
    teams: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """The role alone, for where there is no room for more: ``developer``."""
        return ROLE_ENDS.split(self.role_line, maxsplit=1)[0]

    def changed(self, changes: Json) -> Person:
        """Return a copy with some flags changed. Raises ``ValueError``, which names a field that does not
        exist.
        """
        known = {f.name for f in fields(self)} - {"id"}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"a person has no {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return replace(self, **changes)

    def as_user(self, *, with_email: bool) -> Json:
        """Return the user object of ``users.info`` and of ``user_change``."""
        profile: dict[str, Any] = {
            "real_name": self.real_name, "display_name": self.name, "team": self.team_id,
            "real_name_normalized": self.real_name, "display_name_normalized": self.name,
        }  # fmt: skip
        if with_email and self.email:
            profile["email"] = self.email
        flags = {
            name: getattr(self, name)
            for name in (
                "deleted", "is_admin", "is_restricted", "is_ultra_restricted", "is_bot",
                "is_workflow_bot", "is_connector_bot", "is_email_confirmed",
            )
        }  # fmt: skip
        if self.is_stranger:
            flags["is_stranger"] = True
        if self.enterprise:
            flags["enterprise_user"] = {
                "id": self.id, "enterprise_id": self.enterprise, "enterprise_name": "an organisation",
                "is_admin": False, "is_owner": False, "teams": list(self.teams),
            }  # fmt: skip
        return {
            "id": self.id, "team_id": self.team_id, "name": self.name, "real_name": self.real_name,
            "tz": self.tz, "is_owner": False, "is_primary_owner": False, "is_app_user": self.id == BOT_USER,
            "updated": 1_767_225_600, "profile": profile, **flags,
        }  # fmt: skip


@dataclass
class Channel:
    """A conversation and its members; the bot is a member like any other."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_im: bool = False
    is_ext_shared: bool = False
    is_org_shared: bool = False
    is_archived: bool = False
    user: str = ""

    def as_conversation(self) -> Json:
        """Return the channel object of ``conversations.info``."""
        if self.is_im:
            return {"id": self.id, "is_im": True, "is_org_shared": False, "user": self.user,
                    "is_user_deleted": False, "created": 1_767_225_600}  # fmt: skip
        return {
            "id": self.id, "name": self.name, "name_normalized": self.name, "is_channel": True,
            "is_group": False, "is_im": False, "is_mpim": False, "is_private": self.is_private,
            "is_archived": self.is_archived, "is_general": self.id == "C0GENERAL",
            "is_shared": self.is_ext_shared or self.is_org_shared, "is_ext_shared": self.is_ext_shared,
            "is_org_shared": self.is_org_shared,
            "is_pending_ext_shared": False, "is_member": BOT_USER in self.members,
            "context_team_id": TEAM, "created": 1_767_225_600, "num_members": len(self.members),
            "shared_team_ids": [TEAM, OTHER_TEAM] if self.is_ext_shared else [TEAM],
        }  # fmt: skip

    def kind(self) -> str:
        """Return the name in scopes: ``im``, ``groups`` or ``channels``."""
        return "im" if self.is_im else "groups" if self.is_private else "channels"

    def name_in_payloads(self) -> str:
        """Return the ``channel_name`` in payloads, where Slack names neither DMs nor private channels."""
        return "directmessage" if self.is_im else "privategroup" if self.is_private else self.name


@dataclass
class Group:
    """A user group (subteam)."""

    id: str
    handle: str
    members: set[str] = field(default_factory=set)
    team_id: str = TEAM

    def as_usergroup(self, *, include_users: bool) -> Json:
        told: Json = {"id": self.id, "team_id": self.team_id, "is_usergroup": True, "is_subteam": True,
                      "name": self.handle, "handle": self.handle, "date_delete": 0, "deleted_by": None,
                      "user_count": len(self.members)}  # fmt: skip
        return {**told, "users": sorted(self.members)} if include_users else told


def _person(name: str, real_name: str, role_line: str, **flags: Any) -> Person:
    return Person(
        id=f"U0{name.upper()}", name=name, real_name=real_name, role_line=role_line,
        email=f"{name}@example.com", **flags,
    )  # fmt: skip


def people() -> dict[str, Person]:
    """Return the cast, by user id."""
    cast = [
        _person("ada", "Ada Ames", "admin, and production by name"),
        _person("olu", "Olu Obi", "operator on every non-production environment"),
        _person("dev", "Dev Das", "developer on staging and qa-*"),
        _person("vic", "Vic Vega", "viewer on staging", tz="Asia/Kolkata"),
        _person("nia", "Nia Noor", "no grant"),
        _person("gus", "Gus Gray", "guest of the workspace", is_restricted=True),
        _person("sid", "Sid Soto", "stranger from another company, in #shared", team_id=OTHER_TEAM,
                is_stranger=True, is_email_confirmed=False),
        _person("rex", "Rex Ruiz", "deactivated", deleted=True),
        Person("U0FLOW", "flow", "Release workflow", "a workflow bot", is_bot=True, is_workflow_bot=True),
        Person(BOT_USER, "lamplighter", "Lamplighter", "the bot", is_bot=True),
        Person(SLACKBOT, "slackbot", "Slackbot", "Slack itself", is_bot=True),
    ]  # fmt: skip
    return {person.id: person for person in cast}


def channels() -> dict[str, Channel]:
    """Return the channels and, for each person, the direct message with the bot, by id."""
    staff = {"U0ADA", "U0OLU", "U0DEV", "U0VIC", "U0NIA", "U0FLOW"}
    listed = [
        Channel("C0STAGING", "staging", staff | {"U0GUS", BOT_USER}),
        Channel("C0OPS", "platform-ops", staff | {BOT_USER}),
        Channel("C0SHARED", "shared", staff | {"U0GUS", "U0SID", BOT_USER}, is_ext_shared=True),
        Channel("C0GENERAL", "general", staff | {"U0GUS"}),
    ]
    listed += [
        direct(person) for person in people().values() if person.id.startswith("U0") and not person.is_bot
    ]
    return {channel.id: channel for channel in listed}


def direct(person: Person) -> Channel:
    """Return the direct message between ``person`` and the bot."""
    members = {person.id, BOT_USER}
    return Channel(f"D0{person.id[2:]}", f"@{person.name}", members, is_im=True, user=person.id)


def groups() -> dict[str, Group]:
    return {"S0PLATFORM": Group("S0PLATFORM", "platform", {"U0OLU"})}
