"""The payloads of commands, interactions and events, field for field as Slack names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playground.slack.cast import APP, VERIFICATION_TOKEN, Channel, Person
from playground.slack.messages import Message
from playground.slack.organisation import ALONE, Organisation
from playground.slack.views import View
from playground.slack.words import Json


def command(
    person: Person,
    channel: Channel,
    typed: tuple[str, str],
    rights: Mapping[str, str],
    *,
    organisation: Organisation = ALONE,
) -> Json:
    """Return a slash command's form fields. ``typed`` is (command, text); ``rights`` are the trigger id and
    the response URL.
    """
    return {
        "token": VERIFICATION_TOKEN, "channel_id": channel.id, "channel_name": channel.name_in_payloads(),
        "user_id": person.id, "user_name": person.name, "command": typed[0], "text": typed[1],
        "api_app_id": APP, **organisation.in_command(person), **rights,
    }  # fmt: skip


def interaction(
    kind: str, person: Person, rights: Mapping[str, str], *, organisation: Organisation = ALONE
) -> Json:
    """Return the fields of every interaction. Only ``user.team_id`` reveals somebody from another company
    (facts/slack 7).
    """
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": APP, "token": VERIFICATION_TOKEN, **organisation.in_interaction(), **rights,
    }  # fmt: skip


def on_message(message: Message, channel: Channel) -> Json:
    """Return the place of a press on a message. An ephemeral message is not included, only its ts."""
    ephemeral = message.only_for is not None
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id,
                       "is_ephemeral": ephemeral}  # fmt: skip
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    told: Json = {
        "container": container,
        "channel": channel_of(channel),
    }
    return told if ephemeral else {**told, "message": message.as_slack()}


def channel_of(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name_in_payloads()}


def on_view(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_slack()}


def action(block: Json, element: Json, state: Json, action_ts: str) -> Json:
    """Return one entry of ``actions``."""
    told: Json = {"action_id": element["action_id"], "block_id": block["block_id"],
                  "action_ts": action_ts, **state}  # fmt: skip
    if element.get("type") == "button":
        told |= {name: element[name] for name in ("text", "style", "url") if name in element}
    return told


def event_callback(event: Json, event_id: str, now: datetime, *, organisation: Organisation = ALONE) -> Json:
    return {
        "token": VERIFICATION_TOKEN, "api_app_id": APP, "event": event, "type": "event_callback",
        "event_id": event_id, "event_time": int(now.timestamp()), "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}", **organisation.in_event(),
    }  # fmt: skip


def overridden(payload: Json, overrides: Mapping[str, Any]) -> Json:
    """Return the payload with some fields replaced, objects field by field, as another team would send it."""
    merged = dict(payload)
    for name, value in overrides.items():
        inner = merged.get(name)
        merged[name] = (
            overridden(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
        )
    return merged
