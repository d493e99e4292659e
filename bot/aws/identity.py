"""As whom AWS is called: the account's reader, or one person in one environment (facts/ecs 10.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.access.people import Actor, ClockActor, ConsoleUser, SlackPerson
from policies.service.environment import Environment

READER = "lamplighter-reader"
LONGEST = 64
"""STS: RoleSessionName and SourceIdentity are 2 to 64 characters of ``[\\w+=,.@-]``."""
LONGEST_TAG = 256
OUTSIDE_STS = re.compile(r"[^A-Za-z0-9_+=,.@-]")
OUTSIDE_TAG = re.compile(r"[^\w .:/=+@-]", re.ASCII)


@dataclass(frozen=True)
class Identity:
    """Who AWS sees. Without ``role_arn``, this is whoever owns the process's own credentials.

    ``person`` is the session name and source identity of a change, and empty for the reader. ``actor`` is the
    full id of the same person, unambiguous between teams; the session's tag carries it.
    """

    account: str
    role_arn: str
    environment: str = ""
    person: str = ""
    actor: str = ""
    only: str = ""
    """A session policy (JSON) that narrows the role to what it allows; empty for all that the role may do."""

    @property
    def session_name(self) -> str:
        return self.person or READER


def reader(environment: Environment) -> Identity:
    """The one identity for all reads with this account and role, whoever asks."""
    return Identity(environment.account, environment.role_arn)


def changer(environment: Environment, actor: Actor) -> Identity:
    """The identity of one person in one environment, so that CloudTrail names the person."""
    return Identity(
        environment.account,
        environment.role_arn,
        environment.name,
        source_identity(actor),
        OUTSIDE_TAG.sub("-", actor.id)[:LONGEST_TAG],
    )


def source_identity(actor: Actor) -> str:
    """The Slack user id unchanged. Console users and the clock get names that no Slack id can have. Of an ARN
    that is the role with its session, or the user; the end, if it is too long.
    """
    match actor:
        case SlackPerson(user=user):
            name = user
        case ConsoleUser(name=name):
            who = name.rpartition(":")[2].removeprefix("assumed-role/")
            name = f"console-{who[-(LONGEST - len('console-')) :]}"
        case ClockActor():
            name = "lamplighter-clock"
    return OUTSIDE_STS.sub("-", name)[:LONGEST].ljust(2, "-")
