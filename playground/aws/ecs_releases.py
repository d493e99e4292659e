"""The service deployment and revision calls, which moto does not have (facts/ecs 1.2, 2.1, 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from playground.aws import blue_green, breaker, shown
from playground.aws.entities import SimService
from playground.aws.errors import AwsError, invalid
from playground.aws.fleet import Fleet
from playground.aws.paging import MOST, page
from playground.aws.releases import Release, Revision

Params = dict[str, Any]
BY_REQUEST = "Service deployment rolled back because of a StopServiceDeployment request."
STOPPABLE = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
"""The statuses in which a service deployment can be stopped (facts/ecs 2.3)."""


class ReleaseCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def list_service_deployments(self, params: Params) -> Params:
        """Answer one service's deployments, newest first, filtered by status and creation time."""
        service = self.fleet.service(params.get("cluster"), params["service"])
        rows = {r.arn: r for r in service.releases if _listed(r, params)}
        found = page(list(rows), params, default=MOST, key="arns")
        briefs = [shown.brief(service, rows[arn]) for arn in found.pop("arns")]
        return {"serviceDeployments": briefs} | found

    def describe_service_deployments(self, params: Params) -> Params:
        known = {release.arn: (service, release) for service, release in self._releases()}
        asked = params.get("serviceDeploymentArns") or []
        rows = [shown.release(*known[arn]) for arn in asked if arn in known]
        return {"serviceDeployments": rows, "failures": _failures(asked, known)}

    def describe_service_revisions(self, params: Params) -> Params:
        known: dict[str, tuple[SimService, Revision]] = {}
        for service, release in self._releases():
            known |= {r.arn: (service, r) for r in (release.target, *release.source)}
        asked = params.get("serviceRevisionArns") or []
        rows = [shown.revision(*known[arn]) for arn in asked if arn in known]
        return {"serviceRevisions": rows, "failures": _failures(asked, known)}

    def stop_service_deployment(self, params: Params) -> Params:
        """Roll back a deployment in progress; this works without the breaker's rollback option."""
        if params.get("stopType", "ROLLBACK") != "ROLLBACK":
            raise invalid("The stopType ABORT is not supported. The valid value is ROLLBACK.")
        service, release = self._release(params["serviceDeploymentArn"])
        if release.status not in STOPPABLE:
            raise AwsError("ConflictException", f"The service deployment is {release.status}.")
        self._roll_back(service, release)
        return {"serviceDeploymentArn": release.arn}

    def continue_service_deployment(self, params: Params) -> Params:
        service, release = self._release(params["serviceDeploymentArn"])
        if not blue_green.waits_at(release, params["hookId"]):
            raise invalid("The service deployment does not wait at that hook.")
        if params.get("action", "CONTINUE") == "ROLLBACK":
            self._roll_back(service, release)
        else:
            blue_green.proceed(release, params["hookId"])
        self.fleet.step(service)
        return {"serviceDeploymentArn": release.arn}

    def _roll_back(self, service: SimService, release: Release) -> None:
        if release.rollback is not None:
            return
        if service.good is None:
            raise invalid("There is no service revision to roll back to.")
        breaker.roll_back(service, self.fleet.lifecycle, self.fleet.moment, reason=BY_REQUEST)
        self.fleet.step(service)

    def _releases(self) -> Iterator[tuple[SimService, Release]]:
        for service in self.fleet.services.values():
            for release in service.releases:
                yield service, release

    def _release(self, arn: str) -> tuple[SimService, Release]:
        for service, release in self._releases():
            if release.arn == arn:
                return service, release
        raise AwsError("ServiceDeploymentNotFoundException", "The service deployment was not found.")


def _listed(release: Release, params: Params) -> bool:
    if params.get("status") and release.status not in params["status"]:
        return False
    window = params.get("createdAt") or {}
    after, before = window.get("after"), window.get("before")
    return not (after and release.created_at < _instant(after)) and not (
        before and release.created_at > _instant(before)
    )


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.astimezone()
    return datetime.fromtimestamp(float(value)).astimezone()


def _failures(asked: list[str], known: dict[str, Any]) -> list[Params]:
    return [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in known]
