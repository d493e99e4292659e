"""Messages as Block Kit: small functions that return plain dicts, each within the limits of facts/slack 2.1.

Whatever is cut is announced: "and N more". A status is a word. The limits here are the bot's own and lower
than Slack's, so that all parts of one message together stay under 40,000 characters and 50 blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

from bot.slack.charts import CHART, CHARTS, as_table, chart_blocks, told
from bot.slack.escaping import clip, clip_seen, escape, literal
from bot.slack.tables import table_blocks
from handlers.tell.glance import SIGNS
from handlers.tell.together import AUDIT
from handlers.words import message as words
from handlers.words.message import Chart, Field, Fields, Log, Offer, Status, Table, Text
from policies.record.joining import MOST as MOST_TOLD
from policies.times.moments import plain as in_words

Block = dict[str, Any]
Drawn = dict[str, Any]
"""A message in Slack's form: its ``text`` and its ``blocks``."""

TEXT = 3_000
FIELDS, LABEL, VALUE = 20, 150, 300
MOST, ROOM = 40, 26_000
"""The most blocks, and the most characters, between the headline and the buttons."""
LOGS, LOG_TEXT = 3, 2_200
DETAIL, DETAIL_TEXT = 10, 3_000
NOTES, NOTE = 9, 400
LINES = 20
OFFERS = 24
PEOPLE = 20
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
STYLES = ("primary", "danger")


def draw(message: words.Message) -> Drawn:
    """Draw the whole message; its buttons come last. The fallback text, for notifications and screen readers,
    has the status in a word and the numbers of the charts.
    """
    said = message.headline
    if message.status is not Status.ANSWERED:
        said = f"{message.status.value}: {said}"
    said = f"{said} {told(block for block in message.blocks if isinstance(block, Chart))}".strip()
    shown = within(body(message.blocks), most=MOST, room=ROOM)
    blocks = [headline(message), *named(message), *shown, *offer_blocks(message.offers)]
    return {"text": _fallback(said), "blocks": blocks}


def without_pictures(drawn: Drawn) -> Drawn | None:
    """Draw the same message with the numbers of its charts in a table, for a Slack that does not take charts
    (Slack is rolling them out, facts/slack 2.1); ``None`` if the message has no chart. A message holds one
    table: if there is one already, the lines beneath each chart give its numbers.
    """
    blocks: list[Block] = drawn.get("blocks") or []
    if not any(block["type"] == CHART for block in blocks):
        return None
    free = not any(block["type"] == "table" for block in blocks)
    kept: list[Block] = []
    for block in blocks:
        if block["type"] != CHART:
            kept.append(block)
        elif free:
            kept += table_blocks(as_table(block))
            free = False
    return {**drawn, "blocks": kept}


def within(drawn: Iterable[Block], *, most: int, room: int) -> Iterator[Block]:
    """Yield as many whole blocks as fit; if some do not fit, the last block says so."""
    for count, block in enumerate(drawn, 1):
        room -= _length(block)
        if count > most or room < 0:
            yield context("Not all of it fits here.")
            return
        yield block


def _length(drawn: object) -> int:
    """Count the characters as Slack does."""
    if isinstance(drawn, dict):
        return sum(_length(value) for value in drawn.values())
    if isinstance(drawn, list):
        return sum(_length(value) for value in drawn)
    return len(drawn) if isinstance(drawn, str) else 0


def body(given: Sequence[words.Block]) -> Iterator[Block]:
    """Draw the blocks of a message. Only the first few logs are shown, and the number left out is given once.
    Slack takes one table per message (facts/slack 2.1): further tables become lines, as do the numbers of
    charts beyond the second.
    """
    logs = [block for block in given if isinstance(block, Log)]
    tables = [block for block in given if isinstance(block, Table)]
    charts = 0
    for block in given:
        match block:
            case Text(lines):
                yield from note_blocks(lines)
            case Fields(pairs):
                yield from field_blocks(pairs)
            case Table():
                yield from table_blocks(block) if block is tables[0] else table_lines(block)
            case Log():
                if block is logs[0]:
                    yield from log_blocks(logs)
            case Chart():
                charts += 1
                yield from chart_blocks(block, drawn=charts <= CHARTS)
            case _:
                assert_never(block)


def draw_detail(logs: Sequence[Log], offers: Sequence[Offer] = ()) -> Drawn:
    """Draw the captured logs and their buttons, for the thread of an operation's message."""
    blocks = [*log_blocks(logs, most=DETAIL, length=DETAIL_TEXT), *offer_blocks(offers)]
    titles = ", ".join(log.title for log in logs)
    return {"text": _fallback(f"What was captured: {titles}"), "blocks": blocks}


def draw_sentence(sentence: str) -> Drawn:
    return {"text": _fallback(sentence), "blocks": [section(clip(escape(sentence), TEXT).strip() or "…")]}


def _fallback(said: str) -> str:
    """Make the fallback text. Its times are words with their zone, because not every notification draws a
    date.
    """
    return clip(escape(in_words(said)), TEXT).strip() or "…"


