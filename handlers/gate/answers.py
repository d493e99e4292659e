"""What the gate itself says: opened, already running, seen before, refused, please confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.gate.report import report
from handlers.ports.store import OperationRecord
from handlers.words.errors import StoreLost, Throttled, Trouble
from handlers.words.operation import Operation
from handlers.words.plan import Plan
from handlers.words.request import Request
from handlers.words.result import Offer, Outcome
from handlers.words.result import refused as refused_outcome
from policies.decision import Decision
from policies.times import words

BUSY = "gate.busy"
"""The rule under which whatever is locked by another operation is refused."""
NO_ROOM = "gate.no-room"
"""Our own buckets had no room for the reads that a plan rests on: AWS was not asked."""


def where(environment: str, target: str) -> str:
    """``orders-api`` in ``staging``, or ``staging`` alone."""
    if not environment:
        return "this installation"
    return f"`{environment}`" if target in ("", "*") else f"`{target}` in `{environment}`"


def doing(record: OperationRecord, *, now: datetime) -> str:
    """*restart by Dev since 38 s*, for whoever meets it."""
    since = words(max(now, record.opened_at) - record.opened_at)
    return f"{record.name} by {record.actor_name}, for {since} (operation {record.id})"


def opened(record: OperationRecord, *, now: datetime) -> Outcome:
    return report(record, now=now)


def not_recorded(lost: StoreLost) -> Outcome:
    """OPEN got no answer. The tick runs what turns out to have been committed all the same."""
    told = (
        "The database did not answer, so nothing was done. Should the request have been recorded all the "
        "same, its message appears in the environment's channel."
    )
    return Outcome("failed", f"{told} {lost}")


def unread(trouble: Trouble) -> Outcome:
    ours = isinstance(trouble, Throttled) and not trouble.code
    return Outcome("failed", str(trouble), rule=NO_ROOM if ours else "")


def seen(record: OperationRecord | None, *, now: datetime) -> Outcome:
    if record is None:
        return Outcome("unchanged", "This request was answered before; nothing was done twice.")
    return report(record, now=now)


def busy(record: OperationRecord, *, now: datetime) -> Outcome:
    told = f"Already running on {where(record.environment, record.target)}: {doing(record, now=now)}."
    return Outcome("refused", told, rule=BUSY, operation_id=record.id)


def turned_down(decision: Decision) -> Outcome:
    return replace(refused_outcome(decision.told), rule=decision.rule)


def to_confirm(request: Request, operation: Operation, plan: Plan, *, place: str, target: str) -> Outcome:
    """The plan, shown; the button is bound to exactly this one."""
    again = request.confirmed != "" and request.confirmed != plan.hash
    lead = "What would be done has changed since it was shown. " if again else ""
    offer = Offer(
        label=f"{operation.name.capitalize()} now",
        operation=operation.name,
        environment=place,
        target="" if target == "*" else target,
        arguments=dict(request.arguments),
        style="primary",
        plan_hash=plan.hash,
    )
    return Outcome(
        "needs confirmation",
        f"{lead}{plan.doing.capitalize()} {where(place, target)}:",
        notes=plan.notes,
        offers=(offer,),
    )
