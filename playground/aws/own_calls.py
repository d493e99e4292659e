"""Services that moto lacks or has in name only: answered without moto, in JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from playground.aws import strict
from playground.aws.calls import Answer, Call
from playground.aws.errors import JSON, AwsError


class OwnService(Protocol):
    """A service whose operations are methods, which return the output, or an answer that is not plain JSON.
    ``regions`` are those with an endpoint; empty means all."""

    @property
    def regions(self) -> tuple[str, ...]: ...


class OwnCalls:
    """Our own services, by signing name."""

    def __init__(self, services: dict[str, OwnService]) -> None:
        self._services = services

    def answers(self, call: Call) -> bool:
        return call.service in self._services and call.protocol in ("json", "rest-json")

    def answer(self, call: Call) -> Answer:
        """Answer a call; ``AwsError`` refuses it. A region without an endpoint is refused by name, whereas
        AWS's real name would not resolve.
        """
        service = self._services[call.service]
        if service.regions and call.region not in service.regions:
            where = f"There is no endpoint of {call.service} in {call.region}."
            raise AwsError("UnknownEndpoint", where, status=404)
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", call.action).lower()
        operation: Any = None if name.startswith("_") else getattr(service, name, None)
        if not callable(operation):
            raise strict.unknown(call.name)
        told = operation(call.params)
        if isinstance(told, Answer):
            return told
        return Answer(200, [("Content-Type", JSON)], json.dumps(told).encode())
