"""Decides whose a billed amount is, by the values of its cost allocation tags.

The bill is AWS's own figure, a day old or more, in days of UTC; nothing here is added to an estimate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from policies.cost.spans import shared_name
from policies.service.environment import ClusterPick, Environment, TagPick

CLUSTER_TAG = "aws:ecs:clusterName"
"""AWS's own tag, on tasks whose service has ``enableECSManagedTags`` (facts/ecs 7.7). Databases do not carry
it.
"""
MOST_KEYS = 2
"""Cost Explorer groups by at most two keys (facts/ecs 7.7)."""
UNTAGGED = ""
"""The owner of spend that carries none of the tags that were asked for."""
ELSEWHERE = "*"
"""The owner of spend that carries a tag whose value belongs to no environment."""


@dataclass(frozen=True)
class Tagged:
    """A row of the bill. ``values``: each key that was asked for with its value; empty if the spend has no
    such tag. ``estimated``: AWS may still change the row.
    """

    day: date
    values: tuple[tuple[str, str], ...]
    micros: int
    estimated: bool = False


@dataclass(frozen=True)
class BilledDay:
    """One owner's billed amount for a day. ``owner``: an environment; several that share it, under
    ``policies.cost.spans.shared_name``; or ``UNTAGGED`` or ``ELSEWHERE``. ``tag``: the key whose value
    decides the owner, and so which of the owner's costs can be in the amount; empty if no tag does. Amounts
    are unblended, without credits and refunds.
    """

    account: str
    day: date
    owner: str
    micros: int
    estimated: bool = False
    tag: str = ""


def billed_days(
    account: str, tagged: Iterable[Tagged], environments: Sequence[Environment]
) -> tuple[BilledDay, ...]:
    """Return one row for each day, owner and tag, in that order. The sum of the rows is the sum of what was
    given.
    """
    sums: dict[tuple[date, str, str], tuple[int, bool]] = {}
    for row in tagged:
        key = (row.day, *owner_and_tag(row.values, environments))
        micros, estimated = sums.get(key, (0, False))
        sums[key] = (micros + row.micros, estimated or row.estimated)
    return tuple(BilledDay(account, *key[:2], *sums[key], tag=key[2]) for key in sorted(sums))


def owner_and_tag(values: Sequence[tuple[str, str]], environments: Sequence[Environment]) -> tuple[str, str]:
    """Return the owner and the tag that decides it: the key whose value names the fewest environments; if
    several do, the first.
    """
    named = {key: [e.name for e in environments if value and _names(e, key, value)] for key, value in values}
    if tag := min(filter(named.get, named), key=lambda key: len(named[key]), default=""):
        return shared_name(named[tag]), tag
    return (ELSEWHERE if any(value for _, value in values) else UNTAGGED), ""


def tasks_alone(rows: Iterable[BilledDay], *, untold: bool) -> Mapping[str, Mapping[date, bool]]:
    """Return, for each owner and day of these rows, whether the bill can only have the owner's tasks: that is
    so if AWS's own tag decided every row. A row decided by another tag stands for everything. ``untold``: the
    answer for rows without a known tag.
    """
    days: dict[str, dict[date, bool]] = defaultdict(dict)
    for row in rows:
        tasks = row.tag == CLUSTER_TAG if row.tag else untold
        days[row.owner][row.day] = tasks and days[row.owner].get(row.day, True)
    return days


def _names(environment: Environment, key: str, value: str) -> bool:
    """Return whether the value names the environment. AWS's own tag names every environment in that cluster;
    the tag by which an environment is picked names that environment; any other tag names the environment
    whose name is the value.
    """
    pick = environment.pick
    if key == CLUSTER_TAG:
        return value in pick.clusters
    if isinstance(pick, TagPick) and pick.key == key:
        return pick.value == value
    return environment.name == value


def keys_in_use(environments: Iterable[Environment]) -> tuple[str, ...]:
    """Return the tags that tell most of these environments apart: at most two, as many as can be asked for.
    AWS's own tag is one of them if a whole cluster is an environment.
    """
    picks = [environment.pick for environment in environments]
    counts = Counter(pick.key for pick in picks if isinstance(pick, TagPick))
    own = sorted(counts, key=lambda key: (-counts[key], key))
    if any(isinstance(pick, ClusterPick) for pick in picks):
        return (*own[: MOST_KEYS - 1], CLUSTER_TAG)
    return tuple(own[:MOST_KEYS])
