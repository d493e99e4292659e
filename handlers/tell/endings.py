"""Says what happened after an operation: how a keep ended, and how a start or a stop goes on that was made
only in part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.steps.override import Keeping, on_its_way, stays
from policies.record.lifecycle import State
from policies.schedule.overrides import Over, Override
from policies.schedule.rows import BY_HAND
from policies.schedule.standing import FOR_EVER, Seen, Standing, from_until, said_in_full

UNDO_LASTS = timedelta(hours=24)
"""For how long a change offers to be undone."""
REPEAT_LASTS = timedelta(hours=1)
"""For how long an operation of which nothing was done offers to be asked for again."""
GOOD = (State.SUCCEEDED, State.UNCHANGED)


@dataclass(frozen=True)
class Kept:
    """A keep that is over. ``held`` is its override, or ``None`` once that is pruned. ``gone`` says that its
    environment is no longer in the catalog; ``stopped`` says that a stop of its environment ended it;
    ``again`` is the keep that took effect again afterwards. ``own`` is the environment's standing by its
    schedule alone; ``left_on`` is the time until which the schedule leaves it on, or ``None`` if the schedule
    does not. Both hold as long as they follow from the keep's end. ``settled`` says that nothing more will
    come of the keep.
    """

    over: Over
    zone: tzinfo
    held: Override | None = None
    gone: bool = False
    stopped: bool = False
    again: Override | None = None
    own: Standing | None = None
    left_on: datetime | None = None
    settled: bool = True


@dataclass(frozen=True)
class Keeps:
    """A keep that goes on. ``typed`` is the zone that somebody wrote with the time. ``then_on`` is the time
    until which the schedule has the environment on afterwards, or ``None`` if the schedule does not. ``seen``
    is the environment's present state. ``cut_by`` is the planned override with whose beginning it ends.
    """

    held: Override
    zone: tzinfo
    typed: str = ""
    then_on: datetime | None = None
    seen: Seen = "on"
    cut_by: Override | None = None


@dataclass(frozen=True)
class Reversible:
    """A change that can be undone, as it stands now. ``arguments``: those that undo it; ``zone``: of its
    environment.

    ``onward``: the operation and its target without which the change is not in effect, until that was done.

    ``later``: the first operation after it that changed the same thing, or moved its whole environment;
    ``undone``: ``later`` brought back what was there before; ``gone``: the environment is no longer in the
    catalog; ``late``: the change is older than ``UNDO_LASTS``."""

    arguments: Mapping[str, str]
    zone: tzinfo
    later: OperationRecord | None = None
    undone: bool = False
    gone: bool = False
    late: bool = False
    onward: tuple[str, str] | None = None

    @property
    def over(self) -> bool:
        return self.later is not None or self.gone or self.late


@dataclass(frozen=True)
class Repeatable:
    """A change of which nothing was done, for a reason that passes. ``later``: the first operation after it
    that was asked for with the same arguments; ``gone``: the environment is no longer in the catalog;
    ``late``: the change is older than ``REPEAT_LASTS``.
    """

    later: OperationRecord | None = None
    gone: bool = False
    late: bool = False

    @property
    def over(self) -> bool:
        return self.later is not None or self.gone or self.late


def since_change(record: OperationRecord, change: Reversible) -> str:
    """*Olu undid this at 21:10 (Europe/Berlin).* If nothing has changed since: what the change still needs,
    or nothing. The time is written as on the day of the change."""
    later = change.later
    if later is None:
        return "" if change.onward is None else awaits(*change.onward)
    at = said_in_full(later.opened_at, change.zone, record.closed_at or record.opened_at)
    if change.undone:
        return f"{later.actor_name} undid this at {at}."
    whom = "The schedule" if later.source == "clock" else later.actor_name
    if later.name == record.name:
        return f"{whom} changed this again at {at}."
    return f"{whom} began to {later.name} `{later.environment}` at {at}."


def awaits(operation: str, target: str) -> str:
    return f"`{target}` still works with what it read before: it needs a {operation}."


def so_far(keeps: Keeps, now: datetime) -> str:
    """Say what is kept so far: *`staging` stays on until 23:00 (UTC): smoke test.*"""
    beside = on_its_way(keeps.seen)
    kept = Keeping(keeps.held, True, keeps.zone, keeps.typed, keeps.then_on, beside, keeps.cut_by)
    return stays(kept, now)


@dataclass(frozen=True)
class Mended:
    """A start or a stop that was made only in part, and how it goes on. ``shown`` is the clock's last try
    that ended; ``trying`` says that the clock is trying again now; ``next_try`` is the time of the next try.

    Any of these ends it: ``other``, the first later move of its environment; ``left``, the reason why the
    clock does not try again; ``seen``, the time at which its environment was found as it should be; ``gone``,
    its environment is no longer in the catalog; ``late``, its buttons are too old.
    """

    shown: OperationRecord
    zone: tzinfo
    trying: bool = False
    next_try: datetime | None = None
    other: OperationRecord | None = None
    left: str = ""
    seen: datetime | None = None
    gone: bool = False
    late: bool = False

    @property
    def over(self) -> bool:
        done = self.shown.state in GOOD and not self.trying
        return done or bool(self.other or self.left or self.seen or self.gone or self.late)


def of_keep(environment: str, kept: Kept) -> str:
    """Say how a keep ended: *Olu removed the keep of `staging` at 10:30 (UTC); its schedule keeps it on until
    20:00 (UTC).* Days are worded as on the day of the end, so that the sentence stays the same.
    """
    now = kept.held.since if kept.gone and kept.held is not None else kept.over.at
    at, by = said_in_full(kept.over.at, kept.zone, now), kept.over.by
    if kept.gone:
        return f"`{environment}` is no longer in the catalog, so {_of_whom(kept, now)} has ended."
    if kept.held is not None and not kept.held.begun:
        return _never_began(environment, kept.held, kept.over, kept.zone)
    if not by:
        off = kept.held is not None and kept.held.state == "down"
        return f"`{environment}` was kept {'off' if off else 'on'} until {at}."
    if kept.stopped:
        return f"{by}'s stop of `{environment}` ended {_of_whom(kept, now)} at {at}."
    if kept.over.replaced and kept.again is None and kept.held is not None and by == kept.held.actor_name:
        until = said_in_full(kept.held.until, kept.zone, now)
        return f"{by} set another keep of `{environment}` at {at}, in place of the one until {until}."
    if kept.over.replaced and kept.again is None:
        return f"{by} set another keep of `{environment}` at {at}, in place of {_of_whom(kept, now)}."
    then = _then(kept, now)
    return f"{by} removed the keep of `{environment}` at {at}{'; ' if then else ''}{then}."


def _never_began(environment: str, held: Override, over: Over, zone: tzinfo) -> str:
    """Say how a plan ended that never began. Days are worded as on the day of the end."""
    now, state = over.at, "on" if held.state == "up" else "off"
    span, at = from_until(held.since, held.until, zone, now), said_in_full(over.at, zone, now)
    whose = f"{held.actor_name}'s" if held.actor_name else "the one"
    if over.by and over.replaced:
        return f"{over.by} planned another keep of `{environment}` at {at}, in place of {whose} {span}."
    if over.by:
        return (
            f"{over.by} cancelled the planned keep of `{environment}` at {at}: it was to be {state} {span}."
        )
    whom = held.actor_name or "somebody"
    planned = f"the keep of `{environment}` that {whom} planned {span} did not begin."
    if not held.not_begun:
        return f"The bot was not running then, or had no answer from Slack, so {planned}"
    return f"{held.not_begun} So {planned}"


def _of_whom(kept: Kept, now: datetime) -> str:
    """Name the keep: *Dev's keep until 23:00*."""
    held = kept.held
    if held is None:
        return "this keep"
    whose = f"{held.actor_name}'s keep" if held.actor_name else "the keep"
    return f"{whose} until {said_in_full(held.until, kept.zone, now)}"


