"""What tasks cost by AWS's public list prices: an estimate of Fargate's compute, and of nothing else.

Not in it, and always said: databases, load balancers, storage, Savings Plans and other discounts (facts/ecs
7.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from policies.catalog.schedules import WEEK

HOURS_A_MONTH = 730
"""As AWS's own calculators take it (facts/ecs 7.2)."""
READ_AT = "September 2026"
X86, ARM = "X86_64", "ARM64"
FARGATE, SPOT, EC2 = "FARGATE", "FARGATE_SPOT", "EC2"


@dataclass(frozen=True)
class Rate:
    """USD for an hour of one vCPU and of one GB of memory."""

    vcpu: float
    gb: float


_IRELAND_AND_VIRGINIA = {X86: Rate(0.04048, 0.004445), ARM: Rate(0.03238, 0.00356)}
RATES: Mapping[str, Mapping[str, Rate]] = MappingProxyType(
    {
        "us-east-1": _IRELAND_AND_VIRGINIA,
        "eu-west-1": _IRELAND_AND_VIRGINIA,
        "eu-central-1": {X86: Rate(0.04656, 0.00511)},
        "ap-northeast-1": {X86: Rate(0.05056, 0.00553)},
    }
)
"""Linux on demand, by region and architecture: the AmazonECS offer of 2026-09-11 (facts/ecs 7.2). What is not
here was not verified, and is not guessed."""


@dataclass(frozen=True)
class TaskSize:
    """What one task of a service is billed by: the task's own size, not its containers' (facts/ecs 7.3).
    ``bought``: ``FARGATE``, ``FARGATE_SPOT`` (in part is enough), ``EC2`` or ``EXTERNAL``."""

    service: str
    vcpu: float
    gb: float
    architecture: str = X86
    system: str = "LINUX"
    bought: str = FARGATE


@dataclass(frozen=True)
class Estimate:
    """``hourly``: USD while everything runs. ``running``: services with tasks, of which so many are
    ``counted``; ``left_out``: a phrase for each kind of the others, which have no price here."""

    region: str
    hourly: float
    running: int
    counted: int
    left_out: tuple[str, ...] = ()

    def words(self, hours_a_week: float) -> str:
        """Up for so many of the week's hours, beside all of them."""
        rest = f" Not counted: {'; '.join(self.left_out)}." if self.left_out else ""
        if not self.running:
            return "No task runs here now, so there is no figure in money."
        if not self.counted:
            return f"No list price is known for what runs here.{rest}"
        whole = self.hourly * HOURS_A_MONTH
        return (
            f"Fargate compute: about {usd(whole * hours_a_week / WEEK)} a month instead of {usd(whole)}, by "
            f"the list prices of {self.region} ({READ_AT}), without databases, load balancers, storage and "
            f"discounts.{rest}"
        )

    def saved(self, hours: float) -> str:
        """What being off for so long saves; empty where nothing is priced."""
        return f"about {usd(self.hourly * hours)} of Fargate compute at list prices" if self.counted else ""


def estimate(region: str, sizes: Iterable[TaskSize], counts: Mapping[str, int]) -> Estimate:
    """``counts``: tasks by service, as they are when everything runs."""
    hourly, running, counted = 0.0, 0, 0
    left_out: dict[str, list[str]] = {}
    for size in sizes:
        count = counts.get(size.service, 0)
        if not count:
            continue
        running += 1
        rate = RATES.get(region, {}).get(size.architecture)
        why = _unpriced(size, region, rate)
        if rate is None or why:
            left_out.setdefault(why, []).append(f"`{size.service}`")
            continue
        hourly += count * (size.vcpu * rate.vcpu + size.gb * rate.gb)
        counted += 1
    phrases = tuple(f"{', '.join(names)} ({why})" for why, names in left_out.items())
    return Estimate(region, hourly, running, counted, phrases)


def usd(amount: float) -> str:
    """Dollars as people say them: cents only where they matter."""
    return f"{amount:,.2f} USD" if amount < 10 else f"{amount:,.0f} USD"


def _unpriced(size: TaskSize, region: str, rate: Rate | None) -> str:
    if size.bought == SPOT:
        return "on Fargate Spot, whose price floats"
    if size.bought != FARGATE:
        return "on instances, which are billed and not the tasks"
    if size.system != "LINUX":
        return f"on {size.system.replace('_', ' ').title()}"
    if rate is None:
        return f"no price of {size.architecture} in {region} is known here"
    return "" if size.vcpu and size.gb else "its task has no size"
