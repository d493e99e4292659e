"""``lamplighter doctor`` where something is missing: it names the cause and the next step, and goes on."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Console

TOKENS = {
    "LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-not-a-real-one",
    "LAMPLIGHTER_SLACK_APP_TOKEN": "xapp-not-a-real-one",
}


@pytest.fixture
def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_each_part_says_that_there_is_no_network(applied_url: str, nowhere: str) -> None:
    variables = {
        **TOKENS,
        "LAMPLIGHTER_SLACK_API_URL": f"{nowhere}/api/",
        "LAMPLIGHTER_AWS_ENDPOINT_URL": nowhere,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    said = Console(applied_url, {})("doctor", **variables)
    assert said.code == 1
    assert "FAIL  Slack token: Slack cannot be reached: nothing listens at 127.0.0.1" in said.out
    assert "FAIL  staging: identity: " in said.out
    assert "Nothing listens at 127.0.0.1." in said.out
    assert "token" not in " ".join(line for line in said.out.splitlines() if "->" in line and "xoxb" in line)


def test_swapped_tokens_are_reported_and_not_sent(sqlite_console: Console, nowhere: str) -> None:
    bot, app = TOKENS.values()
    said = sqlite_console(
        "doctor",
        LAMPLIGHTER_SLACK_BOT_TOKEN=app,
        LAMPLIGHTER_SLACK_APP_TOKEN=bot,
        LAMPLIGHTER_SLACK_API_URL=f"{nowhere}/api/",
        LAMPLIGHTER_AWS_ENDPOINT_URL=nowhere,
    )
    assert "the bot token and the app-level token are swapped" in said.out
    assert "cannot be reached" not in said.out
    assert bot not in said.out + said.err and app not in said.out + said.err


def test_the_doctor_says_where_missing_aws_credentials_come_from(applied_url: str, nowhere: str) -> None:
    variables = {
        **TOKENS,
        "LAMPLIGHTER_SLACK_API_URL": f"{nowhere}/api/",
        "LAMPLIGHTER_AWS_ENDPOINT_URL": nowhere,
    }
    said = Console(applied_url, {})("doctor", **variables)
    assert "The bot has no AWS credentials that work" in said.out
    assert "a task role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said.out


def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "lamplighter.db"
    path.write_bytes(b"no database" * 1_000)
    said = Console(f"sqlite:///{path}", {})("doctor")
    assert "FAIL  database: The database cannot be used: the file is no SQLite database" in said.out
    assert "      -> " in said.out
