"""A catalog file is taken whole or refused whole, and every mistake is named by line and field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import playground
from bot.catalog_file import LARGEST, CatalogFileError, load, parse
from policies.access.people import Role
from policies.schedule.rows import Terms
from policies.service.environment import ClusterPick, TagPick, Tier
from tests.golden import Golden

EXAMPLE = Path(playground.__file__).with_name("environments.yaml")
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
  qa:
    tier: nonproduction
    account: "123456789012"
    region: eu-central-1
    tag: { clusters: [shared], key: environment, value: qa }
grants:
  - { person: U0ADA, role: admin, environment: "*" }
"""


QA_SHARES = "  qa:\n    tier: nonproduction\n    account: *account"


def problems(text: str, *, team: str = "", operations: tuple[str, ...] = ()) -> tuple[str, ...]:
    with pytest.raises(CatalogFileError) as refused:
        parse(text, team=team, operations=operations)
    return refused.value.problems


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_the_example_that_ships_is_a_catalog() -> None:
    wanted = load(EXAMPLE, team="T0HOME", operations=("restart",))
    assert {e.name: e.tier for e in wanted.environments}["production"] is Tier.PRODUCTION
    assert [g.role for g in wanted.grants].count(Role.ADMIN) == 2


def test_what_the_file_says_is_what_is_wanted() -> None:
    wanted = parse(GOOD)
    staging, qa = wanted.environments
    assert (staging.pick, qa.pick) == (ClusterPick("staging"), TagPick(("shared",), "environment", "qa"))
    assert [(g.subject, g.pattern, g.until) for g in wanted.grants] == [("slack:T0HOME:U0ADA", "*", None)]
    assert wanted.settings == {"group_admins": "false"}


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("2031-05-01", datetime(2031, 5, 1, tzinfo=UTC)),
        ("2031-05-01T08:30", datetime(2031, 5, 1, 8, 30, tzinfo=UTC)),
        ('"2031-05-01T08:30+02:00"', datetime(2031, 5, 1, 8, 30, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_a_grant_may_have_an_end(written: str, until: datetime) -> None:
    text = changed('environment: "*" }', f'environment: "*", until: {written} }}')
    assert parse(text).grants[0].until == until


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version: 1", "version: 2", "line 1: version:"),
        ("team: T0HOME", "team: home", "line 2: team:"),
        ("group_admins: false", "admins: 1", "line 3: settings.admins:"),
        ("    region: eu", "    regoin: eu", "line 8: environments.staging.regoin:"),
        (
            "tier: nonproduction",
            "tier: dev",
            "line 6: environments.staging.tier:",
        ),
        ('"123456789012"', "12345", "line 7: environments.staging.account:"),
        (
            '"123456789012"',
            "012345670123",
            "line 7: environments.staging.account:",
        ),
        ("  staging:", "  Staging_1:", "line 5: environments.Staging_1:"),
        ("  staging:", "  142:", "line 5: environments.142:"),
        ("    cluster: staging\n", "", "line 5: environments.staging:"),
        (
            "cluster: staging",
            "cluster: arn:aws:ecs:x",
            "line 9: environments.staging.cluster:",
        ),
        ("value: qa", "value: 142", "line 14: environments.qa.tag.value:"),
        (
            "cluster: staging",
            "cluster: staging\n    time_zone: IST5",
            "line 10: environments.staging.time_zone:",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    role_arn: arn:aws:iam::999999999999:role/x",
            "line 10: environments.staging.role_arn:",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    cluster: qa",
            "line 10: environments.staging.cluster is written twice",
        ),
        ("person: U0ADA", "person: ada", "line 16: grants.0.person:"),
        (
            "person: U0ADA",
            "person: U0ADA, group: S0OPS",
            "line 16: grants.0:",
        ),
        ("person: U0ADA", "group: S0OPS", "line 16: grants.0:"),
        ("role: admin", "role: admin, until: 2031-02-30", "line 16: grants.0.until:"),
        ("role: admin", "role: admin, until: 5", "line 16: grants.0.until:"),
        ("role: admin", "role: owner", "line 16: grants.0.role:"),
        (
            "grants:\n",
            'grants:\n  - { person: U0ADA, role: viewer, environment: "*" }\n',
            "line 17: grants.1:",
        ),
    ],
)
def test_a_mistake_is_named_by_line_and_field(old: str, new: str, told: str, golden: Golden) -> None:
    found = problems(changed(old, new))
    assert [p for p in found if p.startswith(told)], found
    assert found == golden


def test_all_mistakes_are_told_at_once() -> None:
    text = changed("tier: nonproduction", "tier: dev").replace("role: admin", "role: owner")
    assert [p.split(":")[0] for p in problems(text)] == ["line 6", "line 16"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is not a mapping"),
        ("- a", "line 1: the file is not a mapping"),
        ("a: [1", "line 1: a: expected ',' or ']'"),
        ("a: 1\nb:\t1", "line 2: "),
        (
            "a: !!python/object/apply:os.system ['true']",
            "line 1: a: has the tag !!python/object/apply:os.system",
        ),
        ("a: &a [*a]", "line 1: a.0.0.0.0.0.…: is nested more than 20 levels deep"),
        ("? [a]\n: 1", "line 1: file: has a field whose name is a list"),
        ("a: 1\n---\nb: 1", "but found another document"),
    ],
)
def test_what_is_no_catalog_at_all_is_told_so(text: str, told: str) -> None:
    [problem] = problems(text)
    assert told in problem


