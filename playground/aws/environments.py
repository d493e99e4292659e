"""Builds environments: clusters, roles, repositories, task definitions, target groups, services."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from playground.aws import images, task_logs
from playground.aws.account import ACCOUNT, REGION, REGISTRY, arn, ecs, iam
from playground.aws.balancers import attach, ensure_balancer
from playground.aws.behaviour import read_behaviour
from playground.aws.buying import strategy_of
from playground.aws.definitions import configured
from playground.aws.ecs_services import ServiceCalls, default_network
from playground.aws.entities import SimService
from playground.aws.fleet import Fleet
from playground.aws.images import repository_for, repository_of, split_image
from playground.aws.order_fields import count_of, ecs_name, idle_since
from playground.aws.past_releases import remember
from playground.aws.scaling import Scaling
from playground.aws.targets import create_target_group, shortened

Spec = dict[str, Any]
KNOWN = frozenset(
    [
        "name",
        "parameters",
        "desired",
        "health_check",
        "load_balancer",
        "image",
        "pinned",
        "immutable",
        "controller",
        "scheduling",
        "strategy",
        "breaker",
        "behave",
        "tags",
        "drain_seconds",
        "minimum",
        "maximum",
        "bake_minutes",
        "propagate",
        "cpu",
        "memory",
        "architecture",
        "grace",
        "scaling",
        "capacity_provider",
        "spot",
        "public_ip",
        "ephemeral_gb",
        "windows",
        "managed_tags",
        "idle",
        "idle_days",
        "age_days",
        "by",
        "variables",
        "needs",
        "before",
        "secrets",
        "logs",
        "sidecar",
    ]
)
AGE = timedelta(hours=3)
PORT = 8080
WINDOWS = "WINDOWS_SERVER_2022_CORE"
DRAIN_SECONDS = 3.0
BEFORE = timedelta(days=2)
"""How long before its present revision a service's earlier one was deployed."""
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
            }
        ],
    }
)


def ensure_cluster(name: str) -> str:
    """Return the cluster's ARN, creating the cluster if absent."""
    ecs_name(name, "cluster")
    if name not in ecs().clusters:
        ecs().create_cluster(name, [])
    return str(ecs().clusters[name].arn)


def ensure_role(environment: str) -> str:
    """Return the ARN of the role that the bot assumes, ``lamplighter-<environment>``; create it if absent."""
    name = f"lamplighter-{environment}"
    for role in iam().roles.values():
        if role.name == name:
            return str(role.arn)
    return str(iam().create_role(name, TRUST, "/", None, "for the playground", [], None).arn)


def _group_for(name: str) -> str:
    """Return the name with only letters, digits and hyphens, and no hyphen at either end."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def _by(name: str) -> str:
    """Return the ARN of whoever registered something: ``ci``'s role or a person."""
    kind = "assumed-role/ci-deploy/ci" if name == "ci" else f"assumed-role/developer/{name}"
    return f"arn:aws:sts::{ACCOUNT}:{kind}"


def _logging(kind: str, group: str) -> Spec:
    """Return a container's ``logConfiguration``. ``kind``: a log driver, ``unprefixed``, or the class of its
    log group; by default awslogs into a standard group.
    """
    if kind in ("awsfirelens", "splunk", "none"):
        return {"logConfiguration": {"logDriver": kind}}
    options = {"awslogs-group": group, "awslogs-region": REGION}
    if kind != "unprefixed":
        options["awslogs-stream-prefix"] = "app"
    return {"logConfiguration": {"logDriver": "awslogs", "options": options}}


def _sidecar(name: str, group: str) -> Spec:
    """Return a second container, which is not essential and logs into the same group."""
    return {
        "name": name,
        "image": full_image(f"{name}:latest"),
        "essential": False,
        **_logging("", group),
    }


def full_image(image: str) -> str:
    """Return the full image reference; a name without a slash belongs to this account's ECR."""
    return image if "/" in image else f"{REGISTRY}/{image}"


