"""App Home: my environments and what I may do, from the same answers as `list` and `whoami`. Kept small."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from bot.slack import deliveries
from bot.slack.blocks import body, section, table_lines
from bot.slack.edge import Edge
from bot.slack.escaping import clip, escape
from bot.slack.web import Json
from handlers.tell.reply import message
from handlers.words.errors import Trouble
from handlers.words.message import Table, Text
from handlers.words.request import Request
from handlers.words.result import Answer, Reply
from policies.access.people import SlackPerson

log = logging.getLogger(__name__)


def publish(edge: Edge, body: Json) -> None:
    """In the work pool. Whoever is not let in sees why."""
    person = SlackPerson(deliveries.team_of(body), str((body.get("event") or {}).get("user", "")))
    if not person.user:
        return
    replies = [("Your environments", _asked(edge, person, "list"))]
    if isinstance(replies[0][1], Answer):
        replies.append(("What you may do", _asked(edge, person, "whoami")))
    try:
        edge.web.call("views.publish", user_id=person.user, view=view(replies, edge.settings.command))
    except Trouble as trouble:
        log.warning("no Home for %s: %s", person.user, trouble.sentence)


def view(replies: Sequence[tuple[str, Reply]], command: str) -> Json:
    """Each under what a person looks for. A Home holds one table (facts/slack 2.1); what further ones say
    stands in lines."""
    blocks: list[dict[str, Any]] = []
    for number, (title, reply) in enumerate(replies):
        said = message(reply)
        heading = title if isinstance(reply, Answer) else said.status.value
        blocks.append(section(clip(f"*{escape(heading)}*\n{escape(said.headline)}", 3_000)))
        shown = [block for block in said.blocks if isinstance(block, Table | Text)]
        for block in shown:
            blocks += table_lines(block) if number and isinstance(block, Table) else body([block])
    blocks.append(section(f"Type `{command} help` in any channel, or `{command}` alone to choose."))
    return {"type": "home", "blocks": blocks[:100]}


def _asked(edge: Edge, person: SlackPerson, operation: str) -> Reply:
    request = Request(
        id=edge.new_id(), delivery=edge.new_id(), actor=person, source="modal", operation=operation
    )
    return edge.handle(request)
