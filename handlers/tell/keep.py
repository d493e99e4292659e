"""Composes the answers of ``keep``, ``pause`` and ``resume``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.operation import by_whom
from handlers.tell.restart import start_for
from handlers.words.message import Offer, Text, blocks
from handlers.words.plan import Plan
from handlers.words.result import Choice, Form, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.access.people import Role
from policies.schedule.overrides import Asked, Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.standing import FOR_EVER, Seen, Standing, from_until, said_in_full, words_seen
from policies.times.instants import TimeError
from policies.times.instants import words as span_words

PAUSED = "paused for tonight"
"""The reason of an override that ``pause`` sets for tonight."""
PAUSED_UNTIL = "paused"
"""The reason of an override that ``pause`` sets with a time."""
STOP_NOW = Offer("Stop now", "stop", style="danger")


def undo(override_id: str) -> Offer:
    """The button that removes exactly this override, if it is still in force at the press."""
    return Offer("Undo", "resume", arguments={"override": override_id}, expires_in=timedelta(hours=12))


def not_a_time(wrong: TimeError) -> Refusal:
    return Refusal(refuse("keep.time", f"{wrong} Nothing was changed."))


def shown_first(
    environment: str, asked: Asked, said_so: str, plan: Plan, *, at: tuple[tzinfo, datetime]
) -> Choice:
    """Ask about a rough time, shown as the exact time that it is read as. ``at`` is the zone and the current
    time.
    """
    zone, now = at
    on = "on" if asked.state == "up" else "off"
    words = f"{on} until {typed(asked.until, zone)}" + (f' "{asked.reason}"' if asked.reason else "")
    offer = Offer(
        f"Keep {on} until {said_in_full(asked.until, zone, now)}",
        "keep",
        environment,
        arguments={"words": words},
        style="primary",
    )
    told = f"Keep `{environment}` {on} until {said_in_full(asked.until, zone, now)}? {_taken(said_so)}"
    return Choice(told, blocks(Text(plan.notes)), (offer,))


def _taken(said_so: str) -> str:
    """Quote the person's words, which left the time open."""
    return f'That is what "{said_so}" is taken for.'


def form(
    environment: str,
    *,
    initial: datetime,
    ends: datetime | None,
    longest: timedelta,
    at: tuple[tzinfo, datetime],
) -> Form:
    """The form that asks for the time. ``ends`` is the end of the schedule's present window; ``at`` is the
    zone and the current time.
    """
    zone, now = at
    stops = (
        f"By its schedule it is on until {said_in_full(ends, zone, now)}. "
        if ends and ends < FOR_EVER
        else ""
    )
    return Form(
        f"Until when is {environment} to stay on?",
        f"{stops}{said_in_full(initial, zone, now)} is filled in; Slack shows it in your own time zone.",
        "keep",
        environment,
        initial,
        longest,
        zone,
    )


def until(moment: datetime, zone: tzinfo, why: str) -> str:
    """Return what a submitted form asks ``keep`` for, as somebody would type it."""
    reason = " ".join(why.replace('"', "'").split())
    return f"until {typed(moment, zone)}" + (f' "{reason}"' if reason else "")


NO_MOMENT = "Choose a day and a time."
"""The mistake shown beneath a form field, which shows no mark-up."""


def passed(zone: tzinfo, now: datetime) -> str:
    """The mistake, beneath the field, of a time that has passed."""
    return f"That has passed: it is {said_in_full(now, zone, now)} now. Choose a later time."


def beyond_longest(environment: str, latest: datetime, zone: tzinfo, now: datetime) -> str:
    """The mistake, beneath the field, of a time that is too late."""
    span, at = span_words(latest - now), said_in_full(latest, zone, now)
    return f"{environment} is kept on for at most {span}, which is until {at}."


def no_schedule(environment: str) -> Unchanged:
    told = f"`{environment}` has no schedule, so nothing stops it and there is nothing to keep it on for."
    return Unchanged(told, blocks(Text(("A person may still stop it.",))))


def kept_already(
    environment: str, held: Override, asked: Asked, anyway: datetime | None, *, zone: tzinfo, now: datetime
) -> Unchanged:
    """Say that a keep holds already. ``anyway`` is the time until which the schedule alone leaves the
    environment on; no keep ends sooner.
    """
    on, at = "on" if held.state == "up" else "off", said_in_full(held.end, zone, now)
    told = f"`{environment}` stays {on} until {at} already: {_keeper(held)} keeps it{_why(held)}."
    if asked.until >= held.end:
        return Unchanged(told, offers=(undo(held.id),))
    return Unchanged(told, offers=(*_shorten(held, asked, anyway, zone, now),))


def _shorten(
    held: Override, asked: Asked, anyway: datetime | None, zone: tzinfo, now: datetime
) -> Iterator[Offer]:
    """Offer to shorten the keep to the time that was asked for, but not to before the schedule's own end."""
    ends = max(asked.until, anyway) if anyway else asked.until
    if ends >= held.end:
        return
    on = "" if held.state == "up" else "off "
    words = f"{on}until {typed(ends, zone)}" + (f' "{asked.reason}"' if asked.reason else "")
    arguments = {"words": words, "shorten": held.id}
    yield Offer(f"Shorten to {said_in_full(ends, zone, now)}", "keep", arguments=arguments)


def typed(instant: datetime, zone: tzinfo) -> str:
    """Write the time as ``keep`` reads it: to the minute, with the offset, so that it is the same instant in
    any zone.
    """
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M}{local:%z}"


