"""IAM's policy simulator on the world's own denials, and the orders that deny.

The traffic shows which resources the simulator was asked about, so that a test can check them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playground.aws.account import iam
from playground.aws.denials import Denials
from playground.aws.errors import AwsError
from playground.aws.order_fields import Order, need

Params = Any


class SimulatorCalls:
    def __init__(self, denials: Denials) -> None:
        self._denials = denials

    def simulate_principal_policy(self, params: Params) -> dict[str, Any]:
        """Answer one result for each action, containing one for each resource, as IAM's model describes."""
        arn, resources = params["PolicySourceArn"], params.get("ResourceArns") or ["*"]
        name = next((role.name for role in iam().roles.values() if role.arn == arn), None)
        if name is None:
            raise AwsError("NoSuchEntity", f"Entity {arn} does not exist", status=404)
        results = [self._result(name, action, resources) for action in params["ActionNames"]]
        return {"EvaluationResults": results, "IsTruncated": False}

    def _result(self, role: str, action: str, resources: Sequence[str]) -> dict[str, Any]:
        decision = "implicitDeny" if self._denials.denies(role, action) else "allowed"
        each = [{"EvalResourceName": arn, "EvalResourceDecision": decision} for arn in resources]
        return {
            "EvalActionName": action,
            "EvalResourceName": "*",
            "EvalDecision": decision,
            "ResourceSpecificResults": each,
        }


class PermissionOrders:
    def __init__(self, denials: Denials) -> None:
        self._denials = denials
        self.verbs: dict[str, Callable[[Order], Order]] = {"role.deny": self.deny, "role.allow": self.allow}

    def deny(self, order: Order) -> Order:
        """Deny actions to a role, as the simulator then reports too: ``{role, actions: [patterns]}``."""
        actions = order.get("actions")
        if not isinstance(actions, list) or not actions:
            raise ValueError('the order role.deny needs actions, such as ["rds:Stop*"]')
        return {"denied": self._denials.deny(need(order, "role"), map(str, actions))}

    def allow(self, order: Order) -> Order:
        """Allow a role everything again: ``{role}``."""
        return {"allowed": self._denials.allow(need(order, "role"))}
