"""`/env stop staging`: save how everything is, set every service to zero, then stop the databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from handlers.now import held_now, under_way
from handlers.ports.aws import Moves
from handlers.ports.scope import Scope
from handlers.steps.capacity import batches, count_of, set_desired_step
from handlers.steps.capacity_groups import groups_of, others_down, shrink_step, sizes_of
from handlers.steps.database import state_of, users_now
from handlers.steps.override import end_override_step
from handlers.steps.said import said_before, say_step
from handlers.steps.saved import save_step
from handlers.steps.write_schedule import remove_schedule_step
from handlers.tell import stop as tell
from handlers.tell.status import left_out
from handlers.tell.stop import Touched
from handlers.words.arguments import Hidden
from handlers.words.errors import Denied, Trouble
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Facts, Json, Plan, Question, Step
from handlers.words.result import Refusal
from policies.access.decision import Refused
from policies.access.people import ClockActor, Role
from policies.capacity import stopping
from policies.capacity.databases import Fate, needed, to_stop
from policies.capacity.facts import DatabaseFacts, ScalingFacts
from policies.capacity.groups import CapacityGroup, at_zero, kept_on
from policies.capacity.rules import must_suspend
from policies.schedule.overrides import Override
from policies.schedule.rows import BY_HAND
from policies.schedule.standing import zone_of
from policies.service import one_off
from policies.service.facts import ServiceFacts
from policies.service.one_off import OneOff

NEVER_PROVEN = "never proven"


@dataclass(frozen=True)
class Found:
    """What a stop is planned on. ``interrupting``: this stop cancels a start under way. The start's last
    calls may still take effect, so every service is set to zero whatever its count shows now.
    """

    sorted: stopping.Sorted
    scaling: dict[str, ScalingFacts]
    databases: tuple[DatabaseFacts, ...]
    groups: tuple[CapacityGroup, ...]
    interrupting: bool

    def to_suspend(self, service: str) -> bool:
        scaling = self.scaling.get(service)
        return scaling is not None and (self.interrupting or must_suspend(scaling))

    def to_zero(self, facts: ServiceFacts) -> bool:
        return self.interrupting or bool(facts.desired or facts.running or facts.pending)


@operation(
    "stop",
    purpose=Purpose.TONIGHT,
    role=Role.OPERATOR,
    changes=True,
    verb=Verb("stopping", "stopped", "did not stop"),
    conflicts="deployment",
    cancels=("start",),
    confirm=True,
    danger=True,
    noticed=True,
    brings="down",
    aliases=("sleep",),
)
def stop(scope: Scope, flag: Hidden[str] = "", retry_of: Hidden[str] = "") -> Plan | Refusal:
    """Stop a whole environment: its services, then its databases, remembering how it was.

    A person is asked first, and told who keeps the environment on and who used it last. ``flag`` and
    ``retry_of`` come from the clock. ``flag``: how to flag a deployment in flight that the stop no longer
    waits for. ``retry_of``: the operation that this one continues, for the record.
    """
    members = scope.services.members()
    ground = stopping.own_ground(scope.environment, members.own, scope.running_on)
    if isinstance(ground, Refused):
        return Refusal(ground)
    services = _read(scope, [s.name for s in members.own])
    if isinstance(scope.actor, ClockActor) and flag != NEVER_PROVEN:
        settled = stopping.postponed(services)
        if isinstance(settled, Refused):
            return Refusal(settled)
    found = Found(
        stopping.sort_services(services),
        dict(scope.scaling.facts([f.name for f in services])),
        scope.databases.facts(),
        groups_of(scope, services),
        interrupting=under_way(scope) is not None,
    )
    fates, kept = _fates(scope, found), _kept(scope, found)
    steps = _steps(found, fates, [g for g in found.groups if g.name not in kept])
    lacking = _lacking(scope, steps)
    if lacking:
        return tell.lacking(scope.environment.name, lacking)
    if not steps and found.sorted.busy and not isinstance(scope.actor, ClockActor):
        return tell.all_in_flight(found.sorted.notes)
    disputed = left_out(sorted(members.disputed))
    lasting = [f.why for f in fates if f.for_good]
    old = said_before(scope) if lasting else frozenset()
    new = [why for why in lasting if why not in old]
    known = old if isinstance(scope.actor, ClockActor) else frozenset()
    notes = (*found.sorted.notes, *disputed, *(f.why for f in fates if f.why and f.why not in known))
    notes = (*notes, *filter(None, kept.values()), *(_predictive(scope, found) if steps else ()))
    if steps and new:
        steps = (*steps, say_step(new, after=(0,)))
    if isinstance(scope.actor, ClockActor):
        told: tuple[str, ...] = (*notes, tell.STILL_COSTS) if steps else notes
        return Plan("stopping", steps, _before(services, found), told)
    return _asked(scope, found, steps, notes, _before(services, found))


def _asked(
    scope: Scope, found: Found, steps: tuple[Step, ...], notes: tuple[str, ...], before: Facts
) -> Plan:
    """Return the plan for a person, who is asked first and told whom the stop touches. How much runs and when
    it was last used are shown as of now, and may change until the plan is confirmed.
    """
    held, move = held_now(scope), under_way(scope)
    ends = _end_of_keep(scope, held)
    used = scope.last_used() if steps or ends else None
    touched = tell.touched(held, move, used, zone=_zone(scope), now=scope.now) if steps or ends else Touched()
    notes = (*notes, tell.STILL_COSTS) if steps else notes
    zero = [s.on for s in steps if s.kind == "set desired"]
    tasks = sum(f.running for f in found.sorted.stop if f.name in zero)
    question = Question(
        tell.question(scope.environment.name, zero, [s.on for s in steps if s.kind == "stop database"]),
        (*touched.now, *tell.at_work(zero, tasks, _beside(scope, steps)), *notes),
        tell.STOP_IT,
    )
    return Plan("stopping", (*steps, *ends), before, (*touched.lines, *notes), question=question)


def _beside(scope: Scope, steps: Sequence[Step]) -> tuple[OneOff, ...]:
    """Return the one-off tasks that run next to the services, if any step waits for them; none if AWS does
    not answer.
    """
    if not any(step.kind == "await tasks" for step in steps):
        return ()
    try:
        return one_off.awaited(scope.tasks.one_off())
    except Trouble:
        return ()


def _predictive(scope: Scope, found: Found) -> tuple[str, ...]:
    """Name the predictive policies to a person before a stop; the clock skips this, to save a call per
    service.

    Says nothing if AWS does not answer: what the person confirms is the plan that was shown.
    """
    names = [f.name for f in found.sorted.stop if f.name in found.scaling]
    if isinstance(scope.actor, ClockActor) or not names:
        return ()
    try:
        acting = scope.scaling.predictive(names)
    except Denied as denied:
        return (tell.predictive_unknown(denied.sentence),)
    except Trouble:
        return ()
    return tuple(tell.predictive(name, policies) for name, policies in acting.items())


def _end_of_keep(scope: Scope, held: Override | None) -> tuple[Step, ...]:
    """Return the steps that end what keeps the environment on, because an override would go on saying so
    after the stop. The clock stops nothing that is kept on. ``held``: the override in force.
    """
    row = scope.schedule
    ends = [remove_schedule_step(row)] if row is not None and row.origin == BY_HAND else []
    if held is not None and held.state == "up":
        ends.append(end_override_step(held, told=tell.keep_ended(held, _zone(scope), scope.now)))
    return tuple(ends)


def _zone(scope: Scope) -> tzinfo:
    return zone_of(scope.environment, scope.schedule)


def _lacking(scope: Scope, steps: Sequence[Step]) -> Mapping[str, tuple[str, ...]]:
    """Return what the role may not do of these steps, or of the start after them. If IAM does not answer,
    nothing is known to be lacking, and the call itself decides.
    """
    if not steps:
        return {}
    moves = Moves(
        services=tuple(s.on for s in steps if s.kind == "set desired"),
        scaled=tuple(s.on for s in steps if s.kind == "suspend scaling"),
        databases=tuple(s.on for s in steps if s.kind == "stop database"),
        groups=tuple(s.on for s in steps if s.kind == "shrink group"),
    )
    try:
        return scope.permissions.lacking(moves)
    except Trouble:
        return {}


def _read(scope: Scope, names: Sequence[str]) -> list[ServiceFacts]:
    """Read the services. A native deployment is known only by its service deployment, which only the full
    facts have.
    """
    return [
        scope.services.facts(f.name) if f.desired and f.strategy != "ROLLING" else f
        for f in scope.services.summaries(names)
    ]


def _fates(scope: Scope, found: Found) -> list[Fate]:
    held = found.sorted.holds_databases
    named = scope.environment.databases
    fates = [to_stop(d, users_now(scope, d.id), seen=scope.seen, named=named) for d in found.databases]
    if not held:
        return fates
    return [Fate(f.database, "nothing", needed(f.database, held)) if f.do == "stop" else f for f in fates]


def _kept(scope: Scope, found: Found) -> dict[str, str]:
    """Return the instance groups that are not shrunk, and why; a group at zero has no reason."""
    going = [f.name for f in found.sorted.stop]
    kept: dict[str, str] = {}
    for group in found.groups:
        why = kept_on(group, scope.environment.name, others_down(scope, group), seen=scope.seen, going=going)
        if why or (at_zero(group.sizes) and not group.instances and not found.interrupting):
            kept[group.name] = why if group.instances else ""
    return kept


def _steps(found: Found, fates: Sequence[Fate], groups: Sequence[CapacityGroup]) -> tuple[Step, ...]:
    """Return the steps: everything after the save, each count after its suspension. Databases follow once all
    counts have ended, even in failure, and the one-off tasks that may use them; instances follow once all
    counts succeeded.
    """
    steps = [save_step(settle=found.interrupting)]
    zero = [f.name for f in found.sorted.stop if found.to_zero(f)]
    together = batches(zero)
    counts: list[int] = []
    for facts in found.sorted.stop:
        follows = 0
        if found.to_suspend(facts.name):
            follows = len(steps)
            steps.append(Step("suspend scaling", on=facts.name, after=(0,)))
        if facts.name in together:
            counts.append(len(steps))
            steps.append(set_desired_step(facts.name, 0, together[facts.name], after=(follows,)))
    databases = [fate.database for fate in fates if fate.do == "stop"]
    if databases or groups:
        steps.append(Step("go on", after=tuple(counts) or (0,)))
        waited = len(steps)
        steps.append(Step("await tasks", after=(0, waited - 1)))
        steps += [Step("stop database", on=name, after=(waited,)) for name in databases]
        steps += [shrink_step(group, after=(waited, *counts)) for group in groups]
    return tuple(steps) if len(steps) > 1 else ()


def _before(services: Sequence[ServiceFacts], found: Found) -> dict[str, Json]:
    before: dict[str, Json] = {}
    for facts in services:
        before |= count_of(facts)
    for name in found.sorted.unproven:
        revision = next(f.revision for f in found.sorted.stop if f.name == name)
        before[f"{NEVER_PROVEN} {name}"] = {"revision": revision}
    for database in found.databases:
        before |= state_of(database)
    for group in found.groups:
        before |= sizes_of(group)
    return before
