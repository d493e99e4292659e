"""Services with an ARN of the old short format are named, because they can be neither tagged nor fenced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.aws.ports import Aws
from bot.aws.session import AwsSettings
from bot.cli.checks import catalog
from bot.cli.checks.check import Check
from bot.scopes import PortScopes
from policies.access.people import ConsoleUser
from policies.service.environment import Environment, TagPick
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import environment, made_up_credentials
from tests.fakes.book import FakeBook
from tests.golden import Golden
from tests.still_clock import StillClock

ECS = "arn:aws:ecs:eu-central-1:123456789012"


def row(name: str, arn: str) -> dict[str, Any]:
    return {
        "serviceName": name,
        "serviceArn": f"{ECS}:{arn}",
        "clusterArn": f"{ECS}:cluster/staging",
        "status": "ACTIVE",
    }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedAws]:
    made_up_credentials(monkeypatch)
    with ScriptedAws() as server:
        services = [row("web", "service/staging/web"), row("legacy", "service/legacy")]
        server.answer("ListServices", 200, {"serviceArns": [s["serviceArn"] for s in services]})
        server.answer("DescribeServices", 200, {"services": services, "failures": []})
        yield server


def found(aws: ScriptedAws, *environments: Environment) -> list[Check]:
    clock = StillClock()
    made = Aws(AwsSettings(endpoint_url=aws.url), lambda: environments, clock)
    scopes = PortScopes(made, clock, FakeBook().book)
    return list(catalog.services(scopes, environments, environments, ConsoleUser("root")))


@pytest.mark.parametrize("twice", [False, True])
def test_an_old_arn_is_named_once_with_the_next_step(aws: ScriptedAws, twice: bool, golden: Golden) -> None:
    here = environment("staging", role_arn="")
    other = environment("other", TagPick(("staging",), "team", "red"), role_arn="")
    checks = [c for c in found(aws, here, *([other] if twice else [])) if "old short format" in c.said]
    assert [(c.what, c.well) for c in checks] == [("service legacy", None)]
    assert checks[0].lines() == golden(name="said")


def test_a_service_that_no_tag_can_pick_is_named_as_old_and_as_unclaimed(aws: ScriptedAws) -> None:
    red = environment("red", TagPick(("staging",), "team", "red"), role_arn="")
    said = [c.said for c in found(aws, red) if c.what == "service legacy"]
    assert len(said) == 2
    assert "belongs to no environment" in said[1]
