from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest
from slack_bolt import Ack
from slack_sdk.errors import SlackApiError

from playground.control_machine import FOLLOWED
from tests.playground.slack.rig import Rig, eventually
from tests.waiting import PATIENCE


@pytest.mark.parametrize("path", ["/playground", "/api/auth.test", "/", "/socket"])
def test_a_foreign_host_is_refused(http_rig: Rig, path: str) -> None:
    assert http_rig.http.get(path, headers={"Host": "evil.example"}).status_code == 403


def test_a_foreign_origin_may_not_write(http_rig: Rig) -> None:
    def post(origin: str) -> int:
        headers = {"Origin": origin}
        return http_rig.http.post("/playground/clock", headers=headers, json={"advance": 1}).status_code

    assert [post("https://evil.example"), post("null"), post(http_rig.url)] == [403, 403, 200]


def test_the_playground_says_what_it_is(http_rig: Rig) -> None:
    told = http_rig.ask("")

    assert told["url"] == http_rig.url and told["transport"] == "http" and told["pace"] == 1.0
    assert told["bot"]["state"] == "not started" and told["bot"]["log"].endswith("bot.log")
    assert datetime.fromisoformat(told["now"]).tzinfo is not None


def test_the_cast_is_listed(http_rig: Rig) -> None:
    told = http_rig.ask("/cast")

    people = {person["id"]: person for person in told["people"]}
    assert {"U0ADA", "U0OLU", "U0DEV", "U0VIC", "U0NIA", "U0GUS", "U0SID", "U0REX"} <= set(people)
    assert people["U0DEV"]["role_line"]
    roles = {who: person["role"] for who, person in people.items()}
    assert (roles["U0DEV"], roles["U0ADA"], roles["U0SID"]) == ("developer", "admin", "stranger")
    shared = {channel["id"]: channel["is_ext_shared"] for channel in told["channels"]}
    assert shared["C0SHARED"] and not shared["C0STAGING"]
    assert [command["command"] for command in told["commands"]] == ["/env"]


def test_the_clock_moves_and_message_times_follow_it(http_rig: Rig) -> None:
    http_rig.tell("/clock", to="2030-01-01T00:00:00+00:00")
    assert http_rig.ask("/clock")["now"].startswith("2030-01-01T00:")
    http_rig.tell("/clock", advance=3600)

    ts = http_rig.client.chat_postMessage(channel="C0STAGING", text="x")["ts"]

    assert 1893459600 <= float(ts) < 1893459600 + 3600
    assert "a time zone" in http_rig.tell("/clock", expect=400, to="2030-01-01T00:00:00")["error"]
    http_rig.tell("/clock", expect=400)


def test_a_move_of_the_clock_can_be_answered_once_the_bot_follows_it(http_rig: Rig) -> None:
    """The bot goes by its last reading before it asks for the next one."""
    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(http_rig.tell, "/clock", to="2030-01-01T00:00:00+00:00", followed=True)
        seen = []
        while not moving.done():
            seen.append(http_rig.ask("/clock")["now"])
    assert moving.result()["now"].startswith("2030-01-01T00:")
    assert len([now for now in seen if now.startswith("2030-")]) >= FOLLOWED


def test_a_time_stamp_is_never_used_twice_even_if_the_clock_goes_back(http_rig: Rig) -> None:
    first = http_rig.type("one")["ts"]
    http_rig.tell("/clock", advance=-3600)

    assert float(http_rig.type("two")["ts"]) > float(first)


def test_a_response_url_dies_after_thirty_minutes(http_rig: Rig) -> None:
    urls: list[str] = []

    @http_rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        ack()

    http_rig.type("/env help")

    assert http_rig.http.post(urls[0], json={"text": "soon"}).text == "ok"
    http_rig.tell("/clock", advance=1801)
    late = http_rig.http.post(urls[0], json={"text": "late"})

    assert (late.status_code, late.text) == (404, "expired_url")


def test_a_web_api_call_can_be_refused_dropped_and_held(http_rig: Rig) -> None:
    client = http_rig.client
    http_rig.fault(kind="status", method="chat.*", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel="C0STAGING", text="x")
    assert limited.value.response.headers["Retry-After"] == "7"
    http_rig.fault(kind="drop", method="chat.postMessage", phase="after_effect")
    headers = {"Authorization": f"Bearer {client.token}"}  # the SDK's client would retry by itself
    with pytest.raises(httpx.RemoteProtocolError):
        http_rig.http.post(
            "/api/chat.postMessage", headers=headers, data={"channel": "C0STAGING", "text": "x"}
        )
    assert len(http_rig.seen()) == 1

    http_rig.fault(kind="hold", method="chat.postMessage")
    posting = threading.Thread(
        target=client.chat_postMessage, kwargs={"channel": "C0STAGING", "text": "held"}
    )
    posting.start()
    eventually(lambda: [r for r in http_rig.ask("/faults")["rules"] if r["holding"]])
    assert len(http_rig.seen()) == 1
    http_rig.tell("/faults", release=None)
    posting.join(PATIENCE)
    assert [m["text"] for m in http_rig.seen()][-1] == "held"
    assert http_rig.http.delete("/playground/faults").json() == {"rules": []}


