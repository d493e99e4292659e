"""Which warnings about budgets were posted.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class BudgetWarning:
    """A channel was told in that month (its first day) that a share of a budget was spent. A budget with
    another amount has warnings of its own. ``at``: when posting began; ``ts``: of the message, empty until it
    is posted.
    """

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
        """Insert a warning; false if it exists already, whoever inserted it."""
        ...

    def write(self, warnings: Sequence[BudgetWarning]) -> None:
        """Insert or replace the warnings; all of them or none."""
        ...
