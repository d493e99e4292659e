"""What a stopped task logged and why it stopped, captured at the moment of failure: an hour later ECS has
forgotten it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.tell.steps import captured as tell
from handlers.words.codec import decode
from handlers.words.errors import Trouble
from handlers.words.message import Log
from handlers.words.step import Left, StepRecord
from policies.logs.lines import CONTEXT
from policies.secrets.redaction import redact
from policies.secrets.streams import LONGEST, redact_stream
from policies.service.facts import ServiceFacts
from policies.service.failure import failure_cause, failure_evidence
from policies.service.telling import telling_line, telling_words

LINES = 12
"""How many log lines are kept of each failed task: enough for the end of a stack trace, short enough for a
thread.
"""
STREAMS = 2
"""How many failed tasks have their logs read; the others fail alike."""


@dataclass(frozen=True)
class Captured:
    """What was captured. ``cause``: why the newest failed task ended, in a clause; empty if none failed.
    ``logs``: the most telling first. ``quotes``: some of them are lines that tasks wrote, or the cause says
    what such a line says.
    """

    cause: str = ""
    logs: tuple[Log, ...] = ()
    quotes: bool = False


def capture(place: Scope, facts: ServiceFacts, deployment: str, *, quoting: bool = True) -> Captured:
    """Capture titles with their lines, the most telling first: the log with the line that says why, if there
    is one, then the reasons that ECS gave, then the rest. All of it is redacted whole before anything
    shortens it.

    ARNs and account ids stay: this is the record, and ``handlers.tell.operation`` removes them from what is
    shown. In a log the last lines tell most; among reasons and events the first do.

    Never raises: if a log cannot be read, a line in its place says so. Without ``quoting``, no log is read.
    """
    found = failure_evidence(facts, deployment)
    logs = tuple(_logs(place, found.streams)) if quoting else ()
    telling = [log for log in logs if telling_line(log.lines) is not None]
    said = next((telling_words(log.lines) for log in telling), "")
    all_of_it = (
        *telling,
        Log(tell.WHY, tuple(redact(r) for r in found.reasons)),
        *(log for log in logs if log not in telling),
        Log(tell.EVENTS, tuple(redact(e) for e in found.events)),
    )
    cause = redact(failure_cause(facts, deployment, said))
    return Captured(cause, tuple(log for log in all_of_it if log.lines), bool(logs))


def has_captured(record: OperationRecord) -> bool:
    """Return whether the operation left any lines when it ended, also lines that were shared or that a task
    wrote that ended well.
    """
    return any(decode(Left, step.evidence).captured for step in record.steps)


def failures(record: OperationRecord, service: str = "") -> Iterator[tuple[StepRecord, Left]]:
    """Yield each step that failed, on this service if one is named, with what was captured about why."""
    for step in record.steps:
        if step.state.missed and service in ("", step.step.on):
            left = decode(Left, step.evidence)
            if left.captured:
                yield step, left


def unquoted(logs: Iterable[Log]) -> tuple[Log, ...]:
    """Return what was captured without what tasks wrote: the reasons and events of ECS."""
    return tuple(log for log in logs if not log.tail)


def newest(records: Iterable[OperationRecord], service: str = "") -> OperationRecord | None:
    """Return the first of these operations that captured why it failed: on this service, if one is named."""
    return next((record for record in records if any(failures(record, service))), None)


def _logs(place: Scope, streams: Sequence[tuple[str, str]]) -> Iterator[Log]:
    """Yield each log once: tasks that fail alike log the same."""
    titles: dict[str, tuple[str, ...]] = {}
    for group, stream in streams[:STREAMS]:
        lines = last_lines(place, group, stream)
        alike = next((title for title, known in titles.items() if known == lines), "")
        if alike:
            titles[tell.another_the_same(alike)] = titles.pop(alike)
        else:
            titles[tell.log(group, stream)] = lines
    for title, lines in titles.items():
        yield Log(title, lines, tail=True)


def last_lines(place: Scope, group: str, stream: str) -> tuple[str, ...]:
    """Return the last events of a stream, line by line, redacted as one text. The events before them are read
    too, because one of those may announce a secret. Never raises: a line says that a log cannot be read.
    """
    try:
        lines = place.logs.last_lines(group, stream, LINES + CONTEXT)
    except Trouble as trouble:
        return (tell.not_readable(trouble.sentence),)
    first = len(lines) - LINES
    parts = [(event, part) for event, line in enumerate(lines) for part in line.splitlines()]
    both = zip(parts, redact_stream([part for _, part in parts]), strict=True)
    told = (_told(part, said) for (event, part), said in both if said is not None and event >= first)
    return tuple(told) or (tell.NO_LINES,)


def _told(part: str, said: str) -> str:
    return said if len(part) <= LONGEST else tell.cut(said, len(part))
