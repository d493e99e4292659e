"""What the AWS tests stand on: the simulated world, environments in it, and adapters pointed at it.

The world is our own reading of ECS on top of moto, so a passing test proves only that the code agrees with
that reading.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

import botocore.session
import pytest

from bot.aws.ports import Aws, Instruments
from bot.aws.session import AwsSettings, Identities, Watch
from bot.scopes import PortScopes
from handlers.ports.scope import Scope
from playground.aws.world import World
from playground.clock import PlaygroundClock
from playground.faults import Faults
from policies.access.people import Actor, SlackPerson
from policies.service.environment import AppConfig, ClusterPick, Environment, Flag, Pick, Tier
from tests.fakes.book import FakeBook
from tests.still_clock import StillClock

ACCOUNT, REGION = "123456789012", "eu-central-1"
DEV = SlackPerson("T0LAMP", "U0DEV", "Dev")
PREFIX = {"elbv2": "elasticloadbalancing"}
"""The services whose name in actions differs from botocore's."""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lamplighter-staging"


def environment(name: str, pick: Pick | None = None, **fields: Any) -> Environment:
    known = {"tier": Tier.NONPRODUCTION, "account": ACCOUNT, "region": REGION, "role_arn": ROLE}
    return Environment(name=name, pick=pick or ClusterPick(name), **(known | fields))


@cache
def somebody() -> botocore.session.Session:
    """One session for the process, because each session reads AWS's models again."""
    return botocore.session.Session()


@dataclass
class Stage:
    world: World
    url: str
    clock: PlaygroundClock
    faults: Faults
    traffic: list[dict[str, Any]]
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _clients: dict[str, Any] = field(default_factory=dict)
    _identities: dict[AwsSettings, Identities] = field(default_factory=dict)

    def cluster(self, *services: dict[str, Any]) -> str:
        """Make a new cluster with these services and return its name. No cluster's name is part of
        another's.
        """
        name = f"c{next(self._numbers):04d}"
        order: dict[str, object] = {"do": "environment.create", "name": name, "services": list(services)}
        self.world.change(order)
        return name

    def add(self, cluster: str, name: str, **tags: str) -> None:
        self.world.change({"do": "service.create", "cluster": cluster, "service": {"name": name}})
        self.world.change({"do": "service.tag", "cluster": cluster, "service": name, "tags": tags})

    def databases(self, cluster: str) -> tuple[str, str]:
        """Make an instance and an Aurora cluster named after the ECS cluster."""
        for kind in ("instance", "cluster"):
            self.world.change({"do": "database.create", "kind": kind, "id": f"{cluster}-db"})
        return f"{cluster}-db", f"cluster:{cluster}-db"

    def caches(self, cluster: str) -> tuple[str, str, str]:
        """Make a replication group of two nodes, a cache cluster and a serverless cache named after the ECS
        cluster.
        """
        for kind in ("group", "cluster", "serverless"):
            self.world.change({"do": "cache.create", "kind": kind, "id": f"{cluster}-hot", "nodes": 2})
        return f"{cluster}-hot", f"cluster:{cluster}-hot", f"serverless:{cluster}-hot"

    def flags(self, cluster: str) -> tuple[Flag, ...]:
        """Make a flag that is off, named after the ECS cluster."""
        self.world.change({"do": "parameter.put", "name": f"/{cluster}/new-checkout", "value": "false"})
        return (Flag("new-checkout", f"/{cluster}/new-checkout"),)

    def deployed_flag(self, cluster: str, **order: Any) -> Flag:
        """Make a flag in AppConfig that is off, in an application of the cluster's own."""
        at = AppConfig(f"a{cluster}", f"e{cluster}", f"p{cluster}", "dark")
        content = {
            "version": "1",
            "flags": {"dark": {"name": "dark"}},
            "values": {"dark": {"enabled": False}},
        }
        place = {"application": at.application, "environment": at.environment, "profile": at.profile}
        self.world.change({"do": "appconfig.create", **place, "content": content, **order})
        return Flag("dark", appconfig=at)

    def client(self, service: str) -> Any:
        """A client of somebody else, for calls that the bot itself never makes. Each client is made once,
        because making one takes longer than most calls.
        """
        if service not in self._clients:
            self._clients[service] = somebody().create_client(
                service, region_name=REGION, endpoint_url=self.url
            )
        return self._clients[service]

    def target_groups(self, cluster: str, service: str) -> list[str]:
        described: Any = self.world.change({"do": "describe"})
        groups: list[str] = described["clusters"][cluster][service]["target_groups"]
        return groups

    def balance(
        self, cluster: str, service: str, name: str, *, scheme: str = "internal", arn: str = ""
    ) -> str:
        """Put a load balancer in front of a service: a new one of that name, or the one with that ARN. Return
        its ARN.
        """
        elb, [group] = self.client("elbv2"), self.target_groups(cluster, service)
        if not arn:
            subnets = [row["SubnetId"] for row in self.client("ec2").describe_subnets()["Subnets"][:2]]
            made = elb.create_load_balancer(Name=name, Subnets=subnets, Scheme=scheme)
            arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        port = len(elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]) + 80
        to = [{"Type": "forward", "TargetGroupArn": group}]
        elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=port, DefaultActions=to)
        return arn

    def scopes(
        self,
        everyone: Sequence[Environment],
        *,
        watch: Watch | None = None,
        ticks: Callable[[], float] = monotonic,
        anew: bool = False,
        **how: Any,
    ) -> PortScopes:
        """Return the scopes of a process that just began. Only its clients are those of the process before,
        since making them takes longer than all they are asked; ``anew``: the test is of what they hold.
        """
        settings = AwsSettings(endpoint_url=self.url, **how)
        instruments = Instruments(ticks, ticks, watch, clients=Identities if anew else self._clients_for)
        aws = Aws(settings, lambda: everyone, self.clock, instruments=instruments)
        return PortScopes(aws, self.clock, FakeBook().book)

    def _clients_for(self, settings: AwsSettings, watch: Watch | None) -> Identities:
        if watch is not None:
            return Identities(settings, watch)
        if settings not in self._identities:
            self._identities[settings] = Identities(settings)
        return self._identities[settings]

    def bind(self, where: Environment, *others: Environment, actor: Actor = DEV, **how: Any) -> Scope:
        return self.scopes([where, *others], **how).bind(where, actor)

    def requests(self, method: str, since: int = 0) -> list[dict[str, Any]]:
        """The parameters of each call of that method that reached AWS, from traffic row ``since`` on."""
        return [row["request"] for row in self.traffic[since:] if row["method"] == method]


@contextmanager
def staged() -> Iterator[Stage]:
    """Start a world and stop it at the end. A process can have only one, so no fixture may keep a world
    beyond its module.
    """
    traffic: list[dict[str, Any]] = []
    clock, faults = StillClock(), Faults()
    world = World(clock, faults, traffic=traffic.append)
    try:
        made = Stage(world, world.start(), clock, faults, traffic)
        world.change({"do": "environment.create", "name": "staging"})  # its role is ROLE
        yield made
    finally:
        world.stop()


def made_up_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set made-up keys, and block the way to any real profile."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
