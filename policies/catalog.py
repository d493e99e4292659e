"""The catalog as plain values: to and from JSON, what is wrong with it, and how two differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from policies.access import Grant
from policies.environment import NAME, ClusterPick, Environment, LiveService, Pick, TagPick, Tier, claimants
from policies.people import Role


@dataclass(frozen=True)
class Wanted:
    """What a catalog file says, or what is stored."""

    environments: tuple[Environment, ...] = ()
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    slack_settings: frozenset[str] = frozenset()
    """Of a stored catalog: the settings whose origin is ``slack``. A file has none."""


def to_json(wanted: Wanted) -> str:
    """Canonical: the same catalog gives the same text, so that its hash can be confirmed."""
    body = {
        "environments": [environment_values(e) for e in sorted(wanted.environments, key=lambda e: e.name)],
        "grants": [grant_values(g) for g in wanted.grants],
        "settings": dict(wanted.settings),
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Wanted:
    body = json.loads(text)
    return Wanted(
        tuple(environment_of(v) for v in body["environments"]),
        tuple(grant_of(v) for v in body["grants"]),
        body["settings"],
    )


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
    rest = {k: v for k, v in values.items() if k not in ("pick", "tier", "open_to")}
    return Environment(pick=pick, tier=tier, open_to=frozenset(values.get("open_to", ())), **rest)


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


def mistakes(wanted: Wanted, current: Wanted) -> tuple[str, ...]:
    """What must be mended before any of it is taken.

    Every catalog names an admin who is a person and stays one. Names are ``[a-z0-9-]``, and none is that of
    an environment made in Slack. Overlaps are no mistake of this kind: they are listed, and what two
    environments claim is refused when it is asked for.
    """
    made_in_slack = {e.name for e in current.environments if e.origin != "file"}
    found = [
        f"environment {e.name!r}: names are [a-z0-9-]"
        for e in wanted.environments
        if not NAME.fullmatch(e.name)
    ]
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
        if g.role is Role.ADMIN and g.subject.startswith("group:") and not group_admins
    ]
    return tuple(found)


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


@dataclass(frozen=True)
class Difference:
    """What applying would change. ``lines`` are for people: ``+`` new, ``~`` changed, ``-`` removed."""

    lines: tuple[str, ...]
    put_environments: tuple[Environment, ...] = ()
    remove_environments: tuple[str, ...] = ()
    put_grants: tuple[Grant, ...] = ()
    remove_grants: tuple[Grant, ...] = ()
    put_settings: Mapping[str, str] = field(default_factory=dict)
    remove_settings: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Rows that Slack added: shown, never changed by a file."""


def difference(current: Wanted, wanted: Wanted) -> Difference:
    """From what is stored to what the file wants, touching only rows whose origin is ``file``."""
    now = {e.name: e for e in current.environments}
    puts = [e for e in wanted.environments if e.name not in now or _differs(now[e.name], e)]
    names = {e.name for e in wanted.environments}
    gone = [e.name for e in current.environments if e.origin == "file" and e.name not in names]
    owned = [g for g in current.grants if g.origin == "file"]
    new = [g for g in wanted.grants if g not in owned]
    before = {(g.subject, g.pattern): g for g in owned}
    keys = {(g.subject, g.pattern) for g in wanted.grants}
    old = [g for g in owned if (g.subject, g.pattern) not in keys]
    slack = current.slack_settings
    put_settings = {
        k: v for k, v in wanted.settings.items() if k not in slack and current.settings.get(k) != v
    }
    remove_settings = tuple(k for k in current.settings if k not in wanted.settings and k not in slack)
    lines = [
        *(_changed(now.get(e.name), e) for e in puts),
        *(f"- environment {name}" for name in gone),
        *(_regranted(before.get((g.subject, g.pattern)), g) for g in new),
        *(f"- grant {_words(g)}" for g in old),
        *(f"~ setting {k} = {v}" for k, v in put_settings.items()),
        *(f"- setting {k}" for k in remove_settings),
    ]
    return Difference(
        lines=tuple(lines),
        put_environments=tuple(puts),
        remove_environments=tuple(gone),
        put_grants=tuple(new),
        remove_grants=tuple(old),
        put_settings=put_settings,
        remove_settings=remove_settings,
        kept=(*_kept(current), *_kept_settings(current, wanted)),
    )


def _kept(current: Wanted) -> tuple[str, ...]:
    places = (e for e in current.environments if e.origin != "file")
    people = (g for g in current.grants if g.origin != "file")
    return (
        *(f"environment {e.name} ({e.tier.value}, {_picked(e)}), from {e.origin}" for e in places),
        *(f"grant {_words(g)}, from {g.origin}" for g in people),
    )


def _kept_settings(current: Wanted, wanted: Wanted) -> tuple[str, ...]:
    """A setting made in Slack wins over the file's, which is said."""
    found = []
    for name in sorted(current.slack_settings):
        value, other = current.settings[name], wanted.settings.get(name)
        ignored = f" (not {other}, as the file says)" if other not in (None, value) else ""
        found.append(f"setting {name} = {value}, from slack{ignored}")
    return tuple(found)


def _differs(stored: Environment, wanted: Environment) -> bool:
    """Is there something for a file to change? Never in an environment made in Slack."""
    return stored.origin == "file" and replace(stored, generation=0) != replace(wanted, generation=0)


def _changed(before: Environment | None, after: Environment) -> str:
    if before is None:
        return f"+ environment {after.name} ({after.tier.value}, {_picked(after)})"
    old, new = environment_values(before), environment_values(after)
    fields = ", ".join(f"{k}: {old[k]} -> {new[k]}" for k in new if old[k] != new[k])
    return f"~ environment {after.name} ({fields})"


def _regranted(before: Grant | None, after: Grant) -> str:
    """A grant that stays with another role or end is a change, so that a demotion is not read as a gift."""
    if before is None:
        return f"+ grant {_words(after)}"
    fields = []
    if before.role is not after.role:
        fields.append(f"role: {before.role.word} -> {after.role.word}")
    if before.until != after.until:
        fields.append(f"until: {_end(before)} -> {_end(after)}")
    return f"~ grant on {after.pattern} to {after.subject} ({', '.join(fields)})"


def _end(grant: Grant) -> str:
    return grant.until.isoformat(" ", "seconds") if grant.until else "no end"


def _picked(environment: Environment) -> str:
    pick = environment.pick
    if isinstance(pick, ClusterPick):
        return f"cluster {pick.cluster}"
    return f"tag {pick.key}={pick.value} in {', '.join(pick.clusters)}"


def _words(grant: Grant) -> str:
    end = f" until {grant.until:%Y-%m-%d %H:%M}" if grant.until else ""
    return f"{grant.role.word} on {grant.pattern} to {grant.subject}{end}"


def unclaimed(live: Iterable[LiveService], environments: Sequence[Environment]) -> tuple[LiveService, ...]:
    """Live services that no environment claims."""
    return tuple(s for s in live if not claimants(s, environments))
