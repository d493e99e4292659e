from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.slack.home import Republishing
from bot.slack.home_view import home_view, picked
from handlers.words.home import Card, HomePage, Pick
from handlers.words.message import Offer, Table
from handlers.words.request import Request
from handlers.words.result import Answer, Choice, Refusal, Reply
from playground.slack.validator import check_view
from policies.access.decision import refuse
from policies.schedule.standing import said_in_full
from policies.times.moments import plain
from tests.bot.slack.peer import Json, until
from tests.bot.slack.rig import Bot

BUTTONS = (Pick("Restart…", "restart", "staging"), Offer("Stop…", "stop", "staging", id="offer-stop"))
PAGE = HomePage("1 environment you may view", (), (Card("staging", "on", ("up by schedule",), BUTTONS),))


def _opened(bot: Bot, page: HomePage = PAGE, user: str = "U0DEV") -> Json:
    bot.gate.page = page
    assert bot.peer.event({"type": "app_home_opened", "user": user, "tab": "home"}).ok
    return until(lambda: bot.peer.state.views.homes.get(user)).as_seen()


def _published(bot: Bot) -> int:
    return len(bot.peer.calls("views.publish"))


def _saying(view: Json | None, words: str) -> Json | None:
    return view if view is not None and words in str(view["blocks"]) else None


def _press(bot: Bot, home: Json, action: str) -> None:
    assert bot.peer.press(action, view_id=home["id"])["status"] == 200


def test_home_shows_what_the_gate_returns(bot: Bot) -> None:
    home = _opened(bot)
    assert "staging" in str(home["blocks"])
    assert [r.operation for r in bot.gate.asked] == ["whoami"]
    assert bot.gate.asked[0].actor.id == "slack:T0HOME:U0DEV"


