"""Benches for the contract of AWS's signs: one environment, faked or in the simulated world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from handlers.ports.scope import Scope
from handlers.ports.signals import Idle, Leftover, LeftoverKind, Sign
from policies.cost.insights import QUARTER, Reserved
from policies.cost.spans import Part
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once as stage_once
from tests.fakes.aws import FakeScopes

ACTIONS = {
    Sign.TRAFFIC: "elasticloadbalancing:DescribeTargetGroups",
    Sign.IDLE: "compute-optimizer:GetEnrollmentStatus",
    Sign.REGISTERED: "ecs:DescribeTaskDefinition",
}
KINDS = {
    LeftoverKind.CLUSTER: "ecs:ListClusters",
    LeftoverKind.VOLUME: "ec2:DescribeVolumes",
    LeftoverKind.LOG_GROUP: "logs:DescribeLogGroups",
}


class Bench(Protocol):
    """One environment, empty until the test fills it."""

    scope: Scope

    def web(self, *, balancer: bool = True) -> None:
        """Add a service that has been used a little for thirty days, with two tasks of half a vCPU and a
        GB.
        """
        ...

    def idle(self, days: int) -> None:
        """Let nobody have asked the service anything for the last so many of those thirty days; 0 means
        never.
        """
        ...

    def enrol(self) -> None: ...

    def insights(self) -> None: ...

    def deny(self, action: str) -> None:
        """Deny an action to the role, until the test ends."""
        ...

    def leave(self) -> None:
        """Leave one leftover of each kind in the account."""
        ...


class FakeBench:
    def __init__(self) -> None:
        self.scopes = FakeScopes()
        self.scope = self.scopes.bind(environment("staging"), DEV)
        self.aws = self.scopes.aws("staging")

    @property
    def now(self) -> datetime:
        return self.scope.now

    def web(self, *, balancer: bool = True) -> None:
        signals, days = self.aws.signals, range(30)
        if balancer:
            signals.requests = {(self.now - timedelta(days=n)).date(): 1_000 for n in days}
        signals.cpu, signals.registered = 20.0, self.now - timedelta(days=30)
        at = datetime.fromtimestamp(self.now.timestamp() // 900 * 900, self.now.tzinfo)
        quarters = (at - n * QUARTER for n in range(1, 97))
        self.points = [Reserved("web", quarter, 900_000, 1_800_000, 900) for quarter in quarters]

    def idle(self, days: int) -> None:
        signals = self.aws.signals
        before = {d: n for d, n in (signals.requests or {}).items() if (self.now.date() - d).days > days}
        signals.requests, signals.cpu = (before if days else None), 0.5
        signals.idle = None if signals.idle is None else (Idle("web", 14, self.now),)

    def enrol(self) -> None:
        quiet = (self.aws.signals.cpu or 0) < 1
        self.aws.signals.idle = (Idle("web", 14, self.now),) if quiet else ()

    def insights(self) -> None:
        self.aws.insights.points = self.points

    def deny(self, action: str) -> None:
        said = "AWS did not allow the bot to read that."
        self.aws.signals.refused |= {sign: said for sign, name in ACTIONS.items() if name == action}
        self.aws.leftovers.refused |= {kind: said for kind, name in KINDS.items() if name == action}

    def leave(self) -> None:
        where, since = self.scope.environment, self.now - timedelta(days=60)
        part = {LeftoverKind.BALANCER: "elb.application", LeftoverKind.ADDRESS: "ipv4"}
        self.aws.leftovers.there = [
            Leftover(
                where.account,
                where.region,
                kind,
                f"{kind.value}-1",
                f"old {kind.value}",
                since if kind not in (LeftoverKind.CLUSTER, LeftoverKind.ADDRESS) else None,
                100 if kind is LeftoverKind.VOLUME else 0 if kind is LeftoverKind.LOG_GROUP else None,
                (Part(part[kind], 1_000),) if kind in part else (),
            )
            for kind in LeftoverKind
        ]


class WorldBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._cluster = stage.cluster()
        self.scope = stage.bind(environment(self._cluster))

    def web(self, *, balancer: bool = True) -> None:
        spec = {
            "name": "web",
            "desired": 2,
            "cpu": 512,
            "memory": 1024,
            "load_balancer": balancer,
            "age_days": 30,
        }
        self._order("service.create", cluster=self._cluster, service=spec)
        self._stage.clock.advance(600)

    def idle(self, days: int) -> None:
        since = {"idle_days": days} if days else {}
        self._order("service.idle", cluster=self._cluster, service="web", **since)

    def enrol(self) -> None:
        self._order("optimizer")

    def insights(self) -> None:
        self._order("insights", cluster=self._cluster)

    def deny(self, action: str) -> None:
        self._order("role.deny", role="lamplighter-staging", actions=[action])

    def leave(self) -> None:
        self._order("leftovers")

    def _order(self, verb: str, **order: Any) -> None:
        self._stage.world.change({"do": verb, **order})


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    stage_once: Callable[[], Stage],
) -> Iterator[Bench]:
    if request.param == "fake":
        yield FakeBench()
        return
    made_up_credentials(monkeypatch)
    stage = stage_once()
    stage.world.change({"do": "optimizer", "enrolled": False})
    yield WorldBench(stage)
