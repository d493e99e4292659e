"""What every kind of step that may be called again has in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.words.plan import Facts, Step
from handlers.words.step import Recovery, Repeat, StepRecord, Unknown


class Safe:
    """A second call comes to the same end, so an answer that was lost is asked for again and never recovered.
    Most have their effect with the answer."""

    repeat = Repeat.SAFE
    deadline = timedelta(minutes=1)
    first_look = timedelta(0)

    def before(self, place: Any, step: Step) -> Facts:
        """Nothing needs to be known before."""
        return {}

    def recover(self, place: Any, record: StepRecord) -> Recovery:
        """Never asked."""
        return Unknown("a safe step needs no recovery")
