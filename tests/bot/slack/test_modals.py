from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.slack import options
from handlers.words.home import HomePage
from handlers.words.request import Request
from handlers.words.result import Answer, Refusal, Reply
from policies.access.decision import refuse
from policies.access.people import Role
from tests.bot.slack.peer import Json, until
from tests.bot.slack.rig import Bot
from tests.golden import Golden


def _says(request: Request) -> Reply:
    return Answer(f"{request.operation} of {request.target} in {request.environment}")


def _open(bot: Bot, text: str = "/env", says: Callable[[Request], Reply] = _says, **typed: Any) -> Json:
    bot.gate.says = says
    assert bot.peer.type(text, **typed)["status"] == 200
    return until(lambda: _filled(bot.peer.modal(typed.get("user", "U0DEV"))))


def _filled(view: Json | None) -> Json | None:
    return view if view is not None and view["submit"] else None


def _choose(bot: Bot, view: Json, action: str, value: str) -> Json:
    """Choose as Slack does: make the choice, and return the view as it is drawn for the choice."""
    seen = view["hash"]
    assert bot.peer.press(action, view_id=view["id"], value=value)["status"] == 200
    return until(lambda: (now := bot.peer.modal()) and now["hash"] != seen and now)


def _names(view: Json) -> list[str]:
    return [block["element"]["action_id"] for block in view["blocks"] if block["type"] == "input"]


def _block(view: Json, action: str) -> Json:
    return next(b for b in view["blocks"] if b["type"] == "input" and b["element"]["action_id"] == action)


def _values(told: Json) -> list[str]:
    return [option["value"] for option in told["options"]]


def _offered_operations(view: Json) -> list[str]:
    element = _block(view, "ask:operation")["element"]
    return [option["value"] for group in element["option_groups"] for option in group["options"]]


def test_a_bare_command_opens_a_modal_at_once_and_fills_it_afterwards(bot: Bot) -> None:
    """Fails if anybody is asked before the modal is opened: a trigger lives three seconds."""
    open_when_asked: list[bool] = []

    def says(request: Request) -> Reply:
        open_when_asked.append(bot.peer.modal() is not None)
        return _says(request)

    _open(bot, says=says)
    assert open_when_asked == [True]
    methods = [c["method"] for c in bot.peer.state.traffic.rows() if c["method"].startswith("views.")]
    assert methods == ["views.open", "views.update"]


def test_the_environment_of_the_channel_is_filled_in(http_bot: Bot) -> None:
    view = _open(http_bot)
    assert _block(view, "ask:environment")["element"]["initial_option"]["value"] == "staging"


def test_an_environment_has_to_be_chosen_in_a_channel_of_none_or_of_several(http_bot: Bot) -> None:
    view = _open(http_bot, channel="C0GENERAL")
    assert "initial_option" not in _block(view, "ask:environment")["element"]
    assert _values(http_bot.peer.options("ask:environment", view["id"])) == ["production", "qa-eu", "staging"]


def test_only_what_this_person_may_do_there_is_offered(http_bot: Bot) -> None:
    http_bot.gate.role = Role.VIEWER
    seen = _offered_operations(_open(http_bot))
    assert "status" in seen and "restart" not in seen and "apply" not in seen


def test_an_operation_shows_its_own_fields_and_no_others(http_bot: Bot) -> None:
    view = _open(http_bot)
    assert _names(view) == ["ask:operation", "ask:environment"]
    view = _choose(http_bot, view, "ask:operation", "restart")
    assert _names(view) == ["ask:operation", "ask:environment", "ask:service"]
    view = _choose(http_bot, view, "ask:operation", "audit")
    names = ["ask:operation", "ask:environment", "ask:argument:since", "ask:argument:format"]
    assert _names(view) == names
    view = _choose(http_bot, view, "ask:operation", "help")
    assert _names(view) == ["ask:operation", "ask:argument:about"]


MANY = tuple(f"service-{number}" for number in range(6))


def test_a_service_is_chosen_from_a_menu_where_there_are_more_than_get_a_button_each(http_bot: Bot) -> None:
    http_bot.gate.services = MANY
    view = _open(http_bot, "/env restart staging")
    assert _block(view, "ask:operation")["element"]["initial_option"]["value"] == "restart"
    assert _block(view, "ask:environment")["element"]["initial_option"]["value"] == "staging"
    assert _names(view)[-1] == "ask:service"
    assert [asked for asked in http_bot.gate.asked if asked.operation == "restart"] == []


@pytest.mark.parametrize(
    ("text", "services", "role"),
    [
        ("restart staging", MANY[:5], Role.DEVELOPER),
        ("rollback staging 41", MANY, Role.DEVELOPER),
        ("restart staging", MANY, Role.VIEWER),
    ],
    ids=["few services", "more was typed", "not allowed"],
)
def test_the_gate_is_asked_where_a_menu_would_not_do(
    http_bot: Bot, text: str, services: tuple[str, ...], role: Role
) -> None:
    http_bot.gate.services, http_bot.gate.role = services, role
    http_bot.peer.type(f"/env {text}")
    (asked,) = until(lambda: http_bot.gate.asked)
    assert (asked.environment, asked.target) == ("staging", "")
    assert http_bot.peer.modal() is None


