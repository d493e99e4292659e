"""The ARNs by which a policy names what environments consist of (facts/ecs 10.1)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.aws.calls import Call
from bot.aws.database_rows import CLUSTER
from bot.aws.partitions import arn
from policies.catalog.caches import CLUSTER as CACHE_CLUSTER
from policies.catalog.caches import SERVERLESS, kind_of
from policies.service.environment import AppConfig, Environment, Flush

CACHES = {"": "replicationgroup", CACHE_CLUSTER: "cluster", SERVERLESS: "serverlesscache"}
"""The resource type that an ARN has for each kind of cache in the catalog (facts/ecs 7.10)."""


_WITHIN = {"configurationprofile": "hostedconfigurationversion", "environment": "deployment"}
"""What AppConfig numbers within each kind of resource."""


def fencing(call: Call, environments: Sequence[Environment]) -> list[str]:
    """The ARNs by which IAM fences this call."""
    return sorted(
        {
            _arn(e, call.service, shape.format(cluster=cluster))
            for e in environments
            for cluster in e.pick.clusters
            for shape in call.shapes
        }
    )


def clusters(environments: Sequence[Environment]) -> list[str]:
    return sorted({_arn(e, "ecs", f"cluster/{c}") for e in environments for c in e.pick.clusters})


def anywhere(environment: Environment, kind: str) -> str:
    """Every resource of this kind of ECS (``service``), of any account and region of the partition."""
    return f"arn:{_arn(environment, 'ecs', kind).split(':')[1]}:ecs:*:*:{kind}/*"


def in_clusters(environments: Sequence[Environment], kind: str) -> list[str]:
    """Everything of a kind, such as *task*, in the environments' clusters."""
    return sorted({_arn(e, "ecs", f"{kind}/{c}/*") for e in environments for c in e.pick.clusters})


def each(environments: Sequence[Environment], service: str, resource: str) -> list[str]:
    return sorted({_arn(environment, service, resource) for environment in environments})


def roles(environments: Sequence[Environment]) -> list[str]:
    """The environments' roles. An environment without a role stands for any role of its account, because the
    process's own role is not known here.
    """
    return sorted({e.role_arn or _arn(e, "iam", "role/*") for e in environments})


def databases(environments: Sequence[Environment]) -> list[str]:
    return sorted({database(e, d) for e in environments for d in e.databases})


def members(environments: Sequence[Environment]) -> list[str]:
    """Every instance of the account and region, wherever the catalog names a cluster: only RDS knows which
    instances are the cluster's members.
    """
    return sorted(
        {_arn(e, "rds", "db:*") for e in environments for d in e.databases if d.startswith(CLUSTER)}
    )


def database(environment: Environment, id_: str) -> str:
    """The ARN of a database: ``cluster:<id>`` as it is, an instance as ``db:<id>``. RDS keeps ids in lower
    case.
    """
    return _arn(environment, "rds", (id_ if id_.startswith(CLUSTER) else f"db:{id_}").lower())


def caches(environments: Sequence[Environment]) -> list[str]:
    return sorted({cache(e, c) for e in environments for c in e.caches})


def cache(environment: Environment, id_: str) -> str:
    """The ARN of a cache, whose kind is the prefix in the catalog. ElastiCache keeps ids in lower case."""
    kind = kind_of(id_)
    return _arn(environment, "elasticache", f"{CACHES[kind]}:{id_.removeprefix(kind)}".lower())


def flag(environment: Environment, parameter: str) -> str:
    """The ARN of a flag's parameter. The slash with which a path begins is not written twice."""
    return _arn(environment, "ssm", f"parameter/{parameter.removeprefix('/')}")


def flags(environments: Sequence[Environment]) -> list[str]:
    return sorted({flag(e, f.parameter) for e in environments for f in e.flags if f.parameter})


def configurations(environments: Sequence[Environment]) -> list[str]:
    """What the reads of flags in AppConfig are fenced by: the application, and in it the profile and its
    versions, the AppConfig environment and its deployments (facts/ecs 12.2)."""
    return sorted(
        {
            arn
            for e, at in _kept(environments)
            for thing in (profile(e, at), appconfig_environment(e, at))
            for arn in (application(e, at), thing, f"{thing}/{_WITHIN[thing.split('/')[-2]]}/*")
        }
    )


def deployed_to(environments: Sequence[Environment]) -> set[str]:
    """The profiles and the AppConfig environments of the flags in AppConfig."""
    return {arn for e, at in _kept(environments) for arn in (profile(e, at), appconfig_environment(e, at))}


def deploying(environments: Sequence[Environment]) -> list[str]:
    """What a deployment needs besides ``deployed_to``: applications and strategies."""
    return sorted({arn for e, at in _kept(environments) for arn in (application(e, at), strategy(e, at))})


def deployments(environments: Sequence[Environment]) -> set[str]:
    """Every deployment to the AppConfig environments of the flags in AppConfig: one is taken back by its
    number."""
    return {deployment(e, at, "*") for e, at in _kept(environments)}


def application(environment: Environment, at: AppConfig) -> str:
    return _arn(environment, "appconfig", f"application/{at.application}")


def profile(environment: Environment, at: AppConfig) -> str:
    return f"{application(environment, at)}/configurationprofile/{at.profile}"


def appconfig_environment(environment: Environment, at: AppConfig) -> str:
    return f"{application(environment, at)}/environment/{at.environment}"


def deployment(environment: Environment, at: AppConfig, number: str) -> str:
    return f"{appconfig_environment(environment, at)}/deployment/{number}"


def strategy(environment: Environment, at: AppConfig) -> str:
    return _arn(environment, "appconfig", f"deploymentstrategy/{at.strategy}")


def _kept(environments: Sequence[Environment]) -> list[tuple[Environment, AppConfig]]:
    return [(e, f.appconfig) for e in environments for f in e.flags if f.appconfig is not None]


def signing_in(environment: Environment, flush: Flush) -> tuple[str, str]:
    """The ARNs of the cache and of its user, both of which IAM asks for when somebody signs in."""
    return cache(environment, flush.cache), _arn(environment, "elasticache", f"user:{flush.user}")


def _arn(environment: Environment, service: str, resource: str) -> str:
    return arn(environment.region, environment.account, service, resource)
