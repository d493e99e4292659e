"""What a verdict makes of a step. All captured text is redacted here, before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from handlers.tell import advance as tell
from handlers.words.codec import decode, encode, laid_over
from handlers.words.errors import Absent, Denied, NotNow, Trouble
from handlers.words.plan import Json
from handlers.words.step import Acted, Begun, End, Left, StepKind, StepRecord, StepState, Verdict
from policies.secrets.redaction import redact, redact_all

AGAIN = timedelta(seconds=5)
"""The time until facts that could not be read, or a call that was not accepted, are tried again."""


@dataclass(frozen=True)
class Trail:
    """What the gate itself keeps of a step, next to what its kind keeps.

    ``tried_at``: when a step that could not begin was last tried. The ``…_since``: since when facts could not
    be read, or calls were not accepted.
    """

    request_ids: tuple[str, ...] = ()
    code: str = ""
    answer: str = ""
    """*lost* if no answer came."""
    unread_since: datetime | None = None
    throttled_since: datetime | None = None
    refused_since: datetime | None = None
    tried_at: datetime | None = None


def trail(step: StepRecord) -> Trail:
    return decode(Trail, step.evidence)


def begun(kind: StepKind[Any, Any, Any], step: StepRecord, *, repeated: bool = False) -> Begun[Any, Any]:
    """Return the step as its kind sees it. ``repeated``: an earlier call got no answer. Raises ``TypeError``
    on an intent of another release that this one cannot read."""
    assert step.began_at is not None, "only what began is looked at"
    return Begun(
        on=step.step.on,
        intent=decode(kind.intent, step.step.arguments),
        before=decode(kind.evidence, step.before),
        evidence=decode(kind.evidence, step.evidence),
        began_at=step.began_at,
        position=step.position,
        repeated=repeated,
    )


def judged(step: StepRecord, verdict: Verdict[Any], *, now: datetime) -> tuple[StepRecord, datetime]:
    """Return the step after a look, and when to look again. A step that is to be acted on again is one whose
    call is not answered yet."""
    told = _with(replace(read(step), sentence=redact(verdict.sentence)), verdict.evidence)
    if verdict.left != Left():
        told = _with(told, verdict.left)
    if verdict.end is End.WAITS:
        assert verdict.until is not None, "what waits says until when"
        return told, verdict.until
    if verdict.end is End.AGAIN:
        return replace(told, answered=False), now
    return replace(told, state=StepState(verdict.end.value), ended_at=now), now


def answered(step: StepRecord, acted: Acted[Any]) -> StepRecord:
    ids, known = tuple(filter(None, acted.request_ids)), trail(step)
    known = replace(known, request_ids=ids or known.request_ids)
    return replace(_with(_with(step, acted.evidence), known), answered=True)


def adopted(step: StepRecord, found: Verdict[Any]) -> StepRecord:
    """Return the step after its answer was lost, and what the answer would have said was found."""
    told = _with(replace(step, sentence=redact(found.sentence)), found.evidence)
    return replace(_with(told, replace(trail(step), answer="lost")), answered=True)


def unanswered(step: StepRecord, lost: Trouble) -> StepRecord:
    told = replace(step, sentence=tell.looking(redact(lost.sentence)))
    return _with(told, replace(_of(step, lost), answer="lost"))


def _with(step: StepRecord, known: object) -> StepRecord:
    """Add what is known now to the step's evidence, redacted; ``None`` leaves the evidence as it was."""
    if known is None:
        return step
    return replace(step, evidence={**laid_over(step.evidence, known), **redact_all(encode(known))})


def failed(step: StepRecord, trouble: Trouble, *, now: datetime) -> StepRecord:
    """End the step as failed: AWS said no, so nothing happened."""
    told = _with(replace(step, sentence=redact(str(trouble))), _of(step, trouble))
    return replace(told, state=StepState.FAILED, ended_at=now)


def undone(step: StepRecord, sentence: str, *, now: datetime) -> StepRecord:
    return replace(step, sentence=sentence, state=StepState.UNDONE, ended_at=now)


def unknown(step: StepRecord, sentence: str, *, now: datetime) -> StepRecord:
    """End a step that cannot go on. If it had not begun, nothing was done; if it had, nobody can tell."""
    if step.state is StepState.PLANNED:
        return undone(step, tell.nothing_done(sentence), now=now)
    return replace(step, sentence=redact(sentence), state=StepState.UNKNOWN, ended_at=now)


def unread(
    step: StepRecord, trouble: Trouble, *, now: datetime, deadline: timedelta
) -> tuple[StepRecord, datetime]:
    """Return the step after facts could not be read. Before the call, the step waits, and fails with nothing
    done; after the call, it waits, and ends as unknown.

    The deadline counts from the first of consecutive looks that failed: a deployment may bake for hours, and
    one throttled look says nothing about it. What was changed and has gone since did not fail because of
    that.
    """
    begun = step.state is not StepState.PLANNED
    since = trail(step).unread_since or now
    if not begun and (isinstance(trouble, Denied | Absent) or now - since > deadline):
        return failed(step, trouble, now=now), now
    if begun and isinstance(trouble, Absent):
        said = tell.gone_meanwhile(trouble.sentence, made=step.answered)
        return unknown(_with(step, _of(step, trouble)), said, now=now), now
    if begun and now - since > deadline:
        return unknown(step, tell.no_telling(trouble.sentence), now=now), now
    known = replace(trail(step), code=trouble.code, unread_since=since, tried_at=_tried(step, now))
    said = tell.waiting(redact(trouble.sentence))
    return _with(replace(step, sentence=said), known), now + AGAIN


