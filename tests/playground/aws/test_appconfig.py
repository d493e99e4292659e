"""The world's AppConfig: versions and deployments compare before they change anything, one deployment at a
time, and what it does follows from when it began."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
import pytest

from tests.playground.aws.stage import Stage

PLACE = {"application": "app1234", "environment": "env1234", "profile": "pro1234"}
AT = {"ApplicationId": "app1234"}
PROFILE = {**AT, "ConfigurationProfileId": "pro1234"}
ENVIRONMENT = {**AT, "EnvironmentId": "env1234"}
FLAGS = {"version": "1", "flags": {"a": {"name": "a"}}, "values": {"a": {"enabled": False}}}


@pytest.fixture
def appconfig(stage: Stage) -> Iterator[Any]:
    stage.world.change({"do": "appconfig.create", **PLACE, "content": FLAGS})
    stage.world.change({"do": "appconfig.strategy", "id": "slow1", "minutes": 4, "bake": 6})
    yield stage.client("appconfig")
    stage.world.change({"do": "appconfig.remove", "application": "app1234"})


def write(appconfig: Any, latest: int = 1, **rest: Any) -> Any:
    content = json.dumps(rest.pop("content", FLAGS)).encode()
    made = appconfig.create_hosted_configuration_version(
        **PROFILE, Content=content, ContentType="application/json", LatestVersionNumber=latest, **rest
    )
    assert made["Content"].read() == content
    return made


def deploy(appconfig: Any, latest: int = 1, version: str = "1", strategy: str = "slow1") -> Any:
    return appconfig.start_deployment(
        **ENVIRONMENT,
        ConfigurationProfileId="pro1234",
        ConfigurationVersion=version,
        DeploymentStrategyId=strategy,
        LatestDeploymentNumber=latest,
    )


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(botocore.exceptions.ClientError) as told:
        call()
    return str(told.value.response["Error"]["Code"])


def test_a_version_is_written_after_the_newest_only_and_found_by_its_label(appconfig: Any) -> None:
    made = write(appconfig, VersionLabel="mine-1")
    assert (made["VersionNumber"], made["VersionLabel"]) == (2, "mine-1")
    assert refused(lambda: write(appconfig)) == "ConflictException"
    assert refused(lambda: write(appconfig, 2, VersionLabel="mine-1")) == "ConflictException"
    rows = appconfig.list_hosted_configuration_versions(**PROFILE, VersionLabel="mine-1")["Items"]
    assert [row["VersionNumber"] for row in rows] == [2]
    found = appconfig.get_hosted_configuration_version(**PROFILE, VersionNumber=2)
    assert json.loads(found["Content"].read()) == FLAGS


def test_a_deployment_bakes_before_it_is_complete_and_is_the_only_one(appconfig: Any, stage: Stage) -> None:
    write(appconfig)
    number = deploy(appconfig, version="2")["DeploymentNumber"]
    seen = []
    for minutes in (1, 4, 6):
        seen.append(appconfig.get_deployment(**ENVIRONMENT, DeploymentNumber=number)["State"])
        if minutes < 6:
            assert refused(lambda: deploy(appconfig, 2)) == "ConflictException"
        stage.clock.advance(minutes * 60)
    seen.append(appconfig.get_deployment(**ENVIRONMENT, DeploymentNumber=number)["State"])
    assert seen == ["DEPLOYING", "DEPLOYING", "BAKING", "COMPLETE"]
    assert refused(lambda: deploy(appconfig, 1)) == "ConflictException"
    rows = appconfig.list_deployments(**ENVIRONMENT, MaxResults=1)
    assert [row["ConfigurationVersion"] for row in rows["Items"]] == ["2"]
    more = appconfig.list_deployments(**ENVIRONMENT, MaxResults=1, NextToken=rows["NextToken"])
    assert [row["DeploymentNumber"] for row in more["Items"]] == [1]


@pytest.mark.parametrize(("later", "state"), [(60, "ROLLED_BACK"), (900, "REVERTED")])
def test_what_is_taken_back_says_by_whom(appconfig: Any, stage: Stage, later: int, state: str) -> None:
    deploy(appconfig)
    stage.clock.advance(later)
    stage.world.change({"do": "appconfig.take_back", **PLACE, "by": "CLOUDWATCH_ALARM", "why": "an alarm"})
    row = appconfig.get_deployment(**ENVIRONMENT, DeploymentNumber=2)
    assert (row["State"], row["EventLog"][0]["TriggeredBy"]) == (state, "CLOUDWATCH_ALARM")
    assert deploy(appconfig, 2)["DeploymentNumber"] == 3


@pytest.mark.parametrize(
    ("later", "revert", "state"),
    [
        (60, False, "ROLLED_BACK"),
        (60, True, "ROLLED_BACK"),
        (300, False, ""),
        (300, True, "ROLLED_BACK"),
        (900, False, ""),
        (900, True, "REVERTED"),
        (600 + 71 * 3600, True, "REVERTED"),
        (600 + 73 * 3600, True, ""),
    ],
)
def test_a_deployment_is_stopped_and_a_complete_one_reverted_for_three_days(
    appconfig: Any, stage: Stage, later: int, revert: bool, state: str
) -> None:
    """``later``: seconds; it spreads for 240, and bakes for 360 more."""
    stop = {**ENVIRONMENT, "DeploymentNumber": deploy(appconfig)["DeploymentNumber"]}
    stage.clock.advance(later)
    if not state:
        assert refused(lambda: appconfig.stop_deployment(**stop, AllowRevert=revert)) == "BadRequestException"
        return
    assert appconfig.stop_deployment(**stop, AllowRevert=revert)["State"] == state
    row = appconfig.get_deployment(**stop)
    assert (row["State"], row["EventLog"][0]["TriggeredBy"]) == (state, "USER")
    assert refused(lambda: appconfig.stop_deployment(**stop, AllowRevert=True)) == "BadRequestException"


@pytest.mark.parametrize(
    "content",
    [
        "on",
        {"version": "2"},
        {"version": "1", "values": {"b": {"enabled": True}}},
        FLAGS | {"values": {"a": 1}},
    ],
)
def test_what_is_no_configuration_of_flags_is_refused(appconfig: Any, content: object) -> None:
    assert refused(lambda: write(appconfig, content=content)) == "BadRequestException"


def test_what_is_not_there_is_not_found(appconfig: Any) -> None:
    for call in (
        lambda: appconfig.get_configuration_profile(**{**PROFILE, "ConfigurationProfileId": "other12"}),
        lambda: appconfig.list_deployments(**{**ENVIRONMENT, "EnvironmentId": "other12"}),
        lambda: appconfig.get_deployment(**ENVIRONMENT, DeploymentNumber=9),
        lambda: appconfig.stop_deployment(**ENVIRONMENT, DeploymentNumber=9),
        lambda: deploy(appconfig, version="9"),
        lambda: deploy(appconfig, strategy="none"),
    ):
        assert refused(call) == "ResourceNotFoundException"


def test_an_experiment_is_listed_while_it_is_active(appconfig: Any, stage: Stage) -> None:
    asked = {"ApplicationIdentifier": "app1234", "Status": "ACTIVE"}
    asked |= {"ConfigurationProfileIdentifier": "pro1234", "EnvironmentIdentifier": "env1234"}
    stage.world.change({"do": "appconfig.experiment", **PLACE, "name": "colours"})
    assert [r["Name"] for r in appconfig.list_experiment_definitions(**asked)["Items"]] == ["colours"]
    stage.world.change({"do": "appconfig.experiment", **PLACE})
    assert appconfig.list_experiment_definitions(**asked)["Items"] == []
