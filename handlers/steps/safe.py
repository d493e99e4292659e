"""What every kind of step that may be called again has in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Generic

from handlers.tell.steps import safe as tell
from handlers.words.step import Begun, E, End, I, Repeat, Verdict


class Safe(Generic[I, E]):
    """A second call comes to the same end, so an answer that was lost is asked for again and never recovered.
    Most have their effect with the answer."""

    intent: type[I]
    evidence: type[E]
    repeat = Repeat.SAFE
    deadline = timedelta(minutes=1)
    first_look = timedelta(0)

    def before(self, place: Any, on: str, intent: I) -> E:
        """Nothing needs to be known before."""
        return self.evidence()

    def recover(self, place: Any, step: Begun[I, E]) -> Verdict[E]:
        """Never asked."""
        return Verdict(End.UNKNOWN, tell.NEVER_ASKED)
