"""What a verdict makes of a step. All captured text is redacted here, before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from handlers.words.errors import Absent, Denied, NotNow, Trouble
from handlers.words.plan import Facts, Json
from handlers.words.step import (
    Done,
    Failed,
    RolledBack,
    StepRecord,
    StepState,
    Superseded,
    TimedOut,
    Undone,
    Unknown,
    Verdict,
    Waiting,
)
from policies.redaction import redact, redact_all
from policies.times import words

AGAIN = timedelta(seconds=5)
"""Until facts that could not be read, or a call that was not taken, are asked for again."""
TRIED_AT = "tried_at"
"""In the evidence of a step that could not begin: when that was tried last."""

_THROTTLED = "throttled_since"

_ENDS = {
    Done: StepState.DONE,
    Failed: StepState.FAILED,
    RolledBack: StepState.ROLLED_BACK,
    Superseded: StepState.SUPERSEDED,
    TimedOut: StepState.TIMED_OUT,
    Undone: StepState.UNDONE,
    Unknown: StepState.UNKNOWN,
}


def judged(step: StepRecord, verdict: Verdict, *, now: datetime) -> tuple[StepRecord, datetime]:
    """The step after a look, and when to look again."""
    told = read(step).told(redact(verdict.sentence), redact_all(dict(verdict.evidence)))
    if isinstance(verdict, Waiting):
        return told, verdict.until
    return replace(told, state=_ENDS[type(verdict)], ended_at=now), now


def answered(step: StepRecord, evidence: Facts) -> StepRecord:
    return replace(step.told(step.sentence, redact_all(dict(evidence))), answered=True)


def unanswered(step: StepRecord, lost: Trouble) -> StepRecord:
    said = {"answer": "lost", "code": lost.code, **_ids(step, lost)}
    return step.told(f"{redact(lost.sentence)} Looking whether it happened.", said)


def failed(step: StepRecord, trouble: Trouble, *, now: datetime) -> StepRecord:
    """AWS said no: nothing happened."""
    told = step.told(redact(str(trouble)), {"code": trouble.code, **_ids(step, trouble)})
    return replace(told, state=StepState.FAILED, ended_at=now)


def undone(step: StepRecord, sentence: str, *, now: datetime) -> StepRecord:
    return replace(step.told(sentence, {}), state=StepState.UNDONE, ended_at=now)


def unknown(step: StepRecord, sentence: str, *, now: datetime) -> StepRecord:
    """It cannot go on. Unbegun, nothing was done; begun, nobody can tell."""
    if step.state is StepState.PLANNED:
        return undone(step, f"{sentence} Nothing was done.", now=now)
    return replace(step.told(redact(sentence), {}), state=StepState.UNKNOWN, ended_at=now)


def unread(
    step: StepRecord, trouble: Trouble, *, now: datetime, deadline: timedelta
) -> tuple[StepRecord, datetime]:
    """Facts could not be read. Before the call: nothing was done. After it: wait, then unknown.

    The deadline counts from the first look in a row that failed: a deployment may bake for hours, and one
    throttled look says nothing about it.
    """
    begun = step.state is not StepState.PLANNED
    first = step.evidence.get("unread_since")
    since = datetime.fromisoformat(first) if isinstance(first, str) else now
    if not begun and (isinstance(trouble, Denied | Absent) or now - since > deadline):
        return failed(step, trouble, now=now), now
    if begun and isinstance(trouble, Absent):
        return failed(step, trouble, now=now), now
    if begun and now - since > deadline:
        return unknown(step, f"Cannot tell how it ended. {trouble.sentence}", now=now), now
    said: dict[str, Json] = {"code": trouble.code, "unread_since": since.isoformat(), **_tried(step, now)}
    return step.told(f"waiting for AWS: {redact(trouble.sentence)}", said), now + AGAIN


def held(
    step: StepRecord, trouble: Trouble, *, now: datetime, limit: timedelta
) -> tuple[StepRecord, datetime]:
    """A call that was not taken: nothing happened, and it is made again until ``limit``. An unbegun step has
    failed then; of one that began, an earlier call may have happened.

    The limit counts from the first call that was not taken to the first that is: facts that can be read
    between them begin nothing anew.
    """
    refusal = isinstance(trouble, NotNow)
    name = "refused_since" if refusal else _THROTTLED
    first = step.evidence.get(name)
    since = datetime.fromisoformat(first) if isinstance(first, str) else now
    if now - since >= limit:
        return _never_taken(step, trouble, now=now, limit=limit), now
    said: dict[str, Json] = {"code": trouble.code, name: since.isoformat(), **_tried(step, now)}
    lead = "asking AWS again" if refusal else "waiting for AWS"
    return step.told(f"{lead}: {redact(trouble.sentence)}", said), now + AGAIN


def queued(step: StepRecord, steps: Sequence[StepRecord]) -> StepRecord:
    """A step that waited behind another of its kind, which was not taken either, has waited as long."""
    waits = [s.evidence.get(_THROTTLED) for s in steps if s.step.kind == step.step.kind and not s.answered]
    since = min((at for at in waits if isinstance(at, str)), default="")
    return step.told(step.sentence, {_THROTTLED: since}) if since else step


def _never_taken(step: StepRecord, trouble: Trouble, *, now: datetime, limit: timedelta) -> StepRecord:
    if step.state is not StepState.PLANNED:
        return unknown(step, f"Cannot tell how it ended. {trouble.sentence}", now=now)
    said = f"It could not begin for {words(limit)}: {redact(trouble.sentence)}"
    return replace(failed(step, trouble, now=now), sentence=said)


def _tried(step: StepRecord, now: datetime) -> dict[str, Json]:
    return {TRIED_AT: now.isoformat()} if step.state is StepState.PLANNED else {}


def last_tried(steps: Sequence[StepRecord], opened_at: datetime) -> datetime:
    """When the operation was last at work, while none of its steps could begin."""
    tried = (step.evidence.get(TRIED_AT) for step in steps)
    return max([opened_at, *(datetime.fromisoformat(at) for at in tried if isinstance(at, str))])


def read(step: StepRecord) -> StepRecord:
    """The facts could be read again."""
    return step.told(step.sentence, {"unread_since": None}) if "unread_since" in step.evidence else step


def summary(steps: Sequence[StepRecord], nouns: Mapping[str, str] = MappingProxyType({})) -> str:
    """One sentence for the whole: the only step's own, or how many are done, what is to be told beside, and
    what stopped the others. ``nouns``: what the steps of a kind are counted as (*services*)."""
    if len(steps) == 1:
        return steps[0].sentence
    if not steps:
        return "nothing had to change"
    others = [s for s in steps if s.state not in (StepState.DONE, StepState.LEFT_OUT)]
    told = [s for s in steps if s.state is StepState.DONE and s.evidence.get("tell")]
    said = [s.sentence for s in (*told, *others) if s.sentence]
    if not others and not told and not any(s.step.kind in nouns for s in steps):
        said = [steps[-1].sentence]
    return f"{_counted(steps, nouns)} done. {'; '.join(dict.fromkeys(said))}".strip()


def _counted(steps: Sequence[StepRecord], nouns: Mapping[str, str]) -> str:
    """*9 of 12 services and 1 of 1 databases*; of steps where nothing better is known."""
    counts: dict[str, list[bool]] = {}
    for step in steps:
        if step.step.kind in nouns:
            counts.setdefault(nouns[step.step.kind], []).append(step.state is StepState.DONE)
    counts = counts or {"steps": [s.state is StepState.DONE for s in steps]}
    return " and ".join(f"{sum(done)} of {len(done)} {noun}" for noun, done in counts.items())


def after(steps: Sequence[StepRecord]) -> dict[str, Json]:
    """The state after, as the steps found it: what each left under ``after``, the later winning."""
    found: dict[str, Json] = {}
    for step in steps:
        left = step.evidence.get("after")
        if isinstance(left, dict):
            found.update(left)
    return found


def _ids(step: StepRecord, trouble: Trouble) -> dict[str, Json]:
    known = step.evidence.get("request_ids")
    ids: list[Json] = list(known) if isinstance(known, list) else []
    return {"request_ids": [*ids, trouble.request_id] if trouble.request_id else ids}
