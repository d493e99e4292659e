"""One payload of each kind that Slack sends, as its documentation shows them, from Dev to our app."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]
_WHOSE: Payload = {
    "user": {"id": "U0DEV", "username": "dev", "name": "dev", "team_id": "T0HOME"},
    "api_app_id": "A0LAMP", "token": "playground-verification", "team": {"id": "T0HOME", "domain": "home"},
    "enterprise": None, "is_enterprise_install": False, "trigger_id": "1.2.x",
}  # fmt: skip
_VIEW: Payload = {
    "id": "V1", "team_id": "T0HOME", "type": "modal", "callback_id": "ask",
    "private_metadata": '{"channel":"C1"}',
    "title": {"type": "plain_text", "text": "Lamplighter"}, "blocks": [], "app_installed_team_id": "T0HOME",
    "state": {
        "values": {
            "ask:operation": {
                "ask:operation": {
                    "type": "static_select",
                    "selected_option": {"text": {"type": "plain_text", "text": "help"}, "value": "help"},
                }
            },
            "ask:rest": {"ask:rest": {"type": "plain_text_input", "value": "about restart"}},
            "ask:environment": {"ask:environment": {"type": "external_select", "selected_option": None}},
        }
    },
}  # fmt: skip
PRESS: Payload = {
    **_WHOSE, "type": "block_actions", "channel": {"id": "C0STAGING", "name": "staging"},
    "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0STAGING", "is_ephemeral": False},
    "message": {"type": "message", "user": "U0LAMP", "ts": "1.1", "text": "stopped", "blocks": []},
    "response_url": "http://127.0.0.1:9/response",
    "actions": [{"action_id": "offer:0", "block_id": "b", "type": "button", "value": "o-1"}],
}  # fmt: skip
SUBMISSION: Payload = {**_WHOSE, "type": "view_submission", "view": _VIEW, "response_urls": []}
_AUTHORIZED: Payload = {
    "enterprise_id": None, "team_id": "T0HOME", "user_id": "U0LAMP", "is_bot": True,
    "is_enterprise_install": False,
}  # fmt: skip


def event(kind: str, **more: Any) -> Payload:
    return {
        "type": "event_callback", "token": "playground-verification", "team_id": "T0HOME",
        "api_app_id": "A0LAMP",
        "event": {"type": kind, **more}, "event_id": f"Ev-{kind}", "event_time": 1,
        "is_ext_shared_channel": False,
        "authorizations": [_AUTHORIZED],
    }  # fmt: skip


EVERY_KIND: dict[str, Payload] = {
    "slash command": {
        "token": "playground-verification", "team_id": "T0HOME", "team_domain": "home",
        "channel_id": "C0STAGING",
        "channel_name": "staging", "user_id": "U0DEV", "user_name": "dev", "command": "/env", "text": "help",
        "api_app_id": "A0LAMP", "is_enterprise_install": "false", "trigger_id": "1.3.x",
        "response_url": "http://127.0.0.1:9/response",
    },
    "block_actions": PRESS,
    "block_actions in a view": {
        **_WHOSE, "type": "block_actions", "container": {"type": "view", "view_id": "V1"}, "view": _VIEW,
        "actions": [{"action_id": "ask:environment", "block_id": "b", "type": "external_select"}],
    },
    "view_submission": SUBMISSION,
    "view_closed": {**_WHOSE, "type": "view_closed", "view": _VIEW, "is_cleared": False},
    "block_suggestion": {
        **_WHOSE, "type": "block_suggestion", "action_id": "ask:service", "block_id": "ask:service",
        "value": "or",
        "view": _VIEW, "container": {"type": "view", "view_id": "V1"},
    },
    "shortcut": {**_WHOSE, "type": "shortcut", "callback_id": "open", "action_ts": "1.4"},
    "message_action": {
        **_WHOSE, "type": "message_action", "callback_id": "open",
        "channel": {"id": "C0STAGING", "name": "staging"},
        "message": {"type": "message", "user": "U0DEV", "ts": "1.1", "text": "hello"}, "message_ts": "1.1",
    },
    "app_home_opened": event("app_home_opened", user="U0DEV", channel="D1", tab="home"),
    "user_change": event("user_change", user={"id": "U0DEV", "team_id": "T0HOME", "deleted": True}),
    "subteam_updated": event("subteam_updated", subteam={"id": "S1", "users": ["U0DEV"]}),
    "message": event("message", user="U0DEV", channel="C1", text="hi", message={"user": "U0DEV"}),
    "url_verification": {"type": "url_verification", "token": "playground-verification", "challenge": "abc"},
    "app_rate_limited": {
        "type": "app_rate_limited", "token": "playground-verification", "team_id": "T0HOME",
        "api_app_id": "A0LAMP",
        "minute_rate_limited": 1_518_467_820,
    },
}  # fmt: skip
