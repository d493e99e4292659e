"""Live messages of the clock: each is posted once, drawn from the current state of its subject, and edited
when that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.gate.parts import Parts
from handlers.ports.live import LivePost, Thing, digest_of
from handlers.ports.slack import Posts
from handlers.ports.store import CatalogState, OperationRecord
from handlers.tell import budgets, live, orphans
from handlers.tell import clock as drift
from handlers.tell.live import Became
from handlers.tell.wording import listed
from handlers.words.errors import StoreLost, Trouble, Unsendable
from handlers.words.message import Message, Offer
from policies.cost.glance import State, glance
from policies.cost.sightings import Sighting
from policies.orphans.findings import Stage
from policies.record.lifecycle import WHOLE
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override, in_force
from policies.schedule.rows import governing
from policies.schedule.schedule import parse
from policies.schedule.standing import Standing, said_in_full, standing, zone_of

RARELY = timedelta(minutes=1)
"""Time between two looks if nothing was recorded."""
AGAIN = timedelta(seconds=30)
"""Time to wait after an edit that Slack did not take."""


def post_live(parts: Parts, posts: Posts, post: LivePost, state: CatalogState) -> str:
    """Post the message and keep its row for as long as it is live; return its ``ts``. Raises ``Trouble``."""
    made = tuple(_recorded(parts, offer, state, post.at) for offer in post.said.offers)
    said = replace(post.said, offers=made)
    ts = posts.post(post.channel, said)
    parts.book.live_posts.write(replace(post, ts=ts, said=said, shown=digest_of(said)))
    return ts


def _recorded(parts: Parts, offer: Offer, state: CatalogState, now: datetime) -> Offer:
    found = state.environment(offer.environment)
    (made,) = parts.offers.record([offer], generation=found.generation if found else 0, now=now)
    return made


class LiveBoard:
    """Keeps live messages current. Not thread-safe: one tick at a time, under a lease."""

    def __init__(self, parts: Parts, posts: Posts) -> None:
        self._parts, self._posts = parts, posts
        self._version, self._looked = -1, datetime.min.replace(tzinfo=ZoneInfo("UTC"))
        self._silent_until: datetime | None = None

    def tick(self) -> None:
        """Edit at most one message, so that Slack's rate limit holds. Raises only trouble of the store."""
        now, version = self._parts.clock.now(), self._parts.catalog.version()
        if self._silent_until is not None and now < self._silent_until <= now + AGAIN:
            return
        if version == self._version and self._looked <= now < self._looked + RARELY:
            return
        if not self._look(now):
            self._version, self._looked = version, now

    def _look(self, now: datetime) -> bool:
        """Edit at most one message; return whether one was edited, because then more may wait."""
        posts = self._parts.book.live_posts.live()
        around = _around(self._parts, posts, now) if posts else None
        for post in posts:
            assert around is not None
            became = BECAME[post.thing](around, post)
            said = live.drawn(post.said, became, post.at, around.zone(post), now)
            if digest_of(said) != post.shown:
                return self._edit(replace(post, over=became.over), said, now)
            if became.over:
                self._parts.book.live_posts.write(replace(post, over=True))
        return False

    def _edit(self, post: LivePost, said: Message, now: datetime) -> bool:
        try:
            self._posts.edit(post.channel, post.ts, said)
        except StoreLost:
            raise
        except Unsendable:
            post = replace(post, over=True)
        except Trouble:
            self._silent_until = now + AGAIN
            return True
        self._parts.book.live_posts.write(replace(post, shown=digest_of(said)))
        return True


@dataclass(frozen=True)
class Around:
    """What the live messages rest on, read at once. ``moved``: starts and stops since the oldest message."""

    parts: Parts
    now: datetime
    state: CatalogState
    moved: Sequence[OperationRecord] = ()
    overrides: Sequence[Override] = ()
    claims: Mapping[str, Sequence[Claim]] = field(default_factory=dict)
    seen: Mapping[str, Sighting] = field(default_factory=dict)

    def zone(self, post: LivePost) -> tzinfo:
        return self.zone_of(post.subject)

    def zone_of(self, name: str) -> tzinfo:
        environment = self.state.environment(name)
        if environment is None:
            return ZoneInfo("UTC")
        return zone_of(environment, governing(environment, self.state.schedules))

    def move(self, name: str, since: datetime) -> OperationRecord | None:
        """Return the first start or stop of this environment since then."""
        here = (m for m in self.moved if m.environment == name and m.target == WHOLE)
        return next((m for m in here if m.opened_at >= since), None)

    def brings_down(self, move: OperationRecord) -> bool:
        declared = self.parts.operation(move.name)
        return declared is not None and declared.brings == "down"

    def stands(self, name: str) -> Standing | None:
        environment = self.state.environment(name)
        if environment is None:
            return None
        row, held = governing(environment, self.state.schedules), in_force(self.overrides, name, self.now)
        dates = self.parts.holidays(parse(row.text)) if row else frozenset()
        return standing(row, held, self.now, dates, zone=ZoneInfo(environment.time_zone))

    def asleep(self, name: str, since: datetime) -> datetime | None:
        """Return when the meter saw the environment asleep, if that was after ``since``."""
        sighting = self.seen.get(name)
        if sighting is None or sighting.at is None or sighting.at <= since:
            return None
        return sighting.at if glance(sighting.services).state is State.OFF else None


