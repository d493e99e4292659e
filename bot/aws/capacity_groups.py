"""Auto Scaling groups behind capacity providers: their sizes, the services and tasks on them, and the one
change.

Deliberately absent: terminating or detaching an instance, and changing a capacity provider.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.discovery import rows, tasks_of
from bot.aws.discovery.live import LiveServices, batches
from bot.aws.errors import only_missing
from bot.aws.place import Place
from handlers.ports.aws import Receipt
from handlers.words.errors import Absent
from policies.capacity.facts import GroupFacts
from policies.capacity.groups import SERVERLESS, CapacityGroup
from policies.service.environment import claimants

if TYPE_CHECKING:
    from mypy_boto3_autoscaling.type_defs import AutoScalingGroupTypeDef
    from mypy_boto3_ecs.type_defs import ContainerInstanceTypeDef, ServiceTypeDef, TaskTypeDef

MOST_PROVIDERS, MOST_INSTANCES, MOST_GROUPS = 100, 100, 50
"""How many one describe call takes (the service models; 50 groups is our own caution)."""


@dataclass(frozen=True)
class Seen:
    """What is in the environment's clusters. ``instances`` maps an ARN to its row."""

    services: Sequence[ServiceTypeDef]
    instances: Mapping[str, ContainerInstanceTypeDef]
    tasks: Sequence[TaskTypeDef]


