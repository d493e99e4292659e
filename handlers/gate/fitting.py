"""Completes a scope with everything that the catalog as it stands says about its environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from handlers.facts.failed import Failed, failed_last, not_mended
from handlers.gate.parts import Parts
from handlers.gate.used import last_used
from handlers.ports.book import Overrides
from handlers.ports.scope import Scope
from handlers.ports.store import CatalogState, OperationRecord
from handlers.tell import gate as tell
from policies.access import grants
from policies.access.decision import Refused
from policies.access.people import Actor, ClockActor, Role, SlackAccount, SlackPerson
from policies.cost.sightings import Sighting
from policies.record.lifecycle import MENDABLE
from policies.schedule.overrides import in_force
from policies.schedule.rows import BY_HAND, ScheduleRow, governing, shown
from policies.service.environment import Environment

PAST = 10
"""How many past operations on one service a read may look through. Only those count that may deploy, start or
stop tasks: ten times that somebody shared lines of a log hide no failure.
"""
TASKS = frozenset({"deployment"})
"""What operations conflict over that deploy, start or stop tasks."""
FLAGS = frozenset({"flag", "flag deployment"})
"""What operations conflict over that switch flags, or take a switch back while it is deployed."""
RECENT = 50
"""The same for a whole environment."""


def fit(
    parts: Parts, environment: Environment, actor: Actor, state: CatalogState, *, operation_id: str = ""
) -> Scope:
    """Return the ports bound to this environment and actor, with what the catalog says around it.

    With an ``operation_id``, the scope may name only what its message may, because a whole channel reads
    that; otherwise what the actor may view.
    """
    scope = parts.scopes.bind(environment, actor, operation_id=operation_id)
    place = (environment.account, environment.region)
    others = (e for e in state.environments if e.name != environment.name)
    return replace(
        scope,
        catalog=parts.catalog,
        command=parts.command,
        role=_role(parts, environment, actor, state),
        schedule=_schedule(parts, environment, state, scope.book.overrides),
        holidays=parts.holidays,
        running_on=parts.running_on,
        last_used=partial(last_used, parts.audit, environment.name),
        mendable=partial(_mendable, parts),
        whois=partial(_whois, parts, actor),
        read_outside=partial(_read_outside, parts, environment.channel),
        home=parts.home(),
        neighbours=tuple(e for e in others if (e.account, e.region) == place),
        seen=in_channel(environment, state) if operation_id else _seen(parts, environment, actor, state),
        past=partial(_past, parts, environment.name, TASKS),
        switches=partial(_past, parts, environment.name, FLAGS),
        failed=partial(_failed, parts, environment, actor, state),
        record=partial(_record, parts, environment.name),
        beside=lambda named: _beside(parts, actor, state, named),
    )


def _beside(parts: Parts, actor: Actor, state: CatalogState, named: str) -> Scope | Refused:
    """Return another environment that the actor may view. The clock may view none."""
    mine = () if isinstance(actor, ClockActor) else parts.grants_of(actor, state, parts.clock.now())
    wanted, seen = named.strip().lower(), grants.visible(state.environments, mine)
    found = state.environment(wanted)
    if found is not None and found in seen:
        return fit(parts, found, actor, state)
    names = [e.name for e in seen]
    return tell.no_environment(named, wanted, names, exists=found is not None, asker=actor)


def _whois(parts: Parts, actor: Actor, user: str) -> SlackAccount | None:
    """Look a user up in the actor's own workspace: an organisation's people are known in each of its
    workspaces.
    """
    team = actor.team if isinstance(actor, SlackPerson) else parts.home().team
    return parts.people.account(team, user, anew=True)


def _read_outside(parts: Parts, channel: str) -> bool:
    return bool(channel) and parts.posts is not None and parts.posts.shared(channel)


def _failed(
    parts: Parts, environment: Environment, actor: Actor, state: CatalogState, seen: Sighting
) -> tuple[Failed, ...]:
    found = failed_last(parts.desk(actor, state), [environment])
    return not_mended(found[environment.name], seen)


def _past(parts: Parts, environment: str, over: frozenset[str], on: str) -> Sequence[OperationRecord]:
    beside = [o.name for o in parts.registry.operations.values() if o.changes and o.conflicts not in over]
    return parts.records.concerning(environment, on, PAST if on else RECENT, without=beside)


def _record(parts: Parts, environment: str, operation_id: str) -> OperationRecord | None:
    found = parts.records.find(operation_id)
    return found if found is not None and found.environment == environment else None


def _mendable(parts: Parts, operation_id: str) -> bool:
    record = parts.records.find(operation_id)
    return record is not None and record.state in MENDABLE


def in_channel(environment: Environment, state: CatalogState) -> frozenset[str]:
    """Return the environments that may be named in this one's messages: those of the same channel, which are
    named there anyway. Whoever asked may view more than those who read the channel.
    """
    here = environment.channel
    return frozenset(e.name for e in state.environments if e == environment or (here and e.channel == here))


def _schedule(
    parts: Parts, environment: Environment, state: CatalogState, overrides: Overrides
) -> ScheduleRow | None:
    """Return the schedule row in force. Overrides are read only if they decide which row is shown."""
    row, now = governing(environment, state.schedules), parts.clock.now()
    if row is None or row.origin != BY_HAND:
        return row
    return shown(row, in_force(overrides.current(now), environment.name, now), now)


def _seen(parts: Parts, environment: Environment, actor: Actor, state: CatalogState) -> frozenset[str]:
    """Return the environments that the actor may view; for the clock, which speaks to a channel, those of the
    channel.
    """
    if isinstance(actor, ClockActor):
        return in_channel(environment, state)
    mine = parts.grants_of(actor, state, parts.clock.now())
    return frozenset(e.name for e in grants.visible(state.environments, mine))


def _role(parts: Parts, environment: Environment, actor: Actor, state: CatalogState) -> Role:
    """Return the actor's role. The clock has none (viewer): a schedule row lets it in."""
    if isinstance(actor, ClockActor):
        return Role.VIEWER
    found = grants.standing(environment, parts.grants_of(actor, state, parts.clock.now()))
    return found.role if found else Role.VIEWER
