"""The catalog: what is wrong with one and what in it overlaps; its values and differences by one name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.safeguards import WAYS_BACK
from policies.catalog import budgets, terminals
from policies.catalog.forms import NAMES, nearest
from policies.catalog.schedules import is_pattern, misread
from policies.catalog.values import Wanted
from policies.service.environment import NAME, Environment, LiveService, TagPick, claimants


def mistakes(wanted: Wanted, current: Wanted) -> tuple[str, ...]:
    """What must be mended before anything in the file is taken.

    Every catalog names an admin who is a person and stays one. Names have their form, and none is that of
    an environment made in Slack. Overlaps are no such mistake: they are listed, and a change on what two
    environments claim is refused when somebody asks for it.
    """
    made_in_slack = {e.name for e in current.environments if e.origin != "file"}
    found = [f"environment {e.name!r}: {NAMES}" for e in wanted.environments if not NAME.fullmatch(e.name)]
    found += [
        f"environment {e.name!r} was made in Slack; remove it there or rename this one"
        for e in wanted.environments
        if e.name in made_in_slack
    ]
    people = [
        g for g in wanted.grants if g.role is Role.ADMIN and g.subject.startswith("slack:") and not g.until
    ]
    if not people:
        found.append("grants: the catalog must name at least one person as admin, without an end")
    group_admins = wanted.settings.get("group_admins") == "true"
    found += [
        f"grants: {g.subject} is a user group and cannot be admin unless the setting group_admins allows it"
        for g in wanted.grants
        if g.role is Role.ADMIN and g.is_of_group and not group_admins
    ]
    found += _roles(wanted)
    found += [f"schedules: {said}" for _, said in misread(wanted.schedules, wanted.environments)]
    found += [f"budgets: {said}" for _, said in budgets.misread(wanted.budgets, wanted.environments)]
    found += [f"terminals: {said}" for _, said in terminals.misread(wanted.terminals)]
    return tuple(found)


def _roles(wanted: Wanted) -> list[str]:
    """Name the settings that demand a role and name none."""
    role = wanted.settings.get("logs_role", "viewer")
    known = [each.word for each in Role]
    return [] if role in known else [f"settings: logs_role {role!r} is no role: one of {', '.join(known)}"]


def overlaps(environments: Sequence[Environment]) -> tuple[str, ...]:
    """Pairs whose rules, read literally, pick the same services: the same cluster, or the same tag in it."""
    found = []
    for n, one in enumerate(environments):
        for other in environments[n + 1 :]:
            if (one.account, one.region) == (other.account, other.region) and _overlap(one, other):
                found.append(f"environments {one.name!r} and {other.name!r} pick the same services")
    return tuple(found)


def _overlap(one: Environment, other: Environment) -> bool:
    shared = set(one.pick.clusters) & set(other.pick.clusters)
    if not shared:
        return False
    if isinstance(one.pick, TagPick) and isinstance(other.pick, TagPick):
        same = (one.pick.key, one.pick.value) == (other.pick.key, other.pick.value)
        return same or one.production != other.production
    return True


def idle(grants: Iterable[Grant], environments: Sequence[Environment], *, now: datetime) -> tuple[str, ...]:
    """Grants that give nothing now, and why. They are no mistakes: an end passes by itself, and a pattern
    may wait for environments to come."""
    return tuple(said for grant in grants if (said := _idle(grant, environments, now)))


def _idle(grant: Grant, environments: Sequence[Environment], now: datetime) -> str:
    what = f"a grant on {grant.pattern!r}"
    whose = f"({grant.role.word}, {grant.subject})"
    if grant.until is not None and grant.until <= now:
        return f"{what} {whose} ended at {grant.until:%Y-%m-%d %H:%M %Z}, so it gives nothing"
    if grant.pattern == "*" or any(grant.covers(e) for e in environments):
        return ""
    names = [e.name for e in environments]
    if not is_pattern(grant.pattern):
        return f"{what}, which there is not{nearest(grant.pattern, names)} {whose}"
    named = [e.name for e in environments if fnmatchcase(e.name, grant.pattern)]
    why = f": {' and '.join(named)} is production, which is granted by its full name" if named else ""
    return f"{what} {whose} covers no environment now{why}"


def half_open(environments: Iterable[Environment]) -> tuple[str, ...]:
    """Production that is open to an operation, and closed to what a button of its message asks for."""
    return tuple(
        f"{where.name!r} is open to {name!r} and closed to {back!r}, so the button {button} of its message "
        f"is refused; to allow it, add {back} to open_to"
        for where in environments
        for name, (back, button) in WAYS_BACK.items()
        if where.production and name in where.open_to and back not in where.open_to and _offers(where, name)
    )


def _offers(where: Environment, name: str) -> bool:
    """Whether the catalog has anything there that would lead to such a button."""
    if name == "flag":
        return any(flag.appconfig for flag in where.flags)
    return name != "run" or bool(where.tasks)


def unclaimed(live: Iterable[LiveService], environments: Sequence[Environment]) -> tuple[LiveService, ...]:
    """Live services that no environment claims."""
    return tuple(s for s in live if not claimants(s, environments))
