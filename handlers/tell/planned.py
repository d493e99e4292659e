"""Composes what is said of a keep that begins later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.keep import typed
from handlers.tell.operation import of
from handlers.words.message import Offer, Text, blocks
from handlers.words.plan import Plan
from handlers.words.result import Choice, Unchanged
from policies.access.decision import NotAllowed, Refused, refuse
from policies.schedule.overrides import Asked, Override
from policies.schedule.standing import Standing, from_until, said_by_weekday, said_in_full
from policies.times.between import Between
from policies.times.instants import words as span_words

_WORDS = {"up": "on", "down": "off"}
_OURS = ("safeguards.", "keep.", "overrides.")
"""Rules whose refusal says what has changed, and names no right of the person's."""


def cancel_offer(override: Override) -> Offer:
    """The button that cancels exactly this plan, if it has not begun at the press."""
    this = {"override": override.id}
    return Offer("Cancel", "resume", arguments=this, expires_in=timedelta(hours=12))


def _span(since: datetime, until: datetime, zone: tzinfo, now: datetime) -> str:
    return from_until(since, until, zone, now)


def _whose(override: Override) -> str:
    return f"{override.actor_name}'s" if override.actor_name else "the"


def _why(override: Override) -> str:
    return f" ({override.reason})" if override.reason else ""


def shown_first(
    environment: str,
    asked: tuple[Asked, Between],
    plan: Plan,
    others: Sequence[Override],
    *,
    at: tuple[tzinfo, datetime],
    today: datetime | None,
) -> Choice:
    """Ask, with the exact times and with what is replaced. ``today``: the end of the same span as of today,
    if that runs now; ``at`` is the zone and the current time.
    """
    (wanted, said), (zone, now) = asked, at
    assert wanted.since is not None
    on, why = _WORDS[wanted.state], f' "{wanted.reason}"' if wanted.reason else ""
    words = f"{on} from {typed(wanted.since, zone)} until {typed(wanted.until, zone)}{why}"
    instead = {"instead": ",".join(sorted(o.id for o in others))} if others else {}
    make = Offer("Plan it", "keep", environment, arguments={"words": words, **instead}, style="primary")
    offers = [make]
    if today is not None:
        label = f"Keep {on} until {said_in_full(today, zone, now)}"
        this = {"words": f"{on} until {typed(today, zone)}{why}"}
        offers.append(Offer(label, "keep", environment, arguments=this))
    taken = f' That is what "{said.text}" is taken for.' if said.rough or today is not None else ""
    told = f"Keep `{environment}` {on} {_span(wanted.since, wanted.until, zone, now)}?{taken}"
    replaced = (
        f"This replaces {_whose(o)} plan to keep it {_WORDS[o.state]} {_span(o.since, o.until, zone, now)}"
        f"{_why(o)}."
        for o in others
    )
    return Choice(told, blocks(Text((*replaced, *plan.notes))), tuple(offers))


