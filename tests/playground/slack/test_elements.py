from __future__ import annotations

from typing import Any

import pytest

from playground.slack.elements import find, initial_state, name_blocks, state_of
from playground.slack.words import PersonRefusal
from tests.golden import Golden


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


SELECT = {"type": "static_select", "action_id": "s", "options": [option("a"), option("b")]}
GROUPED = {"type": "static_select", "action_id": "g", "option_groups": [{"options": [option("c")]}]}
BOXES = {"type": "checkboxes", "action_id": "c", "options": [option("a"), option("b")]}


@pytest.mark.parametrize(
    ("element", "value", "state"),
    [
        (SELECT, "b", {"selected_option": option("b")}),
        (SELECT, None, {"selected_option": None}),
        (GROUPED, "c", {"selected_option": option("c")}),
        (BOXES, ["a", "b"], {"selected_options": [option("a"), option("b")]}),
        (BOXES, None, {"selected_options": []}),
        ({"type": "external_select"}, option("x"), {"selected_option": option("x")}),
        ({"type": "users_select"}, "U0DEV", {"selected_user": "U0DEV"}),
        ({"type": "multi_users_select"}, ["U0DEV"], {"selected_users": ["U0DEV"]}),
        ({"type": "datepicker"}, "2026-01-02", {"selected_date": "2026-01-02"}),
        ({"type": "plain_text_input"}, "words", {"value": "words"}),
        ({"type": "button"}, "offer", {"value": "offer"}),
        ({"type": "datepicker"}, {"selected_date": "2026-01-02"}, {"selected_date": "2026-01-02"}),
    ],
)
def test_a_filled_in_element_has_slacks_state(
    element: dict[str, Any], value: object, state: dict[str, Any]
) -> None:
    assert state_of(element, value) == {"type": element["type"], **state}


def test_an_option_that_is_not_offered_cannot_be_picked(golden: Golden) -> None:
    with pytest.raises(PersonRefusal) as refused:
        state_of(SELECT, "z")
    assert str(refused.value) == golden


def test_unnamed_blocks_and_elements_are_named_and_found() -> None:
    blocks: list[dict[str, Any]] = [{"type": "actions", "elements": [dict(SELECT), {"type": "button"}]}]

    name_blocks(blocks)

    block, element = find(blocks, "auto-0-1")
    assert element["type"] == "button" and block["block_id"] == "auto-0"
    with pytest.raises(PersonRefusal, match="s, auto-0-1"):
        find(blocks, "nothing")


def test_untouched_state_has_the_initial_values_and_no_buttons() -> None:
    chosen = {**SELECT, "initial_option": option("a")}
    blocks: list[dict[str, Any]] = [
        {"type": "actions", "block_id": "row", "elements": [chosen, {"type": "button", "action_id": "b"}]},
        {"type": "input", "block_id": "in", "element": {
            "type": "plain_text_input", "action_id": "t", "initial_value": "draft"}},
    ]  # fmt: skip

    assert initial_state(blocks) == {
        "row": {"s": {"type": "static_select", "selected_option": option("a")}},
        "in": {"t": {"type": "plain_text_input", "value": "draft"}},
    }
