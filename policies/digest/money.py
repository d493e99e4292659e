"""What a digest says of money besides the week's cost: savings, budgets, and days out of line."""

from __future__ import annotations

from dataclasses import dataclass

from policies.cost.anomalies import Anomaly
from policies.cost.budgets import Spending
from policies.cost.outlook import Outlook
from policies.cost.savings import Savings


@dataclass(frozen=True)
class Saved:
    """What schedules saved in the week, by environment; none of those that no schedule kept off. ``ahead``:
    what schedules that had not stopped anything yet would save in a week. ``prices``: by which all of it was
    counted, in words."""

    lines: tuple[tuple[str, Savings], ...] = ()
    ahead: tuple[tuple[str, Outlook], ...] = ()
    prices: tuple[str, ...] = ()

    @property
    def micros(self) -> int:
        """The sum for those whose savings are known."""
        return sum(savings.micros or 0 for _, savings in self.lines)

    @property
    def seconds(self) -> int:
        return sum(savings.seconds for _, savings in self.known)

    @property
    def known(self) -> tuple[tuple[str, Savings], ...]:
        return tuple((name, savings) for name, savings in self.lines if savings.micros is not None)


@dataclass(frozen=True)
class Budgets:
    """The nearest to their ends first; ``further`` is how many more there are."""

    nearest: tuple[Spending, ...] = ()
    further: int = 0


@dataclass(frozen=True)
class Odd:
    """The day of an environment that was furthest out of line, and on how many ``others`` of the week it
    was."""

    environment: str
    day: Anomaly
    others: int = 0


@dataclass(frozen=True)
class OutOfLine:
    """Days of the week that cost well more, or well less, than the same weekday of the weeks before: one for
    each environment, the largest difference first. ``further``: how many more environments there are."""

    days: tuple[Odd, ...] = ()
    further: int = 0
