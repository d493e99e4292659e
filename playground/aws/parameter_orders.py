"""Orders about parameters of Systems Manager, as somebody else would write them; moto keeps them.

moto takes any value for a parameter with an ``AllowedPattern``, so the playground makes none with one.
"""

from __future__ import annotations

from collections.abc import Callable

from playground.aws.account import ssm
from playground.aws.order_fields import Order, need

TYPES = ("String", "StringList", "SecureString")


class ParameterOrders:
    """The orders about parameters; hold the fleet's lock."""

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {"parameter.put": self.put, "parameter.remove": self.remove, "parameter.show": self.show}

    def put(self, order: Order) -> Order:
        """Write the parameter ``{name, value, type?}``, over what it holds."""
        name, type_ = need(order, "name"), str(order.get("type") or "String")
        if type_ not in TYPES:
            raise ValueError(f"type must be one of {', '.join(TYPES)}, not {type_!r}")
        made = ssm().put_parameter(
            name,
            "",
            need(order, "value"),
            type_,
            "",
            "alias/aws/ssm",
            overwrite=True,
            tags=[],
            data_type="text",
            tier=None,
            policies=None,
        )
        return {"name": name, "version": made.version}

    def show(self, order: Order) -> Order:
        """Show the parameter ``{name}``."""
        found = ssm().get_parameter(need(order, "name"))
        if found is None:
            raise ValueError(f"no parameter {order['name']}")
        return {
            "name": found.name,
            "value": found.value,
            "version": found.version,
            "type": found.parameter_type,
        }

    def remove(self, order: Order) -> Order:
        """Remove the parameter ``{name}``."""
        name = need(order, "name")
        ssm().delete_parameter(name)
        return {"removed": name}
