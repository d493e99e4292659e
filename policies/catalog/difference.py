"""How two catalogs differ: what applying a file would change, and the same in lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC

from policies.access.grants import Grant
from policies.access.terminals import Terminal
from policies.catalog import budgets, schedules, terminals
from policies.catalog.values import Wanted, environment_values
from policies.cost.budgets import BudgetRow
from policies.schedule.rows import ScheduleRow
from policies.service.environment import ClusterPick, Environment


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
    put_schedules: tuple[ScheduleRow, ...] = ()
    remove_schedules: tuple[ScheduleRow, ...] = ()
    put_budgets: tuple[BudgetRow, ...] = ()
    remove_budgets: tuple[str, ...] = ()
    put_terminals: tuple[Terminal, ...] = ()
    remove_terminals: tuple[str, ...] = ()
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
    rules = schedules.changes(current.schedules, wanted.schedules)
    money = budgets.changes(current.budgets, wanted.budgets)
    callers = terminals.changes(current.terminals, wanted.terminals)
    lines = [
        *(_changed(now.get(e.name), e) for e in puts),
        *(f"- environment {name}" for name in gone),
        *(_regranted(before.get((g.subject, g.pattern)), g) for g in new),
        *(f"- grant {_words(g)}" for g in old),
        *(f"~ setting {k} = {v}" for k, v in put_settings.items()),
        *(f"- setting {k}" for k in remove_settings),
        *rules.lines,
        *money.lines,
        *callers.lines,
    ]
    return Difference(
        lines=tuple(lines),
        put_environments=tuple(puts),
        remove_environments=tuple(gone),
        put_grants=tuple(new),
        remove_grants=tuple(old),
        put_settings=put_settings,
        remove_settings=remove_settings,
        put_schedules=rules.put,
        remove_schedules=rules.remove,
        put_budgets=money.put,
        remove_budgets=money.remove,
        put_terminals=callers.put,
        remove_terminals=callers.remove,
        kept=(
            *_kept(current),
            *_kept_settings(current, wanted),
            *schedules.kept(current.schedules, wanted.schedules),
        ),
    )


def _kept(current: Wanted) -> tuple[str, ...]:
    places = (e for e in current.environments if e.origin != "file")
    people = (g for g in current.grants if g.origin != "file")
    return (
        *(f"environment {e.name} ({e.tier.value}, {_picked(e)}), from {e.origin}" for e in places),
        *(f"grant {_words(g)}, from {g.origin}" for g in people),
    )


def _kept_settings(current: Wanted, wanted: Wanted) -> tuple[str, ...]:
    """A setting made in Slack wins over the file's, and the lines say so."""
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
    end = f" until {grant.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if grant.until else ""
    return f"{grant.role.word} on {grant.pattern} to {grant.subject}{end}"
