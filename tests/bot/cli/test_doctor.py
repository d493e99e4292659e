"""``lamplighter doctor``, and what ``apply`` asks Slack and AWS, against the playground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.checks.database import disk, file_system
from bot.db.database import database
from handlers.ports.money import Activation, Asked, BillingQuery, TagState
from tests.bot.cli.conftest import THREE, Console, Said, few_environments
from tests.bot.cli.machine import Machine
from tests.bot.cli.pages import findings, lines, page
from tests.golden import Golden
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


@pytest.fixture
def of_one(machine: Machine, staging_url: str) -> Machine:
    """A machine with one environment, for what concerns none or any."""
    machine.url = staging_url
    return machine


def changed(machine: Machine, old: str, new: str, kept: Sequence[str] = THREE[:1]) -> Path:
    """A catalog file with one thing changed."""
    path = few_environments(machine.folder / "catalog.yaml", kept)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def marks(said: Said, what: str) -> list[str]:
    """The results of the check with this name."""
    return [found.mark for found in findings(said.out, what)]


def test_a_good_installation_passes_every_check(applied: Machine, golden: Golden) -> None:
    said = applied.run("doctor")
    assert said.code == 0, said.out
    for check in ("database", "Slack team", "Slack Socket Mode", "channel C0STAGING"):
        assert marks(said, check) == ["ok"], check
    for check in ("identity", "reads", "changes"):
        assert marks(said, f"staging: {check}") == ["ok"], check
    assert page(said.out, applied.folder) == golden


def test_a_wrong_token_is_reported_with_the_next_step(of_one: Machine, golden: Golden) -> None:
    said = of_one.run("doctor", LAMPLIGHTER_SLACK_BOT_TOKEN="xoxb-somebody-elses")
    assert said.code == 1
    [found] = findings(said.out, "Slack token")
    assert found.mark == "FAIL"
    assert found.said == golden
    assert "xoxb-somebody-elses" not in said.out + said.err


def test_a_token_of_another_team_is_reported(of_one: Machine, golden: Golden) -> None:
    said = of_one.run("doctor", LAMPLIGHTER_SLACK_TEAM="T0OTHER")
    assert said.code == 1
    [found] = findings(said.out, "Slack team")
    assert found.mark == "FAIL"
    assert found.said == golden


def test_the_doctor_goes_on_after_a_missing_setting(of_one: Machine) -> None:
    said = of_one.run("doctor", LAMPLIGHTER_SLACK_APP_TOKEN="")
    [found] = findings(said.out, "Slack")
    assert found.mark == "FAIL"
    assert "LAMPLIGHTER_SLACK_APP_TOKEN" in found.said
    assert marks(said, "staging: identity") == ["ok"]


def test_a_socket_mode_that_is_turned_off_is_reported(of_one: Machine, golden: Golden) -> None:
    rule = {"kind": "error", "method": "apps.connections.open", "code": "socket_mode_not_enabled"}
    of_one.control.post("/faults", rule)
    said = of_one.run("doctor")
    assert said.code == 1
    [found] = findings(said.out, "Slack Socket Mode")
    assert found.mark == "FAIL"
    assert found.said == golden


def test_the_doctor_reports_that_slack_is_down_and_goes_on(of_one: Machine, golden: Golden) -> None:
    down = {"kind": "status", "status": 500, "times": 0}
    of_one.control.post("/faults", {"rules": [{**down, "method": "auth.*"}, {**down, "method": "conv*"}]})
    said = of_one.run("doctor")
    assert marks(said, "Slack token") == ["FAIL"]
    [found] = findings(said.out, "channel C0OPS")
    assert found.mark == "note"
    assert found.said == golden
    assert marks(said, "staging: identity") == ["ok"]


def test_an_unclaimed_service_is_listed(applied: Machine, golden: Golden) -> None:
    service = {"do": "service.create", "cluster": "nonprod", "environment": "nobody"}
    applied.control.post("/world", {**service, "service": {"name": "stray", "image": "web:latest"}})
    try:
        [found] = findings(applied.run("doctor").out, "service stray")
        assert found.mark == "note"
        assert found.said == golden
    finally:
        applied.control.post("/world", {"do": "service.remove", "cluster": "nonprod", "service": "stray"})


def test_a_service_that_two_environments_claim_is_named_with_both(machine: Machine, golden: Golden) -> None:
    file = changed(machine, "key: environment\n      value: demo-acme", "key: also\n      value: acme", THREE)
    tag = {"cluster": "nonprod", "service": "dev-alex-web"}
    machine.control.post("/world", {"do": "service.tag", **tag, "tags": {"also": "acme"}})
    try:
        said = machine.run("apply", "--yes", str(file))
        assert said.code == 0
        [found] = findings(said.out, "service dev-alex-web")
        assert found.mark == "FAIL"
        assert found.said == golden
        assert findings(machine.run("doctor").out, "service dev-alex-web") == [found]
    finally:
        machine.control.post("/world", {"do": "service.untag", **tag, "keys": ["also"]})


def test_a_missing_cluster_is_reported(machine: Machine, golden: Golden) -> None:
    file = changed(machine, "cluster: staging", "cluster: stagging")
    machine.run("apply", "--yes", str(file))
    said = machine.run("doctor")
    assert said.code == 1
    [found] = findings(said.out, "staging: cluster stagging")
    assert found.mark == "FAIL"
    assert found.said.splitlines()[-1] == golden


def test_a_file_with_a_shared_channel_is_refused_unless_the_file_allows_the_channel(
    machine: Machine, golden: Golden
) -> None:
    file = changed(machine, "channel: C0STAGING", "channel: C0SHARED")
    said = machine.run("apply", "--yes", str(file))
    assert said.code == 1
    assert page(said.err).splitlines()[1:] == golden
    file.write_text(file.read_text().replace("C0SHARED", "C0SHARED\n    shared_channel: true"))
    assert machine.run("apply", "--yes", str(file)).code == 0


def test_a_file_with_a_shared_ops_channel_is_refused_whatever_the_file_allows(
    machine: Machine, golden: Golden
) -> None:
    file = changed(machine, "ops_channel: C0OPS", "ops_channel: C0SHARED")
    file.write_text(
        file.read_text().replace("channel: C0STAGING", "channel: C0SHARED\n    shared_channel: true")
    )
    said = machine.run("apply", "--yes", str(file))
    assert said.code == 1
    assert page(said.err).splitlines()[1:] == golden


def test_an_empty_catalog_is_reported_with_the_next_step(machine: Machine, golden: Golden) -> None:
    said = machine.run("doctor")
    assert said.code == 1
    [found] = findings(said.out, "catalog")
    assert found.mark == "FAIL"
    assert found.said == golden


def test_everything_else_is_examined_without_a_database(machine: Machine, golden: Golden) -> None:
    said = machine.run("doctor", LAMPLIGHTER_DATABASE_URL=f"sqlite:///{machine.folder}/new.db")
    assert said.code == 1
    [found] = findings(page(said.out, machine.folder), "database")
    assert found.mark == "FAIL"
    assert found.said == golden
    assert marks(said, "Slack team") == ["ok"]


def test_a_database_that_does_not_answer_is_reported(sqlite_console: Console) -> None:
    said = sqlite_console("doctor", LAMPLIGHTER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert said.code == 1
    [found] = findings(said.out, "database")
    assert found.mark == "FAIL"
    assert "LAMPLIGHTER_DATABASE_URL" in found.said


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
def test_sqlite_on_an_ephemeral_or_network_disk_gets_a_warning(kind: str, well: bool | None) -> None:
    assert disk(kind).well is well
    assert bool(disk(kind).todo) is (well is not True)


def test_apply_says_what_the_schedules_cost(machine: Machine, golden: Golden) -> None:
    machine.run("migrate")
    said = machine.run("apply", str(few_environments(machine.folder / "c.yaml"))).out
    [told] = lines(said, "Fargate")
    assert told.startswith("staging: "), "dev-alex has no schedule"
    assert told == golden
    assert said.index("Fargate") < said.index("Apply this?")


def test_apply_without_aws_shows_the_schedules_without_costs(
    machine: Machine, control: Control, golden: Golden
) -> None:
    machine.run("migrate")
    denied = {"kind": "error", "method": "ecs.ListServices", "code": "AccessDenied", "times": 0}
    control.post("/faults", denied)
    said = machine.run("apply", "--yes", str(few_environments(machine.folder / "c.yaml")))
    assert said.code == 0, said
    assert lines(said.out, "money") == golden


def test_prices_that_may_not_be_read_are_a_note_with_the_next_step(of_one: Machine, golden: Golden) -> None:
    of_one.control.post("/faults", {"kind": "error", "method": "pricing.GetProducts", "code": "AccessDenied"})
    said = of_one.run("doctor")
    assert said.code == 0
    [found] = findings(said.out, "prices of eu-central-1")
    assert found.mark == "note"
    assert found.said == golden


def test_prices_are_not_asked_for_if_a_setting_turns_them_off(of_one: Machine) -> None:
    said = of_one.run("doctor", LAMPLIGHTER_PRICES="table")
    [found] = findings(said.out, "prices")
    assert found.mark == "note"
    assert not findings(said.out, "prices of eu-central-1")


def test_the_bill_is_reported_from_rows_at_no_cost(of_one: Machine, golden: Golden) -> None:
    paid = of_one.control.post("/world", {"do": "billing"})["requests"]
    tags = (TagState("team", Activation.ABSENT), TagState("aws:ecs:clusterName", Activation.INACTIVE))
    now = datetime.now(UTC)
    query = BillingQuery("123456789012", now.date(), now, Asked.UNTAGGED, pages=1, tags=tags)
    keep(of_one.url, query)
    said = of_one.run("doctor")
    assert said.code == 0
    how, cost = findings(said.out, "bill")
    assert [how.mark, cost.mark] == ["note", "note"]
    assert cost.said == golden(name="cost")
    assert how.said.split("--backfill-from")[0] == golden(name="how")
    assert of_one.control.post("/world", {"do": "billing"})["requests"] == paid


def test_credentials_that_do_not_lead_to_the_payer_are_reported(of_one: Machine, golden: Golden) -> None:
    said = of_one.run("doctor", LAMPLIGHTER_BILLING="999999999999")
    assert said.code == 1
    assert findings(said.out, "bill")[0].said == golden


def test_the_bill_is_not_mentioned_if_no_payer_is_named(of_one: Machine) -> None:
    assert not findings(of_one.run("doctor", LAMPLIGHTER_BILLING="").out, "bill")


def keep(url: str, query: BillingQuery) -> None:
    db = database(url, holder="test", lease_seconds=30)
    db.book.ledger.billed.begin(query)
    db.dispose()
