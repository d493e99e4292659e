from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.manifest import manifest

RULES = json.loads(Path(__file__).with_name("manifest_rules.json").read_text())
Change = Callable[[dict[str, Any]], object]


def check(made: dict[str, Any]) -> None:
    jsonschema.validate(made, RULES)


def test_both_manifests_keep_slacks_rules() -> None:
    check(manifest("socket"))
    check(manifest("http", "/lamp", "https://bot.example.com/"))


def test_http_names_every_address_and_the_socket_none() -> None:
    made = json.dumps(manifest("http", "/env", "https://bot.example.com/"))
    assert made.count("https://bot.example.com/slack/events") == 4
    assert "https://" not in json.dumps(manifest("socket"))


def test_typed_text_is_escaped_and_the_command_is_as_set() -> None:
    command = manifest("socket", "/lamp")["features"]["slash_commands"][0]
    assert (command["command"], command["should_escape"]) == ("/lamp", True)


def test_the_scopes_are_the_fewest() -> None:
    fewest = {"commands", "chat:write", "users:read", "channels:read", "groups:read", "files:write"}
    assert set(manifest("socket")["oauth_config"]["scopes"]["bot"]) == fewest
    assert set(manifest("socket", groups=True)["oauth_config"]["scopes"]["bot"]) == {
        *fewest,
        "usergroups:read",
    }
    without = manifest("socket", files=False)["oauth_config"]["scopes"]["bot"]
    assert set(without) == fewest - {"files:write"}


@pytest.mark.parametrize("url", ["", "http://bot.example.com", "bot.example.com"])
def test_http_without_a_secure_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        manifest("http", "/env", url)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m["display_information"].update(name="x" * 36),
        lambda m: m["features"]["slash_commands"][0].update(command="env"),
        lambda m: m["features"]["slash_commands"][0].update(command="/ENV"),
        lambda m: m["features"]["slash_commands"][0].update(should_escape=False),
        lambda m: m["features"]["shortcuts"][0].update(name="x" * 25),
        lambda m: m["features"]["shortcuts"][0].update(type="button"),
        lambda m: m["oauth_config"]["scopes"]["bot"].append("channels:history"),
        lambda m: m["settings"].update(socket_mode_enabled=False),
        lambda m: m.update(unknown=1),
    ],
)
def test_the_rules_catch_a_mistake(spoil: Change) -> None:
    made = copy.deepcopy(manifest("socket"))
    spoil(made)
    with pytest.raises(jsonschema.ValidationError):
        check(made)