def test_the_name_of_an_operation_that_needs_more_opens_the_picker_on_it(http_bot: Bot) -> None:
    view = _open(http_bot, "/env restart")
    assert _names(view) == ["ask:operation", "ask:environment", "ask:service"]
    assert _block(view, "ask:operation")["element"]["initial_option"]["value"] == "restart"
    assert _block(view, "ask:environment")["element"]["initial_option"]["value"] == "staging"


def test_the_menus_are_answered_from_memory_and_ask_nobody(bot: Bot) -> None:
    """Fails if options are read live: Slack waits only three seconds."""
    view = _open(bot)
    asked = len(bot.gate.asked)
    assert _values(bot.peer.options("ask:environment", view["id"], "st")) == ["staging"]
    assert len(bot.gate.asked) == asked


def test_an_environment_is_offered_only_where_the_chosen_operation_may_be_asked_for(http_bot: Bot) -> None:
    view = _open(http_bot, channel="C0GENERAL")
    view = _choose(http_bot, view, "ask:operation", "restart")
    assert _values(http_bot.peer.options("ask:environment", view["id"])) == ["qa-eu", "staging"]


def test_names_that_somebody_may_no_longer_view_are_not_offered(http_bot: Bot) -> None:
    """Cached names are two minutes old at the most; a grant may have gone since."""
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    assert _values(http_bot.peer.options("ask:service", view["id"])) == ["orders-api", "web"]
    http_bot.gate.hidden.add("staging")
    assert _values(http_bot.peer.options("ask:environment", view["id"])) == ["qa-eu"]
    assert _values(http_bot.peer.options("ask:service", view["id"])) == []


def test_the_form_reports_an_environment_that_is_gone(http_bot: Bot) -> None:
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    http_bot.gate.hidden.add("staging")
    view = _choose(http_bot, view, "ask:operation", "status")
    assert "There is no environment staging here for you any more." in str(view["blocks"][0])
    assert "initial_option" not in _block(view, "ask:environment")["element"]


def test_the_form_reports_an_operation_that_is_not_allowed_there(http_bot: Bot) -> None:
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    view = _choose(http_bot, view, "ask:environment", "production")
    assert "You may not restart in production." in str(view["blocks"][0])
    assert _names(view) == ["ask:operation", "ask:environment"]


def test_another_environment_has_other_services(http_bot: Bot) -> None:
    """A service chosen for the earlier environment does not stay."""
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    before = _block(view, "ask:service")["block_id"]
    view = _choose(http_bot, view, "ask:environment", "qa-eu")
    assert _block(view, "ask:service")["block_id"] != before


LONG = "checkout-" + "reconciliation-" * 6
TWINS = (f"{LONG}eu-{'a' * 40}-worker-of-the-night-shift-which-is-long", f"{LONG}us-{'b' * 40}"
         "-worker-of-the-night-shift-which-is-long")  # fmt: skip


def test_names_too_long_for_an_option_are_offered_and_lead_to_the_whole_name(http_bot: Bot) -> None:
    http_bot.gate.services = (*TWINS, "web")
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    told = http_bot.peer.options("ask:service", view["id"])["options"]
    assert len({option["text"]["text"] for option in told}) == len(told) == 3
    chosen = next(o for o in told if options.whole(o["value"], TWINS) == TWINS[1])
    values = {"ask:operation": "restart", "ask:environment": "staging", "ask:service": chosen}
    assert http_bot.peer.submit(view["id"], values)["errors"] == {}
    assert until(lambda: [r.target for r in http_bot.gate.asked if r.operation == "restart"]) == [TWINS[1]]


def test_a_long_name_that_is_gone_is_reported_at_its_field(http_bot: Bot) -> None:
    http_bot.gate.services = TWINS
    view = _choose(http_bot, _open(http_bot), "ask:operation", "restart")
    chosen = {"text": {"type": "plain_text", "text": "x"}, "value": options.value(f"{TWINS[0]}-gone")}
    values = {"ask:operation": "restart", "ask:environment": "staging", "ask:service": chosen}
    assert list(http_bot.peer.submit(view["id"], values)["errors"]) == ["ask:service"]


@pytest.mark.parametrize("length", [75, 76, 150, 151, 255])
def test_no_name_is_left_out_whatever_its_length(length: int) -> None:
    name = "s" * length
    (offered,) = options.matching([name], "")["options"]
    assert len(offered["text"]["text"]) <= 75 and len(offered["value"]) <= 75
    assert options.whole(offered["value"], [name]) == name


def test_a_menu_that_cannot_hold_every_name_says_so() -> None:
    names = [f"service-{n:03}" for n in range(130)]
    (group,) = options.matching(names, "")["option_groups"]
    assert len(group["options"]) == 100
    assert group["label"]["text"] == "The first 100 of 130. Type more letters."


