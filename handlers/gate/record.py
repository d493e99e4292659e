"""What the gate records without opening anything: refusals, reads, and the buttons of an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from handlers.gate import entries
from handlers.gate.case import Case
from handlers.gate.offering import recorded
from handlers.gate.parts import Parts
from handlers.tell import gate as tell
from handlers.words.errors import Trouble
from handlers.words.result import Answer, Choice, Failure, Missing, Refusal, Unchanged
from policies.access import grants
from policies.access.decision import NotAllowed
from policies.access.people import ClockActor

Offering = TypeVar("Offering", bound=Answer | Refusal | Choice | Unchanged | Missing)


def refused(parts: Parts, case: Case, decision: NotAllowed, *, environment: str | None = None) -> Refusal:
    """Record a refusal before it is told. ``environment``: given if the case has no place (yet)."""
    decision = grants.for_want_of_groups(case.actor, decision)
    entry = entries.refused(
        case.request,
        decision,
        now=parts.clock.now(),
        environment=case.environment if environment is None else environment,
        target=case.target,
    )
    parts.audit.append(entry, delivery=case.request.delivery)
    return Refusal(decision)


def unread(parts: Parts, case: Case, trouble: Trouble) -> Failure:
    """Refuse a change whose facts cannot be read, and record what AWS said.

    What the clock asks for again within seconds, because AWS was not asked, is no refusal.
    """
    failure = tell.unread(trouble)
    if failure.unasked and isinstance(case.actor, ClockActor):
        return failure
    entry = entries.unread(case.request, trouble, now=parts.clock.now(), environment=case.environment)
    parts.audit.append(entry, delivery=case.request.delivery)
    return failure


def read(parts: Parts, case: Case, *, quotes: bool = False) -> None:
    """Record a read that is declared ``recorded``, or whose answer ``quotes`` a log; if recording fails, the
    read is not answered.
    """
    if not (case.asked.recorded or quotes):
        return
    assert case.decision is not None
    entry = entries.read(
        case.request,
        case.decision,
        now=parts.clock.now(),
        environment=case.environment,
        target=case.target,
    )
    parts.audit.append(entry, delivery=case.request.delivery)


def offered(parts: Parts, case: Case, reply: Offering) -> Offering:
    """Return the reply with its buttons recorded, so that they can be pressed. Each binds to its own
    environment at the current generation.
    """
    if not reply.offers:
        return reply
    offers = [replace(o, environment=o.environment or case.environment) for o in reply.offers]
    return replace(reply, offers=recorded(parts.offers, offers, case.state, parts.clock.now()))
