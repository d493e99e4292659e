"""Benches for the contract of AWS's ports: one empty environment, faked or in the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.scaling import scaling_facts
from handlers.words.errors import Denied, Unanswered
from policies.capacity.facts import GroupFacts, ScalingFacts
from policies.cost.by_use import ByUse
from policies.cost.fargate import ARM, TaskSize
from policies.cost.spans import Kind, Part, shared_name
from policies.service.environment import TagPick
from policies.service.facts import Container, ContainerImage, Target, Task
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.aws_bench import REGISTRY, Bench
from tests.fakes.aws import START, FakeScopes, steady


@dataclass
class FakeBench:
    scopes: FakeScopes = field(default_factory=FakeScopes)
    pushed: int = 0

    def __post_init__(self) -> None:
        self.now = START
        self.scopes.now = lambda: self.now
        self.instance, self.cluster, self.lost = "orders", "cluster:events", "lost"
        self.cache = "sessions"
        databases = (self.cluster, self.lost, self.instance)
        where = environment("staging", databases=databases, caches=(self.cache,))
        self.scope = self.scopes.bind(where, DEV)
        self.aws = self.scopes.aws("staging")

    def service(self, name: str, desired: int = 2) -> None:
        facts = steady(name, desired=desired)
        ours = facts.deployments[0].id
        tasks = tuple(
            Task(
                f"{n + 1:032x}",
                ours,
                facts.revision,
                "RUNNING",
                ip=f"10.0.0.{n}",
                containers=(Container(name, "web:latest", "sha256:1"),),
            )
            for n in range(desired)
        )
        image = ContainerImage(name, f"{REGISTRY}/{name}:latest", True, f"/ecs/{name}", "app")
        targets = tuple(Target("group", task.ip, "healthy") for task in tasks)
        self.aws.services.put(replace(facts, tasks=tasks, images=(image,), targets=targets))
        for _ in range(desired):
            self.aws.usage.run(name)

    def sized(self, size: TaskSize) -> None:
        self.service(size.service)
        self.aws.services.size(size)
        kind = "arm" if size.architecture == ARM else "x86"
        vcpu, gb = round(size.vcpu * 1_000), round(size.gb * 1_000)
        parts = (Part(f"fargate.vcpu.{kind}", vcpu), Part(f"fargate.gb.{kind}", gb))
        self.aws.usage.resize(size.service, parts)

    def disputed(self, name: str) -> None:
        self.service(name)
        self.aws.services.dispute(name, "staging", "other")
        self.aws.usage.share(name, shared_name(["other", "staging"]))

    def push(self, repository: str, tag: str) -> str:
        self.pushed += 1
        self.aws.images.push(f"{REGISTRY}/{repository}:{tag}", f"sha256:{self.pushed:064x}")
        return f"sha256:{self.pushed:064x}"

    def write(self, group: str, stream: str, *lines: str) -> None:
        self.aws.logs.write(group, stream, *lines)
        last = self.scope.now + timedelta(milliseconds=len(lines) - 1)
        self.aws.logs.say(group, stream, last, *lines, apart=0.001)

    def refuse_deploy(self) -> None:
        self.aws.services.fail("deploy", Denied("AWS did not allow the bot to restart web.", "AccessDenied"))

    def deny(self, action: str) -> None:
        self.aws.permissions.denied.add(action)

    def lose_deploys_answer(self) -> None:
        self.aws.services.fail("deploy", Unanswered("AWS did not answer."), after_effect=True)

    def lose_answer_of_set_desired(self) -> None:
        self.aws.services.fail("set_desired", Unanswered("AWS did not answer."), after_effect=True)

    def daemon(self, name: str) -> None:
        self.service(name)
        self.aws.services.change(name, scheduling="DAEMON")

    def protect(self, service: str, minutes: int) -> None:
        self.aws.services.protect(service, START + timedelta(minutes=minutes))

    def run_alone(self, service: str, by: str) -> str:
        id_ = self.aws.tasks.run(f"staging-{service}", by=by)
        self.aws.usage.run(id=f"arn:aws:ecs:eu-west-1:111122223333:task/staging/{id_}")
        return id_

    def group(self, name: str, sizes: GroupFacts) -> None:
        self.aws.groups.put(name, sizes)

    def hosted(self, service: str, group: str) -> None:
        self.service(service)
        self.aws.services.change(service, providers=(group,))

    def hosted_task(self, service: str) -> None:
        self.service(service)
        self.aws.usage.resize(service, (Part("ec2.task", 1_000),))

    def end_tasks(self, service: str) -> None:
        self.now += timedelta(seconds=30)
        self.aws.usage.stop(*(s.id for s in self.aws.usage.tasks() if s.service == service))

    def refuse_tasks(self) -> None:
        denied = Denied("AWS did not allow the bot to read tasks.", "AccessDenied")
        self.aws.usage.fail("usage.tasks", denied)

    def target(self, service: str, scaling: ScalingFacts) -> None:
        self.aws.scaling.put(service, scaling)

    def deregister(self, service: str) -> None:
        self.aws.scaling.remove(service)

    def predict(self, service: str, policy: str) -> None:
        self.aws.scaling.predict(service, policy)

    def target_of(self, service: str) -> ScalingFacts | None:
        return self.aws.scaling.known().get(service)

    def database(self, database: str) -> None:
        self.aws.databases.put(database)
        self.aws.usage.attach(f"{database} storage", "rds.storage.gp3", milli=20_000)
        self.aws.usage.attach(database, "rds.db.t4g.micro.postgres.single")

    def cached(self, nodes: int) -> None:
        for number in range(nodes):
            id_ = f"{self.cache} {number + 1:03d}"
            self.aws.usage.attach(id_, "cache.cache.t4g.micro.valkey", kind=Kind.CACHE)

    def stored(self, gb: int) -> None:
        name = self.cluster.removeprefix("cluster:")
        item, unknown = "rds.storage.aurora", "aurora.storage"
        thing = ByUse(f"{self.cluster} storage", "staging", name, Kind.DATABASE, item, unknown)
        self.aws.usage.use(thing, gb * 1_000)

    def uncached(self) -> None:
        for number in range(9):
            self.aws.usage.detach(f"{self.cache} {number + 1:03d}")

    def replica_of(self, database: str) -> None:
        self.aws.databases.rds.change(database, cannot_stop="it has read replicas: replica")

    def busy(self, database: str, status: str = "backing-up") -> None:
        self.aws.databases.rds.change(database, status=status)

    def move(self) -> None:
        self.now += timedelta(minutes=10)
        self.aws.move()
        self.aws.tasks.end()
        if self.scopes.rds.find(self.instance).status == "stopped":
            self.aws.usage.detach(self.instance)


class WorldBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._cluster = stage.cluster()
        self.instance, self.lost = f"{self._cluster}-orders", f"{self._cluster}-lost"
        self.cluster = f"cluster:{self._cluster}-events"
        self.cache = f"{self._cluster}-sessions"
        databases = (self.cluster, self.lost, self.instance)
        where = environment(self._cluster, databases=databases, caches=(self.cache,))
        other = environment("other", TagPick((self._cluster,), "claimed", "yes"))
        self.scope = stage.bind(where, other)

    def service(self, name: str, desired: int = 2) -> None:
        spec = {"name": name, "desired": desired, "load_balancer": True, "image": f"{name}:latest"}
        self._stage.world.change({"do": "service.create", "cluster": self._cluster, "service": spec})

    def sized(self, size: TaskSize) -> None:
        task = {
            "cpu": int(size.vcpu * 1024),
            "memory": int(size.gb * 1024),
            "architecture": size.architecture,
        }
        spec = {"name": size.service, "desired": 2, **task}
        self._stage.world.change({"do": "service.create", "cluster": self._cluster, "service": spec})

    def disputed(self, name: str) -> None:
        self._stage.add(self._cluster, name, claimed="yes")

    def push(self, repository: str, tag: str) -> str:
        return str(self._stage.world.change({"do": "push", "repository": repository, "tag": tag})["digest"])

    def write(self, group: str, stream: str, *lines: str) -> None:
        logs = self._client("logs")
        now = int(self._stage.clock.now().timestamp() * 1000)
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": now + n, "message": line} for n, line in enumerate(lines)]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def refuse_deploy(self) -> None:
        self._stage.faults.order(method="ecs.UpdateService", kind="error", code="AccessDenied")

    def deny(self, action: str) -> None:
        self._stage.world.change({"do": "role.deny", "role": "lamplighter-staging", "actions": [action]})

    def lose_deploys_answer(self) -> None:
        self._stage.faults.order(method="ecs.UpdateService", kind="drop", phase="after_effect")

    lose_answer_of_set_desired = lose_deploys_answer

    def daemon(self, name: str) -> None:
        spec = {"name": name, "scheduling": "DAEMON"}
        self._stage.world.change({"do": "service.create", "cluster": self._cluster, "service": spec})

    def protect(self, service: str, minutes: int) -> None:
        order: dict[str, object] = {"do": "protect", "cluster": self._cluster, "service": service}
        self._stage.world.change({**order, "minutes": minutes})

    def run_alone(self, service: str, by: str) -> str:
        order: dict[str, object] = {"do": "task.run", "cluster": self._cluster, "service": service}
        return str(self._stage.world.change({**order, "by": by, "seconds": 300})["task"]).rsplit("/", 1)[-1]

    def group(self, name: str, sizes: GroupFacts) -> None:
        numbers = {"min": sizes.minimum, "max": sizes.maximum, "desired": sizes.desired}
        order: dict[str, object] = {"do": "capacity.create", "cluster": self._cluster, "name": name}
        self._stage.world.change({**order, **numbers})

    def hosted(self, service: str, group: str) -> None:
        spec = {"name": service, "desired": 2, "capacity_provider": group}
        self._stage.world.change({"do": "service.create", "cluster": self._cluster, "service": spec})

    def hosted_task(self, service: str) -> None:
        self.group(f"{self._cluster}-ec2", GroupFacts(0, 4, 2))
        self.hosted(service, f"{self._cluster}-ec2")
        self.move()

    def end_tasks(self, service: str) -> None:
        order: dict[str, object] = {"do": "desired", "cluster": self._cluster, "service": service}
        self._stage.world.change({**order, "desired": 0})
        for _ in range(6):
            self._stage.clock.advance(10)
            self._stage.world.change({"do": "describe"})

    def refuse_tasks(self) -> None:
        self._stage.faults.order(method="ecs.DescribeTasks", kind="error", code="AccessDenied")

    def target(self, service: str, scaling: ScalingFacts) -> None:
        self._client("application-autoscaling").register_scalable_target(
            **self._named(service),
            MinCapacity=scaling.minimum,
            MaxCapacity=scaling.maximum,
            SuspendedState={
                "DynamicScalingInSuspended": scaling.suspended.scaling_in,
                "DynamicScalingOutSuspended": scaling.suspended.scaling_out,
                "ScheduledScalingSuspended": scaling.suspended.scheduled,
            },
        )

    def deregister(self, service: str) -> None:
        self._client("application-autoscaling").deregister_scalable_target(**self._named(service))

    def predict(self, service: str, policy: str) -> None:
        order = {"do": "predictive_scaling", "cluster": self._cluster, "service": service, "policy": policy}
        self._stage.world.change(dict(order))

    def target_of(self, service: str) -> ScalingFacts | None:
        ids = [self._named(service)["ResourceId"]]
        client = self._client("application-autoscaling")
        rows = client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=ids)["ScalableTargets"]
        return scaling_facts(rows[0]) if rows else None

    def database(self, database: str) -> None:
        self._stage.world.change({"do": "database.create", **self._database(database)})

    def cached(self, nodes: int) -> None:
        self._stage.world.change({"do": "cache.create", "id": self.cache, "nodes": nodes})

    def stored(self, gb: int) -> None:
        order = {"do": "database.create", **self._database(self.cluster), "stored_gb": gb}
        self._stage.world.change(dict(order))

    def uncached(self) -> None:
        self._stage.world.change({"do": "cache.remove", "id": self.cache})

    def replica_of(self, database: str) -> None:
        named = self._database(database)
        order = {"do": "database.create", "kind": named["kind"], "id": f"{self._cluster}-replica"}
        self._stage.world.change({**order, "replica_of": named["id"]})

    def busy(self, database: str, status: str = "backing-up") -> None:
        order = {"do": "database.busy", "seconds": 1e6, "status": status}
        self._stage.world.change({**order, **self._database(database)})

    def move(self) -> None:
        self._stage.clock.advance(600)

    def _named(self, service: str) -> dict[str, str]:
        resource = f"service/{self._cluster}/{service}"
        return {
            "ServiceNamespace": "ecs",
            "ResourceId": resource,
            "ScalableDimension": "ecs:service:DesiredCount",
        }

    def _database(self, database: str) -> dict[str, str]:
        cluster = database.startswith("cluster:")
        return {"kind": "cluster" if cluster else "instance", "id": database.removeprefix("cluster:")}

    def _client(self, service: str) -> Any:
        return self._stage.client(service)


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> Bench:
    if request.param == "fake":
        return FakeBench()
    made_up_credentials(monkeypatch)
    return WorldBench(stage_once())
