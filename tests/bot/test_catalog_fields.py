"""Each field of a catalog file has one type and one name; each region lies in one partition."""

from __future__ import annotations

import pytest

from bot.aws.partitions import partitions
from bot.catalog_file import CatalogFileError, parse
from tests.golden import Golden

GOOD = """\
version: 1
team: T0HOME
settings: { group_admins: false }
environments:
  staging:
    tier: nonproduction
    account: "123456789012"
    region: eu-central-1
    cluster: staging
    shared_channel: false
    owner: Ada
schedules:
  - { environments: staging, when: always }
grants:
  - { person: U0ADA, role: admin, environment: "*" }
"""


def problems(old: str, new: str) -> tuple[str, ...]:
    assert old in GOOD
    with pytest.raises(CatalogFileError) as refused:
        parse(GOOD.replace(old, new, 1))
    return refused.value.problems


@pytest.mark.parametrize("region", sorted(region for p in partitions() for region in p.regions))
def test_every_region_of_every_partition_is_accepted(region: str) -> None:
    [environment] = parse(GOOD.replace("eu-central-1", region)).environments
    assert environment.region == region


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eusc-de-east-1", "aws-eusc"), ("us-iso-east-1", "aws-iso"), ("cn-north-1", "aws-cn")],
)
def test_a_role_belongs_to_the_partition_of_its_region(region: str, partition: str) -> None:
    role = f"    role_arn: arn:{partition}:iam::123456789012:role/lamplighter\n"
    there = GOOD.replace("eu-central-1", region).replace("    cluster", f"{role}    cluster")
    assert parse(there).environments[0].role_arn.startswith(f"arn:{partition}:")
    [told] = problems("    cluster", f"{role}    cluster")
    assert told.startswith("line 9: environments.staging.role_arn:")
    assert partition in told and "eu-central-1" in told


@pytest.mark.parametrize("value", ["yes", "'yes'", "no", "on", "off", "y", "1", "0", '"true"', "null", "[]"])
@pytest.mark.parametrize(
    ("old", "field"),
    [("group_admins: false", "settings.group_admins"), ("shared_channel: false", "shared_channel")],
)
def test_yes_or_no_is_true_or_false_and_nothing_else(old: str, field: str, value: str) -> None:
    [told] = problems(old, old.replace("false", value))
    assert field in told
    assert "true or false" in told


@pytest.mark.parametrize(
    "value", ["no", "on", "5", "1.5", "0x1F", "12:30:45", "~", "", "[Ada]", "{ a: 1 }", ".nan"]
)
def test_text_that_yaml_takes_for_something_else_is_refused(value: str, golden: Golden) -> None:
    [told] = problems("owner: Ada", f"owner: {value}")
    assert told.startswith("line 11: environments.staging.owner:")
    assert told == golden


