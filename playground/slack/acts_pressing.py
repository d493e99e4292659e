"""A person presses a button or picks from a select, in a message, a modal or their Home."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.slack import elements, payloads
from playground.slack.acts_typing import told
from playground.slack.cast import SHORTCUTS, Person
from playground.slack.delivery import Delivery
from playground.slack.messages import Message
from playground.slack.parcels import Ack
from playground.slack.state import SlackState
from playground.slack.views import View
from playground.slack.words import Json, PersonRefusal

UNSET = object()
NO_ANSWER = "This app did not respond. Slack shows a warning sign by the button."


@dataclass(frozen=True)
class Press:
    """One press. ``value`` replaces the value that the button carries, or is the option picked."""

    user: str
    action_id: str
    channel: str = ""
    ts: str = ""
    view_id: str = ""
    block_id: str = ""
    value: Any = UNSET
    force: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)


async def press(state: SlackState, delivery: Delivery, pressed: Press, *, double: bool = False) -> Json:
    """Send one press, or two at once. Raises ``PersonRefusal`` if the person can press nothing there."""
    sent = [_payload(state, pressed) for _ in range(2 if double else 1)]
    acks = await asyncio.gather(*(delivery.deliver("interaction", payload) for payload in sent))
    answers = [_answered(ack) for ack in acks]
    return {**answers[0], "second": answers[1]} if double else answers[0]


async def use_shortcut(state: SlackState, delivery: Delivery, pressed: Press) -> Json:
    """Send a shortcut from the menu of a message; ``pressed.action_id`` is its callback id. Raises
    ``PersonRefusal`` where Slack offers none: on what only one person sees, it is believed to offer none.
    """
    person, channel = state.directory.person(pressed.user), state.directory.channel(pressed.channel)
    message = state.messages.find(channel.id, pressed.ts)
    if message is None:
        raise PersonRefusal(f"there is no message {pressed.ts} in #{channel.name}", 404)
    if pressed.action_id not in SHORTCUTS:
        raise PersonRefusal(f"there is no shortcut {pressed.action_id}", 404)
    if not pressed.force:
        _check_sees(message, person, channel.members)
        if message.only_for is not None:
            raise PersonRefusal("a message that only you see has no such menu")
    url = state.response_urls.give(person.id, channel.id, message.ts)
    rights = {"trigger_id": state.triggers.give(person.id), "response_url": state.url + url}
    payload = payloads.interaction("message_action", person, rights, organisation=state.organisation)
    payload |= {"callback_id": pressed.action_id, "message_ts": message.ts, "message": message.as_slack()}
    payload |= {"channel": payloads.channel_of(channel), "action_ts": state.messages.stamp()}
    ack = await delivery.deliver("interaction", payloads.overridden(payload, pressed.overrides))
    return _answered(ack)


async def replay_press(delivery: Delivery) -> Json:
    """Send the last interaction again, byte for byte."""
    ack, _ = await delivery.replay("interaction")
    return _answered(ack)


async def options(state: SlackState, delivery: Delivery, pressed: Press, query: str) -> Json:
    """Return what the bot offers for an external select while the person types ``query``."""
    person = state.directory.person(pressed.user)
    place, blocks = _place(state, pressed, person)
    block, element = elements.find(blocks, pressed.action_id, pressed.block_id)
    if len(query) < int(element.get("min_query_length", 3)):
        raise PersonRefusal(f"Slack asks only after {element.get('min_query_length', 3)} characters")
    payload = payloads.interaction("block_suggestion", person, {}, organisation=state.organisation) | place
    payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
    ack = await delivery.deliver("interaction", payloads.overridden(payload, pressed.overrides))
    answered = _answered(ack)
    told = ack.content() if ack.ok else {}
    return {**answered, "options": told.get("options", []), "option_groups": told.get("option_groups", [])}


def _answered(ack: Ack) -> Json:
    return told(ack, None if ack.ok else NO_ANSWER)


def _payload(state: SlackState, pressed: Press) -> Json:
    person = state.directory.person(pressed.user)
    place, blocks = _place(state, pressed, person)
    block, element = elements.find(blocks, pressed.action_id, pressed.block_id)
    value = element.get("value") if pressed.value is UNSET else pressed.value
    chosen = elements.state_of(element, value)
    if chosen.get("value", "") is None:
        del chosen["value"]
    view_id = pressed.view_id or None
    rights = {"trigger_id": state.triggers.give(person.id, view_id)}
    if not view_id:
        url = state.response_urls.give(person.id, place["channel"]["id"], pressed.ts)
        rights["response_url"] = state.url + url
        place["state"] = {"values": _with(elements.initial_state(blocks), block, element, chosen)}
    elif element.get("type") not in ("button", "overflow"):
        place = _fill_view(state, pressed, block, element, chosen)
    payload = payloads.interaction("block_actions", person, rights, organisation=state.organisation) | place
    payload["actions"] = [payloads.action(block, element, chosen, state.messages.stamp())]
    return payloads.overridden(payload, pressed.overrides)


def _place(state: SlackState, pressed: Press, person: Person) -> tuple[Json, list[Json]]:
    """Return the place of the press as payload fields, and the blocks there."""
    if pressed.view_id:
        view = state.views.of_person(person.id, pressed.view_id)
        return payloads.on_view(view), view.content.get("blocks", [])
    channel = state.directory.channel(pressed.channel)
    message = state.messages.find(channel.id, pressed.ts)
    if message is None:
        raise PersonRefusal(f"there is no message {pressed.ts} in #{channel.name}", 404)
    if not pressed.force:
        _check_sees(message, person, channel.members)
    return payloads.on_message(message, channel), _blocks(message)


def _blocks(message: Message) -> list[Json]:
    return [*message.blocks, *(b for a in message.attachments for b in a.get("blocks", []))]


def _check_sees(message: Message, person: Person, members: set[str]) -> None:
    if person.deleted:
        raise PersonRefusal(f"{person.real_name} is deactivated and cannot sign in")
    if person.id not in members or message.only_for not in (None, person.id):
        raise PersonRefusal(f"{person.real_name} does not see that message")


def _with(values: Json, block: Json, element: Json, chosen: Json) -> Json:
    if element.get("type") not in ("button", "overflow"):
        values.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return values


def _fill_view(state: SlackState, pressed: Press, block: Json, element: Json, chosen: Json) -> Json:
    view: View = state.views.of_person(pressed.user, pressed.view_id)
    _with(view.state, block, element, chosen)
    return payloads.on_view(view)
