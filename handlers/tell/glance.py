"""Holds the one table of the signs that lead messages: a dozen, for the glance. docs/messages.md shows the
table.

A sign never carries its meaning alone: the word, or a sentence that says the same, follows. The text for
notifications and screen readers begins with the word and has no sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from handlers.words.message import Status
from policies.record.lifecycle import State


class Sign(StrEnum):
    """The signs. Each is one character, so that no client turns it into text."""

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
"""The sign of each status. A test compares this table with the statuses, and the documentation with both."""


def signed(status: Status, said: str = "") -> str:
    """Return a sign with its word, for a table cell: *🟢 on*. ``said`` replaces the word and includes it."""
    return f"{SIGNS[status]} {said or status.value}"


def of_state(state: State) -> Status:
    """Return the status of a state. Every state of an operation has one."""
    return Status(state.value)
