"""``lamplighter manifest`` and ``policy``: the documents to paste into Slack and AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.bot.cli.conftest import EXAMPLE, Console
from tests.bot.cli.pages import page
from tests.golden import Golden


def test_the_manifest_needs_neither_settings_nor_a_database(sqlite_console: Console) -> None:
    said = sqlite_console("manifest", "--command", "/lamp", LAMPLIGHTER_DATABASE_URL="mysql://never/read")
    made = json.loads(said.out)
    assert made["features"]["slash_commands"][0]["command"] == "/lamp"
    assert made["settings"]["socket_mode_enabled"] is True


def test_the_http_manifest_names_the_public_address(sqlite_console: Console) -> None:
    said = sqlite_console("manifest", "--transport", "http", "--url", "https://lamp.example")
    made = json.loads(said.out)
    assert made["settings"]["interactivity"]["request_url"] == "https://lamp.example/slack/events"


@pytest.mark.parametrize(
    "words",
    [
        ["--transport", "http"],
        ["--transport", "http", "--url", "http://x"],
        ["--command", "env"],
        ["--command", "/A B"],
    ],
)
def test_a_manifest_that_slack_would_refuse_is_not_made(sqlite_console: Console, words: list[str]) -> None:
    assert sqlite_console("manifest", *words).code == 2


def test_without_a_catalog_there_is_no_policy(sqlite_console: Console, golden: Golden) -> None:
    said = sqlite_console("policy")
    assert said.code == 1
    assert page(said.err) == golden


def test_one_policy_is_for_one_role(sqlite_console: Console, golden: Golden) -> None:
    sqlite_console("apply", "--yes", str(EXAMPLE))
    said = sqlite_console("policy")
    assert said.code == 1
    assert page(said.err) == golden
    made = json.loads(sqlite_console("policy", "-e", "staging").out)
    text = json.dumps(made)
    assert "service/staging/*" in text
    assert "service/production/*" not in text
    assert sqlite_console("policy", "-e", "nowhere").code == 1


def test_environments_that_share_a_role_share_its_policy(sqlite_console: Console, tmp_path: Path) -> None:
    catalog = yaml.safe_load(EXAMPLE.read_text())
    for environment in catalog["environments"].values():
        environment["role_arn"] = "arn:aws:iam::123456789012:role/lamplighter"
    file = tmp_path / "catalog.yaml"
    file.write_text(yaml.safe_dump(catalog))
    sqlite_console("apply", "--yes", str(file))
    text = sqlite_console("policy").out
    assert "service/staging/*" in text
    assert "ClosedProduction" in text


def test_the_opt_in_tag_can_be_named_or_left_out(sqlite_console: Console) -> None:
    sqlite_console("apply", "--yes", str(EXAMPLE))
    assert "aws:ResourceTag/lamplighter" in sqlite_console("policy", "-e", "staging").out
    assert "aws:ResourceTag/bot" in sqlite_console("policy", "-e", "staging", "--opt-in", "bot").out
    assert "aws:ResourceTag" not in sqlite_console("policy", "-e", "staging", "--opt-in", "").out


def test_the_callers_policy_names_every_role(sqlite_console: Console) -> None:
    sqlite_console("apply", "--yes", str(EXAMPLE))
    prices, statement = json.loads(sqlite_console("policy", "--caller").out)["Statement"]
    assert prices["Action"] == ["pricing:GetProducts"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    assert len(statement["Resource"]) == 6
