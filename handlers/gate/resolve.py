"""2. resolve: turns what was typed into canonical names, telling each person only of what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.gate import wanting
from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.gate.record import offered, refused
from handlers.ports.scope import Scope
from handlers.ports.store import CatalogState
from handlers.tell import gate as tell
from handlers.words.operation import Operation, Reach, Target
from handlers.words.result import Missing, Refusal
from policies.access import grants, safeguards
from policies.access.decision import Refused
from policies.access.grants import Grant
from policies.access.people import Actor, ClockActor
from policies.record.lifecycle import WHOLE
from policies.service.environment import Environment, Membership


@dataclass(frozen=True)
class Unnamed:
    """A service is needed and none is named; at least one of these could be."""

    names: tuple[str, ...]


def resolve(parts: Parts, case: Case) -> Case | Refusal:
    """Find the place of the case. The clock has no grants: it names environments exactly, and a schedule row
    lets it in.
    """
    named, reach = case.request.environment, case.asked.reach
    if reach is not Reach.ENVIRONMENT and (reach is not Reach.ONE_OR_ALL or not named.strip()):
        return case
    mine: Sequence[Grant] = ()
    found: Environment | Refusal | None = case.state.environment(named)
    if found is None or not isinstance(case.actor, ClockActor):
        mine = parts.grants_of(case.actor, case.state, parts.clock.now())
        found = environment(named, case.state, mine, asker=case.actor, alone=_said_alone(case))
    if isinstance(found, Environment):
        return replace(case, place=found)
    seen = case.state.environment(named.strip().lower())
    if seen is not None and told_of(case, seen):
        return wanting.ungranted(parts, case, seen)
    told = refused(parts, case, found.decision, environment=named.strip().lower())
    return _corrected(parts, case, told, mine)


def told_of(case: Case, place: Environment) -> bool:
    """Return whether the person knows anyway that there is such an environment: they press its button, or
    type in its own channel, whose messages name it (decision 0017). What a form says of its channel gives no
    right.
    """
    request = case.request
    if request.offer:
        return True
    return request.source == "slash" and bool(place.channel) and request.channel == place.channel


def _corrected(parts: Parts, case: Case, told: Refusal, mine: Sequence[Grant]) -> Refusal:
    """Add a button for the environment that may have been meant, if the person may view it."""
    seen = [e.name for e in grants.visible(case.state.environments, mine)]
    meant = tell.near(case.request.environment.strip().lower(), seen)
    if not meant:
        return told
    offers = tell.instead(case.request, case.asked, place=meant, target=case.request.target)
    return offered(parts, case, replace(told, offers=offers))


def _said_alone(case: Case) -> bool:
    """Return whether the name may be what the operation takes besides: it takes more, and nothing else was
    said.
    """
    takes = any(argument.positional and not argument.hidden for argument in case.asked.arguments)
    return case.asked.reach is Reach.ENVIRONMENT and takes and not case.request.arguments


def environment(
    name: str, state: CatalogState, mine: Sequence[Grant], *, asker: Actor, alone: bool = False
) -> Environment | Refusal:
    """Return the environment of that name that this person may view. ``alone``: the name may stand for
    something else, and the person left the environment out.

    An environment without a grant is answered exactly as one that does not exist, and both are recorded as
    refused.
    """
    wanted = name.strip().lower()
    seen = grants.visible(state.environments, mine)
    found = state.environment(wanted)
    if found is not None and found in seen:
        return found
    names = [e.name for e in seen]
    exists = found is not None
    return Refusal(tell.no_environment(name, wanted, names, exists=exists, asker=asker, alone=alone))


def target(named: str, operation: Operation, scope: Scope) -> str | Missing | Unnamed | Refusal:
    """Return the canonical service name, or ``*`` for the whole environment.

    ``Missing`` for a service that does not exist, a ``Refusal`` for one that is disputed. ``Unnamed`` if
    a service is needed and none is named.
    """
    if operation.target is Target.NOTHING or (operation.target is Target.SERVICE_OR_ALL and not named):
        return WHOLE
    members = scope.services.members()
    wanted = named.strip()
    names = [service.name for service in members.own]
    if not wanted:
        none = tell.no_services(operation, scope.environment.name)
        return Unnamed(tuple(names)) if names else none
    if wanted in names:
        return wanted
    same = [n for n in [*names, *members.disputed] if n.lower() == wanted.lower()]
    wanted = same[0] if len(same) == 1 else wanted
    if wanted in names:
        return wanted
    return _not_own(wanted, names, members, scope)


def _not_own(wanted: str, names: Sequence[str], members: Membership, scope: Scope) -> Missing | Refusal:
    disputed = safeguards.disputed(wanted, members, scope.seen)
    if isinstance(disputed, Refused):
        return Refusal(disputed)
    return tell.no_service(wanted, scope.environment.name, names)
