"""The ECS calls about clusters and services, answered as AWS does where moto does not."""

from __future__ import annotations

from typing import Any

from playground.aws import deploying, shown, strict
from playground.aws.account import ec2, ecs
from playground.aws.buying import SERVERLESS
from playground.aws.definitions import active_definition
from playground.aws.entities import SimService
from playground.aws.errors import AwsError, invalid
from playground.aws.fleet import Fleet
from playground.aws.paging import page

Params = dict[str, Any]
STARTS_DEPLOYMENT = ("networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries")
"""These start a deployment, as taskDefinition does; desiredCount, tags and deploymentConfiguration do not
(facts/ecs 2.1).
"""
CONFIGURATION: Params = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
}


DEFAULTS: Params = {
    "healthCheckGracePeriodSeconds": 0,
    "enableExecuteCommand": False,
    "enableECSManagedTags": False,
}


class ServiceCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def list_clusters(self, params: Params) -> Params:
        arns = sorted(c.arn for c in ecs().clusters.values() if c.status == "ACTIVE")
        return page(arns, params, default=100, key="clusterArns")

    def list_services(self, params: Params) -> Params:
        """Answer the services of exactly that cluster, ten a page by default (facts/ecs 1.2)."""
        rows = self.fleet.in_cluster(self.fleet.cluster_name(params.get("cluster")))
        arns = sorted(s.row.arn for s in rows if s.row.status != "INACTIVE" and _listed(s, params))
        return page(arns, params, default=10, key="serviceArns")

    def describe_services(self, params: Params) -> Params:
        """Answer up to ten services by exact name; an absent one is a failure MISSING."""
        cluster = self.fleet.cluster_name(params.get("cluster"))
        asked = params.get("services") or []
        if not asked:
            raise invalid("Services cannot be empty.")
        found = [(name, self.fleet.find(cluster, name)) for name in asked]
        missing = [_missing(cluster, name) for name, service in found if service is None]
        return {"services": [s.row for _, s in found if s is not None], "failures": missing}

    def create_service(self, params: Params) -> Params:
        return {"service": self.create(params).row}

    def create(self, params: Params) -> SimService:
        """Create a service; an existing name is refused, where moto overwrites it (facts/ecs 2.6)."""
        cluster = self.fleet.cluster_name(params.get("cluster"))
        name = params["serviceName"]
        existing = self.fleet.services.get((cluster, name))
        if existing is not None and existing.row.status != "INACTIVE":
            draining = existing.row.status == "DRAINING"
            why = "Unable to Start a service that is still Draining."
            raise invalid(why if draining else "Creation of service was not idempotent.")
        definition = active_definition(params["taskDefinition"])
        moment = self.fleet.moment
        row = self._row(params | {"taskDefinition": definition.arn}, cluster)
        service = SimService(row=row, configuration=_merged(CONFIGURATION, params), created_at=moment.at)
        strategy = params.get("capacityProviderStrategy")
        if strategy:
            named = str(strategy[0]["capacityProvider"])
            service.provider, row.launch_type = "" if named in SERVERLESS else named, None
        service.network = params.get("networkConfiguration") or default_network()
        _set_plain(service, DEFAULTS | params)
        self.fleet.services[(cluster, name)] = service
        deploying.deploy(service, definition, moment)
        shown.publish(service)
        return service

    def update_service(self, params: Params) -> Params:
        service = self.fleet.service(params.get("cluster"), params["service"])
        service.calls["UpdateService"] += 1
        self.update(service, params)
        return {"service": service.row}

    def update(self, service: SimService, params: Params) -> None:
        """Update a service; only some changes start a new deployment (facts/ecs 2.1)."""
        if service.row.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        strict.check_update(service, params)
        reference = params.get("taskDefinition")
        wanted = active_definition(reference) if reference else None
        service.configuration = _merged(service.configuration, params)
        _set_plain(service, params)
        if params.get("desiredCount") is not None:
            service.row.desired_count = int(params["desiredCount"])
            service.steady = False
        if params.get("networkConfiguration"):
            service.network = params["networkConfiguration"]
        if params.get("loadBalancers") is not None:
            service.row.load_balancers = params["loadBalancers"]
        changed = wanted is not None and wanted.arn != service.row.task_definition
        if changed or params.get("forceNewDeployment") or any(params.get(key) for key in STARTS_DEPLOYMENT):
            definition = wanted or active_definition(str(service.row.task_definition))
            deploying.deploy(service, definition, self.fleet.moment)
        self.fleet.step(service)

    def delete_service(self, params: Params) -> Params:
        """Delete a service: it is DRAINING until its last task has stopped, then INACTIVE."""
        service = self.fleet.service(params.get("cluster"), params["service"])
        if service.wanted > 0 and not params.get("force"):
            raise invalid("The service cannot be stopped while it is scaled above 0.")
        service.row.status, service.row.desired_count = "DRAINING", 0
        service.steady = False
        self.fleet.step(service)
        return {"service": service.row}

    def delete_cluster(self, params: Params) -> Params:
        """Delete a cluster; refused while services are in it, a check that moto lacks (facts/ecs 2.6)."""
        cluster = self.fleet.cluster_name(params.get("cluster"))
        if any(s.row.status != "INACTIVE" for s in self.fleet.in_cluster(cluster)):
            raise AwsError(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        return {"cluster": ecs().delete_cluster(cluster)}

    def _row(self, params: Params, cluster: str) -> Any:
        return ecs().create_service(
            cluster,
            params["serviceName"],
            int(params.get("desiredCount") or 0),
            params["taskDefinition"],
            params.get("loadBalancers"),
            params.get("schedulingStrategy"),
            [dict(tag) for tag in params.get("tags") or []],
            params.get("deploymentController"),
            params.get("launchType") or "FARGATE",
            network_configuration=params.get("networkConfiguration"),
            service_registries=params.get("serviceRegistries"),
            platform_version="1.4.0",
            propagate_tags=params.get("propagateTags") or "NONE",
            role_arn=params.get("role"),
        )


def default_network(*, public: str = "DISABLED") -> Params:
    """Return the default VPC's first subnet and security group."""
    subnet = next(iter(next(iter(ec2().subnets.values()))))
    group = next(iter(ec2().groups[next(iter(ec2().vpcs))]))
    configuration = {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": public}
    return {"awsvpcConfiguration": configuration}


def _merged(configuration: Params, params: Params) -> Params:
    return configuration | {
        k: v for k, v in (params.get("deploymentConfiguration") or {}).items() if v is not None
    }


def _set_plain(service: SimService, params: Params) -> None:
    """Apply the settings that change nothing about running tasks."""
    row: Any = service.row
    names = {
        "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
        "enableExecuteCommand": "enable_execute_command",
        "enableECSManagedTags": "enable_ecs_managed_tags",
        "propagateTags": "propagate_tags",
        "capacityProviderStrategy": "capacity_provider_strategy",
        "resourceManagementType": "resource_management_type",
    }
    for key, attribute in names.items():
        if params.get(key) is not None:
            setattr(row, attribute, params[key])


def _listed(service: SimService, params: Params) -> bool:
    row = service.row
    kind = getattr(row, "resource_management_type", "CUSTOMER")
    asked = (params.get("launchType"), params.get("schedulingStrategy"), params.get("resourceManagementType"))
    has = (row.launch_type, row.scheduling_strategy, kind)
    return all(want is None or want == got for want, got in zip(asked, has, strict=True))


def _missing(cluster: str, name: str) -> Params:
    where = ecs().clusters[cluster].arn.replace(":cluster/", ":service/")
    return {"arn": name if name.startswith("arn:") else f"{where}/{name}", "reason": "MISSING"}
