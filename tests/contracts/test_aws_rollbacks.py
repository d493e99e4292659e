"""The same suite runs on the fake and on the real adapter: a service goes back.

The world is our own reading of ECS; against a real account this proves nothing yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import pytest

from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Rejected
from policies.service.facts import ServiceDeployment
from policies.service.history import Definition, PastDeployment
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once
from tests.fakes.aws import START, FakeScopes, steady

__all__ = ["stage_once"]


class RollbackBench(Protocol):
    """A service ``web`` whose second revision runs; the first worked before it. ``arns`` are both."""

    arns: tuple[str, str]

    @property
    def scope(self) -> Scope: ...

    def deploy(self) -> str:
        """Begin to deploy a third revision, which stays under way. Return the service deployment's ARN."""
        ...

    def wait(self) -> str:
        """Begin to deploy a third revision, which waits at a hook. Return the service deployment's ARN."""
        ...

    def deregister(self, definition: str) -> None: ...

    def settle(self) -> None:
        """Let ECS finish what it can."""
        ...


class FakeRollbackBench:
    def __init__(self) -> None:
        scopes = FakeScopes()
        self.scope = scopes.bind(environment("staging"), DEV)
        self._services = scopes.aws("staging").services
        second = steady()
        first = second.revision.replace(":7", ":6")
        self.arns = (first, second.revision)
        self._services.put(second)
        self._services.define(*(Definition(arn, "ACTIVE") for arn in self.arns))
        self._services.remember("web", *(self._past(n, arn) for n, arn in enumerate(self.arns)))

    def _past(self, number: int, definition: str) -> PastDeployment:
        arn = steady().arn.replace(":service/", ":service-deployment/") + f"/past-{number}"
        at = START - timedelta(hours=3 - number)
        return PastDeployment(arn, "SUCCESSFUL", at, definition=definition)

    def deploy(self) -> str:
        third = self.arns[1].replace(":7", ":8")
        return self._services.redeploy("web", third).service_deployment

    def wait(self) -> str:
        arn = self.deploy()
        self._services.change(
            "web", service_deployment=ServiceDeployment(arn, "IN_PROGRESS", START, paused=True, hook="hook-1")
        )
        return arn

    def deregister(self, definition: str) -> None:
        self._services.define(Definition(definition, "INACTIVE"))

    def settle(self) -> None:
        facts = self._services.known()["web"]
        release, primary = facts.service_deployment, facts.primary
        assert release is not None and primary is not None
        ended = "ROLLBACK_SUCCESSFUL" if release.status.startswith("ROLLBACK_") else "SUCCESSFUL"
        done = replace(primary, rollout="COMPLETED", running=facts.desired)
        self._services.change("web", deployments=(done,), service_deployment=replace(release, status=ended))


class WorldRollbackBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.cluster = stage.cluster(
            {"name": "web", "desired": 1, "load_balancer": True, "strategy": "BLUE_GREEN", "drain_seconds": 1}
        )
        self.scope = stage.bind(environment(self.cluster))
        first = self.scope.services.facts("web").revision
        self._order("deploy", image="web:v2")
        self.settle()
        self.arns = (first, self.scope.services.facts("web").revision)

    def _order(self, do: str, **order: Any) -> Any:
        return self._stage.world.change({"do": do, "cluster": self.cluster, "service": "web", **order})

    def deploy(self) -> str:
        self._order("service.behave", behave={"slow": 3_600})
        return str(self._order("deploy", image="web:v3")["service_deployment"])

    def wait(self) -> str:
        self._order("pause", stage="POST_TEST_TRAFFIC_SHIFT")
        arn = str(self._order("deploy", image="web:v3")["service_deployment"])
        self.settle()
        return arn

    def deregister(self, definition: str) -> None:
        self._stage.client("ecs").deregister_task_definition(taskDefinition=definition)

    def settle(self) -> None:
        for _ in range(12):
            self._stage.clock.advance(5)
            self._stage.world.change({"do": "describe"})


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> RollbackBench:
    if request.param == "fake":
        return FakeRollbackBench()
    made_up_credentials(monkeypatch)
    return WorldRollbackBench(stage_once())


def _release(bench: RollbackBench, arn: str) -> ServiceDeployment:
    found = bench.scope.services.facts("web", arn).service_deployment
    assert found is not None
    return found


def test_what_worked_is_newest_first_with_its_revisions(bench: RollbackBench) -> None:
    bench.deploy()

    worked = bench.scope.rollbacks.worked("web")

    assert [past.definition for past in worked] == [bench.arns[1], bench.arns[0]]
    assert all(past.worked for past in worked)
    with pytest.raises(Absent):
        bench.scope.rollbacks.worked("none")


def test_an_earlier_revision_is_deployed_and_the_receipt_names_it(bench: RollbackBench) -> None:
    receipt = bench.scope.rollbacks.deploy("web", bench.arns[0])

    facts = bench.scope.services.facts("web", receipt.service_deployment)
    assert facts.primary is not None and facts.service_deployment is not None
    assert (facts.revision, facts.primary.revision) == (bench.arns[0], bench.arns[0])
    assert (receipt.deployment, receipt.revision) == (facts.primary.id, bench.arns[0])
    assert facts.service_deployment.status == "IN_PROGRESS" and receipt.request_id


def test_a_deregistered_revision_is_refused_and_nothing_changes(bench: RollbackBench) -> None:
    bench.deregister(bench.arns[0])

    with pytest.raises(Rejected):
        bench.scope.rollbacks.deploy("web", bench.arns[0])

    assert bench.scope.services.facts("web").revision == bench.arns[1]


def test_a_deployment_in_progress_goes_back_to_the_revision_before(bench: RollbackBench) -> None:
    arn = bench.deploy()

    receipt = bench.scope.rollbacks.stop("web", arn)

    assert receipt.request_id and receipt.service_deployment == arn
    assert _release(bench, arn).status.startswith("ROLLBACK_")
    bench.settle()
    assert _release(bench, arn).status == "ROLLBACK_SUCCESSFUL"
    facts = bench.scope.services.facts("web")
    assert facts.primary is not None and facts.primary.revision == bench.arns[1]
    with pytest.raises(Rejected) as caught:
        bench.scope.rollbacks.stop("web", arn)
    assert caught.value.code == "ConflictException"


def test_one_that_waits_at_a_hook_goes_back_from_there(bench: RollbackBench) -> None:
    arn = bench.wait()
    waiting = _release(bench, arn)
    assert waiting.paused and waiting.hook
    with pytest.raises(Rejected):
        bench.scope.rollbacks.stop("web", arn, "another-hook")

    bench.scope.rollbacks.stop("web", arn, waiting.hook)

    bench.settle()
    ended = _release(bench, arn)
    assert (ended.status, ended.paused, ended.hook) == ("ROLLBACK_SUCCESSFUL", False, "")


@pytest.mark.parametrize("service", ["none", ""])
def test_what_is_not_here_is_absent(bench: RollbackBench, service: str) -> None:
    arn = bench.deploy()
    with pytest.raises(Absent):
        bench.scope.rollbacks.stop(service, arn)
    with pytest.raises(Absent):
        bench.scope.rollbacks.stop("web", f"{arn}-of-another")
    with pytest.raises(Absent):
        bench.scope.rollbacks.stop("web", arn.replace("/web/", "/other/"))
    with pytest.raises(Absent):
        bench.scope.rollbacks.deploy(service, bench.arns[0])
