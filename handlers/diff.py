"""`/env diff staging orders-api`: what differs from the last revision that worked, or from another
environment.
"""

from __future__ import annotations

from typing import Annotated

from handlers.facts.compared import author, revision_of, running_revision
from handlers.ports.scope import Scope
from handlers.tell import diff as tell
from handlers.words.arguments import REVISION, OtherEnvironment, ServiceName, sentence
from handlers.words.errors import Absent
from handlers.words.operation import operation
from handlers.words.result import Answer, Missing, Refusal
from policies.access.decision import Refused
from policies.access.people import Role
from policies.service.comparing import differences
from policies.service.lineage import pair

BEFORE = frozenset({"previous", "last", "before"})
"""What is compared with anyway, unless an environment has that name."""


@operation("diff", sample="worker", role=Role.VIEWER, aliases=("compare",))
def diff(
    scope: Scope,
    service: ServiceName,
    other: Annotated[OtherEnvironment | None, sentence("another environment", "with qa-eu")] = None,
) -> Answer | Missing | Refusal:
    """What differs from the last revision that worked, or from another environment.

    Makes at most seven calls to AWS; between two environments at most twice those of ``running_revision``.
    """
    return _with(scope, service, other) if other else _before(scope, service)


def _before(scope: Scope, service: str) -> Answer:
    found = pair(scope.services.history(service))
    if found is None:
        return tell.no_history(scope.environment.name, service, scope.services.facts(service).controller)
    now = revision_of(scope, found.tried)
    if found.good is None:
        return tell.none_that_worked(scope.environment.name, now)
    before = revision_of(scope, found.good)
    made = author(now, before, scope.past(service))
    return tell.of_one(scope, service, before=before, made=made, found=differences(before, now))


def _with(scope: Scope, service: str, other: str) -> Answer | Missing | Refusal:
    there = scope.beside(other) if scope.beside else None
    if isinstance(there, Refused) and other in BEFORE:
        return _before(scope, service)
    if isinstance(there, Refused) and REVISION.fullmatch(other):
        return tell.takes_no_revision(other)
    if isinstance(there, Refused):
        return Refusal(there)
    if there is None or there.environment.name == scope.environment.name:
        return tell.the_same_place(scope.environment.name, service)
    try:
        theirs = running_revision(there, service)
    except Absent:
        names = [member.name for member in there.services.members().own]
        return tell.not_there(service, there.environment.name, names)
    ours = running_revision(scope, service)
    found = differences(ours, theirs, elsewhere=True)
    places = (scope.environment.name, there.environment.name)
    return tell.of_two(service, places, revisions=(ours, theirs), found=found)
