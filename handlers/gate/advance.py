"""The one loop that acts on and looks at due steps. It never waits: it records when to look again.

Every outside call stands between two writes: *began* before it and what came of it after. What a kill
leaves behind is therefore always one of the cases in ``_resume``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.gate import entries, verdicts
from handlers.gate.aftermath import lives
from handlers.gate.footing import LIES, Footing, footing, led_away, lies
from handlers.gate.parts import Parts
from handlers.ports.store import Closing, OperationRecord
from handlers.tell import advance as tell
from handlers.words.codec import decode, encode
from handlers.words.errors import Absent, NotNow, StoreLost, Throttled, Trouble, Unanswered
from handlers.words.step import End, Repeat, StepKind, StepRecord, StepState
from policies.record.lifecycle import State, end_state

TOO_LATE_TO_BEGIN = timedelta(minutes=10)
"""An operation found with every step planned is begun up to this age, and closed unbegun after. One
that has waited for its turn all the while was not found: it counts from its last try."""

LONGEST_HELD = timedelta(days=1)
"""How long a step may wait for its turn: for our own bucket, or for AWS's throttling to end."""

LOOKS_GIVE_WAY = timedelta(seconds=30)
"""Until a look of the clock's that found our bucket empty: nobody waits for it, and what a fleet's looks do
not take, its next calls can."""

MOST_TRIES = 60
"""Tries of one transition that are counted together; a day has fewer."""

AFTER_SILENCE = timedelta(seconds=2)
"""Between a call that got no answer and the first look for its effect."""