@pytest.mark.parametrize("value", ['"1"', "true", "1.0", "'01'", "2", "null", "9" * 5_000])
def test_the_version_is_the_number_one(value: str) -> None:
    [told] = problems("version: 1", f"version: {value}")
    assert told.startswith("line 1: version: write 1")


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("    owner: Ada", "    open_to: restart", "line 11: environments.staging.open_to:"),
        ("    owner: Ada", "    databases: orders", "line 11: environments.staging.databases:"),
        ("    owner: Ada", "    start_order: [web]", "line 11: environments.staging.start_order.0:"),
        ("    owner: Ada", "    start_order: { a: 1 }", "line 11: environments.staging.start_order:"),
        ("    cluster: staging", "    tag: environment=qa", "line 9: environments.staging.tag:"),
        (
            "    cluster: staging",
            "    tag: { clusters: [shared], key: environment=qa }",
            "line 9: environments.staging.tag:",
        ),
        (
            "    cluster: staging",
            "    tag: { clusters: [], key: a, value: b }",
            "line 9: environments.staging.tag.clusters:",
        ),
        ("settings: { group_admins: false }", "settings: []", "line 3: settings:"),
        ("settings: { group_admins: false }", "settings:", "line 3: settings:"),
    ],
)
def test_a_list_is_a_list_and_a_mapping_a_mapping(old: str, new: str, at: str, golden: Golden) -> None:
    [told] = problems(old, new)
    assert told.startswith(at)
    assert told == golden


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("    cluster: staging", "    clusters: [staging]", "cluster"),
        ("    cluster: staging", "    Cluster: staging", "cluster"),
        ("    owner: Ada", "    time-zone: UTC", "time_zone"),
        ("    owner: Ada", "    databse: [orders]", "databases"),
        ("    cluster: staging", "    tag: { cluster: [a], key: k, value: v }", "clusters"),
        ('environment: "*"', 'environments: "*"', "environment"),
        ("environments: staging,", "environment: staging,", "environments"),
        ("group_admins: false", "groupadmins: false", "group_admins"),
        ("team: T0HOME", "teem: T0HOME", "team"),
    ],
)
def test_a_misspelt_field_gets_the_nearest_field_of_its_place_as_a_hint(
    old: str, new: str, meant: str
) -> None:
    [told] = [p for p in problems(old, new) if "no such field" in p]
    assert told.endswith(f"; perhaps {meant}")


@pytest.mark.parametrize(
    ("old", "new", "home"),
    [
        ("    owner: Ada", "    group_admins: true", "settings"),
        ("    owner: Ada", "    key: environment", "tag"),
        ("team: T0HOME", "team: T0HOME\nregion: eu-central-1", "an environment"),
        ("when: always", "when: always, until: 2031-05-01", "a grant"),
    ],
)
def test_a_misplaced_field_is_answered_with_its_right_place(old: str, new: str, home: str) -> None:
    [told] = problems(old, new)
    assert told.endswith(f"; it is a field of {home}")


@pytest.mark.parametrize("name", ["on", "142", "~", "zzz"])
def test_an_unknown_field_that_resembles_no_other_gets_no_hint(name: str) -> None:
    [told] = problems("    owner: Ada", f"    {name}: x")
    assert told == f"line 11: environments.staging.{name}: there is no such field"


def test_the_role_that_logs_need_is_one_of_the_roles(golden: Golden) -> None:
    read = parse(GOOD.replace("{ group_admins: false }", "{ logs_role: developer }"))
    assert read.settings == {"group_admins": "false", "logs_role": "developer"}
    assert problems("{ group_admins: false }", "{ logs_role: boss }") == golden


@pytest.mark.parametrize("days", [1, 14, 90])
def test_days_of_grace_are_a_whole_number(days: int) -> None:
    read = parse(GOOD.replace("{ group_admins: false }", f"{{ orphan_grace_days: {days} }}"))
    assert read.settings == {"group_admins": "false", "orphan_grace_days": str(days)}


@pytest.mark.parametrize("days", ["0", "91", "-3", '"14"', "14.5", "true", "lots", "null", "[14]", "0x0E"])
def test_anything_but_a_whole_number_is_refused_as_days_of_grace(days: str, golden: Golden) -> None:
    [told] = problems("{ group_admins: false }", f"{{ orphan_grace_days: {days} }}")
    assert told == golden(name="days")


def test_an_ops_channel_is_a_channel_id() -> None:
    written = GOOD.replace("{ group_admins: false }", "{ group_admins: true, ops_channel: C0OPS }")
    assert parse(written).settings == {"group_admins": "true", "ops_channel": "C0OPS"}
    none = GOOD.replace("{ group_admins: false }", '{ ops_channel: "" }')
    assert parse(none).settings == {"group_admins": "false"}


@pytest.mark.parametrize("channel", ["'#ops'", "ops", "U0ADA", "D0ADA", "[C0OPS]", "12", "null", "c0ops"])
def test_anything_but_a_channel_id_is_refused_as_the_ops_channel(channel: str) -> None:
    [told] = problems("{ group_admins: false }", f"{{ ops_channel: {channel} }}")
    assert "settings.ops_channel" in told
