"""What the picker's menus offer, from memory: Slack waits three seconds (facts/slack trap 14).

Filled by the work pool through the gate, so that it holds only what this person may see.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack import deliveries
from bot.slack.blocks import plain
from bot.slack.choices import Choices
from bot.slack.edge import Body, Edge
from handlers.words.request import Request
from handlers.words.result import Answer, Reply

SHOWN = 100
VALUE = 75
"""The stricter of the two limits given for an option's value (facts/slack 2.1); longer names are typed."""


def fill(edge: Edge, choices: Choices, body: Body, environment: str = "") -> Reply | None:
    """Ask the gate for this person's environments, or the services of one. In the work pool only. Not by
    ``list``, which looks at AWS and so gives them ten at a time.
    The reply if it names nothing: a refusal, or that there is nothing, told in place of the menus."""
    person = deliveries.person(body)
    if choices.names(person, environment) is not None:
        return None
    request = Request(
        id=edge.new_id(),
        delivery=edge.new_id(),
        actor=person,
        source="modal",
        operation="status" if environment else "whoami",
        environment=environment,
    )
    reply = edge.handle(request)
    if not isinstance(reply, Answer) or not reply.names:
        return reply
    choices.keep(person, environment, reply.names)
    return None


def matching(names: Sequence[str], typed: str) -> list[dict[str, object]]:
    """At most a hundred options, those that begin as typed first."""
    typed = typed.strip().lower()
    found = [n for n in dict.fromkeys(names) if typed in n.lower() and 0 < len(n) <= VALUE]
    found.sort(key=lambda name: (not name.lower().startswith(typed), name))
    return [{"text": plain(name, 75), "value": name} for name in found[:SHOWN]]
