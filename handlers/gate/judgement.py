"""What the opening transaction decides from what it finds: pure, and without SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.gate import entries
from handlers.ports.store import CatalogState, Closing, Opening, OperationRecord, StoredOffer
from handlers.tell import gate as tell
from handlers.words.step import StepState
from policies.access.decision import Decision, Refused, refuse
from policies.record.evidence import Entry
from policies.record.joining import Asked
from policies.record.lifecycle import WHOLE, State, excludes
from policies.schedule.claims import Claim
from policies.schedule.rows import ScheduleRow


def why_spent(opening: Opening, stored: StoredOffer | None, state: CatalogState) -> str:
    """Say why the pressed offer, or the state that was planned on, no longer binds; empty if it binds."""
    if opening.request.offer:
        if stored is None:
            return tell.BUTTON_UNKNOWN
        if reason := _offer_spent(stored, opening, state):
            return reason
    if opening.generation and opening.generation != generation(state, opening.environment):
        return tell.changed_meanwhile(opening.environment)
    return ""


def _offer_spent(stored: StoredOffer, opening: Opening, state: CatalogState) -> str:
    if stored.environment != opening.environment:
        return tell.BUTTON_ELSEWHERE
    if stored.offer.once and stored.spent_by:
        return tell.BUTTON_USED
    if stored.expires_at <= opening.now:
        return tell.BUTTON_EXPIRED
    if stored.environment and stored.generation != generation(state, stored.environment):
        return tell.changed_since(stored.environment)
    return ""


def in_the_way(record: OperationRecord, conflicts: str, target: str) -> bool:
    """Return whether a running operation excludes one of this group and target, in its own environment.

    An operation on the whole environment excludes every other one, until all it has left to do is to wait: to
    look at what it has done, and to do what follows from that. From then on it excludes only operations on
    the services that it has yet to touch. A service that it merely looks at may be fixed meanwhile: a look
    changes nothing, and sees the result.
    """
    if not conflicts or record.conflicts != conflicts or not excludes(record.target, target):
        return False
    if record.target != WHOLE or target == WHOLE:
        return True
    left = [s for s in record.steps if not s.state.ended]
    looked_at = {s.position for s in left if s.state is StepState.BEGAN and s.answered}
    waiting = set(looked_at)
    for step in left:  # a step's ``after`` names only earlier steps
        if step.state is StepState.PLANNED and waiting.intersection(step.step.after):
            waiting.add(step.position)
    if not left or any(s.position not in waiting for s in left):
        return True
    here = [s for s in left if s.step.on == target]
    return bool(here) and not any(s.position in looked_at for s in here)


def generation(state: CatalogState, name: str) -> int:
    """Return the generation of an environment as it stands; 0 if there is none of that name."""
    found = state.environment(name)
    return found.generation if found else 0


def busy(record: OperationRecord) -> Refused:
    return refuse(tell.BUSY, tell.runs(record))


def spent(reason: str) -> Refused:
    return refuse(tell.SPENT, reason)


def started_entry(entry: Entry, decision: Decision) -> Entry:
    return replace(entry, decision=decision.verdict, rule=decision.rule, reason=decision.reason)


def refused_entry(entry: Entry, decision: Decision) -> Entry:
    """Turn the entry *started* into the refusal that it became: nothing was opened, so the entry names no
    operation.
    """
    return replace(started_entry(entry, decision), kind="refused", operation_id="")


def asked(opening: Opening) -> Asked:
    """What makes it the same kind of thing as another operation that has a message."""
    return Asked(
        opening.operation,
        opening.environment,
        opening.generation,
        opening.entry.actor,
        opening.message_channel,
        opening.now,
    )


def may_join(opening: Opening) -> bool:
    """Whether it is to have a message at all, none that stands already tells of it, and it may share one."""
    return bool(opening.message_channel) and not opening.told_by and not opening.plan.alone


def delivery_key(opening: Opening) -> str:
    """Return the delivery's key. A request without a delivery (console) still needs a key, to find out after
    a lost COMMIT whether it took effect.
    """
    return opening.request.delivery or f"operation:{opening.id}"


def another_minute(told_at: datetime, at: datetime) -> bool:
    """Return whether a person who was turned away at ``told_at`` may be recorded again; also if the clock was
    set back by as much.
    """
    return abs((at - told_at).total_seconds()) >= 60


def opened_claim(claim: Claim, operation_id: str) -> Claim:
    return replace(claim, state="opened", operation_id=operation_id, next_try=None)


def cancelling(record: OperationRecord, opening: Opening) -> Closing:
    """Return the end of an operation that a later one replaces: its steps as they were, and who ended it."""
    summary = tell.cancelled(opening.entry.actor_name, opening.operation, record)
    entry = entries.closed(record, State.CANCELLED, summary=summary, after=record.after, now=opening.now)
    by = {"actor": opening.entry.actor, "operation": opening.operation, "operation_id": opening.id}
    entry = replace(entry, evidence={**entry.evidence, "cancelled by": by})
    return Closing(State.CANCELLED, entry.summary, entry, record.after, opening.now)


def rescheduled(kept: ScheduleRow | None, wanted: ScheduleRow) -> ScheduleRow:
    """Return the row that is to stand: the old row, with its beginning, unless another schedule, mode or
    terms are wanted.

    Raises ``ValueError`` on a new row without the moment it takes effect.
    """
    if kept and (kept.text, kept.mode, kept.terms) == (wanted.text, wanted.mode, wanted.terms):
        return kept
    if wanted.since is None:
        raise ValueError(f"the schedule of {wanted.pattern} does not say since when it holds")
    return wanted