def test_whoever_is_not_let_in_sees_why_and_nothing_else(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: Refusal(refuse("people.guest", "Guests cannot use this bot."))
    blocks = str(_opened(http_bot, user="U0GUS")["blocks"])
    assert "Guests cannot use this bot." in blocks and "staging" not in blocks


def test_a_button_that_needs_more_opens_the_picker_filled_in(http_bot: Bot) -> None:
    _press(http_bot, _opened(http_bot), "pick:restart")
    view = until(lambda: _saying(http_bot.peer.modal(), "Restart"))
    chosen = [
        block["element"]["initial_option"]["value"]
        for block in view["blocks"]
        if block["type"] == "input" and "initial_option" in block["element"]
    ]
    assert chosen == ["restart", "staging"]


def test_a_picker_opened_from_home_shows_its_answer(http_bot: Bot) -> None:
    """Fails if the answer goes where nobody looks: there is no channel to answer in."""
    _press(http_bot, _opened(http_bot), "pick:restart")
    view = until(lambda: _saying(http_bot.peer.modal(), "Restart"))
    http_bot.gate.says = lambda request: Answer(f"{request.operation} from {request.source}")
    assert http_bot.peer.submit(view["id"], {"ask:service": "web"})["errors"] == {}
    until(lambda: _saying(http_bot.peer.modal(), "restart from modal"))


def test_a_modal_says_where_to_find_an_answer_it_cannot_show(http_bot: Bot) -> None:
    _press(http_bot, _opened(http_bot), "pick:restart")
    view = until(lambda: _saying(http_bot.peer.modal(), "Restart"))
    table = Table(("Service", "State"), (("web", "healthy"),))
    http_bot.gate.says = lambda _: Answer("1 service", (table,))
    http_bot.peer.submit(view["id"], {"ask:service": "web"})
    until(lambda: _saying(http_bot.peer.modal(), "direct messages"))
    until(lambda: [c for c in http_bot.peer.calls("chat.postMessage") if "1 service" in str(c)])


def test_a_press_in_home_and_a_press_in_its_modal_are_answered_in_the_modal(http_bot: Bot) -> None:
    """Fails if the question is asked anywhere but where the button was pressed."""

    def says(request: Request) -> Reply:
        if request.offer == "offer-stop":
            return Choice("Stop staging?", offers=(Offer("Stop now", "stop", "staging", id="offer-sure"),))
        return Answer(f"asked by {request.source} {request.offer}")

    http_bot.gate.says = says
    _press(http_bot, _opened(http_bot), "offer:stop")
    view = until(lambda: _saying(http_bot.peer.modal(), "Stop staging?"))
    http_bot.peer.press("offer:0", view_id=view["id"])
    until(lambda: "asked by button offer-sure" in str((http_bot.peer.modal() or {}).get("blocks")))
    assert http_bot.peer.seen() == []


def test_a_home_is_published_again_only_if_it_changed(http_bot: Bot) -> None:
    _opened(http_bot)
    at, version = [1_000.0], [1]
    again = Republishing(http_bot.edge, lambda: version[0], monotonic=lambda: at[0])
    again.tick()
    assert _published(http_bot) == 1
    http_bot.gate.page = HomePage("2 environments you may view")
    again.tick()
    assert _published(http_bot) == 1, "nothing is read while the version stands"
    version[0] += 1
    http_bot.clock.advance(60)
    again.tick()
    assert _published(http_bot) == 2


def test_time_alone_may_change_a_home(http_bot: Bot) -> None:
    _opened(http_bot)
    at = [1_000.0]
    again = Republishing(http_bot.edge, lambda: 1, monotonic=lambda: at[0])
    again.tick()
    http_bot.gate.page = HomePage("2 environments you may view")
    http_bot.clock.advance(60)
    at[0] += 61
    again.tick()
    assert _published(http_bot) == 2


def test_many_changes_cause_few_publications(http_bot: Bot) -> None:
    """The budget of live edits allows one publication every three seconds per person."""
    _opened(http_bot)
    version = [1]
    again = Republishing(http_bot.edge, lambda: version[0], monotonic=http_bot.clock.monotonic)
    for n in range(30):
        version[0] += 1
        http_bot.gate.page = HomePage(f"{n} environments you may view")
        http_bot.clock.advance(0.5)
        again.tick()
    assert _published(http_bot) <= 1 + 15 / http_bot.settings.edit_every
    http_bot.clock.advance(60)
    again.tick()
    assert "29 environments" in str(http_bot.peer.state.views.homes["U0DEV"].content)


def test_nothing_is_read_while_nobody_looks(http_bot: Bot) -> None:
    read: list[int] = []

    def version() -> int:
        read.append(1)
        return 1

    Republishing(http_bot.edge, version, monotonic=lambda: 0.0).tick()
    _opened(http_bot)
    http_bot.clock.advance(3_600)
    Republishing(http_bot.edge, version, monotonic=lambda: 0.0).tick()
    assert read == []


def test_somebody_who_is_no_longer_let_in_sees_nothing_of_the_old_home(http_bot: Bot) -> None:
    _opened(http_bot)
    http_bot.gate.page = None
    http_bot.gate.says = lambda _: Refusal(refuse("people.guest", "Guests cannot use this bot."))
    http_bot.clock.advance(60)
    Republishing(http_bot.edge, lambda: 2, monotonic=lambda: 0.0).tick()
    assert "staging" not in str(http_bot.peer.state.views.homes["U0DEV"].content)


def test_buttons_that_cancel_one_plan_each_are_told_apart() -> None:
    at = said_in_full(datetime(2026, 12, 1, 6, 30, tzinfo=UTC), UTC, datetime(2026, 11, 30, tzinfo=UTC))
    cancels = tuple(
        Offer(
            f"Cancel {number} {at}",
            "resume",
            "staging",
            arguments={"override": f"op-{number}"},
            id=f"offer-{number}",
        )
        for number in range(2)
    )
    back = Offer("Back to schedule", "resume", "staging", id="offer-back")
    view = home_view(HomePage("h", cards=(Card("staging", "on", (), (back, *cancels)),)))
    assert check_view(view) == []
    buttons = next(b["elements"] for b in view["blocks"] if b["type"] == "actions")
    assert [b["action_id"] for b in buttons] == ["offer:resume", "offer:0", "offer:1"]
    assert [b["value"] for b in buttons] == ["offer-back", "offer-0", "offer-1"]
    assert [b["accessibility_label"] for b in buttons] == [f"{b['text']['text']} staging" for b in buttons]
    assert plain(at) in buttons[1]["text"]["text"]


def test_slack_takes_a_full_home() -> None:
    names = [f"{number:02}{'n' * 61}" for number in range(60)]
    cards = tuple(
        Card(
            name,
            "s" * 900,
            tuple(letter * 900 for letter in "lmnopqr"),
            tuple(Pick("Restart…", f"restart {place}", name) for place in range(9)),
        )
        for name in names
    )
    page = HomePage(
        "h" * 200, tuple("r" * 900 for _ in range(11)), cards[:20], "f" * 400, "Ask", ("U0ADA",), ("x",)
    )
    assert check_view(home_view(page)) == []
    assert len(home_view(HomePage("h", cards=cards))["blocks"]) <= 100


def test_a_long_line_of_a_card_takes_no_room_from_the_last_one() -> None:
    lines = (*(letter * 900 for letter in "abcde"), "and 3 more keeps are planned")
    drawn = home_view(HomePage("h", cards=(Card("staging", "on", lines, ()),)))["blocks"][2]["text"]["text"]
    assert drawn.endswith("and 3 more keeps are planned") and "eee…" in drawn


def test_the_line_that_asks_for_a_grant_is_a_sentence() -> None:
    page = HomePage("No grant", asks="An admin can give you one. Ask", people=("U0ADA", "U0OLU"))
    assert "Ask <@U0ADA> <@U0OLU>." in str(home_view(page))


def test_any_value_of_a_button_can_be_read() -> None:
    assert picked(json.dumps({"operation": "restart", "environment": "staging"})) == ("restart", "staging")
    assert picked("nonsense") == picked("[1]") == picked("null") == ("", "")
