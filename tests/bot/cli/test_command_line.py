"""The command line itself: what is listed, and how much the list costs."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.main import get_command

from bot.cli import COMMANDS, app, release
from bot.slack.manifest import form_link, manifest
from tests.bot.cli.conftest import ROOT, Console
from tests.bot.cli.pages import page
from tests.golden import Golden

HEAVY = ("boto3", "botocore", "sqlalchemy", "alembic", "slack_bolt", "slack_sdk", "pydantic", "apscheduler")
PROGRAM = """
import sys
from bot.cli import app
try:
    app([sys.argv[1]])
except SystemExit:
    print(*sorted(set(sys.argv[2:]) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("typed", ["--help", "--version"])
def test_commands_without_aws_slack_or_a_database_import_none_of_their_libraries(typed: str) -> None:
    command = [sys.executable, "-c", PROGRAM, typed, *HEAVY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == ""


def test_the_test_would_notice_an_imported_library() -> None:
    command = [sys.executable, "-c", PROGRAM, "--help", "typer"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "typer"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_listed_by_the_first_line_of_its_own_help(name: str) -> None:
    loaded = COMMANDS[name].load(name)
    assert loaded.name == name
    assert (loaded.help or "").split("\n\n")[0] == COMMANDS[name].help
    listed = get_command(app)
    assert hasattr(listed, "commands")
    assert listed.commands[name].help == COMMANDS[name].help


def test_the_version_is_that_of_the_package(sqlite_console: Console) -> None:
    said = sqlite_console("--version")
    assert (said.code, said.out) == (0, f"lamplighter {release()}\n")
    assert release()[0].isdigit()


def test_a_typo_is_answered_with_the_nearest_command(sqlite_console: Console) -> None:
    said = sqlite_console("aply")
    assert said.code == 2
    assert "apply" in said.err


def test_the_link_opens_slacks_form_with_the_very_manifest() -> None:
    made = manifest("http", "/lämp&x=1#", "https://lamp.example/a?b=c")
    link = urlsplit(form_link(made))
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    asked = parse_qs(link.query, strict_parsing=True)
    assert asked["new_app"] == ["1"]
    assert json.loads(asked["manifest_json"][0]) == made
    assert not link.fragment


def test_a_piped_manifest_is_json_and_nothing_else(sqlite_console: Console, golden: Golden) -> None:
    said = sqlite_console("manifest")
    link = form_link(json.loads(said.out))
    assert link in said.err.splitlines()
    assert page(said.err.replace(link, "LINK")) == golden
