"""`/env retain pr-142 30d "demo on Friday"`: keep an environment that looks orphaned, for a reason; nobody is
asked about it until then. Its schedule stays as it is.
"""

from __future__ import annotations

from typing import Annotated

from handlers.answering import answering, finding_of, needed, owner_of
from handlers.ports.scope import Scope
from handlers.tell import answering as tell
from handlers.words.arguments import Hidden, sentence
from handlers.words.operation import Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.people import Role
from policies.orphans.answers import Reply
from policies.orphans.findings import Finding
from policies.orphans.keeping import KeepError, KeptFor
from policies.schedule.standing import zone_of
from policies.secrets.redaction import redact


@operation(
    "retain",
    role=Role.VIEWER,
    changes=True,
    verb=Verb("getting an answer", "is kept", "is not kept", whole=True),
    conflicts="finding",
    aliases=("orphans keep",),
)
def retain(
    scope: Scope,
    words: Annotated[KeptFor | None, sentence("for how long", "30d", why="demo on Friday")] = None,
    finding: Hidden[str] = "",
) -> Plan | Refusal | Choice | Unchanged:
    """Say why an environment that looks orphaned has to stay, and for how long.

    ``finding``: the finding that the button is on.
    """
    known = finding_of(scope, finding)
    if not isinstance(known, Finding):
        return known
    if words is None:
        return tell.why(scope.environment.name, finding)
    if not words.reason:
        return tell.no_reason(scope.environment.name)
    try:
        until = words.at(scope.now, zone_of(scope.environment, scope.schedule))
    except KeepError as wrong:
        return tell.not_a_time(wrong)
    return Plan(
        doing="keeping",
        steps=(answering(known, Reply.KEPT, until=until, reason=redact(words.reason)),),
        before={"finding": known.round},
        needs=needed(scope, owner_of(scope.book, scope.environment)),
    )
