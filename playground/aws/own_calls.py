"""Services that moto does not have, or only as a name: answered beside it, in JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from playground.aws import strict
from playground.aws.calls import Answer, Call
from playground.aws.errors import JSON, AwsError


class OwnService(Protocol):
    """Its operations are methods named as in Python. ``regions``: where it has an address; empty: all."""

    @property
    def regions(self) -> tuple[str, ...]: ...


class OwnCalls:
    """By signing name."""

    def __init__(self, services: dict[str, OwnService]) -> None:
        self._services = services

    def answers(self, call: Call) -> bool:
        return call.service in self._services and call.protocol == "json"

    def answer(self, call: Call) -> Answer:
        """``AwsError`` to refuse. A region in which AWS has no such address is refused by name, where the
        real name would not resolve."""
        service = self._services[call.service]
        if service.regions and call.region not in service.regions:
            where = f"There is no endpoint of {call.service} in {call.region}."
            raise AwsError("UnknownEndpoint", where, status=404)
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", call.action).lower()
        operation: Any = None if name.startswith("_") else getattr(service, name, None)
        if not callable(operation):
            raise strict.unknown(call.name)
        body = json.dumps(operation(call.params)).encode()
        return Answer(200, [("Content-Type", JSON)], body)
