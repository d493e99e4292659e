"""What AWS offers for a first catalog, read by declared calls alone and at the rates that AWS publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.aws.first_look import MOST_AT_ONCE, PATIENCE, AwsFirstLook, region_here
from bot.aws.own_calls import FIRST
from bot.aws.permissions import first_document
from bot.aws.ports import Aws, Instruments
from bot.aws.session import AwsSettings
from bot.aws.throttle import Allowance
from handlers.words.errors import Throttled
from policies.access.people import ConsoleUser
from tests.bot.aws.stage import ACCOUNT, PREFIX, REGION, Stage

ME = ConsoleUser("ada")


class Minute:
    """A clock whose time passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


def looking(
    stage: Stage, minute: Minute, asked: list[str] | None = None, *, share: float = 0.5
) -> AwsFirstLook:
    def watch(service: str, operation: str) -> None:
        if asked is not None:
            asked.append(f"{PREFIX.get(service, service)}:{operation}")

    settings = AwsSettings(endpoint_url=stage.url, read_attempts=1, allowance=Allowance(share=share))
    instruments = Instruments(refill=lambda: minute.now, watch=watch)
    aws = Aws(settings, lambda: (), stage.clock, instruments=instruments)
    return AwsFirstLook(aws, REGION, ME, wait=minute.wait)


def test_everything_is_read_by_calls_that_the_printed_policy_allows(stage: Stage) -> None:
    cluster = stage.cluster()
    stage.add(cluster, "web", environment="qa")
    stage.databases(cluster)
    asked: list[str] = []
    look = looking(stage, Minute(), asked)
    assert look.account == ACCOUNT
    assert cluster in look.clusters()
    [service] = look.services(cluster)
    assert (service.name, service.tags["environment"]) == ("web", "qa")
    assert {f"{cluster}-db", f"cluster:{cluster}-db"} <= {one.id for one in look.databases()}
    assert set(asked) - {"sts:GetCallerIdentity"} == {call.action for call in FIRST}
    [statement] = first_document()["Statement"]
    assert set(statement["Action"]) == {call.action for call in FIRST}
    assert not any(call.changes for call in FIRST)


def test_members_are_left_to_their_cluster_and_databases_that_never_stop_say_why(stage: Stage) -> None:
    order = {"do": "database.create", "kind": "cluster", "id": "mm-aurora", "members": 2}
    stage.world.change(order)
    stage.world.change({"do": "database.create", "id": "mm-main"})
    stage.world.change({"do": "database.create", "id": "mm-copy", "replica_of": "mm-main"})
    found = {one.id: one for one in looking(stage, Minute()).databases()}
    mine = {id_: bool(one.stays) for id_, one in found.items() if one.name.startswith("mm-")}
    assert mine == {"cluster:mm-aurora": False, "mm-main": True, "mm-copy": True}


def test_every_page_of_databases_is_read(stage: Stage) -> None:
    names = {f"page-{number}" for number in range(MOST_AT_ONCE + 1)}
    for name in sorted(names):
        stage.world.change({"do": "database.create", "id": name})
    assert names <= {one.id for one in looking(stage, Minute()).databases()}


def test_more_clusters_than_may_be_read_at_once_are_waited_for(stage: Stage) -> None:
    names = [stage.cluster({"name": "web"}) for _ in range(4)]
    minute = Minute()
    look = looking(stage, minute, share=0.05)
    assert look.account
    assert [len(look.services(name)) for name in names] == [1, 1, 1, 1]
    assert minute.now > 0


def test_a_look_that_never_finds_room_ends_with_a_sentence(stage: Stage) -> None:
    stage.faults.order(kind="error", method="ecs.ListClusters", code="ThrottlingException", times=0)
    minute = Minute()
    with pytest.raises(Throttled):
        looking(stage, minute).clusters()
    assert minute.now == PATIENCE


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ({}, ""),
    ],
)
def test_the_region_comes_from_the_environment_variables(environ: dict[str, str], region: str) -> None:
    assert region_here(environ) == region


def test_without_variables_the_region_comes_from_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert region_here({}) == "eu-north-1"
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    assert region_here({}) == ""
