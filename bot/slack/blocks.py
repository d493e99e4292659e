"""Outcomes as Block Kit: small functions that give plain dicts, each within the limits of slack-facts 2.1.

What is cut is said: "and N more". A status is a word. Limits here are ours and below Slack's, so that all
parts of one message together stay under 40,000 characters and 50 blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack.escaping import clip, escape, literal
from bot.slack.tables import table_blocks
from handlers.words.result import Evidence, Field, Offer, Outcome

Block = dict[str, Any]
Message = dict[str, Any]

TEXT = 3_000
FIELDS, LABEL, VALUE = 20, 150, 300
EVIDENCE, EVIDENCE_TEXT = 3, 2_200
DETAIL, DETAIL_TEXT = 10, 3_000
NOTES, NOTE = 9, 280
OFFERS = 24
STYLES = ("primary", "danger")


def outcome_message(outcome: Outcome) -> Message:
    """The whole of an outcome as one message, with the fallback text that notifications read."""
    said = escape(f"{outcome.status}: {outcome.summary}")
    blocks = [
        headline(outcome),
        *field_blocks(outcome.fields),
        *table_blocks(outcome.table),
        *evidence_blocks(outcome.evidence),
        *offer_blocks(outcome.offers),
        *note_blocks(outcome.notes),
    ]
    return {"text": clip(said, TEXT), "blocks": blocks}


def detail_message(evidence: Sequence[Evidence]) -> Message:
    """What was captured, for the thread of an operation's message."""
    blocks = [*evidence_blocks(evidence, most=DETAIL, length=DETAIL_TEXT)]
    titles = ", ".join(e.title for e in evidence)
    return {"text": clip(escape(f"What was captured: {titles}"), TEXT), "blocks": blocks}


def sentence_message(sentence: str) -> Message:
    text = clip(escape(sentence), TEXT).strip() or "…"
    return {"text": text, "blocks": [section(text)]}


def headline(outcome: Outcome) -> Block:
    """The status, always written, and the sentence."""
    return section(clip(f"*{clip(escape(outcome.status), 60)}* · {escape(outcome.summary)}", TEXT))


def section(mrkdwn: str) -> Block:
    """``verbatim`` keeps Slack from making links of names and hosts."""
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(line) for line in mrkdwn]}


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(literal(text), limit).strip() or "–"}


def field_blocks(fields: Sequence[Field]) -> Iterator[Block]:
    """Ten to a section, which is Slack's limit."""
    shown = [_mrkdwn(_field(f)) for f in fields[:FIELDS]]
    for start in range(0, len(shown), 10):
        yield {"type": "section", "fields": shown[start : start + 10]}
    yield from more(len(fields) - FIELDS)


def evidence_blocks(
    evidence: Sequence[Evidence], *, most: int = EVIDENCE, length: int = EVIDENCE_TEXT
) -> Iterator[Block]:
    for each in evidence[:most]:
        yield {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [_run(each.title, 200, bold=True)]},
                {"type": "rich_text_preformatted", "elements": [_run(_shown(each, length), length)]},
            ],
        }
    yield from more(len(evidence) - most)


def offer_blocks(offers: Sequence[Offer]) -> Iterator[Block]:
    """Buttons. The value is the opaque offer id and nothing else; an offer without one cannot be pressed."""
    buttons = [_button(n, offer) for n, offer in enumerate(offers[:OFFERS]) if offer.id]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    yield from more(len(offers) - OFFERS)


def note_blocks(notes: Sequence[str]) -> Iterator[Block]:
    said = [clip(escape(note), NOTE) for note in notes if escape(note).strip()]
    if len(said) > NOTES:
        said = [*said[:NOTES], f"and {len(said) - NOTES} more"]
    if said:
        yield context(*said)


def more(count: int) -> Iterator[Block]:
    if count > 0:
        yield context(f"and {count} more")


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text if text.strip() else "–", "verbatim": True}


def _field(field: Field) -> str:
    label, value = clip(escape(field.label), LABEL), clip(escape(field.value), VALUE)
    return f"*{label}*\n{value}" if label.strip() else value


def _run(text: str, limit: int, *, bold: bool = False) -> Block:
    run: Block = {"type": "text", "text": clip(literal(text), limit) or "–"}
    return {**run, "style": {"bold": True}} if bold else run


def _shown(evidence: Evidence, length: int) -> str:
    """The lines that fit: a log's last lines tell most; reasons and events begin with the most telling."""
    log = evidence.title.startswith("Log ")
    lines = [literal(line) for line in evidence.lines]
    telling = lines[::-1] if log else lines
    kept = _fitting(telling, length - 60) or [line[: length - 100] for line in telling[:1]]
    left = len(lines) - len(kept)
    if log:
        return "\n".join([*_left_out(left, "earlier"), *reversed(kept)])
    return "\n".join([*kept, *_left_out(left, "further")])


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """The first of the lines, whole ones, that take no more than ``room`` characters together."""
    kept = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _left_out(count: int, which: str) -> list[str]:
    return [f"({count} {which} line{'s' if count > 1 else ''} left out)"] if count else []


def _button(number: int, offer: Offer) -> Block:
    button: Block = {
        "type": "button",
        "action_id": f"offer:{number}",
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


OFFER = re.compile(r"^offer:\d+$")
"""The action ids of offer buttons."""
