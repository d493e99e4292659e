"""`/env digest`: last week's costs of the environments that the actor may view; a button posts the digest to
the channel.
"""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.ports.digests import DigestState
from handlers.tell import digest as tell
from handlers.weekly.channels import is_ops, last_week, mine_in
from handlers.weekly.reading import read_week
from handlers.words.arguments import Hidden
from handlers.words.operation import Purpose, Reach, operation
from handlers.words.result import Answer
from policies.access.decision import Allowed
from policies.access.grants import installation
from policies.access.people import Role

_NOT_THERE = (DigestState.WAITING, DigestState.UNKNOWN, DigestState.SKIPPED)


@operation("digest", purpose=Purpose.MONEY, role=Role.VIEWER, reach=Reach.VIEWABLE, aliases=("week",))
def digest(desk: Desk, row: Hidden[int] = 0) -> Answer:
    """What last week cost and who moved it, of the environments you may view.

    ``row``: show every environment as CSV, from this row on; 0 shows the digest itself.
    """
    environments = desk.environments
    if not environments:
        return tell.none()
    week = last_week(desk, desk.channel)
    ops = is_ops(desk.state, desk.channel, shared=False)
    found = read_week(desk, environments, week, leftovers=ops and _admin(desk))
    if row:
        return tell.page(found, row)
    posted = desk.book.digests.find(desk.channel, str(week)) if desk.channel else None
    notes = (tell.not_known(posted),) if posted and posted.state in _NOT_THERE else ()
    there = posted is not None and posted.state is DigestState.POSTED
    may = not there and bool(mine_in(desk, desk.channel))
    offered = (tell.post_offer(desk.channel, week, all_=ops),) if may else ()
    return tell.answer(found, desk.now, notes, offered)


def _admin(desk: Desk) -> bool:
    """Return whether the actor is an admin of the whole installation: only admins see accounts, in any
    channel.
    """
    return isinstance(installation(desk.mine, needed=Role.ADMIN), Allowed)
