"""A catalog, and its rows as plain values: to and from JSON, and for showing how two rows differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from policies.access import Grant
from policies.environment import ClusterPick, Environment, Pick, TagPick, Tier
from policies.people import Role
from policies.schedule_rows import ScheduleRow, Terms


@dataclass(frozen=True)
class Wanted:
    """What a catalog file says, or what is stored."""

    environments: tuple[Environment, ...] = ()
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    slack_settings: frozenset[str] = frozenset()
    """Of a stored catalog: the settings whose origin is ``slack``. A file has none."""
    schedules: tuple[ScheduleRow, ...] = ()


def to_json(wanted: Wanted) -> str:
    """Canonical: the same catalog gives the same text, so that its hash can be confirmed."""
    body = {
        "environments": [environment_values(e) for e in sorted(wanted.environments, key=lambda e: e.name)],
        "grants": [grant_values(g) for g in wanted.grants],
        "settings": dict(wanted.settings),
        "schedules": [schedule_values(r) for r in sorted(wanted.schedules, key=lambda r: r.pattern)],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Wanted:
    """What ``to_json`` wrote. Raises ``ValueError`` on anything else."""
    try:
        body = json.loads(text)
        return Wanted(
            tuple(environment_of(v) for v in body["environments"]),
            tuple(grant_of(v) for v in body["grants"]),
            body["settings"],
            schedules=tuple(schedule_of(v) for v in body.get("schedules", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"That is not the text of a catalog ({type(error).__name__}).") from error


def environment_values(environment: Environment) -> dict[str, Any]:
    """Its definition; not its generation, which is the store's."""
    pick = environment.pick
    picked: dict[str, Any] = (
        {"cluster": pick.cluster}
        if isinstance(pick, ClusterPick)
        else {"clusters": list(pick.clusters), "key": pick.key, "value": pick.value}
    )
    return {
        "name": environment.name,
        "tier": environment.tier.value,
        "account": environment.account,
        "region": environment.region,
        "pick": picked,
        "channel": environment.channel,
        "owner": environment.owner,
        "time_zone": environment.time_zone,
        "role_arn": environment.role_arn,
        "open_to": sorted(environment.open_to),
        "shared_channel": environment.shared_channel,
        "databases": list(environment.databases),
        "start_order": [list(wave) for wave in environment.start_order],
        "origin": environment.origin,
    }


def environment_of(values: Mapping[str, Any]) -> Environment:
    """The inverse of ``environment_values``. An unknown tier counts as production."""
    picked = values["pick"]
    pick: Pick = (
        ClusterPick(picked["cluster"])
        if "cluster" in picked
        else TagPick(tuple(picked["clusters"]), picked["key"], picked["value"])
    )
    tier = Tier.NONPRODUCTION if values["tier"] == Tier.NONPRODUCTION.value else Tier.PRODUCTION
    lists = ("pick", "tier", "open_to", "databases", "start_order")
    return Environment(
        pick=pick,
        tier=tier,
        open_to=frozenset(values.get("open_to", ())),
        databases=tuple(values.get("databases", ())),
        start_order=tuple(tuple(wave) for wave in values.get("start_order", ())),
        **{k: v for k, v in values.items() if k not in lists},
    )


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
    """What it says; not since when it holds, which is the store's. Spans are in seconds."""
    return {
        "pattern": row.pattern,
        "text": row.text,
        "mode": row.mode,
        "terms": {f.name: int(getattr(row.terms, f.name).total_seconds()) for f in fields(Terms)},
        "origin": row.origin,
    }


def schedule_of(values: Mapping[str, Any]) -> ScheduleRow:
    """The inverse of ``schedule_values``. An unknown mode only observes."""
    return ScheduleRow(
        pattern=values["pattern"],
        text=values["text"],
        mode="act" if values["mode"] == "act" else "observe",
        terms=Terms(**{name: timedelta(seconds=span) for name, span in values["terms"].items()}),
        origin=values.get("origin", "file"),
    )
