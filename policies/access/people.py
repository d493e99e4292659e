"""Who asks, and whether they are let in at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from policies.access.decision import Allowed, Refused, allow, refuse


class Role(IntEnum):
    """What a grant gives; each role may do all that the one before it may."""

    VIEWER = 1
    DEVELOPER = 2
    OPERATOR = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Role:
        """The role of that name. Raises ``ValueError`` with the names of all roles."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            names = ", ".join(role.word for role in cls)
            raise ValueError(f"{word!r} is not a role: one of {names}") from None


@dataclass(frozen=True)
class SlackPerson:
    """A person in Slack. The identity is (team id, user id); name and e-mail are attributes that change.

    Once let in, the team is the one ``grants.identity`` names, whichever workspace they act from.
    """

    team: str
    user: str
    name: str = ""
    groups: frozenset[str] = frozenset()
    groups_known: bool = True
    """``False`` if Slack could not say, so that only grants of their own count now."""

    @property
    def id(self) -> str:
        return f"slack:{self.team}:{self.user}"


SERVE = "serve"
"""The console user that is no account: the process that serves, which may apply its mounted file."""


@dataclass(frozen=True)
class ConsoleUser:
    """Somebody at the command line, with grants of their own; never recorded as a Slack person.

    ``name`` is an account of the machine or, if the AWS credentials there say who it is, the ARN that STS
    answered. An account's name has no colon, so it is never taken for an ARN.
    """

    name: str

    @property
    def id(self) -> str:
        return f"console:{self.name}"

    @property
    def proven(self) -> bool:
        """Whether AWS says who this is."""
        return self.name.startswith("arn:")

    @property
    def called(self) -> str:
        """The name that a channel may read: without the AWS account and the role, which are for admins only.
        It says where it is typed, so that nobody takes it for the name of a person in Slack.
        """
        if self.name == SERVE:
            return self.name
        return f"{self.name.rpartition('/')[2] if self.proven else self.name} (terminal)"


@dataclass(frozen=True)
class ClockActor:
    """The clock, which may do only what a schedule row allows."""

    name: str = "clock"

    @property
    def id(self) -> str:
        return "clock"


Actor = SlackPerson | ConsoleUser | ClockActor
OF_SLACK = "slack:"
"""The id of every person in Slack begins with this, and no other id does."""


def actor_name(actor: Actor) -> str:
    """The name people know them by; the id of somebody whose name Slack has not given."""
    match actor:
        case SlackPerson(name=name, user=user):
            return name or user
        case ConsoleUser():
            return actor.called
        case ClockActor():
            return "the clock"


def actor_of(actor_id: str, name: str = "") -> Actor:
    """The actor a recorded id stands for. Raises ``ValueError`` on an id of no known kind."""
    match actor_id.split(":"):
        case ["slack", team, user]:
            return SlackPerson(team, user, name)
        case ["console", user]:
            return ConsoleUser(user)
        case ["console", "arn", *_]:
            return ConsoleUser(actor_id.removeprefix("console:"))
        case ["clock"]:
            return ClockActor()
    raise ValueError(f"{actor_id!r} is nobody's id")


@dataclass(frozen=True)
class SlackAccount:
    """What Slack says of a user now (``users.info``; facts/slack 7). A field that Slack did not give is
    ``None``."""

    team: str
    user: str
    name: str = ""
    deleted: bool = False
    bot: bool = False
    guest: bool = False
    stranger: bool = False
    email_confirmed: bool | None = None
    enterprise: str = ""
    teams: frozenset[str] = frozenset()
    """The workspaces of their organisation that they are in; empty where Slack does not say."""
    missing: bool = False
    """Slack knows nobody by that id."""

    def is_in(self, team: str) -> bool:
        """``team``: a workspace (``T…``) or an organisation (``E…``)."""
        return bool(team) and (team in (self.team, self.enterprise) or team in self.teams)


@dataclass(frozen=True)
class Home:
    """What this bot serves: a workspace, or the organisation (Enterprise Grid) it is installed in as a whole.

    ``team`` is what the installation is told by, ``T…`` or ``E…``; empty while nobody knows. ``workspace`` is
    the one it is installed in. It is empty for the whole of ``enterprise``, and where ``team`` says it.
    """

    team: str
    enterprise: str = ""
    workspace: str = ""

    @property
    def everywhere(self) -> bool:
        """Whether it serves every workspace of its organisation."""
        return bool(self.enterprise) and not self.workspace

    def houses(self, account: SlackAccount) -> bool:
        """Is it an account of what is served? A person of an organisation may be in several workspaces."""
        if self.everywhere and account.enterprise == self.enterprise:
            return True
        workspace = self.workspace or self.team
        return account.team == workspace or (bool(self.enterprise) and workspace in account.teams)


def admit(account: SlackAccount | None, home: Home) -> Allowed | Refused:
    """Is this Slack account a known, active, internal person? Unknown (``None``, or missing) is refused.

    Order matters only for the reason given: the most telling first (facts/slack 7, the rule).
    """
    if account is None or account.missing:
        return refuse(
            "people.unknown", "Slack could not say who you are, so nothing was done. Try again shortly."
        )
    if account.stranger or not home.houses(account):
        return refuse("people.external", _whom(account, home))
    if account.deleted:
        return refuse("people.deactivated", "This account is deactivated.")
    if account.bot:
        return refuse("people.bot", "This bot takes no orders from other bots or workflows.")
    if account.guest:
        return refuse("people.guest", "Guests cannot use this bot.")
    if account.email_confirmed is False:
        return refuse("people.unconfirmed", "This account's e-mail address is not confirmed in Slack.")
    return allow("people.internal", "a known, active, internal person")


def _whom(account: SlackAccount, home: Home) -> str:
    if home.enterprise and account.enterprise == home.enterprise and not account.stranger:
        return "This bot only answers people of the workspace it is installed in."
    return "This bot only answers people of the company that runs it."
