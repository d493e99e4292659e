"""`/env flush staging session:*`: delete the keys of a pattern from the environment's cache."""

from __future__ import annotations

from typing import Annotated

from handlers.ports.cache import Bounds
from handlers.ports.scope import Scope
from handlers.steps.keys import keys_step
from handlers.tell import flush as tell
from handlers.words.arguments import PATTERN, KeyPattern, word
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Json, Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.people import Role
from policies.cache import patterns, sharing
from policies.service.environment import Flush

COUNTING_SECONDS = 3.0
"""How long the keys are counted before the answer says *at least*: with the connection, all within the time
that somebody waits."""


def mistaken(scope: Scope, pattern: KeyPattern) -> Refusal | None:
    found = _allowed(scope, pattern)
    return found if isinstance(found, Refusal) else None


def _allowed(scope: Scope, pattern: KeyPattern) -> Flush | Refusal:
    """Return what may be deleted here, if these keys may."""
    allowed = scope.environment.flush
    if allowed is None:
        return tell.no_cache(scope.environment.name)
    shared = sharing.refused(scope.environment, scope.neighbours)
    if shared is not None:
        return Refusal(shared)
    refused = patterns.refused(pattern, allowed)
    if refused is not None:
        right = patterns.corrected(pattern, allowed)
        return Refusal(refused, corrected={PATTERN: right} if right else {})
    return allowed


@operation(
    "flush",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    mistaken=mistaken,
    confirm=True,
    danger=True,
    verb=Verb("being flushed", "was flushed", "was not flushed", named_by="pattern"),
    conflicts="keys",
    apart=True,
)
def flush(
    scope: Scope, pattern: Annotated[KeyPattern, word("which keys", "session:*")]
) -> Plan | Refusal | Unchanged:
    """Delete the keys of a pattern from the environment's cache; first shows how many there are."""
    allowed = _allowed(scope, pattern)
    if isinstance(allowed, Refusal):
        return allowed
    counted = scope.keys.count(pattern, Bounds(allowed.most_keys, COUNTING_SECONDS))
    if counted.matched > allowed.most_keys:
        return tell.too_many(pattern, allowed)
    if counted.whole and not counted.matched:
        return tell.none_match(pattern, allowed, counted)
    before: dict[str, Json] = {"matched": counted.matched, "held": counted.held}
    notes = tell.notes(pattern, allowed)
    return Plan(
        "deleting keys",
        (keys_step(pattern, allowed),),
        {"keys": before},
        notes,
        question=tell.question(pattern, allowed, counted),
    )
