"""What was told of budgets.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class BudgetWarning:
    """That a share of a budget was told in a channel in that month (its first day). Of another amount it is
    another. ``at``: when that was begun; ``ts``: of the message, empty until it is there."""

    pattern: str
    month: date
    monthly: int
    share: int
    channel: str
    at: datetime
    ts: str = ""


class BudgetWarnings(Protocol):
    def of(self, month: date) -> Sequence[BudgetWarning]: ...

    def claim(self, warning: BudgetWarning) -> bool:
        """Insert it; false if it is there already, whoever has put it there."""
        ...

    def write(self, warnings: Sequence[BudgetWarning]) -> None:
        """Insert or replace; all of them or none."""
        ...
