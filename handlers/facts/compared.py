"""What of two revisions is read, to compare them: for ``why`` and ``diff``."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.tell.compared import Author
from handlers.words.errors import Absent
from handlers.words.step import StepState
from policies.service.comparing import Revision
from policies.service.history import PastDeployment
from policies.service.lineage import as_it_stands, running


def revision_of(scope: Scope, past: PastDeployment) -> Revision:
    """Read what the deployment's task definition says. Makes one call, or none where the revision is
    unknown.
    """
    if not past.definition:
        return Revision(past)
    try:
        return Revision(past, scope.services.definition(past.definition))
    except Absent:
        return Revision(past)


def running_revision(scope: Scope, service: str) -> Revision:
    """Read what runs of a service. Makes at most fourteen calls: five for the history, one for the
    definition, and eight for the facts of a service of which ECS remembers no deployment. Raises ``Absent``.
    """
    past = running(scope.services.history(service))
    return revision_of(scope, past or as_it_stands(scope.services.facts(service)))


def author(revision: Revision, before: Revision | None, past: Sequence[OperationRecord]) -> Author:
    """Find who made a deployment among our own operations; else only who registered its definition can be
    known.
    """
    made = revision.deployment
    same = before is not None and before.deployment.definition == made.definition
    return Author(revision, _ours(made, past), registered=not same, undone=_undone(made, past))


def _ours(made: PastDeployment, past: Sequence[OperationRecord]) -> OperationRecord | None:
    if not made.arn:
        return None
    return next((r for r in past if any(_started(s.evidence, made.arn) for s in r.steps)), None)


def _undone(made: PastDeployment, past: Sequence[OperationRecord]) -> OperationRecord | None:
    """Find who had it rolled back; ``None`` if it was not, or if ECS did so by itself."""
    if not made.arn or not made.rolled_back:
        return None
    stopped = ((r, s) for r in past for s in r.steps if s.step.arguments.get("release") == made.arn)
    return next((r for r, s in stopped if s.began_at and s.state is not StepState.UNDONE), None)


def _started(evidence: object, arn: str) -> bool:
    return isinstance(evidence, dict) and evidence.get("service_deployment") == arn
