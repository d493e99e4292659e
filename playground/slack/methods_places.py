"""``conversations.*``, ``users.conversations`` and ``apps.connections.open``."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from playground.slack.bodies import flag
from playground.slack.cast import APP, BOT_USER
from playground.slack.paging import page
from playground.slack.state import SlackState
from playground.slack.words import Json, SlackRefusal


def info(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.seen_by_bot(str(arguments.get("channel", "")))
    told = channel.as_conversation()
    if not flag(arguments, "include_num_members"):
        told.pop("num_members", None)
    return {"channel": told}


def members(state: SlackState, arguments: Json) -> Json:
    channel = state.directory.seen_by_bot(str(arguments.get("channel", "")))
    return page("members", sorted(channel.members), arguments)


def list_all(state: SlackState, arguments: Json) -> Json:
    """List public channels, and with ``types=private_channel`` the private ones that the bot is in."""
    return page("channels", _listed(state, arguments), arguments)


def _listed(state: SlackState, arguments: Json) -> list[Json]:
    kinds = str(arguments.get("types") or "public_channel").replace(" ", "").split(",")
    if {"im", "mpim"} & set(kinds):
        raise SlackRefusal("missing_scope", needed="im:read")
    state.organisation.asked_about(arguments)
    hide = flag(arguments, "exclude_archived")
    return [
        channel.as_conversation()
        for channel in state.directory.channels.values()
        if not channel.is_im
        and not (hide and channel.is_archived)
        and ("private_channel" if channel.is_private else "public_channel") in kinds
        and (not channel.is_private or BOT_USER in channel.members)
    ]


def list_mine(state: SlackState, arguments: Json) -> Json:
    """Answer ``users.conversations``: the channels of the bot, or of the ``user``; public channels unless
    asked for others, and private ones only if the bot is in them too.
    """
    user, known = str(arguments.get("user") or BOT_USER), state.directory
    if user not in known.people:
        raise SlackRefusal("user_not_found")
    told = [row for row in _listed(state, arguments) if user in known.channels[row["id"]].members]
    return page("channels", told, arguments)


def open_direct(state: SlackState, arguments: Json) -> Json:
    users = [user for user in str(arguments.get("users", "")).split(",") if user]
    if len(users) != 1:
        raise SlackRefusal("users_list_not_supplied" if not users else "missing_scope", needed="mpim:write")
    person = state.directory.people.get(users[0])
    if person is None or person.is_bot:
        raise SlackRefusal("user_not_found")
    if person.deleted:
        raise SlackRefusal("user_disabled")
    return {"channel": {"id": state.directory.direct_with(person.id).id}}


def open_connection(state: SlackState, arguments: Json) -> Json:
    """Return the address of a websocket that may be opened once."""
    if not state.socket_mode:
        raise SlackRefusal("socket_mode_not_enabled")
    ticket = secrets.token_hex(16)
    state.tickets.add(ticket)
    address = state.url.replace("http://", "ws://", 1)
    return {"url": f"{address}/socket?ticket={ticket}&app_id={APP}"}


PLACES: dict[str, Callable[[SlackState, Json], Json]] = {
    "conversations.info": info,
    "conversations.members": members,
    "conversations.list": list_all,
    "users.conversations": list_mine,
    "conversations.open": open_direct,
    "apps.connections.open": open_connection,
}
