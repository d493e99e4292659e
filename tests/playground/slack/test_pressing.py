from __future__ import annotations

import threading
from typing import Any

import pytest
from slack_bolt import Ack
from slack_sdk.errors import SlackApiError

from tests.golden import Golden
from tests.playground.slack.rig import Rig, eventually
from tests.waiting import PATIENCE

BUTTON = {
    "type": "button",
    "action_id": "go",
    "value": "offer-1",
    "text": {"type": "plain_text", "text": "Go"},
}
BLOCKS: list[dict[str, Any]] = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


def post(rig: Rig) -> str:
    return str(rig.client.chat_postMessage(channel="C0STAGING", text="Go?", blocks=BLOCKS)["ts"])


def keep_presses(rig: Rig) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    @rig.app.action("go")
    def go(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    return bodies


def open_form(rig: Rig, user: str = "U0DEV") -> dict[str, Any]:
    """Open a modal for ``user`` through a command; return the modal."""

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        rig.client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    rig.type("/env open", user=user)
    return eventually(lambda: rig.modals(user))[-1]


def test_a_press_tells_who_pressed_what_where(rig: Rig) -> None:
    ts, bodies = post(rig), keep_presses(rig)

    answer = rig.tell("/click", user="U0VIC", channel="C0STAGING", ts=ts, action_id="go")

    assert answer["status"] == 200
    body = eventually(lambda: bodies)[0]
    assert body["user"] == {"id": "U0VIC", "username": "vic", "name": "vic", "team_id": "T0HOME"}
    assert body["message"]["ts"] == ts and body["container"]["is_ephemeral"] is False
    assert body["channel"]["id"] == "C0STAGING" and body["api_app_id"] == "A0LAMP"
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "row", "offer-1")


def test_a_press_by_somebody_from_another_company_differs_only_in_the_users_team(rig: Rig) -> None:
    bodies = keep_presses(rig)
    ts = rig.client.chat_postMessage(channel="C0SHARED", text="Go?", blocks=BLOCKS)["ts"]

    rig.tell("/click", user="U0SID", channel="C0SHARED", ts=ts, action_id="go")

    body = eventually(lambda: bodies)[0]
    assert body["user"]["team_id"] == "T0SIDCO" and body["team"]["id"] == "T0HOME"


def test_a_double_press_arrives_twice(rig: Rig) -> None:
    ts, bodies = post(rig), keep_presses(rig)

    rig.tell("/click", user="U0DEV", channel="C0STAGING", ts=ts, action_id="go", double=True)

    eventually(lambda: len(bodies) == 2)
    assert bodies[0]["trigger_id"] != bodies[1]["trigger_id"]


def test_overrides_make_another_teams_payload(rig: Rig) -> None:
    ts, bodies = post(rig), keep_presses(rig)
    overrides = {"team": {"id": "T0ELSE"}, "api_app_id": "A0ELSE"}

    rig.tell(
        "/click", user="U0DEV", channel="C0STAGING", ts=ts, action_id="go", value="x", overrides=overrides
    )

    body = eventually(lambda: bodies)[0]
    assert body["team"] == {"id": "T0ELSE", "domain": "playground"} and body["api_app_id"] == "A0ELSE"
    assert body["actions"][0]["value"] == "x" and body["user"]["id"] == "U0DEV"


def test_an_ephemeral_message_is_pressed_only_by_its_reader(rig: Rig) -> None:
    bodies = keep_presses(rig)
    posted = rig.client.chat_postEphemeral(channel="C0STAGING", user="U0DEV", text="Go?", blocks=BLOCKS)
    press = {"channel": "C0STAGING", "ts": posted["message_ts"], "action_id": "go"}

    assert "does not see" in rig.tell("/click", expect=409, user="U0ADA", **press)["error"]
    rig.tell("/click", user="U0DEV", **press)

    body = eventually(lambda: bodies)[0]
    assert body["container"]["is_ephemeral"] is True and "message" not in body


def test_an_absent_button_or_message_cannot_be_pressed(http_rig: Rig) -> None:
    ts = post(http_rig)
    press = {"user": "U0DEV", "channel": "C0STAGING"}

    assert "there is go" in http_rig.tell("/click", expect=404, ts=ts, action_id="stop", **press)["error"]
    assert "no message" in http_rig.tell("/click", expect=404, ts="1.1", action_id="go", **press)["error"]


def test_a_response_url_replaces_deletes_and_dies_after_five_uses(rig: Rig) -> None:
    ts, done = post(rig), threading.Event()
    codes: list[tuple[int, str]] = []

    @rig.app.action("go")
    def go(ack: Ack, respond: Any) -> None:
        ack()
        sent = [respond("replaced", replace_original=True), respond("mine"), respond(delete_original=True)]
        sent += [respond("all", response_type="in_channel"), respond("five"), respond("six")]
        codes.extend((answer.status_code, answer.body) for answer in sent)
        done.set()

    rig.tell("/click", user="U0DEV", channel="C0STAGING", ts=ts, action_id="go")

    assert done.wait(PATIENCE) and codes == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [(m["text"], m["ephemeral"]) for m in rig.seen("U0DEV")] == [
        ("mine", True), ("all", False), ("five", True),
    ]  # fmt: skip
    assert [m["text"] for m in rig.seen("U0ADA")] == ["all"]


