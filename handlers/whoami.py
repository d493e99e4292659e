"""`/env whoami`: what the actor may do, and why."""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.tell import whoami as tell
from handlers.words.operation import Purpose, Reach, operation
from handlers.words.result import Answer
from policies.access.grants import standing
from policies.access.people import Role


@operation(
    "whoami", purpose=Purpose.MORE, role=Role.VIEWER, reach=Reach.VIEWABLE, anyone=True, aliases=("me",)
)
def whoami(desk: Desk) -> Answer:
    """Who you are here, what you may do, and the grant it rests on."""
    mine = [(e, found) for e in desk.environments if (found := standing(e, desk.mine))]
    return tell.grants(desk.actor, mine) if mine else tell.nothing(desk.actor)
