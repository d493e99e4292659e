"""Checks the catalog by itself, and against what exists in AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.cli.checks.check import Check, Kind
from bot.scopes import PortScopes
from handlers.words.errors import Trouble
from policies.access.grants import Grant
from policies.access.people import ConsoleUser
from policies.catalog.mistakes import idle, overlaps, unclaimed
from policies.service.environment import Environment, LiveService, has_old_arn, membership

TOLD = ("identity", "changes")
"""Findings that get a line of their own even if all is in order; the reads are only listed."""
CORRECT = "correct the catalog or the service's tags; until then changes on it are refused"
OLD_ARN = (
    "has an ARN of the old short format: it can carry no tag, and the role's policy, which names clusters, "
    "does not reach it"
)
MAKE_ANEW = "turn serviceLongArnFormat on in the account's ECS settings, and create the service again"


def rows(environments: Sequence[Environment], grants: Sequence[Grant], *, now: datetime) -> Iterator[Check]:
    """What is odd in the catalog itself."""
    for sentence in overlaps(environments):
        yield Check("catalog", False, sentence, "narrow one of them; disputed services are refused meanwhile")
    if ownerless := ", ".join(environment.name for environment in environments if not environment.owner):
        yield Check("catalog", None, f"without an owner: {ownerless}", "name one for each")
    for sentence in idle(grants, environments, now=now):
        yield Check("catalog", None, sentence, "correct it in the catalog, or take it out")


def access(scopes: PortScopes, environment: Environment, user: ConsoleUser) -> Iterator[Check]:
    """May the bot do in AWS what it needs to do?"""
    try:
        findings = scopes.preflight(environment, user)
    except Trouble as trouble:
        yield Check(f"{environment.name}: AWS", False, trouble.sentence, "run this check again")
        return
    for finding in findings:
        if not finding.ok or finding.check in TOLD:
            yield Check(f"{environment.name}: {finding.check}", finding.ok, finding.sentence, finding.todo)
    if well := ", ".join(f.check for f in findings if f.ok and f.check not in TOLD):
        yield Check(f"{environment.name}: reads", True, well)


def services(
    scopes: PortScopes,
    asked: Sequence[Environment],
    environments: Sequence[Environment],
    user: ConsoleUser,
) -> Iterator[Check]:
    """Find disputed and unclaimed services in the clusters of the environments that are ``asked`` about:
    those that more than one of all the ``environments``, or none of them, claims.
    """
    told: set[str] = set()
    for environment in asked:
        try:
            live = scopes.live(environment, user)
        except Trouble as trouble:
            yield Check(f"{environment.name}: services", False, trouble.sentence, kind=Kind.SERVICES)
            continue
        fresh = [service for service in live if service.arn not in told]
        told.update(service.arn for service in fresh)
        yield from _judged(environment, fresh, environments)


def _judged(
    environment: Environment, live: Sequence[LiveService], environments: Sequence[Environment]
) -> Iterator[Check]:
    here = [e for e in environments if (e.account, e.region) == (environment.account, environment.region)]
    judged = (membership(one, live, here).disputed for one in here)
    disputed = {(name, " and ".join(claims)) for found in judged for name, claims in found.items()}
    for old in filter(has_old_arn, live):
        yield Check(f"service {old.name}", None, f"in cluster {old.cluster} {OLD_ARN}", MAKE_ANEW)
    for name, claims in sorted(disputed):
        yield Check(f"service {name}", False, f"is claimed by {claims}", CORRECT)
    for nobodys in unclaimed(live, here):
        yield Check(
            f"service {nobodys.name}", None, f"in cluster {nobodys.cluster} belongs to no environment"
        )