def test_a_trigger_opens_one_modal(rig: Rig) -> None:
    errors: list[str] = []
    done = threading.Event()

    @rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        for trigger in (body["trigger_id"], body["trigger_id"], "1.2.3"):
            try:
                rig.client.views_open(trigger_id=trigger, view=MODAL)
            except SlackApiError as error:
                errors.append(error.response["error"])
        done.set()

    rig.type("/env open")

    assert done.wait(PATIENCE) and errors == ["exchanged_trigger_id", "invalid_trigger_id"]
    assert len(rig.modals()) == 1


def test_a_submission_carries_what_was_filled_in_and_closes_the_modal(rig: Rig) -> None:
    views: list[dict[str, Any]] = []

    @rig.app.view("form")
    def form(ack: Ack, view: dict[str, Any]) -> None:
        views.append(view)
        ack()

    modal = open_form(rig)

    rig.tell("/submit", user="U0DEV", view_id=modal["id"], values={"why": {"reason": "because"}})

    assert views[0]["state"]["values"] == {
        "why": {"reason": {"type": "plain_text_input", "value": "because"}}
    }
    assert rig.modals() == []


def test_an_empty_required_field_is_not_sent(http_rig: Rig) -> None:
    modal = open_form(http_rig)

    answer = http_rig.tell("/submit", expect=409, user="U0DEV", view_id=modal["id"], values={})

    assert "required" in answer["error"]


@pytest.mark.parametrize(
    ("answer", "titles", "errors"),
    [
        ({"response_action": "errors", "errors": {"why": "too short"}}, ["Form"], {"why": "too short"}),
        ({"response_action": "update", "view": {**MODAL, "title": BUTTON["text"]}}, ["Go"], {}),
        ({"response_action": "push", "view": {**MODAL, "title": BUTTON["text"]}}, ["Form", "Go"], {}),
        ({"response_action": "clear"}, [], {}),
    ],
)
def test_a_response_action_is_carried_out(
    http_rig: Rig, answer: dict[str, Any], titles: list[str], errors: dict[str, str]
) -> None:
    http_rig.app.view("form")(lambda ack: ack(answer))
    modal = open_form(http_rig)

    http_rig.tell("/submit", user="U0DEV", view_id=modal["id"], values={"reason": "x"})

    shown = http_rig.modals()
    assert [view["title"]["text"] for view in shown] == titles
    assert (shown[0]["errors"] if shown else {}) == errors


def test_a_faulty_response_action_is_reported_as_trouble(socket_rig: Rig) -> None:
    socket_rig.app.view("form")(lambda ack: ack(response_action="update", view={**MODAL, "blocks": [{}]}))
    modal = open_form(socket_rig)

    answer = socket_rig.tell("/submit", user="U0DEV", view_id=modal["id"], values={"reason": "x"})

    assert "trouble" in answer["failed"] and socket_rig.traffic("response_action")[0]["errors"]


def test_the_bot_supplies_the_options(rig: Rig, golden: Golden) -> None:
    select = {
        "type": "external_select", "action_id": "pick", "min_query_length": 1,
        "placeholder": {"type": "plain_text", "text": "Pick"},
    }  # fmt: skip
    block = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "x"}, "accessory": select}
    ts = rig.client.chat_postMessage(channel="C0STAGING", text="Pick", blocks=[block])["ts"]

    @rig.app.options("pick")
    def offer(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "v"}])

    where = {"user": "U0DEV", "channel": "C0STAGING", "ts": ts, "action_id": "pick"}

    assert rig.tell("/options", **where, query="st")["options"][0]["text"]["text"] == "st"
    assert rig.tell("/options", expect=409, **where, query="")["error"] == golden(name="said")


def test_home_is_published_and_pressed(rig: Rig) -> None:
    bodies = keep_presses(rig)

    @rig.app.event("app_home_opened")
    def home(event: dict[str, Any]) -> None:
        rig.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": BLOCKS})

    rig.tell("/event", type="app_home_opened", user="U0ADA")

    view = eventually(lambda: rig.ask("/views", viewer="U0ADA", html="1")["views"])[0]
    assert view["kind"] == "home" and "Go" in view["html"]
    rig.tell("/click", user="U0ADA", view_id=view["id"], action_id="go")
    assert eventually(lambda: bodies)[0]["container"] == {"type": "view", "view_id": view["id"]}


def test_a_shortcut_names_the_message_and_is_not_offered_on_what_only_one_person_sees(rig: Rig) -> None:
    bodies: list[dict[str, Any]] = []

    @rig.app.message_shortcut("why")
    def why(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)
        rig.client.chat_postEphemeral(channel="C0STAGING", user="U0DEV", text="Because.")

    where: dict[str, Any] = {"user": "U0DEV", "channel": "C0STAGING", "action_id": "why"}
    ts = post(rig)
    assert rig.tell("/shortcut", **where, ts=ts)["status"] == 200
    (body,) = eventually(lambda: bodies)
    assert (body["type"], body["callback_id"], body["message_ts"]) == ("message_action", "why", ts)
    assert (body["message"]["text"], body["channel"]["id"]) == ("Go?", "C0STAGING")
    assert body["response_url"] and body["trigger_id"]
    (mine,) = eventually(lambda: [message for message in rig.seen() if message["ephemeral"]])
    assert "only you see" in rig.tell("/shortcut", 409, **where, ts=mine["ts"])["error"]
    assert "no shortcut" in rig.tell("/shortcut", 404, **{**where, "action_id": "open"}, ts=ts)["error"]
    assert "no message" in rig.tell("/shortcut", 404, **where, ts="1.1")["error"]
    assert "does not see" in rig.tell("/shortcut", 409, **{**where, "user": "U0SID"}, ts=ts)["error"]
