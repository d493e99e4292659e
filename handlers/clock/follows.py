"""Follows logs for people: reads what is new, writes it to their rows, and edits their direct messages.

A row is written with the lines and with how far they were read, before Slack is asked to show them. Whoever
holds the lease next goes on from there: no line is read twice into a message, and none is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.clock.polling import Poller, Source, Wanted
from handlers.clock.readers import Readers, Unsaid
from handlers.gate.offering import recorded
from handlers.gate.parts import Parts
from handlers.ports.follows import Ending, Follow, Key
from handlers.ports.slack import Edits, Posts
from handlers.ports.store import CatalogState
from handlers.tell import follow as tell
from handlers.words.errors import Absent, Rejected, StoreLost, Throttled, Trouble, Unreached, Unsendable
from handlers.words.message import Message
from policies.access.people import SlackPerson, actor_of
from policies.logs.asked import logs_asked
from policies.logs.following import HOLD, Look, new, shown, since

AGAIN = timedelta(seconds=30)
"""Time to wait after a message that Slack did not take."""
GIVEN_UP = timedelta(minutes=1)
"""How long after its time a follow whose last lines cannot be read is ended without them."""


@dataclass(frozen=True)
class Followed:
    """A follow with the streams that are its own now, by log group."""

    row: Follow
    streams: Mapping[Source, frozenset[str]] = field(default_factory=dict)


class FollowBoard:
    """Keeps followed logs going. Not thread-safe: one tick at a time, under a lease."""

    def __init__(self, parts: Parts, posts: Posts, edits: Edits) -> None:
        self._parts, self._posts, self._edits = parts, posts, edits
        self._book, self._readers, self._poller = parts.book.follows, Readers(parts), Poller()
        self._said: dict[Key, Message] = {}
        self._notes: dict[Key, str] = {}
        self._unread: set[Key] = set()
        """Whose log could not be read the last time."""
        self._silent_until: datetime | None = None

    def tick(self) -> None:
        """Raises only trouble of the store."""
        rows, now = self._book.all(), self._parts.clock.now()
        keys = {row.key for row in rows}
        self._said = {key: said for key, said in self._said.items() if key in keys}
        self._notes = {key: note for key, note in self._notes.items() if key in keys}
        self._unread &= keys
        if not rows:
            return
        state = self._parts.catalog.read()
        judged = [self._judged(row, state, now) for row in rows]
        held = {one.row.key: one for one in judged if one is not None}
        self._read(held, state, now)
        for one in held.values():
            self._show(one.row, state, now)

    def _judged(self, row: Follow, state: CatalogState, now: datetime) -> Followed | None:
        """Decide again whether the person may, and find what there is to read. ``None``: this cannot be said
        now, so nothing is read or shown, or somebody else wrote the row.
        """
        if row.ended is not None:
            return Followed(row)
        try:
            ending = self._readers.barred(row.key, row.name, state)
        except Unsaid:
            return None
        if ending is None and now >= row.ends + HOLD + GIVEN_UP and row.key in self._unread:
            ending = Ending.UNREAD
        if ending is not None:
            return self._ended(row, ending, now)
        try:
            streams = self._readers.streams(row.key, state)
        except StoreLost:
            raise
        except Trouble as trouble:
            self._failed([row.key], trouble)
            return Followed(row)
        if isinstance(streams, Ending):
            return self._ended(row, streams, now)
        return Followed(row, streams)

    def _ended(self, row: Follow, ending: Ending, now: datetime) -> Followed | None:
        written = self._book.write(row.over(ending, min(now, row.ends)))
        return Followed(written) if written else None

    def _read(self, held: dict[Key, Followed], state: CatalogState, now: datetime) -> None:
        """Read what is due, and write what came of it for each who follows it."""
        for source in self._poller.due({s for one in held.values() for s in one.streams}, now):
            mine = [one for one in held.values() if source in one.streams]
            try:
                for found, streams in self._poller.looks(source, self._wanted(source, mine, state), now):
                    for one in mine:
                        self._advance(held, one.row.key, found, streams & one.streams[source], now)
            except StoreLost:
                raise
            except Trouble as trouble:
                self._failed([one.row.key for one in mine], trouble)
                continue
            except Exception as defect:  # the other logs go on
                self._parts.on_defect(f"the followed log group {source.group}", defect)
                self._failed([one.row.key for one in mine], Trouble(tell.DEFECT))
                continue
            for one in mine:
                self._notes.pop(one.row.key, None)
                self._unread.discard(one.row.key)
                self._last_look(held, one.row.key, source, now)

    def _failed(self, keys: Sequence[Key], trouble: Trouble) -> None:
        """Note what goes wrong. To wait for a rate is nothing that somebody needs to read."""
        self._unread |= set(keys)
        if not isinstance(trouble, Throttled):
            self._notes |= dict.fromkeys(keys, trouble.sentence)

    def _wanted(self, source: Source, mine: Sequence[Followed], state: CatalogState) -> Wanted:
        wanted: dict[str, datetime] = {}
        for one in mine:
            for stream in one.streams[source]:
                begin = since(one.row.tails, [stream], one.row.since)
                wanted[stream] = min(begin, wanted.get(stream, begin))
        return Wanted(self._readers.scope(mine[0].row.key, state), wanted)

    def _advance(
        self, held: dict[Key, Followed], key: Key, found: Look, streams: frozenset[str], now: datetime
    ) -> None:
        """Write the lines of a look, with how far it was read, in one row. If somebody else wrote the row,
        leave it to them: it is read again in the next beat.
        """
        one = held.get(key)
        if one is None or not streams:
            return
        row, asked = one.row, logs_asked(key.lines)
        came = new(row.tails, found, streams, row.since, row.ends)
        fitting = [seen for seen in came.seen if seen.text is not None and asked.matches(seen.text)]
        made = replace(row, tails=came.tails, shown=shown(row.shown, fitting, gap=came.gap))
        if made == row:
            return
        written = self._book.write(made)
        if written is None:
            del held[key]
        else:
            held[key] = replace(one, row=written)

    def _last_look(self, held: dict[Key, Followed], key: Key, source: Source, now: datetime) -> None:
        """End a follow whose time is over once each of its groups was read late enough: by then its last
        lines have come in.
        """
        one = held.get(key)
        if one is None or now < one.row.ends + HOLD:
            return
        if not self._poller.all_read(one.streams, one.row.ends + HOLD):
            return
        ended = self._ended(one.row, Ending.TIME, now)
        if ended is None:
            del held[key]
        else:
            held[key] = ended

    def _show(self, row: Follow, state: CatalogState, now: datetime) -> None:
        if self._silent_until is not None and now < self._silent_until <= now + AGAIN:
            return
        claimed = row if row.ts else self._book.write(replace(row, tries=row.tries + 1))
        if claimed is None:
            return
        row = claimed
        try:
            if row.ts:
                self._edit(row, state, now)
            else:
                self._post(row, state, now)
        except StoreLost:
            raise
        except (Unsendable, Absent, Rejected) as never:
            self._parts.on_defect(f"the followed log of {row.key.person}", never)
            self._book.forget(row)
        except Trouble:
            self._silent_until = now + AGAIN

    def _post(self, row: Follow, state: CatalogState, now: datetime) -> None:
        """Post the message and record where it stands. A process that is killed in between leaves a message
        that is not edited any more; the next holder posts another, which says so: the row counts each post
        before Slack is asked, unless Slack says that nothing was posted.
        """
        said = self._drawn(row, state, now)
        offers = recorded(self._parts.offers, said.offers, state, now)
        person = actor_of(row.key.person)
        assert isinstance(person, SlackPerson)
        try:
            at = self._posts.direct(person.user, replace(said, offers=offers))
        except (Throttled, Unreached):
            self._book.write(replace(row, tries=row.tries - 1))
            raise
        self._edits.posted(_message(row.key))
        offer = offers[0].id if offers else ""
        written = self._book.write(replace(row, channel=at.channel, ts=at.ts, offer=offer))
        if written is not None and written.ended is not None:
            self._book.forget(written)

    def _edit(self, row: Follow, state: CatalogState, now: datetime) -> None:
        said, final = self._drawn(row, state, now), row.ended is not None
        if said != self._said.get(row.key):
            if self._edits.wait(_message(row.key), final=final) > 0:
                return
            self._posts.edit(row.channel, row.ts, said)
            self._said[row.key] = said
        if final:
            self._book.forget(row)

    def _drawn(self, row: Follow, state: CatalogState, now: datetime) -> Message:
        environment = state.environment(row.key.environment)
        zone: tzinfo = ZoneInfo(environment.time_zone if environment else "UTC")
        if row.ended is not None:
            return tell.over(row, zone)
        return tell.live(row, zone, now, self._notes.get(row.key, ""))


def _message(key: Key) -> str:
    return "/".join(("follow", key.person, key.environment, key.service, key.lines))
