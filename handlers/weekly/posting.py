"""Posts a digest. The post is claimed before Slack is asked, so that only one of several posters at a time
succeeds, and nobody repeats what may stand in the channel already (decision 0014).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from handlers.ports.desk import Desk
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.live import LivePost, Thing, digest_of
from handlers.ports.slack import Posts
from handlers.tell import digest as tell
from handlers.weekly.channels import is_ops, told_in
from handlers.weekly.reading import read_week
from handlers.words.errors import Throttled, Trouble, Unanswered, Unreached, Unsendable
from handlers.words.message import Log, Message
from policies.digest.sections import Digest, Unread
from policies.orphans.findings import asked, grace
from policies.times.weeks import Week

OPEN = (DigestState.WAITING, DigestState.POSTPONED)
"""The states from which the clock may continue by itself."""
BY_HAND = (*OPEN, DigestState.SKIPPED, DigestState.UNKNOWN)
"""The states from which a person who can see the channel may post."""
STALE = timedelta(minutes=3)
"""The time after which an unfinished post counts as left behind; Slack is waited for much less than that."""


def left_behind(row: DigestRow, now: datetime) -> bool:
    """Tell whether the poster is gone, or its answer. A clock that went back makes nothing older."""
    return row.state is DigestState.POSTING and now - row.at >= STALE


def by_hand(row: DigestRow | None, now: datetime) -> tuple[DigestState, ...]:
    """Return the states that a person may post over."""
    return (*BY_HAND, DigestState.POSTING) if row and left_behind(row, now) else BY_HAND


def post(
    desk: Desk,
    posts: Posts,
    place: tuple[str, Week],
    *,
    over: Collection[DigestState],
    notes: tuple[str, ...] = (),
) -> DigestRow | None:
    """Post a digest and return its row; ``None`` if another poster has it. ``place`` is the channel and the
    week. ``notes`` are remarks on its delivery. Slack is asked again whether another company reads the
    channel, which also shows whether Slack answers at all; nothing is claimed before that.

    Raises ``Trouble`` from before the claim; ``Throttled`` if Slack asks to wait and ``Unsendable`` if the
    bot may not post at all, both recorded as postponed; and ``StoreLost``.
    """
    channel, week = place
    shared = posts.shared(channel)
    shown = told_in(desk.state, channel, shared=shared)
    claimed = DigestRow(channel, str(week), DigestState.POSTING, desk.now)
    if not shown:
        skipped = replace(claimed, state=DigestState.SKIPPED, reason=tell.SHARED)
        return skipped if desk.book.digests.claim(skipped, over=over) else None
    ops = is_ops(desk.state, channel, shared=shared)
    found = _asking(desk, read_week(desk, shown, week, leftovers=ops))
    said = tell.message(found, desk.now, notes)
    said = replace(said, offers=desk.offered(said.offers))
    if not desk.book.digests.claim(claimed, over=over):
        return None
    try:
        row = _posted(posts, claimed, said)
    except (Throttled, Unsendable) as trouble:
        desk.book.digests.settle(_postponed(claimed, trouble))
        raise
    posted = row.state is DigestState.POSTED
    desk.book.digests.settle(row, live=_live(row, said, found) if posted else None)
    if posted:
        _asked(desk, found)
        _thread(posts, row, tell.thread(found))
    return row


def _posted(posts: Posts, claimed: DigestRow, said: Message) -> DigestRow:
    """Post the message. Raises ``Throttled`` and ``Unsendable``, which concern more than this row."""
    try:
        return replace(claimed, state=DigestState.POSTED, ts=posts.post(claimed.channel, said))
    except (Throttled, Unsendable):
        raise
    except Unreached as trouble:
        return _postponed(claimed, trouble)
    except Unanswered:
        return replace(claimed, state=DigestState.UNKNOWN, reason=tell.LOST)
    except Trouble as trouble:
        return _postponed(claimed, trouble)


def _postponed(claimed: DigestRow, trouble: Trouble) -> DigestRow:
    return replace(claimed, state=DigestState.POSTPONED, reason=trouble.sentence)


def _asking(desk: Desk, found: Digest) -> Digest:
    """Add the day by which an answer is due. For a new finding, the grace period begins with this digest."""
    if isinstance(found.orphans, Unread):
        return found
    given = grace(desk.state.settings)
    asks = (asked(f, f.round, desk.now, given) for f in found.orphans.asks)
    return replace(found, orphans=replace(found.orphans, asks=tuple(f for f in asks if f is not None)))


def _asked(desk: Desk, found: Digest) -> None:
    """Record that the channel was asked."""
    given = grace(desk.state.settings)
    for finding in () if isinstance(found.orphans, Unread) else found.orphans.asks:
        become = partial(asked, round_=finding.round, at=desk.now, grace=given)
        desk.book.orphans.findings.change(finding.subject, become)


def _live(row: DigestRow, said: Message, found: Digest) -> LivePost | None:
    """Return what a digest that asks is kept true by, so that it says what was answered
    (``handlers.clock.live``); ``None`` for one that asks nothing.
    """
    asks = () if isinstance(found.orphans, Unread) else found.orphans.asks
    if not asks:
        return None
    rounds = {finding.subject: finding.round for finding in asks}
    return LivePost(row.channel, row.ts, Thing.DIGEST, row.week, row.at, said, rounds, digest_of(said))


def _thread(posts: Posts, row: DigestRow, logs: tuple[Log, ...]) -> None:
    """Post the rows in the thread, once. Whatever Slack rejects there, a person gets by asking for the
    digest.
    """
    try:
        if logs:
            posts.reply(row.channel, row.ts, logs)
    except Trouble:
        return
