"""A scope with everything that is known of its environment from the catalog as it stands."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from handlers.gate.parts import Parts
from handlers.gate.used import last_used
from handlers.ports.book import Overrides
from handlers.ports.scope import Scope
from handlers.ports.store import CatalogState
from policies.access import grants
from policies.access.people import Actor, ClockActor, Role, SlackAccount, SlackPerson
from policies.record.lifecycle import MENDABLE
from policies.schedule.overrides import in_force
from policies.schedule.rows import BY_HAND, ScheduleRow, governing, shown
from policies.service.environment import Environment


def fit(
    parts: Parts, environment: Environment, actor: Actor, state: CatalogState, *, operation_id: str = ""
) -> Scope:
    """The ports bound to this environment and actor, and what the catalog says around it. With an operation,
    what is said is for its message, which a whole channel reads; else for the actor."""
    scope = parts.scopes.bind(environment, actor, operation_id=operation_id)
    place = (environment.account, environment.region)
    others = (e for e in state.environments if e.name != environment.name)
    return replace(
        scope,
        catalog=parts.catalog,
        role=_role(parts, environment, actor, state),
        schedule=_schedule(parts, environment, state, scope.book.overrides),
        holidays=parts.holidays,
        running_on=parts.running_on,
        last_used=partial(last_used, parts.audit, environment.name),
        mendable=partial(_mendable, parts),
        whois=partial(_whois, parts, actor),
        home=parts.home(),
        neighbours=tuple(e for e in others if (e.account, e.region) == place),
        seen=in_channel(environment, state) if operation_id else _seen(parts, environment, actor, state),
    )


def _whois(parts: Parts, actor: Actor, user: str) -> SlackAccount | None:
    """Asked from where the actor is: an organisation's people are known in each of its workspaces."""
    team = actor.team if isinstance(actor, SlackPerson) else parts.home().team
    return parts.people.account(team, user, anew=True)


def _mendable(parts: Parts, operation_id: str) -> bool:
    record = parts.records.find(operation_id)
    return record is not None and record.state in MENDABLE


def in_channel(environment: Environment, state: CatalogState) -> frozenset[str]:
    """What may be named where its messages are: the environments of that channel, which are named there
    anyway. Whoever asked may view more than whoever reads it."""
    here = environment.channel
    return frozenset(e.name for e in state.environments if e == environment or (here and e.channel == here))


def _schedule(
    parts: Parts, environment: Environment, state: CatalogState, overrides: Overrides
) -> ScheduleRow | None:
    """Overrides are read only where they decide which row is shown."""
    row, now = governing(environment, state.schedules), parts.clock.now()
    if row is None or row.origin != BY_HAND:
        return row
    return shown(row, in_force(overrides.current(now), environment.name, now), now)


def _seen(parts: Parts, environment: Environment, actor: Actor, state: CatalogState) -> frozenset[str]:
    """What the actor may view. The clock speaks to a channel."""
    if isinstance(actor, ClockActor):
        return in_channel(environment, state)
    mine = parts.grants_of(actor, state, parts.clock.now())
    return frozenset(e.name for e in grants.visible(state.environments, mine))


def _role(parts: Parts, environment: Environment, actor: Actor, state: CatalogState) -> Role:
    """The clock has none; it is let in by a schedule row."""
    if isinstance(actor, ClockActor):
        return Role.VIEWER
    found = grants.standing(environment, parts.grants_of(actor, state, parts.clock.now()))
    return found.role if found else Role.VIEWER
