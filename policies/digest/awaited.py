"""The sources of a newcomer's first digest, and whether they are there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from policies.cost.prices import Prices
from policies.service.environment import Environment

_ANY = "fargate.vcpu.x86"
"""Where this item has a price, prices of that region were read or are in the built-in table."""


@dataclass(frozen=True)
class Awaited:
    """What the settings let come by itself. ``metered``: looks of the meter, and after the first of them the
    history; without a meter nothing comes. ``listed``: prices, from AWS's list."""

    metered: bool = False
    listed: bool = False


@dataclass(frozen=True)
class There:
    """``looked``: environments that the meter has seen; ``filled``: whose history was asked for and answered,
    whether or not there was any."""

    looked: Collection[str]
    filled: Collection[str]
    prices: Prices


@dataclass(frozen=True)
class Lacking:
    """Names of environments, and regions. An environment that was not looked at has no history either, and
    is named once."""

    looks: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.looks or self.histories or self.prices)


def lacking(environments: Iterable[Environment], awaited: Awaited, there: There) -> Lacking:
    if not awaited.metered:
        return Lacking()
    here = sorted(environments, key=lambda e: e.name)
    regions = {e.region for e in here if awaited.listed and there.prices.find(e.region, _ANY) is None}
    return Lacking(
        looks=tuple(e.name for e in here if e.name not in there.looked),
        histories=tuple(e.name for e in here if e.name in there.looked and e.name not in there.filled),
        prices=tuple(sorted(regions)),
    )
