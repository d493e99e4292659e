"""Composes the notice from values: the line of each environment, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from handlers.ports.book import Notice
from handlers.ports.scope import Used
from handlers.ports.store import OperationRecord
from handlers.tell.keep import typed
from handlers.tell.operation import ways_on
from handlers.words.message import Message, Offer, Status, Table, Text, blocks
from handlers.words.step import StepState
from policies.record.lifecycle import State
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override
from policies.schedule.standing import planned_words, said_in_full
from policies.secrets.public import public

MOST_WITH_BUTTONS = 6
"""The most environments of one notice that get buttons: four each, and Slack allows 25 in a row."""
FEW = 6
"""The most environments that are told in lines; more are a table."""
LONGER = timedelta(hours=2)
AT_LEAST = timedelta(minutes=10)
"""The shortest time between a notice and its stop, however late the notice came."""
SOON = timedelta(minutes=1)
"""How long after its time an environment is said to wait, because a fleet is stopped one after the other."""
Stand = Literal[
    "ahead",
    "kept",
    "planned",
    "spared",
    "waiting",
    "left",
    "gone",
    "observed",
    "stopping",
    "stopped",
    "failed",
]
GOOD = (State.SUCCEEDED, State.UNCHANGED)


@dataclass(frozen=True)
class Told:
    """Everything that a line depends on. ``claim`` and ``record`` belong to the stop; ``started`` is the
    start after it. ``override`` is in force now; ``spared_by`` was in force at the stop time, even if it has
    ended since. ``gone`` says why no stop is due at that time any more, with the ``next_stop``; empty if one
    is or was due.
    """

    environment: str
    zone: tzinfo = UTC
    observed: bool = False
    gone: str = ""
    next_stop: datetime | None = None
    claim: Claim | None = None
    record: OperationRecord | None = None
    started: OperationRecord | None = None
    override: Override | None = None
    spared_by: Override | None = None
    last_used: Used | None = None
    next_try: datetime | None = None
    """When a stop that was made only in part is tried again; ``None`` if the clock leaves it."""
    planned: Override | None = None
    """The planned keep that is to hold at the stop time and has yet to begin."""
    begins: Override | None = None
    """The planned keep with whose beginning the environment stops."""
    begun: bool = False
    """Whether ``begins`` has begun."""

    @property
    def stand(self) -> Stand:
        if self.record is not None:
            return _stand_of(self.record)
        if self.observed:
            return "gone" if self.gone else "observed"
        if self.override is not None and self.override.state == "up":
            return "kept"
        if self.planned is not None:
            return "planned"
        if self.spared_by is not None and self.spared_by.state == "up":
            return "spared"
        if self.claim is not None and self.claim.state == "skipped":
            return "left"
        if self.gone:
            return "gone"
        return "waiting" if self.claim is not None else "ahead"


def _stand_of(record: OperationRecord) -> Stand:
    if not record.state.ended:
        return "stopping"
    return "stopped" if record.state in GOOD else "failed"


def due_at(notice: Notice, now: datetime) -> datetime:
    """When the environment stops: at its time, or ten minutes after a notice that came late."""
    return max(notice.stop_at, (notice.posted_at or now) + AT_LEAST)


def message(notice: Notice, told: Sequence[Told], offers: Sequence[Offer], *, now: datetime) -> Message:
    """The whole message. It says the time with its zone, and tells of each environment in a line, or in a row
    of a table if there are more than a few.
    """
    zone = next((t.zone for t in told if t.zone is not None), UTC)
    lines = tuple((t.environment, line(t, notice, now=now)) for t in told)
    few = len(lines) <= FEW
    if len(lines) == 1:
        return Message(_status(told), lines[0][1], offers=tuple(offers))
    each = Text(tuple(said for _, said in lines)) if few else Table(("Environment", "Tonight"), lines)
    return Message(_status(told), _summary(notice, told, zone, now), blocks(each), tuple(offers))


def _status(told: Sequence[Told]) -> Status:
    """The one status for all environments. What still happens comes before what has happened."""
    stands = {t.stand for t in told}
    again = {t.environment for t in told if t.started and t.started.state in GOOD}
    if any(t.stand == "failed" and t.environment not in again for t in told):
        return Status.STOPPED_IN_PART
    if stands & {"stopping", "waiting"} or {"ahead", "stopped"} <= stands:
        return Status.STOPPING
    if "ahead" in stands:
        return Status.STOPPING_SOON
    if done := [t for t in told if t.stand in ("stopped", "failed")]:
        return Status.STARTED_AGAIN if all(t.environment in again for t in done) else Status.STOPPED
    if "kept" in stands or "spared" in stands:
        return Status.KEPT_ON
    return Status.NOT_STOPPED if stands & {"left", "gone", "planned"} else Status.OBSERVING


def _summary(notice: Notice, told: Sequence[Told], zone: tzinfo, now: datetime) -> str:
    begun = any(t.stand in ("stopping", "stopped", "failed", "left", "waiting", "spared") for t in told)
    if begun:
        return _result(told, said_in_full(notice.stop_at, zone, now), now)
    going = [t for t in told if t.stand == "ahead"]
    at = said_in_full(due_at(notice, now) if going else notice.stop_at, zone, now)
    if not going:
        return f"Nothing stops at {at}."
    named = f"`{going[0].environment}` stops" if len(going) == 1 else f"{len(going)} environments stop"
    return f"{named} at {at}."


def _result(told: Sequence[Told], at: str, now: datetime) -> str:
    """Sum up the stop: *6 stopped, staging kept by Dev until 21:00 (Europe/Berlin), 1 failed*."""
    parts = []
    for stand in ("stopped", "stopping", "ahead", "waiting", "failed", "left", "gone", "spared"):
        found = [t for t in told if t.stand == stand]
        if found:
            word = _WORDS.get(stand, stand)
            parts.append(f"{len(found)} {word}" if len(found) > 1 else f"`{found[0].environment}` {word}")
    parts += [f"`{t.environment}` {_kept(t, now)}" for t in told if t.stand == "kept"]
    parts += [f"`{t.environment}` {_planned(t, now)}" for t in told if t.stand == "planned"]
    return f"Stop at {at}: {', '.join(parts)}."


_WORDS = {
    "left": "not stopped",
    "gone": "no longer stops then",
    "spared": "was kept on",
    "ahead": "still to stop",
}


def _kept(told: Told, now: datetime) -> str:
    assert told.override is not None
    at = said_in_full(told.override.end, told.zone, now)
    return f"kept on by {told.override.actor_name} until {at}"


def _planned(told: Told, now: datetime) -> str:
    assert told.planned is not None
    return planned_words(told.planned, told.zone, now)


def line(told: Told, notice: Notice, *, now: datetime) -> str:
    """Tell of one environment, in one sentence or two."""
    return public(_stopped_line(told, notice, now) + _started(told, now))


def _stopped_line(told: Told, notice: Notice, now: datetime) -> str:
    name = f"`{told.environment}`"
    match told.stand:
        case "observed":
            word = "would have stopped" if now >= notice.stop_at else "would stop"
            at = said_in_full(notice.stop_at, told.zone, now)
            would = f" ({told.claim.reason})" if told.claim and told.claim.reason else ""
            return f"{name} {word} at {at}{would}; it is only observed."
        case "kept":
            assert told.override is not None
            why = f": {told.override.reason}" if told.override.reason else ""
            return f"{name} is {_kept(told, now)}{why.rstrip('.')}."
        case "planned":
            return f"{name} is {_planned(told, now)}."
        case "spared":
            assert told.spared_by is not None
            until = said_in_full(told.spared_by.end, told.zone, now)
            return f"{name} was kept on by {told.spared_by.actor_name} until {until}."
        case "left":
            assert told.claim is not None
            return f"{name} was not stopped: {told.claim.reason.rstrip('.')}."
        case "gone":
            at = said_in_full(notice.stop_at, told.zone, now)
            stops = (
                f" Its next stop: {said_in_full(told.next_stop, told.zone, now)}." if told.next_stop else ""
            )
            return f"{name} no longer stops at {at}: {told.gone.rstrip('.')}.{stops}"
        case "waiting":
            assert told.claim is not None
            next_try = told.claim.next_try
            again = f" Next attempt at {said_in_full(next_try, told.zone, now)}." if next_try else ""
            return f"{name} waits: {told.claim.reason.rstrip('.')}.{again}"
        case "ahead":
            return f"{name} {_ahead(told, notice, now)}."
    return _of_record(told, now)


def _ahead(told: Told, notice: Notice, now: datetime) -> str:
    """Say when the environment stops: *stops at 20:00 (Europe/Berlin); last used by Dev at 18:50
    (Europe/Berlin)*.
    """
    due = due_at(notice, now)
    at = said_in_full(due, told.zone, now)
    parts = [f"stops at {at}" if now < due + SOON else f"was to stop at {at} and waits for its turn"]
    if due > notice.stop_at:
        parts[0] += ", 10 min after this notice"
        parts.append(f"its time was {said_in_full(notice.stop_at, told.zone, now)}")
    if told.begins is not None:
        until = said_in_full(told.begins.until, told.zone, now)
        parts[0] += f", because {told.begins.actor_name or 'somebody'} planned to keep it off until {until}"
    if told.last_used:
        parts.append(f"last used by {told.last_used.by} at {said_in_full(told.last_used.at, told.zone, now)}")
    return "; ".join(parts)


def _of_record(told: Told, now: datetime) -> str:
    record, name = told.record, f"`{told.environment}`"
    assert record is not None
    if not record.state.ended:
        done = sum(s.state is StepState.DONE for s in record.steps)
        return f"{name} is stopping: {done} of {len(record.steps)} steps done."
    if record.state is State.UNCHANGED:
        return f"{name} was stopped already."
    at = said_in_full(record.closed_at or now, told.zone, now)
    if record.state is State.SUCCEEDED and record.source != "clock":
        return f"{name} was stopped at {at} by {record.actor_name}."
    if record.state is State.SUCCEEDED:
        return f"{name} stopped at {at}."
    if record.state is State.CANCELLED and told.started is not None:
        by = f" by {record.actor_name}" if record.source != "clock" else ""
        return f"{name} was being stopped{by} when {told.started.actor_name} asked at {at} to start it."
    summary = f" {record.summary.rstrip('.')}." if record.summary else ""
    then = "" if told.started else f" {_next(told, now)}"
    return f"{name} {_ENDED.get(record.state, _ENDED[State.FAILED])} at {at}.{summary}{then}"


_ENDED = {
    State.PARTIAL: "was stopped in part",
    State.FAILED: "was not stopped: it failed",
    State.CANCELLED: "was being stopped, which was cancelled",
    State.TIMED_OUT: "was not stopped in time: it was given up",
    State.INTERRUPTED: "was being stopped, which was interrupted",
}
"""How an unsuccessful stop ended, worded to precede the time."""


def _next(told: Told, now: datetime) -> str:
    if told.next_try is not None:
        return f"Next attempt at {said_in_full(told.next_try, told.zone, now)}."
    if told.override is not None and told.override.state == "up":
        return f"It is {_kept(told, now)}, so it is not tried again."
    if told.gone:
        return f"It is not tried again: {told.gone.rstrip('.')}."
    if told.claim is None or told.claim.state != "skipped":
        return "It is not tried again."
    why = told.claim.reason.rstrip(".")
    return f"{why[:1].upper()}{why[1:]}."


def _started(told: Told, now: datetime) -> str:
    record = told.started
    if record is None or (told.record is None and record.state in GOOD):
        return ""  # nothing was stopped, so nothing started again
    if not record.state.ended:
        return " It is starting again."
    if record.state in GOOD:
        by = f" by {record.actor_name}" if record.source != "clock" else ""
        return f" Started again at {said_in_full(record.closed_at or now, told.zone, now)}{by}."
    if record.state is State.PARTIAL:
        return " It was started again in part."
    return " It was to start again, which failed."


def buttons(told: Sequence[Told], notice: Notice, now: datetime) -> list[Offer]:
    """The buttons of the environments that can still be kept, or whose keep can be undone. If there are
    several, each label names its environment.
    """
    several = len(told) > 1
    made: list[Offer] = []
    open_to = [t for t in told if t.stand in ("ahead", "waiting", "kept", "planned") or _tried_again(t)]
    for one in open_to[:MOST_WITH_BUTTONS]:
        made += _buttons(one, due_at(notice, now), f" {one.environment}" if several else "")
    return made


def _tried_again(told: Told) -> bool:
    return told.stand == "failed" and told.next_try is not None


def _buttons(told: Told, due: datetime, name: str) -> list[Offer]:
    lasts = timedelta(hours=12)
    if told.stand == "failed" and told.record is not None:
        return list(ways_on(told.record, named=name))
    place, longer = told.environment, f"until {typed(due + LONGER, told.zone)}"
    stop_now = Offer(f"Stop now{name}", "stop", environment=place, style="danger", expires_in=lasts)
    if told.stand == "kept" and told.override is not None:
        return [_ends(f"Undo{name}", told.override)]
    if told.stand == "planned" and told.planned is not None:
        return [_ends(f"Cancel{name}", told.planned)]
    if told.begins is not None:  # it would end whatever keeps the environment on
        return [_ends(f"{'Undo' if told.begun else 'Cancel'}{name}", told.begins), stop_now]
    asks = {"words": longer, "form": "yes"}
    return [
        Offer(f"Pause tonight{name}", "pause", environment=place, style="primary", expires_in=lasts),
        Offer(f"+2 h{name}", "keep", environment=place, arguments={"words": longer}, expires_in=lasts),
        Offer(
            f"Until…{name}",
            "keep",
            environment=place,
            arguments=asks,
            once=False,
            opens=True,
            expires_in=lasts,
        ),
        stop_now,
    ]


def _ends(label: str, override: Override) -> Offer:
    """The button that ends exactly this override, or cancels it if it has yet to begin."""
    this, lasts = {"override": override.id}, timedelta(hours=12)
    return Offer(label, "resume", environment=override.environment, arguments=this, expires_in=lasts)
