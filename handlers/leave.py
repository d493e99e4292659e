"""*Leave it*: what the clock did only in part stays as it is, until the next transition."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.steps.leave import leave_step, left_by
from handlers.tell import keep as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Unchanged
from policies.access.people import Role


@operation(
    "leave",
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("being left as it is", "is left as it is", "is not left as it is", whole=True),
    conflicts="override",
    noticed=True,
)
def leave(scope: Scope, tried: Hidden[str] = "") -> Plan | Unchanged:
    """Leave as it is what the clock could only start or stop in part, instead of trying again.

    ``tried``: the operation that is not to be tried again; if left out, the clock's last attempt.
    """
    step = leave_step(scope, tried)
    if step is None:
        return tell.nothing_left(scope.environment.name)
    return Plan(doing="leaving as it is", steps=(step,), of=left_by(step))
