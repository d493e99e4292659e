"""`/env end staging`, and the button *Stop task*: ends a one-off task that was run from here."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.steps.one_off import end_step
from handlers.tell import run as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Unchanged
from policies.access.people import Role
from policies.service.running_once import operation_of


@operation(
    "end",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("being stopped", "was stopped", "was not stopped", subject="The one-off task"),
    conflicts="one-off task",
    noticed=True,
)
def end(scope: Scope, which: Hidden[str] = "") -> Plan | Choice | Unchanged:
    """Stop a one-off task that `run` started, as the button on its message does.

    ``which``: exactly this one. A task that anything else started is never stopped.
    """
    mine = [one for one in scope.tasks.one_off() if one.run_here and which in ("", one.id)]
    if not mine:
        return tell.not_running(scope.environment.name)
    if len(mine) > 1:
        return tell.which(mine, scope.environment.name)
    found = mine[0]
    step = end_step(found.family, found.id, found.cluster)
    return Plan("stopping", (step,), of=operation_of(found.started_by))
