"""**Until…**: a modal with a day and a time; and the direct message that asks for a grant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.slack.blocks import draw
from bot.slack.until import MOMENT, WHY, form_view
from handlers.tell import ask as tell_ask
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Answer, Choice, Form, Refusal, Reply, Report
from playground.slack.validator import check_message, check_view
from policies.access.decision import refuse
from policies.record.lifecycle import State
from tests.bot.slack.peer import Json, until
from tests.bot.slack.rig import Bot
from tests.bot.slack.rows import record
from tests.bot.slack.test_blocks import NASTY
from tests.golden import Golden
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 30, 18, 31, tzinfo=UTC)
TEN = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FORM = Form("Until when?", "It is on until 20:00.", "keep", "staging", TEN, timedelta(days=7), BERLIN)


def _notice(bot: Bot, user: str = "U0DEV") -> Json:
    """Return a message with the button, as it was shown."""
    offer = Offer("Until…", "keep", "staging", id="offer-until", opens=True, once=False)
    bot.gate.says = lambda _: Choice("staging stops at 20:00", offers=(offer,))
    bot.peer.type("/env status staging", user=user)
    return until(lambda: bot.peer.seen(user))[-1]


def _opened(bot: Bot, reply: Reply = FORM) -> Json:
    """Return the modal once it is filled."""
    bot.clock.at = NOW
    shown = _notice(bot)
    bot.gate.says = lambda _: reply
    assert bot.peer.press("form:0", channel="C0STAGING", ts=shown["ts"])["status"] == 200
    return until(lambda: _filled(bot.peer.modal()))


def _filled(view: Json | None) -> Json | None:
    return view if view is not None and "One moment" not in str(view["blocks"]) else None


def test_the_modal_opens_at_once_and_is_filled_with_what_the_gate_says(bot: Bot) -> None:
    """Fails if the gate is asked before the modal is opened: a trigger lives three seconds."""
    shown = _notice(bot)
    opened: list[bool] = []

    def says(request: Request) -> Reply:
        opened.append(bot.peer.modal() is not None)
        return FORM

    bot.gate.says = says
    bot.peer.press("form:0", channel="C0STAGING", ts=shown["ts"])
    view = until(lambda: _filled(bot.peer.modal()))
    assert opened == [True]
    request = bot.gate.asked[-1]
    assert (request.source, request.offer, request.operation) == ("button", "offer-until", "")
    picker = next(b["element"] for b in view["blocks"] if b["block_id"] == MOMENT)
    assert (picker["type"], picker["initial_date_time"]) == ("datetimepicker", int(TEN.timestamp()))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "until 2026-11-30T22:00+0100"),
        ({MOMENT: int(TEN.timestamp()) + 5_400}, "until 2026-11-30T23:30+0100"),
        (
            {WHY: 'the "big" test\nof <!channel>'},
            "until 2026-11-30T22:00+0100 \"the 'big' test of <!channel>\"",
        ),
    ],
)
def test_a_submitted_form_is_asked_for_as_if_typed(
    bot: Bot, values: Mapping[str, object], words: str
) -> None:
    view = _opened(bot)
    bot.gate.says = lambda _: Answer("kept")
    assert not bot.peer.submit(view["id"], dict(values))["errors"]
    request = until(lambda: next((r for r in bot.gate.asked if r.source == "modal"), None))
    assert (request.operation, request.environment, request.channel) == ("keep", "staging", "C0STAGING")
    assert (dict(request.arguments), request.offer) == ({"words": words}, "")
    assert request.delivery.startswith("trigger_id:")
    assert bot.peer.modal() is None


def test_a_change_that_the_notice_shows_is_answered_by_the_notice_alone(http_bot: Bot) -> None:
    view = _opened(http_bot)
    before = len(http_bot.peer.seen())

    def opens(_: Request) -> Reply:
        http_bot.records.records["op-1"] = record("op-1", State.SUCCEEDED, "It stays on.")
        http_bot.rows.want("op-1", "C0STAGING", final=True, told_by="1.5")
        return Report("op-1", State.SUCCEEDED, "It stays on.")

    http_bot.gate.says = opens
    http_bot.peer.submit(view["id"], {})
    until(lambda: http_bot.gate.asked[-1].source == "modal")
    assert http_bot.edge.pool.close(PATIENCE)
    assert len(http_bot.peer.seen()) == before


@pytest.mark.parametrize(
    ("chosen", "name"),
    [(NOW, "past"), (NOW - timedelta(days=400), "long past"), (NOW + timedelta(days=8), "too long")],
)
def test_an_impossible_moment_is_reported_at_its_field_and_the_modal_stays(
    http_bot: Bot, chosen: datetime, name: str, golden: Golden
) -> None:
    view = _opened(http_bot)
    asked = len(http_bot.gate.asked)
    errors = http_bot.peer.submit(view["id"], {MOMENT: int(chosen.timestamp())})["errors"]
    assert errors == golden(name=name)
    assert http_bot.peer.modal() and len(http_bot.gate.asked) == asked


@pytest.mark.parametrize("given", [None, "soon", True, -1, 10**15, 1.5, {"a": 1}])
def test_a_value_that_is_no_moment_is_reported_at_its_field(http_bot: Bot, given: object) -> None:
    view = _opened(http_bot)
    payload = {
        "type": "view_submission", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "trigger_id": "3.3",
        "view": {**view, "state": {"values": {MOMENT: {MOMENT: {"selected_date_time": given}}}}},
    }  # fmt: skip
    answered = http_bot.peer.send("interaction", payload)
    assert answered.content()["errors"] == {MOMENT: "Choose a day and a time."}


@pytest.mark.parametrize("carried", ["", "[]", "{}", "nonsense", '{"zone": "Mars/Base", "longest": 1}'])
def test_a_modal_of_another_release_does_nothing(http_bot: Bot, carried: str) -> None:
    view = _opened(http_bot)
    state = {MOMENT: {MOMENT: {"selected_date_time": int(TEN.timestamp())}}}
    payload = {
        "type": "view_submission", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "trigger_id": "3.3",
        "view": {**view, "private_metadata": carried, "state": {"values": state}},
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).content()["response_action"] == "errors"
    assert all(r.source != "modal" for r in http_bot.gate.asked)


def test_a_refused_person_reads_why_in_the_modal_and_gets_the_button_in_the_channel(http_bot: Bot) -> None:
    ask = Offer("Ask", "ask", id="offer-ask")
    view = _opened(http_bot, Refusal(refuse("access.none", "You have no grant."), offers=(ask,)))
    assert "You have no grant." in str(view["blocks"]) and not view["submit"]
    until(lambda: "offer-ask" in str(http_bot.peer.seen()))


def test_an_expired_trigger_is_reported_in_words(http_bot: Bot) -> None:
    payload = {
        "type": "block_actions", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "trigger_id": "gone", "channel": {"id": "C0STAGING"},
        "actions": [{"action_id": "form:0", "block_id": "b", "type": "button", "value": "offer-until"}],
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).ok
    assert "could not be opened" in until(lambda: http_bot.peer.seen())[0]["text"]


@pytest.mark.parametrize("nasty", [*NASTY, "x" * 5_000])
def test_any_form_is_a_sound_view_and_any_request_for_a_grant_a_sound_message(nasty: str) -> None:
    form = Form(nasty, nasty, "keep", "e" * 63, TEN, timedelta(days=7), BERLIN)
    view = form_view(form, "C0STAGING")
    assert check_view(view) == []
    assert len(json.dumps(view["private_metadata"])) < 3_000
    assert check_message(draw(tell_ask.direct("U0NIA", nasty, "staging", "developer", nasty))) == []
