"""`/env keep staging until 23:00 "smoke test"`: an exception to the schedule, which always ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Annotated

from handlers.now import held_now, meant, on_anyway, seen_now, stands, terms, under_way
from handlers.planned import begin, plan_keep
from handlers.ports.scope import Scope
from handlers.steps.override import end_override_step, override_step
from handlers.tell import keep as tell
from handlers.tell.steps.override import on_its_way
from handlers.words.arguments import Hidden, sentence
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Form, Refusal, Unchanged
from policies.access.decision import Refused
from policies.access.people import Role
from policies.schedule.overrides import Asked, Keep, Override
from policies.schedule.standing import zone_of
from policies.secrets.redaction import redact
from policies.times.between import Between
from policies.times.instants import TimeError, When

LONGER = timedelta(hours=2)
"""How long after the end of the window a form's initial time is."""
AT_LEAST = timedelta(minutes=1)


@operation(
    "keep",
    purpose=Purpose.TONIGHT,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("being kept as it is", "is kept as it is", "is not kept as it is", whole=True),
    conflicts="override",
    noticed=True,
    undone_by="resume",
)
def keep(
    scope: Scope,
    words: Annotated[Keep, sentence("until when, or from when to when", "until 23:00", why="smoke test")],
    shorten: Hidden[str] = "",
    form: Hidden[bool] = False,
    instead: Hidden[str] = "",
    begins: Hidden[str] = "",
) -> Plan | Refusal | Choice | Unchanged | Form:
    """Keep an environment on (or off) until a time, or from one time to another, whatever its schedule says.

    ``shorten``: the override that this keep may end sooner; any other override that lasts longer stays.
    ``form``: open a form with this time as its initial value. ``instead``: the planned keeps that are shown
    to be replaced. ``begins``: the planned keep whose beginning has come; the clock asks for that.
    """
    zone, when = zone_of(scope.environment, scope.schedule), words.when
    if begins:
        return begin(scope, begins)
    if form:
        return _form(scope, words, zone)
    if isinstance(when, Between):
        return plan_keep(scope, words, when, instead)
    return _from_now(scope, words, when, shorten)


def _from_now(scope: Scope, words: Keep, when: When, shorten: str) -> Plan | Refusal | Choice | Unchanged:
    zone = zone_of(scope.environment, scope.schedule)
    try:
        asked = Asked(words.state, meant(scope, when), redact(words.reason), when.zone)
    except TimeError as wrong:
        return tell.not_a_time(wrong)
    too_long = over(scope, asked)
    if too_long is not None:
        return Refusal(too_long)
    if asked.state == "down":
        found = _kept_off(scope, asked, shorten)
    else:
        found = kept_on(scope, asked, shorten=shorten, spans=_spans(when, scope.now, zone))
    if isinstance(found, Plan) and when.rough:
        return tell.shown_first(scope.environment.name, asked, when.text, found, at=(zone, scope.now))
    return found


def _form(scope: Scope, words: Keep, zone: tzinfo) -> Form:
    """Build the form from the schedule alone, because the person who pressed is waiting. The button's time
    may have passed since it was drawn.
    """
    own, longest = stands(scope, without=True), terms(scope).longest
    begins = max(scope.now, own.until) if own.state == "up" and own.until else scope.now
    try:
        initial = words.at(scope.now, zone).until
    except TimeError:
        initial = begins + LONGER
    return tell.form(
        scope.environment.name,
        initial=min(max(initial, scope.now + AT_LEAST), scope.now + longest),
        ends=own.until if own.state == "up" else None,
        longest=longest,
        at=(zone, scope.now),
    )


def _spans(when: When, now: datetime, zone: tzinfo) -> bool:
    """Return whether a span was asked for, whose end moves with the time of asking."""
    later = timedelta(hours=1)
    return when.at(now + later, zone) - when.at(now, zone) == later


