"""Environments guessed from what there is, each with the reason, so that a person can correct it.

A guess errs towards what is closed: an environment that nothing calls otherwise is production, a channel
that another company reads is never chosen, and where two fit equally well neither is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policies.catalog.found import (
    Found,
    FoundChannel,
    FoundCluster,
    FoundDatabase,
    telling,
    within,
    words,
)
from policies.catalog.tiers import tier_of
from policies.service.environment import ClusterPick, LiveService, Pick, TagPick, Tier

LONGEST_NAME = 63
OPT_IN = "lamplighter"
"""The tag that the generated policy asks of a service before it may be changed."""
FOR_ALL = frozenset(
    {"deploys", "devops", "environments", "infra", "lamplighter", "operations", "ops", "platform"}
)
"""Words in the name of a channel in which news of every environment would be at home."""


@dataclass(frozen=True)
class Guess:
    """One environment. Each ``…_why`` is a clause without a full stop, ``name_why`` what it is named after;
    empty where nothing was guessed."""

    name: str
    pick: Pick
    name_why: str
    tier: Tier
    tier_why: str
    services: tuple[LiveService, ...] = ()
    channel: FoundChannel | None = None
    channel_why: str = ""
    databases: tuple[tuple[str, str], ...] = ()
    """Each id with the reason."""
    unread: str = ""

    @property
    def production(self) -> bool:
        return self.tier is Tier.PRODUCTION

    @property
    def opted_in(self) -> int:
        """How many of its services carry the tag without which the generated policy denies changes."""
        return sum(service.tags.get(OPT_IN) == "true" for service in self.services)


@dataclass(frozen=True)
class Guesses:
    """``left_out``: clauses about what no environment names, each with why."""

    environments: tuple[Guess, ...]
    left_out: tuple[str, ...] = ()


def guess(found: Found) -> Guesses:
    picked = _named(tuple(_by_tags(found.clusters)))
    tiered = _within_production([_tiered(one) for one in picked])
    told = [_in_a_channel(one, found.channels) for one in tiered]
    homes = [(database, _home(database, told)) for database in found.databases]
    full = tuple(_with_databases(one, homes) for one in told)
    ordered = tuple(sorted(full, key=lambda one: (one.production, one.name)))
    return Guesses(ordered, (*_lost(found.clusters, full), *_homeless(homes)))


@dataclass(frozen=True)
class _Division:
    """The tag by which the services of a cluster are told apart, and how many have each of its values."""

    cluster: FoundCluster
    key: str
    values: Counter[str]

    @property
    def mixed(self) -> bool:
        """Does it have services of more than one environment?"""
        return len(self.values) > 1

    @property
    def complete(self) -> bool:
        """Does every service have the tag?"""
        return bool(self.values) and self.values.total() == len(self.cluster.services)

    def goes_with(self, other: _Division) -> bool:
        """May one rule by tag pick services of both?"""
        alike = self.key == other.key and set(self.values) & set(other.values)
        return bool(alike) and all(one.mixed or one.complete for one in (self, other))


def _by_tags(clusters: Sequence[FoundCluster]) -> Iterator[Guess]:
    """One for each value of a tag; one for each cluster that tags do not divide."""
    divisions = [_division(cluster) for cluster in clusters]
    shared: dict[tuple[str, str], list[FoundCluster]] = {}
    for one in divisions:
        if one.mixed or any(one.goes_with(other) for other in divisions if other is not one):
            for value in one.values:
                shared.setdefault((one.key, value), []).append(one.cluster)
        elif one.cluster.services or one.cluster.unread:
            yield _whole(one)
    for (key, value), places in shared.items():
        yield _tagged(key, value, places)


def _division(cluster: FoundCluster) -> _Division:
    first = [next(telling(service.tags), None) for service in cluster.services]
    keys = Counter(pair[0] for pair in first if pair)
    if not keys:
        return _Division(cluster, "", Counter())
    key = min(keys, key=lambda name: (-keys[name], name))
    return _Division(cluster, key, Counter(pair[1] for pair in first if pair and pair[0] == key))


def _whole(division: _Division) -> Guess:
    """The one environment of a cluster, named by its tag, else as the cluster is."""
    cluster = division.cluster
    value = next(iter(division.values), "")
    guessed = Guess(
        value or cluster.name, ClusterPick(cluster.name), "", Tier.PRODUCTION, "", cluster.services
    )
    return replace(guessed, name_why=_why_whole(division, value), unread=cluster.unread)


def _why_whole(division: _Division, value: str) -> str:
    count = len(division.cluster.services)
    if not value:
        return f"the cluster{'; no service has a tag that names an environment' if count else ''}"
    some = f"{division.values[value]} of its {count} services have"
    carry = (
        some if not division.complete else "all its services have" if count > 1 else "its only service has"
    )
    return f"the tag {division.key}={value}, which {carry}"


def _tagged(key: str, value: str, places: Sequence[FoundCluster]) -> Guess:
    services = tuple(s for place in places for s in place.services if s.tags.get(key) == value)
    names = tuple(sorted(place.name for place in places))
    why = f"the tag {key}={value}, by which the services of {_and(names)} are told apart"
    return Guess(value, TagPick(names, key, value), why, Tier.PRODUCTION, "", services)


def _named(guesses: Sequence[Guess]) -> list[Guess]:
    """Names as a catalog has them, each once. Of two alike the later is named after its cluster as well."""
    taken: set[str] = set()
    named = []
    for one in guesses:
        name = plain(one.name) or plain(one.pick.clusters[0]) or "environment"
        if name in taken:
            name = plain(f"{name}-{one.pick.clusters[0]}")
        final, number = name, 2
        while final in taken:
            final, number = f"{name[: LONGEST_NAME - 4]}-{number}", number + 1
        taken.add(final)
        named.append(replace(one, name=final))
    return named


def plain(text: str) -> str:
    """As an environment may be called; empty where nothing of the text is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:LONGEST_NAME].strip("-")