def headline(message: words.Message) -> Block:
    """Draw the sign, the status in a word unless the sentence says it, and the sentence; next to them stands
    the menu that leads to the audit log.
    """
    said = escape(message.headline)
    if not message.tells and message.status is not Status.ANSWERED:
        said = f"*{escape(message.status.value)}* · {said}"
    shown = section(clip(f"{SIGNS[message.status]} {said}", TEXT))
    entries = [(AUDIT, message.operation)] if message.operation else []
    entries += [(f"{AUDIT} of {name}", operation) for operation, name in message.operations]
    return {**shown, "accessory": _menu(entries)} if entries else shown


def named(message: words.Message) -> Iterator[Block]:
    """Name people, each of whom is notified, and channels. Only well-formed ids are used, so that no other
    text can get in.
    """
    people = [f"<@{person}>" for person in message.people if _PERSON.fullmatch(person)]
    channels = [f"<#{channel}>" for channel in message.channels if _CHANNEL.fullmatch(channel)]
    if people or channels:
        yield section(" ".join((*people[:PEOPLE], *channels[:PEOPLE])))


def section(mrkdwn: str) -> Block:
    """Draw a section. ``verbatim`` keeps Slack from turning names and hosts into links."""
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(line) for line in mrkdwn]}


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(literal(text), limit).strip() or "–"}


def field_blocks(fields: Sequence[Field]) -> Iterator[Block]:
    """Draw fields, ten per section, which is Slack's limit."""
    shown = [_mrkdwn(_field(f)) for f in fields[:FIELDS]]
    for start in range(0, len(shown), 10):
        yield {"type": "section", "fields": shown[start : start + 10]}
    yield from more(len(fields) - FIELDS)


def log_blocks(logs: Sequence[Log], *, most: int = LOGS, length: int = LOG_TEXT) -> Iterator[Block]:
    for each in logs[:most]:
        yield {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [_run(each.title, 200, bold=True)]},
                {"type": "rich_text_preformatted", "elements": [_run(_shown(each, length), length)]},
            ],
        }
    yield from more(len(logs) - most)


def offer_blocks(offers: Sequence[Offer]) -> Iterator[Block]:
    """Draw buttons. A button's value is the opaque offer id and nothing else; an offer without an id gets no
    button.
    """
    buttons = [offer_button(n, offer) for n, offer in enumerate(offers[:OFFERS]) if offer.id]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    yield from more(len(offers) - OFFERS)


def note_blocks(notes: Sequence[str]) -> Iterator[Block]:
    said = [clip_seen(escape(note), NOTE) for note in notes if escape(note).strip()]
    if len(said) > NOTES:
        said = [*said[:NOTES], f"and {len(said) - NOTES} more"]
    if said:
        yield context(*said)


def table_lines(table: Table) -> Iterator[Block]:
    """Draw the first rows of a table as lines."""
    said = [" · ".join(cell for cell in row if cell) for row in table.rows[:LINES]]
    for start in range(0, len(said), NOTES):
        yield from note_blocks(said[start : start + NOTES])
    yield from more(len(table.rows) - LINES)


def more(count: int) -> Iterator[Block]:
    if count > 0:
        yield context(f"and {count} more")


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text if text.strip() else "–", "verbatim": True}


def _field(field: Field) -> str:
    label, value = clip(escape(in_words(field.label)), LABEL), clip_seen(escape(field.value), VALUE)
    return f"*{label}*\n{value}" if label.strip() else value


def _run(text: str, limit: int, *, bold: bool = False) -> Block:
    run: Block = {"type": "text", "text": clip(literal(text), limit) or "–"}
    return {**run, "style": {"bold": True}} if bold else run


def _shown(log: Log, length: int) -> str:
    """Join the most telling lines that fit."""
    lines = [literal(line) for line in log.lines]
    telling = lines[::-1] if log.tail else lines
    kept = _fitting(telling, length - 60) or [line[: length - 100] for line in telling[:1]]
    left = len(lines) - len(kept)
    if log.tail:
        return "\n".join([*_left_out(left, "earlier"), *reversed(kept)])
    return "\n".join([*kept, *_left_out(left, "further")])


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Return the first whole lines that together take no more than ``room`` characters."""
    kept = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _left_out(count: int, which: str) -> list[str]:
    return [f"({count} {which} line{'s' if count > 1 else ''} left out)"] if count else []


def offer_button(number: int, offer: Offer) -> Block:
    button: Block = {
        "type": "button",
        "action_id": f"{'form' if offer.opens else 'offer'}:{number}",
        "text": plain(offer.label, 75),
        "value": offer.id[:2_000],
    }
    if offer.style in STYLES:
        button["style"] = offer.style
    if offer.confirm:
        button["confirm"] = {
            "title": plain("Are you sure?", 100),
            "text": plain(offer.confirm, 300),
            "confirm": plain(offer.label, 30),
            "deny": plain("Cancel", 30),
        }
    return button


def _menu(entries: Sequence[tuple[str, str]]) -> Block:
    """Slack takes five options, which is as many operations as one message tells of."""
    options = [
        {"text": plain(label, 75), "value": operation[:150]} for label, operation in entries[:MOST_TOLD]
    ]
    return {"type": "overflow", "action_id": MENU, "options": options}


MENU = "more"
"""The action id of the menu of an operation's message."""
OFFER = re.compile(r"^offer:(\d+|[a-z][a-z ]*)$")
"""The action ids of offer buttons: by place in a message, by operation in a Home."""
FORM = re.compile(r"^form:\d+$")
"""The action ids of buttons that open a form: a trigger expires too soon to look up the offer first."""
