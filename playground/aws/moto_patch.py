"""Attaches the world to moto: its response classes get our operations while a world runs.

moto's serializer is driven by the service model and reads attributes by name, and a missing operation can be
added by attaching a method to the response class (facts/ecs 11). Detaching restores moto.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.autoscaling.responses import AutoScalingResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.serialize import TimestampSerializer
from moto.ecs.responses import DESCRIBE_SERVICES_TAGS, DESCRIBE_TASKS_TAGS, EC2ContainerServiceResponse
from moto.elasticache.responses import ElastiCacheResponse
from moto.elbv2.responses import ELBV2Response
from moto.iam.responses import IamResponse
from moto.logs.responses import LogsResponse
from moto.rds.responses import RDSResponse

from playground.aws.account import elb
from playground.aws.cache_calls import LEFT_OUT as CACHES_LEFT_OUT
from playground.aws.cache_calls import CacheCalls
from playground.aws.capacity_calls import GroupCalls, ProviderCalls
from playground.aws.database_calls import LEFT_OUT, DatabaseCalls
from playground.aws.definitions import active_definition
from playground.aws.ecs_releases import ReleaseCalls
from playground.aws.ecs_services import ServiceCalls
from playground.aws.ecs_tasks import TaskCalls
from playground.aws.fleet import Fleet
from playground.aws.log_calls import LogCalls
from playground.aws.metric_calls import MetricCalls
from playground.aws.permission_calls import SimulatorCalls
from playground.aws.run_calls import RunCalls
from playground.aws.scaling import Scaling
from playground.aws.scaling_calls import ScalingCalls
from playground.aws.task_protection import ProtectionCalls

Handler = Callable[[dict[str, Any]], dict[str, Any]]
INSTANTS = 8_192
"""How many instants are remembered as moto writes them: more than two months of hours and days. The series of
an answer of CloudWatch share their instants, and moto takes a third of the answer's time to write them.
"""
TAGS = {"describe_services": DESCRIBE_SERVICES_TAGS, "describe_tasks": DESCRIBE_TASKS_TAGS}


class MotoPatch:
    """Puts our operations on moto's response classes; ``attach`` once, ``detach`` once."""

    def __init__(self, fleet: Fleet, services: ServiceCalls, scaling: Scaling) -> None:
        self._fleet = fleet
        ecs = (
            services,
            TaskCalls(fleet),
            RunCalls(fleet),
            ReleaseCalls(fleet),
            ProtectionCalls(fleet),
            ProviderCalls(fleet),
        )
        self._calls: tuple[tuple[type, object], ...] = (
            *((EC2ContainerServiceResponse, calls) for calls in ecs),
            (ApplicationAutoScalingResponse, ScalingCalls(fleet, scaling)),
            (RDSResponse, DatabaseCalls(fleet)),
            (ElastiCacheResponse, CacheCalls(fleet)),
            (AutoScalingResponse, GroupCalls(fleet)),
            (IamResponse, SimulatorCalls(fleet.denials)),
            (CloudWatchResponse, MetricCalls(fleet)),
            (LogsResponse, LogCalls(fleet)),
        )
        self._undo: list[Callable[[], None]] = []

    def attach(self) -> None:
        for owner, calls in self._calls:
            for name in (
                n for n in vars(type(calls)) if not n.startswith("_") and n not in ("create", "update")
            ):
                self._set(owner, name, _operation(name, getattr(calls, name)))
        for name in LEFT_OUT:
            self._set(RDSResponse, name, _left_out)
        for name in CACHES_LEFT_OUT:
            self._set(ElastiCacheResponse, name, _left_out)
        self._set(EC2ContainerServiceResponse, "describe_clusters", self._counting())
        self._set(EC2ContainerServiceResponse, "describe_task_definition", _newest_active())
        self._set(EC2ContainerServiceResponse, "register_task_definition", self._dating())
        self._set(ELBV2Response, "describe_target_health", self._target_health())
        self._set(ELBV2Response, "describe_target_groups", self._target_groups())
        self._set(TimestampSerializer, "_convert_timestamp_to_str", _remembering())

    def detach(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _set(self, owner: type, name: str, handler: Callable[..., Any]) -> None:
        if name in vars(owner):
            before = vars(owner)[name]
            self._undo.append(lambda: setattr(owner, name, before))
        else:
            self._undo.append(lambda: delattr(owner, name))
        setattr(owner, name, handler)

    def _counting(self) -> Callable[[Any], ActionResult]:
        before = EC2ContainerServiceResponse.describe_clusters

        def describe_clusters(response: Any) -> ActionResult:
            self._fleet.count_clusters()
            return before(response)

        return describe_clusters

    def _dating(self) -> Callable[[Any], ActionResult]:
        before = EC2ContainerServiceResponse.register_task_definition

        def register_task_definition(response: Any) -> ActionResult:
            result = before(response)
            made: Any = result.result
            made["taskDefinition"].registered_at = self._fleet.moment.at
            return result

        return register_task_definition

    def _target_groups(self) -> Callable[[Any], ActionResult]:
        """Answer an empty list for a load balancer without target groups, where moto errs (facts/ecs 7.5)."""
        before = ELBV2Response.describe_target_groups

        def describe_target_groups(response: Any) -> ActionResult:
            arn = response._get_params().get("LoadBalancerArn")
            groups = elb().target_groups.values()
            if arn in elb().load_balancers and not any(arn in row.load_balancer_arns for row in groups):
                return ActionResult({"TargetGroups": []})
            return before(response)

        return describe_target_groups

    def _target_health(self) -> Callable[[Any], ActionResult]:
        def describe_target_health(response: Any) -> ActionResult:
            params = response._get_params()
            rows = self._fleet.targets.shown(params["TargetGroupArn"], params.get("Targets") or [])
            return ActionResult({"TargetHealthDescriptions": rows})

        return describe_target_health


def _newest_active() -> Callable[[Any], ActionResult]:
    """Answer a bare family with its newest ACTIVE revision, where moto answers the newest (facts/ecs 2.1)."""
    before = EC2ContainerServiceResponse.describe_task_definition

    def describe_task_definition(response: Any) -> ActionResult:
        result, reference = before(response), str(_params(response).get("taskDefinition"))
        if ":" not in reference:
            found: Any = result.result
            found["taskDefinition"] = active_definition(reference)
        return result

    return describe_task_definition


def _remembering() -> Callable[[Any, Any, str], Any]:
    """Return what writes an instant as moto does, and remembers it."""
    write = TimestampSerializer._convert_timestamp_to_str
    any_serializer = TimestampSerializer(TimestampSerializer.TIMESTAMP_FORMAT_UNIX)

    @lru_cache(INSTANTS)
    def remembered(value: datetime, form: str) -> Any:
        return write(any_serializer, value, form)

    def written(serializer: Any, value: Any, form: str) -> Any:
        if isinstance(value, datetime) and value.tzinfo is UTC:
            return remembered(value, form)
        return write(serializer, value, form)

    return written


def _left_out(response: Any) -> ActionResult:
    raise NotImplementedError


def _params(response: Any) -> Any:
    """Return the parameters by the service model's names; where moto parses none, the body is JSON."""
    if response.automated_parameter_parsing:
        return response._get_params()
    return json.loads(response.body or "{}")


def _operation(name: str, handler: Handler) -> Callable[[Any], ActionResult]:
    def respond(response: Any) -> ActionResult:
        params = _params(response)
        if name in TAGS:
            wanted = "TAGS" in (params.get("include") or [])
            choose = response._include_in_response if wanted else response._exclude_from_response
            choose(TAGS[name])
        return ActionResult(handler(params))

    respond.__name__ = name
    return respond
