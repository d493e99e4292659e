"""Who could give what somebody lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.access.decision import Allowed, Refused, refuse
from policies.access.grants import Grant, either
from policies.access.people import Home, Role, SlackAccount, admit
from policies.service.environment import Environment

UNGRANTED = "access.none"
"""The rule under which somebody is refused who has no grant on an environment that they see all the same."""
WANTING = frozenset({UNGRANTED, "access.role", "access.bounded"})
"""The rules under which a grant would be enough."""
DAILY = 5
"""What one person may ask for in a day."""


@dataclass(frozen=True)
class Granter:
    """Somebody who may grant roles on an environment. ``user``: a Slack id; empty for a group and for a
    console user, who are named and cannot be asked."""

    name: str
    user: str = ""


def able(
    grants: Iterable[Grant], place: Environment, *, now: datetime, group_admins: bool
) -> tuple[str, ...]:
    """Subjects who hold admin on this environment now: before its end, and a user group only if the setting
    allows it (as ``grants.held``)."""
    admins = (g for g in grants if g.role is Role.ADMIN and g.covers(place))
    in_force = [
        g.subject
        for g in admins
        if (g.until is None or now < g.until) and (group_admins or not g.is_of_group)
    ]
    return tuple(dict.fromkeys(in_force))


def active(account: SlackAccount | None, home: Home) -> bool:
    """Whether they are there to give it. Of whom Slack cannot say anything now, that is taken to be so."""
    return account is None or isinstance(admit(account, home), Allowed)


def owner_first(found: Sequence[Granter], owner: str) -> tuple[Granter, ...]:
    """``owner``: a Slack id, which gives no right; empty where nobody is known."""
    return tuple(sorted(found, key=lambda each: not (owner and each.user == owner)))


def ungranted(environment: Environment, names: Sequence[str]) -> Refused:
    """For somebody who sees that it exists: in its own channel, or by one of its buttons."""
    name = environment.name
    if not names:
        told = f"You have no grant on `{name}`, and nobody here can give one."
    else:
        told = f"You have no grant on `{name}`; {either(names)} can give one."
    return refuse(UNGRANTED, f"no grant on `{name}`", told)
