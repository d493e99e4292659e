"""The shortcut *Why?* in the menu of a message: what is asked of the gate, and who sees the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from bot.slack.edge import BUSY
from bot.slack.manifest import manifest
from bot.slack.work import WorkPool
from handlers.words.request import Request
from handlers.words.result import Answer
from playground.slack.cast import BOT_USER, SHORTCUTS
from tests.bot.slack.peer import until
from tests.bot.slack.rig import Bot
from tests.waiting import PATIENCE


def _message(bot: Bot) -> str:
    return bot.peer.state.messages.post("C0STAGING", BOT_USER, text="`web` was not restarted").ts


def _wait(held: threading.Event) -> None:
    held.wait(PATIENCE)


def test_it_carries_the_place_of_the_message_and_nothing_of_its_text(bot: Bot) -> None:
    ts = _message(bot)
    bot.gate.says = lambda _: Answer("`web` in `staging` fails: exit code 1.")
    told = bot.peer.shortcut("why", channel="C0STAGING", ts=ts)
    assert told["status"] == 200
    request = until(lambda: bot.gate.asked and bot.gate.asked[0])
    assert isinstance(request, Request)
    assert (request.operation, request.source, request.channel) == ("why", "shortcut", "C0STAGING")
    assert (request.message, request.environment, request.target, dict(request.arguments)) == (ts, "", "", {})
    assert (request.actor.id, bool(request.delivery)) == ("slack:T0HOME:U0DEV", True)


def test_only_whoever_used_it_sees_the_answer_and_the_message_stays(http_bot: Bot) -> None:
    ts = _message(http_bot)
    http_bot.gate.says = lambda _: Answer("`web` in `staging` fails: exit code 1.")
    http_bot.peer.shortcut("why", channel="C0STAGING", ts=ts)
    until(lambda: "exit code 1" in str(http_bot.peer.seen()))
    kept, answered = http_bot.peer.seen()
    assert (kept["ts"], kept["ephemeral"], answered["ephemeral"]) == (ts, False, True)
    assert [m["ts"] for m in http_bot.peer.seen("U0VIC")] == [ts]


def test_a_full_pool_says_so_and_asks_nothing(start: Callable[..., Bot]) -> None:
    held = threading.Event()
    pool = WorkPool(threads=1, queue=0)
    assert pool.reserve()
    pool.start(lambda: _wait(held))
    bot = start("http", pool=pool)
    try:
        bot.peer.shortcut("why", channel="C0STAGING", ts=_message(bot))
        until(lambda: BUSY in str(bot.peer.seen()))
        assert not bot.gate.asked
    finally:
        held.set()


def test_the_manifest_declares_what_the_app_listens_to() -> None:
    made: list[dict[str, Any]] = manifest("socket")["features"]["shortcuts"]
    assert {(each["callback_id"], each["name"], each["type"]) for each in made} == {
        (id_, name, "message") for id_, name in SHORTCUTS.items()
    }
