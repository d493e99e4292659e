"""The calls of a fake of AWS, in order, and the errors that tests ordered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from handlers.words.errors import Trouble

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The instant at which every test begins, unless it says another."""


@dataclass(frozen=True)
class Call:
    method: str
    arguments: tuple[object, ...] = ()


@dataclass
class Mishap:
    """The ``nth`` call of a method raises ``error``, before or after its effect."""

    method: str
    error: Trouble
    nth: int
    after_effect: bool


@dataclass
class Script:
    """The calls, in order, and the errors that tests ordered."""

    calls: list[Call] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)

    def fail(self, method: str, error: Trouble, *, nth: int = 1, after_effect: bool = False) -> None:
        """Order an error.

        ``nth`` counts from the first call of that method ever made. With ``after_effect`` the change is made
        and only its answer is lost.
        """
        self.mishaps.append(Mishap(method, error, nth, after_effect))

    def count(self, method: str) -> int:
        return [call.method for call in self.calls].count(method)

    @contextmanager
    def call(self, method: str, *arguments: object) -> Iterator[None]:
        self.calls.append(Call(method, arguments))
        nth = self.count(method) if any(m.method == method for m in self.mishaps) else 0
        due = [m for m in self.mishaps if m.method == method and m.nth == nth]
        for mishap in due:
            if not mishap.after_effect:
                raise mishap.error
        yield
        for mishap in due:
            raise mishap.error
