"""A Home as Block Kit: at most a hundred blocks (facts/slack 2.1), three for each environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack.blocks import Block, context, offer_button, plain, section
from bot.slack.escaping import clip, escape
from bot.slack.picker_elements import external
from bot.slack.web import Json
from handlers.tell import home as tell
from handlers.tell.reply import message
from handlers.words.home import Card, HomePage, Pick
from handlers.words.message import Offer
from handlers.words.result import Reply

BLOCKS = 100
PICK, FIND = "pick", "pick:find"
LINE, CARD = 300, 1_500
"""The most characters for one line, and for one environment."""


def home_view(page: HomePage) -> Json:
    return {"type": "home", "blocks": [*_blocks(page)][:BLOCKS]}


def turned_away(reply: Reply) -> Json:
    """Draw the Home of somebody who is not let in: the reason and nothing else."""
    said = message(reply)
    told = f"*{escape(said.status.value)}*\n{escape(said.headline)}"
    return {"type": "home", "blocks": [section(clip(told, 3_000))]}


def picked(value: str) -> tuple[str, str]:
    """Return the operation and the environment of a button that opens the picker; total on any text."""
    try:
        found = json.loads(value)
    except ValueError:
        return "", ""
    known = found if isinstance(found, dict) else {}
    return str(known.get("operation") or ""), str(known.get("environment") or "")


def _blocks(page: HomePage) -> Iterator[Block]:
    yield {"type": "header", "text": plain(page.headline, 150)}
    if page.asks and not page.cards:
        yield _asks(page)
    if page.running:
        lines = "\n".join(f"• {clip(escape(line), LINE)}" for line in page.running)
        yield section(clip(f"*{tell.RUNNING}*\n{lines}", 3_000))
    for card in page.cards:
        yield {"type": "divider"}
        yield from _card(card)
    if page.rest or page.cards:
        yield {"type": "divider"}
    if page.rest:
        yield section(clip(escape(page.rest), 3_000))
        yield {"type": "actions", "elements": [{**external(tell.FIND), "action_id": FIND}]}
    if page.asks and page.cards:
        yield _asks(page)
    if page.remarks:
        yield context(*(clip(escape(line), LINE) for line in page.remarks))


def _card(card: Card) -> Iterator[Block]:
    lines = [f"*{escape(card.name)}* · {escape(card.state)}", *(escape(line) for line in card.lines)]
    full = sum(min(len(line), LINE * 2) + 1 for line in lines) > CARD
    room = CARD // len(lines) - 1 if full else LINE * 2
    yield section("\n".join(clip(line, room) for line in lines))
    if card.buttons:
        exact = [each for each in card.buttons if isinstance(each, Offer) and each.arguments]
        buttons = [_button(each, card, exact) for each in card.buttons]
        yield {"type": "actions", "block_id": f"card:{card.name}"[:255], "elements": buttons}


def _button(button: Pick | Offer, card: Card, exact: Sequence[Offer]) -> dict[str, Any]:
    """Draw a button. Its ids stay the same while others come and go, because a Home may be drawn again while
    somebody is about to press. Its accessibility label names the environment, because many buttons have the
    same label. ``exact``: the card's offers with arguments, of which several may be of one operation.
    """
    if isinstance(button, Offer):
        drawn = offer_button(0, button)
        drawn["action_id"] = f"offer:{exact.index(button) if button in exact else button.operation}"
    else:
        value = json.dumps({"operation": button.operation, "environment": button.environment})
        drawn = {
            "type": "button",
            "action_id": f"{PICK}:{button.operation}",
            "text": plain(button.label, 75),
            "value": value,
        }
    return {**drawn, "accessibility_label": clip(f"{drawn['text']['text']} {card.name}", 75)}


def _asks(page: HomePage) -> Block:
    return section(f"{escape(page.asks)} {' '.join(f'<@{person}>' for person in page.people)}.")
