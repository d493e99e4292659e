"""One-off tasks: which revision is approved, where a run takes place, and RunTask itself.

Deliberately absent: every override but the command of one container. Image, roles, variables and size are
the revision's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.aws import calls
from bot.aws.discovery import rows
from bot.aws.discovery.live import LiveServices
from bot.aws.discovery.tasks_of import describe_one
from bot.aws.errors import plain
from bot.aws.place import Place
from handlers.ports.runs import RunOrder, Started
from handlers.words.errors import Absent, Rejected
from policies.service.facts import Task
from policies.service.running_once import Bought, Defined, DefinedContainer, Placement

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ContainerDefinitionOutputTypeDef, ServiceTypeDef

ACTIVE = "ACTIVE"
UNDESCRIBED = "ClientException"
"""The code with which ECS refuses to describe a revision that does not exist, or a family without an active
one.
"""


class EcsRuns:
    """Implements ``handlers.ports.runs.Runs``, in the environment's clusters and no others."""

    def __init__(self, place: Place, live: LiveServices) -> None:
        self._place, self._live = place, live

    def placement(self, service: str) -> Placement:
        return placement_of(self._live.own_row(service))

    def defined(self, reference: str) -> Defined:
        return read_defined(self._place, reference)

    def start(self, order: RunOrder) -> Started:
        send_by = self._place.send_by()
        self._within(order.placement.cluster)
        action = f"run {rows.last_part(order.revision)}"
        client = self._place.ecs_for_change(action)
        with self._place.turn(calls.RUN_TASK, action, send_by=send_by):
            answer = client.run_task(**asked(order))
        failures = tuple(_failure(row) for row in answer.get("failures", []))
        started = [rows.last_part(row.get("taskArn", "")) for row in answer.get("tasks", [])]
        return Started(answer["ResponseMetadata"]["RequestId"], started[0] if started else "", failures)

    def started(self, cluster: str, started_by: str) -> tuple[str, ...]:
        """List with ``startedBy`` alone: ECS takes no other filter beside it (facts/ecs 6.1)."""
        self._within(cluster)
        action = f"look for a task of {self._place.environment.name}"
        client = self._place.ecs(action)
        with self._place.turn(calls.LIST_TASKS, action):
            answer = client.list_tasks(cluster=cluster, startedBy=started_by)
        return tuple(rows.last_part(arn) for arn in answer["taskArns"])

    def task(self, cluster: str, task: str) -> Task | None:
        self._within(cluster)
        row = describe_one(self._place, cluster, task)
        return None if row is None else rows.task(row)

    def _within(self, cluster: str) -> None:
        if cluster not in self._place.environment.pick.clusters:
            raise Absent(f"The cluster {cluster} is none of {self._place.environment.name}'s.")


def read_defined(place: Place, reference: str) -> Defined:
    """Read a revision. Raise ``Absent`` if there is none, and ``Rejected`` for one of another account."""
    action = f"read the task definition {rows.last_part(reference)}"
    client = place.ecs(action)
    try:
        with place.turn(calls.DESCRIBE_TASK_DEFINITION, action):
            row = client.describe_task_definition(taskDefinition=reference)["taskDefinition"]
    except Rejected as refused:
        if refused.code != UNDESCRIBED:
            raise
        raise Absent(refused.sentence, refused.code, refused.request_id) from refused
    arn = row.get("taskDefinitionArn", "")
    place.check_account(arn)
    region = place.environment.region
    return Defined(
        arn=arn,
        containers=tuple(_container(c, region) for c in row.get("containerDefinitions", [])),
        active=row.get("status", ACTIVE) == ACTIVE,
        task_role=row.get("taskRoleArn", ""),
        execution_role=row.get("executionRoleArn", ""),
        registered_by=row.get("registeredBy", ""),
    )


def placement_of(row: ServiceTypeDef) -> Placement:
    """Where the tasks of a service run. A capacity provider strategy and a launch type exclude each other. A
    service that others deploy has its place in the task set that serves.
    """
    placed = rows.placed(row)
    network: Any = placed.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    strategy = placed.get("capacityProviderStrategy", [])
    return Placement(
        cluster=rows.last_part(row["clusterArn"]),
        launch_type="" if strategy else placed.get("launchType", ""),
        providers=tuple(
            Bought(rows.last_part(item["capacityProvider"]), item.get("weight", 0), item.get("base", 0))
            for item in strategy
        ),
        platform_version=placed.get("platformVersion", ""),
        subnets=tuple(network.get("subnets", [])),
        security_groups=tuple(network.get("securityGroups", [])),
        public_ip=network.get("assignPublicIp", ""),
    )


def asked(order: RunOrder) -> Any:
    """RunTask's parameters. What is empty is left out."""
    where = order.placement
    network: dict[str, Any] = {"subnets": list(where.subnets), "securityGroups": list(where.security_groups)}
    if where.public_ip:
        network["assignPublicIp"] = where.public_ip
    strategy = [
        {"capacityProvider": bought.provider, "weight": bought.weight, "base": bought.base}
        for bought in where.providers
    ]
    override = {"name": order.container, "command": list(order.command)}
    found = {
        "cluster": where.cluster,
        "taskDefinition": order.revision,
        "count": 1,
        "clientToken": order.token,
        "startedBy": order.started_by,
        "enableECSManagedTags": True,
        "enableExecuteCommand": False,
        "tags": [{"key": key, "value": value} for key, value in order.tags.items()],
        "launchType": where.launch_type,
        "capacityProviderStrategy": strategy,
        "platformVersion": where.platform_version,
        "networkConfiguration": {"awsvpcConfiguration": network} if where.subnets else {},
        "overrides": {"containerOverrides": [override]} if order.command else {},
    }
    return {name: value for name, value in found.items() if value not in ("", [], {})}


def _failure(row: Any) -> str:
    said = [plain(str(row.get(name, ""))) for name in ("reason", "detail")]
    return ": ".join(filter(None, said)) or "AWS gave no reason"


def _container(row: ContainerDefinitionOutputTypeDef, region: str) -> DefinedContainer:
    read = rows.container_image(row, region)
    return DefinedContainer(
        name=read.container,
        image=read.image,
        essential=read.essential,
        command=tuple(row.get("command", [])),
        entry_point=tuple(row.get("entryPoint", [])),
        log_group=read.log_group,
        log_prefix=read.log_prefix,
    )
