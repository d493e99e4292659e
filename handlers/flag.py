"""`/env flag staging new-checkout on`: switch a feature flag that the catalog names. Without a state it is a
question, which `flags` answers.
"""

from __future__ import annotations

from typing import Annotated

from handlers.ports.scope import Scope
from handlers.steps.feature import deploy_step
from handlers.steps.flag import state_of, switch_step
from handlers.steps.revert_flag import Reverting, revert_step
from handlers.tell import flag as tell
from handlers.words.arguments import FlagNamed, Hidden, word
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan, Step
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import Refused
from policies.access.people import Role
from policies.flags.deploying import Feature, distorts, may_begin, revertible
from policies.flags.switching import Held, Switch, meant, nearest, of_production, readable, stands
from policies.service.environment import Environment, Flag


def mistaken(scope: Scope, name: FlagNamed, state: Switch, **_bound: int | None) -> Refusal | None:
    found = _meant(scope.environment, name, state)
    return found if isinstance(found, Refusal) else None


def _meant(place: Environment, name: FlagNamed, state: Switch) -> Flag | Refusal:
    found = meant(name, place)
    return (
        tell.not_meant(found, nearest(name, place), place.flags, state)
        if isinstance(found, Refused)
        else found
    )


@operation(
    "flag",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    mistaken=mistaken,
    verb=Verb(
        "being switched",
        "switched",
        "was not switched as asked",
        whole=True,
        subject="The flag",
        named_by="name",
    ),
    conflicts="flag",
    reversible=True,
    stopped_by=("withdraw", tell.UNDO),
    question="flags",
)
def flag(
    scope: Scope,
    name: Annotated[FlagNamed, word("which flag", "new-checkout")],
    state: Annotated[Switch, word("what it is to be", "on")],
    expected: Hidden[int | None] = None,
    deployment: Hidden[int | None] = None,
) -> Plan | Refusal | Choice | Unchanged:
    """Switch a feature flag on or off; without on or off, tell which it is.

    ``expected``: the version, of the parameter or of what AppConfig has deployed, that an undo, or a button,
    was offered for. ``deployment``: the one of AppConfig that an undo takes back.
    """
    found = _meant(scope.environment, name, state)
    if isinstance(found, Refusal):
        return found
    if found.appconfig is not None:
        return _deployed(scope, found, state, expected=expected, deployment=deployment)
    held = scope.flags.read((found.name,)).get(found.name)
    if held is None:
        return tell.no_parameter(scope.environment.name, found)
    refused = readable(found, held) or of_production(found, scope.environment, scope.neighbours)
    if refused is not None:
        return Refusal(refused)
    return _planned(scope, found, state, held, expected)


def _planned(
    scope: Scope, flag: Flag, state: Switch, held: Held, expected: int | None
) -> Plan | Choice | Unchanged:
    now, where = stands(flag, held), scope.environment.name
    if now is state:
        return tell.already(flag, state)
    if expected is not None and held.version != expected:
        return tell.changed_since(where, flag, state, held)
    if now is None and expected is None:
        return tell.neither(where, flag, state, held)
    notes = tell.to_be(flag, state, now)
    return Plan(
        doing="switching a flag of",
        steps=(switch_step(flag, state, held),),
        before=state_of(flag, held),
        notes=notes,
    )


def _deployed(
    scope: Scope, flag: Flag, state: Switch, *, expected: int | None, deployment: int | None
) -> Plan | Refusal | Choice | Unchanged:
    """Plan a deployment of AppConfig, or take the one back that is to be undone. Nobody's draft is deployed,
    and none is overtaken."""
    feature = scope.features.facts(flag.name)
    held, where = feature.held, scope.environment.name
    refused = readable(flag, held) or of_production(flag, scope.environment, scope.neighbours)
    if refused is not None:
        return Refusal(refused)
    now = stands(flag, held)
    if now is state and feature.under_way is None:
        return tell.already(flag, state)
    if expected is not None and held.version != expected:
        return tell.changed_since(where, flag, state, held)
    step = _revert(scope, flag, feature, state, deployment)
    refused = distorts(flag, feature) if step is not None else may_begin(flag, feature, scope.now)
    if refused is not None:
        return Refusal(refused)
    notes = tell.to_be(flag, state, now) if step is None else tell.to_be_reverted(flag, state, held)
    if step is None and deployment is not None:
        notes = (*notes, tell.NOT_REVERTED)
    return Plan(
        doing="switching a flag of",
        steps=(step or deploy_step(flag, state, feature),),
        before=state_of(flag, held),
        notes=notes,
    )


def _revert(scope: Scope, flag: Flag, feature: Feature, state: Switch, deployment: int | None) -> Step | None:
    """Return the step that reverts the deployment; ``None`` if the state before has to be deployed anew."""
    if deployment is None or deployment != feature.latest:
        return None
    if not revertible(flag, feature, scope.features.rollout(flag.name, deployment), scope.now):
        return None
    return revert_step(flag, Reverting(state, state.other, deployment, feature.held.version))
