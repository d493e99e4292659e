"""Budget warnings: each share is told once a month in each channel that it concerns, with what could be
stopped.

Nothing is stopped here. A warning is claimed before it is posted, so that two holders do not both post it. If
its message is not known to have arrived, the warning is posted again after a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.clock.live import post_live
from handlers.facts.budgeted import Look, looks, rows_of, spending, spent_so_far
from handlers.gate.parts import Parts
from handlers.ports.budgets import BudgetWarning
from handlers.ports.live import LivePost, Thing
from handlers.ports.slack import Posts
from handlers.tell import budgets as tell
from handlers.words.errors import StoreLost, Trouble, Unsendable
from handlers.words.message import Message
from policies.cost.budgets import Passed, Spending, passed
from policies.service.environment import Environment

EVERY = timedelta(minutes=2)
"""Time between two looks; each look is one or two queries for all budgets together."""
AGAIN = timedelta(minutes=10)
"""Time until a warning is posted again that Slack did not take, or whose process ended."""
NEVER = "-"
"""Stands in for a message's ``ts`` when the message will never be posted."""


class BudgetClock:
    """Warns of budgets. Not thread-safe: one tick at a time, under a lease."""

    def __init__(self, parts: Parts, posts: Posts) -> None:
        self._parts, self._posts = parts, posts
        self._looked: datetime | None = None

    def tick(self) -> None:
        """Warn of every budget that has reached a new share. Raises ``Trouble`` if the store does not answer;
        a silence of Slack raises nothing.
        """
        now = self._parts.clock.now()
        if self._looked is not None and self._looked <= now < self._looked + EVERY:
            return
        for look, spent in spent_so_far(self._parts, looks(self._parts.catalog.read(), now)):
            if look.row.budget.reached(spent):
                self._guarded(look, spent)
        self._looked = now

    def _guarded(self, look: Look, spent: int) -> None:
        """Look at one budget; a defect in it does not keep the others from being told."""
        try:
            self._look(look, spent)
        except Trouble:
            raise
        except Exception as defect:
            self._parts.on_defect(f"the budget of {look.row.pattern}", defect)

    def _look(self, look: Look, spent: int) -> None:
        kept = self._parts.book.budget_warnings.of(look.month)
        mine = [w for w in kept if (w.pattern, w.monthly) == (look.row.pattern, look.row.budget.monthly)]
        for channel in sorted({place.channel for place in look.places if place.channel}):
            here = [w for w in mine if w.channel == channel]
            told = [w.share for w in here if w.ts or look.now - w.at < AGAIN]
            due = passed(look.row.budget, spent, told)
            if due is not None and self._claimed(look, due, channel, {w.share for w in here}):
                self._tell(look, due, channel)

    def _claimed(self, look: Look, due: Passed, channel: str, begun: set[int]) -> bool:
        """Claim the warning; return whether this process is to tell it. ``begun``: shares that were claimed
        and whose message has not arrived.
        """
        warnings = self._parts.book.budget_warnings
        made = [_warning(look, share, channel) for share in due.shares]
        warnings.write([w for w in made if w.share in begun])
        ours = [w.share in begun or warnings.claim(w) for w in made]
        return ours[-1]

    def _tell(self, look: Look, due: Passed, channel: str) -> None:
        """Post one message for all the shares that were reached; the highest share decides whether it is
        posted. If another company reads the channel, nothing is posted unless the catalog marks every
        environment of the budget as shared.
        """
        here = [place for place in look.places if place.channel == channel]
        try:
            may = all(place.shared_channel for place in look.places) or not self._posts.shared(channel)
            ts = self._post(look, channel, here) if may else NEVER
        except Unsendable as trouble:
            self._parts.on_defect(f"the warning of a budget in {channel}", trouble)
            ts = NEVER
        except StoreLost:
            raise
        except Trouble:
            return
        self._parts.book.budget_warnings.write(
            [replace(_warning(look, share, channel), ts=ts) for share in due.shares]
        )

    def _post(self, look: Look, channel: str, here: Sequence[Environment]) -> str:
        said = self._said(look, here)
        post = LivePost(channel, "", Thing.BUDGET, look.row.pattern, look.now, said)
        return post_live(self._parts, self._posts, post, self._parts.catalog.read())

    def _said(self, look: Look, here: Sequence[Environment]) -> Message:
        rows = rows_of(self._parts, look, first=look.month, last=look.today)
        found = spending(self._parts, look, here=here, rows=rows)
        return tell.warning(found, [place.name for place in self._stoppable(look, here, found)])

    def _stoppable(self, look: Look, here: Iterable[Environment], found: Spending) -> list[Environment]:
        """Return the most expensive environments that may be stopped and, as far as is known, are running."""
        if not look.row.stop:
            return []
        seen = self._parts.book.ledger.sightings.all()
        asleep = {name for name, s in seen.items() if s.services and not any(x.running for x in s.services)}
        order = [name for name, _ in found.each]
        may = [p for p in here if (not p.production or "stop" in p.open_to) and p.name not in asleep]
        return sorted(may, key=lambda place: order.index(place.name))[: tell.DEAREST]


def _warning(look: Look, share: int, channel: str) -> BudgetWarning:
    row = look.row
    return BudgetWarning(row.pattern, look.month, row.budget.monthly, share, channel, look.now)
