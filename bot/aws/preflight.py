"""Checks, before anybody relies on an environment, that its role can be assumed and may read what is needed.

Each family of permissions gets one harmless read of something that does not exist, so the answer *not there*
means *allowed*. Clusters, databases and caches are asked for by their names in the catalog. Changes are not
tried: IAM is asked whether a stop of everything would be allowed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.aws import calls, causes
from bot.aws.attached import read_members
from bot.aws.attached_caches import read_cache
from bot.aws.calls import Call, Probe
from bot.aws.database_rows import ABSENT, CLUSTER
from bot.aws.databases import RdsDatabases
from bot.aws.errors import translated
from bot.aws.permissions import CAPACITY
from bot.aws.place import Place
from bot.aws.preflight_flags import flag_checks
from bot.aws.sign_calls import SIGNS
from handlers.ports.aws import Moves
from handlers.ports.scope import Scope
from handlers.tell import stop as tell
from handlers.words.errors import Absent, Rejected, Throttled, Trouble
from policies.capacity.groups import providers_of
from policies.capacity.stopping import permissions, uncounted
from policies.catalog.caches import CLUSTER as CACHE_CLUSTER
from policies.service.environment import Environment
from policies.service.running_once import differences

A_WAIT = 0.2
"""Seconds between two attempts to get a turn: the slowest rate gives one in that time (facts/ecs 4)."""
MOST_WAITS = 100
"""Attempts before the check fails: 20 seconds, in which the slowest rate gives a hundred turns."""


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``ok`` is ``None`` where the result is not known. ``todo`` says what to do,
    and is empty if all is in order. For admins only: a finding may name roles.
    """

    check: str
    ok: bool | None
    sentence: str
    todo: str = ""


@dataclass(frozen=True)
class Failed:
    """Makes the finding for a failed look, with the next step for its cause."""

    environment: Environment
    now: datetime

    def __call__(self, check: str, trouble: Trouble) -> Finding:
        why = causes.told(trouble, self.environment, self.now)
        return Finding(check, False, why.said, why.todo)


def preflight(place: Place, scope: Scope, *, now: datetime) -> list[Finding]:
    """Make every check, in the order in which they are worth fixing. Without an identity only the first is
    made, and changes are checked only if everything they need is in order. ``place`` and ``scope`` are of one
    environment; ``now`` is this machine's time, which is compared with AWS's.
    """
    first = _identity(place, now)
    if not first.ok:
        return [first]
    failed = Failed(place.environment, now)
    clusters = [_cluster(place, cluster, failed) for cluster in place.environment.pick.clusters]
    families = [_family(place, call, call.probe, failed) for call in calls.CALLS if call.probe]
    signs = [_sign(_family(place, call, call.probe, failed)) for call in SIGNS if call.probe]
    databases = list(_databases(place, failed))
    found = [first, *clusters, *families, *signs, *databases, *_caches(place, failed), *_flags(scope, failed)]
    if not all(finding.ok for finding in (*clusters, *families, *databases)):
        return found
    return [*found, *_changes(scope), *_predictive(scope, failed), *_tasks(scope, failed)]


def _sign(finding: Finding) -> Finding:
    """Turn a failure into something worth knowing, because an environment can be operated without this
    permission.
    """
    return finding if finding.ok else replace(finding, ok=None)


def _identity(place: Place, now: datetime) -> Finding:
    environment = place.environment
    action = f"ask AWS who the bot is in {environment.name}"
    try:
        client = place.sts(action)
        with translated(action):
            account = client.get_caller_identity()["Account"]
    except Trouble as trouble:
        why = causes.identity(trouble, environment, now)
        return Finding("identity", False, why.said, why.todo)
    if account != environment.account:
        sentence = f"The credentials lead to account {account}, the catalog says {environment.account}."
        return Finding("identity", False, sentence, "Correct the account or the role in the catalog.")
    return Finding("identity", True, f"The bot has credentials in account {account}.")


def _cluster(place: Place, cluster: str, failed: Failed) -> Finding:
    action = f"list the services of cluster {cluster}"
    check = f"cluster {cluster}"
    try:
        client = place.ecs(action)
        with place.turn(calls.LIST_SERVICES, action):
            client.list_services(cluster=cluster, maxResults=1)
    except Absent as trouble:
        return Finding(check, False, trouble.sentence, "Correct the cluster's name or region in the catalog.")
    except Trouble as trouble:
        return failed(check, trouble)
    return Finding(check, True, f"Cluster {cluster} is there and can be listed.")


def _databases(place: Place, failed: Failed) -> Iterator[Finding]:
    """Check each database that the catalog names by itself, because a role may be allowed to read one and not
    another. For a cluster, the members are read too, because its cost is the cost of its members.
    """
    for database in place.environment.databases:
        check = f"database {database}"
        one = replace(place, environment=replace(place.environment, databases=(database,)))
        try:
            [facts] = RdsDatabases(one).facts()
            if database.startswith(CLUSTER):
                read_members(place, database.removeprefix(CLUSTER))
        except Trouble as trouble:
            yield failed(check, trouble)
            continue
        if facts.status == ABSENT:
            todo = "Correct the database's id or region in the catalog, or take it out."
            yield Finding(
                check, False, f"RDS has no database {database} in {place.environment.region}.", todo
            )
        else:
            but = f", but RDS does not stop it: {facts.cannot_stop}" if facts.cannot_stop else ""
            yield Finding(check, True, f"Database {database} is there and can be read{but}.")


