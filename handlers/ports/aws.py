"""AWS, as one environment's handlers may see it.

Every implementation is built for one environment: cluster, role and region are fixed, so no caller can
name another. Every method may raise ``handlers.gate.errors.Trouble``: ``Denied``, ``Throttled``, ``Absent``
and ``Rejected`` mean that nothing happened; ``Unanswered`` that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.environment import Membership
from policies.service import ServiceFacts


@dataclass(frozen=True)
class Receipt:
    """What AWS answered to a change: its request id, and what it says it started."""

    request_id: str
    deployment: str = ""
    service_deployment: str = ""
    revision: str = ""


class Services(Protocol):
    def members(self) -> Membership:
        """The live services that are this environment's own, and the disputed ones."""
        ...

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> tuple[ServiceFacts, ...]:
        """Counts, deployments and events of these services, in the order asked; absent ones are left out.
        With ``tasks`` also their tasks, images and targets, read for all of them together."""
        ...

    def facts(self, service: str, service_deployment: str = "") -> ServiceFacts:
        """Everything about one service: tasks, targets, images and the named (else current) service
        deployment. ``Absent`` if there is none."""
        ...

    def deploy(self, service: str) -> Receipt:
        """Force a new deployment of the revision that is configured now. One attempt, never repeated."""
        ...


class Tasks(Protocol):
    def stop(self, task: str, reason: str) -> Receipt:
        """Stop one task of this environment's cluster."""
        ...


class Images(Protocol):
    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        """What each ``repository:tag`` points at now. One that cannot be read here is left out."""
        ...


class Logs(Protocol):
    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        """The last lines of one log stream, oldest first; empty when there are none. Not yet redacted."""
        ...