class Looks(dict[int, datetime]):
    """When to come back to each step, by position, that was moved in this turn and has not ended.

    ``short``: kinds of step for which our bucket had no room in this turn. The next of that kind would only
    spend its reads, which are metered too, to hear the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.short: set[str] = set()


class Lost(Exception):
    """The fence has moved: another holder has the operation, so this one stops silently."""


class Advance:
    """Advances operations, one turn at a time per operation within this process. Thread-safe."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._turning: set[str] = set()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no further outside call; the one in hand is finished and recorded."""
        self._stopping.set()

    def idle(self) -> bool:
        with self._lock:
            return not self._turning

    def due(self) -> list[str]:
        """Operations whose next look has come."""
        return list(self._parts.operations.due(self._parts.clock.now()))

    def once(self, operation_id: str) -> None:
        """Take the operation if it is ours to take, move each step that is ready, record, show.

        Never raises ``Trouble``: what could not be recorded is due again, from what was recorded.
        """
        with self.turn(operation_id) as mine:
            if mine:
                self.move(operation_id)

    def move(self, operation_id: str) -> None:
        """``once``, for whoever has the turn."""
        try:
            record = self._parts.operations.take(operation_id)
            if record is not None:
                self._advance(record)
        except (Lost, Trouble):
            return
        self._parts.messages.show(operation_id)

    @contextmanager
    def turn(self, operation_id: str) -> Iterator[bool]:
        """Whether it is ours: one at a time in this process. Whoever opens an operation has its turn before
        it is open, so that the tick does not answer the asker's own operation away from them."""
        with self._lock:
            mine = operation_id not in self._turning
            if mine:
                self._turning.add(operation_id)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    self._turning.discard(operation_id)

    def _advance(self, record: OperationRecord) -> None:
        """Each step as far as it goes now; one that waits is not looked at again in the same turn."""
        stand = footing(self._parts, record)
        looks = Looks()
        moved = True
        while moved and not self._stopping.is_set():
            moved = False
            for step in record.steps:
                if step.state.ended or step.position in looks or self._stopping.is_set():
                    continue
                if step.state is StepState.PLANNED and step.step.kind in looks.short:
                    continue
                record = self._move(stand, record, step, looks)
                if self._further(step, record.steps[step.position]):
                    looks.pop(step.position, None)
                    moved = True
            if all(s.state.ended for s in record.steps):
                self._close(record, stand)
                return

    def _further(self, before: StepRecord, after: StepRecord) -> bool:
        """Whether there is more to do at once: others may follow it, or its effect can be seen already."""
        kind = self._parts.registry.step_kinds.get(after.step.kind)
        fresh = after.answered and not before.answered
        return after.state.ended or (fresh and kind is not None and not kind.first_look)

    def _move(
        self, stand: Footing, record: OperationRecord, step: StepRecord, looks: Looks
    ) -> OperationRecord:
        """One step, one move further; ``looks`` gathers when to come back to which."""
        now = self._parts.clock.now()
        kind = self._parts.registry.step_kinds.get(step.step.kind)
        if kind is None:
            why = tell.no_such_kind(step.step.kind)
            return self._put(record, verdicts.unknown(step, tell.interrupted(why), now=now), now)
        if stand.place is None or (stand.barred and not step.answered and acts_again(step, kind)):
            why = stand.barred or tell.GONE
            return self._put(record, verdicts.unknown(step, tell.interrupted(why), now=now), now)
        if led_away(stand.place, step, kind):
            gone = Absent(tell.led_elsewhere(record.environment))
            return self._put(record, *verdicts.unread(step, gone, now=now, deadline=kind.deadline))
        if step.state is StepState.PLANNED:
            return self._begin(stand.place, record, step, kind, looks)
        resumed, until = self._resume(stand.place, step, kind, patient=record.source == "clock")
        return self._put(record, resumed, soonest(looks, resumed, until))

    def _begin(
        self,
        place: Any,
        record: OperationRecord,
        step: StepRecord,
        kind: StepKind[Any, Any, Any],
        looks: Looks,
    ) -> OperationRecord:
        now = self._parts.clock.now()
        ends = [record.steps[p].state for p in step.step.after]
        regardless = getattr(kind, "regardless", False)
        if not regardless and any(end.ended and end is not StepState.DONE for end in ends):
            left_out = replace(step, state=StepState.LEFT_OUT, sentence=tell.LEFT_OUT, ended_at=now)
            return self._put(record, left_out, now)
        if not all(end.ended for end in ends):
            return record
        untouched = all(s.began_at is None for s in record.steps)
        if untouched and now - verdicts.last_tried(record.steps, record.opened_at) > TOO_LATE_TO_BEGIN:
            return self._put(record, verdicts.undone(step, tell.TOO_LATE, now=now), now)
        step = verdicts.queued(step, record.steps)
        try:
            facts = encode(kind.before(place, step.step.on, decode(kind.intent, step.step.arguments)))
        except Exception as error:
            trouble = self._trouble(record.id, error)
            if isinstance(trouble, Throttled):
                looks.short.add(kind.name)
            tried, until = _not_begun(step, kind, trouble, now=now)
            return self._put(record, tried, soonest(looks, tried, until))
        facts = {**facts, LIES: lies(place)}
        began = replace(verdicts.read(step), state=StepState.BEGAN, before=facts, began_at=now)
        began = replace(began, fence=record.fence)
        record = self._put(record, began, now + AFTER_SILENCE)  # INTEND: durable before the call
        acted, until = self._act(place, began, kind, first=looks)
        return self._put(record, acted, soonest(looks, acted, until))  # RECORD

    def _act(
        self, place: Any, step: StepRecord, kind: StepKind[Any, Any, Any], *, first: Looks | None
    ) -> tuple[StepRecord, datetime]:
        """The outside call. Only an answer that says *nothing happened* ends the step here, or none at all
        from a call that was repeated up to its deadline. A call that was not taken is no answer: the step
        waits; unbegun if that was its ``first`` (of this turn), since an earlier one may have happened."""
        try:
            acted = kind.act(place, verdicts.begun(kind, step))
        except Exception as error:
            trouble, now = self._trouble(step.step.kind, error), self._parts.clock.now()
            limit = _may_wait(kind, trouble)
            if limit is None:
                return self._not_done(step, kind, trouble, again=first is None)
            unbegun = replace(step, state=StepState.PLANNED, began_at=None, before={}, fence=0)
            if first is not None and isinstance(trouble, Throttled):
                first.short.add(kind.name)
            waiting = replace(step, began_at=now) if first is None else unbegun
            return verdicts.held(waiting, trouble, now=now, limit=limit)
        now = self._parts.clock.now()
        return verdicts.answered(step, acted), now + kind.first_look

    def _not_done(
        self, step: StepRecord, kind: StepKind[Any, Any, Any], trouble: Trouble, *, again: bool
    ) -> tuple[StepRecord, datetime]:
        """``again``: an earlier call got no answer, and may have been taken: a refusal of this one does not
        say that nothing happened."""
        now = self._parts.clock.now()
        lost = StoreLost if kind.repeat is not Repeat.NEVER else Unanswered
        refused = not isinstance(trouble, Unanswered | lost)
        if refused and not again:
            return verdicts.failed(step, trouble, now=now), now
        if isinstance(trouble, Absent):
            return verdicts.unread(step, trouble, now=now, deadline=kind.deadline)
        if refused or now - (step.began_at or now) > kind.deadline:
            return verdicts.unknown(step, tell.no_telling(trouble.sentence), now=now), now
        return verdicts.unanswered(step, trouble), now + AFTER_SILENCE

    def _trouble(self, what: str, error: Exception) -> Trouble:
        """A defect of ours ends an operation in words too, in its time; after a call nobody can tell."""
        if isinstance(error, Trouble):
            return error
        self._parts.on_defect(what, error)
        return Unanswered(tell.DEFECT, code=type(error).__name__)

    def _resume(
        self, place: Any, step: StepRecord, kind: StepKind[Any, Any, Any], *, patient: bool
    ) -> tuple[StepRecord, datetime]:
        """A step that began: look at it, or, where its answer was lost, repeat or recover it."""
        now = self._parts.clock.now()
        try:
            if step.answered:
                return verdicts.judged(step, kind.look(place, verdicts.begun(kind, step)), now=now)
            if kind.repeat is not Repeat.NEVER:
                return self._act(place, step, kind, first=None)
            found = kind.recover(place, verdicts.begun(kind, step))
            if found.end is End.ADOPTED:
                return verdicts.adopted(step, found), now
            return verdicts.judged(step, found, now=now)
        except Exception as error:
            trouble = self._trouble(step.step.kind, error)
            waiting, until = verdicts.unread(step, trouble, now=now, deadline=kind.deadline)
            ours = isinstance(trouble, Throttled) and not trouble.code
            gives_way = patient and ours and step.answered and not waiting.state.ended
            return waiting, now + LOOKS_GIVE_WAY if gives_way else until

    def _put(self, record: OperationRecord, step: StepRecord, next_look: datetime) -> OperationRecord:
        if not self._parts.operations.mark(record, step, next_look):
            raise Lost(record.id)
        steps = tuple(step if s.position == step.position else s for s in record.steps)
        return replace(record, steps=steps)

    def _nouns(self) -> dict[str, str]:
        kinds = self._parts.registry.step_kinds
        return {name: kind.counted for name, kind in kinds.items() if hasattr(kind, "counted")}

    def _tries(self, record: OperationRecord) -> list[OperationRecord]:
        """What it is a retry of, the first try first: its count is of all that they were to do together."""
        found: list[OperationRecord] = []
        while len(found) < MOST_TRIES and (known := record.arguments.get("retry_of")):
            before = self._parts.records.find(known)
            if before is None:
                break
            found.insert(0, record := before)
        return found

    def _close(self, record: OperationRecord, stand: Footing) -> None:
        now = self._parts.clock.now()
        state = end_state([s.state.value for s in record.steps])
        earlier = [step for before in self._tries(record) for step in before.steps]
        summary = verdicts.summary(record.steps, self._nouns(), earlier=earlier)
        after = verdicts.after(record.steps)
        entry = entries.closed(record, state, summary=summary, after=after, now=now)
        closing = Closing(state=state, summary=entry.summary, entry=entry, after=entry.after, now=now)
        kinds = (self._parts.registry.step_kinds.get(s.step.kind) for s in record.steps)
        aloud = any(getattr(kind, "aloud", False) for kind in kinds)
        announce = _announced(record, state, stand, aloud=aloud)
        closing = replace(closing, announce=announce, live=self._lives(record, closing))
        if not self._parts.operations.close(record, closing):
            raise Lost(record.id)

    def _lives(self, record: OperationRecord, closing: Closing) -> bool:
        """Whether what it leaves goes on, so that its message is followed."""
        ended = replace(record, state=closing.state, after=closing.after)
        return lives(ended, self._parts.operation(record.name))


