"""Reads log groups for those who follow them: each group once for all of them, and few of them at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from handlers.facts.logged import MOST_SEARCHED, Scanned, pages
from handlers.ports.logs import LogSpan
from handlers.ports.scope import Scope
from handlers.tell import follow as tell
from handlers.words.errors import Absent, Throttled
from policies.logs.following import Look, look
from policies.logs.routes import Group
from policies.service.environment import Environment

MOST_A_BEAT = 1
"""Log groups of one account and region that are read in one beat. A beat lasts a second, and AWS allows five
such calls a second where it allows fewest (facts/ecs 4): the other four are for people and for CI.
"""
EVERY = timedelta(seconds=3)
"""The least time between two reads of one group: a message is edited no oftener than that either."""
MOST_STREAMS = 100
"""The most names of streams in one call (facts/ecs 4)."""
MOST_ALONE = 2
"""Streams of one group that are read one by one in one beat, because they may not exist yet."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Source:
    """One log group, as one role reads it."""

    account: str
    role_arn: str
    region: str
    group: str

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region


def sourced(environment: Environment, group: Group) -> Source:
    region = group.region or environment.region
    return Source(environment.account, environment.role_arn, region, group.name)


@dataclass(frozen=True)
class Wanted:
    """``streams``: of all who follow the group, with the instant from which on each of them is wanted."""

    scope: Scope
    streams: Mapping[str, datetime]


@dataclass
class Poller:
    """What is remembered of groups and streams for as long as the lease is held."""

    _tried: dict[Source, datetime] = field(default_factory=dict)
    _read: dict[Source, datetime] = field(default_factory=dict)
    _heard: set[str] = field(default_factory=set)
    """Streams that have had a line, so that they exist."""
    _alone: dict[str, datetime] = field(default_factory=dict)
    """Streams that may not exist: AWS refuses a call that names such a one among others."""

    def due(self, sources: Iterable[Source], now: datetime) -> list[Source]:
        """Return the groups to read in this beat: those that waited longest for their turn."""
        taken, found = Counter[tuple[str, str]](), list[Source]()
        for source in sorted(sources, key=lambda s: self._tried.get(s, _NEVER)):
            last = self._tried.get(source, _NEVER)
            if last <= now < last + EVERY:
                continue
            if taken[source.place] < MOST_A_BEAT:
                taken[source.place] += 1
                found.append(source)
                self._tried[source] = now
        return found

    def all_read(self, sources: Iterable[Source], since: datetime) -> bool:
        return all(self._read.get(source, _NEVER) >= since for source in sources)

    def looks(self, source: Source, wanted: Wanted, now: datetime) -> Iterator[tuple[Look, frozenset[str]]]:
        """Read the group, and yield each look with the streams that it is of. Raises ``Trouble``."""
        together = [stream for stream in wanted.streams if stream not in self._alone]
        for first in range(0, len(together), MOST_STREAMS):
            chunk = together[first : first + MOST_STREAMS]
            try:
                yield self._look(source, wanted, chunk, now)
            except Absent:
                unknown = [stream for stream in chunk if stream not in self._heard]
                self._alone |= dict.fromkeys(unknown or chunk, _NEVER)
                known = [stream for stream in chunk if stream not in self._alone]
                if known:
                    yield self._look(source, wanted, known, now)
        alone = [stream for stream in wanted.streams if stream in self._alone]
        for stream in sorted(alone, key=self._alone.__getitem__)[:MOST_ALONE]:
            self._alone[stream] = now
            yield self._look(source, wanted, [stream], now)
        self._read[source] = now

    def _look(
        self, source: Source, wanted: Wanted, streams: Sequence[str], now: datetime
    ) -> tuple[Look, frozenset[str]]:
        group = Group(source.group, source.region, tuple(streams))
        since = min(wanted.streams[stream] for stream in streams)
        found: Scanned = pages(wanted.scope, LogSpan(group, since, now, MOST_SEARCHED))
        if found.hurried:  # what was read is not enough to say what is missing; it is read again
            raise Throttled(tell.HURRIED, retry_helps=True)
        heard = {event.stream for event in found.events}
        self._heard |= heard
        for stream in heard.intersection(self._alone):
            del self._alone[stream]
        return look(found.events, since, now, whole=found.whole), frozenset(streams)