def held(
    step: StepRecord, trouble: Trouble, *, now: datetime, limit: timedelta
) -> tuple[StepRecord, datetime]:
    """Return the step after a call that was not accepted: nothing happened, and the call is repeated until
    ``limit``. Then an unbegun step has failed; if the step began, an earlier call may have happened.

    The limit counts from the first call that was not accepted to the first that is. Facts that can be read in
    between do not restart it.
    """
    refusal, known = isinstance(trouble, NotNow), trail(step)
    since = (known.refused_since if refusal else known.throttled_since) or now
    if now - since >= limit:
        return _never_taken(step, trouble, now=now, limit=limit), now
    known = replace(known, code=trouble.code, tried_at=_tried(step, now))
    known = replace(known, refused_since=since) if refusal else replace(known, throttled_since=since)
    why = redact(trouble.sentence)
    said = tell.asking_again(why) if refusal else tell.waiting(why)
    return _with(replace(step, sentence=said), known), now + AGAIN


def queued(step: StepRecord, steps: Sequence[StepRecord]) -> StepRecord:
    """Let a step that waited behind another of its kind, whose call was not accepted either, count that wait
    as its own.
    """
    waiting = [trail(s).throttled_since for s in steps if s.step.kind == step.step.kind and not s.answered]
    since = min((at for at in waiting if at is not None), default=None)
    return _with(step, replace(trail(step), throttled_since=since)) if since else step


def _never_taken(step: StepRecord, trouble: Trouble, *, now: datetime, limit: timedelta) -> StepRecord:
    if step.state is not StepState.PLANNED:
        return unknown(step, tell.no_telling(trouble.sentence), now=now)
    said = tell.never_began(redact(trouble.sentence), waited=limit)
    return replace(failed(step, trouble, now=now), sentence=said)


def _tried(step: StepRecord, now: datetime) -> datetime | None:
    return now if step.state is StepState.PLANNED else trail(step).tried_at


def last_tried(steps: Sequence[StepRecord], opened_at: datetime) -> datetime:
    """Return when the operation was last at work, while none of its steps could begin."""
    tried = (trail(step).tried_at for step in steps)
    return max([opened_at, *(at for at in tried if at is not None)])


def read(step: StepRecord) -> StepRecord:
    """Note that the facts could be read again."""
    known = trail(step)
    return step if known.unread_since is None else _with(step, replace(known, unread_since=None))


def summary(
    steps: Sequence[StepRecord],
    nouns: Mapping[str, str] = MappingProxyType({}),
    *,
    earlier: Sequence[StepRecord] = (),
) -> str:
    """Summarise all steps in one sentence: the only step's own sentence; or how many are done, what else is
    to be told, and what stopped the others.

    ``nouns``: what the steps of a kind are counted as (*services*). ``earlier``: the steps of the operations
    that this one retries; those that it does not repeat are counted too.
    """
    if len(steps) == 1 and not earlier:
        return steps[0].sentence
    if not steps:
        return tell.NOTHING_TO_DO
    others = [s for s in steps if s.state not in (StepState.DONE, StepState.LEFT_OUT)]
    told = [s for s in steps if s.state is StepState.DONE and left(s).tell]
    said = [s.sentence for s in (*told, *others) if s.sentence]
    if not others and not told and not any(s.step.kind in nouns for s in steps):
        said = [steps[-1].sentence]
    again = {_what(step, nouns) for step in steps}
    before = {_what(step, nouns): step for step in earlier if _what(step, nouns) not in again}
    return tell.together(_counted((*before.values(), *steps), nouns), said)


def _what(step: StepRecord, nouns: Mapping[str, str]) -> tuple[str, str]:
    """Return what the step is counted as, and its target."""
    return nouns.get(step.step.kind, step.step.kind), step.step.on


def _counted(steps: Sequence[StepRecord], nouns: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return by noun how many are done and how many there are; counts ``steps`` if no kind has a noun."""
    counts: dict[str, list[bool]] = {}
    for step in steps:
        if step.step.kind in nouns:
            counts.setdefault(nouns[step.step.kind], []).append(step.state is StepState.DONE)
    counts = counts or {"steps": [s.state is StepState.DONE for s in steps]}
    return {noun: (sum(done), len(done)) for noun, done in counts.items()}


def after(steps: Sequence[StepRecord]) -> dict[str, Json]:
    """Return the state after, as the steps found it: what each left under ``after``; later steps win."""
    found: dict[str, Json] = {}
    for step in steps:
        found.update(left(step).after)
    return found


def left(step: StepRecord) -> Left:
    return decode(Left, step.evidence)


def _of(step: StepRecord, trouble: Trouble) -> Trail:
    """Return the step's trail with what AWS said of a trouble."""
    known = trail(step)
    ids = (*known.request_ids, trouble.request_id) if trouble.request_id else known.request_ids
    return replace(known, code=trouble.code, request_ids=ids)
