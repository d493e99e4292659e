"""What people write in a catalog file, and what they are told to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from policies.catalog import forms
from tests.golden import Golden

REGIONS = {
    "eu-central-1": "Europe (Frankfurt)",
    "eu-central-2": "Europe (Zurich)",
    "eusc-de-east-1": "AWS European Sovereign Cloud (Germany)",
    "us-west-2": "US West (Oregon)",
}
ACCOUNT = "123456789012"
PATTERNS = re.compile(r"\^|\[a-z|\\d|\.\+|\]\+|\{\d")
"""The characters that only a regular expression has."""


def region(text: str) -> str:
    return forms.region(text, REGIONS)


def role(text: str) -> str:
    return forms.role(text, ACCOUNT, region="eu-central-1", partition="aws")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.database, "staging-db"),
        (forms.database, "cluster:aurora-1"),
        (forms.database, "d" * 63),
        (forms.channel, ""),
        (forms.channel, "G0OLD"),
        (forms.person, "W0ADA"),
        (forms.group, "S0OPS"),
        (forms.console, "deploy"),
        (forms.console, "uid-1000"),
        (forms.team, "E0ACME"),
        (forms.account, ACCOUNT),
        (forms.cluster, "Staging_1"),
        (forms.service, "orders-api"),
        (forms.environment_pattern, "pr-*"),
        (forms.environment_name, "qa-eu"),
        (forms.tag_key, "team/name=x"),
        (region, "eusc-de-east-1"),
        (role, ""),
        (role, f"arn:aws:iam::{ACCOUNT}:role/ops/lamplighter"),
    ],
)
def test_a_correct_text_is_taken_as_it_is(form: Callable[[str], str], text: str) -> None:
    assert form(text) == text


@pytest.mark.parametrize(
    ("form", "text", "right"),
    [
        (forms.database, "Staging-DB", "staging-db"),
        (forms.database, "cluster:Aurora", "cluster:aurora"),
        (forms.database, f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:staging-db", "staging-db"),
        (forms.database, f"arn:aws-cn:rds:cn-north-1:{ACCOUNT}:cluster:Aurora", "cluster:aurora"),
        (forms.database, "staging-db.abc123.eu-central-1.rds.amazonaws.com:5432", "staging-db"),
        (forms.database, "aurora.cluster-abc.eu-central-1.rds.amazonaws.com", "cluster:aurora"),
        (forms.database, "db:staging-db", "staging-db"),
        (forms.channel, "<#C0STAGING|staging>", "C0STAGING"),
        (forms.channel, "https://acme.slack.com/archives/C0STAGING/p1700000000", "C0STAGING"),
        (forms.channel, "c0staging", "C0STAGING"),
        (forms.person, "<@U0ADA>", "U0ADA"),
        (forms.person, "<@W0ADA|ada>", "W0ADA"),
        (forms.person, "slack:T0HOME:U0ADA", "U0ADA"),
        (forms.person, "https://acme.slack.com/team/U0ADA", "U0ADA"),
        (forms.group, "<!subteam^S0OPS|@ops>", "S0OPS"),
        (forms.console, "console:deploy", "deploy"),
        (forms.team, "https://app.slack.com/client/T0HOME", "T0HOME"),
        (forms.account, "1234-5678-9012", ACCOUNT),
        (forms.account, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT),
        (forms.cluster, f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/staging", "staging"),
        (forms.cluster, f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/web", "staging"),
        (forms.service, f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/web", "web"),
        (forms.environment_pattern, "PR-*", "pr-*"),
        (forms.environment_name, "QA EU_1", "qa-eu-1"),
        (region, "EU_Central_1", "eu-central-1"),
        (region, "eu-central-1a", "eu-central-1"),
        (region, "us-west-2-lax-1a", "us-west-2"),
        (region, "Frankfurt", "eu-central-1"),
        (region, "eu-cental-2", "eu-central-2"),
        (role, "lamplighter", f"arn:aws:iam::{ACCOUNT}:role/lamplighter"),
        (role, "role/ops/lamplighter", f"arn:aws:iam::{ACCOUNT}:role/ops/lamplighter"),
        (role, f"arn:aws:sts::{ACCOUNT}:assumed-role/lamp/x", f"arn:aws:iam::{ACCOUNT}:role/lamp"),
    ],
)
def test_a_mistake_whose_meaning_is_clear_is_answered_with_the_right_text(
    form: Callable[[str], str], text: str, right: str, golden: Golden
) -> None:
    with pytest.raises(forms.Miswritten) as told:
        form(text)
    said = str(told.value)
    assert re.split(r"[ ;]", said)[-1].strip('"') == right
    assert said == golden


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.database, "staging_db"),
        (forms.database, "d" * 64),
        (forms.database, f"arn:aws:rds:eu-central-1:{ACCOUNT}:snapshot:nightly"),
        (forms.channel, "#staging"),
        (forms.channel, "D0ADA"),
        (forms.person, "@ada"),
        (forms.person, "ada@example.com"),
        (forms.person, "S0OPS"),
        (forms.person, "<!subteam^S0OPS>"),
        (forms.person, "B0BOT"),
        (forms.group, "@ops"),
        (forms.group, "U0ADA"),
        (forms.console, "a b"),
        (forms.team, "acme"),
        (forms.account, "staging"),
        (forms.cluster, "my cluster"),
        (forms.cluster, "c" * 256),
        (forms.service, ""),
        (forms.environment_pattern, "staging, qa"),
        (forms.environment_pattern, "[a-z]+"),
        (forms.environment_name, "---"),
        (forms.tag_value, "v" * 257),
        (region, "moon"),
        (role, f"arn:aws:iam::{ACCOUNT}:user/ada"),
        (role, f"arn:aws-cn:iam::{ACCOUNT}:role/lamplighter"),
        (role, "arn:aws:iam::999999999999:role/lamplighter"),
        (forms.end, "2031"),
        (forms.end, "20310501"),
        (forms.end, "31.12.2031"),
        (forms.end, "2031-02-30"),
        (forms.end, "0001-01-01T00:00+23:59"),
    ],
)
def test_a_sentence_says_what_to_write_and_never_shows_a_regular_expression(
    form: Callable[[str], object], text: str, golden: Golden
) -> None:
    with pytest.raises(forms.Miswritten) as told:
        form(text)
    assert not PATTERNS.search(str(told.value).replace(repr(text), ""))
    assert str(told.value) == golden


def test_a_role_of_another_partition_is_refused_naming_partition_and_region() -> None:
    with pytest.raises(forms.Miswritten) as told:
        role(f"arn:aws-cn:iam::{ACCOUNT}:role/lamplighter")
    assert "aws-cn" in str(told.value) and "eu-central-1" in str(told.value)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(forms.Miswritten) as told:
        forms.database("postgres://ada:not-a-real-one@db.abc.eu-central-1.rds.amazonaws.com/orders")
    assert "not-a-real-one" not in str(told.value)


def test_a_long_text_is_repeated_only_in_part() -> None:
    assert len(forms.shown("x" * 100_000)) < 100


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2031-05-01", datetime(2031, 5, 1, tzinfo=UTC)),
        ("2031-05-01 08:30", datetime(2031, 5, 1, 8, 30, tzinfo=UTC)),
        ("2031-05-01T08:30:10z", datetime(2031, 5, 1, 8, 30, 10, tzinfo=UTC)),
        ("2031-05-01T08:30+0200", datetime(2031, 5, 1, 8, 30, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_an_end_is_a_day_or_an_instant(text: str, end: datetime) -> None:
    assert forms.end(text) == end


def test_a_tag_written_as_one_text_is_answered_with_its_parts(golden: Golden) -> None:
    assert [str(forms.whole_tag(text)) for text in ("environment=qa", "team: red", "qa")] == golden
