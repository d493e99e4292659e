"""Composes what the weekly digest says of savings, budgets and days out of line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from handlers.tell.wording import few
from handlers.words.message import Field
from policies.catalog.schedules import is_pattern
from policies.cost.anomalies import Anomaly, Change, ChangeKind, Share
from policies.cost.budgets import Spending
from policies.cost.money import told
from policies.digest.money import Budgets, Odd, OutOfLine, Saved
from policies.digest.sections import Unread
from policies.times.wall import FULL_WEEKDAYS, MONTHS

METHOD = (
    "Savings are the hours that a schedule itself kept an environment off, at what an hour on has cost in "
    "recent weeks, less what was paid while it was off."
)


OUTLOOK = (
    "What a schedule would save is foreseen: its hours off in a week, at what an hour of tasks has cost in "
    "recent weeks, against running all the time"
)
_HOUR, _WEEK = 3_600, 168


def saved(found: Saved | Unread) -> Iterator[Field]:
    """The savings: *About 84 USD: schedules kept 3 environments off for 212 hours.*"""
    match found:
        case Unread(why):
            yield Field("Saved", f"Not known: {why}")
        case Saved() if found.lines or found.ahead:
            yield Field("Saved", " ".join(filter(None, (*_kept(found), _ahead(found)))))


def _kept(found: Saved) -> Iterator[str]:
    count = len(found.known)
    if count:
        what = f"`{found.known[0][0]}`" if count == 1 else f"{count} environments"
        hours = f"{found.seconds // _HOUR:,} hours"
        yield f"About {told(found.micros)}: schedules kept {what} off for {hours}."
    if missing := len(found.lines) - count:
        yield f"It is not known for {missing} {'environment' if missing == 1 else 'environments'}."


def _ahead(found: Saved) -> str:
    """The forecast: *Nothing yet: the schedule of `staging` had not begun to stop it. It would save about 108
    USD a week, off for 108 of 168 hours. Lately it was off for 84 hours a week anyway.*
    """
    if not found.ahead:
        return ""
    count, names = len(found.ahead), few([f"`{name}`" for name, _ in found.ahead])
    sum_ = f"about {told(sum(each.micros for _, each in found.ahead))} a week"
    begin = "The" if found.lines else "Nothing yet: the"
    if count > 1:
        return f"{begin} schedules of {names} had not begun to stop them. They would save {sum_} together."
    only = found.ahead[0][1]
    anyway = f" Lately it was off for {only.rested // _HOUR} hours a week anyway." if only.rested else ""
    off = f"off for {only.seconds // _HOUR} of {_WEEK} hours"
    return f"{begin} schedule of {names} had not begun to stop it. It would save {sum_}, {off}.{anyway}"


def budgets(found: Budgets | Unread) -> Iterator[Field]:
    match found:
        case Unread(why):
            yield Field("Budgets", f"Not known: {why}")
        case Budgets() if found.nearest:
            rest = f" {found.further} more are further from their ends." if found.further else ""
            said = "; ".join(map(_budget, found.nearest))
            yield Field("Budgets", f"{said[:1].upper()}{said[1:]}.{rest}")


def _budget(found: Spending) -> str:
    """One budget: *`staging` has used 82 % of 500 USD in November (at this pace about 620 USD by the end of
    it)*
    """
    row = found.row
    if not found.known:
        return f"it is not known what `{row.pattern}` has used of {told(row.budget.monthly)}"
    have = "have" if is_pattern(row.pattern) else "has"
    used = f"`{row.pattern}` {have} used {row.budget.used(found.spent)} % of {told(row.budget.monthly)}"
    month = MONTHS[found.month.month - 1]
    going_on = "" if found.ahead is None else f" (at this pace about {told(found.ahead)} by the end of it)"
    return f"{used} in {month}{going_on}"


def out_of_line(found: OutOfLine | Unread) -> Iterator[str]:
    match found:
        case Unread(why):
            yield f"Whether a day was out of line is not known: {why}"
        case OutOfLine():
            yield from map(_odd, found.days)
            if found.further:
                more = "environment was" if found.further == 1 else "environments were"
                yield f"{found.further} more {more} out of line on some day."


def method(found: Saved | Unread) -> Iterator[str]:
    if not isinstance(found, Saved):
        return
    if found.known:
        yield METHOD
    if found.ahead:
        spot = "; back-filled days are in it, which take Spot for on demand"
        yield f"{OUTLOOK}{spot if any(each.backfilled for _, each in found.ahead) else ''}."


def _odd(found: Odd) -> str:
    """One day out of line: *`staging` cost 31 USD on Thursday 26 November instead of the usual 10 USD: `cron`
    is new (20 USD).*
    """
    odd = found.day
    why = "; ".join(_reasons(odd)) or "nothing recorded explains it"
    whose = f"{'The tasks of ' if odd.tasks else ''}`{found.environment}`"
    cost = f"{whose} cost {told(odd.micros)} on {_date(odd.day)}"
    others = f" It was out of line on {_days(found.others)} of the week too." if found.others else ""
    weekday = FULL_WEEKDAYS[odd.day.weekday()].title()
    never = f"and usually {'cost' if odd.tasks else 'costs'} nothing on a {weekday}"
    usual = f"instead of the usual {told(odd.usual)}" if odd.usual else never
    return f"{cost} {usual}: {why}.{others}"


def _days(others: int) -> str:
    return "another day" if others == 1 else f"{others} other days"


def _reasons(odd: Anomaly) -> Iterator[str]:
    for share in odd.services:
        if share.service:
            yield _share(share, [c for c in odd.changes if c.service == share.service])
    for change in odd.changes:
        if not change.service:
            yield _change(change, odd)


def _share(share: Share, changes: Iterable[Change]) -> str:
    kinds = {change.kind for change in changes}
    if ChangeKind.NEW_SERVICE in kinds:
        return f"`{share.service}` is new ({told(share.micros)})"
    more = "more" if share.change > 0 else "less"
    bigger = "more or larger tasks" if share.change > 0 else "fewer or smaller tasks"
    did = [f"cost {told(abs(share.change))} {more}"]
    did += [f"ran {bigger}"] if ChangeKind.SCALE in kinds else []
    did += ["was deployed"] if ChangeKind.DEPLOYMENT in kinds else []
    *most, last = did
    return f"`{share.service}` {', '.join(most)}{' and ' if most else ''}{last}"


def _change(change: Change, odd: Anomaly) -> str:
    by = f" by {change.by}" if change.by else ""
    match change.kind:
        case ChangeKind.HOURS:
            return f"it ran for {odd.hours[1]} hours instead of {odd.hours[0]}"
        case ChangeKind.KEPT_ON:
            return f"it was kept on{by}"
        case ChangeKind.SCHEDULE:
            return f"its schedule was changed{by}"
        case ChangeKind.SCALE:
            return "it ran more or larger tasks"
        case ChangeKind.DEPLOYMENT:
            return f"it was deployed{by}"
        case ChangeKind.NEW_SERVICE:
            return "a service is new"


def _date(day: date) -> str:
    return f"{FULL_WEEKDAYS[day.weekday()].title()} {day.day} {MONTHS[day.month - 1]}"
