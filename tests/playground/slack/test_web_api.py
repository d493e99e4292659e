from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.capabilities import Triggers
from playground.slack.cast import APP_TOKEN
from playground.slack.limits import RateLimits
from playground.slack.words import SlackRefusal
from tests.playground.slack.rig import Rig

Call = Callable[[WebClient], Any]


def refusal(rig: Rig, call: Call) -> Any:
    with pytest.raises(SlackApiError) as caught:
        call(rig.client)
    return caught.value.response


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda c: c.chat_postMessage(channel="C0GENERAL", text="x"), "not_in_channel"),
        (lambda c: c.chat_postMessage(channel="C0NOWHERE", text="x"), "channel_not_found"),
        (lambda c: c.api_call("chat.postMessage", json={"channel": "C0STAGING"}), "no_text"),
        (lambda c: c.chat_postMessage(channel="C0STAGING", text="x", thread_ts="1.1"), "thread_not_found"),
        (lambda c: c.chat_postEphemeral(channel="C0STAGING", user="U0SID", text="x"), "user_not_in_channel"),
        (lambda c: c.chat_update(channel="C0STAGING", ts="1.1", text="x"), "message_not_found"),
        (lambda c: c.users_info(user="U0NOBODY"), "user_not_found"),
        (lambda c: c.users_lookupByEmail(email="rex@example.com"), "users_not_found"),
        (lambda c: c.users_conversations(user="U0NOBODY"), "user_not_found"),
        (lambda c: c.conversations_info(channel="C0NOWHERE"), "channel_not_found"),
        (lambda c: c.conversations_info(channel="D0DEV"), "missing_scope"),
        (lambda c: c.reactions_add(channel="C0STAGING", timestamp="1.1", name="eyes"), "missing_scope"),
        (lambda c: c.conversations_history(channel="C0STAGING"), "unknown_method"),
        (lambda c: c.auth_test(token="xoxb-somebody-else"), "invalid_auth"),
        (
            lambda c: c.apps_connections_open(app_token="xoxb-playground-not-a-secret"),
            "not_allowed_token_type",
        ),
        (lambda c: c.auth_test(token=APP_TOKEN), "not_allowed_token_type"),
        (lambda c: c.apps_connections_open(app_token=APP_TOKEN), "socket_mode_not_enabled"),
    ],
)
def test_slack_refuses_in_its_own_words(http_rig: Rig, call: Call, error: str) -> None:
    assert refusal(http_rig, call)["error"] == error


def test_a_missing_scope_is_named(http_rig: Rig) -> None:
    response = refusal(http_rig, lambda c: c.conversations_info(channel="D0DEV"))

    assert response["needed"] == "im:read" and "chat:write" in response["provided"]


