"""The only loop that acts on due steps and looks at them. The loop never waits: it records when to look
again.

Every outside call stands between two writes: *began* before the call, and its result after it. What a kill
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
"""An operation found with every step planned is begun up to this age, and closed unbegun after that. An
operation that was waiting for its turn all along counts from its last try.
"""

LONGEST_HELD = timedelta(days=1)
"""How long a step may wait for its turn: for our own bucket, or for AWS's throttling to end."""

LOOKS_GIVE_WAY = timedelta(seconds=30)
"""How long a look for the clock is put off if our bucket was empty: nobody waits for the look, and the next
calls for a fleet can use the room.
"""

MOST_TRIES = 60
"""The number of tries of one transition that are counted together; a day has fewer."""

AFTER_SILENCE = timedelta(seconds=2)
"""The time between a call that got no answer and the first look for its effect."""


class Looks(dict[int, datetime]):
    """When to come back to each step, by position, that was moved in this turn and has not ended.

    ``short``: the kinds of step for which our bucket had no room in this turn. The next step of that kind
    would be turned down too, and only spend its reads, which are metered as well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.short: set[str] = set()


class Lost(Exception):
    """Raised if the fence has moved: another holder has the operation, so this one stops silently."""


class Advance:
    """Advances operations, one turn at a time per operation within this process. Thread-safe."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._turning: set[str] = set()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no further outside call; finish and record the call in hand."""
        self._stopping.set()

    def idle(self) -> bool:
        with self._lock:
            return not self._turning

    def due(self) -> list[str]:
        """Return the operations that are due for a look."""
        return list(self._parts.operations.due(self._parts.clock.now()))

    def once(self, operation_id: str) -> None:
        """Take the operation if it is ours to take, move each step that is ready, record, show.

        Never raises ``Trouble``: an operation whose result could not be recorded is due again, and goes on
        from the last record.
        """
        with self.turn(operation_id) as mine:
            if mine:
                self.move(operation_id)

    def move(self, operation_id: str) -> None:
        """Do what ``once`` does, for a caller that has the turn."""
        try:
            record = self._parts.operations.take(operation_id)
            if record is not None:
                self._advance(record)
        except (Lost, Trouble):
            return
        self._parts.messages.show(operation_id)

    @contextmanager
    def turn(self, operation_id: str) -> Iterator[bool]:
        """Yield whether the turn is ours: an operation has one turn at a time in this process.

        Whoever opens an operation takes its turn before it is open, so that the tick cannot run it first and
        leave the person who asked without the answer.
        """
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
        """Move each step as far as it goes now; a step that waits is not looked at again in the same turn."""
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
        """Return whether there is more to do at once: the step ended, so others may follow, or its effect can
        be seen already.
        """
        kind = self._parts.registry.step_kinds.get(after.step.kind)
        fresh = after.answered and not before.answered
        return after.state.ended or (fresh and kind is not None and not kind.first_look)

    def _move(
        self, stand: Footing, record: OperationRecord, step: StepRecord, looks: Looks
    ) -> OperationRecord:
        """Move one step once; ``looks`` gathers when to come back to each step."""
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
        if step.answered and not resumed.answered:
            record = self._put(record, resumed, now + AFTER_SILENCE)  # INTEND, as for the first call
            resumed, until = self._more(stand, resumed, kind)
        return self._put(record, resumed, soonest(looks, resumed, until))

    def _more(
        self, stand: Footing, step: StepRecord, kind: StepKind[Any, Any, Any]
    ) -> tuple[StepRecord, datetime]:
        """Act on the next slice of a step, unless nothing further may be done."""
        if stand.barred:
            said = tell.stopped_short(stand.barred, step.sentence)
            return verdicts.unknown(step, said, now=self._parts.clock.now()), self._parts.clock.now()
        return self._act(stand.place, step, kind, first=None, repeated=False)

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
        self,
        place: Any,
        step: StepRecord,
        kind: StepKind[Any, Any, Any],
        *,
        first: Looks | None,
        repeated: bool = False,
    ) -> tuple[StepRecord, datetime]:
        """Make the outside call.

        The step ends here only if AWS answers that *nothing happened*, or if a repeated call got no answer up
        to its deadline. A call that was not accepted is no answer: the step waits. It counts as unbegun only
        if this was its first call: an earlier one may have taken effect. ``first``: the looks of this turn;
        ``None`` for a later call. ``repeated``: an earlier call got no answer.
        """
        try:
            acted = kind.act(place, verdicts.begun(kind, step, repeated=repeated))
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
        """Judge a call that failed. ``again``: an earlier call got no answer and may have been accepted, so a
        refusal of this call does not mean that nothing happened.
        """
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
        """Return the trouble in an error. A defect of ours counts as an unanswered call: the operation still
        ends in time, with a sentence, and after a call nobody can tell what happened.
        """
        if isinstance(error, Trouble):
            return error
        self._parts.on_defect(what, error)
        return Unanswered(tell.DEFECT, code=type(error).__name__)

    def _resume(
        self, place: Any, step: StepRecord, kind: StepKind[Any, Any, Any], *, patient: bool
    ) -> tuple[StepRecord, datetime]:
        """Go on with a step that began: look at it or, if its answer was lost, repeat or recover the call."""
        now = self._parts.clock.now()
        try:
            if step.answered:
                return verdicts.judged(step, kind.look(place, verdicts.begun(kind, step)), now=now)
            if kind.repeat is not Repeat.NEVER:
                return self._act(place, step, kind, first=None, repeated=True)
            found = kind.recover(place, verdicts.begun(kind, step))
            if found.end is End.ADOPTED:
                return verdicts.adopted(step, found), now
            return verdicts.judged(step, found, now=now)
        except Exception as error:
            trouble = self._trouble(step.step.kind, error)
            waiting, until = verdicts.unread(step, trouble, now=now, deadline=kind.deadline)
            gives_way = patient and trouble.unasked and step.answered and not waiting.state.ended
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
        """Return the operations that this one retries, the first try first: the summary counts all that they
        were to do together.
        """
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
        """Return whether what the operation leaves goes on, so that its message is followed."""
        ended = replace(record, state=closing.state, after=closing.after)
        return lives(ended, self._parts.operation(record.name))