def test_one_persons_menus_are_not_anothers(http_bot: Bot) -> None:
    _open(http_bot)
    payload = {
        "type": "block_suggestion", "user": {"id": "U0NIA", "team_id": "T0HOME"}, "api_app_id": "A0LAMP",
        "team": {"id": "T0HOME"}, "action_id": "ask:environment", "value": "", "view": {},
    }  # fmt: skip
    assert http_bot.peer.send("interaction", payload).content() == {"options": []}


def test_a_submission_goes_through_the_gate_and_is_answered_where_it_was_asked(bot: Bot) -> None:
    view = _choose(bot, _open(bot), "ask:operation", "restart")
    answered = bot.peer.submit(view["id"], {"ask:service": "orders-api", "ask:environment": "staging"})
    assert answered["status"] == 200
    assert answered["errors"] == {}
    request = until(lambda: next((r for r in bot.gate.asked if r.operation == "restart"), None))
    assert (request.environment, request.target, request.source) == ("staging", "orders-api", "modal")
    assert request.delivery.startswith("trigger_id:")
    assert "restart" in until(lambda: bot.peer.seen())[0]["text"]


def test_a_missing_value_is_reported_at_its_field_and_the_modal_stays(http_bot: Bot, golden: Golden) -> None:
    """Slack itself asks for a required field; the bot asks for one that Slack's client let through."""
    view = _choose(http_bot, _open(http_bot), "ask:operation", "grant")
    values = {"ask:argument:role": {"type": "static_select", "selected_option": {"value": "owner"}}}
    answered = http_bot.peer.submit(view["id"], values)
    assert answered["errors"] == golden
    assert http_bot.peer.modal()


def test_fields_of_another_operation_are_not_read_as_the_chosen_ones(http_bot: Bot) -> None:
    """Fails if the newly chosen operation is asked for with the fields of the one chosen before."""
    view = _choose(http_bot, _open(http_bot), "ask:operation", "status")
    answered = http_bot.peer.submit(view["id"], {"ask:operation": "restart", "ask:service": "web"})
    assert answered["errors"] == {}
    shown = http_bot.peer.modal()
    assert shown and "These are the fields of restart now." in str(shown["blocks"][0])
    assert [r.operation for r in http_bot.gate.asked] == ["whoami"]


def test_whoever_is_not_let_in_sees_why_in_place_of_the_menus(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: Refusal(refuse("rule", "Guests cannot use this bot."))
    http_bot.peer.type("/env", user="U0GUS")
    until(lambda: "Guests cannot" in str(http_bot.peer.modal("U0GUS")))


def test_whoever_may_view_nothing_sees_whom_to_ask_in_place_of_the_menus(http_bot: Bot) -> None:
    http_bot.gate.page = HomePage("You have no grant yet.", asks="Ask", people=("U0ADA",))
    http_bot.peer.type("/env", user="U0NIA")
    until(lambda: "You have no grant yet." in str(http_bot.peer.modal("U0NIA")))
    assert "<@U0ADA>" in str(http_bot.peer.modal("U0NIA"))


def test_an_expired_trigger_is_reported_in_words(http_bot: Bot, golden: Golden) -> None:
    payload = {
        "command": "/env", "text": "", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0STAGING",
        "api_app_id": "A0LAMP", "trigger_id": "gone",
    }  # fmt: skip
    assert http_bot.peer.send("command", payload).ok
    assert until(lambda: http_bot.peer.seen())[0]["text"] == golden


def test_names_that_are_kept_are_offered_for_an_argument_and_any_other_may_be_typed(http_bot: Bot) -> None:
    http_bot.gate.known = {
        ("staging", "task", ""): ("db-migrate", "reindex"),
        ("staging", "revision", "web"): ("web:9", "web:8"),
    }
    view = _choose(http_bot, _open(http_bot), "ask:operation", "run")
    view = _choose(http_bot, view, "ask:environment", "staging")
    assert _values(http_bot.peer.options("ask:argument:task", view["id"])) == ["db-migrate", "reindex"]
    assert _values(http_bot.peer.options("ask:argument:task", view["id"], "mig")) == ["db-migrate"]
    assert _values(http_bot.peer.options("ask:argument:task", view["id"], "rm")) == []
    view = _choose(http_bot, view, "ask:operation", "rollback")
    assert _values(http_bot.peer.options("ask:argument:to", view["id"])) == []
    http_bot.peer.press("ask:service", view_id=view["id"], value="web")
    assert _values(http_bot.peer.options("ask:argument:to", view["id"])) == ["web:8", "web:9"]
    assert _values(http_bot.peer.options("ask:argument:to", view["id"], "web:3")) == ["web:3"]


def test_names_of_an_environment_that_may_no_longer_be_viewed_are_not_offered(http_bot: Bot) -> None:
    http_bot.gate.known = {("staging", "task", ""): ("db-migrate",)}
    view = _choose(http_bot, _open(http_bot), "ask:operation", "run")
    view = _choose(http_bot, view, "ask:environment", "staging")
    http_bot.gate.hidden = {"staging"}
    assert _values(http_bot.peer.options("ask:argument:task", view["id"])) == []
