"""Makes the message that the person reads from a reply of the gate."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from handlers.tell.glance import of_state
from handlers.words.message import Message, Status, Text, blocks
from handlers.words.result import (
    Answer,
    Choice,
    Failure,
    Form,
    Missing,
    NotUnderstood,
    Refusal,
    Reply,
    Report,
    Unchanged,
)
from policies.access.decision import NeedsApproval

WORDS = {
    "gate.busy": Status.BUSY,
    "safeguards.in-flight": Status.BUSY,
    "gate.offer": Status.OUT_OF_DATE,
    "access.gone": Status.OUT_OF_DATE,
    "access.unknown-environment": Status.NOT_FOUND,
    "access.no-grant": Status.NOT_FOUND,
    "owners.nobody": Status.NOT_FOUND,
    "owners.unknown": Status.NOT_NOW,
    "people.budget": Status.NOT_NOW,
    "keep.time": Status.NOT_UNDERSTOOD,
    "start.time": Status.NOT_UNDERSTOOD,
    "retain.time": Status.NOT_UNDERSTOOD,
    "retain.reason": Status.NOT_UNDERSTOOD,
    "schedule.text": Status.NOT_UNDERSTOOD,
    "schedule.unfit": Status.NOT_UNDERSTOOD,
    "keep.on": Status.NOT_NOW,
    "restart.asleep": Status.NOT_NOW,
    "scale.asleep": Status.NOT_NOW,
    "safeguards.stopped": Status.NOT_NOW,
    "safeguards.inactive": Status.NOT_NOW,
    "logs.time": Status.NOT_POSSIBLE,
    "changes.time": Status.NOT_POSSIBLE,
    "audit.time": Status.NOT_POSSIBLE,
    "cost.time": Status.NOT_POSSIBLE,
    "logs.follows": Status.NOT_NOW,
    "logs.groups": Status.NOT_NOW,
    "logs.outside-slack": Status.NOT_POSSIBLE,
    "people.unknown": Status.NOT_NOW,
    "people.groups-unknown": Status.NOT_NOW,
    "start.nothing-saved": Status.NOT_POSSIBLE,
    "scaling.no-bounds": Status.NOT_POSSIBLE,
    "scaling.bounds": Status.NOT_POSSIBLE,
    "scaling.autoscaling": Status.NOT_POSSIBLE,
    "safeguards.controller": Status.NOT_POSSIBLE,
    "safeguards.daemon": Status.NOT_POSSIBLE,
    "safeguards.express": Status.NOT_POSSIBLE,
    "safeguards.own-ground": Status.NOT_POSSIBLE,
    "safeguards.permissions": Status.NOT_POSSIBLE,
    "safeguards.disputed": Status.NOT_POSSIBLE,
    "safeguards.file-owns": Status.NOT_POSSIBLE,
    "owners.file": Status.NOT_POSSIBLE,
    "flags.none": Status.NOT_POSSIBLE,
    "flags.unknown": Status.NOT_FOUND,
    "flags.type": Status.NOT_POSSIBLE,
    "flags.no-parameter": Status.NOT_POSSIBLE,
    "flags.freeform": Status.NOT_POSSIBLE,
    "flags.undeployed": Status.NOT_POSSIBLE,
    "flags.variants": Status.NOT_POSSIBLE,
    "flags.missing": Status.NOT_POSSIBLE,
    "flags.draft": Status.NOT_POSSIBLE,
    "flags.deploying": Status.NOT_NOW,
    "flags.experiment": Status.NOT_NOW,
    "tasks.unapproved": Status.NOT_FOUND,
    "tasks.missing": Status.NOT_UNDERSTOOD,
    "tasks.parameter": Status.NOT_UNDERSTOOD,
    "tasks.no-parameter": Status.NOT_UNDERSTOOD,
    "tasks.too-long": Status.NOT_POSSIBLE,
    "tasks.no-revision": Status.NOT_POSSIBLE,
    "tasks.inactive": Status.NOT_POSSIBLE,
    "tasks.no-service": Status.NOT_POSSIBLE,
    "tasks.runs-already": Status.BUSY,
    "rollback.never-ran": Status.NOT_FOUND,
    "rollback.asleep": Status.NOT_NOW,
    "rollback.stopped": Status.NOT_NOW,
    "rollback.inactive": Status.NOT_NOW,
    "rollback.in-progress": Status.NOT_NOW,
    "rollback.clean-up": Status.NOT_NOW,
    "rollback.unknown": Status.NOT_POSSIBLE,
    "rollback.nothing": Status.NOT_POSSIBLE,
    "rollback.controller": Status.NOT_POSSIBLE,
    "rollback.express": Status.NOT_POSSIBLE,
    "rollback.daemon": Status.NOT_POSSIBLE,
    "rollback.deregistered": Status.NOT_POSSIBLE,
    "rollback.image-gone": Status.NOT_POSSIBLE,
    "flush.empty": Status.NOT_UNDERSTOOD,
    "flush.pattern": Status.NOT_UNDERSTOOD,
    "flush.no-cache": Status.NOT_POSSIBLE,
    "digest.channel": Status.NOT_POSSIBLE,
    "overrides.longest": Status.NOT_POSSIBLE,
    "overrides.ahead": Status.NOT_POSSIBLE,
    "start.longest": Status.NOT_POSSIBLE,
}
"""The status of a refusal under each of these rules, none of which says that a person may not do something.
An environment without a grant has the same status as one that does not exist. A refusal under any other rule
is *refused*, except under an owner rule.
"""


def message(reply: Reply) -> Message:
    match reply:
        case NotUnderstood(headline) | Failure(headline):
            return Message(status(reply), headline)
        case Form(headline, hint):
            return Message(status(reply), headline, blocks(Text((hint,))))
        case Missing(headline, offers=offers):
            return Message(status(reply), headline, offers=offers)
        case Report():
            told = Message(status(reply), reply.headline, reply.blocks, reply.offers, tells=True)
            return replace(told, operation=reply.operation_id)
        case Answer() | Refusal() | Choice() | Unchanged():
            return Message(status(reply), reply.headline, reply.blocks, reply.offers)
    assert_never(reply)


def status(reply: Reply) -> Status:
    match reply:
        case Answer(status=read):
            return read
        case Refusal(decision=NeedsApproval()):
            return Status.NEEDS_APPROVAL
        case Refusal(decision):
            return WORDS.get(decision.rule, _unnamed(decision.rule))
        case Choice() | Form():
            return Status.NEEDS_CONFIRMATION
        case Unchanged():
            return Status.UNCHANGED
        case Missing(unnamed=unnamed):
            return Status.NOT_UNDERSTOOD if unnamed else Status.NOT_FOUND
        case NotUnderstood():
            return Status.NOT_UNDERSTOOD
        case Failure():
            return Status.FAILED
        case Report(state=state):
            return of_state(state)
    assert_never(reply)


def _unnamed(rule: str) -> Status:
    """The status of a refusal under a rule that is not in the table. A person whom Slack does not count as
    one of us can own nothing, whoever asks.
    """
    return Status.NOT_POSSIBLE if rule.startswith("owners.") else Status.REFUSED
