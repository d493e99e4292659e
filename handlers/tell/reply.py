"""A reply of the gate as the message that whoever asked reads."""

from __future__ import annotations

from typing import assert_never

from handlers.words.message import Message, Status
from handlers.words.result import (
    Answer,
    Choice,
    Failure,
    Missing,
    NotUnderstood,
    Refusal,
    Reply,
    Report,
    Unchanged,
)
from policies.access.decision import NeedsApproval


def message(reply: Reply) -> Message:
    match reply:
        case Missing(headline) | NotUnderstood(headline) | Failure(headline):
            return Message(status(reply), headline)
        case Answer() | Refusal() | Choice() | Unchanged() | Report():
            return Message(status(reply), reply.headline, reply.blocks, reply.offers)
    assert_never(reply)


def status(reply: Reply) -> Status:
    match reply:
        case Answer():
            return Status.ANSWERED
        case Refusal(decision=NeedsApproval()):
            return Status.NEEDS_APPROVAL
        case Refusal():
            return Status.REFUSED
        case Choice():
            return Status.NEEDS_CONFIRMATION
        case Unchanged():
            return Status.UNCHANGED
        case Missing():
            return Status.NOT_FOUND
        case NotUnderstood():
            return Status.NOT_UNDERSTOOD
        case Failure():
            return Status.FAILED
        case Report(state=state):
            return Status(state.value)
    assert_never(reply)