def platform_of(definition: Any) -> Spec:
    """Return the spec fields that give another task definition the same platform and storage."""
    platform = definition.runtime_platform or {}
    return {
        "architecture": platform.get("cpuArchitecture", "X86_64"),
        "windows": platform.get("operatingSystemFamily", "LINUX") != "LINUX",
        "ephemeral_gb": (definition.ephemeral_storage or {}).get("sizeInGiB"),
    }


class Builder:
    """Builds services from specs; hold the fleet's lock."""

    def __init__(self, fleet: Fleet, calls: ServiceCalls, scaling: Scaling) -> None:
        self._fleet, self._calls, self._scaling = fleet, calls, scaling

    def service(self, environment: str, cluster: str, spec: Spec) -> SimService:
        """Build a service steady for hours, or for ``age_days``; ``ValueError`` on an unknown field.

        ``behave`` and ``needs`` apply only to deployments after the first one. ``before`` has the fields in
        which the revision before differed.
        """
        unknown = set(spec) - KNOWN
        if unknown or not spec.get("name"):
            what = f"unknown fields {', '.join(sorted(unknown))}" if unknown else "no name"
            raise ValueError(f"a service with {what}: one knows {', '.join(sorted(KNOWN))}")
        ecs_name(spec["name"], "service")
        later = read_behaviour(spec["behave"]) if "behave" in spec else None
        age = timedelta(days=float(spec["age_days"])) if "age_days" in spec else AGE
        before = dict(spec.get("before") or {})
        earlier = self.register(environment, spec | before) if before else ""
        service = self._fleet.settle(lambda: self._make(environment, cluster, spec), age)
        if earlier:
            remember(service, earlier, self._fleet.moment.at - age - BEFORE)
        service.needs = tuple(str(name) for name in spec.get("needs") or ())
        if later:
            service.behave = later
        return service

    def register(self, environment: str, spec: Spec) -> str:
        """Register a revision of the service's task definition, creating its repository; return the ARN."""
        name = spec["name"]
        image = self._image(spec)
        group = f"/ecs/{environment}/{name}"
        task_logs.ensure_group(group, str(spec.get("logs") or ""))
        container: Spec = {
            "name": name,
            "image": image,
            "essential": True,
            "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
            "environment": [{"name": "APP_ENV", "value": environment}],
            **_logging(str(spec.get("logs") or ""), group),
        }
        if spec.get("parameters"):
            container["secrets"] = [
                {"name": variable, "valueFrom": arn("ssm", f"parameter{parameter}")}
                for variable, parameter in dict(spec["parameters"]).items()
            ]
        if spec.get("health_check"):
            container["healthCheck"] = {"command": ["CMD-SHELL", "curl -f localhost/health"], "interval": 10}
        family = shortened(f"{environment}-{name}", 255)
        beside = [_sidecar(str(spec["sidecar"]), group)] if spec.get("sidecar") else []
        return self.register_containers(family, [configured(container, spec), *beside], spec)

    def register_containers(self, family: str, containers: list[Spec], spec: Spec) -> str:
        made: Any = ecs().register_task_definition(
            family,
            containers,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            cpu=str(spec.get("cpu", 256)),
            memory=str(spec.get("memory", 512)),
            runtime_platform={
                "cpuArchitecture": str(spec.get("architecture", "X86_64")),
                "operatingSystemFamily": WINDOWS if spec.get("windows") else "LINUX",
            },
            ephemeral_storage={"sizeInGiB": int(spec["ephemeral_gb"])} if spec.get("ephemeral_gb") else None,
            task_role_arn=spec.get("task_role"),
            execution_role_arn=f"arn:aws:iam::{ACCOUNT}:role/ecs-execution",
            tags=spec.get("definition_tags") or [],
        )
        made.registered_at = self._fleet.moment.at
        made.registered_by = _by(str(spec.get("by") or "ci"))
        return str(made.arn)

    def _make(self, environment: str, cluster: str, spec: Spec) -> SimService:
        service = self._calls.create(self._params(environment, cluster, spec))
        service.idle_since = idle_since(spec, self._fleet.clock.now())
        service.drain_seconds = float(spec.get("drain_seconds", DRAIN_SECONDS))
        if spec.get("scaling"):
            bounds = dict(spec["scaling"])
            self._scaling.register(service, count_of(bounds, "min"), count_of(bounds, "max"))
        return service

    def _image(self, spec: Spec) -> str:
        image = full_image(str(spec.get("image") or f"{repository_for(spec['name'])}:latest"))
        repository = repository_of(image)
        if repository is None:
            return image
        name, tag, digest = split_image(image)
        images.ensure_repository(repository, immutable=bool(spec.get("immutable")))
        if digest:
            return image
        found = images.find(repository, tag=tag) or images.push(
            repository, str(tag), self._fleet.moment.at - AGE
        )
        return f"{name}@{found}" if spec.get("pinned") else image

    def _params(self, environment: str, cluster: str, spec: Spec) -> Spec:
        controller = str(spec.get("controller", "ECS"))
        tags = {"environment": environment} | dict(spec.get("tags") or {})
        params: Spec = {
            "cluster": cluster,
            "serviceName": spec["name"],
            "taskDefinition": self.register(environment, spec),
            "desiredCount": int(spec.get("desired", 1)),
            "launchType": "FARGATE",
            "schedulingStrategy": spec.get("scheduling", "REPLICA"),
            "deploymentController": {"type": "ECS" if controller == "EXPRESS" else controller},
            "deploymentConfiguration": self._configuration(spec),
            "propagateTags": spec.get("propagate", "NONE"),
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        }
        if spec.get("capacity_provider") or "spot" in spec:
            del params["launchType"]
            params["capacityProviderStrategy"] = self._strategy(spec)
        if spec.get("public_ip"):
            params["networkConfiguration"] = default_network(public="ENABLED")
        if spec.get("managed_tags"):
            params["enableECSManagedTags"] = True
        if controller == "EXPRESS":
            params["resourceManagementType"] = "ECS"
        if spec.get("load_balancer"):
            params["loadBalancers"] = [self._balancer(environment, cluster, spec)]
            params["healthCheckGracePeriodSeconds"] = int(spec.get("grace", 60))
        return params

    def _strategy(self, spec: Spec) -> list[Spec]:
        name = str(spec.get("capacity_provider") or "")
        if not name:
            return strategy_of(spec["spot"])
        if self._fleet.capacity.behind(name) is None:
            raise ValueError(f"no capacity provider {name}: order capacity.create first")
        return [{"capacityProvider": name, "weight": 1, "base": 0}]

    def _balancer(self, environment: str, cluster: str, spec: Spec) -> Spec:
        """Put the service behind the one load balancer that all services of the environment share."""
        name = _group_for(f"{environment}-{spec['name']}")
        drain = float(spec.get("drain_seconds", DRAIN_SECONDS))
        group = create_target_group(name, PORT, drain)
        tags, at = {"environment": environment}, self._fleet.moment.at
        known = self._fleet.history
        front = ensure_balancer(_group_for(environment), known, at=at, tags=tags, owner=cluster)
        attach(front, group)
        balancer: Spec = {"targetGroupArn": group, "containerName": spec["name"], "containerPort": PORT}
        if spec.get("strategy", "ROLLING") != "ROLLING":
            other = create_target_group(f"{name}-alt", PORT, drain)
            attach(front, other)
            balancer["advancedConfiguration"] = {
                "alternateTargetGroupArn": other,
                "productionListenerRule": arn("elasticloadbalancing", f"listener-rule/app/{name}/1/1/1"),
                "roleArn": f"arn:aws:iam::{ACCOUNT}:role/ecs-load-balancers",
            }
        return balancer

    def _configuration(self, spec: Spec) -> Spec:
        breaker = spec.get("breaker") or {}
        if isinstance(breaker, str):
            if breaker not in ("off", "on", "rollback"):
                raise ValueError(f'breaker must be "off", "on" or "rollback", not {breaker!r}')
            breaker = {"enable": breaker != "off", "rollback": breaker == "rollback"}
        return {
            "strategy": spec.get("strategy", "ROLLING"),
            "maximumPercent": int(spec.get("maximum", 200)),
            "minimumHealthyPercent": int(spec.get("minimum", 100)),
            "bakeTimeInMinutes": int(spec.get("bake_minutes", 0)),
            "deploymentCircuitBreaker": {"enable": False, "rollback": False} | breaker,
        }