def _caches(place: Place, failed: Failed) -> Iterator[Finding]:
    """Check each cache that the catalog names by itself. An environment can be operated without reading its
    caches.
    """
    for cache in place.environment.caches:
        check = f"cache {cache}"
        try:
            row = read_cache(place, cache)
        except Trouble as trouble:
            yield _sign(failed(check, trouble))
            continue
        if row is None:
            todo = "Correct the cache's id, its prefix or the region in the catalog, or take it out."
            said = f"ElastiCache has no cache {cache} in {place.environment.region}."
            yield Finding(check, False, said, todo)
        elif cache.startswith(CACHE_CLUSTER) and (group := row.get("ReplicationGroupId")):
            said = f"Cache {cache} is one node of the replication group {group}."
            yield Finding(check, False, said, f"Name the group in the catalog instead: {group}.")
        else:
            yield Finding(check, True, f"Cache {cache} is there and can be read.")


def _flags(scope: Scope, failed: Failed) -> Iterator[Finding]:
    for one in flag_checks(scope):
        if one.trouble is not None:
            yield failed(one.check, one.trouble)
        else:
            yield Finding(one.check, one.ok, one.sentence, one.todo)


def _changes(scope: Scope) -> Iterator[Finding]:
    """Check the changes of a stop, the following start and a rollback, on everything there is now. Production
    that is open to neither rightly lacks these permissions.
    """
    where, check = scope.environment, "changes"
    lit = _stays_lit(where)
    if lit and "rollback" not in where.open_to:
        return
    try:
        lacking = scope.permissions.lacking(Moves(rolled=_rolled(scope)) if lit else _moves(scope))
    except Trouble as trouble:
        todo = "Allow the role iam:SimulatePrincipalPolicy on itself, as the generated policy does."
        yield Finding(check, None, f"It is not known which changes are allowed: {trouble.sentence}", todo)
        return
    if lacking:
        todo = "Attach the policy that Lamplighter generates to the role; it asks for the tag `lamplighter`."
        yield Finding(check, False, f"The role lacks {permissions(lacking)}.", todo)
    else:
        may = "roll back the services" if lit else "stop and start all"
        yield Finding(check, True, f"The bot may {may} of {where.name}.")


def _predictive(scope: Scope, failed: Failed) -> Iterator[Finding]:
    """Name predictive scaling policies, which would start again what a stop has stopped; yield nothing if
    there are none.
    """
    if _stays_lit(scope.environment):
        return
    try:
        names = [service.name for service in scope.services.members().own]
        acting = scope.scaling.predictive(list(scope.scaling.facts(names)))
    except Trouble as trouble:
        yield replace(failed("predictive scaling", trouble), ok=None)
        return
    for service, policies in acting.items():
        said = tell.predictive(service, policies)
        todo = "Set the policy's mode to ForecastOnly, or leave the service out of what is stopped."
        yield Finding("predictive scaling", None, said, todo)


def _tasks(scope: Scope, failed: Failed) -> Iterator[Finding]:
    """Check each approved task: its revision as ECS has it now, and the service whose network it takes."""
    for task in scope.environment.tasks:
        check = f"task {task.name}"
        todo = "Correct the task in the catalog, or have the approved revision registered."
        try:
            defined = scope.runs.defined(task.reference)
            scope.runs.placement(task.service)
        except Absent as trouble:
            yield Finding(check, False, trouble.sentence, todo)
            continue
        except Trouble as trouble:
            yield failed(check, trouble)
            continue
        wrong = differences(task, defined) if defined.active else ("it is INACTIVE",)
        if wrong:
            yield Finding(check, False, f"{defined.name} is not what is approved: {'; '.join(wrong)}.", todo)
        else:
            yield Finding(check, True, f"{defined.name} is what is approved.")


def _stays_lit(environment: Environment) -> bool:
    return environment.production and not environment.open_to & CAPACITY


def _moves(scope: Scope) -> Moves:
    names = [service.name for service in scope.services.members().own]
    counted = [facts for facts in scope.services.summaries(names) if not uncounted(facts)]
    return Moves(
        services=tuple(facts.name for facts in counted),
        scaled=tuple(scope.scaling.facts(names)),
        databases=scope.environment.databases,
        groups=tuple(group.name for group in scope.capacities.groups(providers_of(counted))),
        rolled=_rolled(scope),
    )


def _rolled(scope: Scope) -> tuple[str, ...]:
    """Return the services that can be rolled back from here."""
    names = [service.name for service in scope.services.members().own]
    return tuple(f.name for f in scope.services.summaries(names) if f.controller == "ECS" and not f.express)


def _family(place: Place, call: Call, probe: Probe, failed: Failed) -> Finding:
    action = f"read {probe.reads} of {place.environment.name}"
    try:
        _in_turn(place, call, probe, action)
    except (Absent, Rejected):
        pass
    except Trouble as trouble:
        return failed(probe.reads, trouble)
    return Finding(probe.reads, True, f"The bot may read {probe.reads}.")


def _in_turn(place: Place, call: Call, probe: Probe, action: str) -> None:
    """Make the probe. If the bot's own share of AWS's rate is used up, wait: many environments of one account
    are checked one after another, and some rates are five calls a second for all of them.
    """
    for _ in range(MOST_WAITS):
        try:
            with place.turn(call, action) if call.bucket else translated(action):
                probe.call(place)
            return
        except Throttled as throttled:
            if throttled.code:
                raise
            time.sleep(A_WAIT)
    with place.turn(call, action):
        probe.call(place)
