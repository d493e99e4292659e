"""Every service of the world, and the tick that moves them. One lock guards the fleet and moto together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playground.aws import chatter, one_off_tasks, scheduler
from playground.aws.account import ecs
from playground.aws.appconfig import AppConfigBook
from playground.aws.caches import CacheBook
from playground.aws.capacity import CapacityBook
from playground.aws.databases import DatabaseBook
from playground.aws.denials import Denials
from playground.aws.entities import SimService
from playground.aws.errors import AwsError
from playground.aws.history import History
from playground.aws.lifecycle import Lifecycle
from playground.aws.meter import Meter
from playground.aws.moment import STEP, Moment, strides
from playground.aws.run_once import OnceBook
from playground.aws.targets import TargetBook
from playground.clock import PlaygroundClock

SETTLE_SECONDS = 60.0
"""The longest that a new service gets to become steady when it is created as settled."""

REST_SECONDS = 1.0
"""How long a service in which nothing moves is left alone. Calls step what they change; orders wake it."""


class Fleet:
    """Every service and resource of the world. Hold ``lock`` around every method but the constructor.

    ``insights`` holds the clusters with Container Insights; ``optimizer`` says whether the account is
    enrolled in Compute Optimizer.
    """

    def __init__(self, clock: PlaygroundClock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.targets = TargetBook()
        self.capacity = CapacityBook()
        self.meter = Meter()
        self.history = History(self.meter)
        self.insights: set[str] = set()
        self.optimizer = False
        self.lifecycle = Lifecycle(self.targets, self.capacity, self.meter)
        self.databases = DatabaseBook()
        self.caches = CacheBook()
        self.appconfig = AppConfigBook()
        self.denials = Denials()
        self.once = OnceBook()
        self.services: dict[tuple[str, str], SimService] = {}
        self.moment = Moment(clock.now(), 0.0)
        self._talks_at = 0.0

    def tick(self) -> Moment:
        """Live up to the clock's now; return the moment reached."""
        awake = [s for s in self.services.values() if self.moment.t >= s.rests_until]
        for moment in strides(self.moment, self.clock.now()):
            self.moment = moment
            self.capacity.live(moment)
            for service in awake:
                if scheduler.in_motion(service):
                    self.step(service)
        for service in self.services.values():
            if self.moment.t >= service.rests_until and not scheduler.in_motion(service):
                self.step(service)
                service.rests_until = self.moment.t + REST_SECONDS
        if self.moment.t >= self._talks_at:
            chatter.talk((t for s in self.services.values() for t in s.tasks.values()), self.moment)
            self._talks_at = self.moment.t + REST_SECONDS
        self.databases.live(self.moment)
        one_off_tasks.live(self.moment, self.meter)
        self.once.live(self.moment, self.meter)
        return self.moment

    def step(self, service: SimService) -> None:
        service.rests_until = float("-inf")
        scheduler.step(service, self.lifecycle, self.moment)

    def settle(self, make: Callable[[], SimService], age: timedelta) -> SimService:
        """Create a service as of ``age`` ago and let it live there until steady, for a minute at most."""
        now = self.moment
        self.moment = now.later(-age.total_seconds())
        try:
            service = make()
            for _ in range(int(SETTLE_SECONDS / STEP)):
                self.moment = self.moment.later(STEP)
                self.step(service)
                if service.steady:
                    break
        finally:
            self.moment = now
        return service

    def cluster_name(self, reference: str | None) -> str:
        """Return the exact cluster that a name or ARN means; ``ClusterNotFoundException`` if there is none.

        moto matches by substring (facts/ecs 1.6); AWS never does.
        """
        name = (reference or "default").split("/")[-1]
        cluster = ecs().clusters.get(name)
        if cluster is None or cluster.status != "ACTIVE":
            raise AwsError("ClusterNotFoundException", "Cluster not found.")
        return name

    def in_cluster(self, cluster: str) -> list[SimService]:
        return [service for (name, _), service in self.services.items() if name == cluster]

    def find(self, cluster: str, reference: str) -> SimService | None:
        """Find a service of that cluster by name or ARN."""
        parts = reference.split("/")
        long_form = 3
        if len(parts) == long_form and parts[1] != cluster:
            return None
        return self.services.get((cluster, parts[-1]))

    def service(self, cluster: str | None, reference: str) -> SimService:
        """Return the service that a name or ARN means; ``ServiceNotFoundException`` if there is none."""
        found = self.find(self.cluster_name(cluster), reference)
        if found is None:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        return found

    def forget(self, service: SimService) -> None:
        """Remove a service and its tasks at once, as when an environment is torn down."""
        for task in list(service.tasks.values()):
            for group in task.deployment.target_groups:
                self.targets.remove(group["targetGroupArn"], task.ip)
            self.meter.end(task, self.moment, removed=True)
            task.forget()
        self.services.pop((service.row.cluster_name, service.name), None)
        ecs().services.pop(f"{service.row.cluster_name}:{service.name}", None)

    def count_clusters(self) -> None:
        """Set on moto's clusters the counts that DescribeClusters shows (facts/ecs 1.1)."""
        for name, cluster in ecs().clusters.items():
            services = [s for s in self.in_cluster(name) if s.row.status != "INACTIVE"]
            row: Any = cluster
            row.active_services_count = len(services)
            row.running_tasks_count = sum(s.row.running_count for s in services)
            row.pending_tasks_count = sum(s.row.pending_count for s in services)
