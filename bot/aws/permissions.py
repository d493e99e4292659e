"""The least-privilege policy, made from the calls that the adapters make (facts/ecs 10.1, 10.2).

No test here proves what IAM itself does: moto evaluates neither resources nor conditions (facts/ecs 10.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.aws import arns, flag_policy, run_policy, scaling
from bot.aws.calls import (
    CONTINUE_SERVICE_DEPLOYMENT,
    DESCRIBE_CACHE_CLUSTERS,
    DESCRIBE_DB_INSTANCES,
    DESCRIBE_REPLICATION_GROUPS,
    DESCRIBE_SERVERLESS_CACHES,
    REGISTER_SCALABLE_TARGET,
    RUN_TASK,
    SIMULATE_PRINCIPAL_POLICY,
    STOP_SERVICE_DEPLOYMENT,
    STOP_TASK,
    UPDATE_AUTO_SCALING_GROUP,
    UPDATE_SERVICE,
    Call,
    actions,
)
from bot.aws.discovery.live import batches
from bot.aws.own_calls import BILLING, CONNECT, FIRST, GET_SECRET_VALUE, OWN
from bot.aws.policy_parts import joined
from bot.aws.sign_calls import EVERY
from policies.catalog.caches import CLUSTER, SERVERLESS, kind_of
from policies.service.environment import Environment, TagPick

ACTIONS = tuple(sorted(call.action for call in EVERY))
"""What an environment's role must allow. The actions of STS are in ``caller_document``. The actions of RDS
and ElastiCache are needed only where the catalog attaches a database or a cache, and those of Systems Manager
and AppConfig only where it keeps a flag there.
"""
ROLLBACKS = (CONTINUE_SERVICE_DEPLOYMENT, STOP_SERVICE_DEPLOYMENT)
"""They need the service and its service deployment (facts/ecs 10.1). The tags on the service fence them; a
service deployment carries none.
"""
SERVICE_WRITES = (*ROLLBACKS, UPDATE_SERVICE)
ECS_WRITES = (*ROLLBACKS, STOP_TASK, UPDATE_SERVICE)
DATABASE_READS, DATABASE_WRITES = actions("rds", changes=False), actions("rds", changes=True)
CACHE_READS = {
    "": DESCRIBE_REPLICATION_GROUPS.action,
    CLUSTER: DESCRIBE_CACHE_CLUSTERS.action,
    SERVERLESS: DESCRIBE_SERVERLESS_CACHES.action,
}
"""The action that reads each kind of cache."""
NAMED_ONE_BY_ONE = ("rds", "elasticache", "ssm", "appconfig", "iam")
"""Services of which only what the catalog names is allowed."""
WRITES = tuple(call.action for call in EVERY if call.changes)
UNSCOPED = tuple(
    call.action
    for call in EVERY
    if not (call.shapes or call.by_cluster or call.changes) and call.service not in NAMED_ONE_BY_ONE
)
BY_RESOURCE = tuple(call for call in EVERY if call.shapes and not call.changes)
BY_CLUSTER_KEY = tuple(call.action for call in EVERY if call.by_cluster)
"""Actions that take no resource but ``*``; the condition ``ecs:cluster`` fences them."""
CAPACITY = frozenset({"stop", "start"})
"""Operations that move autoscaling and databases. Production that is open to neither gets the permissions of
neither.
"""
NEVER = (
    "application-autoscaling:DeregisterScalableTarget",
    "ecs:ExecuteCommand",
    "ecs:RegisterTaskDefinition",
    "ecs:RunTask",
    "ecs:TagResource",
    "ecs:UntagResource",
    "iam:PassRole",
    "logs:Unmask",
)
"""Denied always, except for what approved tasks need (``bot.aws.run_policy``), and so is reading every secret
but those that the catalog names for a cache. Deregistering deletes policies and scheduled actions (facts/ecs
3.2); changing tags would move the fence from inside; the others read secrets or run code (facts/ecs 10.2).
"""
MOST_ALIKE = 40
"""Values of a tag in one statement, so that the statement fits a policy by itself."""
PRODUCTION_WORDS = ("prod", "production", "prd", "live")
OPT_IN = "lamplighter"
"""The tag, with the value ``true``, that allows changes to a service: a forgotten tag must not open anything.
"""

Statement = dict[str, Any]


def policy_document(environments: Sequence[Environment], *, opt_in: str = OPT_IN) -> dict[str, Any]:
    """The policy of the role that these environments share. An empty ``opt_in`` asks for no opt-in tag.

    Production is read only unless an environment is open to an operation. Raise ``ValueError`` if there are
    no environments, or environments of more than one account.
    """
    if len({environment.account for environment in environments}) != 1:
        raise ValueError("one policy is for the environments of exactly one account")
    writable = [e for e in environments if not e.production or e.open_to]
    lit = [e for e in environments if e.production and not e.open_to & CAPACITY]
    moved = [e for e in environments if e not in lit]
    statements = [
        *_reads(environments),
        *(statement for alike in _alike(writable) for statement in _writes(alike, opt_in)),
        *_rollbacks(writable),
        *_capacity(moved, opt_in),
        *flag_policy.changes(environments),
        *run_policy.allowances(environments),
        *_lit(lit),
        *_flushes(environments),
        *_denials(environments, opt_in),
        *run_policy.denials(environments),
    ]
    return {"Version": "2012-10-17", "Statement": joined(statements)}


def caller_document(role_arns: Iterable[str]) -> dict[str, Any]:
    """The policy of the bot's own identity: read list prices (facts/ecs 7.9), assume these roles and name the
    person (facts/ecs 10.3).

    Each role's trust policy must allow the same three actions.
    """
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    roles = sorted({arn for arn in role_arns if arn})
    statements = [_allow("ReadPrices", (call.action for call in OWN), ["*"])]
    if roles:
        statements.append(_allow("TakeOnRoles", actions, roles))
    return {"Version": "2012-10-17", "Statement": statements}


def billing_document() -> dict[str, Any]:
    """The policy for reading the bill in the payer account (facts/ecs 7.7). Cost Explorer takes no resource
    but ``*``, and neither call changes anything.
    """
    statement = _allow("ReadTheBill", (call.action for call in BILLING), ["*"])
    return {"Version": "2012-10-17", "Statement": [statement]}


def first_document() -> dict[str, Any]:
    """The policy for writing a first catalog, for whoever runs ``lamplighter init``: read everything, because
    no name is known yet. The command also works without the permissions for databases.
    """
    statement = _allow("SeeWhatThereIs", (call.action for call in FIRST), ["*"])
    return {"Version": "2012-10-17", "Statement": [statement]}


def _reads(environments: Sequence[Environment]) -> list[Statement]:
    """Statements for reading. All reads by resource share one statement: no two of these calls take the same
    kind of resource with different fences, so the joint list of resources allows no call more than its own
    list would.
    """
    clusters = arns.clusters(environments)
    fenced: Statement = {"ArnEquals": {"ecs:cluster": clusters}}
    resources = sorted({arn for call in BY_RESOURCE for arn in arns.fencing(call, environments)})
    return [
        _allow("ReadAnywhere", UNSCOPED, ["*"]),
        {**_allow("ListInClusters", BY_CLUSTER_KEY, ["*"]), "Condition": fenced},
        _allow("ReadByResource", _actions(BY_RESOURCE), resources),
        *_on_databases(_allow, "ReadDatabases", DATABASE_READS, environments),
        *_members(environments),
        *_caches(environments),
        *flag_policy.reads(environments),
        _allow("AskWhatIsAllowed", (SIMULATE_PRINCIPAL_POLICY.action,), arns.roles(environments)),
    ]


def _members(environments: Sequence[Environment]) -> list[Statement]:
    """Reads of a cluster's members, whose costs are the cluster's costs. Describing a member shows no
    data.
    """
    named = arns.members(environments)
    return [_allow("ReadMembersOfClusters", (DESCRIBE_DB_INSTANCES.action,), named)] if named else []


def _caches(environments: Sequence[Environment]) -> list[Statement]:
    """Reads of the caches, for their costs. Without a cache there is no statement, because IAM refuses a
    statement without a resource.
    """
    named = arns.caches(environments)
    reads = {CACHE_READS[kind_of(cache)] for e in environments for cache in e.caches}
    return [_allow("ReadCaches", reads, named)] if named else []


def _alike(environments: Sequence[Environment]) -> list[list[Environment]]:
    """Group the environments that one statement can name: environments in the same clusters that differ only
    in the value of one tag, or environments that each have clusters of their own with no other services in
    them.
    """
    found: dict[object, list[Environment]] = {}
    for e in environments:
        pick = e.pick
        tagged = (e.region, frozenset(pick.clusters), pick.key) if isinstance(pick, TagPick) else ()
        found.setdefault(tagged, []).append(e)
    return [some for alike in found.values() for some in batches(alike, MOST_ALIKE)]


def _writes(alike: Sequence[Environment], opt_in: str) -> list[Statement]:
    """Changes in clusters, limited to a tag where a tag picks the environments. Where only the tag's value
    differs, one statement lists the values, because a policy must stay short (facts/ecs 10.5).

    A task carries tags only if its service propagates them, so the opt-in tag is not required of tasks. In a
    cluster shared by tag there is no other fence, so StopTask needs ``propagateTags: SERVICE``.
    """
    picks = [e.pick for e in alike if isinstance(e.pick, TagPick)]
    values = sorted({pick.value for pick in picks})
    value = values[0] if len(values) == 1 else values
    picked: dict[str, Any] = {f"aws:ResourceTag/{pick.key}": value for pick in picks}
    opted = {f"aws:ResourceTag/{opt_in}": "true"} if opt_in else {}
    name = _sid(alike[0].name) + (f"And{len(alike) - 1}More" if len(alike) > 1 else "")
    clusters = {"ecs:cluster": arns.clusters(alike)}
    update = _allow(f"Update{name}", _actions(SERVICE_WRITES), arns.fencing(UPDATE_SERVICE, alike))
    stop = _of(f"StopTask{name}", STOP_TASK, alike)
    return [
        {**update, "Condition": _conditions(clusters, {**opted, **picked})},
        {**stop, "Condition": _conditions(clusters, picked)},
    ]


def _rollbacks(environments: Sequence[Environment]) -> list[Statement]:
    """The other half of going back: the service deployments. Both halves are needed, and the half about
    services names the clusters and the tags, so this half fences nothing.
    """
    if not environments:
        return []
    return [
        _allow(
            "RollDeploymentsBack", _actions(ROLLBACKS), [arns.anywhere(environments[0], "service-deployment")]
        )
    ]


def _capacity(environments: Sequence[Environment], opt_in: str) -> list[Statement]:
    """Changes to autoscaling, databases and groups of instances. A scalable target's ARN names neither
    cluster nor service, so AWS cannot fence it by either. The role may therefore move any ECS service's
    bounds, and only the adapter's own look at the live service limits it to the environment. Databases are
    named one by one. The catalog names no group: each group takes orders only with the opt-in tag.
    """
    if not environments:
        return []
    only = {
        "application-autoscaling:service-namespace": scaling.NAMESPACE,
        "application-autoscaling:scalable-dimension": scaling.DIMENSION,
    }
    move = _of("MoveScaling", REGISTER_SCALABLE_TARGET, environments)
    resize = _of("ResizeGroups", UPDATE_AUTO_SCALING_GROUP, environments)
    tagged: Statement = {"StringEquals": {f"aws:ResourceTag/{opt_in}": "true"}}
    return [
        {**move, "Condition": {"StringEquals": only}},
        {**resize, "Condition": tagged} if opt_in else resize,
        *_on_databases(_allow, "StopAndStartDatabases", DATABASE_WRITES, environments),
    ]


def _lit(environments: Sequence[Environment]) -> list[Statement]:
    """Deny changes to databases of production that stays on, even if another environment names the same
    database.
    """
    return _on_databases(_deny, "DatabasesStayOn", DATABASE_WRITES, environments)


def _flushes(environments: Sequence[Environment]) -> list[Statement]:
    """Signing in to exactly the caches whose keys may be deleted, as exactly their users, or reading exactly
    the secrets that hold their passwords.
    """
    named = [(e, e.flush) for e in environments if e.flush is not None and not e.production]
    signed = sorted(
        {arn for e, flush in named if flush.user and not flush.secret for arn in arns.signing_in(e, flush)}
    )
    secrets = _secrets(environments)
    return [
        *([_allow("SignInToCaches", (CONNECT.action,), signed)] if signed else []),
        *([_allow("ReadPasswordsOfCaches", (GET_SECRET_VALUE.action,), secrets)] if secrets else []),
    ]


def _secrets(environments: Sequence[Environment]) -> list[str]:
    return sorted({e.flush.secret for e in environments if e.flush and e.flush.secret and not e.production})


def _never(environments: Sequence[Environment], never: Sequence[str]) -> list[Statement]:
    """Denials of what is never needed. Of all secrets, only those of caches may be read."""
    secrets = _secrets(environments)
    if not secrets:
        return [_deny("NeverNeeded", (*never, GET_SECRET_VALUE.action), ["*"])]
    others: Statement = {"Sid": "NoOtherSecret", "Effect": "Deny", "Action": [GET_SECRET_VALUE.action]}
    return [_deny("NeverNeeded", never, ["*"]), {**others, "NotResource": secrets}]


def _denials(environments: Sequence[Environment], opt_in: str) -> list[Statement]:
    """Explicit denials, which hold whatever else the role is given. A missing tag is denied too, because a
    plain denial of "production" does not catch what was never tagged.
    """
    writable = [e for e in environments if not e.production or e.open_to]
    closed = [e for e in environments if e.production and not e.open_to]
    runs = bool(run_policy.runnable(environments))
    never = [action for action in NEVER if not (runs and action in run_policy.NEEDED)]
    denials = _never(environments, never)
    if closed:
        resources = sorted({r for call in (STOP_TASK, UPDATE_SERVICE) for r in arns.fencing(call, closed)})
        denials.append(_deny("ClosedProduction", _actions(ECS_WRITES), resources))
    keys = {e.pick.key for e in writable if isinstance(e.pick, TagPick)}
    open_values = {e.pick.value.lower() for e in writable if isinstance(e.pick, TagPick)}
    words = [word for word in PRODUCTION_WORDS if word not in open_values]
    for position, key in enumerate(sorted(keys)):
        shared = [e for e in writable if isinstance(e.pick, TagPick) and e.pick.key == key]
        denials += _tag_denials(position, key, words, shared)
    if opt_in:
        everywhere = arns.anywhere(environments[0], "service")
        missing = _deny("NotOptedIn", _actions(SERVICE_WRITES), [everywhere])
        denials.append({**missing, "Condition": {"Null": {f"aws:ResourceTag/{opt_in}": "true"}}})
    shell = _deny("NoShell", (UPDATE_SERVICE.action, *((RUN_TASK.action,) if runs else ())), ["*"])
    denials.append({**shell, "Condition": {"StringEqualsIgnoreCase": {"ecs:enable-execute-command": "true"}}})
    return denials


def _tag_denials(
    position: int, key: str, words: Sequence[str], shared: Sequence[Environment]
) -> list[Statement]:
    resources = sorted({r for call in (STOP_TASK, UPDATE_SERVICE) for r in arns.fencing(call, shared)})
    tag = f"aws:ResourceTag/{key}"
    kept = any(flag.appconfig for e in shared for flag in e.flags)
    writes = [action for action in WRITES if kept or not action.startswith("appconfig:")]
    says = _deny(f"SaysProduction{position}", writes, ["*"])
    lacks = _deny(f"SaysNothing{position}", _actions(ECS_WRITES), resources)
    return [
        {**says, "Condition": {"StringEqualsIgnoreCase": {tag: list(words)}}},
        {**lacks, "Condition": {"Null": {tag: "true"}}},
    ]


def _conditions(clusters: Mapping[str, list[str]], tags: Mapping[str, Any]) -> Statement:
    conditions: Statement = {"ArnEquals": dict(clusters)}
    return {**conditions, "StringEquals": dict(tags)} if tags else conditions


def _allow(sid: str, actions: Iterable[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}


def _of(sid: str, call: Call, environments: Sequence[Environment]) -> Statement:
    """Allow one call, on the resources by which IAM fences it."""
    return _allow(sid, (call.action,), arns.fencing(call, environments))


def _actions(calls: Iterable[Call]) -> list[str]:
    return [call.action for call in calls]


def _deny(sid: str, actions: Iterable[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Deny", "Action": sorted(actions), "Resource": list(resources)}


def _on_databases(
    effect: Callable[[str, Iterable[str], Sequence[str]], Statement],
    sid: str,
    actions: Iterable[str],
    environments: Sequence[Environment],
) -> list[Statement]:
    """A statement on the databases, or none if there is no database: IAM refuses a statement without a
    resource.
    """
    named = arns.databases(environments)
    return [effect(sid, actions, named)] if named else []


def _sid(name: str) -> str:
    """A statement id, which holds letters and digits only and must be unique."""
    return "".join(part.capitalize() for part in name.split("-"))
