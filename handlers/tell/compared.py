"""Composes what differs between two revisions, and who made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.words.message import Table
from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.service.comparing import Difference, Part, Revision
from policies.service.history import short as definition_name
from policies.service.images import short as short_digest


@dataclass(frozen=True)
class Author:
    """Who made a deployment, as far as anybody knows. ``ours``: the operation that made it. ``registered``:
    the definition is another than that before, so that whoever registered it changed something. ``undone``:
    the operation that had ECS roll the deployment back.
    """

    revision: Revision
    ours: OperationRecord | None = None
    registered: bool = False
    undone: OperationRecord | None = None


VALUES = "Only names are read: a variable whose value alone changed cannot be told."
KEPT = "ECS remembers deployments for 90 days."
"""facts/ecs 2.3"""
_CONTROLLERS = {"CODE_DEPLOY": "CodeDeploy deploys it", "EXTERNAL": "An external controller deploys it"}
_NONE = "none"
_ABSENT = "absent"
MOST = 40
"""How many differences are shown."""


def no_record(controller: str) -> str:
    """Say why ECS has no record of deployments."""
    if controller in ("", "ECS"):
        return KEPT
    whose = _CONTROLLERS.get(controller, f"Its controller is {controller}")
    return f"{whose}, so ECS keeps no record of its deployments."


def columns(now: Revision | None) -> tuple[str, str, str]:
    """Head the table: what was tried and did not work is not what is now."""
    if now is None or now.deployment.worked:
        return "What", "Before", "Now"
    return "What", "Worked last", "Tried last"


def table(found: Sequence[Difference], columns: tuple[str, str, str]) -> Table:
    """Show what differs. That a role is another one is said, and which role it is, is not."""
    rows = tuple((label(each), *_sides(each)) for each in found[:MOST])
    more = len(found) - MOST
    return Table(columns, (*rows, (f"and {more} more", "", "")) if more > 0 else rows)


def label(each: Difference) -> str:
    of = f" of {each.container}" if each.container and each.part is not Part.CONTAINER else ""
    return public(_LABELS[each.part].format(name=each.name) + of)


def _sides(each: Difference) -> tuple[str, str]:
    say = _SIDES.get(each.part, _plain)
    return public(say(each.before)), public(say(each.after))


def _plain(value: str) -> str:
    return value or _NONE


def _named(value: str) -> str:
    return "there" if value else _ABSENT


def _secret(value: str) -> str:
    return f"from {value}" if value else _ABSENT


def _image(value: str) -> str:
    return value.rsplit("/", 1)[-1]


def _role(value: str) -> str:
    return "a role" if value else _NONE


def _cpu(value: str) -> str:
    return f"{int(value) / 1024:g} vCPU" if value.isdigit() else value or _NONE


def _memory(value: str) -> str:
    return f"{value} MiB" if value.isdigit() else value or _NONE


_LABELS: Mapping[Part, str] = {
    Part.CONTAINER: "container {name}",
    Part.IMAGE: "image",
    Part.DIGEST: "image digest",
    Part.VARIABLE: "variable {name}",
    Part.FILES: "files of variables",
    Part.SECRET: "secret {name}",
    Part.SOURCE: "where the secret {name} comes from",
    Part.CPU: "CPU",
    Part.RAM: "memory",
    Part.RESERVATION: "memory reservation",
    Part.MODE: "network mode",
    Part.SUBNETS: "subnets",
    Part.GROUPS: "security groups",
    Part.PUBLIC: "public address",
    Part.ROLE: "which task role",
    Part.EXECUTION: "which execution role",
}
_SIDES: Mapping[Part, Callable[[str], str]] = {
    Part.CONTAINER: _named,
    Part.IMAGE: _image,
    Part.DIGEST: short_digest,
    Part.VARIABLE: _named,
    Part.SECRET: _secret,
    Part.CPU: _cpu,
    Part.RAM: _memory,
    Part.RESERVATION: _memory,
    Part.ROLE: _role,
    Part.EXECUTION: _role,
}


def revision_name(revision: Revision) -> str:
    """Name a revision as people know it: the family and number of its task definition."""
    made = revision.deployment.definition
    return definition_name(made) if made else "an unknown revision"


def gone(revision: Revision) -> str:
    """Say what cannot be read of a revision any more; empty if it could be."""
    name = revision_name(revision)
    if revision.definition is None:
        return f"`{name}` is deleted or its record is gone, so what it said cannot be compared."
    if not revision.definition.active:
        return f"`{name}` is deregistered: it can be compared, but ECS no longer deploys it."
    return ""


def untold(containers: Sequence[str]) -> str:
    """Say of which images nobody can tell whether they are the same."""
    if not containers:
        return ""
    return f"Whether the image of {', '.join(containers)} is the same cannot be told: a digest is not known."


def by_us(record: OperationRecord, zone: tzinfo, now: datetime) -> str:
    at = said_in_full(record.opened_at, zone, now)
    return f"{record.actor_name} deployed it with `{record.name}` at {at}"


def by_others(revision: Revision, zone: tzinfo, now: datetime, *, registered: bool) -> str:
    """Say what is known of a deployment that was not made here."""
    at = said_in_full(revision.deployment.created_at, zone, now)
    known = revision.definition
    if registered and known is not None and known.registered_by:
        then = f" at {said_in_full(known.registered_at, zone, now)}" if known.registered_at else ""
        return public(f"{known.registered_by} registered it{then}; deployed at {at}")
    return f"deployed at {at}, not by Lamplighter; ECS does not say by whom"


def author_line(made: Author, zone: tzinfo, now: datetime) -> str:
    """Say who made a deployment, as far as anybody knows."""
    name = f"`{revision_name(made.revision)}`"
    if made.ours is not None:
        told = by_us(made.ours, zone, now)
    else:
        told = by_others(made.revision, zone, now, registered=made.registered)
    return f"{name}: {told}{_undone(made, zone, now)}"


def _undone(made: Author, zone: tzinfo, now: datetime) -> str:
    """Say who had the deployment rolled back, if somebody did."""
    record = made.undone
    if record is None:
        return ""
    verb = "rolled it back" if record.state.ended else "is rolling it back"
    at = said_in_full(record.opened_at, zone, now)
    return f"; {record.actor_name} {verb} with `{record.name}`, asked for at {at}"


def things(count: int) -> str:
    return "one thing differs" if count == 1 else f"{count} things differ"


def listed(names: Sequence[str]) -> str:
    """Name up to three of them."""
    more = len(names) - 3
    return f"{', '.join(names[:3])} and {more} more" if more > 0 else " and ".join(names)
