"""Composes the answer of ``whoami``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from handlers.words.message import Table, blocks
from handlers.words.result import Answer
from policies.access.grants import Grant, Standing
from policies.access.people import Actor, ClockActor, ConsoleUser, SlackPerson
from policies.service.environment import Environment


def nothing(actor: Actor) -> Answer:
    return Answer(f"{_who(actor)} You have no grant on any environment yet; an admin can give one.")


def grants(actor: Actor, found: Sequence[tuple[Environment, Standing]]) -> Answer:
    rows = tuple(
        (environment.name, f"{standing.role.word}{_closed(environment)}", because(standing.grant))
        for environment, standing in found
    )
    table = Table(("Environment", "You are", "Because"), rows)
    return Answer(_who(actor), blocks(table), names=tuple(environment.name for environment, _ in found))


def because(grant: Grant) -> str:
    """The grant in words: `developer on qa-*, given to you, until …`."""
    to = "your group" if grant.is_of_group else "you"
    end = f", until {grant.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if grant.until else ""
    return f"{grant.role.word} on {grant.pattern}, given to {to}{end}"


def _closed(environment: Environment) -> str:
    return " (closed to changes)" if environment.production and not environment.open_to else ""


def _who(actor: Actor) -> str:
    match actor:
        case SlackPerson(name=name, user=user):
            return f"You are {name or user}."
        case ConsoleUser(proven=True, name=name):
            return f"AWS says that you are {name}."
        case ConsoleUser(name=name):
            return f"You are the console user {name}."
        case ClockActor():
            return "You are the clock."
