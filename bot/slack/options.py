"""What the picker's menus offer, from memory: Slack waits three seconds (facts/slack trap 14).

An option has room for 75 characters; a service name has up to 255. A longer name is shown without its middle,
and its value is a digest from which the whole name is found again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.slack.blocks import plain
from bot.slack.edge import Edge
from handlers.tell import picker as tell
from handlers.tell.shortening import within
from policies.access.people import SlackPerson

SHOWN = 100
ROOM = 75
"""Characters of an option's text, and the stricter of the two documented limits for its value (facts/slack
2.1).
"""
_MARK = "~"
"""The mark of a digest, with which no ECS name begins."""
Option = dict[str, Any]


def learn(edge: Edge, person: SlackPerson, environment: str) -> None:
    """Learn the services of an environment, in the work pool: first those last seen, at once, then what AWS
    reports, if it answers.
    """
    if edge.choices.names(environment) is not None:
        return
    edge.choices.keep(environment, edge.gate.seen(person, environment))
    if found := edge.gate.names(person, "").services(environment):
        edge.choices.keep(environment, tuple(sorted(found)))


def services(edge: Edge, person: SlackPerson, environment: str) -> tuple[str, ...]:
    """Return the services of an environment that the person may view, from memory or else from rows."""
    return edge.choices.names(environment) or edge.gate.seen(person, environment)


def matching(names: Sequence[str], typed: str) -> dict[str, list[Option]]:
    """Return at most a hundred options; those that begin with the typed text come first. If there are more,
    the menu says so.
    """
    typed = typed.strip().lower()
    found = [n for n in dict.fromkeys(names) if n and typed in n.lower()]
    found.sort(key=lambda name: (not name.lower().startswith(typed), name))
    offered = options(found[:SHOWN])
    if len(found) <= SHOWN:
        return {"options": offered}
    return {"option_groups": [{"label": plain(tell.first_of(SHOWN, len(found)), ROOM), "options": offered}]}


def options(names: Sequence[str]) -> list[Option]:
    """Return an option for each name, with a distinct text and a value that leads to the whole name."""
    shown = [within(name, ROOM) for name in names]
    twice = {text for text, count in Counter(shown).items() if count > 1}
    return [_option(name, text, apart=text in twice) for name, text in zip(names, shown, strict=True)]


def option(name: str) -> Option:
    return options([name])[0]


def value(name: str) -> str:
    return name if len(name) <= ROOM else _MARK + hashlib.sha256(name.encode()).hexdigest()[:40]


def whole(chosen: str, names: Sequence[str]) -> str:
    """Return the name that a chosen value stands for; empty if none of these names matches any more."""
    if not chosen.startswith(_MARK):
        return chosen
    return next((name for name in names if value(name) == chosen), "")


def _option(name: str, text: str, *, apart: bool) -> Option:
    held = value(name)
    if apart:
        text = f"{text[: ROOM - 6]} {held[1:6]}"
    return {"text": plain(text, ROOM), "value": held}
