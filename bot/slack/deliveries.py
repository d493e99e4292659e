"""What came in: its delivery key, who, from where. Plain reading of Slack's payloads (facts/slack 7)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from policies.access.people import SlackPerson

Body = Mapping[str, Any]
Headers = Mapping[str, Sequence[str]]


def key(body: Body, headers: Headers) -> str:
    """Unique per delivery: trigger id, else event id, else the request's signature; empty if there is none.

    A replayed request carries the same one, so the store refuses to act on it again. Two clicks are two
    deliveries: that their offer acts once is the gate's business.
    """
    for name in ("trigger_id", "event_id"):
        if body.get(name):
            return f"{name}:{body[name]}"
    signature = headers.get("x-slack-signature") or ()
    return f"signature:{signature[0]}" if signature else ""


def person(body: Body) -> SlackPerson:
    """The one who acts. Only ``user.team_id`` tells an outsider in a shared channel; the team of the
    payload is ours even then."""
    user = body.get("user")
    if isinstance(user, Mapping):
        team = user.get("team_id") or team_of(body)
        return SlackPerson(
            str(team), str(user.get("id", "")), str(user.get("name") or user.get("username") or "")
        )
    return SlackPerson(team_of(body), str(body.get("user_id", "")), str(body.get("user_name", "")))


def team_of(body: Body) -> str:
    """The workspace the payload was sent to. On an organisation-wide install ``team`` is null; where Slack
    names the organisation in its place, so does this (facts/slack 8)."""
    view, team, user = body.get("view"), body.get("team"), body.get("user")
    if isinstance(view, Mapping) and view.get("app_installed_team_id"):
        return str(view["app_installed_team_id"])
    for given in body.get("authorizations") or ():
        if isinstance(given, Mapping) and given.get("team_id"):
            return str(given["team_id"])
    if isinstance(team, Mapping):
        return str(team.get("id") or "")
    return next((str(inner["team_id"]) for inner in (body, user, view) if _has(inner, "team_id")), "")


def enterprise_of(body: Body) -> str:
    """The organisation the payload was sent to, wherever this kind of payload names it; never the one of the
    person who acts, who may be of another."""
    given = [found for found in body.get("authorizations") or () if _has(found, "enterprise_id")]
    if given:
        return str(given[0]["enterprise_id"])
    enterprise = body.get("enterprise")
    if _has(enterprise, "id"):
        return str(enterprise["id"])
    for inner in (body, body.get("team")):
        if _has(inner, "enterprise_id"):
            return str(inner["enterprise_id"])
    team = team_of({**body, "user": None})
    return team if team.startswith("E") else ""


def _has(found: Any, name: str) -> TypeGuard[Body]:
    return isinstance(found, Mapping) and bool(found.get(name))


def channel(body: Body) -> str:
    found = body.get("channel")
    if isinstance(found, Mapping):
        return str(found.get("id", ""))
    return str(body.get("channel_id", ""))


def in_ephemeral(body: Body) -> bool:
    """Whether the pressed message is one that only this person sees."""
    container = body.get("container")
    return isinstance(container, Mapping) and container.get("is_ephemeral") is True


class Recent:
    """The last event ids, so that an event delivered twice is handled once here. Best effort: nothing that
    changes the world hangs on an event."""

    def __init__(self, size: int = 2_000) -> None:
        self._size, self._lock = size, threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def first(self, name: str) -> bool:
        with self._lock:
            if name in self._seen:
                return False
            self._seen[name] = None
            if len(self._seen) > self._size:
                self._seen.popitem(last=False)
            return True
