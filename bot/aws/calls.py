"""Every call to AWS that an environment's role makes, declared once.

The generated policy, the rate buckets and the doctor's probes derive from these declarations; a test compares
them with the calls that are really made. The calls of STS belong to the bot's own identity and are declared
in ``bot.aws.permissions``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.aws.partitions import arn
from policies.service.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.client import ApplicationAutoScalingClient
    from mypy_boto3_autoscaling.client import AutoScalingClient
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_ecr.client import ECRClient
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_elbv2.client import ElasticLoadBalancingv2Client
    from mypy_boto3_logs.client import CloudWatchLogsClient

NOBODY = "lamplighter-preflight"
"""A name that no resource has."""
NO_TASK = "0" * 32
NO_QUERY = "00000000-0000-0000-0000-000000000000"


class Seat(Protocol):
    """Where a probe is made from; ``bot.aws.place.Place`` implements it."""

    @property
    def environment(self) -> Environment: ...

    def ecs(self, action: str) -> ECSClient: ...

    def scaling(self, action: str) -> ApplicationAutoScalingClient: ...

    def groups(self, action: str) -> AutoScalingClient: ...

    def ecr(self, action: str) -> ECRClient: ...

    def elb(self, action: str) -> ElasticLoadBalancingv2Client: ...

    def logs(self, action: str) -> CloudWatchLogsClient: ...

    def ec2(self, action: str) -> EC2Client: ...

    def metrics(self, action: str) -> Any: ...

    def optimizer(self, action: str) -> Any: ...


@dataclass(frozen=True)
class Probe:
    """A read of something that does not exist, so the answer *not there* means *allowed*. ``reads`` is what
    the doctor calls this family of permissions.
    """

    reads: str
    call: Callable[[Seat], object]


@dataclass(frozen=True)
class Call:
    """One call of an API.

    ``service`` is IAM's prefix. ``shapes`` are the resources by which IAM fences the call (facts/ecs 10.1),
    with ``{cluster}`` for each cluster of the environment; without shapes, no resource fences it.
    ``by_cluster``: the condition ``ecs:cluster`` fences the call instead. ``bucket`` is the category of AWS's
    rate that the call draws from (``bot.aws.throttle``); an empty bucket means that the call is not metered.
    """

    service: str
    name: str
    shapes: tuple[str, ...] = ()
    by_cluster: bool = False
    bucket: str = ""
    changes: bool = False
    probe: Probe | None = None

    @property
    def action(self) -> str:
        """The action as IAM names it: ``ecs:UpdateService``."""
        return f"{self.service}:{self.name}"


def _cluster(seat: Seat) -> str:
    return seat.environment.pick.clusters[0]


def _arn(seat: Seat, service: str, resource: str) -> str:
    return arn(seat.environment.region, seat.environment.account, service, resource)


def _why(seat: Seat) -> str:
    return f"read {seat.environment.name}"


_SERVICE, _TASK = "service/{cluster}/*", "task/{cluster}/*"
_LOGS = ("log-group:*",)
"""Groups and their streams: ``*`` matches both, so all reads of logs have one fence."""


def _of_logs(
    name: str,
    reads: str,
    ask: Callable[[CloudWatchLogsClient], object],
    *,
    bucket: str = "",
    shapes: tuple[str, ...] = _LOGS,
) -> Call:
    """Declare a read of CloudWatch Logs, with its probe."""
    return Call("logs", name, shapes, bucket=bucket, probe=Probe(reads, lambda at: ask(at.logs(_why(at)))))


LIST_SERVICES = Call("ecs", "ListServices", by_cluster=True, bucket="service read")
"""The doctor probes this call for each cluster of the catalog, with a finding for each."""
DESCRIBE_SERVICES = Call(
    "ecs",
    "DescribeServices",
    (_SERVICE,),
    bucket="service read",
    probe=Probe(
        "services",
        lambda at: at.ecs(_why(at)).describe_services(cluster=_cluster(at), services=[NOBODY]),
    ),
)
UPDATE_SERVICE = Call("ecs", "UpdateService", (_SERVICE,), bucket="service modify", changes=True)
STOP_SERVICE_DEPLOYMENT = Call(
    "ecs",
    "StopServiceDeployment",
    (_SERVICE, "service-deployment/{cluster}/*"),
    bucket="service deployment",
    changes=True,
)
CONTINUE_SERVICE_DEPLOYMENT = Call(
    "ecs",
    "ContinueServiceDeployment",
    (_SERVICE, "service-deployment/{cluster}/*"),
    bucket="service deployment",
    changes=True,
)
LIST_TASKS = Call(
    "ecs",
    "ListTasks",
    by_cluster=True,
    bucket="cluster resource read",
    probe=Probe("lists of tasks", lambda at: at.ecs(_why(at)).list_tasks(cluster=_cluster(at), maxResults=1)),
)
DESCRIBE_TASKS = Call(
    "ecs",
    "DescribeTasks",
    (_TASK,),
    bucket="cluster resource read",
    probe=Probe("tasks", lambda at: at.ecs(_why(at)).describe_tasks(cluster=_cluster(at), tasks=[NO_TASK])),
)
STOP_TASK = Call("ecs", "StopTask", (_TASK,), bucket="cluster resource modify", changes=True)
RUN_TASK = Call("ecs", "RunTask", bucket="cluster resource modify", changes=True)
"""Each approved task is allowed separately: IAM fences this call by the task definition's ARN, and the
condition ``ecs:cluster`` fences it to the environment's clusters (facts/ecs 10.1).
"""
DESCRIBE_CAPACITY_PROVIDERS = Call(
    "ecs",
    "DescribeCapacityProviders",
    ("capacity-provider/*",),
    bucket="cluster read",
    probe=Probe(
        "capacity providers",
        lambda at: at.ecs(_why(at)).describe_capacity_providers(capacityProviders=[NOBODY]),
    ),
)
LIST_CONTAINER_INSTANCES = Call(
    "ecs",
    "ListContainerInstances",
    ("cluster/{cluster}",),
    bucket="cluster resource read",
    probe=Probe(
        "lists of instances",
        lambda at: at.ecs(_why(at)).list_container_instances(cluster=_cluster(at), maxResults=1),
    ),
)
DESCRIBE_CONTAINER_INSTANCES = Call(
    "ecs",
    "DescribeContainerInstances",
    ("container-instance/{cluster}/*",),
    bucket="cluster resource read",
    probe=Probe(
        "instances",
        lambda at: at.ecs(_why(at)).describe_container_instances(
            cluster=_cluster(at), containerInstances=[NO_TASK]
        ),
    ),
)
GET_TASK_PROTECTION = Call(
    "ecs",
    "GetTaskProtection",
    (_TASK,),
    bucket="task protection",
    probe=Probe(
        "task protection",
        lambda at: at.ecs(_why(at)).get_task_protection(cluster=_cluster(at), tasks=[NO_TASK]),
    ),
)
DESCRIBE_TASK_DEFINITION = Call(
    "ecs",
    "DescribeTaskDefinition",
    bucket="task definition read",
    probe=Probe(
        "task definitions", lambda at: at.ecs(_why(at)).describe_task_definition(taskDefinition=NOBODY)
    ),
)
LIST_SERVICE_DEPLOYMENTS = Call(
    "ecs",
    "ListServiceDeployments",
    (_SERVICE,),
    bucket="service deployment",
    probe=Probe(
        "lists of service deployments",
        lambda at: at.ecs(_why(at)).list_service_deployments(
            cluster=_cluster(at), service=NOBODY, maxResults=1
        ),
    ),
)
DESCRIBE_SERVICE_DEPLOYMENTS = Call(
    "ecs",
    "DescribeServiceDeployments",
    (_SERVICE, "service-deployment/{cluster}/*"),
    bucket="service deployment",
    probe=Probe(
        "service deployments",
        lambda at: at.ecs(_why(at)).describe_service_deployments(
            serviceDeploymentArns=[_arn(at, "ecs", f"service-deployment/{_cluster(at)}/{NOBODY}/{NOBODY}")]
        ),
    ),
)
DESCRIBE_SERVICE_REVISIONS = Call(
    "ecs",
    "DescribeServiceRevisions",
    (_SERVICE, "service-revision/{cluster}/*"),
    bucket="service revision",
    probe=Probe(
        "service revisions",
        lambda at: at.ecs(_why(at)).describe_service_revisions(
            serviceRevisionArns=[_arn(at, "ecs", f"service-revision/{_cluster(at)}/{NOBODY}/1")]
        ),
    ),
)
DESCRIBE_TARGET_HEALTH = Call(
    "elasticloadbalancing",
    "DescribeTargetHealth",
    probe=Probe(
        "target health",
        lambda at: at.elb(_why(at)).describe_target_health(
            TargetGroupArn=_arn(at, "elasticloadbalancing", f"targetgroup/{NOBODY}/0123456789abcdef")
        ),
    ),
)
DESCRIBE_TARGET_GROUPS = Call(
    "elasticloadbalancing",
    "DescribeTargetGroups",
    probe=Probe("target groups", lambda at: at.elb(_why(at)).describe_target_groups(Names=[NOBODY])),
)
DESCRIBE_LOAD_BALANCERS = Call(
    "elasticloadbalancing",
    "DescribeLoadBalancers",
    probe=Probe("load balancers", lambda at: at.elb(_why(at)).describe_load_balancers(Names=[NOBODY])),
)
DESCRIBE_IMAGES = Call(
    "ecr",
    "DescribeImages",
    ("repository/*",),
    probe=Probe(
        "images",
        lambda at: at.ecr(_why(at)).describe_images(repositoryName=NOBODY, imageIds=[{"imageTag": "latest"}]),
    ),
)
DESCRIBE_SCALABLE_TARGETS = Call(
    "application-autoscaling",
    "DescribeScalableTargets",
    bucket="scaling",
    probe=Probe(
        "autoscaling",
        lambda at: at.scaling(_why(at)).describe_scalable_targets(
            ServiceNamespace="ecs",
            ResourceIds=[f"service/{_cluster(at)}/{NOBODY}"],
            ScalableDimension="ecs:service:DesiredCount",
        ),
    ),
)
DESCRIBE_SCALING_POLICIES = Call(
    "application-autoscaling",
    "DescribeScalingPolicies",
    bucket="scaling",
    probe=Probe(
        "scaling policies",
        lambda at: at.scaling(_why(at)).describe_scaling_policies(
            ServiceNamespace="ecs",
            ResourceId=f"service/{_cluster(at)}/{NOBODY}",
            ScalableDimension="ecs:service:DesiredCount",
        ),
    ),
)
DESCRIBE_SCALING_ACTIVITIES = Call(
    "application-autoscaling",
    "DescribeScalingActivities",
    bucket="scaling",
    probe=Probe(
        "scaling activities",
        lambda at: at.scaling(_why(at)).describe_scaling_activities(
            ServiceNamespace="ecs",
            ResourceId=f"service/{_cluster(at)}/{NOBODY}",
            ScalableDimension="ecs:service:DesiredCount",
            MaxResults=1,
        ),
    ),
)
REGISTER_SCALABLE_TARGET = Call(
    "application-autoscaling",
    "RegisterScalableTarget",
    ("scalable-target/*",),
    bucket="scaling",
    changes=True,
)
DESCRIBE_AUTO_SCALING_GROUPS = Call(
    "autoscaling",
    "DescribeAutoScalingGroups",
    bucket="groups",
    probe=Probe(
        "Auto Scaling groups",
        lambda at: at.groups(_why(at)).describe_auto_scaling_groups(AutoScalingGroupNames=[NOBODY]),
    ),
)
UPDATE_AUTO_SCALING_GROUP = Call(
    "autoscaling",
    "UpdateAutoScalingGroup",
    ("autoScalingGroup:*:autoScalingGroupName/*",),
    bucket="groups",
    changes=True,
)
GET_LOG_EVENTS = _of_logs(
    "GetLogEvents",
    "logs",
    lambda logs: logs.get_log_events(logGroupName=NOBODY, logStreamName=NOBODY, limit=1),
)
FILTER_LOG_EVENTS = _of_logs(
    "FilterLogEvents",
    "events of logs",
    lambda logs: logs.filter_log_events(
        logGroupName=NOBODY, logStreamNames=[NOBODY], startTime=0, endTime=1, limit=1
    ),
    bucket="log events",
)
START_QUERY = _of_logs(
    "StartQuery",
    "new queries of logs",
    lambda logs: logs.start_query(logGroupName=NOBODY, startTime=0, endTime=1, queryString="limit 1"),
    bucket="log queries",
)
"""A query changes nothing, but AWS bills it by what it scans: the probe's log group does not exist."""
GET_QUERY_RESULTS = _of_logs(
    "GetQueryResults",
    "results of queries of logs",
    lambda logs: logs.get_query_results(queryId=NO_QUERY),
    bucket="log queries",
    shapes=(),
)
DESCRIBE_DB_INSTANCES = Call("rds", "DescribeDBInstances", bucket="database")
"""Each database of the catalog is allowed and probed separately, and RDS fences it by its id. Only RDS knows
the members of an Aurora cluster, so where the catalog names a cluster, any instance may be read.
"""
DESCRIBE_DB_CLUSTERS = Call("rds", "DescribeDBClusters", bucket="database")
START_DB_INSTANCE = Call("rds", "StartDBInstance", bucket="database", changes=True)
START_DB_CLUSTER = Call("rds", "StartDBCluster", bucket="database", changes=True)
STOP_DB_INSTANCE = Call("rds", "StopDBInstance", bucket="database", changes=True)
STOP_DB_CLUSTER = Call("rds", "StopDBCluster", bucket="database", changes=True)
DESCRIBE_REPLICATION_GROUPS = Call("elasticache", "DescribeReplicationGroups", bucket="caches")
"""Each cache of the catalog is allowed and probed separately, and ElastiCache fences it by its id."""
DESCRIBE_CACHE_CLUSTERS = Call("elasticache", "DescribeCacheClusters", bucket="caches")
DESCRIBE_SERVERLESS_CACHES = Call("elasticache", "DescribeServerlessCaches", bucket="caches")
GET_PARAMETERS = Call("ssm", "GetParameters", bucket="parameters")
"""Each flag of the catalog is allowed and probed separately, and Systems Manager fences it by its
parameter's name."""
PUT_PARAMETER = Call("ssm", "PutParameter", bucket="parameter writes", changes=True)
SIMULATE_PRINCIPAL_POLICY = Call("iam", "SimulatePrincipalPolicy")
"""The roles of the environments fence this call. The doctor probes it by asking what a stop may do."""

CALLS: tuple[Call, ...] = tuple(held for held in tuple(vars().values()) if isinstance(held, Call))
"""All of these calls, in the order in which the doctor probes them."""


def actions(service: str, *, changes: bool) -> tuple[str, ...]:
    """The actions of one service that change something, or those that do not."""
    return tuple(c.action for c in CALLS if c.service == service and c.changes is changes)
