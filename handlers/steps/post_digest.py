"""The step that posts a week's digest to a channel, for exactly the environments the channel may show at that
moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.ports.desk import Desk
from handlers.ports.digests import DigestState
from handlers.tell.steps import post_digest as tell
from handlers.weekly.posting import OPEN, by_hand, post
from handlers.words.codec import encode
from handlers.words.errors import Rejected, Unanswered, Unsendable
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Repeat, Verdict
from policies.times.weeks import Week


@dataclass(frozen=True)
class Posting:
    channel: str
    week: str


@dataclass(frozen=True)
class Posted:
    """What posting left. ``ts``: of the message."""

    ts: str = ""


def post_step(channel: str, week: str) -> Step:
    return Step("post digest", arguments=encode(Posting(channel, week)))


class PostDigest:
    """Posts a digest. ``NEVER`` repeated: a second call would be a second message, and Slack offers no way to
    look for the first. The digest's row records what is known.
    """

    name = "post digest"
    intent = Posting
    evidence = Posted
    repeat = Repeat.NEVER
    deadline = timedelta(minutes=2)
    first_look = timedelta(0)

    def before(self, place: Desk, on: str, intent: Posting) -> Posted:
        return Posted()

    def act(self, place: Desk, step: Begun[Posting, Posted]) -> Acted[Posted]:
        if place.posts is None:
            raise Rejected(tell.NO_SLACK)
        to = (step.intent.channel, Week.read(step.intent.week))
        stands = place.book.digests.find(step.intent.channel, step.intent.week)
        try:
            row = post(place, place.posts, to, over=by_hand(stands, place.now))
        except Unsendable as never:
            raise Rejected(never.sentence, code=never.code) from None
        if row is None:
            raise Rejected(tell.ANOTHER)
        if row.state is DigestState.UNKNOWN:
            raise Unanswered(row.reason)
        if row.state is not DigestState.POSTED:
            raise Rejected(row.reason)
        return Acted(Posted(row.ts))

    def look(self, place: Desk, step: Begun[Posting, Posted]) -> Verdict[Posted]:
        return Verdict(End.DONE, tell.POSTED)

    def recover(self, place: Desk, step: Begun[Posting, Posted]) -> Verdict[Posted]:
        """Return the verdict from the row, where whoever posted the digest recorded the outcome."""
        row = place.book.digests.find(step.intent.channel, step.intent.week)
        if row is not None and row.state is DigestState.POSTED:
            return Verdict(End.ADOPTED, tell.POSTED, Posted(row.ts))
        if row is None or row.state in (*OPEN, DigestState.SKIPPED):
            return Verdict(End.UNDONE, tell.NOT_POSTED)
        return Verdict(End.UNKNOWN, tell.UNKNOWN)


KINDS = (PostDigest(),)
