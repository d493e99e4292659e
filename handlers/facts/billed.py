"""What AWS has billed, next to the estimate for the same resources: from rows, never from AWS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from handlers.facts.spent import Spent
from handlers.ports.desk import Desk
from handlers.ports.money import Activation, Asked, BillingQuery
from handlers.tell.account import Bill, Unbilled, Unclaimed
from policies.access.decision import Allowed
from policies.access.grants import installation
from policies.access.people import Role
from policies.cost.billed import CLUSTER_TAG, ELSEWHERE, UNTAGGED, BilledDay, tasks_alone
from policies.cost.spans import Source
from policies.cost.statement import Group, group

ASKED_WITHIN = timedelta(days=35)
"""A bill query older than this does not tell how billing is set up now."""


def bill(desk: Desk, found: Spent, names: Collection[str]) -> Bill | Unbilled | None:
    """Return what AWS has billed for the period so far, next to the estimate for the same resources.

    Counts only the days for which everything is known, if there are any, and only what the cost allocation
    tag can attribute. ``None`` if the bill is not read here.
    """
    ledger, period = desk.book.ledger, (found.asked.first, found.asked.last)
    asked = ledger.billed.queries(desk.now.astimezone(UTC).date() - ASKED_WITHIN)
    if not asked:
        return None
    rows = [row for row in ledger.billed.rows(*period) if row.owner in names]
    if not rows:
        return Unbilled(asked[-1] if _admin(desk) else None)
    since = {owner: found.whole_from(owner) for owner in {row.owner for row in rows}}
    known = [row for row in rows if row.day >= since[row.owner]]
    return _bill(desk, known or rows, untold=_of_tasks(asked), known=bool(known))


def _bill(desk: Desk, rows: Sequence[BilledDay], *, untold: bool, known: bool) -> Bill:
    tasks = tasks_alone(rows, untold=untold)
    days = (min(row.day for row in rows), max(row.day for row in rows))
    found = _estimate(desk, tasks, days)
    return Bill(
        sum(row.micros for row in rows),
        found.micros if known else None,
        days,
        open_still=any(row.estimated for row in rows),
        tasks=sum(all(each.values()) for each in tasks.values()),
        changed=any(len(set(each.values())) > 1 for each in tasks.values()),
        of=len(tasks),
        guessed=found.guessed,
    )


@dataclass(frozen=True)
class _Estimate:
    """The estimate for what the bill can attribute to each environment, in ``micros``. ``guessed``: the
    number of back-filled days, whose estimate has tasks alone while the bill has everything.
    """

    micros: int
    guessed: int


def _estimate(desk: Desk, tasks: Mapping[str, Mapping[date, bool]], days: tuple[date, date]) -> _Estimate:
    """Look at single days only for the few environments whose tag changed; totals do for the others."""
    ledger, sum_, guessed = desk.book.ledger.days, 0, 0
    changed = {owner for owner, each in tasks.items() if len(set(each.values())) > 1}
    for total in ledger.totals(tasks.keys() - changed, *days):
        whole = not all(tasks[total.environment].values())
        if whole and total.source is Source.INSIGHTS:
            guessed = max(guessed, total.days)
        if whole or group(total.item) is Group.TASKS:
            sum_ += total.micros
    for row in ledger.sums(changed, *days) if changed else ():
        if group(row.item) is Group.TASKS or not tasks[row.environment].get(row.day, False):
            sum_ += row.micros or 0
    return _Estimate(sum_, guessed)


def unclaimed(desk: Desk, found: Spent) -> Unclaimed | None:
    """Return what part of the payer's bill belongs to no environment, for admins; ``None`` if there is no
    such part.
    """
    rows = desk.book.ledger.billed.rows(found.asked.first, found.asked.last) if _admin(desk) else ()
    rest = [row for row in rows if row.owner in (UNTAGGED, ELSEWHERE) and row.micros]
    if not rest:
        return None
    untagged = sum(row.micros for row in rest if row.owner == UNTAGGED)
    elsewhere = sum(row.micros for row in rest if row.owner == ELSEWHERE)
    return Unclaimed(untagged, elsewhere, (min(row.day for row in rest), max(row.day for row in rest)))


def _admin(desk: Desk) -> bool:
    return isinstance(installation(desk.mine, needed=Role.ADMIN), Allowed)


def _of_tasks(asked: Sequence[BillingQuery]) -> bool:
    """Return whether only AWS's own cluster tag attributed the bill; databases do not carry that tag."""
    answered = [query for query in asked if query.state is Asked.ANSWERED]
    tags = answered[-1].tags if answered else ()
    return {tag.key for tag in tags if tag.activation is Activation.ACTIVE} == {CLUSTER_TAG}
