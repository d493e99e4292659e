"""Who could grant a role on an environment, under the names by which people know them."""

from __future__ import annotations

from datetime import datetime

from handlers.ports.slack import People
from handlers.ports.store import CatalogState
from handlers.tell import gate as tell
from policies.access.granting import Granter, able, active, owner_first
from policies.access.people import Home
from policies.service.environment import Environment


def granters(
    people: People, home: Home, state: CatalogState, place: Environment, *, now: datetime, owner: str = ""
) -> tuple[Granter, ...]:
    """Return those who could grant a role and are still there; the ``owner`` (a Slack id) comes first if they
    are among them.

    Names come from a short-lived cache; a lookup never fails the request.
    """
    allowed = state.settings.get("group_admins") == "true"
    subjects = able(state.grants, place, now=now, group_admins=allowed)
    found = (_granter(people, home, subject) for subject in subjects)
    return owner_first([each for each in found if each is not None], owner)


def _granter(people: People, home: Home, subject: str) -> Granter | None:
    """Return the granter; ``None`` for a person who is no longer there."""
    kind, _, rest = subject.partition(":")
    team, _, user = rest.partition(":")
    if kind != "slack":
        return Granter(rest if kind == "console" else tell.group(user))
    account = people.account(team, user)
    if not active(account, home):
        return None
    return Granter(account.name if account and account.name else user, user)
