"""A command prints only sentences; the log goes to a file, or is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import EXAMPLE, Console, Said

COMMANDS = [["apply", "--yes", str(EXAMPLE)], ["doctor"], ["migrate"]]


def logged(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_no_line_of_the_log_stands_between_sentences(sqlite_console: Console, command: list[str]) -> None:
    said = sqlite_console(*command)
    assert said.out
    assert logged(said.out + said.err) == []


def applied(console: Console, *more: str, **variables: str) -> Said:
    said = console("apply", "--yes", str(EXAMPLE), *more, **variables)
    assert said.code == 0, said
    return said


def test_the_log_is_on_standard_error_with_verbose(sqlite_console: Console) -> None:
    said = applied(sqlite_console, "--verbose")
    assert logged(said.out) == []
    assert [line["event"] for line in logged(said.err)].count("audit") == 2


def test_each_command_appends_its_log_to_the_file_of_the_settings(
    sqlite_console: Console, tmp_path: Path
) -> None:
    log = tmp_path / "commands.log"
    said = applied(sqlite_console, LAMPLIGHTER_LOG_FILE=str(log))
    assert logged(said.out + said.err) == []
    first = logged(log.read_text())
    assert [line["event"] for line in first].count("audit") == 2
    sqlite_console("doctor", LAMPLIGHTER_LOG_FILE=str(log))
    assert logged(log.read_text())[: len(first)] == first


def test_a_log_file_that_cannot_be_written_ends_the_command_at_once(
    sqlite_console: Console, tmp_path: Path
) -> None:
    said = sqlite_console("apply", "--yes", str(EXAMPLE), LAMPLIGHTER_LOG_FILE=str(tmp_path / "no" / "log"))
    assert said.code == 1
    assert "LAMPLIGHTER_LOG_FILE" in said.err and "No such file or directory" in said.err
    assert "+ environment" not in said.out