def test_a_fault_that_names_nothing_known_is_refused(http_rig: Rig) -> None:
    assert (
        "unknown fault" in http_rig.tell("/faults", expect=400, rules=[{"kind": "x", "method": "*"}])["error"]
    )
    http_rig.tell("/faults", expect=400, rules=[{"kind": "drop", "method": "*", "colour": "red"}])


def test_the_stream_reports_changes(http_rig: Rig) -> None:
    with httpx.stream(
        "GET", f"{http_rig.url}/playground/stream", timeout=PATIENCE, trust_env=False
    ) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": open"
        http_rig.client.chat_postMessage(channel="C0STAGING", text="x")
        told = next(json.loads(line[6:]) for line in lines if line.startswith('data: {"kind": "message"'))

    assert told["channel"] == "C0STAGING" and told["ts"]


def test_people_outside_a_channel_see_none_of_it(http_rig: Rig) -> None:
    http_rig.client.chat_postMessage(channel="C0STAGING", text="inside")

    assert http_rig.seen("U0SID") == [] and len(http_rig.seen("U0GUS")) == 1
    assert "Only" not in json.dumps(http_rig.seen("U0GUS"))


def test_messages_are_rendered_when_asked(http_rig: Rig) -> None:
    http_rig.client.chat_postMessage(channel="C0STAGING", text="for <@U0DEV> & <script>")

    [message] = http_rig.ask("/messages", channel="C0STAGING", viewer="U0DEV", html="1")["messages"]

    assert "@dev" in message["html"] and "<script>" not in message["html"]


def test_messages_are_listed_from_a_moment_on(http_rig: Rig) -> None:
    first, second = (
        http_rig.client.chat_postMessage(channel="C0STAGING", text=text)["ts"] for text in ("one", "two")
    )

    told = http_rig.ask("/messages", channel="C0STAGING", viewer="U0DEV", after=first)["messages"]
    assert [message["ts"] for message in told] == [second]
    assert http_rig.ask("/messages", channel="C0STAGING", viewer="U0DEV", after=second)["messages"] == []


def test_an_invalid_moment_is_refused_in_words(http_rig: Rig) -> None:
    where = {"channel": "C0STAGING", "viewer": "U0DEV", "after": "yesterday"}
    answer = http_rig.http.get("/playground/messages", params=where)
    assert (answer.status_code, "after is the ts of a message" in answer.text) == (400, True)


def test_a_new_private_channel_is_open_only_to_its_members(http_rig: Rig) -> None:
    http_rig.tell(
        "/event", type="channel_created", id="C0NEW", name="new", members=["U0DEV"], is_private=True,
        bot_member=False, silent=True,
    )  # fmt: skip

    with pytest.raises(SlackApiError, match="channel_not_found"):
        http_rig.client.chat_postMessage(channel="C0NEW", text="x")
    http_rig.tell("/event", type="member_joined_channel", user="U0LAMP", channel="C0NEW", silent=True)
    assert http_rig.client.chat_postMessage(channel="C0NEW", text="x")["ok"]


def test_a_change_can_happen_without_its_event(http_rig: Rig) -> None:
    changes = {"deleted": True}
    told = http_rig.tell("/event", type="user_change", user="U0DEV", changes=changes, silent=True)
    assert told["event_id"] is None
    assert http_rig.client.users_info(user="U0DEV")["user"]["deleted"] is True
    assert http_rig.traffic("deliver.event") == []


@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        ("/command", {"user": "U0DEV", "channel": "C0STAGING"}, 400),
        ("/command", {"user": "U0WHO", "channel": "C0STAGING", "text": "/env"}, 404),
        ("/command", {"user": "U0DEV", "channel": "C0WHERE", "text": "/env"}, 404),
        ("/submit", {"user": "U0DEV", "view_id": "V1"}, 404),
        ("/event", {"type": "nonsense"}, 400),
        ("/event", {"type": "user_change", "user": "U0DEV", "changes": {"height": 2}}, 400),
        ("/bot", {"signal": "HUP"}, 400),
        ("/bot", {"signal": "TERM"}, 409),
        ("/bot", {"signal": "TERM", "second": True}, 409),
        ("/bot", {"start": True, "second": True}, 409),
        ("/bot", {"start": True, "env": {"T": "xoxb-" + "1234567890-1234567890-abc"}}, 400),
        ("/world", {"anything": 1}, 409),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_in_words(
    http_rig: Rig, path: str, order: dict[str, object], status: int
) -> None:
    assert http_rig.tell(path, expect=status, **order)["error"]
