"""The audit entries that the gate writes, made from requests and records. Everything in them is redacted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from handlers.gate.verdicts import trail
from handlers.ports.store import OperationRecord
from handlers.words.arguments import PATTERN
from handlers.words.errors import Trouble
from handlers.words.plan import Facts, Plan
from handlers.words.request import Request
from policies.access.decision import Decision, refuse
from policies.access.people import actor_name
from policies.record.evidence import Entry
from policies.record.lifecycle import State
from policies.secrets.keys import shown_key
from policies.secrets.redaction import redact, redact_all

LONGEST_ARGUMENT = 500
"""How many characters of an argument an entry keeps; a longer one is recorded by its SHA-256."""


def refused(
    request: Request, decision: Decision, *, now: datetime, environment: str = "", target: str = ""
) -> Entry:
    return Entry(
        at=now,
        kind="refused",
        environment=redact(environment or request.environment)[:100],
        target=redact(target or request.target)[:100],
        decision=decision.verdict,
        rule=decision.rule,
        reason=redact(decision.reason),
        **_asked(request),
    )


def unread(request: Request, trouble: Trouble, *, now: datetime, environment: str) -> Entry:
    """Return the entry of a change that was never planned, because its facts could not be read."""
    refusal = refused(request, refuse("facts.unread", trouble.sentence), now=now, environment=environment)
    ids = (trouble.request_id,) if trouble.request_id else ()
    return replace(refusal, evidence={"code": trouble.code}, request_ids=ids)


def read(request: Request, decision: Decision, *, now: datetime, environment: str, target: str) -> Entry:
    """Return the entry of a read that is declared ``recorded``."""
    return Entry(
        at=now,
        kind="read",
        environment=environment,
        target=target,
        decision=decision.verdict,
        rule=decision.rule,
        reason=decision.reason,
        **_asked(request),
    )


def started(
    request: Request, plan: Plan, *, now: datetime, operation_id: str, where: tuple[str, str]
) -> Entry:
    """Return the entry of an operation's start, complete except for the decision, which the opening
    transaction fills in.
    """
    steps = [{"kind": s.kind, "on": s.on, "arguments": dict(s.arguments)} for s in plan.steps]
    return Entry(
        at=now,
        kind="started",
        environment=where[0],
        target=where[1],
        operation_id=operation_id,
        plan=redact_all({"doing": plan.doing, "steps": steps, "notes": list(plan.notes), "hash": plan.hash}),
        before=redact_all(dict(plan.before)),
        **_asked(request),
    )


def closed(record: OperationRecord, state: State, *, summary: str, after: Facts, now: datetime) -> Entry:
    evidence = {f"{s.position} {s.step.kind} {s.step.on}".strip(): dict(s.evidence) for s in record.steps}
    ids = [i for s in record.steps for i in trail(s).request_ids]
    return Entry(
        at=now,
        kind="closed",
        actor=record.actor_id,
        actor_name=record.actor_name,
        source=record.source,
        channel=record.channel,
        operation=record.name,
        operation_id=record.id,
        environment=record.environment,
        target=record.target,
        arguments=arguments(record.arguments),
        before=redact_all(dict(record.before)),
        after=redact_all(dict(after)),
        outcome=state.value,
        summary=redact(summary),
        seconds=round((now - record.opened_at).total_seconds(), 1),
        request_ids=tuple(dict.fromkeys(ids)),
        evidence=redact_all(evidence),
    )


def arguments(given: Any) -> dict[str, str]:
    """Return the arguments as they are kept: masked, and a long one replaced by its hash."""
    return {name: _kept(name, str(value)) for name, value in dict(given).items()}


def _kept(name: str, text: str) -> str:
    """An entry says exactly which keys were meant: in *session:a* no name stands before its value."""
    if len(text) > LONGEST_ARGUMENT:
        return f"sha256:{sha256(text.encode()).hexdigest()}"
    return shown_key(text) if name == PATTERN else redact(text)


def _asked(request: Request) -> dict[str, Any]:
    return {
        "actor": request.actor.id,
        "actor_name": actor_name(request.actor),
        "source": request.source,
        "channel": request.channel,
        "operation": redact(request.operation)[:100],
        "arguments": arguments(request.arguments),
    }
