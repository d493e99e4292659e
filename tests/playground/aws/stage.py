"""What a test holds of the started world, and how it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from playground.aws.world import World
from playground.clock import PlaygroundClock
from playground.faults import Faults

LONG = 1e6
"""More world seconds than pass in even the slowest test: buckets refill in real time, fifty times as fast."""
LONGEST = 900.0
"""World seconds within which an awaited event has to happen."""
BETWEEN_LOOKS = 0.5
BETWEEN_LOOKS_AT_REST = 5.0
"""World seconds between looks for something that comes and stays. The world's own strides stay short."""
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
Row = dict[str, Any]


@dataclass
class Stage:
    """The started world as one test sees it. ``cluster`` is the test's own environment; ``rows`` is the
    traffic since the test began.
    """

    world: World
    clock: PlaygroundClock
    faults: Faults
    rows: list[dict[str, object]]
    url: str
    cluster: str = ""
    session: boto3.session.Session = field(default_factory=boto3.session.Session)
    clients: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def client(self, service: str, *, region: str = "eu-central-1", **keys: str) -> Any:
        """Return a boto3 client that never retries; it is cached, because creating a client is slow."""
        known = (service, region, *sorted(keys.items()))
        if known not in self.clients:
            self.clients[known] = self._client(service, region, **keys)
        return self.clients[known]

    def _client(self, service: str, region: str, **keys: str) -> Any:
        credentials = {"aws_access_key_id": "AKIAPLAYGROUND", "aws_secret_access_key": "playground"} | keys
        return self.session.client(  # type: ignore[call-overload]
            service, endpoint_url=self.url, region_name=region, config=ONCE, **credentials
        )

    def order(self, do: str, **order: Any) -> Row:
        return self.world.change({"do": do, **order})

    def environment(self, *services: Row) -> Row:
        """Create this test's own environment; return its services by name."""
        made = self.order("environment.create", name=self.cluster, services=list(services))
        answer: Row = made["services"]
        return answer

    def remove(self) -> None:
        """Remove this test's own environment, if it still stands. A service that crashes again and again
        would go on in every later test, whose time it takes.
        """
        if self.cluster in self.order("describe")["clusters"]:
            self.order("environment.remove", name=self.cluster)

    def service(self, name: str) -> Row:
        found: Row = self.client("ecs").describe_services(cluster=self.cluster, services=[name])["services"][
            0
        ]
        return found

    def told(self, name: str) -> Row:
        """Return the same service as the world itself describes it."""
        found: Row = self.order("describe")["clusters"][self.cluster][name]
        return found

    def restart(self, name: str) -> str:
        """Force a deployment; return the id of the new deployment."""
        answer = self.client("ecs").update_service(
            cluster=self.cluster, service=name, forceNewDeployment=True
        )
        return str(answer["service"]["deployments"][0]["id"])

    def tasks(self, name: str, status: str = "RUNNING") -> list[Row]:
        ecs = self.client("ecs")
        arns = ecs.list_tasks(cluster=self.cluster, serviceName=name, desiredStatus=status)["taskArns"]
        found: list[Row] = ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return found

    def until(self, condition: Callable[[], Any], what: str, *, between: float = BETWEEN_LOOKS) -> Any:
        """Return the first true answer, letting the world live on between looks; a failure names ``what``."""
        for _ in range(int(LONGEST / between)):
            if answer := condition():
                return answer
            self.clock.advance(between)
        raise AssertionError(f"not within {LONGEST} s of the world: {what}")

    def settled(self, name: str) -> Row:
        """Return the service once its only deployment is COMPLETED."""

        def look() -> Row | None:
            row = self.service(name)
            states = [d.get("rolloutState") for d in row["deployments"]]
            return row if states == ["COMPLETED"] else None

        found: Row = self.until(look, f"{name} settled", between=BETWEEN_LOOKS_AT_REST)
        return found

    def slow_down(self, name: str, seconds: int = 60) -> None:
        """Make later tasks start so slowly that a test sees the deployment in progress."""
        self.order("service.behave", cluster=self.cluster, service=name, behave={"slow": seconds})

    def rollout(self, name: str, deployment: str) -> Row | None:
        """Return the deployment with that id, if it is still listed."""
        rows = [d for d in self.service(name)["deployments"] if d["id"] == deployment]
        return rows[0] if rows else None

    def messages(self, name: str) -> list[str]:
        return [event["message"] for event in self.service(name)["events"]]


def refusal(call: Callable[[], object]) -> str:
    """Return the error code with which the call is refused."""
    with pytest.raises(ClientError) as error:
        call()
    return str(error.value.response["Error"]["Code"])


def seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
