"""What an operation's one message says, from its record alone, at any moment of its life.

A whole channel reads it: roles, secrets and accounts are left to the record and the audit entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.ports.store import OperationRecord
from handlers.tell.headline import headline, remark
from handlers.words.codec import decode
from handlers.words.message import Field, Fields, Log, Offer, Text, blocks
from handlers.words.operation import Operation
from handlers.words.plan import Json
from handlers.words.result import Report
from handlers.words.step import Left, StepRecord, StepState
from policies.record.lifecycle import MENDABLE, WHOLE, State
from policies.schedule.overrides import Over
from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.service.images import short
from policies.times.instants import words
from policies.times.reading import named_zone


def report(
    record: OperationRecord, declared: Operation | None, *, now: datetime, over: Over | None = None
) -> Report:
    """Running: what is being done and how far it is. Ended: how, after how long, and what was captured; where
    nothing had to change, why.
    ``declared``: its operation; ``None``: this release has none of that name. ``over``: how what it left
    behind came to its end; nothing is offered about that any more."""
    ended = record.state.ended
    done = ended and record.state is not State.UNCHANGED
    notes = tuple(map(public, (*remark(record), *(() if done else record.notes))))
    return Report(
        record.id,
        record.state,
        public(_over(record, over, now) if over else headline(record, declared, now=now)),
        blocks(
            Fields(_fields(record)),
            *(_captured(record.steps) if ended else ()),
            Text(notes),
        ),
        () if over else (*_undo(record, declared), *_ways_on(record, declared)),
    )


def where(environment: str, target: str) -> str:
    """``orders-api`` in ``staging``, or ``staging`` alone."""
    if not environment:
        return "this installation"
    return f"`{environment}`" if target in ("", WHOLE) else f"`{target}` in `{environment}`"


def doing(record: OperationRecord, *, now: datetime) -> str:
    """*restarting, begun by Dev 38 s ago*, for whoever meets it beside what it is done to."""
    return f"{record.doing}, {_begun(record, now)}"


def under_way(record: OperationRecord, *, now: datetime) -> str:
    """*Stopping `staging`, begun by Olu 38 s ago: 2 of 8 steps are done.*"""
    told = f"{record.doing.capitalize()} {where(record.environment, record.target)}, {_begun(record, now)}"
    if len(record.steps) < 2:
        return f"{told}."
    done = sum(s.state is StepState.DONE for s in record.steps)
    return f"{told}: {done} of {len(record.steps)} steps are done."


def _begun(record: OperationRecord, now: datetime) -> str:
    return f"begun by {record.actor_name} {words(max(now, record.opened_at) - record.opened_at)} ago"


def by_whom(record: OperationRecord, *, now: datetime) -> str:
    """*by Dev, for 38 s*."""
    since = words(max(now, record.opened_at) - record.opened_at)
    return f"by {record.actor_name}, for {since}"


def _undo(record: OperationRecord, declared: Operation | None) -> tuple[Offer, ...]:
    """What an operation left behind that can be given back: the override it set."""
    override = record.after.get("override") if record.state is State.SUCCEEDED else None
    if declared is None or not declared.undone_by or not isinstance(override, dict):
        return ()
    if not isinstance(override.get("id"), str) or override.get("undone") is False:
        return ()
    this, undone = {"override": _text(override["id"])}, declared.undone_by
    return (Offer("Undo", undone, record.environment, arguments=this, expires_in=timedelta(hours=12)),)


def _over(record: OperationRecord, over: Over, now: datetime) -> str:
    """*`staging` was kept on until 21:10 (Europe/Berlin): Olu removed the override.*"""
    override = record.after.get("override")
    left = override if isinstance(override, dict) else {}
    kept = "off" if left.get("state") == "down" else "on"
    at = said_in_full(over.at, named_zone(_text(left.get("zone") or "UTC")), now)
    told = f"`{record.environment}` was kept {kept} until {at}"
    if not over.by:
        return f"{told}."
    if over.replaced:
        return f"{told}, when {over.by} changed that."
    return f"{told}: {over.by} ended that."


def ways_on(record: OperationRecord, *, named: str = "") -> tuple[Offer, ...]:
    """Of a start or a stop that was made only in part. ``named``: what stands behind each label."""
    lasts = timedelta(hours=12)
    tried = {"retry_of": record.id}
    again = Offer(f"Try now{named}", record.name, record.environment, arguments=tried, expires_in=lasts)
    if record.source != "clock":
        return (again,)
    left = Offer(
        f"Leave it{named}", "leave", record.environment, arguments={"tried": record.id}, expires_in=lasts
    )
    return (again, left)


def _ways_on(record: OperationRecord, declared: Operation | None) -> tuple[Offer, ...]:
    if declared is None or not declared.brings or record.state not in MENDABLE:
        return ()
    return ways_on(record)


def _fields(record: OperationRecord) -> tuple[Field, ...]:
    fields = [Field(f"Image of {name}", change) for name, change in _images(record)]
    if len(record.steps) > 1:
        done = sum(s.state is StepState.DONE for s in record.steps)
        fields.append(Field("Steps", f"{done} of {len(record.steps)} done"))
    return tuple(fields)


def _images(record: OperationRecord) -> Iterable[tuple[str, str]]:
    """Container and its digest before and after, where the operation brought another one."""
    for service, after in record.after.items():
        old, new = _digests(record.before.get(service)), _digests(after)
        for container in new:
            if old.get(container) and old[container] != new[container]:
                yield container, f"{short(old[container])} → {short(new[container])}"


def _digests(state: Json) -> dict[str, str]:
    found = state.get("digests") if isinstance(state, dict) else None
    return {k: _text(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _captured(steps: Iterable[StepRecord]) -> Iterable[Log]:
    """What steps left of why they ended so."""
    for step in steps:
        for log in decode(Left, step.evidence).captured:
            yield Log(public(log.title), tuple(map(public, log.lines)), tail=log.tail)


def _text(line: Json) -> str:
    return line if isinstance(line, str) else str(line)
