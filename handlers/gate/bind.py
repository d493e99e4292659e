"""1. bind: finds the operation asked for, with its arguments. A pressed button stands for its offer, and a
shortcut on a message for what the message tells of.
"""

from __future__ import annotations

from dataclasses import replace

from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.gate.pointing import pointed
from handlers.gate.record import refused
from handlers.tell import gate as tell
from handlers.words.arguments import Mistake
from handlers.words.result import Answer, Missing, NotUnderstood, Refusal
from policies.access.people import ConsoleUser


def bind(parts: Parts, case: Case) -> Case | Answer | Missing | NotUnderstood | Refusal:
    """Return the case with its operation and converted arguments. A value that cannot be converted ends the
    case, and leaves no audit entry.
    """
    bound = pointed(parts, case) if case.request.message else _offered(parts, case)
    if not isinstance(bound, Case):
        return bound
    operation = parts.operation(bound.request.operation)
    if operation is None or (operation.console and not isinstance(bound.actor, ConsoleUser)):
        return tell.no_operation(bound.request.operation)
    try:
        operation = operation.bound(bound.request.arguments)
    except Mistake as wrong:
        return NotUnderstood(str(wrong))
    state = parts.catalog.read()
    return replace(bound, operation=operation.demanding(state.settings), state=state)


def _offered(parts: Parts, case: Case) -> Case | Refusal:
    """Return the case as the offer states it: the offer's operation and arguments rule, whatever came with
    the press.
    """
    request = case.request
    if not request.offer:
        return case
    stored = parts.offers.find(request.offer)
    if stored is None or stored.expires_at <= parts.clock.now():
        return refused(parts, case, tell.too_old(), environment=stored.environment if stored else "")
    offer = stored.offer
    bound = replace(
        request,
        operation=offer.operation,
        environment=stored.environment,
        target=offer.target,
        arguments=dict(offer.arguments),
        confirmed=offer.plan_hash,
    )
    return replace(case, request=bound)
