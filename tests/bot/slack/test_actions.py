from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from bot.slack.actions import STALE
from bot.slack.edge import BUSY
from bot.slack.work import WorkPool
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Answer, Choice, Refusal, Reply, Report
from policies.access.decision import refuse
from policies.record.lifecycle import State
from tests.bot.slack.peer import until
from tests.bot.slack.rig import Bot
from tests.bot.slack.rows import record
from tests.waiting import PATIENCE


def _offered(bot: Bot, **more: Any) -> dict[str, Any]:
    """Return an ephemeral question with a button, as it was shown to Dev."""
    offer = Offer("Restart now", "restart", "staging", "web", id="offer-abc", **more)
    bot.gate.says = lambda _: Choice("Restarting `web`:", offers=(offer,))
    bot.peer.type("/env restart staging web")
    return until(lambda: bot.peer.seen())[-1]


def test_a_press_carries_the_offer_and_nothing_of_the_message(bot: Bot) -> None:
    shown = _offered(bot)
    bot.gate.says = lambda _: Answer("done")
    answered = bot.peer.press("offer:0", channel="C0STAGING", ts=shown["ts"])
    assert answered["status"] == 200
    request = until(lambda: len(bot.gate.asked) == 2 and bot.gate.asked[1])
    assert isinstance(request, Request)
    assert (request.source, request.offer, request.operation, request.target) == (
        "button",
        "offer-abc",
        "",
        "",
    )
    assert request.channel == "C0STAGING"


def test_a_successful_answer_takes_the_place_of_its_question(http_bot: Bot) -> None:
    shown = _offered(http_bot)
    http_bot.gate.says = lambda _: Answer("all done")
    http_bot.peer.press("offer:0", channel="C0STAGING", ts=shown["ts"])
    until(lambda: "all done" in str(http_bot.peer.seen()))
    seen = http_bot.peer.seen()
    assert len(seen) == 1
    assert "actions" not in {block["type"] for block in seen[0]["blocks"]}


def test_a_refusal_is_told_next_to_the_question_whose_buttons_stay(http_bot: Bot) -> None:
    shown = _offered(http_bot)
    http_bot.gate.says = lambda _: Refusal(refuse("rule", "needs developer, has viewer"))
    http_bot.peer.press("offer:0", channel="C0STAGING", ts=shown["ts"])
    until(lambda: len(http_bot.peer.seen()) == 2)
    assert "offer-abc" in str(http_bot.peer.seen()[0]["blocks"])


def test_a_confirmed_change_shown_in_this_channel_leaves_only_its_message(http_bot: Bot) -> None:
    shown = _offered(http_bot)

    def opens(_: Request) -> Reply:
        http_bot.records.records["op-1"] = record("op-1")
        http_bot.rows.want("op-1", "C0STAGING")
        http_bot.edge.messages.show("op-1")
        return Report("op-1", State.RUNNING, "Restarting …")

    http_bot.gate.says = opens
    http_bot.peer.press("offer:0", channel="C0STAGING", ts=shown["ts"])
    until(lambda: [m["ephemeral"] for m in http_bot.peer.seen()] == [False])


def _told_by_what_stands(bot: Bot) -> None:
    """Make the gate set a pause that the notice above shows."""

    def opens(_: Request) -> Reply:
        bot.records.records["op-1"] = record("op-1", State.SUCCEEDED, "It stays on.")
        bot.rows.want("op-1", "C0STAGING", final=True, told_by="1.5")
        return Report("op-1", State.SUCCEEDED, "It stays on.")

    bot.gate.says = opens


def test_a_press_shown_by_the_pressed_message_gets_no_other_answer(http_bot: Bot) -> None:
    _told_by_what_stands(http_bot)
    _press_what_stands(http_bot)
    assert http_bot.peer.seen() == []


