"""The Application Auto Scaling calls about scalable targets of ECS services (facts/ecs 3.2)."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.applicationautoscaling.responses import _build_policy

from playground.aws.account import ACCOUNT, REGION
from playground.aws.entities import SimService, Suspended
from playground.aws.errors import AwsError
from playground.aws.fleet import Fleet
from playground.aws.paging import page
from playground.aws.scaling import Scaling, invalid, of

Params = dict[str, Any]
DIMENSION = "ecs:service:DesiredCount"
MOST, MOST_POLICIES = 50, 10
PARTS = 3
ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)


class ScalingCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet, scaling: Scaling) -> None:
        self._fleet, self._scaling = fleet, scaling

    def describe_scalable_targets(self, params: Params) -> Params:
        """Answer the targets of up to 50 resource ids, or all; 50 a page, with a token that does not loop."""
        asked = params.get("ResourceIds") or []
        _check_namespace(params)
        if len(asked) > MOST:
            raise invalid("ResourceIds must have length less than or equal to 50.")
        if params.get("ScalableDimension") and not asked:
            raise invalid("A scalable dimension needs a resource ID with it.")
        rows = {resource_id(s): s for s in self._fleet.services.values() if s.scaling is not None}
        wanted = sorted(name for name in rows if not asked or name in asked)
        found = _page(wanted, params)
        shown = [_shown(rows[name]) for name in found["ids"]]
        return {"ScalableTargets": shown, "NextToken": found.get("nextToken")}

    def describe_scaling_policies(self, params: Params) -> Params:
        """Answer moto's policies and the predictive ones, ten a page."""
        _check_namespace(params)
        asked = params.get("ResourceId")
        rows = [
            _build_policy(row) for row in applicationautoscaling_backends[ACCOUNT][REGION].policies.values()
        ]
        rows += [row for s in self._fleet.services.values() for row in _predictive(s)]
        wanted = {row["PolicyARN"]: row for row in rows if asked in (None, row["ResourceId"])}
        found = _page(sorted(wanted), params, most=MOST_POLICIES)
        shown = [wanted[arn] for arn in found["ids"]]
        return {"ScalingPolicies": shown, "NextToken": found.get("nextToken")}

    def describe_scaling_activities(self, params: Params) -> Params:
        """Answer what autoscaling did, newest first, 50 a page; moto does not implement this."""
        _check_namespace(params)
        asked = params.get("ResourceId")
        if params.get("ScalableDimension") and not asked:
            raise invalid("A scalable dimension needs a resource ID with it.")
        rows = [
            {**row, "ServiceNamespace": "ecs", "ResourceId": resource_id(s), "ScalableDimension": DIMENSION}
            for s in self._fleet.services.values()
            if asked in (None, resource_id(s))
            for row in s.activities
        ]
        wanted = {
            row["ActivityId"]: row for row in sorted(rows, key=lambda row: row["StartTime"], reverse=True)
        }
        found = _page(list(wanted), params)
        return {"ScalingActivities": [wanted[i] for i in found["ids"]], "NextToken": found.get("nextToken")}

    def register_scalable_target(self, params: Params) -> Params:
        """Change only the given fields, and move the count into the bounds (facts/ecs 3.2)."""
        service = self._service(params)
        service.scaling_calls["RegisterScalableTarget"] += 1
        self._scaling.register(
            service,
            _count(params.get("MinCapacity")),
            _count(params.get("MaxCapacity")),
            _suspended(service, params.get("SuspendedState")),
        )
        return {"ScalableTargetARN": _arn(service)}

    def deregister_scalable_target(self, params: Params) -> Params:
        """Delete the target with its policies and scheduled actions (facts/ecs 3.2)."""
        service = self._service(params)
        service.scaling_calls["DeregisterScalableTarget"] += 1
        of(service)
        service.scaling = None
        service.predictive.clear()
        name, backend = resource_id(service), applicationautoscaling_backends[ACCOUNT][REGION]
        kept = {key: row for key, row in backend.policies.items() if row.resource_id != name}
        backend.policies = kept
        backend.scheduled_actions = [row for row in backend.scheduled_actions if row.resource_id != name]
        return {}

    def _service(self, params: Params) -> SimService:
        _check_namespace(params)
        if params.get("ScalableDimension") != DIMENSION:
            raise invalid(f"The playground knows the scalable dimension {DIMENSION} alone.")
        name = str(params.get("ResourceId"))
        parts = name.split("/")
        if len(parts) != PARTS or parts[0] != "service":
            raise invalid(f"Unsupported service namespace, resource type or scalable dimension: {name}")
        found = self._fleet.services.get((parts[1], parts[2]))
        if found is None or found.row.status == "INACTIVE":
            raise invalid(f"ECS service doesn't exist: {name}")
        return found


def resource_id(service: SimService) -> str:
    return f"service/{service.row.cluster_name}/{service.name}"


def _check_namespace(params: Params) -> None:
    if params.get("ServiceNamespace") != "ecs":
        raise invalid("The playground knows the service namespace ecs alone.")


def _count(value: Any) -> int | None:
    return None if value is None else int(value)


def _suspended(service: SimService, asked: Params | None) -> Suspended | None:
    """Keep a flag that is not given: our reading of "parameters you don't specify"."""
    if asked is None:
        return None
    old = service.scaling.suspended if service.scaling else Suspended()
    return Suspended(
        scaling_in=bool(asked.get("DynamicScalingInSuspended", old.scaling_in)),
        scaling_out=bool(asked.get("DynamicScalingOutSuspended", old.scaling_out)),
        scheduled=bool(asked.get("ScheduledScalingSuspended", old.scheduled)),
    )


def _shown(service: SimService) -> Params:
    target = of(service)
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": resource_id(service),
        "ScalableDimension": DIMENSION,
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": ROLE,
        "CreationTime": target.created_at,
        "SuspendedState": {
            "DynamicScalingInSuspended": target.suspended.scaling_in,
            "DynamicScalingOutSuspended": target.suspended.scaling_out,
            "ScheduledScalingSuspended": target.suspended.scheduled,
        },
        "ScalableTargetARN": _arn(service),
    }


def _predictive(service: SimService) -> list[Params]:
    where = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy"
    return [
        {
            "PolicyARN": f"{where}:{resource_id(service)}:policyName/{name}",
            "PolicyName": name,
            "ServiceNamespace": "ecs",
            "ResourceId": resource_id(service),
            "ScalableDimension": DIMENSION,
            "PolicyType": "PredictiveScaling",
            "PredictiveScalingPolicyConfiguration": {"MetricSpecifications": [], "Mode": mode},
            "CreationTime": of(service).created_at,
        }
        for name, mode in service.predictive.items()
    ]


def _arn(service: SimService) -> str:
    where = f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target"
    return f"{where}/{resource_id(service).encode().hex()[-32:]}"


def _page(names: list[str], params: Params, *, most: int = MOST) -> Params:
    size = int(params.get("MaxResults") or most)
    if not 1 <= size <= most:
        raise invalid(f"MaxResults must be between 1 and {most}.")
    asked = {"maxResults": size, "nextToken": params.get("NextToken")}
    try:
        return page(names, asked, default=most, key="ids")
    except AwsError as error:
        raise AwsError("InvalidNextTokenException", "The next token is invalid.") from error