class GroupCapacities:
    """Implements ``handlers.ports.aws.Capacities`` for groups behind providers of the environment's own
    services.
    """

    def __init__(self, place: Place, live: LiveServices) -> None:
        self._place, self._live = place, live

    def groups(self, providers: Collection[str]) -> tuple[CapacityGroup, ...]:
        behind = self._behind(providers)
        if not behind:
            return ()
        known = self._described(sorted(set(behind.values())))
        clusters = self._live.clusters
        seen = Seen(
            self._live.rows_now(),
            {row["containerInstanceArn"]: row for c in clusters for row in self._instances(c)},
            [row for c in clusters for row in tasks_of.read_running(self._place, c)],
        )
        by_group = {name: {p for p in behind if behind[p] == name} for name in known}
        return tuple(self._group(known[name], by_group[name], seen) for name in sorted(known))

    def resize(self, group: str, sizes: GroupFacts) -> Receipt:
        """Resize a group. Rows read now decide whether the group is the environment's own."""
        send_by = self._place.send_by()
        own = {s.arn for s in self._live.membership().own}
        used = {p for row in self._live.rows_now() if row["serviceArn"] in own for p in rows.providers(row)}
        if group not in self._behind(used - SERVERLESS).values():
            raise Absent(f"No service of {self._place.environment.name} runs on a group {group[:255]}.")
        action = f"resize the group {group}"
        client = self._place.groups_for_change(action)
        with self._place.turn(calls.UPDATE_AUTO_SCALING_GROUP, action, send_by=send_by):
            answer = client.update_auto_scaling_group(
                AutoScalingGroupName=group,
                MinSize=sizes.minimum,
                MaxSize=sizes.maximum,
                DesiredCapacity=sizes.desired,
            )
        return Receipt(answer["ResponseMetadata"]["RequestId"])

    def _behind(self, providers: Collection[str]) -> dict[str, str]:
        """The group's name for each provider. A provider that has no group or does not exist is left out."""
        found: dict[str, str] = {}
        action = f"read the capacity providers of {self._place.environment.name}"
        for batch in batches(sorted(providers), MOST_PROVIDERS):
            client = self._place.ecs(action)
            with self._place.turn(calls.DESCRIBE_CAPACITY_PROVIDERS, action):
                answer = client.describe_capacity_providers(capacityProviders=batch)
            only_missing(answer.get("failures", []), action)
            for row in answer["capacityProviders"]:
                arn = row.get("autoScalingGroupProvider", {}).get("autoScalingGroupArn", "")
                if arn:
                    self._place.check_account(arn)
                    found[row["name"]] = rows.last_part(arn)
        return found

    def _described(self, names: Sequence[str]) -> dict[str, AutoScalingGroupTypeDef]:
        found: dict[str, AutoScalingGroupTypeDef] = {}
        action = f"read the Auto Scaling groups of {self._place.environment.name}"
        for batch in batches(names, MOST_GROUPS):
            pages = self._place.groups(action).get_paginator("describe_auto_scaling_groups")
            walk = pages.paginate(AutoScalingGroupNames=batch)
            for page in self._place.paged(calls.DESCRIBE_AUTO_SCALING_GROUPS, action, walk):
                found |= {row["AutoScalingGroupName"]: row for row in page["AutoScalingGroups"]}
        return found

    def _instances(self, cluster: str) -> Iterator[ContainerInstanceTypeDef]:
        action = f"read the instances of {self._place.environment.name}"
        pages = self._place.ecs(action).get_paginator("list_container_instances")
        walk = pages.paginate(cluster=cluster, PaginationConfig={"PageSize": MOST_INSTANCES})
        listed = self._place.paged(calls.LIST_CONTAINER_INSTANCES, action, walk)
        for batch in batches(
            (arn for page in listed for arn in page["containerInstanceArns"]), MOST_INSTANCES
        ):
            client = self._place.ecs(action)
            with self._place.turn(calls.DESCRIBE_CONTAINER_INSTANCES, action):
                answer = client.describe_container_instances(cluster=cluster, containerInstances=batch)
            only_missing(answer.get("failures", []), action)
            yield from answer["containerInstances"]

    def _group(self, row: AutoScalingGroupTypeDef, providers: set[str], seen: Seen) -> CapacityGroup:
        there = {i["InstanceId"] for i in row.get("Instances", [])}
        mine = {arn: i for arn, i in seen.instances.items() if i.get("ec2InstanceId") in there}
        registered = {i.get("ec2InstanceId") for i in mine.values()}
        serving = {
            i["InstanceId"] for i in row.get("Instances", []) if i.get("LifecycleState") == "InService"
        }
        daemons = {s["serviceArn"] for s in seen.services if s.get("schedulingStrategy") == "DAEMON"}
        on_it = [t for t in seen.tasks if t.get("containerInstanceArn") in mine]
        hosted = {(t["clusterArn"], name) for t in on_it if (name := tasks_of.group(t))}
        users = [
            s
            for s in seen.services
            if s["serviceArn"] not in daemons
            and (
                (s["clusterArn"], s["serviceName"]) in hosted
                or (_wants(s) and providers & {*rows.providers(s)})
            )
        ]
        known = {(s["clusterArn"], s["serviceName"]) for s in seen.services}
        strangers: dict[str, tuple[str, ...]] = {name: () for _, name in hosted - known}
        return CapacityGroup(
            row["AutoScalingGroupName"],
            GroupFacts(row["MinSize"], row["MaxSize"], row["DesiredCapacity"]),
            ready=sum(_takes_tasks(i) and i.get("ec2InstanceId") in serving for i in mine.values()),
            instances=len(there),
            services=strangers | {s["serviceName"]: self._claims(s) for s in users},
            alone=tuple(rows.last_part(t["taskArn"]) for t in on_it if not tasks_of.kept(t)),
            unknown=len(serving - registered),
        )

    def _claims(self, row: ServiceTypeDef) -> tuple[str, ...]:
        here = self._place.environment
        same = [e for e in self._live.everyone() if (e.account, e.region) == (here.account, here.region)]
        return claimants(rows.live_service(row), same)


def _wants(row: ServiceTypeDef) -> bool:
    return bool(row.get("desiredCount") or row.get("runningCount") or row.get("pendingCount"))


def _takes_tasks(row: ContainerInstanceTypeDef) -> bool:
    return row.get("status") == "ACTIVE" and bool(row.get("agentConnected"))
