"""What every kind of step that may be called again has in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Generic

from handlers.tell.steps import safe as tell
from handlers.words.step import Begun, E, End, I, Repeat, Verdict


class Safe(Generic[I, E]):
    """A step that may be called again. A second call has the same result, so a call whose answer was lost is
    repeated and never recovered. Most such steps take effect with the answer.
    """

    intent: type[I]
    evidence: type[E]
    repeat = Repeat.SAFE
    deadline = timedelta(minutes=1)
    first_look = timedelta(0)

    def before(self, place: Any, on: str, intent: I) -> E:
        """Return empty evidence: nothing needs to be known before the call."""
        return self.evidence()

    def recover(self, place: Any, step: Begun[I, E]) -> Verdict[E]:
        """Never called for a ``SAFE`` step."""
        return Verdict(End.UNKNOWN, tell.NEVER_ASKED)
