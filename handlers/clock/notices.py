"""The one message for each channel and stop time: posted before the stop, with buttons, and edited into the
result.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.clock.told import Telling
from handlers.gate.parts import Parts
from handlers.ports.book import KEPT, Notice
from handlers.ports.slack import Posts
from handlers.ports.store import CatalogState
from handlers.tell.notice import AT_LEAST, buttons
from handlers.tell.notice import message as notice_message
from handlers.words.errors import Trouble, Unsendable
from handlers.words.message import Message, Offer
from policies.schedule.transitions import LATE, Course, Edge
from policies.service.environment import Environment

WITHOUT_SLACK = timedelta(minutes=30)
"""How long a stop waits while Slack does not take its notice; then the stop happens, and is told."""
EVERY, RARELY = timedelta(seconds=3), timedelta(minutes=1)
"""Time between two looks at one notice, if anything has changed and if nothing has."""
BETWEEN_EDITS = timedelta(seconds=1.5)
"""Time between two edits, over all notices: Slack takes fifty edits a minute (facts/slack 2.2), live messages
among them.
"""
SILENCE = timedelta(seconds=10)
"""Time to wait after an edit that Slack did not take."""
AGAIN = timedelta(seconds=30)
"""Time until a notice that Slack did not take is sent again."""

Courses = Mapping[str, tuple[Environment, Course]]
Place = tuple[str, datetime]


@dataclass(frozen=True)
class _Look:
    at: datetime
    version: int


class NoticeBoard:
    """Posts and edits the notices. Not thread-safe; part of the clock's tick. A silence of Slack raises
    nothing here.
    """

    def __init__(self, parts: Parts, posts: Posts) -> None:
        self._parts, self._posts = parts, posts
        self._telling = Telling(parts)
        self._rows: dict[Place, Notice] | None = None
        self._looks: dict[Place, _Look] = {}
        self._send_at: dict[Place, datetime] = {}
        self._silent_until: datetime | None = None
        self._edited: datetime | None = None
        self._words: deque[tuple[str, Message]] = deque()

    def say(self, channel: str, said: Message) -> None:
        """Post a message of its own with the next beat, for a transition that is not begun at all, so that no
        operation tells it. May be called from any thread. A message that Slack does not take is tried again
        while this process lives.
        """
        if channel:
            self._words.append((channel, said))

    def untold(self, place: Place, environments: Sequence[Environment], now: datetime) -> list[Environment]:
        """Return those of the given environments that the notice of this stop does not name."""
        notice = self._known(now).get(place)
        return [e for e in environments if notice is None or e.name not in notice.environments]

    def may_stop(self, environment: Environment, stop_at: datetime, now: datetime) -> bool:
        """Return whether the notice has stood long enough, or Slack has been silent for too long."""
        notice = self._known(now).get((environment.channel, stop_at))
        if notice is None or environment.name not in notice.environments:
            return False
        if notice.posted_at is not None:
            return now >= max(stop_at, notice.posted_at + AT_LEAST)
        return now >= max(stop_at, notice.unsent_since or now) + WITHOUT_SLACK

    def announce(self, stops: Mapping[Place, Sequence[str]], now: datetime) -> None:
        """Note what is to be told before these stops. An environment that joins later is added by an edit."""
        for place, names in stops.items():
            if not names:
                continue
            notice = self._known(now).get(place) or Notice(*place, ())
            joined = tuple(sorted({*notice.environments, *names}))
            if joined != notice.environments:
                notice = replace(notice, environments=joined, closed=False)
                self._write(place, notice)

    def tend(self, courses: Courses, version: int, now: datetime) -> None:
        """Post the notices that are not posted yet, and edit those that are out of date.

        Edits go one by one, so that a fleet of channels keeps within Slack's rate limit. After a call that
        Slack did not take, the others wait for the same time too.
        """
        self._speak(now)
        for place, notice in list(self._known(now).items()):
            if self._is_silent(now):
                return
            if not notice.ts and not notice.closed and self._send_at.get(place, now) <= now:
                self._post(place, notice, courses, now)
            look = self._looks.get(place)
            wait = RARELY if look and look.version == version else EVERY
            turn = look is None or now - look.at >= wait or now < look.at
            if notice.ts and not notice.closed and turn and self._may_edit(now):
                self._looks[place] = _Look(now, version)
                self._refresh(place, notice, courses, now)

    def _speak(self, now: datetime) -> None:
        while self._words and not self._is_silent(now):
            channel, said = self._words[0]
            try:
                self._posts.post(channel, said)
            except Unsendable as trouble:
                self._parts.on_defect(f"a message in {channel}", trouble)
            except Trouble:
                self._silent_until = now + AGAIN
                return
            self._words.popleft()

    def _is_silent(self, now: datetime) -> bool:
        """Return whether Slack refused a call a moment ago; a wall clock that went back ends that silence."""
        return self._silent_until is not None and now < self._silent_until <= now + AGAIN

    def _may_edit(self, now: datetime) -> bool:
        return self._edited is None or not self._edited <= now < self._edited + BETWEEN_EDITS

    def learn(self, catalog: CatalogState) -> None:
        """Take the changed catalog, and read the rows again: another replica may have posted meanwhile."""
        self._rows = None
        self._telling.learn(catalog)

    def _known(self, now: datetime) -> dict[Place, Notice]:
        if self._rows is None:
            rows = self._parts.book.notices.since(now - KEPT)
            self._rows = {(n.channel, n.stop_at): n for n in rows}
        return self._rows

    def _post(self, place: Place, notice: Notice, courses: Courses, now: datetime) -> None:
        notice, said = self._said(notice, courses, now)
        try:
            ts = self._posts.post(notice.channel, said)
        except Trouble as trouble:
            self._send_at[place] = self._silent_until = now + AGAIN
            self._write(place, replace(notice, unsent_since=notice.unsent_since or now))
            if isinstance(trouble, Unsendable):
                self._parts.on_defect(f"the notice in {notice.channel}", trouble)
            return
        self._write(place, replace(notice, ts=ts, posted_at=now, shown=_digest(said)))

    def _refresh(self, place: Place, notice: Notice, courses: Courses, now: datetime) -> None:
        notice, said = self._said(notice, courses, now)
        if now - notice.stop_at > KEPT:
            notice, said = replace(notice, closed=True), replace(said, offers=())
        if _digest(said) == notice.shown:
            if notice.closed:
                self._write(place, notice)
            return
        self._edited = now
        try:
            self._posts.edit(notice.channel, notice.ts, said)
        except Unsendable:
            self._write(place, replace(notice, closed=True))
        except Trouble:
            self._looks.pop(place, None)
            self._silent_until = now + SILENCE
        else:
            self._write(place, replace(notice, shown=_digest(said)))

    def _said(self, notice: Notice, courses: Courses, now: datetime) -> tuple[Notice, Message]:
        """Return the notice, with the ids of all its buttons, and what it says now."""
        claims = self._parts.book.claims.since(notice.stop_at)
        told = [
            self._telling.told(notice, courses.get(name), (name, claims.get(name, ())), now=now)
            for name in notice.environments
        ]
        held = dict(notice.offers)
        offers: list[Offer] = []
        for offer in buttons(told, notice, now):
            generation = courses[offer.environment][0].generation
            bound = (str(generation), offer.environment, offer.operation, *offer.arguments.values())
            key = " ".join(bound)
            if key not in held:
                (made,) = self._parts.offers.record([offer], generation=generation, now=now)
                held[key] = made.id
            offers.append(replace(offer, id=held[key]))
        return replace(notice, offers=held), notice_message(notice, told, offers, now=now)

    def _write(self, place: Place, notice: Notice) -> None:
        self._parts.book.notices.write(notice)
        if self._rows is not None:
            self._rows[place] = notice


def stops_to_announce(course: Course, since: datetime, now: datetime) -> list[Edge]:
    """Return the stops within the notice's time, and the last stop since then that has come and is still
    wanted. What has come is left out if a start comes before a notice could stand long enough.
    """
    since = max(since, now - LATE)
    edges = [e for e in course.edges(since, now + course.row.terms.notice) if e.action == "stop"]
    last = [e for e in edges if e.instant <= now][-1:] if course.wanted(now) == "down" else []
    soon = [e for e in course.edges(now, now + AT_LEAST) if e.action == "start" and e.instant > now]
    come = [e for e in last if now - e.instant <= LATE and not soon]
    return come + [e for e in edges if e.instant > now]


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
