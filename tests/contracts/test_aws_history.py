"""The same suite runs on the fake and on the real adapter: what ECS remembers of a service's deployments.

The world is our own reading of ECS; against a real account this proves nothing yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

import pytest

from handlers.ports.aws import Services
from handlers.words.errors import Absent
from policies.service.history import (
    DefinedContainer,
    Definition,
    InjectedSecret,
    PastDeployment,
    RevisionImage,
    last_that_worked,
)
from tests.bot.aws.stage import Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once
from tests.fakes.aws import START, FakeAws, steady

__all__ = ["stage_once"]

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/mail-AbCdEf:token::"


class HistoryBench(Protocol):
    """A service ``web`` that was deployed once, and works."""

    @property
    def services(self) -> Services: ...

    def deploy(self) -> None:
        """Deploy a revision with the variable ``MODE`` and the secret ``MAIL_TOKEN``, in vain."""
        ...

    def deregister(self, definition: str) -> None: ...

    def delete(self, definition: str) -> None: ...


class FakeHistoryBench:
    def __init__(self) -> None:
        self.services = FakeAws.fresh().services
        self.services.put(steady())
        self.number = 0
        self._add("SUCCESSFUL", ("APP_ENV",), ())

    def deploy(self) -> None:
        token = InjectedSecret("MAIL_TOKEN", "shop/mail-AbCdEf:token")
        self._add("IN_PROGRESS", ("APP_ENV", "MODE"), (token,))

    def _add(self, status: str, variables: tuple[str, ...], secrets: tuple[InjectedSecret, ...]) -> None:
        self.number += 1
        at = START + timedelta(minutes=self.number)
        account = "arn:aws:ecs:eu-central-1:123456789012"
        image = RevisionImage("web", "web:latest", "sha256:1")
        past = PastDeployment(
            arn=f"{account}:service-deployment/staging/web/{self.number}",
            status=status,
            created_at=at,
            started_at=at,
            finished_at=at if status == "SUCCESSFUL" else None,
            revision=f"{account}:service-revision/staging/web/{self.number}",
            definition=f"{account}:task-definition/staging-web:{self.number}",
            images=(image,),
        )
        container = DefinedContainer("web", "web:latest", variables=variables, secrets=secrets)
        known = self.services.past.deployments.get("web", ())
        self.services.remember("web", *known, past)
        self.services.define(
            Definition(past.definition, "ACTIVE", (container,), "256", "512", "awsvpc", registered_at=at)
        )

    def deregister(self, definition: str) -> None:
        self.services.define(Definition(definition, "INACTIVE"))

    def delete(self, definition: str) -> None:
        del self.services.past.definitions[definition]


class WorldHistoryBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.cluster = stage.cluster()
        self.services: Services = stage.bind(environment(self.cluster)).services
        stage.add(self.cluster, "web")

    def deploy(self) -> None:
        where: dict[str, Any] = {"cluster": self.cluster, "service": "web"}
        self._stage.world.change({"do": "service.behave", **where, "behave": {"exit": 1}})
        told = {"variables": {"MODE": "hunter2hunter2"}, "secrets": {"MAIL_TOKEN": SECRET}}
        self._stage.world.change({"do": "deploy", **where, **told})

    def deregister(self, definition: str) -> None:
        self._stage.client("ecs").deregister_task_definition(taskDefinition=definition)

    def delete(self, definition: str) -> None:
        self.deregister(definition)
        self._stage.client("ecs").delete_task_definitions(taskDefinitions=[definition])


@pytest.fixture(params=["fake", "adapter"])
def history(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> HistoryBench:
    if request.param == "fake":
        return FakeHistoryBench()
    made_up_credentials(monkeypatch)
    return WorldHistoryBench(stage_once())


def test_the_history_is_newest_first_and_knows_which_deployment_worked(history: HistoryBench) -> None:
    history.deploy()

    tried, good = history.services.history("web")

    assert (good.status, good.worked, good.ended, good.rolled_back) == ("SUCCESSFUL", True, True, False)
    assert (tried.status, tried.worked, tried.ended) == ("IN_PROGRESS", False, False)
    assert good.created_at <= tried.created_at and good.finished_at is not None
    assert good.revision != tried.revision and good.definition != tried.definition
    assert set(good.digests) == {"web"} and tried.images[0].container == "web"
    assert last_that_worked((tried, good), before=tried.arn) == good


def test_a_definition_has_the_names_of_variables_and_secrets_and_no_value(history: HistoryBench) -> None:
    history.deploy()
    tried, good = history.services.history("web")

    before, after = (
        history.services.definition(good.definition),
        history.services.definition(tried.definition),
    )

    assert before.active and (before.cpu, before.memory, before.network_mode) == ("256", "512", "awsvpc")
    assert before.registered_at is not None
    assert before.containers[0].variables == ("APP_ENV",)
    assert after.containers[0].variables == ("APP_ENV", "MODE")
    assert after.containers[0].secrets == (InjectedSecret("MAIL_TOKEN", "shop/mail-AbCdEf:token"),)
    assert "hunter2" not in repr(after)


def test_a_deregistered_definition_is_still_read(history: HistoryBench) -> None:
    [good] = history.services.history("web")
    history.deregister(good.definition)

    assert not history.services.definition(good.definition).active


def test_a_deleted_or_foreign_definition_is_absent(history: HistoryBench) -> None:
    [good] = history.services.history("web")
    history.delete(good.definition)

    for arn in (good.definition, good.definition.replace(":123456789012:", ":210987654321:"), ""):
        with pytest.raises(Absent):
            history.services.definition(arn)


def test_the_history_of_a_service_that_does_not_exist_is_absent(history: HistoryBench) -> None:
    with pytest.raises(Absent):
        history.services.history("none")
