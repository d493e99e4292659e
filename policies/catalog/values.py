"""A catalog, and its rows as plain values: to and from JSON, and for showing how two rows differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.terminals import Terminal
from policies.catalog.budgets import budget_of, budget_values
from policies.catalog.tasks import task_of, task_values
from policies.catalog.terminals import terminal_of, terminal_values
from policies.cost.budgets import BudgetRow
from policies.schedule.rows import ScheduleRow, Terms
from policies.service.approved import ApprovedTask
from policies.service.environment import (
    AppConfig,
    Bound,
    ClusterPick,
    Environment,
    Flag,
    Flush,
    Pick,
    TagPick,
    Tier,
)

OPS_CHANNEL = "ops_channel"
"""The setting that names the channel of whoever operates the whole installation."""


@dataclass(frozen=True)
class Wanted:
    """What a catalog file says, or what is stored."""

    environments: tuple[Environment, ...] = ()
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    slack_settings: frozenset[str] = frozenset()
    """The settings of a stored catalog whose origin is ``slack``. A file has none."""
    schedules: tuple[ScheduleRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    terminals: tuple[Terminal, ...] = ()


def to_json(wanted: Wanted) -> str:
    """Canonical: the same catalog always gives the same text, so that its hash can be confirmed."""
    body = {
        "environments": [environment_values(e) for e in sorted(wanted.environments, key=lambda e: e.name)],
        "grants": [grant_values(g) for g in wanted.grants],
        "settings": dict(wanted.settings),
        "schedules": [schedule_values(r) for r in sorted(wanted.schedules, key=lambda r: r.pattern)],
        "budgets": [budget_values(r) for r in sorted(wanted.budgets, key=lambda r: r.pattern)],
        "terminals": [terminal_values(r) for r in sorted(wanted.terminals, key=lambda r: r.arn)],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Wanted:
    """The inverse of ``to_json``. Raises ``ValueError`` on anything else."""
    try:
        body = json.loads(text)
        return Wanted(
            tuple(environment_of(v) for v in body["environments"]),
            tuple(grant_of(v) for v in body["grants"]),
            body["settings"],
            schedules=tuple(schedule_of(v) for v in body.get("schedules", ())),
            budgets=tuple(budget_of(v) for v in body.get("budgets", ())),
            terminals=tuple(terminal_of(v) for v in body.get("terminals", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"That is not the text of a catalog ({type(error).__name__}).") from error


def environment_values(environment: Environment) -> dict[str, Any]:
    """Its definition, field by field; not its generation, which is the store's."""
    names = [f.name for f in fields(Environment) if f.name != "generation"]
    return {name: _plain(getattr(environment, name)) for name in names}


def environment_of(values: Mapping[str, Any]) -> Environment:
    """The inverse of ``environment_values``; takes a generation too. An unknown tier counts as production."""
    return Environment(**{name: _READ.get(name, _same)(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    match value:
        case Tier():
            return value.value
        case ClusterPick(cluster):
            return {"cluster": cluster}
        case TagPick(clusters, key, tag):
            return {"clusters": list(clusters), "key": key, "value": tag}
        case Bound(service, minimum, maximum):
            return {"service": service, "minimum": minimum, "maximum": maximum}
        case Flag():
            return {f.name: _plain(getattr(value, f.name)) for f in fields(Flag)}
        case AppConfig():
            return asdict(value)
        case ApprovedTask():
            return task_values(value)
        case Flush():
            return {f.name: _plain(getattr(value, f.name)) for f in fields(Flush)}
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(item) for item in value]
    return value


def _same(value: Any) -> Any:
    return value


def _tier(value: str) -> Tier:
    return Tier.NONPRODUCTION if value == Tier.NONPRODUCTION.value else Tier.PRODUCTION


def _pick(value: Mapping[str, Any]) -> Pick:
    if "cluster" in value:
        return ClusterPick(value["cluster"])
    return TagPick(tuple(value["clusters"]), value["key"], value["value"])


def _waves(value: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(wave) for wave in value)


def _bounds(value: Iterable[Mapping[str, Any]]) -> tuple[Bound, ...]:
    return tuple(Bound(**bound) for bound in value)


def _flags(value: Iterable[Mapping[str, Any]]) -> tuple[Flag, ...]:
    return tuple(_flag(flag) for flag in value)


def _flag(value: Mapping[str, Any]) -> Flag:
    """A row of an older release has no ``appconfig``."""
    hosted = value.get("appconfig")
    return Flag(**{**value, "appconfig": AppConfig(**hosted) if hosted else None})


def _tasks(value: Iterable[Mapping[str, Any]]) -> tuple[ApprovedTask, ...]:
    return tuple(task_of(task) for task in value)


def _flush(value: Mapping[str, Any] | None) -> Flush | None:
    """Limits that are missing, as in a row of an older release, have their defaults."""
    if value is None:
        return None
    known = {f.name for f in fields(Flush)}
    given = {name: held for name, held in value.items() if name in known}
    return Flush(**{**given, "prefixes": tuple(given.get("prefixes", ()))})


_READ: Mapping[str, Callable[[Any], Any]] = {
    "tier": _tier,
    "pick": _pick,
    "open_to": frozenset,
    "databases": tuple,
    "caches": tuple,
    "start_order": _waves,
    "scale": _bounds,
    "flags": _flags,
    "tasks": _tasks,
    "flush": _flush,
}
"""Of the fields that JSON has in another form; the others are as they are."""


def grant_values(grant: Grant) -> dict[str, Any]:
    return {
        "subject": grant.subject,
        "role": grant.role.word,
        "pattern": grant.pattern,
        "until": grant.until.isoformat() if grant.until else None,
        "origin": grant.origin,
    }


def grant_of(values: Mapping[str, Any]) -> Grant:
    until = values.get("until")
    return Grant(
        subject=values["subject"],
        role=Role.of(values["role"]),
        pattern=values["pattern"],
        until=datetime.fromisoformat(until) if until else None,
        origin=values.get("origin", "file"),
    )


def schedule_values(row: ScheduleRow) -> dict[str, Any]:
    """What the row says, without since when it holds, which is the store's business. Spans are in seconds."""
    return {
        "pattern": row.pattern,
        "text": row.text,
        "mode": row.mode,
        "terms": {f.name: int(getattr(row.terms, f.name).total_seconds()) for f in fields(Terms)},
        "origin": row.origin,
    }


def schedule_of(values: Mapping[str, Any]) -> ScheduleRow:
    """The inverse of ``schedule_values``. An unknown mode only observes; terms that are missing, as in a
    row of an older release, have their defaults."""
    known = {f.name for f in fields(Terms)}
    return ScheduleRow(
        pattern=values["pattern"],
        text=values["text"],
        mode="act" if values["mode"] == "act" else "observe",
        terms=Terms(**{n: timedelta(seconds=span) for n, span in values["terms"].items() if n in known}),
        origin=values.get("origin", "file"),
    )
