"""The Slack app manifest for this installation, with the fewest scopes the bot works with
(facts/slack 2.6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.slack.entrance import PATH
from bot.slack.events import NAMES
from bot.slack.settings import TransportName
from bot.slack.shortcuts import WHY

SCOPES = (
    "commands", "chat:write", "users:read", "channels:read", "groups:read", "usergroups:read", "files:write",
)  # fmt: skip
"""Scopes of the bot token; channels:read and groups:read only tell whether another company reads a channel.
"""
GROUPS, FILES = "usergroups:read", "files:write"
"""Needed only where grants name Slack user groups, and where files are uploaded: what was captured of a
failure, and pictures in place of charts.
"""
DESCRIPTION = "Operates ECS environments from Slack"
WHY_SHORTCUT: Mapping[str, str] = {
    "name": "Why?",
    "type": "message",
    "callback_id": WHY,
    "description": "Explains the failure that a message of Lamplighter tells of",
}
"""Slack shows it in the menu of every message; the scope ``commands`` is enough."""
FORM = "https://api.slack.com/apps?new_app=1&manifest_json="
"""Slack's form for a new app; the manifest that follows fills it in (facts/slack 2.6)."""


def scopes(*, groups: bool, files: bool) -> list[str]:
    """Return the scopes of a bot token. ``groups``: grants may name Slack user groups; ``files``: files are
    uploaded.
    """
    unwanted = {scope for scope, wanted in ((GROUPS, groups), (FILES, files)) if not wanted}
    return [scope for scope in SCOPES if scope not in unwanted]


def manifest(
    transport: TransportName,
    command: str = "/env",
    url: str = "",
    *,
    groups: bool = False,
    files: bool = True,
) -> dict[str, Any]:
    """Make the manifest. ``url`` is the bot's public address, for HTTP only. Raises ``ValueError`` if HTTP
    lacks an https address.
    """
    address = f"{url.rstrip('/')}{PATH}" if transport == "http" else ""
    if transport == "http" and not url.startswith("https://"):
        raise ValueError("HTTP needs the bot's public https address")
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": "Lamplighter", "description": DESCRIPTION},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True,
                         "messages_tab_read_only_enabled": True},
            "bot_user": {"display_name": "lamplighter", "always_online": False},
            "slash_commands": [_command(command, address)],
            "shortcuts": [dict(WHY_SHORTCUT)],
        },
        "oauth_config": {"scopes": {"bot": scopes(groups=groups, files=files)}},
        "settings": {
            "event_subscriptions": {**_if(address, "request_url"), "bot_events": sorted(NAMES)},
            "interactivity": {"is_enabled": True, **_if(address, "request_url", "message_menu_options_url")},
            "org_deploy_enabled": False,
            "socket_mode_enabled": transport == "socket",
            "token_rotation_enabled": False,
        },
    }  # fmt: skip


def form_link(made: Mapping[str, Any]) -> str:
    """Return the address at which Slack's form for a new app is filled in with this manifest."""
    return FORM + quote(json.dumps(made, separators=(",", ":"), ensure_ascii=False), safe="")


def _command(name: str, address: str) -> dict[str, Any]:
    return {
        "command": name,
        **_if(address, "url"),
        "description": DESCRIPTION,
        "usage_hint": "help · list · status staging · restart staging orders-api",
        "should_escape": True,
    }


def _if(address: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, address) if address else {}
