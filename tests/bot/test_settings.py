"""Settings: read once, from variables and files, and never from anywhere real by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import payer
from bot.settings import SettingsError, loopback, read
from tests.golden import Golden

LOCAL = {
    "LAMPLIGHTER_SLACK_API_URL": "http://127.0.0.1:3000/api/",
    "LAMPLIGHTER_AWS_ENDPOINT_URL": "http://127.0.0.1:4000",
    "LAMPLIGHTER_CLOCK_URL": "http://localhost:3000/playground/clock",
}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as told:
        read(environ)
    return str(told.value)


def test_without_any_variable_everything_is_real_and_has_a_default() -> None:
    settings = read({})
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.aws_endpoint_url, settings.clock_url, settings.playground) == ("", "", False)


def test_only_what_is_passed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPLIGHTER_SLACK_COMMAND", "/other")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert read({}).slack_command == "/env"
    assert read().slack_command == "/other"


def test_a_variable_set_to_nothing_counts_as_not_set() -> None:
    assert read({"LAMPLIGHTER_TICK_SECONDS": "", "LAMPLIGHTER_CATALOG_FILE": " "}) == read({})


def test_a_mistyped_variable_is_named(golden: Golden) -> None:
    said = refused({"LAMPLIGHTER_SLACK_BOT_TOKN": "xoxb-secret", "LAMPLIGHTER_HTTP_PORT_FILE": "/x"})
    assert said == golden


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAMPLIGHTER_TICK_SECONDS", "soon"),
        ("LAMPLIGHTER_SLACK_TRANSPORT", "pigeon"),
        ("LAMPLIGHTER_SLACK_COMMAND", "env"),
        ("LAMPLIGHTER_DATABASE_URL", "mysql://u:hunter2hunter2@db/x"),
        ("LAMPLIGHTER_DATABASE_URL", "file:lamp.db"),
        ("LAMPLIGHTER_SLACK_API_URL", "ftp://127.0.0.1/api"),
        ("LAMPLIGHTER_AWS_ENDPOINT_URL", "127.0.0.1:4000"),
        ("LAMPLIGHTER_HTTP_PORT", "70000"),
    ],
)
def test_a_wrong_value_is_reported_by_its_variable_and_never_repeated(name: str, value: str) -> None:
    said = refused({name: value})
    assert said.startswith(f"{name}: ")
    assert value not in said


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-from-a-file\n")
    settings = read({"LAMPLIGHTER_SLACK_BOT_TOKEN_FILE": str(file)})
    assert settings.slack_bot_token.get_secret_value() == "xoxb-from-a-file"


def test_a_secret_given_twice_is_refused(tmp_path: Path, golden: Golden) -> None:
    said = refused({"LAMPLIGHTER_AUDIT_KEY": "a", "LAMPLIGHTER_AUDIT_KEY_FILE": str(tmp_path)})
    assert said == golden


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "is empty"), (b"\xff\xfe", "is not text"), (None, "read")]
)
def test_an_unusable_secret_file_is_named(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    said = refused({"LAMPLIGHTER_AUDIT_KEY_FILE": str(file)})
    assert str(file) in said
    assert why in said


def test_the_repr_of_settings_holds_no_secret() -> None:
    settings = read(
        {
            "LAMPLIGHTER_DATABASE_URL": "postgresql://u:hunter2hunter2@db/x",
            "LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-not-shown",
        }
    )
    assert not any(secret in repr(settings) for secret in settings.secrets())
    assert set(settings.secrets()) == {"hunter2hunter2", "xoxb-not-shown"}


def test_addresses_that_are_all_loopback_are_accepted() -> None:
    assert read(LOCAL).playground


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"LAMPLIGHTER_SLACK_API_URL": "https://slack.com/api/"}, "Slack"),
        ({"LAMPLIGHTER_SLACK_API_URL": "http://slack.example/api/"}, "Slack"),
        ({"LAMPLIGHTER_AWS_ENDPOINT_URL": ""}, "AWS"),
        ({"LAMPLIGHTER_AWS_ENDPOINT_URL": "https://ecs.eu-central-1.amazonaws.com"}, "AWS"),
        ({"LAMPLIGHTER_CLOCK_URL": "https://clock.example/now"}, "clock"),
        ({"LAMPLIGHTER_CLOCK_URL": "http://127.0.0.1@clock.example/now"}, "clock"),
    ],
)
def test_a_mix_of_loopback_and_real_addresses_is_refused(change: dict[str, str], named: str) -> None:
    said = refused({**LOCAL, **change})
    assert said.endswith(f"not so: {named}")


def test_a_foreign_clock_is_refused_with_a_real_slack_and_aws(golden: Golden) -> None:
    assert refused({"LAMPLIGHTER_CLOCK_URL": "http://127.0.0.1:1/clock"}) == golden


def test_an_aws_endpoint_with_https_is_accepted() -> None:
    assert read({"LAMPLIGHTER_AWS_ENDPOINT_URL": "https://vpce.example"}).aws_endpoint_url


@pytest.mark.parametrize("url", ["http://127.8.9.1/", "http://[::1]:80/", "http://localhost/"])
def test_a_loopback_address_is_recognised(url: str) -> None:
    assert loopback(url)


@pytest.mark.parametrize("url", ["", "http://10.0.0.1/", "http://localhost.example/", "http://0.0.0.0/"])
def test_other_addresses_are_not_loopback(url: str) -> None:
    assert not loopback(url)


@pytest.mark.parametrize(
    "name", ["SLACK_COMMAND", "AWS_EXTERNAL_ID", "DATABASE_URL", "SLACK_API_URL", "LOG_LEVEL"]
)
def test_a_wrong_value_is_reported_without_a_regular_expression(name: str) -> None:
    with pytest.raises(SettingsError) as told:
        read({f"LAMPLIGHTER_{name}": "not ok!"})
    assert "pattern" not in str(told.value) and "^" not in str(told.value)


def test_the_bill_is_off_until_somebody_names_a_payer() -> None:
    assert payer(read({})) is None
    settings = read({})
    assert (settings.billing_keys, settings.billing_pages) == ((), 100)


@pytest.mark.parametrize(
    ("value", "account", "role"),
    [
        ("999999999999", "999999999999", ""),
        ("arn:aws:iam::999999999999:role/bill", "999999999999", "arn:aws:iam::999999999999:role/bill"),
        (
            "arn:aws-us-gov:iam::999999999999:role/a/b",
            "999999999999",
            "arn:aws-us-gov:iam::999999999999:role/a/b",
        ),
    ],
)
def test_the_payer_is_a_role_or_an_account(value: str, account: str, role: str) -> None:
    assert payer(read({"LAMPLIGHTER_BILLING": value})) == (account, role)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BILLING", "yes"),
        ("BILLING", "arn:aws:iam::999999999999:user/bill"),
        ("BILLING", "99999999999"),
        ("BILLING_TAGS", "a,b,c"),
        ("BILLING_TAGS", ","),
        ("BILLING_LIMIT", "-1"),
        ("BILLING_LIMIT", "lots"),
        ("BILLING_LIMIT", "NaN"),
        ("PRICES", "guess"),
    ],
)
def test_an_invalid_payer_tag_or_limit_is_refused(name: str, value: str) -> None:
    assert f"LAMPLIGHTER_{name}" in refused({f"LAMPLIGHTER_{name}": value})


def test_a_limit_of_part_of_a_page_pays_for_whole_pages_only() -> None:
    assert read({"LAMPLIGHTER_BILLING_LIMIT": "0.055"}).billing_pages == 5
    assert read({"LAMPLIGHTER_BILLING_LIMIT": "0"}).billing_pages == 0
