"""Says in one natural sentence what is being done or how it ended, and who asked for it.

The sentence is composed from values alone: the verb that the operation declares, and what its steps left. The
cause of a failure comes before anything else that is known of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from handlers.ports.store import OperationRecord
from handlers.words.codec import decode
from handlers.words.operation import Operation, Verb
from handlers.words.step import Left, StepState
from policies.record.lifecycle import WHOLE, State
from policies.times.instants import words

_WELL = (StepState.DONE, StepState.LEFT_OUT)


def verb_of(record: OperationRecord, declared: Operation | None) -> Verb:
    """Return the operation's verb. ``declared`` is ``None`` if this release has no operation of that name."""
    found = declared.verb if declared is not None else None
    name = f"`{record.name}`"
    return found or Verb(f"having {name} done", f"had {name} done", f"did not have {name} done")


def headline(record: OperationRecord, declared: Operation | None, *, now: datetime) -> str:
    """The headline: *`orders-api` restarted in `staging` · healthy after 38 s · Dev*."""
    verb = verb_of(record, declared)
    said = _sentence(record, verb, _place(record, verb), now)
    return " · ".join((*said, record.actor_name))


def line(record: OperationRecord, declared: Operation | None, *, now: datetime) -> str:
    """The same without the place and the person, for a message that names both already: *`orders-api`
    restarted · healthy after 38 s*.
    """
    return " · ".join(_sentence(record, verb_of(record, declared), "", now))


def going(record: OperationRecord, declared: Operation | None) -> str:
    """Say what is being done and where, without how far it is: *`db-migrate` is running in `staging`*."""
    verb = verb_of(record, declared)
    there = _place(record, verb)
    if verb.subject and record.environment and not there:
        there = f" in `{record.environment}`"
    return f"{_subject(record, verb)} is {verb.going}{there}"


def remark(record: OperationRecord) -> tuple[str, ...]:
    """Return the summary of an operation that timed out, if the headline gives only the cause."""
    left_over = record.state is State.TIMED_OUT and _cause(record)
    return (record.summary,) if left_over else ()


def _sentence(record: OperationRecord, verb: Verb, there: str, now: datetime) -> Iterator[str]:
    """Yield the sentence, and then the duration if the sentence does not include it."""
    took = f"after {words((record.closed_at or now) - record.opened_at)}"
    match record.state:
        case State.RUNNING:
            yield _with(f"{_subject(record, verb)} is {verb.going}{there}", _progress(record))
        case State.SUCCEEDED if verb.whole:
            yield _told(record).rstrip(".")
        case State.SUCCEEDED:
            yield f"{_subject(record, verb)} {verb.done}{there}"
            yield from (x for x in (record.summary.rstrip("."), "" if _timed(record) else took) if x)
        case _:
            yield _with(_otherwise(record, verb, there), _why(record))
            yield from () if record.state is State.UNCHANGED else (took,)


def _otherwise(record: OperationRecord, verb: Verb, there: str) -> str:
    """Say how an operation ended that did not succeed."""
    it, broke = _subject(record, verb), verb.broke if _broke(record) else ""
    match record.state:
        case State.FAILED:
            return f"{it} {broke or verb.failed}{there}"
        case State.ROLLED_BACK if broke:
            return f"{it} {broke}{there} and was rolled back"
        case State.ROLLED_BACK:
            return f"{it} was rolled back{there}"
        case State.TIMED_OUT if verb.late:
            return f"{it} {verb.late}{there}"
        case State.TIMED_OUT:
            return f"{it} {broke or verb.failed}{there}{'' if broke or verb.whole else ' in time'}"
        case State.PARTIAL if verb.whole:
            return f"{it}{there}: not all of it was done"
        case State.PARTIAL:
            return f"{it} {verb.done} in part{there}"
        case State.SUPERSEDED:
            return f"{it} {verb.failed}{there}"
        case State.CANCELLED:
            return f"{it} is no longer {verb.going}{there}"
        case State.INTERRUPTED:
            return f"{it} was {verb.going}{there}, which was interrupted"
    return f"{it}{there}"


def _subject(record: OperationRecord, verb: Verb) -> str:
    if named := record.arguments.get(verb.named_by):
        return f"`{named.replace('`', chr(39))}`"
    if verb.subject or not record.environment:
        return verb.subject or "This installation"
    return f"`{record.environment if record.target in ('', WHOLE) else record.target}`"


def _place(record: OperationRecord, verb: Verb) -> str:
    """Name the environment, unless it is the subject."""
    if record.environment and record.arguments.get(verb.named_by):
        return f" in `{record.environment}`"
    whole = not record.environment or record.target in ("", WHOLE)
    return "" if whole else f" in `{record.environment}`"


def _progress(record: OperationRecord) -> str:
    return "; ".join(dict.fromkeys(s.sentence for s in record.steps if s.sentence and not s.state.ended))


def _told(record: OperationRecord) -> str:
    """Join what the successful steps say they did."""
    said = dict.fromkeys(s.sentence for s in record.steps if s.sentence and s.state is StepState.DONE)
    return " ".join(said) or record.summary


def _why(record: OperationRecord) -> str:
    cause = _cause(record)
    return (record.summary or ("" if record.steps else record.state.value)) if cause is None else cause


def _cause(record: OperationRecord) -> str | None:
    """The cause that the first unsuccessful step gives apart from how it ended; ``None`` if none does."""
    return next((left.cause for left in _lefts(record) if left.cause is not None), None)


def _broke(record: OperationRecord) -> bool:
    return any(left.broke for left in _lefts(record))


def _lefts(record: OperationRecord) -> Iterator[Left]:
    return (decode(Left, s.evidence) for s in record.steps if s.state.ended and s.state not in _WELL)


def _timed(record: OperationRecord) -> bool:
    """Tell whether the summary includes the duration. Only an operation with one step has such a summary."""
    return len(record.steps) == 1 and decode(Left, record.steps[0].evidence).timed


def _with(sentence: str, why: str) -> str:
    return f"{sentence}: {why.rstrip('.')}" if why else sentence
