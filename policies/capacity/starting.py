"""How a start goes about it: with which counts, in which waves, and until when it stays on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from policies.access.decision import Refused, refuse
from policies.capacity.databases import Fate, to_start
from policies.capacity.facts import DatabaseFacts, GroupFacts, SavedCapacity, ScalingFacts
from policies.capacity.groups import CapacityGroup, at_zero
from policies.capacity.rules import Count, starting_count, suspended_by_us
from policies.schedule.overrides import Override
from policies.schedule.rows import BY_HAND, ScheduleRow, ending
from policies.schedule.schedule import Holidays
from policies.schedule.standing import FOR_EVER, Standing, left_on, said_in_full, standing
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts
from policies.service.images import short
from policies.times.instants import words


@dataclass(frozen=True)
class Stay:
    """``until`` is the end of the override that a start sets, ``None`` if it sets none. ``ends`` is the
    row that it leaves instead where there is no schedule. ``note`` says until when the environment stays
    on, where there is anything to say. ``long`` marks a start that is longer than a developer's right."""

    until: datetime | None = None
    note: str = ""
    long: bool = False
    ends: ScheduleRow | None = None


@dataclass(frozen=True)
class Moment:
    """When and where: ``zone`` is that of times in words."""

    at: datetime
    zone: tzinfo
    holidays: Holidays = frozenset()


@dataclass(frozen=True)
class Found:
    """What a start is planned on. ``interrupting``: a stop is under way, which this start would cancel; what
    it has in hand may still arrive, so every service is looked at whatever it shows now. ``guess``: a person
    has seen the counts that nothing saved leaves, and confirmed them."""

    services: tuple[ServiceFacts, ...]
    scaling: Mapping[str, ScalingFacts]
    databases: tuple[DatabaseFacts, ...]
    saved: SavedCapacity | None
    groups: tuple[CapacityGroup, ...] = ()
    interrupting: bool = False
    guess: bool = False

    @property
    def at_zero(self) -> tuple[ServiceFacts, ...]:
        return tuple(f for f in self.services if not f.desired)

    @property
    def lost(self) -> bool:
        """Everything is at zero, and no count above zero is saved, as after the loss of the database. An
        environment whose services were all saved at zero has nothing to lose."""
        saved = self.saved.services if self.saved else {}
        counts = [saved[f.name].desired if f.name in saved else None for f in self.services]
        return len(self.at_zero) == len(self.services) and None in counts and not any(counts)

    @property
    def fates(self) -> tuple[Fate, ...]:
        """What is to be done with each of its databases. One that is up is asked to start too where a stop
        may have it in hand."""
        named = [d.id for d in self.databases]
        found = (to_start(d, self.saved, named) for d in self.databases)
        return tuple(replace(f, do="start") if self.interrupting and not f.why else f for f in found)

    def to_grow(self) -> tuple[tuple[CapacityGroup, GroupFacts], ...]:
        """Its groups of instances that are at zero, or that a stop may have in hand, with what was saved
        for them."""
        known = self.saved.groups if self.saved else {}
        wanted = (g for g in self.groups if self.interrupting or at_zero(g.sizes))
        return tuple((group, known[group.name]) for group in wanted if group.name in known)

    @property
    def empty_groups(self) -> tuple[str, ...]:
        """A sentence for each group at zero for which nothing is saved."""
        known = self.saved.groups if self.saved else {}
        return tuple(
            f"Auto Scaling group `{g.name}` is at 0 and no size is saved for it: what runs on it starts only "
            f"when somebody, or its managed scaling, gives it instances."
            for g in self.groups
            if at_zero(g.sizes) and g.name not in known
        )

    @property
    def forgotten(self) -> bool:
        """Nothing is saved for any service."""
        return not (self.saved and self.saved.services)

    def counts(self) -> dict[str, Count]:
        """Which services to start, with how many tasks. A service at zero for which nothing is saved is
        somebody's wish, made before a stop or while everything is off: only a person who was shown the
        counts starts it."""
        wanted = self.services if self.interrupting else self.at_zero
        found = {f.name: self._count(f) for f in wanted}
        return {name: count for name, count in found.items() if count.tasks}

    def short(self) -> tuple[ServiceFacts, ...]:
        """Services whose count is restored, but not all of whose tasks run: they are looked at until they
        are up."""
        if self.saved is None or self.interrupting:
            return ()
        return tuple(f for f in self.services if f.name in self.saved.services and f.running < f.desired)

    def to_restore(self, service: str) -> ScalingFacts | None:
        known = self.saved.services.get(service) if self.saved else None
        now = self.scaling.get(service)
        if known is None or known.scaling is None or now is None:
            return None
        ours = self.interrupting or suspended_by_us(known.scaling, now)
        return known.scaling if ours else None

    def unsaved(self) -> tuple[ServiceFacts, ...]:
        """Services at zero beside others that are restored, and for which nothing is saved: no stop made
        them so, and they are left alone."""
        if self.forgotten:
            return ()
        return tuple(f for f in self.at_zero if not self._saved(f.name))

    def _saved(self, service: str) -> bool:
        return self.saved is not None and service in self.saved.services

    def _count(self, facts: ServiceFacts) -> Count:
        if not self._saved(facts.name) and not self.guess:
            return Count(facts.desired, "saved")
        return starting_count(self.saved, facts.name, self.scaling.get(facts.name))


