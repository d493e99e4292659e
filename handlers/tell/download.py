"""Composes the file with what was captured of an operation that failed, and its button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.operation import of as subject
from handlers.words.codec import decode
from handlers.words.message import Log, Offer, TextFile
from handlers.words.result import Answer
from handlers.words.step import Left, StepRecord
from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.times.instants import words
from policies.times.moments import plain

LASTS = timedelta(days=30)
"""For how long the button works; after that, the command does the same for what is still kept."""
SENT = "The file is in your direct messages with Lamplighter."
NOT_ALLOWED = (
    "The file cannot be sent, because this Slack app may not upload files: an admin has to add the scope "
    "`files:write` to the app and install it again."
)
_OTHER = re.compile(r"[^a-z0-9-]+")


def button(record: OperationRecord) -> Offer:
    return Offer(
        "Download", "download", record.environment, arguments={"of": record.id}, once=False, expires_in=LASTS
    )


def not_sent(why: str) -> str:
    return f"The file was not sent: {why}"


def gone() -> Answer:
    told = "What was captured then is not kept any longer; the audit log still says how it ended."
    return Answer(told, nothing=True)


def none(environment: str, service: str) -> Answer:
    where = f"`{service}` in `{environment}`" if service else f"`{environment}`"
    return Answer(
        f"Nothing was captured of {where} lately. Lamplighter captures what tasks said when something that "
        "was asked for through it fails.",
        nothing=True,
    )


def answer(record: OperationRecord, zone: tzinfo, now: datetime) -> Answer:
    """Say what is in the file; the edge adds where the file is."""
    at = said_in_full(record.opened_at, zone, now)
    return Answer(f"What was captured of the {_what(record)}, which {record.actor_name} asked for at {at}.")


def file(record: OperationRecord, zone: tzinfo) -> TextFile:
    """Make the file. All of it was redacted when it was stored; ARNs and account ids are left out, as in a
    channel.
    """
    local = record.opened_at.astimezone(zone)
    target = _OTHER.sub("-", _target(record).lower()).strip("-")
    name = "-".join(part for part in (record.environment, target, f"{local:%Y-%m-%d-%H%M}") if part)
    title = _title(record)
    lines = (*_head(record, title, zone), *_steps(record, zone), *_logs(record))
    return TextFile(f"{name}.txt", title, "\n".join(public(plain(line)) for line in lines) + "\n")


def _target(record: OperationRecord) -> str:
    return record.arguments.get("task", "") or ("" if record.target == "*" else record.target)


def _what(record: OperationRecord) -> str:
    return f"`{record.name}` of {subject(record)}"


def _title(record: OperationRecord) -> str:
    return f"{record.name.capitalize()} of {subject(record)}".replace("`", "")


def _head(record: OperationRecord, title: str, zone: tzinfo) -> Iterator[str]:
    yield from (title, "=" * len(title), "")
    yield f"Asked for by {record.actor_name} at {_at(record.opened_at, zone)}"
    if record.closed_at is not None:
        took = words(record.closed_at - record.opened_at)
        yield f"Ended at {_at(record.closed_at, zone)}, after {took}: {record.state.value}"
    if record.summary:
        yield record.summary.replace("`", "")
    yield from (note.replace("`", "") for note in record.notes)


def _steps(record: OperationRecord, zone: tzinfo) -> Iterator[str]:
    yield from ("", "Steps", "-----")
    for number, step in enumerate(record.steps, 1):
        said = f": {step.sentence.replace('`', '')}" if step.sentence else ""
        yield f"{number}. {step.step.on}, {step.state.value}{_when(step, zone)}{said}"


def _when(step: StepRecord, zone: tzinfo) -> str:
    if step.began_at is None:
        return ""
    begun = f", begun at {_at(step.began_at, zone)}"
    return f"{begun}, ended after {words(step.ended_at - step.began_at)}" if step.ended_at else begun


def _at(instant: datetime, zone: tzinfo) -> str:
    """Write a time with its date, because a file is read much later."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone})"


def _logs(record: OperationRecord) -> Iterator[str]:
    for step in record.steps:
        for log in decode(Left, step.evidence).captured:
            yield from _log(log, step.step.on if len(record.steps) > 1 else "")


def _log(log: Log, on: str) -> Iterator[str]:
    title = f"{on}: {log.title}" if on else log.title
    yield from ("", title, "-" * min(len(title), 100), *log.lines)