def kept_on(
    scope: Scope, asked: Asked, *, shorten: str = "", spans: bool = False
) -> Plan | Refusal | Unchanged:
    """Return the plan that keeps the environment on, or why there is none: no schedule, too late, already
    kept for longer, on by its schedule until then anyway, or more than the actor may ask for.
    """
    name = scope.environment.name
    if scope.schedule is None:
        return tell.no_schedule(name)
    match seen_now(scope):
        case "stopping" | "off" as seen:
            return tell.too_late(name, under_way(scope), seen, assume=terms(scope).assume, now=scope.now)
        case seen:
            pass
    held, own, anyway = held_now(scope), stands(scope, without=True), on_anyway(scope)
    if held is not None and _lasts(held, asked, shorten):
        return tell.kept_already(name, held, asked, anyway, zone=own.zone, now=scope.now)
    if anyway and asked.until <= anyway:
        if held is not None and held.id == shorten:
            return _given_back(scope, held)
        return tell.on_anyway(name, asked, anyway, zone=own.zone, now=scope.now, spans=spans)
    more = _beyond(scope, asked)
    if more and scope.role < Role.OPERATOR:
        return Refusal(more, wants=Role.OPERATOR)
    return Plan(
        doing="keeping on",
        steps=(override_step(asked, scope.now, shortens=shorten, told=on_its_way(seen)),),
        before={"override": held.id if held else ""},
        until=asked.until,
        notes=(*tell.notes(asked, scope.schedule, own), *tell.instead(held, own.zone, scope.now)),
        needs=Role.OPERATOR if more else None,
    )


def _lasts(held: Override, asked: Asked, shorten: str) -> bool:
    """Return whether the override in force lasts as long as asked, and nobody asked to shorten it."""
    same = held.state == asked.state
    return same and (held.end == asked.until or (held.end > asked.until and held.id != shorten))


def _kept_off(scope: Scope, asked: Asked, shorten: str) -> Plan | Refusal | Unchanged:
    """Return the plan that keeps the environment off. One that is on or starting is refused: it has to be
    stopped first, which is another operation.
    """
    seen = seen_now(scope)
    if seen in ("on", "starting"):
        return tell.still_on(scope.environment.name, seen, may_stop=scope.role >= Role.OPERATOR)
    held, own = held_now(scope), stands(scope, without=True)
    if held is not None and _lasts(held, asked, shorten):
        return tell.kept_already(scope.environment.name, held, asked, None, zone=own.zone, now=scope.now)
    return Plan(
        doing="keeping off",
        steps=(override_step(asked, scope.now, shortens=shorten, told=on_its_way(seen)),),
        before={"override": held.id if held else ""},
        until=asked.until,
        notes=(*tell.notes(asked, scope.schedule, own), *tell.instead(held, own.zone, scope.now)),
        needs=Role.OPERATOR,
    )


def _given_back(scope: Scope, held: Override) -> Plan:
    """End the override: it is shortened to where the schedule ends by itself, so nothing has to keep the
    environment on until then.
    """
    notes = tell.was(stands(scope), scope.now, seen=seen_now(scope))
    return Plan(
        doing="ending the override of",
        steps=(end_override_step(held),),
        before={"override": held.id},
        notes=notes,
        of=held.id,
    )


def over(scope: Scope, asked: Asked) -> Refused | None:
    """Refuse a keep longer than anybody may ask for here."""
    longest = terms(scope).longest
    if asked.until - scope.now <= longest:
        return None
    zone = zone_of(scope.environment, scope.schedule)
    return tell.too_long(scope.environment.name, asked.until, longest, zone=zone, now=scope.now)


def _beyond(scope: Scope, asked: Asked) -> Refused | None:
    """Say that a keep is longer than everybody's right, measured from the end of the window."""
    own = stands(scope, without=True)
    begins = max(scope.now, own.until) if own.state == "up" and own.until else scope.now
    bounded = terms(scope).bounded
    if asked.until - begins <= bounded:
        return None
    zone = zone_of(scope.environment, scope.schedule)
    outside = tell.Outside(asked.until, asked.until - begins, bounded, scope.role, zone)
    return tell.beyond(scope.environment.name, outside, scope.now)
