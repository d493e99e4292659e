from __future__ import annotations

import threading
from typing import Any

import pytest
from slack_bolt import Ack

from playground.slack.directory import Directory
from playground.slack.escaping import as_sent
from tests.playground.slack.rig import Rig, eventually
from tests.waiting import PATIENCE


def test_a_command_reaches_the_bot_as_slack_sends_it(rig: Rig) -> None:
    bodies: list[dict[str, Any]] = []

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        bodies.append(body)
        ack()

    answer = rig.type("/env restart @vic #staging a&b <c>")

    assert answer["status"] == 200 and answer["failed"] is None and answer["ack_ms"] > 0
    body = bodies[0]
    assert body["text"] == "restart <@U0VIC|vic> <#C0STAGING|staging> a&amp;b &lt;c&gt;"
    expected = {
        "team_id": "T0HOME", "channel_id": "C0STAGING", "channel_name": "staging", "user_id": "U0DEV",
        "user_name": "dev", "command": "/env", "api_app_id": "A0LAMP", "is_enterprise_install": "false",
    }  # fmt: skip
    assert expected.items() <= body.items()
    assert body["response_url"].startswith(rig.url) and body["trigger_id"] and "enterprise_id" not in body


def test_typed_text_is_shown_only_to_its_author_and_precedes_the_answer(rig: Rig) -> None:
    rig.app.command("/env")(lambda ack: ack(text="only you"))

    rig.type("/env  help @vic")

    told = rig.ask("/messages", channel="C0STAGING", viewer="U0DEV")
    [line], [answer] = told["typed"], told["messages"]
    assert (line["user"], line["text"]) == ("U0DEV", "/env  help @vic") and line["ts"] < answer["ts"]
    assert rig.ask("/messages", channel="C0STAGING", viewer="U0VIC")["typed"] == []
    assert rig.ask("/messages", channel="C0OPS", viewer="U0DEV")["typed"] == []
    assert rig.ask("/messages", channel="C0STAGING")["typed"] == []


def test_an_ack_with_text_is_seen_only_by_whoever_typed(rig: Rig) -> None:
    rig.app.command("/env")(lambda ack: ack(text="only you", blocks=[{"type": "divider"}]))

    rig.type("/env help")

    [message] = rig.seen("U0DEV")
    assert message["ephemeral"] and message["text"] == "only you" and message["blocks"]
    assert rig.seen("U0ADA") == []


def test_an_ack_in_channel_is_seen_by_everybody(rig: Rig) -> None:
    rig.app.command("/env")(lambda ack: ack(text="all of you", response_type="in_channel"))

    rig.type("/env help")

    assert [m["text"] for m in rig.seen("U0ADA")] == ["all of you"]


def test_a_late_ack_is_a_failure_in_slacks_words(rig: Rig) -> None:
    rig.waits(0.3)
    told = threading.Event()

    def late(ack: Ack) -> None:
        told.wait(PATIENCE)
        ack(text="too late")

    rig.app.command("/env")(late)

    answer = rig.type("/env help")
    told.set()

    assert "did not respond" in answer["failed"] or "dispatch_failed" in answer["failed"]
    [message] = rig.seen("U0DEV")
    assert message["user"] == "USLACKBOT" and message["notice"] == "failure" and message["ephemeral"]


def test_an_error_status_is_a_failure_in_slacks_words(http_rig: Rig) -> None:
    answer = http_rig.type("/env help")  # no listener matches, so Bolt answers 404

    assert answer["status"] == 404 and 'error "dispatch_failed"' in answer["failed"]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"text": "/deploy now"}, "not a valid command"),
        ({"text": "/env help", "thread_ts": "1.2"}, "not supported in threads"),
        ({"text": "/env help", "user": "U0REX"}, "deactivated"),
        ({"text": "/env help", "user": "U0SID", "channel": "C0SHARED"}, "another workspace"),
        ({"text": "/env help", "user": "U0SID"}, "is not in #staging"),
    ],
)
def test_slacks_client_refuses_commands_it_cannot_send(
    http_rig: Rig, order: dict[str, str], words: str
) -> None:
    order = {"user": "U0DEV", "channel": "C0STAGING", **order}

    assert words in http_rig.tell("/command", expect=409, **order)["error"]
    assert http_rig.traffic("deliver.command") == []


def test_force_sends_commands_that_the_client_would_refuse(rig: Rig) -> None:
    users: list[str] = []

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        users.append(body["user_id"])
        ack()

    rig.type("/env help", user="U0REX", force=True)
    rig.type("/env help", user="U0DEV", overrides={"team_id": "T0ELSE", "user_id": "U0ELSE"})

    assert users == ["U0REX", "U0ELSE"]


def test_a_replay_is_the_same_request_again(rig: Rig) -> None:
    seen: list[tuple[str, str]] = []

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any], request: Any) -> None:
        seen.append((body["trigger_id"], str(request.headers.get("x-slack-signature"))))
        ack()

    rig.type("/env help")
    rig.tell("/command", replay=True)

    assert len(seen) == 2 and seen[0] == seen[1]
    envelopes = [row["envelope_id"] for row in rig.traffic("deliver.command")]
    assert len(envelopes) == 2 and len(set(envelopes)) == 1


def test_bolts_own_verifier_refuses_a_forged_signature(http_rig: Rig) -> None:
    http_rig.app.command("/env")(lambda ack: ack())
    for code in ("bad_signature", "stale_timestamp"):
        http_rig.fault(kind="error", method="deliver.command", code=code)

    assert [http_rig.type("/env help")["status"] for _ in range(3)] == [401, 401, 200]


def test_a_duplicate_reaches_the_bot_twice(rig: Rig) -> None:
    triggers: list[str] = []

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        ack()

    rig.fault(kind="duplicate", method="deliver.command")

    rig.type("/env help")

    eventually(lambda: len(triggers) == 2)
    assert triggers[0] == triggers[1]


def test_a_delayed_command_arrives_after_a_later_one(http_rig: Rig) -> None:
    texts: list[str] = []

    @http_rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        texts.append(body["text"])
        ack()

    http_rig.fault(kind="delay", method="deliver.command", seconds=0.4)
    first = threading.Thread(target=http_rig.type, args=("/env first",))
    first.start()
    eventually(lambda: http_rig.ask("/faults")["rules"][0]["hits"])
    http_rig.type("/env second")
    first.join(PATIENCE)

    assert texts == ["second", "first"]


def test_typed_text_is_marked_up_as_slack_does() -> None:
    cases = {
        "@nobody #nowhere": "@nobody #nowhere",
        "@channel": "<!channel>",
        "<!channel> <@U0DEV>": "&lt;!channel&gt; &lt;@U0DEV&gt;",
        "me@example.com": "me@example.com",
        "@platform": "<!subteam^S0PLATFORM|@platform>",
        "see https://a.example/x?y=1&z=2": "see <https://a.example/x?y=1&amp;z=2>",
        "api.example.com": "<http://api.example.com|api.example.com>",
        "orders-api": "orders-api",
    }
    directory = Directory()

    assert {typed: as_sent(typed, directory) for typed in cases} == cases