def _announced(record: OperationRecord, state: State, stand: Footing, *, aloud: bool) -> str:
    """Return the channel to tell that an operation of the clock failed; empty for none.

    A success only edits its notice, unless it has something to say ``aloud``; a retry is told by the notice
    too.
    """
    well = state in (State.SUCCEEDED, State.UNCHANGED, State.CANCELLED) and not aloud
    if record.source != "clock" or well or "retry_of" in record.arguments or stand.place is None:
        return ""
    return str(stand.place.environment.channel)


def _not_begun(
    step: StepRecord, kind: StepKind[Any, Any, Any], trouble: Trouble, *, now: datetime
) -> tuple[StepRecord, datetime]:
    """Return the step and its next try after the facts for a call could not be read: our own bucket was
    empty, or there was no answer.
    """
    if trouble.unasked:
        return verdicts.held(step, trouble, now=now, limit=LONGEST_HELD)
    return verdicts.unread(step, trouble, now=now, deadline=kind.deadline)


def _may_wait(kind: StepKind[Any, Any, Any], trouble: Trouble) -> timedelta | None:
    """Return how long to repeat a call that was not accepted; ``None`` if it must not be repeated.

    If our own bucket was empty, AWS was not asked. If AWS turned the call down, it is repeated only if the
    step's kind allows a second call.
    """
    if not trouble.unasked and kind.repeat is Repeat.NEVER:
        return None
    if isinstance(trouble, NotNow):
        return kind.deadline
    return LONGEST_HELD if isinstance(trouble, Throttled) else None


def acts_again(step: StepRecord, kind: StepKind[Any, Any, Any]) -> bool:
    """Return whether moving this step would make a call that changes something. Recovering a ``NEVER`` only
    looks.
    """
    return step.state is StepState.PLANNED or kind.repeat is not Repeat.NEVER


def soonest(looks: Looks, step: StepRecord, until: datetime) -> datetime:
    """Note when to come back to this step, and return when to come back at all."""
    if step.state.ended:
        return min(looks.values(), default=until)
    looks[step.position] = until
    return min(looks.values())
