"""What happens in the workspace by itself, and the events that tell the bot."""

from __future__ import annotations

from collections.abc import Callable

from playground.slack.acts_typing import told
from playground.slack.cast import BOT_USER, TEAM, Channel, Group
from playground.slack.delivery import Delivery
from playground.slack.state import SlackState
from playground.slack.words import Json, PersonRefusal


async def happen(state: SlackState, delivery: Delivery, order: Json) -> Json:
    """Change the workspace and tell the bot, unless ``silent``; return ``{event_id}``.

    ``type`` is ``user_change`` (``user``, ``changes``), ``app_home_opened`` (``user``),
    ``member_joined_channel`` / ``member_left_channel`` (``user``, ``channel``), ``channel_created`` (``id``,
    ``name``, ``members`` and flags), ``channel_archive`` / ``channel_unarchive``, ``subteam_created`` /
    ``subteam_members_changed``, ``raw`` (``event``), or ``redeliver`` (``event_id``, ``retry``, ``reason``).
    """
    kind = str(order.get("type", ""))
    if kind == "redeliver":
        retry, reason = int(order.get("retry", 1)), str(order.get("reason", "http_timeout"))
        return told(await delivery.redeliver(str(order.get("event_id")), retry, reason), None)
    made = HAPPENINGS.get(kind)
    if made is None:
        raise PersonRefusal(f"nothing called {kind!r} happens here; there are {', '.join(HAPPENINGS)}", 400)
    event = made(state, order)
    if order.get("silent"):
        return {"event_id": None}
    return {"event_id": delivery.announce({**event, "event_ts": state.messages.stamp()})}


def _user_change(state: SlackState, order: Json) -> Json:
    person = state.directory.person(str(order.get("user")))
    try:
        changed = person.changed(dict(order.get("changes") or {}))
    except ValueError as error:
        raise PersonRefusal(str(error), 400) from error
    state.directory.people[person.id] = changed
    return {"type": "user_change", "user": changed.as_user(with_email=True), "cache_ts": 0}


def _home_opened(state: SlackState, order: Json) -> Json:
    person = state.directory.person(str(order.get("user")))
    event: Json = {"type": "app_home_opened", "user": person.id, "tab": str(order.get("tab", "home")),
                   "channel": state.directory.direct_with(person.id).id}  # fmt: skip
    home = state.views.homes.get(person.id)
    return {**event, "view": home.as_slack()} if home else event


def _joined(state: SlackState, order: Json) -> Json:
    person, channel = _member(state, order)
    channel.members.add(person)
    return _membership("member_joined_channel", person, channel)


def _left(state: SlackState, order: Json) -> Json:
    person, channel = _member(state, order)
    channel.members.discard(person)
    return _membership("member_left_channel", person, channel)


def _member(state: SlackState, order: Json) -> tuple[str, Channel]:
    person = state.directory.person(str(order.get("user")))
    return person.id, state.directory.channel(str(order.get("channel")))


def _membership(kind: str, person: str, channel: Channel) -> Json:
    letter = "G" if channel.is_private else "C"
    return {"type": kind, "user": person, "channel": channel.id, "channel_type": letter, "team": TEAM}


def _channel_created(state: SlackState, order: Json) -> Json:
    members = set(order.get("members") or ())
    if order.get("bot_member", True):
        members.add(BOT_USER)
    made = Channel(
        str(order["id"]), str(order["name"]), members, is_private=bool(order.get("is_private")),
        is_ext_shared=bool(order.get("is_ext_shared")),
    )  # fmt: skip
    state.directory.channels[made.id] = made
    return {"type": "channel_created", "channel": {"id": made.id, "name": made.name, "creator": "U0ADA"}}


def _archived(state: SlackState, order: Json) -> Json:
    channel = state.directory.channel(str(order.get("channel")))
    channel.is_archived = order["type"] == "channel_archive"
    return {"type": order["type"], "channel": channel.id, "user": "U0ADA"}


def _group_created(state: SlackState, order: Json) -> Json:
    members, team = set(order.get("users") or ()), str(order.get("team") or TEAM)
    group = Group(str(order["id"]), str(order["handle"]), members, team)
    state.directory.groups[group.id] = group
    return {"type": "subteam_created", "subteam": group.as_usergroup(include_users=True)}


def _group_changed(state: SlackState, order: Json) -> Json:
    group = state.directory.groups.get(str(order.get("usergroup")))
    if group is None:
        raise PersonRefusal(f"there is no user group {order.get('usergroup')}", 404)
    added, removed = set(order.get("add") or ()), set(order.get("remove") or ())
    group.members |= added
    group.members -= removed
    return {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": group.team_id,
            "added_users": sorted(added), "removed_users": sorted(removed)}  # fmt: skip


def _raw(state: SlackState, order: Json) -> Json:
    event = order.get("event")
    if not isinstance(event, dict):
        raise PersonRefusal("a raw event needs an object called event", 400)
    return event


HAPPENINGS: dict[str, Callable[[SlackState, Json], Json]] = {
    "user_change": _user_change,
    "app_home_opened": _home_opened,
    "member_joined_channel": _joined,
    "member_left_channel": _left,
    "channel_created": _channel_created,
    "channel_archive": _archived,
    "channel_unarchive": _archived,
    "subteam_created": _group_created,
    "subteam_members_changed": _group_changed,
    "raw": _raw,
}
