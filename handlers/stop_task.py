"""*Stop task*: ends a one-off task that was run from here, while it runs."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.steps.one_off import end_step
from handlers.tell import run as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Unchanged
from policies.access.people import Role
from policies.service.running_once import operation_of


@operation(
    "stop-task",
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("being stopped", "was stopped", "was not stopped", subject="The one-off task"),
    conflicts="one-off task",
    noticed=True,
)
def stop_task(scope: Scope, task: Hidden[str] = "") -> Plan | Unchanged:
    """Stop a one-off task that was run from here, by the button on its message.

    ``task``: exactly this one. A task that anything else started is never stopped.
    """
    found = next((one for one in scope.tasks.one_off() if one.id == task and one.run_here), None)
    if found is None:
        return tell.not_running(scope.environment.name)
    step = end_step(found.family, found.id, found.cluster)
    return Plan("stopping", (step,), of=operation_of(found.started_by))