def waves(order: Sequence[Collection[str]], services: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The services in declared waves, those declared nowhere last; a wave without any of them is left out."""
    named = {name for wave in order for name in wave}
    rest = [name for name in services if name not in named]
    found = [tuple(name for name in services if name in wave) for wave in order]
    return tuple(wave for wave in (*found, tuple(rest)) if wave)


def image_gone(facts: ServiceFacts, missing: Collection[str]) -> str:
    """Why a start of the service would only fail, if it would: ECS keeps the digest that its tag had at
    the last deployment, and pulls nothing else until the next (facts/ecs 2.2, trap 11). ``missing`` are
    images that the registry no longer has in that digest."""
    gone = [i for i in facts.images if i.image in missing]
    if not gone:
        return ""
    digest, name = short(facts.digests.get(gone[0].container, "")), gone[0].image.rsplit("/", 1)[-1]
    way = (
        "only a new revision of its task definition helps"
        if any(i.pinned for i in gone)
        else "start with `image=new` to deploy what its tag names now"
    )
    what = f"the registry no longer has the image it runs ({name}, {digest})"
    return f"`{facts.name}` is not started: {what}; {way}"


def stay(
    row: ScheduleRow | None,
    held: Override | None,
    moment: Moment,
    *,
    asked: datetime | None,
    environment: Environment,
) -> Stay | Refused:
    """What a start by hand means to the schedule. ``held`` is the override in force; ``asked`` is the end
    that was asked for, if any.

    Inside the window a start needs no end, and where there is no schedule it has the end that was asked
    for. Outside the window it always has one, assumed if none was asked for; an end later than the terms
    allow is refused.
    """
    if row is not None and row.mode != "act" and held is None:
        return Stay(note=f"Its schedule only observes: {_FOR_GOOD}" if asked else "")
    if row is None:
        return _without_schedule(moment, asked, environment)
    stands = standing(row, held, moment.at, moment.holidays)
    if stands.state == "up" and (asked is None or stands.until is None or asked <= stands.until):
        return Stay(note=_anyway(stands, moment) if asked else "")
    on = left_on(standing(row, None, moment.at, moment.holidays), moment.at, moment.holidays)
    if held is None and on is not None and (asked is None or asked <= on):
        return Stay(note=_until_next_stop(on, moment))
    if asked is not None and held is None and row.origin == BY_HAND:
        return _without_schedule(moment, asked, environment)
    since = held.since if held is not None and held.state == "up" else moment.at
    return _bounded(row, moment, asked, since=since)


_FOR_GOOD = "it stays on until somebody stops it."


def _without_schedule(moment: Moment, asked: datetime | None, environment: Environment) -> Stay | Refused:
    """The start ends as it was asked to. The clock stops nothing that it may not stop, and nothing without
    a channel for the notice."""
    if asked is None:
        return Stay()
    row = ending(environment.name, asked, moment.zone)
    if not row.covers(environment):
        return Stay(note=f"The clock may not stop it: {_FOR_GOOD}")
    if not environment.channel:
        return Stay(note=f"It has no channel for a notice, so the clock does not stop it: {_FOR_GOOD}")
    found = _bounded(row, moment, asked, since=moment.at)
    return found if isinstance(found, Refused) else replace(found, until=None, ends=row)


def _bounded(row: ScheduleRow, moment: Moment, asked: datetime | None, *, since: datetime) -> Stay | Refused:
    """``since`` is when whatever keeps it on began to."""
    terms = row.terms
    end = asked or moment.at + terms.assume
    span = end - moment.at
    if span > terms.longest:
        return refuse(
            "start.longest",
            f"That would keep it on for {words(span)}, and {words(terms.longest)} is the longest here. Ask "
            f"for less; an operator can change the schedule.",
        )
    assumed = "" if asked else f" (assumed {words(terms.assume)})"
    note = f"On until {said_in_full(end, moment.zone, moment.at)}{assumed}; {_then(row, moment, end, since)}."
    return Stay(end, note, long=span > terms.bounded)


def _then(row: ScheduleRow, moment: Moment, end: datetime, since: datetime) -> str:
    own = standing(row, None, end, moment.holidays)
    on = left_on(own, end, moment.holidays, kept_since=since)
    if on is None or row.origin == BY_HAND:
        return "then it stops again"
    until = f" until {said_in_full(on, moment.zone, moment.at)}" if on < FOR_EVER else ""
    return f"by then its schedule keeps it on{until}"


def _anyway(stands: Standing, moment: Moment) -> str:
    if stands.until is None:
        return "It is on for good by its schedule."
    what = "what was asked for before" if stands.override else "its schedule"
    return f"On until {said_in_full(stands.until, moment.zone, moment.at)} by {what} anyway."


def _until_next_stop(stop: datetime, moment: Moment) -> str:
    """A stop-only schedule lets anybody start it at any time."""
    return f"On until its next stop, {said_in_full(stop, moment.zone, moment.at)}." if stop < FOR_EVER else ""
