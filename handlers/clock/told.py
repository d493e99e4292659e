"""What the notice says of each environment, and the buttons that go with it: values in, an outcome out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from handlers.gate.outcome import Offer, Outcome, Table
from handlers.gate.plan import StepState
from handlers.ports.book import Notice
from handlers.ports.store import OperationRecord
from policies.claims import Claim
from policies.lifecycle import State
from policies.overrides import Override
from policies.public import public
from policies.standing import said

MOST_WITH_BUTTONS = 8
"""Environments of one notice that get buttons: three each, and Slack takes 25 in a row."""
FEW = 6
"""Environments that are told in lines; more are a table."""
LONGER = timedelta(hours=2)
Stand = Literal["ahead", "kept", "waiting", "left", "observed", "stopping", "stopped", "failed"]


@dataclass(frozen=True)
class Told:
    """All that a line rests on. ``claim`` and ``record``: of the stop; ``started``: of the start after it."""

    environment: str
    zone: tzinfo = UTC
    observed: bool = False
    removed: bool = False
    claim: Claim | None = None
    record: OperationRecord | None = None
    started: OperationRecord | None = None
    override: Override | None = None
    last_used: tuple[str, datetime] | None = None

    @property
    def stand(self) -> Stand:
        if self.observed:
            return "observed"
        if self.record is not None:
            return _stand_of(self.record)
        if self.override is not None and self.override.state == "up":
            return "kept"
        if self.removed or (self.claim is not None and self.claim.state == "skipped"):
            return "left"
        return "waiting" if self.claim is not None else "ahead"


def _stand_of(record: OperationRecord) -> Stand:
    if not record.state.ended:
        return "stopping"
    return "stopped" if record.state in (State.SUCCEEDED, State.UNCHANGED) else "failed"


def outcome(notice: Notice, told: Sequence[Told], offers: Sequence[Offer], *, now: datetime) -> Outcome:
    """The whole message. It says when, of which zone, and each environment in a line of its own."""
    zone = next((t.zone for t in told if t.zone is not None), UTC)
    at = said(notice.stop_at, zone, now)
    begun = any(t.stand in ("stopping", "stopped", "failed", "left", "waiting") for t in told)
    lines = tuple((t.environment, line(t, notice, now=now)) for t in told)
    few = len(lines) <= FEW
    return Outcome(
        status=_status(told, begun),
        summary=_result(told, at) if begun else _announced(told, at, zone),
        notes=tuple(said for _, said in lines) if few else (),
        table=None if few else Table(("Environment", "Tonight"), lines),
        offers=tuple(offers),
    )


def _status(told: Sequence[Told], begun: bool) -> str:
    stands = {t.stand for t in told}
    if not begun:
        return "kept on" if stands == {"kept"} else "observing" if stands == {"observed"} else "stopping soon"
    if "failed" in stands:
        return "stopped in part"
    return "stopping" if stands & {"stopping", "waiting", "ahead"} else "stopped"


def _announced(told: Sequence[Told], at: str, zone: tzinfo) -> str:
    going = [t for t in told if t.stand == "ahead"]
    if not going:
        return f"Nothing stops at {at} ({zone})."
    named = f"`{going[0].environment}` stops" if len(going) == 1 else f"{len(going)} environments stop"
    return f"{named} at {at} ({zone})."


def _result(told: Sequence[Told], at: str) -> str:
    """*6 stopped, staging kept by Dev until 21:00, 1 failed*."""
    parts = []
    for stand in ("stopped", "stopping", "waiting", "failed", "left"):
        found = [t for t in told if t.stand == stand]
        if found:
            word = {"left": "not stopped"}.get(stand, stand)
            parts.append(f"{len(found)} {word}" if len(found) > 1 else f"`{found[0].environment}` {word}")
    parts += [_kept(t) for t in told if t.stand == "kept"]
    return f"Stop at {at}: {', '.join(parts)}."


def _kept(told: Told) -> str:
    assert told.override is not None
    until = said(told.override.end, told.zone, told.override.since)
    return f"`{told.environment}` kept on by {told.override.actor_name} until {until}"


def line(told: Told, notice: Notice, *, now: datetime) -> str:
    """One environment, in one sentence."""
    return public(_stopped_line(told, notice, now) + _started(told, now))


def _stopped_line(told: Told, notice: Notice, now: datetime) -> str:
    name = f"`{told.environment}`"
    match told.stand:
        case "observed":
            word = "would have stopped" if now >= notice.stop_at else "would stop"
            return f"{name} {word} at {said(notice.stop_at, told.zone, now)}; it is only observed."
        case "kept":
            assert told.override is not None
            why = f" ({told.override.reason})" if told.override.reason else ""
            return f"{_kept(told)}{why}."
        case "left":
            why = told.claim.reason if told.claim else "it is not in the catalog any more"
            return f"{name} was not stopped: {why.rstrip('.')}."
        case "waiting":
            assert told.claim is not None
            again = (
                f" Tried again {said(told.claim.next_try, told.zone, now)}." if told.claim.next_try else ""
            )
            return f"{name} waits: {told.claim.reason.split(': ', 1)[-1].rstrip('.')}.{again}"
        case "ahead":
            used = (
                f"; last used by {told.last_used[0]} {said(told.last_used[1], told.zone, now)}"
                if told.last_used
                else ""
            )
            return f"{name} stops at {said(notice.stop_at, told.zone, now)}{used}."
    return _of_record(told, now)


def _of_record(told: Told, now: datetime) -> str:
    record, name = told.record, f"`{told.environment}`"
    assert record is not None
    if not record.state.ended:
        done = sum(s.state is StepState.DONE for s in record.steps)
        return f"{name} is stopping: {done} of {len(record.steps)} steps done."
    if record.state is State.UNCHANGED:
        return f"{name} was stopped already."
    at = said(record.closed_at or now, told.zone, now)
    if record.state is State.SUCCEEDED:
        return f"{name} stopped {at}."
    return f"{name}: {record.state.value} {at}. {record.summary.rstrip('.')}. (operation {record.id})"


def _started(told: Told, now: datetime) -> str:
    record = told.started
    if record is None:
        return ""
    if not record.state.ended:
        return " It is starting again."
    if record.state in (State.SUCCEEDED, State.UNCHANGED):
        return f" Started again {said(record.closed_at or now, told.zone, now)}."
    return f" Its start: {record.state.value}."


def buttons(told: Sequence[Told], notice: Notice) -> list[Offer]:
    """For those that can still be kept, or given back. Labels name the environment where there are more."""
    several = len(told) > 1
    made: list[Offer] = []
    for one in [t for t in told if t.stand in ("ahead", "waiting", "kept")][:MOST_WITH_BUTTONS]:
        made += _buttons(one, notice, f" {one.environment}" if several else "")
    return made


def _buttons(told: Told, notice: Notice, name: str) -> list[Offer]:
    kept_for = notice.stop_at + LONGER
    lasts = timedelta(hours=12)
    if told.stand == "kept" and told.override is not None:
        this = {"override": told.override.id}
        return [
            Offer(f"Undo{name}", "resume", environment=told.environment, arguments=this, expires_in=lasts)
        ]
    until = kept_for.astimezone(told.zone)
    return [
        Offer(
            f"Pause tonight{name}", "pause", environment=told.environment, style="primary", expires_in=lasts
        ),
        Offer(
            f"+2 h{name}",
            "keep",
            environment=told.environment,
            arguments={"words": f"until {until:%Y-%m-%dT%H:%M}"},
            expires_in=lasts,
        ),
        Offer(f"Stop now{name}", "stop", environment=told.environment, expires_in=lasts),
    ]
