"""Application Auto Scaling of an environment's services: suspends what holds them up, and restores it.

Deliberately absent: deregistering a target. That would delete its policies and its scheduled actions
(facts/ecs 3.2), so nothing here can do it and the role's policy denies it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.aws import calls
from bot.aws.discovery.live import LiveServices, batches
from bot.aws.place import Place
from handlers.ports.aws import Receipt
from handlers.words.errors import Absent
from policies.capacity.facts import ScalingFacts, Suspended
from policies.service.happened import Activity

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.type_defs import ScalableTargetTypeDef, SuspendedStateTypeDef

NAMESPACE: Final = "ecs"
DIMENSION: Final = "ecs:service:DesiredCount"
MOST_ASKED = 10
"""Services whose activities are read for one answer, with a call for each."""
MOST_DESCRIBED = 50
"""Resource ids in one call (facts/ecs 3.2). Targets are asked for by id and never listed."""
PREDICTIVE, ACTS = "PredictiveScaling", "ForecastAndScale"
"""The type and the mode of a policy that no flag suspends. In the other mode, the policy only forecasts
(facts/ecs 3.2).
"""
ALL = Suspended(scaling_in=True, scaling_out=True, scheduled=True)


def resource_id(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"


class ServiceScaling:
    """Implements ``handlers.ports.aws.Scaling`` for the environment's own services and no others."""

    def __init__(self, place: Place, live: LiveServices) -> None:
        self._place, self._live = place, live

    def facts(self, services: Sequence[str]) -> Mapping[str, ScalingFacts]:
        """Scaling facts by service. Membership may be a few seconds old here. A name that two clusters have
        is left out: nobody can tell which service is meant, and every change of that name is refused.
        """
        wanted = self._wanted(services)
        rows = {row["ResourceId"]: row for row in self._targets(wanted)}
        return {name: scaling_facts(rows[id_]) for id_, name in wanted.items() if id_ in rows}

    def predictive(self, services: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Names of the predictive policies that act, by service. Policies are asked for one service at a
        time, because AWS takes a single resource id, and without one lists ten policies a page.
        """
        found = {name: tuple(self._acting(id_)) for id_, name in self._wanted(services).items()}
        return {name: policies for name, policies in found.items() if policies}

    def activities(self, services: Sequence[str], since: datetime) -> tuple[Activity, ...]:
        """What Application Auto Scaling did to the services that have a target, newest first."""
        wanted = self._wanted(services)
        targets = [row["ResourceId"] for row in self._targets(wanted)][:MOST_ASKED]
        found = [one for id_ in targets for one in self._acted(id_, wanted[id_]) if one.at >= since]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def _acted(self, target: str, service: str) -> Iterator[Activity]:
        """The newest activities of one target, in one page (facts/ecs 3.2)."""
        action = f"read the scaling activities of {self._place.environment.name}"
        client = self._place.scaling(action)
        with self._place.turn(calls.DESCRIBE_SCALING_ACTIVITIES, action):
            page = client.describe_scaling_activities(
                ServiceNamespace=NAMESPACE,
                ResourceId=target,
                ScalableDimension=DIMENSION,
                MaxResults=MOST_DESCRIBED,
            )
        for row in page["ScalingActivities"]:
            yield Activity(
                service, row["StartTime"], row["Description"], row.get("Cause", ""), row["StatusCode"]
            )

    def _wanted(self, services: Sequence[str]) -> dict[str, str]:
        """Resource ids with the names of those services that are the environment's own."""
        own = [s for s in self._live.membership().own if s.name in set(services)] if services else []
        named = Counter(s.name for s in own)
        return {resource_id(s.cluster, s.name): s.name for s in own if named[s.name] == 1}

    def _acting(self, target: str) -> Iterator[str]:
        action = f"read the scaling policies of {self._place.environment.name}"
        pages = self._place.scaling(action).get_paginator("describe_scaling_policies")
        walk = pages.paginate(ServiceNamespace=NAMESPACE, ResourceId=target, ScalableDimension=DIMENSION)
        for page in self._place.paged(calls.DESCRIBE_SCALING_POLICIES, action, walk):
            for row in page["ScalingPolicies"]:
                how = row.get("PredictiveScalingPolicyConfiguration", {}).get("Mode", "ForecastOnly")
                if row["PolicyType"] == PREDICTIVE and how == ACTS:
                    yield row["PolicyName"]

    def suspend(self, service: str) -> Receipt:
        """Set the minimum to 0 and suspend all scaling. The maximum is not sent, so it stays. AWS refuses to
        register a new target without a maximum, so a service without a target is ``Rejected`` and gets none.
        """
        send_by = self._place.send_by()
        target = self._own_target(service)
        action = f"suspend the autoscaling of {service}"
        client = self._place.scaling_for_change(action)
        with self._place.turn(calls.REGISTER_SCALABLE_TARGET, action, send_by=send_by):
            answer = client.register_scalable_target(
                ServiceNamespace=NAMESPACE,
                ResourceId=target,
                ScalableDimension=DIMENSION,
                MinCapacity=0,
                SuspendedState=_state(ALL),
            )
        return Receipt(answer["ResponseMetadata"]["RequestId"])

    def restore(self, service: str, scaling: ScalingFacts) -> Receipt:
        """Restore the bounds and the flags. AWS moves the desired count into minimum..maximum **at once**
        (facts/ecs 3.2): a minimum above the count starts tasks. Raise ``Absent`` if the target is gone by
        now, because a new target would have no policies.
        """
        send_by = self._place.send_by()
        target = self._own_target(service)
        if not any(row["ResourceId"] == target for row in self._targets([target])):
            raise Absent(f"The autoscaling of {service} is gone: somebody deregistered it.")
        action = f"restore the autoscaling of {service}"
        client = self._place.scaling_for_change(action)
        with self._place.turn(calls.REGISTER_SCALABLE_TARGET, action, send_by=send_by):
            answer = client.register_scalable_target(
                ServiceNamespace=NAMESPACE,
                ResourceId=target,
                ScalableDimension=DIMENSION,
                MinCapacity=scaling.minimum,
                MaxCapacity=scaling.maximum,
                SuspendedState=_state(scaling.suspended),
            )
        return Receipt(answer["ResponseMetadata"]["RequestId"])

    def _own_target(self, service: str) -> str:
        """The resource id of a service, judged on a row read now. Raise ``Absent`` if the service does not
        exist or is not the environment's own.
        """
        row = self._live.own_row(service)
        return resource_id(row["clusterArn"].rsplit("/", 1)[-1], row["serviceName"])

    def _targets(self, resource_ids: Iterable[str]) -> Iterable[ScalableTargetTypeDef]:
        action = f"read the autoscaling of {self._place.environment.name}"
        for batch in batches(resource_ids, MOST_DESCRIBED):
            pages = self._place.scaling(action).get_paginator("describe_scalable_targets")
            walk = pages.paginate(ServiceNamespace=NAMESPACE, ResourceIds=batch, ScalableDimension=DIMENSION)
            for page in self._place.paged(calls.DESCRIBE_SCALABLE_TARGETS, action, walk):
                yield from page["ScalableTargets"]


def scaling_facts(row: ScalableTargetTypeDef) -> ScalingFacts:
    """Convert a target. A target that was never suspended may have no state at all."""
    state = row.get("SuspendedState") or {}
    return ScalingFacts(
        row["MinCapacity"],
        row["MaxCapacity"],
        Suspended(
            scaling_in=state.get("DynamicScalingInSuspended", False),
            scaling_out=state.get("DynamicScalingOutSuspended", False),
            scheduled=state.get("ScheduledScalingSuspended", False),
        ),
    )


def _state(suspended: Suspended) -> SuspendedStateTypeDef:
    return {
        "DynamicScalingInSuspended": suspended.scaling_in,
        "DynamicScalingOutSuspended": suspended.scaling_out,
        "ScheduledScalingSuspended": suspended.scheduled,
    }