def _tiered(one: Guess) -> Guess:
    value = one.pick.value if isinstance(one.pick, TagPick) else one.name
    tier, why = tier_of(value, *one.pick.clusters)
    return replace(one, tier=tier, tier_why=why)


def _within_production(guesses: Sequence[Guess]) -> list[Guess]:
    """What lies in a production environment's cluster is production, whatever it is called; and so is what
    lies in a cluster with that."""
    while True:
        closed = [_with_its_neighbours(one, guesses) for one in guesses]
        if closed == list(guesses):
            return closed
        guesses = closed


def _with_its_neighbours(one: Guess, guesses: Sequence[Guess]) -> Guess:
    here = set(one.pick.clusters)
    near = [other for other in guesses if other.production and here & set(other.pick.clusters)]
    if one.production or not near:
        return one
    cluster = sorted(here & set(near[0].pick.clusters))[0]
    why = f"it shares the cluster {cluster} with {near[0].name}, which is production"
    return replace(one, tier=Tier.PRODUCTION, tier_why=why)


def _in_a_channel(one: Guess, channels: Sequence[FoundChannel]) -> Guess:
    ours = [channel for channel in channels if not channel.shared]
    mine = words(one.name)
    for fitting, why in (
        ([c for c in ours if words(c.name) == mine], "it has the environment's name"),
        ([c for c in ours if within(mine, words(c.name))], "the environment's name stands in its name"),
        ([c for c in ours if FOR_ALL.intersection(words(c.name))], "by its name it is for all environments"),
        (ours, "it is the only channel that the bot is in"),
    ):
        if len(fitting) == 1:
            return replace(one, channel=fitting[0], channel_why=why)
        if fitting:
            return one
    return one


def _home(database: FoundDatabase, guesses: Sequence[Guess]) -> tuple[Guess, str] | None:
    """The one environment that it seems to belong to, with why."""
    for key, value in telling(database.tags):
        tagged = [one for one in guesses if _value(one) == value.lower() or one.name == plain(value)]
        if len(tagged) == 1:
            return tagged[0], f"its tag {key}={value}"
        if tagged:
            return None
    mine = words(database.name)
    named = [one for one in guesses if within(words(one.name), mine)]
    longest = max((len(words(one.name)) for one in named), default=0)
    best = [one for one in named if len(words(one.name)) == longest]
    return (best[0], f'"{best[0].name}" stands in its name') if len(best) == 1 else None


def _value(one: Guess) -> str:
    return one.pick.value.lower() if isinstance(one.pick, TagPick) else ""


Homes = Sequence[tuple[FoundDatabase, tuple[Guess, str] | None]]


def _with_databases(one: Guess, homes: Homes) -> Guess:
    found = ((d, home) for d, home in homes if home and home[0].name == one.name and not d.stays)
    return replace(one, databases=tuple((d.id, home[1]) for d, home in found))


def _lost(clusters: Iterable[FoundCluster], guesses: Sequence[Guess]) -> Iterator[str]:
    claimed = {service.arn for one in guesses for service in one.services}
    for cluster in clusters:
        if not cluster.services and not cluster.unread:
            yield f"cluster {cluster.name}: it has no services"
        for service in cluster.services:
            if service.arn not in claimed:
                named = f"service {service.name} in cluster {cluster.name}"
                yield f"{named}: no tag says which environment it is of"


def _homeless(homes: Homes) -> Iterator[str]:
    for database, home in homes:
        if database.stays:
            yield f"database {database.id}: RDS does not stop it: {database.stays}"
        elif home is None:
            yield f"database {database.id}: neither its tags nor its name says which environment it is of"


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