def _announced(record: OperationRecord, state: State, stand: Footing, *, aloud: bool) -> str:
    """The channel in which a failure of the clock's is told. What went well only edits its notice, unless it
    has something to say ``aloud``; a retry is told by the notice too."""
    well = state in (State.SUCCEEDED, State.UNCHANGED, State.CANCELLED) and not aloud
    if record.source != "clock" or well or "retry_of" in record.arguments or stand.place is None:
        return ""
    return str(stand.place.environment.channel)


def _not_begun(
    step: StepRecord, kind: StepKind[Any, Any, Any], trouble: Trouble, *, now: datetime
) -> tuple[StepRecord, datetime]:
    """What the call rests on could not be read: for want of our own bucket's room, or of an answer."""
    if isinstance(trouble, Throttled) and not trouble.code:
        return verdicts.held(step, trouble, now=now, limit=LONGEST_HELD)
    return verdicts.unread(step, trouble, now=now, deadline=kind.deadline)


def _may_wait(kind: StepKind[Any, Any, Any], trouble: Trouble) -> timedelta | None:
    """How long a call that was not taken is made again; ``None``: it is not. Where our own bucket was empty,
    AWS was not asked; what AWS itself turned down is only asked again where a second call may be made."""
    ours = isinstance(trouble, Throttled) and not trouble.code
    if not ours and kind.repeat is Repeat.NEVER:
        return None
    if isinstance(trouble, NotNow):
        return kind.deadline
    return LONGEST_HELD if isinstance(trouble, Throttled) else None


def acts_again(step: StepRecord, kind: StepKind[Any, Any, Any]) -> bool:
    """Would moving this step make a call that changes something? Recovering a ``NEVER`` only looks."""
    return step.state is StepState.PLANNED or kind.repeat is not Repeat.NEVER


def soonest(looks: Looks, step: StepRecord, until: datetime) -> datetime:
    """Notes when to come back to this step, and answers when to come back at all."""
    if step.state.ended:
        return min(looks.values(), default=until)
    looks[step.position] = until
    return min(looks.values())