def span_typed(planned: Override) -> str:
    """Write an override's span as ``keep`` reads it."""
    on = "on" if planned.state == "up" else "off"
    return f"{on} from {typed(planned.since, UTC)} until {typed(planned.until, UTC)}"


def _keeper(held: Override) -> str:
    return held.actor_name or "somebody"


def _why(held: Override) -> str:
    return f" ({held.reason})" if held.reason else ""


def on_anyway(
    environment: str, asked: Asked, anyway: datetime, *, zone: tzinfo, now: datetime, spans: bool
) -> Unchanged:
    """Say that the schedule keeps the environment on for longer, so nothing is kept. ``spans`` says that a
    duration was asked for, which may have been meant from the end of the window.
    """
    if anyway >= FOR_EVER:
        return Unchanged(f"`{environment}` is on by its schedule for good, so nothing has to keep it on.")
    until = said_in_full(anyway, zone, now)
    sooner = said_in_full(asked.until, zone, now)
    told = f"`{environment}` is on by its schedule until {until}; {sooner} is before that."
    if not spans:
        return Unchanged(told)
    longer = anyway + (asked.until - now)
    words = f"until {typed(longer, zone)}" + (f' "{asked.reason}"' if asked.reason else "")
    return Unchanged(
        told,
        offers=(
            Offer(f"Keep on until {said_in_full(longer, zone, now)}", "keep", arguments={"words": words}),
        ),
    )


def too_late(
    environment: str, move: OperationRecord | None, seen: Seen, *, assume: timedelta, now: datetime
) -> Unchanged:
    """Say that the environment is stopped or is stopping. A start cancels a stop that is under way."""
    told = f"`{environment}` is stopped already, so there is nothing to keep on."
    if seen == "stopping" and move is not None:
        told = f"`{environment}` is stopping ({by_whom(move, now=now)}); starting it ends that."
    return Unchanged(told, offers=(start_for(assume),))


def still_on(environment: str, seen: Seen, *, may_stop: bool) -> Refusal:
    told = f"`{environment}` is {seen}, so it cannot be kept off. Stop it, then keep it off."
    return Refusal(refuse("keep.on", told), offers=(STOP_NOW,) if may_stop else ())


def too_long(
    environment: str, until: datetime, longest: timedelta, *, zone: tzinfo, now: datetime
) -> Refused:
    told = (
        f"Until {said_in_full(until, zone, now)} is {span_words(until - now)}, and `{environment}` is kept "
        f"for at most {span_words(longest)}. Nothing was changed."
    )
    return refuse("overrides.longest", told)


@dataclass(frozen=True)
class Outside:
    """A keep that is longer than everybody's right. ``span``: how much of it is outside the schedule;
    ``bounded``: how much of that anybody may ask for; ``since``: when it begins, if later than now.
    """

    until: datetime
    span: timedelta
    bounded: timedelta
    role: Role
    zone: tzinfo
    since: datetime | None = None


def beyond(environment: str, asked: Outside, now: datetime) -> Refused:
    """Say first how the words were read: the time may be another one than was meant."""
    if asked.since is None:
        read = f"Until {said_in_full(asked.until, asked.zone, now)}"
    else:
        read = f"The keep {from_until(asked.since, asked.until, asked.zone, now)}"
    return refuse(
        "access.bounded",
        f"{read} is {span_words(asked.span)} outside the schedule of `{environment}`; more than "
        f"{span_words(asked.bounded)} needs operator; you have {asked.role.word}. Nothing was changed.",
    )


def notes(asked: Asked, row: ScheduleRow | None, own: Standing) -> tuple[str, ...]:
    """The notes of a plan. ``own`` is the environment's standing by its schedule alone."""
    if row is None:
        return ("It has no schedule, so nothing would start it before or after.",)
    said = [f"Reason: {asked.reason}"] if asked.reason else []
    if row.mode == "observe":
        said.append("Its schedule only observes: nothing would have been done to it.")
    elif own.state == asked.state and (own.until is None or own.until >= asked.until):
        said.append("By its schedule it would be so anyway.")
    return tuple(said)


def instead(held: Override | None, zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """The note of a plan that replaces another override in force."""
    if held is None:
        return ()
    on = "on" if held.state == "up" else "off"
    return (f"{_keeper(held)} kept it {on} until {said_in_full(held.end, zone, now)}{_why(held)}.",)


def nothing_left(environment: str) -> Unchanged:
    return Unchanged(f"Nothing is tried again in `{environment}`.")


def again(held: Override | None, zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """The note of a plan that removes an override, so that the one it replaced takes effect again."""
    if held is None:
        return ()
    on = "on" if held.state == "up" else "off"
    return (f"{_keeper(held)} keeps it {on} until {said_in_full(held.until, zone, now)}{_why(held)} again.",)


def was(stands: Standing, now: datetime, *, seen: Seen) -> tuple[str, ...]:
    """The note of a plan that removes the override in force."""
    return (f"It was {words_seen(stands, now, seen=seen)}.",)


def nothing_kept(environment: str, stands: Standing, now: datetime, *, seen: Seen) -> Unchanged:
    return Unchanged(
        f"Nothing keeps `{environment}` from its schedule: {words_seen(stands, now, seen=seen)}."
    )


def ended_already(environment: str, stands: Standing, now: datetime, *, seen: Seen) -> Unchanged:
    return Unchanged(f"That keep has ended; `{environment}` is {words_seen(stands, now, seen=seen)}.")
