"""`/env scale staging web 3`: another number of tasks, within the bounds of the catalog."""

from __future__ import annotations

from typing import Annotated

from handlers.ports.scope import Scope
from handlers.steps.capacity import count_of
from handlers.steps.scale import scale_step
from handlers.tell import scale as tell
from handlers.words.arguments import Hidden, ServiceName, word
from handlers.words.errors import Denied, Trouble
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.capacity.facts import ScalingFacts
from policies.capacity.scaling import ROLE, Asked, bound_of, out_of_bounds, unscalable


def mistaken(scope: Scope, service: ServiceName, count: int, expected: int | None = None) -> Refusal | None:
    """Judge by the catalog's bounds alone; what autoscaling allows, AWS knows."""
    refused = out_of_bounds(Asked(service, count, bound_of(service, scope.environment.scale), scaling=None))
    return Refusal(refused) if refused else None


@operation(
    "scale",
    purpose=Purpose.MEND,
    role=ROLE,
    changes=True,
    mistaken=mistaken,
    verb=Verb("scaling", "scaled", "was not scaled", broke="did not come up"),
    conflicts="deployment",
    reversible=True,
    sample="web",
)
def scale(
    scope: Scope,
    service: ServiceName,
    count: Annotated[int, word("how many tasks", "3")],
    expected: Hidden[int | None] = None,
) -> Plan | Refusal | Choice | Unchanged:
    """Give a service another number of tasks, within the catalog's bounds; autoscaling may change it again.

    ``expected``: the count that an undo takes back.
    """
    facts = scope.services.facts(service)
    scaling = scope.scaling.facts([service]).get(service)
    refused = unscalable(facts)
    if refused is None:
        refused = out_of_bounds(Asked(service, count, bound_of(service, scope.environment.scale), scaling))
    if refused is not None:
        return Refusal(refused)
    if not facts.desired and scope.book.capacities.find(scope.environment.name) is not None:
        return tell.asleep(scope.environment.name, service)
    if facts.desired == count:
        return tell.already(facts)
    if expected is not None and facts.desired != expected:
        return tell.changed_since(facts, count, expected)
    notes = _notes(scope, service, scaling)
    return Plan("scaling", (scale_step(facts, count),), count_of(facts), notes)


def _notes(scope: Scope, service: str, scaling: ScalingFacts | None) -> tuple[str, ...]:
    """What may change the count again. What cannot be read this moment is told where it may not be read at
    all, and else left out: it changes nothing about what is asked for."""
    if scaling is None or scaling.suspended.all:
        return ()
    said = tell.autoscaled(scaling)
    try:
        acting = scope.scaling.predictive([service]).get(service, ())
    except Denied as denied:
        return (said, tell.predictive_unknown(denied.sentence))
    except Trouble:
        return (said,)
    return (said, tell.predicted(acting)) if acting else (said,)
