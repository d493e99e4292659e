from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.words.message import Table
from handlers.words.request import Request
from handlers.words.result import Answer, Refusal, Reply
from policies.access.decision import refuse
from tests.bot.slack.peer import Json, until
from tests.bot.slack.rig import Bot
from tests.golden import Golden


def _says(request: Request) -> Reply:
    if request.operation == "whoami":
        rows = (("staging", "developer"), ("qa-eu", "developer"))
        return Answer("Dev", (Table(("Environment", "You are"), rows),), names=tuple(row[0] for row in rows))
    if request.operation == "status":
        return Answer("2", names=("orders-api", "web"))
    return Answer(f"{request.operation} of {request.target} in {request.environment}")


def _open(bot: Bot, says: Callable[[Request], Reply] = _says) -> Json:
    bot.gate.says = says
    assert bot.peer.type("/env")["status"] == 200
    return until(lambda: _filled(bot.peer.modal()))


def _filled(view: Json | None) -> Json | None:
    return view if view is not None and view["submit"] else None


def _environment(bot: Bot, view: Json) -> None:
    option = {"text": {"type": "plain_text", "text": "staging"}, "value": "staging"}
    payload = {
        "type": "block_actions", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "trigger_id": "2.2", "container": {"type": "view", "view_id": view["id"]},
        "view": {**view, "state": {"values": _state(environment=option)}},
        "actions": [{"action_id": "ask:environment", "type": "external_select", "selected_option": option}],
    }  # fmt: skip
    assert bot.peer.send("interaction", payload).ok


def _offered(bot: Bot, view: Json, menu: str) -> list[str]:
    option = {"text": {"type": "plain_text", "text": "staging"}, "value": "staging"}
    payload = {
        "type": "block_suggestion", "user": {"id": "U0DEV", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "action_id": menu, "value": "",
        "view": {**view, "state": {"values": _state(environment=option)}},
    }  # fmt: skip
    return [o["value"] for o in bot.peer.send("interaction", payload).content()["options"]]


def _state(**chosen: Any) -> Json:
    return {f"ask:{n}": {f"ask:{n}": {"type": "x", "selected_option": o}} for n, o in chosen.items()}


def test_a_bare_command_opens_a_modal_at_once_and_fills_it_afterwards(bot: Bot) -> None:
    """Fails if the environments are read before the modal is opened: a trigger lives three seconds."""
    open_when_asked: list[bool] = []

    def says(request: Request) -> Reply:
        open_when_asked.append(bot.peer.modal() is not None)
        return _says(request)

    view = _open(bot, says)
    assert open_when_asked == [True]
    methods = [c["method"] for c in bot.peer.state.traffic.rows() if c["method"].startswith("views.")]
    assert methods == ["views.open", "views.update"]
    assert [b["block_id"] for b in view["blocks"]] == [
        "ask:operation", "ask:environment", "ask:service", "ask:rest",
    ]  # fmt: skip
    assert bot.gate.asked[0].operation == "whoami"


def test_the_menus_are_answered_from_memory_and_ask_nobody(bot: Bot) -> None:
    """Fails if options are read live: three seconds are all there is."""
    view = _open(bot)
    asked = len(bot.gate.asked)
    told = bot.peer.options("ask:environment", view["id"], "st")
    assert [o["value"] for o in told["options"]] == ["staging"]
    assert len(bot.gate.asked) == asked


def test_what_somebody_may_not_view_any_more_is_offered_no_longer(http_bot: Bot) -> None:
    """Kept names are two minutes old at the most; a grant may have gone since."""
    view = _open(http_bot)
    _environment(http_bot, view)
    until(lambda: any(r.operation == "status" for r in http_bot.gate.asked))
    http_bot.edge.pool.close(3)
    assert _offered(http_bot, view, "ask:environment") and _offered(http_bot, view, "ask:service")
    http_bot.gate.hidden.add("staging")
    assert "staging" not in _offered(http_bot, view, "ask:environment")
    assert _offered(http_bot, view, "ask:service") == []


def test_services_are_offered_once_the_environment_was_chosen(http_bot: Bot) -> None:
    view = _open(http_bot)
    _environment(http_bot, view)
    until(lambda: any(r.operation == "status" for r in http_bot.gate.asked))
    http_bot.edge.pool.close(3)
    assert http_bot.edge.choices.names(http_bot.gate.asked[0].actor, "staging") == ("orders-api", "web")  # type: ignore[arg-type]


def test_before_that_the_menu_of_services_is_empty(http_bot: Bot) -> None:
    view = _open(http_bot)
    assert http_bot.peer.options("ask:service", view["id"])["options"] == []


def test_one_persons_menus_are_not_anothers(http_bot: Bot) -> None:
    _open(http_bot)
    payload = {
        "type": "block_suggestion", "user": {"id": "U0NIA", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "action_id": "ask:environment", "value": "", "view": {},
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).content() == {"options": []}


def test_a_submission_goes_through_the_gate_and_is_answered_where_it_was_asked(
    bot: Bot,
) -> None:
    view = _open(bot)
    answered = bot.peer.submit(
        view["id"],
        {"ask:operation": "restart", "ask:environment": "staging", "ask:service": "orders-api"},
    )
    assert answered["status"] == 200
    assert answered["errors"] == {}
    request = until(lambda: next((r for r in bot.gate.asked if r.operation == "restart"), None))
    assert (request.environment, request.target, request.source) == ("staging", "orders-api", "modal")
    assert request.delivery.startswith("trigger_id:")
    assert "restart" in until(lambda: bot.peer.seen())[0]["text"]


def test_what_is_missing_is_said_at_its_field_and_the_modal_stays(http_bot: Bot, golden: Golden) -> None:
    view = _open(http_bot)
    answered = http_bot.peer.submit(view["id"], {"ask:operation": "restart", "ask:environment": "staging"})
    assert answered["errors"] == golden
    assert http_bot.peer.modal()


def test_whoever_is_not_let_in_sees_why_in_place_of_the_menus(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: Refusal(refuse("rule", "Guests cannot use this bot."))
    http_bot.peer.type("/env", user="U0GUS")
    until(lambda: "Guests cannot" in str(http_bot.peer.modal("U0GUS")))


def test_a_trigger_that_ran_out_is_told_in_words(http_bot: Bot, golden: Golden) -> None:
    payload = {
        "command": "/env", "text": "", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0STAGING",
        "api_app_id": "A0LAMP", "trigger_id": "gone",
    }  # fmt: skip
    assert http_bot.peer.send("command", payload).ok
    assert until(lambda: http_bot.peer.seen())[0]["text"] == golden


def test_home_shows_my_environments_and_what_i_may_do(bot: Bot) -> None:
    bot.gate.says = _says
    assert bot.peer.event({"type": "app_home_opened", "user": "U0DEV", "tab": "home"}).ok
    home = until(lambda: bot.peer.state.views.homes.get("U0DEV"))
    assert "staging" in str(home.content)
    assert [r.operation for r in bot.gate.asked] == ["list", "whoami"]
    assert bot.gate.asked[0].actor.id == "slack:T0HOME:U0DEV"
