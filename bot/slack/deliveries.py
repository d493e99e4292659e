"""What came in: its delivery key, who sent it, and from where. Plain reading of Slack's payloads (facts/slack
7).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from policies.access.people import SlackPerson

Body = Mapping[str, Any]
Headers = Mapping[str, Sequence[str]]


def key(body: Body, headers: Headers) -> str:
    """Return a key that is unique per delivery: the trigger id, else the event id, else the request's
    signature; empty if there is none.

    A replayed request carries the same key, so the store refuses to act on it again. Two clicks are two
    deliveries: the gate makes sure that their offer acts once.
    """
    for name in ("trigger_id", "event_id"):
        if body.get(name):
            return f"{name}:{body[name]}"
    signature = headers.get("x-slack-signature") or ()
    return f"signature:{signature[0]}" if signature else ""


def person(body: Body) -> SlackPerson:
    """Return the person who acts. Only ``user.team_id`` reveals an outsider in a shared channel; the
    payload's own team is the bot's even then.
    """
    user = body.get("user")
    if isinstance(user, Mapping):
        team = user.get("team_id") or team_of(body)
        return SlackPerson(
            str(team), str(user.get("id", "")), str(user.get("name") or user.get("username") or "")
        )
    return SlackPerson(team_of(body), str(body.get("user_id", "")), str(body.get("user_name", "")))


def team_of(body: Body) -> str:
    """Return the workspace that the payload was sent to. On an organisation-wide installation ``team`` is
    null; where Slack names the organisation instead, this function returns the organisation (facts/slack 8).
    """
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
    """Return the organisation that the payload was sent to, wherever this kind of payload names it; never the
    organisation of the person who acts, which may be another.
    """
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
    """Whether the pressed message is visible to this person alone."""
    container = body.get("container")
    return isinstance(container, Mapping) and container.get("is_ephemeral") is True


class Recent:
    """The last event ids, so that this process handles an event once although Slack delivers it twice. Best
    effort: no event changes the world.
    """

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
