"""``lamplighter doctor`` and what ``apply`` asks of Slack and AWS, against the playground's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.checks.database import disk, file_system
from tests.bot.cli.conftest import Console, few_environments
from tests.bot.cli.machine import Machine
from tests.scenarios.control import Control

MOUNTS = r"""overlay / overlay rw 0 0
tmpfs /dev tmpfs rw 0 0
/dev/sda1 /data ext4 rw 0 0
server:/share /data/my\040share nfs4 rw 0 0
tmpfs /data tmpfs rw 0 0
"""


@pytest.fixture
def machine(tmp_path: Path, sqlite_url: str, control: Control) -> Iterator[Machine]:
    yield Machine(tmp_path, sqlite_url, control)
    control.delete("/faults")


@pytest.fixture
def applied(machine: Machine, applied_url: str) -> Machine:
    machine.url = applied_url
    return machine


def changed(machine: Machine, old: str, new: str) -> Path:
    """A catalog file with one thing changed."""
    path = few_environments(machine.folder / "catalog.yaml")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_a_good_installation_is_told_so(applied: Machine) -> None:
    said = applied.run("doctor")
    assert said.code == 0, said.out
    for line in (
        "its tables are of this release",
        "ok    Slack team: the token is of T0HOME",
        "ok    Slack Socket Mode: a websocket can be opened",
        "ok    channel C0STAGING: #staging, a member",
        "ok    staging: identity: The bot has credentials in account 123456789012.",
        "ok    staging: reads: cluster staging, services, lists of tasks, tasks, capacity providers, ",
        ", lists of instances, instances, task protection, task definitions, ",
        ", target health, images, autoscaling, scaling policies, Auto Scaling groups, logs, ",
        ", logs, database staging-db\n",
        "ok    staging: changes: The bot may stop and start all of staging.",
    ):
        assert line in said.out
    assert said.out.endswith(" 0 to mend.\n")


def test_a_wrong_token_is_told_with_what_to_do(applied: Machine) -> None:
    said = applied.run("doctor", LAMPLIGHTER_SLACK_BOT_TOKEN="xoxb-somebody-elses")
    assert said.code == 1
    assert "FAIL  Slack token: Slack knows no such token (invalid_auth)" in said.out
    assert "LAMPLIGHTER_SLACK_BOT_TOKEN" in said.out
    assert "xoxb-somebody-elses" not in said.out + said.err


def test_a_token_of_another_team_is_told(applied: Machine) -> None:
    said = applied.run("doctor", LAMPLIGHTER_SLACK_TEAM="T0OTHER")
    assert said.code == 1
    assert "FAIL  Slack team: the token is of T0HOME, the settings say T0OTHER" in said.out


def test_a_missing_setting_does_not_keep_it_from_looking_on(applied: Machine) -> None:
    said = applied.run("doctor", LAMPLIGHTER_SLACK_APP_TOKEN="")
    assert "FAIL  Slack: not set: LAMPLIGHTER_SLACK_APP_TOKEN" in said.out
    assert "ok    staging: identity" in said.out


def test_socket_mode_that_is_turned_off_is_told(applied: Machine) -> None:
    rule = {"kind": "error", "method": "apps.connections.open", "code": "socket_mode_not_enabled"}
    applied.control.post("/faults", rule)
    said = applied.run("doctor")
    assert said.code == 1
    assert "FAIL  Slack Socket Mode: Socket Mode is off (socket_mode_not_enabled)" in said.out
    assert "turn Socket Mode on" in said.out


def test_slack_being_down_is_told_and_does_not_keep_it_from_looking_on(applied: Machine) -> None:
    down = {"kind": "status", "status": 500, "times": 0}
    applied.control.post("/faults", {"rules": [{**down, "method": "auth.*"}, {**down, "method": "conv*"}]})
    said = applied.run("doctor")
    assert "FAIL  Slack token: Slack had a failure of its own (internal_error)" in said.out
    assert "note  channel C0OPS: Slack is in trouble" in said.out
    assert "ok    staging: identity" in said.out


def test_a_service_of_nobody_is_listed(applied: Machine) -> None:
    service = {"do": "service.create", "cluster": "nonprod", "environment": "nobody"}
    applied.control.post("/world", {**service, "service": {"name": "stray", "image": "web:latest"}})
    try:
        said = applied.run("doctor")
        assert "note  service stray: in cluster nonprod belongs to no environment" in said.out
    finally:
        applied.control.post("/world", {"do": "service.remove", "cluster": "nonprod", "service": "stray"})


def test_a_service_two_environments_claim_is_named_with_both(machine: Machine) -> None:
    file = changed(machine, "key: environment\n      value: demo-acme", "key: also\n      value: acme")
    tag = {"cluster": "nonprod", "service": "dev-alex-web"}
    machine.control.post("/world", {"do": "service.tag", **tag, "tags": {"also": "acme"}})
    try:
        said = machine.run("apply", "--yes", str(file))
        assert said.code == 0
        assert "FAIL  service dev-alex-web: is claimed by demo-acme and dev-alex" in said.out
        assert "FAIL  service dev-alex-web: is claimed by demo-acme and dev-alex" in machine.run("doctor").out
    finally:
        machine.control.post("/world", {"do": "service.untag", **tag, "keys": ["also"]})


def test_a_cluster_that_is_not_there_is_told(machine: Machine) -> None:
    file = changed(machine, "cluster: staging", "cluster: stagging")
    machine.run("apply", "--yes", str(file))
    said = machine.run("doctor")
    assert said.code == 1
    assert "FAIL  staging: cluster stagging:" in said.out
    assert "Correct the cluster's name or region in the catalog." in said.out


def test_a_channel_shared_with_another_company_refuses_the_file_unless_it_allows_that(
    machine: Machine,
) -> None:
    file = changed(machine, "channel: C0STAGING", "channel: C0SHARED")
    said = machine.run("apply", "--yes", str(file))
    assert said.code == 1
    assert "#shared is shared with another company; staging may not be told there" in said.err
    file.write_text(file.read_text().replace("C0SHARED", "C0SHARED\n    shared_channel: true"))
    assert machine.run("apply", "--yes", str(file)).code == 0


def test_an_empty_catalog_is_told_with_what_to_do(machine: Machine) -> None:
    said = machine.run("doctor")
    assert said.code == 1
    assert "FAIL  catalog: has no environments" in said.out
    assert "run `lamplighter apply FILE`" in said.out


def test_with_no_database_the_rest_is_still_examined(machine: Machine) -> None:
    said = machine.run("doctor", LAMPLIGHTER_DATABASE_URL=f"sqlite:///{machine.folder}/new.db")
    assert said.code == 1
    assert "the database has no tables yet" in said.out
    assert "-> run `lamplighter migrate`" in said.out
    assert "ok    Slack team" in said.out


def test_a_database_that_does_not_answer_is_told(sqlite_console: Console) -> None:
    said = sqlite_console("doctor", LAMPLIGHTER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert said.code == 1
    assert "FAIL  database: The database cannot be used: nothing listens at 127.0.0.1, port 1." in said.out
    assert "correct host and port in LAMPLIGHTER_DATABASE_URL" in said.out


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/lamplighter.db", "overlay"),
        ("/data/lamplighter.db", "tmpfs"),
        ("/data/my share/lamplighter.db", "nfs4"),
        ("/dev/shm/lamplighter.db", "tmpfs"),
        ("/database/lamplighter.db", "overlay"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_and_latest_mount(
    tmp_path: Path, path: str, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert file_system(Path(path), mounts) == kind


@pytest.mark.parametrize(
    ("kind", "well"), [("ext4", True), ("", True), ("overlay", None), ("tmpfs", None), ("nfs4", False)]
)
def test_sqlite_on_a_disk_that_forgets_or_is_far_away_is_warned_about(kind: str, well: bool | None) -> None:
    assert disk(kind).well is well
    assert bool(disk(kind).todo) is (well is not True)


def test_apply_says_what_its_schedules_are_in_money(machine: Machine) -> None:
    machine.run("migrate")
    said = " ".join(machine.run("apply", str(few_environments(machine.folder / "c.yaml"))).out.split())
    assert re.search(r"staging: Fargate compute: about \d+ USD a month instead of \d+ USD, by the list", said)
    assert "dev-alex: Fargate" not in said, "it has no schedule"
    assert said.index("Fargate") < said.index("Apply this?")


def test_apply_without_aws_shows_its_schedules_without_money(machine: Machine, control: Control) -> None:
    machine.run("migrate")
    denied = {"kind": "error", "method": "ecs.ListServices", "code": "AccessDenied", "times": 0}
    control.post("/faults", denied)
    said = machine.run("apply", "--yes", str(few_environments(machine.folder / "c.yaml")))
    assert said.code == 0, said
    told = " ".join(said.out.split())
    assert "staging: what that is in money cannot be told now. AWS did not allow" in told
