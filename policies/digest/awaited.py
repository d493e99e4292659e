"""The sources of an environment's first digest, and whether they have arrived yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from policies.cost.prices import Prices
from policies.service.environment import Environment

_ANY = "fargate.vcpu.x86"
"""If this item has a price, the prices of that region were read or are in the built-in table."""


@dataclass(frozen=True)
class Awaited:
    """What the settings cause to arrive without anybody's help.

    ``metered``: the meter looks, and after its first look the history is read; without a meter nothing
    arrives. ``listed``: prices arrive from AWS's list.
    """

    metered: bool = False
    listed: bool = False


@dataclass(frozen=True)
class There:
    """What has arrived. ``looked``: environments that the meter has seen. ``filled``: environments whose
    history was requested and answered, whether or not there was any.
    """

    looked: Collection[str]
    filled: Collection[str]
    prices: Prices


@dataclass(frozen=True)
class Lacking:
    """What has not arrived yet: names of environments, and regions. An environment without a first look has
    no history either, and is named only once.
    """

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
