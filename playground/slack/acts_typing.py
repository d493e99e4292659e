"""A person types a slash command or a plain message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.slack import payloads
from playground.slack.cast import BOT_USER, COMMANDS, SLACKBOT, Channel, Person
from playground.slack.delivery import Delivery
from playground.slack.escaping import as_sent
from playground.slack.methods_chat import content
from playground.slack.parcels import Ack
from playground.slack.state import SlackState
from playground.slack.typed_lines import TypedLine
from playground.slack.words import Json, PersonRefusal, SlackRefusal


@dataclass(frozen=True)
class Typed:
    """The typed text, its author and its channel. ``force`` does what Slack's client would not allow."""

    user: str
    channel: str
    text: str
    thread_ts: str | None = None
    force: bool = False
    replay: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)


async def type_text(state: SlackState, delivery: Delivery, typed: Typed) -> Json:
    """Send a command and show the bot's acknowledgement. Raises ``PersonRefusal`` in Slack's words."""
    if typed.replay:
        ack, payload = await delivery.replay("command")
        return _answered(state, payload, ack)
    person, channel = state.directory.person(typed.user), state.directory.channel(typed.channel)
    text = typed.text.strip()
    if not typed.force:
        _check_may_type(person, channel)
    if not text.startswith("/"):
        return _say(state, person, channel, typed)
    command, _, rest = text.partition(" ")
    if not typed.force:
        _check_may_command(state, person, command, typed.thread_ts)
    rights = {
        "response_url": state.url + state.response_urls.give(person.id, channel.id),
        "trigger_id": state.triggers.give(person.id),
    }
    sent = (command, as_sent(rest.strip(), state.directory))
    made = payloads.command(person, channel, sent, rights, organisation=state.organisation)
    payload = {**made, **typed.overrides}
    state.typed.add(TypedLine(state.messages.stamp(), person.id, channel.id, text))
    return _answered(state, payload, await delivery.deliver("command", payload))


def told(ack: Ack, failure: str | None) -> Json:
    """Return what the control API answers about a delivery."""
    return {"status": ack.status, "ack_ms": ack.ms, "response": ack.body, "failed": failure}


def _check_may_type(person: Person, channel: Channel) -> None:
    if person.deleted:
        raise PersonRefusal(f"{person.real_name} is deactivated and cannot sign in")
    if person.id not in channel.members:
        raise PersonRefusal(f"{person.real_name} is not in #{channel.name.removeprefix('@')}")


def _check_may_command(state: SlackState, person: Person, command: str, thread_ts: str | None) -> None:
    if thread_ts:
        raise PersonRefusal(f"{command} is not supported in threads. Sorry!")
    if command not in COMMANDS:
        raise PersonRefusal(f"{command} is not a valid command.")
    if not state.organisation.serves(person):
        raise PersonRefusal(f"{command} belongs to another workspace's app; only its own people may use it")


def _say(state: SlackState, person: Person, channel: Channel, typed: Typed) -> Json:
    text = as_sent(typed.text.strip(), state.directory)
    posted = state.messages.post(channel.id, person.id, text=text, thread_ts=typed.thread_ts)
    return {**told(Ack(200), None), "ts": posted.ts}


def _answered(state: SlackState, payload: Json, ack: Ack) -> Json:
    user, channel = str(payload["user_id"]), str(payload["channel_id"])
    failure = _failure(str(payload["command"]), ack)
    if failure is None and ack.content():
        try:
            show_answer(state, user=user, channel=channel, answer=ack.content())
        except SlackRefusal as refusal:
            failure = f'{payload["command"]} failed with the error "{refusal.error}"'
    if failure is not None:
        state.messages.post(channel, SLACKBOT, text=failure, only_for=user, notice="failure")
    return told(ack, failure)


def _failure(command: str, ack: Ack) -> str | None:
    """Return Slack's own words to the person if the app did not answer as it should."""
    if ack.ok:
        return None
    if ack.status == 0:
        return (
            f"{command} failed because the app did not respond. If this keeps happening, ask the app's owner."
        )
    return f'{command} failed with the error "dispatch_failed"'


def show_answer(state: SlackState, *, user: str, channel: str, answer: Json) -> None:
    """Show the answer in an ack or at a response URL: to that person alone unless it says ``in_channel``."""
    ephemeral = answer.get("response_type", "ephemeral") != "in_channel"
    state.messages.post(
        channel, BOT_USER, **content(state, answer), only_for=user if ephemeral else None,
        thread_ts=answer.get("thread_ts"),
    )  # fmt: skip
