"""A person submits or closes a modal; then the bot's ``response_action`` takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.slack import elements, payloads
from playground.slack.acts_typing import told
from playground.slack.delivery import Delivery
from playground.slack.methods_views import checked
from playground.slack.parcels import Ack
from playground.slack.state import SlackState
from playground.slack.views import View
from playground.slack.words import Json, PersonRefusal, SlackRefusal

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Submission:
    """What the person filled in: ``{block_id: {action_id: value}}`` or ``{action_id: value}``."""

    user: str
    view_id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)


async def submit(state: SlackState, delivery: Delivery, submission: Submission) -> Json:
    """Send the submission and do what the bot answers. Raises ``PersonRefusal`` if Slack would
    not send it.
    """
    person = state.directory.person(submission.user)
    view = state.views.of_person(person.id, submission.view_id)
    if view.content.get("type") != "modal":
        raise PersonRefusal("only a modal is submitted")
    view.state = _filled(view, submission.values)
    _check_complete(view)
    rights = {"trigger_id": state.triggers.give(person.id, view.id)}
    payload = payloads.interaction("view_submission", person, rights, organisation=state.organisation)
    payload |= {"view": view.as_slack(), "response_urls": []}
    ack = await delivery.deliver("interaction", payloads.overridden(payload, submission.overrides))
    failure = _answer(state, view, ack)
    return {**told(ack, failure), "errors": view.errors}


async def close(state: SlackState, delivery: Delivery, user: str, view_id: str) -> Json:
    """Close a modal with its Cancel button, and notify the bot if it asked for that."""
    person = state.directory.person(user)
    view = state.views.of_person(user, view_id)
    state.views.close(view, whole_stack=bool(view.content.get("clear_on_close")))
    if not view.content.get("notify_on_close"):
        return told(Ack(200), None)
    payload = payloads.interaction("view_closed", person, {}, organisation=state.organisation)
    payload |= {"view": view.as_slack(), "is_cleared": bool(view.content.get("clear_on_close"))}
    ack = await delivery.deliver("interaction", payload)
    return told(ack, None if ack.ok else TROUBLE)


def _filled(view: View, values: Mapping[str, Any]) -> Json:
    """Return ``state.values``: the earlier values, overlaid with those given now."""
    blocks = view.content.get("blocks", [])
    state: Json = elements.initial_state(blocks)
    for block, element in elements.elements(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        if element.get("type") in ("button", "overflow"):
            continue
        held = view.state.get(block_id, {}).get(action_id)
        if held is not None:
            state[block_id][action_id] = held
        inner = values.get(block_id)
        given = inner if isinstance(inner, Mapping) and action_id in inner else values
        if action_id in given:
            state[block_id][action_id] = elements.state_of(element, given[action_id])
    return state


def _check_complete(view: View) -> None:
    """Raise ``PersonRefusal`` while a required input is empty: Slack's client would send nothing."""
    for block in view.content.get("blocks", []):
        if block.get("type") != "input" or block.get("optional"):
            continue
        for filled in view.state.get(block["block_id"], {}).values():
            if not any(value for name, value in filled.items() if name != "type"):
                raise PersonRefusal(f"Please complete this required field: {block['block_id']}")


def _answer(state: SlackState, view: View, ack: Ack) -> str | None:
    """Close, update, push, or show errors, as the ack says; return the words to show if none of that is
    possible.
    """
    if not ack.ok:
        state.views.refuse(view, {"": TROUBLE})
        return TROUBLE
    try:
        _act(state, view, ack.content())
    except SlackRefusal as refusal:
        state.views.refuse(view, {"": TROUBLE})
        detail = refusal.more.get("response_metadata", {}).get("messages", [])
        _trace(state, ack, [refusal.error, *detail])
        return TROUBLE
    return None


def _trace(state: SlackState, ack: Ack, errors: list[str]) -> None:
    state.traffic.add(
        {
            "direction": "from_bot", "method": "response_action", "payload": ack.body, "status": ack.status,
            "latency_ms": 0, "answer": None, "errors": errors,
        }
    )  # fmt: skip


def _act(state: SlackState, view: View, answer: Json) -> None:
    match answer.get("response_action"):
        case "errors":
            errors = {str(k): str(v) for k, v in (answer.get("errors") or {}).items()}
            known = {block.get("block_id") for block in view.content.get("blocks", [])}
            if not errors or not set(errors) <= known:
                raise SlackRefusal("invalid_arguments")
            state.views.refuse(view, errors)
        case "update":
            state.views.replace(view, checked(answer.get("view"), "modal"))
        case "push":
            state.views.push(view.user, checked(answer.get("view"), "modal"))
        case "clear":
            state.views.close(view, whole_stack=True)
        case None:
            view.errors = {}
            state.views.close(view)
        case other:
            raise SlackRefusal(f"unknown response_action {other}")
