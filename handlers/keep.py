"""`/env keep staging until 23:00 "smoke test"`: an exception to the schedule that always ends by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from handlers.now import held_now, sleeping, stands, terms
from handlers.ports.scope import Scope
from handlers.steps.override import override_step
from handlers.tell import keep as tell
from handlers.words.arguments import sentence
from handlers.words.operation import operation
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import Refused
from policies.access.people import Role
from policies.record.lifecycle import WHOLE
from policies.schedule.overrides import Asked, Keep
from policies.schedule.standing import zone_of
from policies.secrets.redaction import redact
from policies.times.instants import TimeError


@operation("keep", role=Role.DEVELOPER, changes=True, conflicts="override", undone_by="resume")
def keep(
    scope: Scope, words: Annotated[Keep, sentence("until when, and why", 'until 23:00 "smoke test"')]
) -> Plan | Refusal | Unchanged:
    """Keep an environment on (or off) until a time, whatever its schedule says."""
    zone = zone_of(scope.environment, scope.schedule)
    try:
        asked = words.at(scope.now, zone)
    except TimeError as wrong:
        return tell.not_a_time(wrong)
    asked = replace(asked, reason=redact(asked.reason))
    too_long = over(scope, asked)
    if too_long is not None:
        return Refusal(too_long)
    return kept_on(scope, asked) if asked.state == "up" else _kept_off(scope, asked)


def kept_on(scope: Scope, asked: Asked) -> Plan | Refusal | Unchanged:
    """The plan that keeps it on; or why there is none: nothing to keep, or kept so already."""
    name = scope.environment.name
    if scope.schedule is None:
        return tell.no_schedule(name)
    if sleeping(scope) or _being_stopped(scope):
        return tell.too_late(name, terms(scope).assume)
    held = held_now(scope)
    if held is not None and (held.state, held.until) == (asked.state, asked.until):
        zone = zone_of(scope.environment, scope.schedule)
        return tell.kept_already(name, held, held.until, zone=zone, now=scope.now)
    more = _beyond(scope, asked)
    if more and scope.role < Role.OPERATOR:
        return Refusal(more)
    return Plan(
        doing="keeping on",
        steps=(override_step("up", scope.now, asked.until, asked.reason, zone=asked.zone),),
        before={"override": held.id if held else ""},
        notes=tell.notes(asked, scope.schedule, stands(scope, without=True)),
        needs=Role.OPERATOR if more else None,
    )


def _kept_off(scope: Scope, asked: Asked) -> Plan | Refusal:
    """What runs is not kept off: it has to be stopped first, which is another operation."""
    if not sleeping(scope):
        return tell.still_on(scope.environment.name, may_stop=scope.role >= Role.OPERATOR)
    return Plan(
        doing="keeping off",
        steps=(override_step("down", scope.now, asked.until, asked.reason, zone=asked.zone),),
        notes=tell.notes(asked, scope.schedule, stands(scope, without=True)),
        needs=Role.OPERATOR,
    )


def _being_stopped(scope: Scope) -> bool:
    running = scope.running.get(WHOLE)
    return running is not None and running.name == "stop"


def over(scope: Scope, asked: Asked) -> Refused | None:
    """Longer than anything may be kept here, whoever asks."""
    longest = terms(scope).longest
    if asked.until - scope.now <= longest:
        return None
    zone = zone_of(scope.environment, scope.schedule)
    return tell.too_long(scope.environment.name, asked.until, longest, zone=zone, now=scope.now)


def _beyond(scope: Scope, asked: Asked) -> Refused | None:
    """More than is everybody's right. What is bounded is the time from the end of the window on."""
    own = stands(scope, without=True)
    begins = max(scope.now, own.until) if own.state == "up" and own.until else scope.now
    bounded = terms(scope).bounded
    if asked.until - begins <= bounded:
        return None
    return tell.beyond(scope.environment.name, asked.until - begins, bounded, role=scope.role)
