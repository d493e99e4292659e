"""Token buckets per category: ECS's (facts/ecs 1.4), and assumed ones for other services.

The buckets refill in real time multiplied by the pace.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from playground.aws.errors import AwsError

LIMITS: dict[str, tuple[int, int]] = {
    "cluster_read": (50, 20),
    "cluster_modify": (20, 1),
    "service_read": (100, 20),
    "service_modify": (50, 5),
    "service_deployment": (50, 20),
    "service_revision": (50, 20),
    "resource_read": (100, 20),
    "resource_modify": (100, 40),
    "definition_modify": (20, 1),
    "definition_read": (50, 20),
    "definition_deletion": (5, 1),
    "tag_modify": (20, 10),
    "tag_read": (50, 20),
    "task_protection": (200, 80),
    "scaling": (40, 10),
    "databases": (40, 10),
    "caches": (40, 10),
    "parameters": (40, 10),
    "configurations": (40, 10),
    "log_events": (10, 5),
}
"""By category: the burst and the refill per second. ECS's are published. AWS publishes none for Application
Auto Scaling, RDS, ElastiCache, Systems Manager and AppConfig, so theirs are our own assumption, and each
counts every call to its service. FilterLogEvents has 5 a second in this region (facts/ecs 4); its burst is
our own assumption.
"""

WHOLE_SERVICES = {
    "application-autoscaling": "scaling",
    "rds": "databases",
    "elasticache": "caches",
    "ssm": "parameters",
    "appconfig": "configurations",
}
"""The services, by signing name, whose calls all draw from one category."""

ACTIONS: dict[str, str] = {
    "cluster_read": "DescribeClusters ListClusters",
    "cluster_modify": "CreateCluster DeleteCluster UpdateCluster UpdateClusterSettings "
    "PutClusterCapacityProviders",
    "service_read": "DescribeServices ListServices",
    "service_modify": "CreateService UpdateService DeleteService",
    "service_deployment": "DescribeServiceDeployments ListServiceDeployments",
    "service_revision": "DescribeServiceRevisions",
    "resource_read": "DescribeTasks ListTasks DescribeContainerInstances ListContainerInstances "
    "ListAttributes",
    "resource_modify": "RunTask StopTask StartTask ExecuteCommand",
    "definition_modify": "RegisterTaskDefinition DeregisterTaskDefinition",
    "definition_read": "DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies",
    "definition_deletion": "DeleteTaskDefinitions",
    "tag_modify": "TagResource UntagResource",
    "tag_read": "ListTagsForResource",
    "task_protection": "GetTaskProtection UpdateTaskProtection",
    "log_events": "FilterLogEvents",
}
CATEGORY = {action: category for category, actions in ACTIONS.items() for action in actions.split()}


@dataclass
class Bucket:
    tokens: float
    at: float


class Throttle:
    """The buckets of all categories; thread-safe. ``seconds`` is any monotonic reading in real seconds."""

    def __init__(self, pace: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._seconds = seconds
        self._lock = threading.Lock()
        now = seconds()
        self._buckets = {name: Bucket(burst, now) for name, (burst, _) in LIMITS.items()}

    def take(self, action: str, service: str = "ecs") -> None:
        """Spend one token for an action; ``ThrottlingException`` if none is left (``Throttling`` from RDS and
        ElastiCache).

        StopServiceDeployment and ContinueServiceDeployment have no bucket in the facts, so they are never
        throttled.
        """
        category = CATEGORY.get(action) if service in ("ecs", "logs") else WHOLE_SERVICES.get(service)
        if category is None:
            return
        with self._lock:
            bucket = self._filled(category)
            if bucket.tokens < 1:
                raise AwsError(
                    "Throttling" if service in ("rds", "elasticache") else "ThrottlingException",
                    "Rate exceeded",
                )
            bucket.tokens -= 1

    def drain(self, category: str, seconds: float) -> None:
        """Empty a bucket for that many clock seconds, as others' calls would; ``ValueError`` if unknown."""
        if category not in LIMITS:
            raise ValueError(f"no rate category {category!r}: one of {', '.join(LIMITS)}")
        with self._lock:
            self._filled(category).tokens = 1 - seconds * LIMITS[category][1]

    def _filled(self, category: str) -> Bucket:
        burst, rate = LIMITS[category]
        bucket, now = self._buckets[category], self._seconds()
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate * self._pace)
        bucket.at = now
        return bucket