def _then(kept: Kept, now: datetime) -> str:
    own, off = kept.own, kept.held is not None and kept.held.state == "down"
    if kept.again is not None:
        until = said_in_full(kept.again.until, kept.zone, now)
        return f"after that {kept.again.actor_name}'s keep until {until} held again"
    if own is None:
        return ""
    if own.row is None or (own.row.origin == BY_HAND and own.state == "unscheduled"):
        return "it has no schedule"
    if own.row.mode == "observe":
        return "its schedule is only observed"
    if off:
        return (
            "its schedule turns it on"
            if own.state == "up"
            else f"its schedule keeps it off{_until(own, now)}"
        )
    if kept.left_on is None:
        return "its schedule turns it off after a notice"
    if kept.left_on >= FOR_EVER:
        return "its schedule keeps it on for good"
    return f"its schedule keeps it on until {said_in_full(kept.left_on, kept.zone, now)}"


def _until(own: Standing, now: datetime) -> str:
    return f" until {said_in_full(own.until, own.zone, now)}" if own.until else ""


def further(environment: str, mended: Mended) -> str:
    """Return the sentence to add to the last try; empty if there is none. Days are worded as on the day of
    that try.
    """
    now = mended.shown.closed_at or mended.shown.opened_at
    if mended.other is not None:
        return _moved(environment, mended.other, mended, now)
    if mended.left:
        return f"Not tried again: {mended.left}."
    if mended.gone:
        return f"`{environment}` is no longer in the catalog."
    if mended.seen is not None:
        at = said_in_full(mended.seen, mended.zone, now)
        return f"`{environment}` was found {_FOUND[mended.shown.name]} at {at}."
    if mended.trying:
        return "The schedule tries again now."
    if mended.next_try is not None and not mended.over:
        return f"Next attempt at {said_in_full(mended.next_try, mended.zone, now)}."
    return ""


_FOUND = {"start": "up", "stop": "stopped"}


def _moved(environment: str, other: OperationRecord, mended: Mended, now: datetime) -> str:
    at = said_in_full(other.opened_at, mended.zone, now)
    again = other.name == mended.shown.name
    if other.source == "clock":
        return f"The schedule's next {other.name} began at {at}."
    return (
        f"{other.actor_name} tried again at {at}."
        if again
        else (f"{other.actor_name} asked at {at} to {other.name} `{environment}`.")
    )
