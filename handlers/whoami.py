"""`/env whoami`: what I may do, and why."""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.words.operation import Reach, operation
from handlers.words.result import Outcome, Table
from policies.access import Grant, standing
from policies.people import ConsoleUser, Role, SlackPerson


@operation("whoami", role=Role.VIEWER, reach=Reach.VIEWABLE, anyone=True, aliases=("me",))
def whoami(desk: Desk) -> Outcome:
    """Who you are here, what you may do, and the grant it rests on."""
    rows = []
    for environment in desk.environments:
        found = standing(environment, desk.mine)
        if found is not None:
            closed = " (closed to changes)" if environment.production and not environment.open_to else ""
            rows.append((environment.name, f"{found.role.word}{closed}", because(found.grant)))
    if not rows:
        none = "You have no grant on any environment yet; an admin can give one."
        return Outcome("whoami", f"{_who(desk)} {none}")
    return Outcome("whoami", _who(desk), table=Table(("Environment", "You are", "Because"), tuple(rows)))


def because(grant: Grant) -> str:
    """The grant in words: `developer on qa-*, given to you, until …`."""
    to = "your group" if grant.subject.startswith("group:") else "you"
    end = f", until {grant.until:%Y-%m-%d %H:%M} UTC" if grant.until else ""
    return f"{grant.role.word} on {grant.pattern}, given to {to}{end}"


def _who(desk: Desk) -> str:
    match desk.actor:
        case SlackPerson(name=name, user=user):
            return f"You are {name or user}."
        case ConsoleUser(name=name):
            return f"You are the console user {name}."
    return "You are the clock."
