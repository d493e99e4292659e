"""The picker of every operation, as a view."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.picker import Chosen, picker, read
from bot.slack.picker_elements import held
from handlers.gate.menus import Menu, in_slack
from handlers.typed import form
from handlers.words.operation import NAMING, Operation, Target
from playground.slack.elements import initial_state
from playground.slack.validator import check_view
from policies.access.grants import Grant
from policies.access.people import Role
from tests.golden import Golden
from tests.handlers.stage import REGISTRY
from tests.handlers.world import ADA, QA, STAGING

OPERATIONS = in_slack(tuple(REGISTRY.operations.values()))
MENU = Menu(OPERATIONS, (QA, STAGING), (Grant(ADA.id, Role.ADMIN),), "staging")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_picker_is_a_view_that_slack_takes_with_its_operations_fields_alone(operation: Operation) -> None:
    view = picker(MENU, Chosen("C0STAGING", operation.name, "staging"))
    assert check_view(view) == []
    fields = [b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"]
    wanted = ["operation"]
    wanted += ["environment"] if operation.reach in NAMING else []
    wanted += ["service"] if operation.target is not Target.NOTHING else []
    for argument in form.asked(operation):
        wanted += [form.begins(argument)] if argument.field == "span" else []
        wanted += [form.at(argument), *([form.why(argument)] if argument.why else [])]
        wanted += [form.container(argument)] if argument.container else []
    assert fields == [f"ask:{name}" for name in wanted]


def test_what_an_operation_does_is_never_cut_within_a_word() -> None:
    view = picker(MENU, Chosen("C0STAGING", "changes", "staging"))
    groups = view["blocks"][0]["element"]["option_groups"]
    told = {o["value"]: o["description"]["text"] for group in groups for o in group["options"]}
    helped = {operation.name: operation.help for operation in OPERATIONS}
    cut = {name: said.removesuffix("…") for name, said in told.items() if said != helped[name]}
    assert "changes" in cut
    assert all(helped[name].startswith(said) for name, said in cut.items())
    assert not [name for name, said in cut.items() if helped[name][len(said)] not in " ,;:"]


FIELDS = "keep logs why diff download changes flush run end rollback scale flag flags"


@pytest.mark.parametrize("name", FIELDS.split())
def test_the_fields_of_what_needs_more_than_names(name: str, golden: Golden) -> None:
    view = picker(MENU, Chosen("C0STAGING", name, "staging"))
    assert [_field(b) for b in view["blocks"] if b["type"] == "input"][1:] == golden


def _field(block: dict[str, Any]) -> tuple[str, str, str]:
    needed = "optional" if block["optional"] else "required"
    return block["label"]["text"], block["element"]["type"], needed


def test_a_name_that_is_kept_of_one_environment_does_not_stay_for_the_next() -> None:
    def blocks(turn: int) -> dict[str, str]:
        view = picker(MENU, Chosen("C0STAGING", "run", "staging", turn))
        return {b["element"]["action_id"]: b["block_id"] for b in view["blocks"] if b["type"] == "input"}

    before, after = blocks(0), blocks(1)
    kept = {action for action in before if before[action] == after[action]}
    assert kept == {"ask:operation", "ask:environment", "ask:argument:values"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_untouched_fields_ask_for_nothing_but_defaults(operation: Operation) -> None:
    """Fails if the first choice is made for somebody who makes none."""
    view = picker(MENU, Chosen("C0STAGING", operation.name, "staging"))
    drawn, chosen = read({**view, "state": {"values": initial_state(view["blocks"])}})
    assert (drawn.channel, drawn.operation, drawn.environment) == ("C0STAGING", operation.name, "staging")
    given = {n: v for n, v in chosen.values.items() if n.startswith(("argument:", "reason:"))}
    defaults = {form.at(a): a.default for a in form.asked(operation) if a.default}
    assert given == defaults


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"type": "plain_text_input", "value": "2h"}, "2h"),
        ({"type": "plain_text_input", "value": None}, None),
        ({"type": "number_input", "value": "3"}, "3"),
        ({"type": "users_select", "selected_user": "U0DEV"}, "<@U0DEV>"),
        ({"type": "users_select", "selected_user": None}, None),
        ({"type": "radio_buttons", "selected_option": {"value": "new"}}, "new"),
        ({"type": "radio_buttons", "selected_option": {"value": "-"}}, None),
        ({"type": "external_select", "selected_option": None}, None),
        ({"type": "checkboxes", "selected_options": [{"value": "yes"}]}, "yes"),
        ({"type": "checkboxes", "selected_options": []}, None),
        (None, None),
    ],
)
def test_each_kind_of_field_is_read_as_it_would_be_typed(given: object, text: str | None) -> None:
    found = held({"state": {"values": {"block": {"ask:argument:x": given}}}})
    assert found.get("argument:x") == text


def test_a_made_up_view_is_read_as_nothing() -> None:
    for view in ({}, {"private_metadata": "["}, {"private_metadata": '["x"]'}, {"state": None}):
        assert read(view)[0] == Chosen()
