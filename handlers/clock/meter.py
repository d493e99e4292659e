"""The meter looks at each environment in turn, so that no task is missed (facts/ecs 7.3).

Deliberately absent: what a look does (``handlers.clock.sampling``), and any memory that no row holds. A new
process reads when each environment was last seen and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handlers.clock.sampling import Sampler
from handlers.gate.parts import Parts
from handlers.words.errors import Trouble
from policies.cost.looks import next_look, wait
from policies.cost.spans import REMEMBERED
from policies.service.environment import Environment

AT_ONCE = 4
"""How many groups are under way at one time; the next begins when one of them is done."""


class Look(StrEnum):
    """How a look ended."""

    WHOLE = "whole"
    PART = "part"
    """Tasks were seen, but what else is attached was not."""
    PUT_OFF = "put off"


@dataclass(frozen=True)
class Heard:
    """Who is told what: ``look`` how each look ended; ``unseen`` at each tick, how many environments were not
    seen for longer than ECS remembers.
    """

    look: Callable[[Look], object] = lambda _look: None
    unseen: Callable[[int], object] = lambda _count: None


@dataclass(frozen=True)
class Waiting:
    """An environment whose look failed. ``until``: when it is tried again, after ``failures`` failures in a
    row.
    """

    until: datetime
    failures: int


class Meter:
    """Looks at each environment in turn. ``tick`` is not thread-safe: one at a time, under a lease. ``run``
    hands a group to a thread.

    A group is the environments that share clusters. They are looked at one after the other, since one read of
    a cluster serves them all.
    """

    def __init__(
        self,
        parts: Parts,
        every: timedelta,
        *,
        run: Callable[[Callable[[], None]], object] = lambda work: work(),
        heard: Heard | None = None,
    ) -> None:
        self._parts, self._every, self._run = parts, every, run
        self._heard = heard or Heard()
        self._sampler = Sampler(parts)
        self._version = -1
        self._groups: tuple[tuple[Environment, ...], ...] = ()
        self._last: dict[str, datetime] = {}
        self._waiting: dict[str, Waiting] = {}
        self._under_way: set[object] = set()
        self._ticked: datetime | None = None

    def tick(self) -> int:
        """Begin the groups that are due; return how many. Raises ``Trouble`` if the store does not answer."""
        now = self._parts.clock.now()
        version = self._parts.catalog.version()
        if self._ticked is not None and now < self._ticked:
            self._turned_back(now)
        if version != self._version:
            self._learn(now)
        self._version, self._ticked = version, now
        begun = self._due(now)[: max(0, AT_ONCE - len(self._under_way))]
        for place in begun:
            self._begin(place, now)
        unseen = (e for group in self._groups for e in group if self._unseen(e.name, now))
        self._heard.unseen(sum(1 for _ in unseen))
        return len(begun)

    def _learn(self, now: datetime) -> None:
        """Read which environments there are, and when each was last seen by anybody."""
        state = self._parts.catalog.read()
        groups: dict[object, list[Environment]] = {}
        for environment in sorted(state.environments, key=lambda e: e.name):
            groups.setdefault(_place(environment), []).append(environment)
        names = {e.name for e in state.environments}
        if names - set(self._sampler.sightings):
            self._remember(names, now)
        self._last = {name: at for name, at in self._last.items() if name in names}
        self._waiting = {name: w for name, w in self._waiting.items() if name in names}
        self._groups = tuple(tuple(group) for group in groups.values())

    def _remember(self, names: Collection[str], now: datetime) -> None:
        """Read when those environments were last seen that this meter has not seen itself."""
        for name, sighting in self._parts.book.ledger.sightings.all().items():
            if name in names and name not in self._sampler.sightings:
                self._sampler.sightings[name] = sighting
                if sighting.at is not None:
                    self._last[name] = min(sighting.at, now)

    def _turned_back(self, now: datetime) -> None:
        """Adjust to a wall clock that went back: nothing was seen later than now, nothing waits for a time
        that was ahead, and the days counted there are counted again.
        """
        self._sampler.settled.clear()
        self._last = {name: min(at, now) for name, at in self._last.items()}
        self._waiting.clear()

    def _due(self, now: datetime) -> list[int]:
        """Return the places of the groups in which any environment is due, the longest overdue first."""
        turns = [
            (min(turns), place)
            for place, group in enumerate(self._groups)
            if _place(group[0]) not in self._under_way
            and (turns := [turn for e in group if (turn := self._turn(e.name, place, now)) <= now])
        ]
        return [place for _, place in sorted(turns)]

    def _turn(self, name: str, place: int, now: datetime) -> datetime:
        """Return when the environment is looked at next. One that was never seen comes at once, but after the
        overdue ones: so many environments that cannot be seen hold up none that can.
        """
        if name in self._waiting:
            return self._waiting[name].until
        last = self._last.get(name)
        if last is None:
            return now
        return next_look(last, self._every, place=place, of=len(self._groups))

    def _unseen(self, name: str, now: datetime) -> bool:
        last = self._last.get(name)
        return last is None or last + REMEMBERED < now

    def _begin(self, place: int, now: datetime) -> None:
        due = [e for e in self._groups[place] if self._turn(e.name, place, now) <= now]
        seat = _place(due[0])
        self._under_way.add(seat)

        def look() -> None:
            try:
                self._look_at(due)
            finally:
                self._under_way.discard(seat)

        self._run(look)

    def _look_at(self, environments: Sequence[Environment]) -> None:
        """Look at each environment; one that fails does not stop the others."""
        for environment in environments:
            at = self._parts.clock.now()
            try:
                whole = self._sampler.sample(environment)
            except Trouble as trouble:
                self._put_off(environment.name, "" if trouble.unasked else trouble.sentence)
            except Exception as error:
                self._parts.on_defect(f"the meter, {environment.name}", error)
                self._put_off(environment.name, "")
            else:
                self._last[environment.name] = at
                self._waiting.pop(environment.name, None)
                self._heard.look(Look.WHOLE if whole else Look.PART)

    def _put_off(self, name: str, why: str) -> None:
        """Try again later. Nothing is noted of an environment about which AWS was not asked, because our own
        buckets had no room: what was last seen, and when, says all there is to say.
        """
        before = self._waiting.get(name)
        failures = before.failures + 1 if before else 1
        self._waiting[name] = Waiting(self._parts.clock.now() + wait(failures), failures)
        if why:
            with suppress(Trouble):
                self._sampler.note_trouble(name, why)
        self._heard.look(Look.PUT_OFF)


def _place(environment: Environment) -> object:
    """Return what one read serves: environments with the same place form a group."""
    return (environment.account, environment.region, environment.role_arn, environment.pick.clusters)
