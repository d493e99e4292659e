"""`/env why staging orders-api`: why a service, or an environment, is as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.facts.compared import author, revision_of
from handlers.now import seen, stands, under_way
from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.steps.captured import Captured, capture, failures, newest, unquoted
from handlers.tell import status as stand
from handlers.tell import why as tell
from handlers.words.arguments import ServiceName
from handlers.words.operation import operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.service.comparing import differences
from policies.service.endings import endings, scarce, targets
from policies.service.facts import ServiceFacts
from policies.service.failure import failure_cause
from policies.service.health import Judgement
from policies.service.history import PastDeployment
from policies.service.lineage import pair
from policies.service.status import describe

MOST_READ = 5
"""Of how many unhealthy services the logs are read for the answer about their environment."""


@operation("why", role=Role.VIEWER, includes="logs", aliases=("explain",))
def why(scope: Scope, service: ServiceName | None = None) -> Answer:
    """Why a service fails or an environment is as it is: what changed, who did it, what its tasks said.

    About a service at most seventeen calls to AWS: eight for its facts, five for its history, two for task
    definitions, and two logs. About an environment those of ``status``, and two logs of each of the five
    gravest services. Whoever may not ask for ``logs`` here gets the answer without any line that tasks wrote,
    and without a cause that such a line gave. An answer that has either is recorded.
    """
    return _one(scope, service) if service else _all(scope)


def _all(scope: Scope) -> Answer:
    names = [member.name for member in scope.services.members().own]
    found = scope.services.summaries(names, tasks=True)
    judged = [(facts, describe(facts)) for facts in found]
    bad = sorted(((f, j) for f, j in judged if j.gravity), key=lambda pair: (-pair[1].gravity, pair[0].name))
    said = [_said(scope, facts) for facts, _ in bad[:MOST_READ]]
    causes = [*(each.cause for each in said), *("" for _ in bad[MOST_READ:])]
    rows = [tell.Ailing(f, j, cause) for (f, j), cause in zip(bad, causes, strict=True)]
    withheld = (tell.not_quoted(scope.logs_need),) if bad and scope.logs_need else ()
    notes = (*withheld, *_held(scope, [f for f, _ in judged]))
    told = tell.of_environment(scope.environment.name, len(judged), rows, notes)
    return replace(told, quotes=any(each.quotes for each in said))


def _said(scope: Scope, facts: ServiceFacts) -> Captured:
    return capture(scope, facts, _deployment(facts), quoting=scope.logs_need is None)


def _held(scope: Scope, found: Sequence[ServiceFacts]) -> tuple[str, ...]:
    return stand.held(stands(scope), seen=seen(under_way(scope), [f.desired for f in found]), now=scope.now)


def _one(scope: Scope, service: str) -> Answer:
    facts = scope.services.facts(service)
    judged = describe(facts)
    compared = pair(scope.services.history(service))
    past = scope.past(service)
    now = revision_of(scope, compared.tried) if compared else None
    before = revision_of(scope, compared.good) if compared and compared.good else None
    ailing = _ails(judged, compared.tried if compared else None)
    said = _said(scope, facts) if ailing else Captured()
    tried = compared.tried if compared else None
    earlier = _earlier(scope, past, service, tried) if ailing and not said.cause else None
    story = tell.Story(
        place=tell.Place(scope.environment.name, scope.environment, scope.schedule, scope.now),
        facts=facts,
        judged=judged,
        now=now,
        before=before,
        made=author(now, before, past) if now else None,
        found=differences(before, now) if before and now else (),
        cause=said.cause,
        logs=said.logs,
        earlier=earlier,
        ended=endings(facts, _deployment(facts)) if ailing else (),
        scarce=scarce(facts) if ailing else "",
        targets=targets(facts),
        notes=() if facts.desired else _held(scope, [facts]),
        kept=newest(past, service) if scope.logs_need is None else None,
        need=scope.logs_need if ailing else None,
    )
    quotes = said.quotes or (earlier is not None and scope.logs_need is None)
    return replace(tell.of_service(story), quotes=quotes)


def _ails(judged: Judgement, tried: PastDeployment | None) -> bool:
    """Return whether there is anything to explain: the service is not well, or its last deployment ended
    badly.
    """
    return bool(judged.gravity) or (tried is not None and tried.ended and not tried.worked)


def _deployment(facts: ServiceFacts) -> str:
    """Return the deployment whose tasks explain most: the primary one if any of them failed, else any."""
    primary = facts.primary.id if facts.primary else ""
    return primary if primary and failure_cause(facts, primary) else ""


def _earlier(
    scope: Scope, past: Sequence[OperationRecord], service: str, tried: PastDeployment | None
) -> tell.Earlier | None:
    """Find what an operation captured last when it failed on this service, since the newest deployment if
    that is known: ECS forgets a stopped task within about an hour (facts/ecs 2.5).
    """
    for record in past:
        for step, left in failures(record, service):
            at = step.ended_at or record.closed_at or record.opened_at
            if tried is not None and not _since(at, tried):
                continue
            if scope.logs_need is None:
                return tell.Earlier(left.captured, left.cause or "", at, record)
            return tell.Earlier(unquoted(left.captured), "", at, record)
    return None


def _since(at: datetime, tried: PastDeployment) -> bool:
    return at >= tried.created_at
