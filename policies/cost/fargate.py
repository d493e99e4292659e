"""What tasks cost by AWS's public list prices: an estimate of Fargate's compute, and of nothing else.

Left out, as each figure says: databases, load balancers, storage, Savings Plans and other discounts
(facts/ecs 7.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from policies.cost.money import told
from policies.cost.prices import HOURS_A_MONTH, HOURS_A_WEEK
from policies.cost.table import OFFER, TABLE
from policies.times.wall import MONTHS

READ_AT = f"{MONTHS[OFFER.month - 1]} {OFFER.year}"
X86, ARM = "X86_64", "ARM64"
FARGATE, SPOT, EC2 = "FARGATE", "FARGATE_SPOT", "EC2"
ARCHITECTURES: Mapping[str, str] = {X86: "x86", ARM: "arm"}
"""The price list's word for each of ECS's architectures."""
_HOUR = 3_600


@dataclass(frozen=True)
class TaskSize:
    """What one task of a service is billed by: the task's own size, not its containers' (facts/ecs 7.3).
    ``bought``: ``FARGATE``, ``FARGATE_SPOT`` (partly is enough), ``EC2`` or ``EXTERNAL``.
    """

    service: str
    vcpu: float
    gb: float
    architecture: str = X86
    system: str = "LINUX"
    bought: str = FARGATE


@dataclass(frozen=True)
class Estimate:
    """An estimate. ``hourly``: micros for an hour while everything runs. ``running``: how many services have
    tasks; ``counted``: how many of those have a price; ``left_out``: a phrase for each kind of the others.
    """

    region: str
    hourly: int
    running: int
    counted: int
    left_out: tuple[str, ...] = ()

    def words(self, hours_a_week: float) -> str:
        """Say what being up for so many hours of the week costs, compared with all hours."""
        rest = f" Not counted: {'; '.join(self.left_out)}." if self.left_out else ""
        if not self.running:
            return "No task runs here now, so there is no figure in money."
        if not self.counted:
            return f"No list price is known for what runs here.{rest}"
        whole = self.hourly * HOURS_A_MONTH
        part = round(Fraction(hours_a_week) * whole / HOURS_A_WEEK)
        return (
            f"Fargate compute: about {told(part)} a month instead of {told(whole)}, by "
            f"the list prices of {self.region} ({READ_AT}), without databases, load balancers, storage and "
            f"discounts.{rest}"
        )

    def saved(self, hours: float) -> str:
        """Say what being off for this many hours saves; empty if nothing is priced."""
        if not self.counted:
            return ""
        saved = told(round(Fraction(hours) * self.hourly))
        return f"about {saved} of Fargate compute at the list prices of {READ_AT}"


def estimate(region: str, sizes: Iterable[TaskSize], counts: Mapping[str, int]) -> Estimate:
    """Estimate the cost of an hour. ``counts``: tasks by service, as they are when everything runs."""
    hourly, running, counted = 0, 0, 0
    left_out: dict[str, list[str]] = {}
    for size in sizes:
        count = counts.get(size.service, 0)
        if not count:
            continue
        running += 1
        one = _hour(size, region)
        why = _unpriced(size, region, one)
        if one is None or why:
            left_out.setdefault(why, []).append(f"`{size.service}`")
            continue
        hourly += count * one
        counted += 1
    phrases = tuple(f"{', '.join(names)} ({why})" for why, names in left_out.items())
    return Estimate(region, hourly, running, counted, phrases)


def _hour(size: TaskSize, region: str) -> int | None:
    """Return micros for an hour of one task on demand; ``None`` if no price is known."""
    kind = ARCHITECTURES.get(size.architecture, "")
    vcpu = TABLE.find(region, f"fargate.vcpu.{kind}")
    gb = TABLE.find(region, f"fargate.gb.{kind}")
    if vcpu is None or gb is None:
        return None
    return vcpu.micros(_milli(size.vcpu) * _HOUR) + gb.micros(_milli(size.gb) * _HOUR)


def _milli(amount: float) -> int:
    return round(amount * 1_000)


def _unpriced(size: TaskSize, region: str, hour: int | None) -> str:
    if size.bought == SPOT:
        return "on Fargate Spot, whose price changes all the time"
    if size.bought != FARGATE:
        return "on instances, which are billed and not the tasks"
    if size.system != "LINUX":
        return f"on {size.system.replace('_', ' ').title()}"
    if hour is None:
        return f"no price of {size.architecture} in {region} is known here"
    return "" if size.vcpu and size.gb else "its task has no size"