def test_an_answer_that_the_pressed_message_is_about_to_give_is_not_given_twice(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: Answer("It ended.", shown=True)
    _press_what_stands(http_bot)
    assert http_bot.peer.seen() == []


def _press_what_stands(http_bot: Bot) -> None:
    payload = {
        "type": "block_actions", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "channel": {"id": "C0STAGING"}, "trigger_id": "1.9",
        "container": {"type": "message", "message_ts": "1.5"},
        "actions": [{"action_id": "offer:0", "type": "button", "value": "o"}],
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).ok
    until(lambda: http_bot.gate.asked)
    http_bot.edge.pool.close(3)


def test_a_command_shown_by_an_earlier_message_is_answered_with_the_way_there(
    http_bot: Bot,
) -> None:
    _told_by_what_stands(http_bot)
    http_bot.peer.type("/env restart staging web")
    (told,) = until(lambda: http_bot.peer.seen())
    assert told["ephemeral"]
    assert "in this channel" in str(told["blocks"])


def test_a_double_click_is_two_requests_with_one_offer(http_bot: Bot) -> None:
    shown = _offered(http_bot)
    both = threading.Barrier(2, timeout=PATIENCE)

    def says(_: Request) -> Reply:
        both.wait()
        return Refusal(refuse("rule", "spent"))

    http_bot.gate.says = says
    http_bot.peer.press("offer:0", double=True, channel="C0STAGING", ts=shown["ts"])
    until(lambda: len(http_bot.gate.asked) == 3)
    first, second = http_bot.gate.asked[1:]
    assert first.offer == second.offer == "offer-abc"
    assert first.delivery != second.delivery


def test_a_button_that_is_not_known_any_more_is_answered_politely(http_bot: Bot) -> None:
    """Fails without the net: Slack shows a warning sign by the button."""
    shown = _offered(http_bot)
    payload = {
        "type": "block_actions", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "channel": {"id": "C0STAGING"}, "trigger_id": "1.9",
        "container": {"type": "message", "message_ts": shown["ts"]},
        "actions": [{"action_id": "old:thing", "type": "button", "value": "x"}],
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).ok
    until(lambda: STALE[:20] in str(http_bot.peer.seen()))
    assert len(http_bot.gate.asked) == 1


def test_a_press_that_finds_the_pool_full_is_told_so(start: Callable[..., Bot]) -> None:
    bot = start("http", pool=WorkPool(threads=1, queue=0))
    shown = _offered(bot)
    assert until(bot.edge.pool.reserve)
    answered = bot.peer.press("offer:0", channel="C0STAGING", ts=shown["ts"])
    assert answered["status"] == 200
    until(lambda: BUSY in str(bot.peer.seen()))
    assert len(bot.gate.asked) == 1
    bot.edge.pool.give_back()


def test_an_operation_that_failed_at_once_is_told_by_its_message_alone(http_bot: Bot) -> None:
    def fails(_: Request) -> Reply:
        http_bot.records.records["op-1"] = record("op-1", State.FAILED, "It broke.")
        http_bot.rows.want("op-1", "C0STAGING", final=True)
        http_bot.edge.messages.show("op-1")
        return Report("op-1", State.FAILED, "It broke.")

    http_bot.gate.says = fails
    http_bot.peer.type("/env restart staging web")
    until(lambda: http_bot.peer.seen())
    http_bot.edge.pool.close(3)
    assert [m["ephemeral"] for m in http_bot.peer.seen()] == [False]


def test_buttons_in_the_message_of_a_shared_channel_say_so_to_the_gate(start: Callable[..., Bot]) -> None:
    bot = start("http")
    payload = {
        "type": "block_actions", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "channel": {"id": "C0SHARED"}, "trigger_id": "1.9",
        "actions": [{"action_id": "offer:3", "type": "button", "value": "o"}],
    }  # fmt: skip
    assert bot.peer.send("interaction", payload).ok
    assert until(lambda: bot.gate.asked)[0].channel_shared


def test_the_menu_of_an_operations_message_asks_for_its_audit_entries(http_bot: Bot) -> None:
    run = Report("261128t220235-1769f7a262", State.RUNNING, "`web` is restarting in `staging` · Dev")
    http_bot.gate.says = lambda _: run
    http_bot.peer.type("/env restart staging web")
    shown = until(lambda: http_bot.peer.seen())[-1]
    assert run.operation_id not in shown["text"]
    http_bot.gate.says = lambda _: Answer("2 entries, newest first.")
    answered = http_bot.peer.press("more", channel="C0STAGING", ts=shown["ts"], value=run.operation_id)
    assert answered["status"] == 200
    asked = until(lambda: len(http_bot.gate.asked) == 2 and http_bot.gate.asked[1])
    assert isinstance(asked, Request)
    assert (asked.operation, dict(asked.arguments)) == ("audit", {"operation": run.operation_id})
    assert (asked.source, asked.offer, asked.environment) == ("button", "", "")
    until(lambda: "2 entries" in str(http_bot.peer.seen()))
