"""`/env withdraw staging new-checkout`, and the button *Undo* while a flag is being deployed: stops the
deployment, which brings back the state before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.steps.feature import under_way
from handlers.steps.flag import state_of
from handlers.steps.revert_flag import Reverting, revert_step
from handlers.tell import flag as tell
from handlers.words.arguments import FlagNamed, Hidden, word
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import Refused
from policies.access.people import Role
from policies.flags.deploying import COMPLETE, STOPPABLE, distorts
from policies.flags.switching import meant, nearest, of_production
from policies.service.environment import Environment, Flag


def mistaken(scope: Scope, name: FlagNamed, deployment: int | None = None) -> Refusal | None:
    found = _meant(scope.environment, name)
    return found if isinstance(found, Refusal) else None


def _meant(place: Environment, name: FlagNamed) -> Flag | Refusal:
    found = meant(name, place)
    return tell.not_meant(found, nearest(name, place), others=()) if isinstance(found, Refused) else found


@operation(
    "withdraw",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    mistaken=mistaken,
    verb=Verb(
        "being switched back",
        "was switched back",
        "was not switched back",
        whole=True,
        subject="The flag",
        named_by="name",
    ),
    conflicts="flag deployment",
    noticed=True,
)
def withdraw(
    scope: Scope,
    name: Annotated[FlagNamed, word("which flag", "new-checkout")],
    deployment: Hidden[int | None] = None,
) -> Plan | Refusal | Unchanged:
    """Stop the deployment of a flag that `flag` is switching, as the button on its message does.

    ``deployment``: exactly this one. A deployment that anything else began is never stopped. The lock of that
    `flag` is left to it: it goes on looking at its deployment, and tells how that ended.
    """
    found = _meant(scope.environment, name)
    if isinstance(found, Refusal):
        return found
    mine = _mine(scope, found)
    if mine is None or deployment not in (None, mine.intent.number):
        return tell.not_deployed_now(found)
    rollout = scope.features.rollout(found.name, mine.intent.number)
    if rollout.version != mine.intent.version:  # the catalog keeps the flag elsewhere by now
        return tell.not_deployed_now(found)
    if rollout.state not in STOPPABLE:
        return tell.too_late_to_stop(found, complete=rollout.state == COMPLETE)
    feature = scope.features.facts(found.name)
    refused = of_production(found, scope.environment, scope.neighbours) or distorts(found, feature)
    if refused is not None:
        return Refusal(refused)
    return Plan(
        doing="switching back a flag of",
        steps=(revert_step(found, mine.intent),),
        before=state_of(found, feature.held),
        of=mine.record.id,
    )


@dataclass(frozen=True)
class _Mine:
    record: OperationRecord
    intent: Reverting


def _mine(scope: Scope, flag: Flag) -> _Mine | None:
    """Return the operation that is deploying the flag, and what takes its deployment back."""
    if flag.appconfig is None:
        return None
    found = ((record, under_way(record)) for record in scope.switches(flag.name))
    return next((_Mine(record, intent) for record, intent in found if intent is not None), None)
