"""`/env post`, or a digest's button: post last week's digest to the channel for everyone who reads it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers.ports.desk import Desk
from handlers.ports.digests import DigestState
from handlers.steps.post_digest import post_step
from handlers.tell import digest as tell
from handlers.weekly.channels import last_week, mine_in, told_in
from handlers.weekly.posting import by_hand
from handlers.words.arguments import Hidden
from handlers.words.operation import Purpose, Reach, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.people import Role
from policies.times.weeks import Week


@operation(
    "post",
    purpose=Purpose.MONEY,
    role=Role.DEVELOPER,
    reach=Reach.VIEWABLE,
    changes=True,
    verb=Verb("being posted", "is posted", "was not posted", whole=True, subject="The digest"),
    conflicts="digest",
)
def post(desk: Desk, channel: Hidden[str] = "", week: Hidden[str] = "") -> Plan | Refusal | Unchanged:
    """Post last week's digest to this channel, of the environments whose channel it is.

    ``channel``, ``week``: of the digest that has the button; by default this channel, and last week.
    """
    channel = channel or desk.channel
    mine = mine_in(desk, channel)
    if not mine or desk.posts is None:
        return tell.not_of_channel()
    if desk.posts.shared(channel) and not told_in(desk.state, channel, shared=True):
        return tell.shared_channel()
    told = Week.read(week) if week else last_week(desk, channel)
    stands = desk.book.digests.find(channel, str(told))
    if stands is not None and stands.state is DigestState.POSTED:
        return tell.stands_already(stands, ZoneInfo(mine[0].time_zone), desk.now)
    if stands is not None and stands.state not in by_hand(stands, desk.now):
        return tell.being_posted()
    return Plan(doing="posting the digest of", steps=(post_step(channel, str(told)),))
