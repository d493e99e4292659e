"""What a digest says of money in addition to the week's cost: savings, budgets, and days out of line."""

from __future__ import annotations

from dataclasses import dataclass

from policies.cost.anomalies import Anomaly
from policies.cost.budgets import Spending
from policies.cost.outlook import Outlook
from policies.cost.savings import Savings


@dataclass(frozen=True)
class Saved:
    """What schedules saved in the week, by environment.

    ``lines`` leaves out environments that no schedule kept off. ``ahead``: what schedules that have not
    stopped anything yet would save in a week. ``prices``: the prices behind all of it, in words.
    """

    lines: tuple[tuple[str, Savings], ...] = ()
    ahead: tuple[tuple[str, Outlook], ...] = ()
    prices: tuple[str, ...] = ()

    @property
    def micros(self) -> int:
        """The sum of the savings that are known."""
        return sum(savings.micros or 0 for _, savings in self.lines)

    @property
    def seconds(self) -> int:
        return sum(savings.seconds for _, savings in self.known)

    @property
    def known(self) -> tuple[tuple[str, Savings], ...]:
        return tuple((name, savings) for name, savings in self.lines if savings.micros is not None)


@dataclass(frozen=True)
class Budgets:
    """The budgets that are nearest to their ends, the nearest first. ``further``: how many more there are."""

    nearest: tuple[Spending, ...] = ()
    further: int = 0


@dataclass(frozen=True)
class Odd:
    """The day on which an environment was furthest out of line. ``others``: on how many other days of the
    week it was.
    """

    environment: str
    day: Anomaly
    others: int = 0


@dataclass(frozen=True)
class OutOfLine:
    """Days of the week that cost much more or much less than the same weekday in the weeks before: one for
    each environment, the largest difference first. ``further``: how many more environments have such a day.
    """

    days: tuple[Odd, ...] = ()
    further: int = 0
