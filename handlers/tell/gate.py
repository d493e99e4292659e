"""What the gate itself says: opened, already running, seen before, refused, please confirm."""

from __future__ import annotations

from datetime import datetime

from handlers.ports.store import OperationRecord
from handlers.tell.operation import doing, where
from handlers.words.errors import StoreLost, Throttled, Trouble
from handlers.words.message import Offer, Text, blocks
from handlers.words.operation import Operation
from handlers.words.plan import Plan
from handlers.words.request import Request
from handlers.words.result import Choice, Failure, Missing, Refusal, Unchanged
from policies.access.decision import Refused, refuse

BUSY = "gate.busy"
"""The rule under which whatever is locked by another operation is refused."""

SPENT = "gate.offer"
"""The rule under which a button, or a plan, is refused that was made on what has changed since."""


def lost(error: StoreLost) -> Failure:
    return Failure(f"The database does not answer, so nothing was done. {error}")


def no_operation(name: str) -> Missing:
    return Missing(f"There is no operation `{name}` here.")


def too_old() -> Refused:
    return refuse(SPENT, "This button is too old to act on. Ask again for a fresh one.")


def not_recorded(error: StoreLost) -> Failure:
    """OPEN got no answer. The tick runs what turns out to have been committed all the same."""
    told = (
        "The database did not answer, so nothing was done. Should the request have been recorded all the "
        "same, its message appears in the environment's channel."
    )
    return Failure(f"{told} {error}")


def unread(trouble: Trouble) -> Failure:
    """Where our own buckets were empty, AWS was not asked."""
    return Failure(str(trouble), unasked=isinstance(trouble, Throttled) and not trouble.code)


def seen_before() -> Unchanged:
    return Unchanged("This request was answered before; nothing was done twice.")


def busy(record: OperationRecord, *, now: datetime) -> Refusal:
    what = doing(record, now=now)
    told = f"Already running on {where(record.environment, record.target)}: {what}."
    return Refusal(refuse(BUSY, f"already running: {what}", told), in_the_way=record.id)


def to_confirm(request: Request, operation: Operation, plan: Plan, *, place: str, target: str) -> Choice:
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
    told = f"{lead}{plan.doing.capitalize()} {where(place, target)}:"
    return Choice(told, blocks(Text(plan.notes)), (offer,))
