"""Settings: read once, from variables and files, and never from anywhere real by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

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
def test_a_wrong_value_is_told_by_its_variable_and_never_repeated(name: str, value: str) -> None:
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
def test_a_secret_file_that_is_none_is_named(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    said = refused({"LAMPLIGHTER_AUDIT_KEY_FILE": str(file)})
    assert str(file) in said
    assert why in said


def test_no_secret_is_in_what_settings_look_like() -> None:
    settings = read(
        {
            "LAMPLIGHTER_DATABASE_URL": "postgresql://u:hunter2hunter2@db/x",
            "LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-not-shown",
        }
    )
    assert not any(secret in repr(settings) for secret in settings.secrets())
    assert set(settings.secrets()) == {"hunter2hunter2", "xoxb-not-shown"}


def test_everything_on_loopback_is_taken() -> None:
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


def test_a_foreign_clock_is_refused_beside_a_real_slack_and_aws(golden: Golden) -> None:
    assert refused({"LAMPLIGHTER_CLOCK_URL": "http://127.0.0.1:1/clock"}) == golden


def test_an_aws_endpoint_with_https_is_nothing_special() -> None:
    assert read({"LAMPLIGHTER_AWS_ENDPOINT_URL": "https://vpce.example"}).aws_endpoint_url


@pytest.mark.parametrize("url", ["http://127.8.9.1/", "http://[::1]:80/", "http://localhost/"])
def test_loopback_is_known_by_its_address(url: str) -> None:
    assert loopback(url)


@pytest.mark.parametrize("url", ["", "http://10.0.0.1/", "http://localhost.example/", "http://0.0.0.0/"])
def test_other_addresses_are_not_loopback(url: str) -> None:
    assert not loopback(url)


@pytest.mark.parametrize(
    "name", ["SLACK_COMMAND", "AWS_EXTERNAL_ID", "DATABASE_URL", "SLACK_API_URL", "LOG_LEVEL"]
)
def test_a_wrong_value_is_told_without_a_regular_expression(name: str) -> None:
    with pytest.raises(SettingsError) as told:
        read({f"LAMPLIGHTER_{name}": "not ok!"})
    assert "pattern" not in str(told.value) and "^" not in str(told.value)
