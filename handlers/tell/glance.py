"""The sign that leads a message: one of a dozen, for the glance. The one table; docs/messages.md shows it.

A sign is never the only carrier of what it says: the word, or a sentence that says it, follows, and the text
that notifications and screen readers get begins with the word and has no sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from handlers.words.message import Status
from policies.record.lifecycle import State


class Sign(StrEnum):
    """All of them are one character, so that nothing turns them into text."""

    WELL = "🟢"
    PARTLY = "🟠"
    FAILED = "🔴"
    MOVING = "🔄"
    NOTHING = "⚪"
    OFF = "🌙"
    UNKNOWN = "❓"
    REFUSED = "🚫"
    ASKS = "💬"
    LATER = "⏳"
    NOTICE = "🔔"
    ANSWER = "📄"


MEANS: Mapping[Sign, str] = {
    Sign.WELL: "done, or up",
    Sign.PARTLY: "done or up in part",
    Sign.FAILED: "failed",
    Sign.MOVING: "under way",
    Sign.NOTHING: "over without an effect, or overtaken",
    Sign.OFF: "off",
    Sign.UNKNOWN: "not known",
    Sign.REFUSED: "somebody may not",
    Sign.ASKS: "waits for an answer",
    Sign.LATER: "not now, or soon",
    Sign.NOTICE: "somebody should know",
    Sign.ANSWER: "an answer",
}

SIGNS: Mapping[Status, Sign] = {
    Status.ANSWERED: Sign.ANSWER,
    Status.NEEDS_CONFIRMATION: Sign.ASKS,
    Status.NEEDS_APPROVAL: Sign.ASKS,
    Status.AWAITING_CONFIRMATION: Sign.ASKS,
    Status.AWAITING_APPROVAL: Sign.ASKS,
    Status.UNANSWERED: Sign.ASKS,
    Status.NOT_FOUND: Sign.UNKNOWN,
    Status.NOT_UNDERSTOOD: Sign.UNKNOWN,
    Status.INTERRUPTED: Sign.UNKNOWN,
    Status.UNKNOWN: Sign.UNKNOWN,
    Status.BUSY: Sign.LATER,
    Status.NOT_NOW: Sign.LATER,
    Status.OUT_OF_DATE: Sign.LATER,
    Status.STOPPING_SOON: Sign.LATER,
    Status.REFUSED: Sign.REFUSED,
    Status.REJECTED: Sign.REFUSED,
    Status.NOT_POSSIBLE: Sign.NOTHING,
    Status.UNCHANGED: Sign.NOTHING,
    Status.EXPIRED: Sign.NOTHING,
    Status.CANCELLED: Sign.NOTHING,
    Status.SUPERSEDED: Sign.NOTHING,
    Status.NOT_STOPPED: Sign.NOTHING,
    Status.RUNNING: Sign.MOVING,
    Status.STARTING: Sign.MOVING,
    Status.STOPPING: Sign.MOVING,
    Status.SUCCEEDED: Sign.WELL,
    Status.ON: Sign.WELL,
    Status.KEPT_ON: Sign.WELL,
    Status.STARTED_AGAIN: Sign.WELL,
    Status.PARTIAL: Sign.PARTLY,
    Status.PARTLY_UP: Sign.PARTLY,
    Status.STOPPED_IN_PART: Sign.PARTLY,
    Status.FAILED: Sign.FAILED,
    Status.ROLLED_BACK: Sign.FAILED,
    Status.TIMED_OUT: Sign.FAILED,
    Status.NOT_STARTED: Sign.FAILED,
    Status.OFF: Sign.OFF,
    Status.STOPPED: Sign.OFF,
    Status.OBSERVING: Sign.NOTICE,
    Status.DRIFTED: Sign.NOTICE,
    Status.BUDGET: Sign.NOTICE,
}
"""Of each status. A test holds this table to the statuses, and the documentation to both."""


def signed(status: Status, said: str = "") -> str:
    """*🟢 on*, for a cell of a table; ``said``: what follows instead of the bare word, the word in it."""
    return f"{SIGNS[status]} {said or status.value}"


def of_state(state: State) -> Status:
    """Every state of an operation is a status."""
    return Status(state.value)