def notes(asked: Asked, held: Override | None, zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """The notes of a plan: its reason, and what is in force when it begins."""
    assert asked.since is not None
    said = [f"Reason: {asked.reason}"] if asked.reason else []
    if held is not None and held.end > asked.since:
        until = said_in_full(held.end, zone, now)
        said.append(
            f"{held.actor_name or 'Somebody'} keeps it {_WORDS[held.state]} until {until} at present."
        )
    return tuple(said)


def no_schedule(environment: str) -> Unchanged:
    return Unchanged(
        f"`{environment}` has no schedule, so nothing can be planned for it: only a schedule lets the bot "
        "start or stop it by itself."
    )


def observes(environment: str) -> Unchanged:
    return Unchanged(
        f"The schedule of `{environment}` only observes, so nothing would start or stop it then."
    )


def so_anyway(environment: str, asked: Asked, own: Standing, *, now: datetime) -> Unchanged:
    """Say that the schedule does by itself what was to be planned."""
    assert asked.since is not None
    if own.until is None:
        return Unchanged(f"`{environment}` is {_WORDS[asked.state]} by its schedule for good.")
    until = said_in_full(own.until, own.zone, now)
    return Unchanged(
        f"`{environment}` is {_WORDS[asked.state]} then by its schedule, until {until}, so there is nothing "
        "to plan."
    )


def planned_already(environment: str, other: Override, *, zone: tzinfo, now: datetime) -> Unchanged:
    span = _span(other.since, other.until, zone, now)
    told = f"{_named(other)} has already planned to keep `{environment}` {_WORDS[other.state]} {span}"
    return Unchanged(f"{told}{_why(other)}.", offers=(cancel_offer(other),))


def _named(override: Override) -> str:
    return override.actor_name or "Somebody"


def too_far(environment: str, since: datetime, ahead: timedelta, *, zone: tzinfo, now: datetime) -> Refused:
    told = (
        f"{said_in_full(since, zone, now)} is {span_words(since - now)} away, and for `{environment}` "
        f"nothing is planned more than {span_words(ahead)} ahead. Nothing was changed."
    )
    return refuse("overrides.ahead", told)


def too_long(environment: str, span: timedelta, longest: timedelta) -> Refused:
    told = (
        f"That is {span_words(span)}, and `{environment}` is kept for at most {span_words(longest)}. "
        "Nothing was changed."
    )
    return refuse("overrides.longest", told)


def not_waiting(environment: str) -> Unchanged:
    return Unchanged(f"Nothing planned for `{environment}` begins now.")


def waits_for(record: OperationRecord) -> str:
    """Say which operation a plan waits for: *Olu's pause of `staging` was under way.*"""
    return f"{record.actor_name}'s {record.name} of {of(record)} was under way."


def waits_for_slack(planned: Override) -> str:
    return f"Slack could not say who {planned.actor_name or 'planned it'} is."


def too_late(planned: Override) -> Refused:
    """Refuse a plan that could not be decided before its end."""
    return refuse("keep.too-late", planned.not_begun)


def unscheduled(environment: str) -> Refused:
    return refuse("keep.unscheduled", f"No schedule acts on `{environment}` any more.")


def kept_otherwise(held: Override, zone: tzinfo, now: datetime) -> Refused:
    until = said_in_full(held.end, zone, now)
    told = f"{_named(held)} keeps `{held.environment}` {_WORDS[held.state]} until {until}{_why(held)}."
    return refuse("keep.kept-otherwise", told)


def begins(found: Override, held: Override | None, zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """The notes of a beginning: what was planned, and what it replaces."""
    said = [f"As {_named(found)} planned{_why(found)}."]
    if held is not None:
        until = said_in_full(held.end, zone, now)
        said.append(f"{_named(held)} kept it {_WORDS[held.state]} until {until}{_why(held)}.")
    return tuple(said)


def why_not(planned: Override, decision: NotAllowed) -> str:
    """Say why a plan did not begin, to a whole channel: a right of the person's is not explained there."""
    if decision.rule.startswith(_OURS):
        return decision.told
    return f"{_named(planned)} may no longer keep `{planned.environment}` {_WORDS[planned.state]}."


def cancelled(planned: Override, zone: tzinfo, now: datetime) -> str:
    span = _span(planned.since, planned.until, zone, now)
    return f"`{planned.environment}` is no longer to be kept {_WORDS[planned.state]} {span}."


def which(environment: str, planned: Sequence[Override], zone: tzinfo, now: datetime) -> Choice:
    """Ask which of several plans is cancelled."""
    offers = tuple(
        Offer(
            f"Cancel the keep of {said_by_weekday(o.since, zone, now)}",
            "resume",
            environment,
            arguments={"override": o.id},
        )
        for o in planned
    )
    lines = tuple(
        f"{_named(o)}: {_WORDS[o.state]} {_span(o.since, o.until, zone, now)}{_why(o)}." for o in planned
    )
    told = f"{len(planned)} keeps are planned for `{environment}`. Which one is to be cancelled?"
    return Choice(told, blocks(Text(lines)), offers)
