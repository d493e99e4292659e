"""Who could give a role on an environment, as people know them."""

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
    """Those who are there, the ``owner`` (a Slack id) first if it is one of them. Names are looked up in a
    short cache, never worth failing for."""
    allowed = state.settings.get("group_admins") == "true"
    subjects = able(state.grants, place, now=now, group_admins=allowed)
    found = (_granter(people, home, subject) for subject in subjects)
    return owner_first([each for each in found if each is not None], owner)


def _granter(people: People, home: Home, subject: str) -> Granter | None:
    """``None`` for somebody who is not there any more."""
    kind, _, rest = subject.partition(":")
    team, _, user = rest.partition(":")
    if kind != "slack":
        return Granter(rest if kind == "console" else tell.group(user))
    account = people.account(team, user)
    if not active(account, home):
        return None
    return Granter(account.name if account and account.name else user, user)
