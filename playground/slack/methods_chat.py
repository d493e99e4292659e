"""``chat.*``, ``blocks.validate`` and ``reactions.add``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack.cast import BOT_USER
from playground.slack.messages import Message
from playground.slack.state import SlackState
from playground.slack.validator import Fault, check_message, check_view
from playground.slack.words import Json, SlackRefusal

LONGEST_TEXT = 40_000  # facts/slack 2.1: longer text is truncated


def faults_told(found: list[Any]) -> Json:
    """Return ``response_metadata`` with Slack's wording of where a payload is wrong."""
    return {"messages": [f"[ERROR] {f.message} [json-pointer:{f.pointer}]" for f in found]}


def content(state: SlackState, arguments: Json) -> Json:
    """Return the checked text, blocks and attachments of a message. Raises ``no_text``, ``invalid_blocks``
    and the like.
    """
    given: Json = {
        "text": str(arguments.get("text") or "")[:LONGEST_TEXT],
        "blocks": arguments.get("blocks") or [],
        "attachments": arguments.get("attachments") or [],
    }
    if not any(given.values()):
        raise SlackRefusal("no_text")
    if not isinstance(given["blocks"], list):
        raise SlackRefusal("invalid_blocks_format")
    if not isinstance(given["attachments"], list):
        raise SlackRefusal("invalid_attachments")
    if given["blocks"]:
        found = check_message({"text": given["text"], "blocks": given["blocks"]})
        if found:
            raise SlackRefusal("invalid_blocks", response_metadata=faults_told(found))
        missing = [Fault(pointer, words) for pointer, words in state.files.faults(given["blocks"])]
        if missing:
            raise SlackRefusal("invalid_blocks", response_metadata=faults_told(missing))
    return given


def post_message(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.writable_by_bot(str(arguments.get("channel", "")))
    thread_ts = arguments.get("thread_ts") or None
    if thread_ts and state.messages.find(channel.id, str(thread_ts)) is None:
        raise SlackRefusal("thread_not_found")
    posted = state.messages.post(
        channel.id,
        BOT_USER,
        **content(state, arguments),
        thread_ts=thread_ts,
        metadata=arguments.get("metadata"),
    )
    return {"channel": channel.id, "ts": posted.ts, "message": posted.as_slack()}


def post_ephemeral(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.writable_by_bot(str(arguments.get("channel", "")))
    user = str(arguments.get("user", ""))
    if user not in channel.members:
        raise SlackRefusal("user_not_in_channel" if user in state.directory.people else "user_not_found")
    posted = state.messages.post(
        channel.id,
        BOT_USER,
        **content(state, arguments),
        only_for=user,
        thread_ts=arguments.get("thread_ts") or None,
    )
    return {"message_ts": posted.ts}


def update(state: SlackState, arguments: Json) -> Json:
    """Edit a public message of the bot's own. Blocks that are not given stay; ``[]`` removes them."""
    message = _own(state, arguments, "cant_update_message")
    kept = {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}
    changed = {name: arguments[name] for name in kept if arguments.get(name) is not None}
    if not changed:
        raise SlackRefusal("no_text")
    if arguments.get("metadata") is not None:
        message.metadata = arguments["metadata"]
    state.messages.edit(message, **content(state, {**kept, **changed}))
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_slack()}


def delete(state: SlackState, arguments: Json) -> Json:
    message = _own(state, arguments, "cant_delete_message")
    state.messages.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.seen_by_bot(str(arguments.get("channel", "")))
    message = state.messages.public(channel.id, str(arguments.get("message_ts", "")))
    return {"channel": channel.id, "permalink": permalink(state, message)}


def permalink(state: SlackState, message: Message) -> str:
    """Return an address of the playground's page that shows the message."""
    return f"{state.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"


def validate(state: SlackState, arguments: Json) -> Json:
    """Answer ``blocks.validate``: the errors of blocks, a message or a view, as JSON pointers."""
    if arguments.get("view") is not None:
        found = check_view(arguments["view"])
    else:
        message = arguments.get("message") or {"blocks": arguments.get("blocks")}
        found = check_message({"text": "text", **message})
    if found:
        raise SlackRefusal("invalid_blocks", response_metadata=faults_told(found))
    return {}


def _own(state: SlackState, arguments: Json, refused: str) -> Message:
    channel = state.directory.seen_by_bot(str(arguments.get("channel", "")))
    message = state.messages.public(channel.id, str(arguments.get("ts", "")))
    if message.user != BOT_USER:
        raise SlackRefusal(refused)
    return message


def add_reaction(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.seen_by_bot(str(arguments.get("channel", "")))
    message = state.messages.public(channel.id, str(arguments.get("timestamp", "")))
    name = str(arguments.get("name", ""))
    if name in message.reactions:
        raise SlackRefusal("already_reacted")
    message.reactions.append(name)
    state.changes.tell("message", channel=channel.id, ts=message.ts)
    return {}


CHAT: dict[str, Callable[[SlackState, Json], Json]] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "blocks.validate": validate,
    "reactions.add": add_reaction,
}
