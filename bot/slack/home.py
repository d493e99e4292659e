"""App Home: my environments and what I may do, from the same answers as `list` and `whoami`. Kept small."""

from __future__ import annotations

import logging
from typing import Any

from bot.slack import deliveries
from bot.slack.blocks import note_blocks, section
from bot.slack.edge import Edge
from bot.slack.escaping import clip, escape
from bot.slack.tables import table_blocks
from bot.slack.web import Json
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Outcome
from policies.people import SlackPerson

log = logging.getLogger(__name__)


def publish(edge: Edge, body: Json) -> None:
    """In the work pool. Whoever is not let in sees why."""
    person = SlackPerson(deliveries.team_of(body), str((body.get("event") or {}).get("user", "")))
    if not person.user:
        return
    listed = _asked(edge, person, "list")
    answers = [listed] if listed.status in ("refused", "failed") else [listed, _asked(edge, person, "whoami")]
    try:
        edge.web.call("views.publish", user_id=person.user, view=view(answers, edge.settings.command))
    except Trouble as trouble:
        log.warning("no Home for %s: %s", person.user, trouble.sentence)


def view(answers: list[Outcome], command: str) -> Json:
    """A Home holds one table (slack-facts 2.1); what further tables say is left to the command."""
    blocks: list[dict[str, Any]] = []
    for number, outcome in enumerate(answers):
        blocks.append(section(_heading(outcome)))
        blocks += table_blocks(outcome.table) if number == 0 else _lines(outcome)
        blocks += note_blocks(outcome.notes)
    blocks.append(section(f"Type `{command} help` in any channel, or `{command}` alone to choose."))
    return {"type": "home", "blocks": blocks[:100]}


def _heading(outcome: Outcome) -> str:
    """What a person looks for, not the name of the operation that answers it."""
    title = {"list": "Your environments", "whoami": "What you may do"}.get(outcome.status, outcome.status)
    return clip(f"*{escape(title)}*\n{escape(outcome.summary)}", 3_000)


def _lines(outcome: Outcome) -> list[dict[str, Any]]:
    rows = outcome.table.rows if outcome.table else ()
    said = [" · ".join(cell for cell in row if cell) for row in rows[:20]]
    return [block for start in range(0, len(said), 9) for block in note_blocks(said[start : start + 9])]


def _asked(edge: Edge, person: SlackPerson, operation: str) -> Outcome:
    request = Request(
        id=edge.new_id(), delivery=edge.new_id(), actor=person, source="modal", operation=operation
    )
    return edge.handle(request)