def _around(parts: Parts, posts: Sequence[LivePost], now: datetime) -> Around:
    since = min(post.at for post in posts)
    names = {p.subject for p in posts} | {o.environment for p in posts for o in p.said.offers}
    return Around(
        parts,
        now,
        parts.catalog.read(),
        parts.records.opened(parts.ground.moves, names, since),
        parts.book.overrides.current(now),
        parts.book.claims.since(since),
        parts.book.ledger.sightings.all(),
    )


def _of_drift(around: Around, post: LivePost) -> Became:
    """Return what became of a drift: it is over once somebody moves or keeps the environment, nothing runs
    any more, or it may run.
    """
    name, zone, now = post.subject, around.zone(post), around.now
    at = said_in_full(now, zone, now)
    stands, move = around.stands(name), around.move(name, post.at)
    if stands is None:
        return Became((live.not_in_catalog(name, at),), over=True, instead=True)
    if move is not None:
        return Became((live.moved(move, zone, now),), over=True, instead=True)
    if stands.override is not None and stands.override.since >= post.at:
        return Became((live.kept(stands.override, zone, now),), over=True, instead=True)
    told = [c for c in around.claims.get(name, ()) if c.key.is_drift and c.instant == post.at]
    if any(c.state != "postponed" for c in told):
        return Became((live.stopped_again(name, at),), over=True, instead=True)
    if stands.state != "down":
        return Became((live.wanted(name, at),), over=True, instead=True)
    return Became(over=now >= post.at + drift.LASTS)


def _of_budget(around: Around, post: LivePost) -> Became:
    """Return what became of a budget warning: the figures stay those of the moment; a proposal is removed
    once its environment is stopped.
    """
    told, spent = [], set()
    at = said_in_full(around.now, around.zone(post), around.now)
    for name in dict.fromkeys(o.environment for o in post.said.offers):
        move, environment = around.move(name, post.at), around.state.environment(name)
        if environment is None:
            told.append(live.not_in_catalog(name, at))
        elif move is not None and around.brings_down(move):
            told.append(live.moved(move, ZoneInfo(environment.time_zone), around.now))
        elif seen := around.asleep(name, post.at):
            zone = ZoneInfo(environment.time_zone)
            told.append(live.asleep(name, said_in_full(seen, zone, around.now)))
        else:
            continue
        spent.add(name)
    left = [o for o in post.said.offers if o.environment not in spent]
    over = not left or around.now >= post.at + budgets.LASTS
    return Became(tuple(told), over=over, spent=frozenset(spent))


def _of_orphan(around: Around, post: LivePost) -> Became:
    """Return what became of a finding: it is over once somebody answered it, or the environment no longer
    looks orphaned.
    """
    name, zone, now = post.subject, around.zone(post), around.now
    finding, at = around.parts.book.orphans.findings.find(name), said_in_full(now, zone, now)
    old = now >= post.at + orphans.LASTS
    if around.state.environment(name) is None:
        return Became((live.not_in_catalog(name, at),), over=True, instead=True)
    if finding is not None and finding.answer is not None and finding.stage(now) is Stage.SETTLED:
        return Became((f"{orphans.settled(finding, now, zone)}.",), over=old, instead=True)
    if finding is None or finding.gone is not None or finding.round != post.about.get("round"):
        return Became((live.not_orphaned(name, at),), over=True, instead=True)
    no = tuple(a.by_name for a in finding.denied if a.at >= post.at)
    return Became((live.denied(listed(no)),) if no else (), over=old)


def _of_digest(around: Around, post: LivePost) -> Became:
    """Return what became of a digest's findings: the figures stay those of the week; what was answered is
    said, and has no buttons.
    """
    told, spent, now = [], set(), around.now
    for name, round_ in post.about.items():
        zone, environment = around.zone_of(name), around.state.environment(name)
        finding = around.parts.book.orphans.findings.find(name)
        if environment is None:
            told.append(live.left_the_catalog(name))
        elif finding is None or finding.gone is not None or finding.round != round_:
            told.append(live.orphaned_no_longer(name))
        elif finding.stage(now) is Stage.SETTLED:
            told.append(f"{orphans.settled(finding, now, zone)}.")
        else:
            if no := tuple(a.by_name for a in finding.denied if a.at >= post.at):
                told.append(live.denied_of(name, listed(no)))
            if finding.stage(now) is Stage.OVERDUE and post.at < (finding.grace_end or now):
                told.append(live.unanswered(name))
            continue
        spent.add(name)
    return Became(tuple(told), over=now >= post.at + orphans.LASTS, spent=frozenset(spent))


BECAME: Mapping[Thing, Callable[[Around, LivePost], Became]] = {
    Thing.DRIFT: _of_drift,
    Thing.BUDGET: _of_budget,
    Thing.ORPHAN: _of_orphan,
    Thing.DIGEST: _of_digest,
}