def test_a_few_lines_that_stand_for_billions_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    [problem] = problems("\n".join(lines))
    assert "stand for too much" in problem


def test_people_of_another_team_are_refused() -> None:
    assert problems(GOOD, team="T0OTHER") == (
        "line 2: team: T0HOME is not T0OTHER, the team this bot serves",
    )


def test_production_is_opened_only_to_operations_there_are() -> None:
    text = changed("cluster: staging", "cluster: staging\n    open_to: [restart, restrat]")
    told = "line 10: environments.staging.open_to: there is no operation 'restrat'; perhaps restart"
    assert problems(text, operations=("restart",)) == (told,)


def test_repeated_values_may_be_written_once_and_merge_keys_are_not_followed() -> None:
    text = changed('account: "123456789012"', 'account: &account "123456789012"')
    shared = text.replace('  qa:\n    tier: nonproduction\n    account: "123456789012"', QA_SHARES, 1)
    assert shared != text
    assert parse(shared).environments == parse(GOOD).environments
    merged = GOOD.replace("  staging:\n", "  staging: &base\n").replace("  qa:\n", "  qa:\n    <<: *base\n")
    assert problems(merged) == ("line 11: environments.qa: has a merge key (<<); write the fields out",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"#" * (LARGEST + 1), "is larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "catalog.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogFileError) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


SCHEDULED = GOOD.replace(
    "grants:\n",
    "schedules:\n"
    "  - environments: staging\n"
    "    when: Mon–Fri 8:00-20:00 europe/berlin\n"
    "    notice: 45m\n"
    '  - { environments: "pr-*", when: always, mode: observe }\n'
    "grants:\n",
)


def test_schedules_are_read_as_the_notation_prints_them() -> None:
    staging, others = parse(SCHEDULED).schedules
    assert (staging.pattern, staging.text) == ("staging", "Mon-Fri 08:00-20:00 Europe/Berlin")
    assert (staging.mode, staging.terms) == ("act", Terms(notice=timedelta(minutes=45)))
    assert (others.pattern, others.mode, others.terms) == ("pr-*", "observe", Terms())


def test_databases_and_the_order_of_starting_are_read() -> None:
    order = "databases: [staging-db, cluster:aurora]\n    start_order: [[api], [web, worker]]"
    staging = parse(changed("cluster: staging", f"cluster: staging\n    {order}")).environments[0]
    assert staging.databases == ("staging-db", "cluster:aurora")
    assert staging.start_order == (("api",), ("web", "worker"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("europe/berlin", "IST", 'line 17: schedules.0.when: "IST" is not the full name of a time zone'),
        ("8:00-20:00", "8:00-8:00", 'line 17: schedules.0.when: "8:00-8:00" never opens'),
        (
            "europe/berlin",
            "europe/berlin except holidays ZZ",
            'line 17: schedules.0.when: "holidays ZZ" is not known',
        ),
        ("    when: Mon–Fri 8:00-20:00 europe/berlin\n", "", "line 16: schedules.0.when: is missing"),
        (
            "environments: staging",
            "environments: stagin",
            "line 16: schedules.0.environments: there is no environment 'stagin'",
        ),
        (
            'environments: "pr-*"',
            "environments: staging",
            "line 19: schedules.1.environments: 'staging' has a schedule already",
        ),
        ("notice: 45m", "notice: 9m", "line 18: schedules.0.notice: a notice is at least 10m"),
        ("notice: 45m", "notice: 45", "line 18: schedules.0.notice: write a span like 30m, 4h"),
        ("notice: 45m", "notise: 45m", "line 18: schedules.0.notise: there is no such field; perhaps notice"),
        ("notice: 45m", "postpone: 25h", "line 18: schedules.0.postpone: a deployment postpones"),
        (
            "notice: 45m",
            "assume: 1d",
            "line 16: schedules.0: assume, bounded and longest grow in this order, up to 366d",
        ),
        ("mode: observe", "mode: watch", "line 19: schedules.1.mode: Input should be 'act' or 'observe'"),
        (
            "tier: nonproduction",
            "tier: production\n    open_to: [stop]",
            "line 17: schedules.0.environments: 'staging' is production, which has a schedule only if",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    databases: [db, db]",
            "line 10: environments.staging.databases: db is named twice",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    databases: [Staging_DB]",
            "line 10: environments.staging.databases.0: 'Staging_DB' is no id that RDS gives",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    start_order: [[web], [api, web]]",
            "line 10: environments.staging.start_order: web is named twice",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    start_order: [web]",
            "line 10: environments.staging.start_order.0: is a list",
        ),
    ],
)
def test_a_mistake_in_a_schedule_is_named_by_line_and_field(old: str, new: str, told: str) -> None:
    assert old in SCHEDULED
    found = problems(SCHEDULED.replace(old, new, 1))
    assert [p for p in found if p.startswith(told)], found
