"""What of an environment a stop may touch now, and what it leaves alone and names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from policies.access import safeguards
from policies.access.decision import Allowed, Refused, allow, refuse
from policies.service.environment import Environment, LiveService
from policies.service.facts import ServiceFacts

IN_FLIGHT = "safeguards.in-flight"
OWN_GROUND = "safeguards.own-ground"
LACKING = "safeguards.permissions"
_ROLLING = "ROLLING"
MOST_NAMED = 4
"""How many services are named for one permission."""


@dataclass(frozen=True)
class Sorted:
    """Services by what a stop makes of them. ``notes``: a sentence for each that is left out or flagged.

    ``unproven``: stopped although a rolling deployment of theirs is in flight; ``left``: not touched.
    """

    stop: tuple[ServiceFacts, ...]
    left: tuple[ServiceFacts, ...] = ()
    unproven: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def busy(self) -> bool:
        """Is a service left alone because of its native deployment?"""
        return any(not uncounted(f) for f in self.left)

    @property
    def holds_databases(self) -> tuple[str, ...]:
        """Names of the services left alone that go on running and may need a database; a daemon belongs to
        its instances."""
        return tuple(f.name for f in self.left if f.scheduling != "DAEMON" and (f.desired or f.running))


def sort_services(services: Sequence[ServiceFacts]) -> Sorted:
    """CODE_DEPLOY and EXTERNAL services may have their count changed (facts/ecs 3.1). A native deployment in
    progress runs both revisions, and what a count of 0 does then is not documented (facts/ecs 3.5): such a
    service is left. A rolling one goes on and is called complete with zero tasks, so its revision is flagged
    (facts/ecs trap 34)."""
    stop: list[ServiceFacts] = []
    left: list[ServiceFacts] = []
    unproven: list[str] = []
    notes: list[str] = []
    for facts in services:
        why = uncounted(facts) or _native_in_flight(facts)
        if why:
            left.append(facts)
            notes.append(f"`{facts.name}` is left running: {why}.")
            continue
        stop.append(facts)
        if _unproven(facts):
            unproven.append(facts.name)
            notes.append(
                f"`{facts.name}`: a deployment of {revision_of(facts)} is still in progress. It is stopped "
                f"all the same, so ECS will call that deployment complete: the revision is *never proven*."
            )
    return Sorted(tuple(stop), tuple(left), tuple(unproven), tuple(notes))


def uncounted(facts: ServiceFacts) -> str:
    """Why we cannot change this service's count; empty if we can (facts/ecs 2.1, 3.1)."""
    if facts.scheduling == "DAEMON":
        return "it is a daemon, one task on every instance, and has no count"
    if facts.express:
        return "it is an ECS Express service, which has an API of its own"
    if facts.status != "ACTIVE":
        return f"it is {facts.status or 'in an unknown state'} in ECS"
    return ""


def in_flight(facts: ServiceFacts) -> bool:
    """Is a deployment by ECS in progress (and not a rolling one that is stuck)?"""
    return safeguards.deployable(facts, "stop").rule == IN_FLIGHT


def postponed(services: Sequence[ServiceFacts]) -> Allowed | Refused:
    """For the clock, which waits a while for deployments to end (facts/ecs 3.5)."""
    busy = [f.name for f in services if in_flight(f)]
    if not busy:
        return allow("safeguards.settled", "no deployment is in flight")
    named = ", ".join(f"`{name}`" for name in busy)
    what = "a deployment is" if len(busy) == 1 else f"{len(busy)} deployments are"
    return refuse(IN_FLIGHT, f"{what} in progress ({named}), so the stop waits for it.")


def own_ground(
    environment: Environment, services: Collection[LiveService], own: Collection[str]
) -> Allowed | Refused:
    """Nothing stops what Lamplighter itself runs on. ``own``: ``cluster/service`` and ids of databases."""
    ground = [s.name for s in services if f"{s.cluster}/{s.name}" in own]
    ground += [database for database in environment.databases if database in own]
    if not ground:
        return allow("safeguards.elsewhere", f"Lamplighter does not run on {environment.name}")
    named = " and ".join(f"`{name}`" for name in ground)
    return refuse(
        OWN_GROUND,
        f"`{environment.name}` cannot be stopped from here: Lamplighter itself runs on {named}, and would "
        f"not be there to start it again.",
    )


def lacking(environment: str, denied: Mapping[str, Sequence[str]]) -> str:
    """Why a stop does not begin. The sentence names permissions and no role, because a channel may read
    it."""
    return (
        f"`{environment}` is not stopped, because the bot's role there lacks {permissions(denied)}. Nothing "
        "was changed. An admin sees all of it with `lamplighter doctor`."
    )


def permissions(denied: Mapping[str, Sequence[str]]) -> str:
    """Each action with what it is denied on: *`rds:StopDBInstance` on `orders`*."""
    return "; ".join(f"`{action}` on {_few(on)}" for action, on in denied.items())


def _few(names: Sequence[str]) -> str:
    told = ", ".join(f"`{name}`" for name in names[:MOST_NAMED])
    return f"{told} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else told


def revision_of(facts: ServiceFacts) -> str:
    """A revision as people know it: ``web:7``."""
    return f"`{facts.revision.rsplit('/', 1)[-1]}`"


def _unproven(facts: ServiceFacts) -> bool:
    """Would zero tasks complete the service's rolling deployment? A stuck one too, which nothing waits
    for."""
    rolling = facts.controller == "ECS" and facts.strategy == _ROLLING and facts.desired > 0
    return rolling and facts.primary is not None and facts.primary.rollout == "IN_PROGRESS"


def _native_in_flight(facts: ServiceFacts) -> str:
    if facts.strategy == _ROLLING or not in_flight(facts):
        return ""
    release = facts.service_deployment
    stage = f", stage {release.stage}" if release and release.stage else ""
    return f"its {facts.strategy} deployment is in progress{stage}"