def test_faulty_blocks_are_refused_with_a_pointer(http_rig: Rig) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]

    response = refusal(http_rig, lambda c: c.chat_postMessage(channel="C0STAGING", text="x", blocks=blocks))

    assert response["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text" in response["response_metadata"]["messages"][0]
    assert http_rig.traffic("chat.postMessage")[-1]["errors"][0] == "invalid_blocks"
    assert refusal(http_rig, lambda c: c.api_call("blocks.validate", json={"blocks": blocks}))["error"]
    assert http_rig.seen() == []


def test_a_message_is_edited_in_place_and_linked(http_rig: Rig) -> None:
    client = http_rig.client
    ts = client.chat_postMessage(channel="C0STAGING", text="restarting")["ts"]

    client.chat_update(channel="C0STAGING", ts=ts, text="healthy", blocks=[{"type": "divider"}])

    [message] = http_rig.seen("U0VIC")
    assert (message["text"], message["ts"], message["edited"]["user"]) == ("healthy", ts, "U0LAMP")
    link = client.chat_getPermalink(channel="C0STAGING", message_ts=ts)["permalink"]
    assert link.startswith(http_rig.url) and ts.replace(".", "") in link
    client.chat_delete(channel="C0STAGING", ts=ts)
    assert http_rig.seen("U0VIC") == []


def test_an_ephemeral_message_cannot_be_updated(http_rig: Rig) -> None:
    posted = http_rig.client.chat_postEphemeral(channel="C0STAGING", user="U0DEV", text="psst")

    answer = refusal(
        http_rig, lambda c: c.chat_update(channel="C0STAGING", ts=posted["message_ts"], text="x")
    )

    assert answer["error"] == "message_not_found"
    assert [m["text"] for m in http_rig.seen("U0DEV")] == ["psst"]


def test_somebody_elses_message_is_not_edited(http_rig: Rig) -> None:
    ts = http_rig.type("hello there")["ts"]

    answer = refusal(http_rig, lambda c: c.chat_update(channel="C0STAGING", ts=ts, text="x"))

    assert answer["error"] == "cant_update_message"


def test_posting_faster_than_a_message_a_second_is_limited_per_channel(http_rig: Rig) -> None:
    for number in range(5):
        http_rig.client.chat_postMessage(channel="C0STAGING", text=str(number))

    response = refusal(http_rig, lambda c: c.chat_postMessage(channel="C0STAGING", text="six"))

    assert response.status_code == 429 and response.headers["Retry-After"] == "1"
    assert http_rig.client.chat_postMessage(channel="C0OPS", text="another channel")["ok"]


def test_people_are_described_with_their_flags(http_rig: Rig) -> None:
    def info(user: str) -> Any:
        return http_rig.client.users_info(user=user)["user"]

    assert info("U0DEV")["profile"]["email"] == "dev@example.com" and info("U0DEV")["is_email_confirmed"]
    assert info("U0GUS")["is_restricted"] and info("U0REX")["deleted"] and info("U0FLOW")["is_workflow_bot"]
    assert info("U0SID")["is_stranger"] and info("U0SID")["team_id"] == "T0SIDCO"
    assert http_rig.client.conversations_info(channel="C0SHARED")["channel"]["is_ext_shared"]
    assert http_rig.client.conversations_open(users="U0DEV")["channel"]["id"] == "D0DEV"


def test_lists_are_paged(http_rig: Rig) -> None:
    names = [member["name"] for page in http_rig.client.users_list(limit=3) for member in page["members"]]

    assert len(names) == len(set(names)) == 10
    assert http_rig.client.usergroups_users_list(usergroup="S0PLATFORM")["users"] == ["U0OLU"]


def test_a_body_may_be_a_form_or_json_and_json_may_be_empty(http_rig: Rig) -> None:
    token = {"Authorization": "Bearer xoxb-playground-not-a-secret"}
    form = {"channel": "C0STAGING", "text": "form", "blocks": '[{"type": "divider"}]'}

    posted = http_rig.http.post("/api/chat.postMessage", headers=token, data=form).json()
    empty = {**token, "Content-Type": "application/json"}

    assert posted["message"]["blocks"][0]["type"] == "divider"
    assert http_rig.http.post("/api/auth.test", headers=empty).json()["team_id"] == "T0HOME"
    assert http_rig.http.get("/api/auth.test").json()["error"] == "not_authed"


def test_a_trigger_works_once_and_for_three_seconds() -> None:
    now = [0.0]
    triggers = Triggers(iter(("a", "b")).__next__, lambda: now[0])
    first, second = triggers.give("U0DEV"), triggers.give("U0DEV")

    now[0] = 2.9
    assert triggers.take(first).user == "U0DEV"
    now[0] = 3.1
    for trigger, error in ((first, "exchanged_trigger_id"), (second, "expired_trigger_id")):
        with pytest.raises(SlackRefusal, match=error):
            triggers.take(trigger)


def test_limits_run_at_the_playgrounds_pace() -> None:
    now = [0.0]
    limits = RateLimits(pace=10, monotonic=lambda: now[0])

    assert [limits.refused_for("users.list") for _ in range(11)] == [0] * 10 + [1]
    now[0] = 0.31  # 20 a minute at ten times the pace is one every 0.3 s
    assert [limits.refused_for("users.list") for _ in range(2)] == [0, 1]


def test_conversations_are_those_of_the_bot_or_of_a_named_user(rig: Rig) -> None:
    def names(**asked: Any) -> set[str]:
        return {row["name"] for row in rig.client.users_conversations(**asked)["channels"]}

    rig.playground.slack.state.directory.channels["C0OPS"].is_private = True
    assert names() == {"staging", "shared"}
    assert names(types="public_channel,private_channel") == {"staging", "shared", "platform-ops"}
    assert names(user="U0SID") == {"shared"}
    assert names(user="U0GUS") == {"staging", "shared", "general"}
