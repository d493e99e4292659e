"""4. plan: asks the operation itself. A read is answered; a change says what it would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from handlers.gate import entries, record, wanting
from handlers.gate.case import Case
from handlers.gate.fitting import fit, in_channel
from handlers.gate.judge import Judge
from handlers.gate.judgement import in_the_way
from handlers.gate.parts import Parts
from handlers.gate.resolve import Unnamed, target
from handlers.gate.telling import notice_of
from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.tell import gate as tell
from handlers.words.errors import StoreLost, Trouble
from handlers.words.operation import Operation, Reach
from handlers.words.plan import Plan
from handlers.words.result import Answer, Choice, Form, Missing, Refusal, Reply, Result, Unchanged
from policies.access.decision import Allowed
from policies.access.people import ClockActor, Role
from policies.record.lifecycle import WHOLE
from policies.service.environment import Environment


def plan(parts: Parts, case: Case) -> Case | Reply:
    """Plan from what AWS says now. Raises ``Trouble`` if AWS does not answer what a read asks for."""
    try:
        if case.place is None or case.asked.reach is Reach.ONE_OR_ALL:
            desk = parts.desk(case.actor, case.state, channel=case.request.channel)
            result: Result = case.asked.run(replace(desk, named=case.place))
            return _came_to(parts, replace(case, target=WHOLE), result)
        return _in_environment(parts, case, case.place)
    except StoreLost:
        raise
    except Trouble as trouble:
        if case.place is None or not case.asked.changes:
            raise
        return record.unread(parts, case, trouble)


def _in_environment(parts: Parts, case: Case, place: Environment) -> Case | Reply:
    scope = fit(parts, place, case.actor, case.state)
    found = target(case.request.target, case.asked, scope)
    if isinstance(found, Missing):
        return _corrected(parts, case, found)
    if isinstance(found, Unnamed):
        return _which(parts, case, scope, found.names)
    if isinstance(found, Refusal):
        return record.refused(parts, case, found.decision)
    case = replace(case, target=found)
    running = parts.records.running([place.name])
    on = () if found == WHOLE else (found,)
    if case.asked.changes and (held := conflict(case.asked, found, running)):
        mistake: Result | None = case.asked.mistaken(scope, *on) if case.asked.mistaken else None
        return _busy(parts, case, held) if mistake is None else _came_to(parts, case, mistake)
    need = _needed(parts, case, place)
    scope = replace(scope, running=_by_target(parts, running), logs_need=need)
    run: Callable[[Scope], Result] = lambda at: case.asked.run(at, *on)  # noqa: E731
    came = _came_to(parts, case, run(scope))
    return _for_all(came, scope, run) if isinstance(came, Case) else came


def _needed(parts: Parts, case: Case, place: Environment) -> Role | None:
    """Return the role that the included operation needs, if the actor may not ask for it here."""
    if not case.asked.includes:
        return None
    included = parts.registry.operations[case.asked.includes].demanding(case.state.settings)
    decision = Judge(parts, included, case.actor, place).decide(case.state, parts.clock.now())
    return None if isinstance(decision, Allowed) else included.role


def _corrected(parts: Parts, case: Case, missing: Missing) -> Missing:
    """Add a button for the service that may have been meant, or for each of a few."""
    if missing.near:
        offers = tell.instead(case.request, case.asked, place=case.environment, target=missing.near)
    else:
        offers = tell.one_of(case.request, case.asked, place=case.environment, among=missing.among)
    return record.offered(parts, case, replace(missing, offers=offers))


def _which(parts: Parts, case: Case, scope: Scope, names: Sequence[str]) -> Missing:
    """Ask which service is meant: a button for each, if they are few. One with which the arguments cannot be
    meant is left out.
    """
    judged = case.asked.mistaken
    fit = [name for name in names if judged is None or judged(scope, name) is None] or names
    asks = tell.which_service(case.request, case.asked, place=case.environment, among=fit)
    return record.offered(parts, case, asks)


def _for_all(case: Case, scope: Scope, run: Callable[[Scope], Result]) -> Case:
    """Return the case with notes fit for everyone in the channel where the operation is shown.

    If the actor may view more environments that share something with this one, the plan is made again with
    fewer names. If its steps then differ, the notes are dropped.
    """
    aloud = in_channel(scope.environment, case.state)
    if case.plan is None or not _more(scope, aloud):
        return case
    again = run(replace(scope, seen=aloud))
    same = isinstance(again, Plan) and again.steps == case.plan.steps
    notes = again.notes if isinstance(again, Plan) and same else ()
    return replace(case, plan=replace(case.plan, notes=notes))


def _more(scope: Scope, aloud: frozenset[str]) -> bool:
    return any(e.name in scope.seen - aloud and _shares(scope.environment, e) for e in scope.neighbours)


def _shares(one: Environment, other: Environment) -> bool:
    """Return whether two environments share a database, or a cluster and with it the capacity."""
    clusters = set(one.pick.clusters) & set(other.pick.clusters)
    return bool(clusters or set(one.databases) & set(other.databases))


def _by_target(parts: Parts, running: Sequence[OperationRecord]) -> dict[str, OperationRecord]:
    """Index the running operations by target. Of two on one target, the one that moves it wins: a keep must
    not hide a start.
    """
    moves = {r.id for r in running if (declared := parts.operation(r.name)) and declared.brings}
    return {r.target: r for r in sorted(running, key=lambda r: r.id in moves)}


def _came_to(parts: Parts, case: Case, result: Result) -> Case | Reply:
    match result:
        case Plan():
            planned = replace(case, plan=result)
            return _to_confirm(parts, planned, result) or planned
        case Refusal(decision):
            told = record.refused(parts, case, decision)
            said = record.offered(parts, case, replace(_put_right(case, result), decision=told.decision))
            return wanting.explained(parts, case, said)
        case Answer() | Choice() | Unchanged():
            if not (isinstance(result, Answer) and result.nothing):
                record.read(parts, case, quotes=isinstance(result, Answer) and result.quotes)
            if isinstance(result, Answer) and result.then is not None:
                result.then()
            return record.offered(parts, case, result)
        case Missing():
            return record.offered(parts, case, result)
        case Form():
            return result
    assert_never(result)


def _put_right(case: Case, refusal: Refusal) -> Refusal:
    """Add a button for the arguments that may have been meant."""
    if not refusal.corrected:
        return refusal
    target = "" if case.target == WHOLE else case.target
    offers = tell.instead(
        case.request, case.asked, place=case.environment, target=target, corrected=refusal.corrected
    )
    return replace(refusal, offers=(*refusal.offers, *offers))


def _to_confirm(parts: Parts, case: Case, made: Plan) -> Choice | None:
    """Return the plan to confirm, if it has to be shown first or another plan was shown. The clock is not
    asked, and a plan without steps needs no confirmation.
    """
    request = case.request
    if request.confirmed == made.hash or not (case.asked.confirm or request.confirmed):
        return None
    if isinstance(case.actor, ClockActor) or not made.steps:
        return None
    shown = tell.to_confirm(request, case.asked, made, place=case.environment, target=case.target)
    return record.offered(parts, case, shown)


def _busy(parts: Parts, case: Case, held: OperationRecord) -> Reply:
    """Refuse before a plan is made, so that the plan's own deployment is not taken for somebody else's.

    If this delivery itself opened the running operation, it is answered with its report, as a replay.
    """
    refusal = busy(parts, case, held)
    entry = entries.refused(
        case.request,
        refusal.decision,
        now=parts.clock.now(),
        environment=held.environment,
        target=case.target,
    )
    fresh = parts.audit.append(entry, delivery=case.request.delivery)
    return refusal if fresh else parts.report(held)


def busy(parts: Parts, case: Case, held: OperationRecord) -> Refusal:
    """Say what is in the way. Where that ends by itself in a moment, a button asks again."""
    now = parts.clock.now()
    refusal = tell.busy(held, now=now, told_by=notice_of(parts, held, now))
    if not parts.at_once(held):
        return refusal
    target = "" if case.target == WHOLE else case.target
    again = tell.again(refusal, case.request, case.asked, place=case.environment, target=target)
    return record.offered(parts, case, again)


def conflict(operation: Operation, target: str, running: Sequence[OperationRecord]) -> OperationRecord | None:
    """Return the running operation that holds the lock this one would need. OPEN checks again, and its check
    counts.
    """
    group = (r for r in running if r.name not in operation.cancels)
    return next((r for r in group if in_the_way(r, operation.conflicts, target)), None)
