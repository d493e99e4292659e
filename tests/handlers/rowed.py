"""A kind of step as the gate works with it: through rows, and so through the codec both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.gate import verdicts
from handlers.words.codec import decode, encode
from handlers.words.plan import Facts, Step
from handlers.words.step import End, Repeat, StepKind, StepRecord, Verdict


class Rowed:
    """``kind`` with rows in and out. A record that does not say when it began has begun now."""

    def __init__(self, kind: StepKind[Any, Any, Any]) -> None:
        self.kind = kind
        self.name, self.repeat, self.deadline = kind.name, kind.repeat, kind.deadline
        self.first_look = kind.first_look

    name: str
    repeat: Repeat
    deadline: timedelta
    first_look: timedelta

    def before(self, place: Any, step: Step) -> Facts:
        return encode(self.kind.before(place, step.on, decode(self.kind.intent, step.arguments)))

    def act(self, place: Any, record: StepRecord) -> Facts:
        """Return the evidence that the row has after the call."""
        acted = self.kind.act(place, verdicts.begun(self.kind, _begun(place, record)))
        return verdicts.answered(record, acted).evidence

    def look(self, place: Any, record: StepRecord) -> Verdict[Any]:
        return self.kind.look(place, verdicts.begun(self.kind, _begun(place, record)))

    def recover(self, place: Any, record: StepRecord) -> Verdict[Any]:
        return self.kind.recover(place, verdicts.begun(self.kind, _begun(place, record)))

    def looked(self, place: Any, record: StepRecord) -> tuple[StepRecord, Verdict[Any]]:
        """Return the row after a look, and what the look said."""
        found = self.look(place, record)
        row, _ = verdicts.judged(_begun(place, record), found, now=place.now)
        return row, found


def until(found: Verdict[Any]) -> datetime:
    """Return until when the step waits."""
    assert found.end is End.WAITS, found
    assert found.until is not None
    return found.until


def _begun(place: Any, record: StepRecord) -> StepRecord:
    return record if record.began_at else replace(record, began_at=place.now)
