"""``POST /playground/world``: what a person or a test may order to happen in the simulated AWS.

Each verb is one method; ``order["do"]`` names the verb. A bad order raises ``ValueError`` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from moto.core.exceptions import JsonRESTError, ServiceException

from playground.aws import balancers, blue_green, images, log_orders, one_off_tasks, summary
from playground.aws.account import ecs
from playground.aws.appconfig_orders import AppConfigOrders
from playground.aws.behaviour import read_behaviour
from playground.aws.billing import Billing
from playground.aws.cache_orders import CacheOrders
from playground.aws.capacity_orders import CapacityOrders
from playground.aws.database_orders import DatabaseOrders
from playground.aws.definitions import configured, containers_of
from playground.aws.ecs_services import ServiceCalls
from playground.aws.entities import SimService
from playground.aws.environments import Builder, ensure_cluster, ensure_role, full_image, platform_of
from playground.aws.errors import AwsError
from playground.aws.meter_orders import MeterOrders
from playground.aws.money_orders import MoneyOrders
from playground.aws.order_fields import Order, need, service_of
from playground.aws.parameter_orders import ParameterOrders
from playground.aws.permission_calls import PermissionOrders
from playground.aws.releases import NATIVE
from playground.aws.run_orders import RunOrders
from playground.aws.scaling import Scaling
from playground.aws.scaling_orders import ScalingOrders
from playground.aws.throttle import Throttle

DEFAULT_STAGE = "POST_TEST_TRAFFIC_SHIFT"


class Orders:
    """Every order by its verb; hold the fleet's lock around ``carry_out``."""

    def __init__(self, billing: Billing, calls: ServiceCalls, scaling: Scaling, throttle: Throttle) -> None:
        fleet = billing.fleet
        self._fleet, self._calls, self._throttle = fleet, calls, throttle
        self._builder = Builder(fleet, calls, scaling)
        self._databases, self._capacity = DatabaseOrders(fleet), CapacityOrders(fleet)
        self._caches, self._appconfig = CacheOrders(fleet), AppConfigOrders(fleet)
        self._verbs: dict[str, Callable[[Order], Order]] = {
            "environment.create": self.create_environment,
            "environment.remove": self.remove_environment,
            "service.create": self.create_service,
            "service.remove": self.remove_service,
            "service.tag": self.tag,
            "service.untag": self.untag,
            "service.behave": self.behave,
            "deploy": self.deploy,
            "desired": self.desired,
            "push": self.push,
            "image.expire": self.expire,
            "pause": self.pause,
            "continue": self.resume,
            "task.kill": self.kill,
            "task.run": self.run,
            "throttle": self.throttle,
            "logs.remove": log_orders.remove,
            "describe": self.describe,
            **self._appconfig.verbs,
            **self._databases.verbs,
            **self._caches.verbs,
            **self._capacity.verbs,
            **MeterOrders(fleet).verbs,
            **MoneyOrders(billing).verbs,
            **ParameterOrders().verbs,
            **PermissionOrders(fleet.denials).verbs,
            **RunOrders(fleet, self._builder).verbs,
            **ScalingOrders(fleet, calls, scaling).verbs,
        }

    def carry_out(self, order: Order) -> Order:
        verb = order.get("do")
        if verb not in self._verbs:
            raise ValueError(f"no order {verb!r}: one of {', '.join(self._verbs)}")
        self._fleet.tick()
        try:
            return self._verbs[verb](order)
        except AwsError as error:
            raise ValueError(error.message) from error
        except (ServiceException, JsonRESTError) as error:  # moto refuses what the world creates
            raise ValueError(str(error)) from error
        except (TypeError, AttributeError) as error:
            raise ValueError(f"the order {verb} is malformed: {error}") from error

    def create_environment(self, order: Order) -> Order:
        """Create an environment from ``{name, services, cluster?}``: a cluster of that name, or services
        tagged within ``cluster``.
        """
        name = need(order, "name")
        cluster = str(order.get("cluster") or name)
        for spec in order.get("services") or []:
            if (cluster, str(spec.get("name"))) in self._fleet.services:
                raise ValueError(f"cluster {cluster} already has a service {spec.get('name')}")
        made = {"cluster": ensure_cluster(cluster), "role": ensure_role(name), "name": name}
        rows = [self._builder.service(name, cluster, dict(spec)) for spec in order.get("services") or []]
        return made | {"services": {row.name: summary.of_service(row) for row in rows}}

    def remove_environment(self, order: Order) -> Order:
        """Remove an environment, ``{name, cluster?}``: all its services, databases, caches and AppConfig,
        and its cluster if it has its own.
        """
        name = need(order, "name")
        cluster = str(order.get("cluster") or name)
        if cluster not in ecs().clusters:
            raise ValueError(f"no cluster {cluster}")
        rows = [s for s in self._fleet.in_cluster(cluster) if cluster == name or _environment(s) == name]
        for row in rows:
            self._fleet.forget(row)
        if cluster == name:
            self._capacity.remove_of(cluster)
            ecs().clusters.pop(cluster)
            balancers.remove_of(cluster, self._fleet.history, self._fleet.moment.at)
        self._databases.remove_of(name)
        self._caches.remove_of(name)
        self._appconfig.remove_of(name)
        return {"removed": [row.name for row in rows]}

    def create_service(self, order: Order) -> Order:
        """Create a service from ``{cluster, environment?, service: {...}}``; ``service`` has the same fields
        as in an environment.
        """
        cluster = need(order, "cluster")
        spec = order.get("service")
        if not isinstance(spec, dict):
            raise ValueError("service must be an object with at least a name")
        row = self._builder.service(str(order.get("environment") or cluster), cluster, dict(spec))
        return summary.of_service(row)

    def remove_service(self, order: Order) -> Order:
        service = service_of(self._fleet, order)
        self._fleet.forget(service)
        return {"removed": service.name}

    def tag(self, order: Order) -> Order:
        """Tag a service: ``{cluster, service, tags: {key: value}}``."""
        service, tags = service_of(self._fleet, order), dict(order.get("tags") or {})
        kept = [tag for tag in service.row.tags if tag["key"] not in tags]
        service.row.tags = kept + [{"key": str(k), "value": str(v)} for k, v in tags.items()]
        return {"tags": {tag["key"]: tag["value"] for tag in service.row.tags}}

    def untag(self, order: Order) -> Order:
        """Remove tags from a service: ``{cluster, service, keys: [...]}``."""
        service, keys = service_of(self._fleet, order), list(order.get("keys") or [])
        service.row.tags = [tag for tag in service.row.tags if tag["key"] not in keys]
        return {"tags": {tag["key"]: tag["value"] for tag in service.row.tags}}

    def behave(self, order: Order) -> Order:
        """Set how tasks behave, in later deployments or in running ones too: ``{cluster, service, behave,
        applies: "new" | "all"}``.
        """
        service, behave = service_of(self._fleet, order), read_behaviour(order.get("behave"))
        applies = order.get("applies", "new")
        if applies not in ("new", "all"):
            raise ValueError(f'applies must be "new" or "all", not {applies!r}')
        service.behave = behave
        if applies == "all":
            service.steady = False
            for deployment in service.deployments:
                deployment.revision.behave = behave
        return {"behave": behave.kind, "applies": applies}

    def deploy(self, order: Order) -> Order:
        """Register a new revision and deploy it, as CI does: ``{cluster, service, image?, by?, variables?,
        secrets?, without?, cpu?, memory?}``. ``without`` names the variables that the revision lacks.
        """
        service = service_of(self._fleet, order)
        old = ecs().describe_task_definition(str(service.row.task_definition))
        containers = [dict(container) for container in containers_of(old)]
        if order.get("image"):
            containers[0]["image"] = full_image(str(order["image"]))
            self._ensure_pushed(containers[0]["image"])
        containers[0] = configured(containers[0], order)
        tags = [{"key": "deployed-by", "value": str(order.get("by") or "ci")}]
        size = {"cpu": order.get("cpu") or old.cpu, "memory": order.get("memory") or old.memory}
        spec = {**size, "definition_tags": tags} | platform_of(old)
        spec["by"] = str(order.get("by") or "ci")
        made = self._builder.register_containers(old.family, containers, spec)
        self._fleet.tick()
        self._calls.update(service, {"taskDefinition": made})
        deployment = service.primary
        return {
            "deployment": deployment.id,
            "service_deployment": deployment.release.arn,
            "task_definition": made,
            "images": deployment.revision.images,
        }

    def desired(self, order: Order) -> Order:
        """Cause drift, as the console or Terraform would: ``{cluster, service, desired}``."""
        service = service_of(self._fleet, order)
        self._calls.update(service, {"desiredCount": int(need(order, "desired"))})
        return {"desired": service.row.desired_count}

    def push(self, order: Order) -> Order:
        """Push a new image, to which the tag moves: ``{repository, tag, hours_ago?}``."""
        repository, tag = need(order, "repository"), need(order, "tag")
        before = images.find(repository, tag=tag)
        at = self._fleet.moment.at - timedelta(hours=float(order.get("hours_ago") or 0))
        return {"digest": images.push(repository, tag, at), "before": before}

    def expire(self, order: Order) -> Order:
        """Delete an image, as a lifecycle policy does: ``{repository, digest}``."""
        images.expire(need(order, "repository"), need(order, "digest"))
        return {"expired": order["digest"]}

    def pause(self, order: Order) -> Order:
        """Set a PAUSE hook for a service's releases: ``{cluster, service, stage?, minutes?, action?}``."""
        service = service_of(self._fleet, order)
        stage = str(order.get("stage") or DEFAULT_STAGE)
        if service.strategy not in NATIVE:
            raise ValueError(f"{service.name} deploys {service.strategy}, which has no stages to pause at")
        if stage not in (*blue_green.STAGES, *blue_green.SHOWN_AT):
            raise ValueError(f"no stage {stage!r}: one of {', '.join(blue_green.STAGES)}")
        hook = {
            "targetType": "PAUSE",
            "lifecycleStages": [stage],
            "timeoutConfiguration": {
                "timeoutInMinutes": int(order.get("minutes", blue_green.DEFAULT_TIMEOUT_MINUTES)),
                "action": str(order.get("action", "ROLLBACK")),
            },
        }
        service.configuration = service.configuration | {"lifecycleHooks": [hook]}
        return {"pauses_at": stage}

    def resume(self, order: Order) -> Order:
        """Continue past the hook at which the current release waits: ``{cluster, service}``."""
        service = service_of(self._fleet, order)
        hook = service.release.hook
        if hook is None or not blue_green.proceed(service.release, hook.id):
            raise ValueError(f"{service.name} does not wait at a hook")
        return {"continued": service.release.arn}

    def kill(self, order: Order) -> Order:
        """Kill the container of one running task (exit code 137): ``{cluster, service, task?}``."""
        service, wanted = service_of(self._fleet, order), order.get("task")
        for task in service.tasks.values():
            if task.now_status == "RUNNING" and wanted in (None, task.id, task.task_arn):
                self._fleet.lifecycle.kill(task, self._fleet.moment)
                service.steady = False
                return {"task": task.task_arn}
        raise ValueError(f"{service.name} has no such running task")

    def run(self, order: Order) -> Order:
        """Run a one-off task of a service's definition: ``{cluster, service, seconds?, by?, tags?}``."""
        service, seconds = service_of(self._fleet, order), float(order.get("seconds", 60))
        fleet, by = self._fleet, str(order.get("by") or "ci")
        task = one_off_tasks.run(service, fleet.moment, meter=fleet.meter, started_by=by, seconds=seconds)
        task.tags = [{"key": str(k), "value": str(v)} for k, v in dict(order.get("tags") or {}).items()]
        return {"task": task.task_arn, "seconds": seconds}

    def throttle(self, order: Order) -> Order:
        """Use up a rate, as others would, for that many clock seconds: ``{category, seconds}``."""
        self._throttle.drain(need(order, "category"), float(need(order, "seconds")))
        return {"drained": order["category"]}

    def describe(self, order: Order) -> Order:
        """Answer a compact summary: clusters, services, tasks, and how often each service was called."""
        return summary.describe(self._fleet)

    def _ensure_pushed(self, image: str) -> None:
        repository, (_, tag, _) = images.repository_of(image), images.split_image(image)
        if repository and tag and images.find(repository, tag=tag) is None:
            images.push(repository, tag, self._fleet.moment.at)


def _environment(service: SimService) -> str | None:
    return next((tag["value"] for tag in service.row.tags if tag["key"] == "environment"), None)
