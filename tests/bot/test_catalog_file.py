"""A catalog file is accepted or refused as a whole, and every mistake is named by line and field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import playground
from bot.catalog_file import LARGEST, CatalogFileError, load, parse
from policies.access.people import Role
from policies.catalog.values import environment_of, environment_values, from_json, to_json
from policies.schedule.rows import Terms
from policies.service.environment import AppConfig, ClusterPick, Flag, TagPick, Tier
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


def test_the_file_is_read_as_written() -> None:
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
    ("old", "new", "place"),
    [
        ("version: 1", "version: 2", "line 1: version"),
        ("team: T0HOME", "team: home", "line 2: team"),
        ("group_admins: false", "admins: 1", "line 3: settings.admins"),
        ("    region: eu", "    regoin: eu", "line 8: environments.staging.regoin"),
        ("tier: nonproduction", "tier: dev", "line 6: environments.staging.tier"),
        ('"123456789012"', "12345", "line 7: environments.staging.account"),
        ('"123456789012"', "012345670123", "line 7: environments.staging.account"),
        ("  staging:", "  Staging_1:", "line 5: environments.Staging_1"),
        ("  staging:", "  142:", "line 5: environments.142"),
        ("    cluster: staging\n", "", "line 5: environments.staging"),
        ("cluster: staging", "cluster: arn:aws:ecs:x", "line 9: environments.staging.cluster"),
        ("value: qa", "value: 142", "line 14: environments.qa.tag.value"),
        (
            "cluster: staging",
            "cluster: staging\n    time_zone: IST5",
            "line 10: environments.staging.time_zone",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    time_zone: EST",
            "line 10: environments.staging.time_zone",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    time_zone: Etc/GMT+5",
            "line 10: environments.staging.time_zone",
        ),
        pytest.param(
            "cluster: staging",
            "cluster: staging\n    role_arn: arn:aws:iam::999999999999:role/x",
            "line 10: environments.staging.role_arn",
            id="a role of another account",
        ),
        ("cluster: staging", "cluster: staging\n    cluster: qa", "line 10: environments.staging.cluster"),
        ("person: U0ADA", "person: ada", "line 16: grants.0.person"),
        ("person: U0ADA", "person: U0ADA, group: S0OPS", "line 16: grants.0"),
        ("person: U0ADA", "group: S0OPS", "line 16: grants.0"),
        ("role: admin", "role: admin, until: 2031-02-30", "line 16: grants.0.until"),
        ("role: admin", "role: admin, until: 5", "line 16: grants.0.until"),
        ("role: admin", "role: admin, until: null", "line 16: grants.0.until: is empty"),
        ("role: admin", "role: Admin", "line 16: grants.0.role: 'Admin': write viewer"),
        ("role: admin", "role: null", "line 16: grants.0.role: is empty; write viewer"),
        ("role: admin", "role: owner", "line 16: grants.0.role"),
        (
            "grants:\n",
            'grants:\n  - { person: U0ADA, role: viewer, environment: "*" }\n',
            "line 17: grants.1",
        ),
    ],
)
def test_a_mistake_is_named_by_line_and_field(old: str, new: str, place: str, golden: Golden) -> None:
    found = [p for p in problems(changed(old, new)) if p.startswith(place)]
    assert found
    assert found == golden


def test_all_mistakes_are_reported_at_once() -> None:
    text = changed("tier: nonproduction", "tier: dev").replace("role: admin", "role: owner")
    assert [p.split(":")[0] for p in problems(text)] == ["line 6", "line 16"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a mapping"),
        ("- a", "not a mapping"),
        ("a: [1", "line 1: a: expected ',' or ']'"),
        ("a: 1\nb:\t1", "line 2: "),
        ("a: !!python/object/apply:os.system ['true']", "has the tag !!python/object/apply:os.system"),
        ("a: &a [*a]", "nested more than 20 levels"),
        ("a: &a {<<: *a}", "stand for too much"),
        ("? [a]\n: 1", "name is a list"),
        ("a: 1\n---\nb: 1", "line 2: file: holds a second document (---)"),
        ("a:\n\tb: 1", "has a tab before it; YAML is indented with spaces"),
        ("a: @b", "line 1: a: begins with @; put the whole text in quotes"),
        ("a: `b`", "begins with `; put"),
        ("a: *b", "line 1: a: *b stands for what is marked &b above"),
        ("a: b: c", "has a colon that begins no field"),
        ("a: 'b", "begins with a quote that is not closed"),
        ("a:\n  b: 1\n c: 2", "is not indented like the lines above it"),
    ],
)
def test_a_file_that_is_not_a_catalog_at_all_is_refused(text: str, told: str) -> None:
    [problem] = problems(text)
    assert told in problem


def test_a_few_lines_that_stand_for_billions_are_refused(golden: Golden) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    [problem] = problems("\n".join(lines))
    assert problem == golden


def test_a_workspace_and_an_organisation_may_belong_together() -> None:
    organisations = GOOD.replace("T0HOME", "E0ORG")
    assert parse(organisations, team="T0HOME").grants[0].subject == "slack:E0ORG:U0ADA"
    assert parse(GOOD, team="E0ORG").grants[0].subject == "slack:T0HOME:U0ADA"
    assert problems(organisations, team="E0ELSE")


def test_people_of_another_team_are_refused(golden: Golden) -> None:
    [problem] = problems(GOOD, team="T0OTHER")
    assert problem.startswith("line 2: team: ")
    assert problem == golden


def test_production_is_opened_only_to_operations_that_exist(golden: Golden) -> None:
    text = changed("cluster: staging", "cluster: staging\n    open_to: [restart, restrat]")
    [problem] = problems(text, operations=("restart",))
    assert problem.startswith("line 10: environments.staging.open_to: ")
    assert problem == golden


def test_production_is_not_opened_to_a_flush(golden: Golden) -> None:
    text = changed("cluster: staging", "cluster: staging\n    open_to: [restart, flush]")
    assert parse(text, operations=("restart", "flush")), "it says nothing there"
    [problem] = problems(
        text.replace("tier: nonproduction", "tier: production", 1), operations=("restart", "flush")
    )
    assert problem.startswith("line 10: environments.staging.open_to: ")
    assert problem == golden


def test_an_account_needs_no_quotes_unless_it_begins_with_0() -> None:
    assert parse(GOOD.replace('"123456789012"', "123456789012")).environments == parse(GOOD).environments


def test_repeated_values_may_be_written_once() -> None:
    text = changed('account: "123456789012"', 'account: &account "123456789012"')
    shared = text.replace('  qa:\n    tier: nonproduction\n    account: "123456789012"', QA_SHARES, 1)
    assert shared != text
    assert parse(shared).environments == parse(GOOD).environments


def test_repeated_fields_may_be_merged_and_a_rows_own_fields_win() -> None:
    base = 'x-base: &base { account: "123456789012" }\n'
    assert problems(base + GOOD)[0].startswith("line 1: x-base: ")
    merged = GOOD.replace("  staging:\n", "  staging: &base\n").replace(
        '  qa:\n    tier: nonproduction\n    account: "123456789012"\n    region: eu-central-1\n    tag:',
        "  qa:\n    <<: *base\n    cluster: null\n    tag:",
    )
    assert parse(merged).environments == parse(GOOD).environments


def test_a_mistake_in_a_merge_is_named_where_the_merge_is_written() -> None:
    merged = GOOD.replace("  staging:\n", "  staging: &base\n").replace(
        "  qa:\n", "  qa:\n    <<: [*base, 1]\n"
    )
    [problem] = problems(merged)
    assert problem.startswith("line 11: environments.qa: takes over")


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


def test_a_zone_is_given_in_the_databases_spelling() -> None:
    places = parse(changed("cluster: staging", "cluster: staging\n    time_zone: europe/berlin")).environments
    assert places[0].time_zone == "Europe/Berlin"


def test_databases_and_the_order_of_starting_are_read() -> None:
    order = "databases: [staging-db, cluster:aurora]\n    start_order: [[api], [web, worker]]"
    staging = parse(changed("cluster: staging", f"cluster: staging\n    {order}")).environments[0]
    assert staging.databases == ("staging-db", "cluster:aurora")
    assert staging.start_order == (("api",), ("web", "worker"))


def test_caches_are_read() -> None:
    caches = "caches: [sessions, cluster:pages, serverless:hot]"
    staging = parse(changed("cluster: staging", f"cluster: staging\n    {caches}")).environments[0]
    assert staging.caches == ("sessions", "cluster:pages", "serverless:hot")


def test_flags_are_read_with_the_texts_that_they_hold() -> None:
    flags = "flags: { a: { parameter: /x, service: web }, b: { parameter: y, text_on: 'on', text_off: '0' } }"
    staging = parse(changed("cluster: staging", f"cluster: staging\n    {flags}")).environments[0]
    assert staging.flags == (Flag("a", "/x", service="web"), Flag("b", "y", "on", "0"))
    assert environment_of(environment_values(staging)) == staging


def test_flags_of_appconfig_are_read_and_keep_their_form_in_a_row() -> None:
    place = "application: app1, environment: env1, profile: pro1"
    named = f"b: {{ appconfig: {{ {place}, flag: bB, strategy: s123 }} }}"
    flags = f"flags: {{ a: {{ appconfig: {{ {place} }} }}, {named} }}"
    wanted = parse(changed("cluster: staging", f"cluster: staging\n    {flags}"))
    assert wanted.environments[0].flags == (
        Flag("a", appconfig=AppConfig("app1", "env1", "pro1", "a")),
        Flag("b", appconfig=AppConfig("app1", "env1", "pro1", "bB", "s123")),
    )
    again = from_json(to_json(wanted)).environments
    assert [e.flags for e in again if e.name == "staging"] == [wanted.environments[0].flags]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (
            "cluster: staging",
            "cluster: staging\n    flags: { a: { service: web } }",
            "line 10: environments.staging.flags.a",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    flags: { a: { text_on: x, appconfig: "
            "{ application: app1, environment: env1, profile: pro1 } } }",
            "line 10: environments.staging.flags.a",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    flags: { 2fast: { appconfig: "
            "{ application: app1, environment: env1, profile: pro1 } } }",
            "line 10: environments.staging.flags",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    flags: { a: { appconfig: "
            "{ application: Shop, environment: env1, profile: pro1, key: x } } }",
            "line 10: environments.staging.flags.a.appconfig.application",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    flags: { a: { parameter: /x, text_on: 'no', text_off: 'no' } }",
            "line 10: environments.staging.flags.a",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    flags: { a: { parameter: arn:aws:ssm:eu-central-1:1:parameter/x } }",
            "line 10: environments.staging.flags.a.parameter",
        ),
        ("europe/berlin", "IST", "line 17: schedules.0.when"),
        ("8:00-20:00", "8:00-8:00", "line 17: schedules.0.when"),
        ("europe/berlin", "europe/berlin except holidays ZZ", "line 17: schedules.0.when"),
        ("    when: Mon–Fri 8:00-20:00 europe/berlin\n", "", "line 16: schedules.0.when"),
        ("environments: staging", "environments: stagin", "line 16: schedules.0.environments"),
        ('environments: "pr-*"', "environments: staging", "line 19: schedules.1.environments"),
        ("notice: 45m", "notice: 9m", "line 18: schedules.0.notice"),
        ("notice: 45m", "notice: 45", "line 18: schedules.0.notice"),
        ("notice: 45m", "notise: 45m", "line 18: schedules.0.notise"),
        ("notice: 45m", "postpone: 25h", "line 18: schedules.0.postpone"),
        ("notice: 45m", "assume: 1d", "line 16: schedules.0"),
        ("mode: observe", "mode: watch", "line 19: schedules.1.mode"),
        ("tier: nonproduction", "tier: production\n    open_to: [stop]", "line 17: schedules.0.environments"),
        (
            "cluster: staging",
            "cluster: staging\n    databases: [db, db]",
            "line 10: environments.staging.databases",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    databases: [Staging_DB]",
            "line 10: environments.staging.databases.0",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    caches: [sessions, sessions]",
            "line 10: environments.staging.caches",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    caches: [Sessions]",
            "line 10: environments.staging.caches.0",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    start_order: [[web], [api, web]]",
            "line 10: environments.staging.start_order",
        ),
        (
            "cluster: staging",
            "cluster: staging\n    start_order: [web]",
            "line 10: environments.staging.start_order.0",
        ),
    ],
)
def test_a_mistake_in_a_schedule_is_named_by_line_and_field(
    old: str, new: str, place: str, golden: Golden
) -> None:
    assert old in SCHEDULED
    found = [p for p in problems(SCHEDULED.replace(old, new, 1)) if p.startswith(place)]
    assert found
    assert found == golden
