"""What a test orders from the simulated AWS, and what it sees there."""

from __future__ import annotations

from typing import Any

from tests.scenarios.control import Control, Json
from tests.waiting import until

API: Json = {"name": "api", "desired": 1, "health_check": True, "image": "api:v1.4.0", "drain_seconds": 1}
"""The service that most tests operate: one task with a health check, whose tag never moves."""
LONG = 300
"""Seconds of the world, which are half a minute of real time: longer than it takes to see what is under way.
Twice as long is still within the quarter of an hour after which a deployment counts as hanging.
"""
WAITING: Json = {**API, "behave": {"slow": LONG}}
"""A service whose new tasks take that long to start, unless ``Stage.bring_on`` hastens them."""
EXITS: Json = {"exit": 1}
"""New tasks print a password, then that a variable is missing, and exit with 1."""


class World:
    """The simulated AWS. Orders go through ``POST /playground/world``; see ``playground.aws.orders``."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._mark = 0

    def order(self, do: str, **order: Any) -> Json:
        return self._control.post("/world", {"do": do, **order})

    def create(self, environment: str, *services: Json, cluster: str = "") -> None:
        more = {"cluster": cluster} if cluster else {}
        self.order("environment.create", name=environment, services=[*services] or [API], **more)

    def service(self, cluster: str, name: str = "api") -> Json:
        found: Json = self.order("describe")["clusters"][cluster][name]
        return found

    def digests(self, cluster: str, name: str = "api") -> set[str]:
        """Return the digests of the running tasks."""
        tasks = self.service(cluster, name)["tasks"]
        return {str(task["digest"]) for task in tasks if task["status"] == "RUNNING"}

    def changes(self, cluster: str, name: str = "api") -> Json:
        """Return how often each changing call took effect on the service."""
        calls: Json = self.service(cluster, name)["calls"]
        return calls

    def deploys(self, cluster: str, name: str = "api") -> int:
        """Return how many forced deployments took effect."""
        return int(self.changes(cluster, name).get("UpdateService", 0))

    def mark(self) -> None:
        rows = self._control.get("/traffic")["traffic"]
        self._mark = rows[-1]["id"] if rows else 0

    def asked(self, method: str, cluster: str = "") -> list[Json]:
        """Return the calls of that method that reached AWS since the mark, including those that AWS refused
        or never answered.

        Work that another test began may still be going on, so a test that looks for changes names the
        cluster.
        """
        rows = self._control.get("/traffic", method=method, after=self._mark)["traffic"]
        return [row for row in rows if not cluster or _cluster_of(row) == cluster]

    def settled(self, cluster: str, name: str = "api") -> None:
        until(f"{name} in {cluster} is steady", lambda: self.service(cluster, name)["steady"])


def _cluster_of(row: Json) -> str:
    """Return the cluster that a call names, by ARN or by name."""
    return str((row.get("request") or {}).get("cluster", "")).rsplit("/", 1)[-1]
