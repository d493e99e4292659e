"""Moves one operation to its end from a terminal, telling of each step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.bootstrap import Core
from bot.cli.output import say
from handlers.ports.store import OperationRecord
from policies.secrets.public import public

LOOKED_EVERY = 1.0
"""The longest time, in seconds, between two looks whether a step is due; a step says itself when it is."""


class Driving:
    """Drives operations of this process, under its lease. A bot that runs takes over what is left, at once
    after ``core.db.leases.release`` and otherwise when the lease runs out.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._leaving = threading.Event()

    def to_the_end(self, operation_id: str) -> OperationRecord | None:
        """Return the operation as it ended; ``None`` if somebody left with Ctrl-C before that. Raises
        ``Trouble`` if the database does not answer.

        Another process may have taken the operation over: then this only watches.
        """
        said: dict[int, str] = {}
        pause = min(LOOKED_EVERY, self._core.settings.tick_seconds)
        with self._ctrl_c_leaves():
            while not self._leaving.is_set():
                record = self._core.db.records.find(operation_id)
                if record is None:
                    return None
                _tell(record, said)
                if record.state.ended:
                    return record
                if operation_id in self._core.advance.due():
                    self._core.advance.once(operation_id)
                else:
                    self._leaving.wait(pause)
        return None

    @contextmanager
    def _ctrl_c_leaves(self) -> Iterator[None]:
        """Finish and record the call in hand at the first Ctrl-C. A second one ends the process at once; the
        next holder recovers from that as from any kill.
        """

        def leave(*_: Any) -> None:
            signal.signal(signal.SIGINT, before)
            self._core.advance.stop()
            self._leaving.set()

        before = signal.signal(signal.SIGINT, leave)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _tell(record: OperationRecord, said: dict[int, str]) -> None:
    """Say what each step says now, if that is new."""
    for step in record.steps:
        if step.sentence and said.get(step.position) != step.sentence:
            said[step.position] = step.sentence
            say(f"  {public(step.sentence)}")
