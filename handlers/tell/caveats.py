"""Composes the caveats of a sum of costs: what is missing, how old the data is, and which prices apply."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from handlers.tell.account import Account, Line, Watch
from handlers.tell.wording import few, minutes
from policies.cost.gaps import Gap, Unwatched
from policies.cost.prices import by_source
from policies.cost.statement import Statement
from policies.schedule.standing import said_in_full
from policies.times.instants import words
from policies.times.moments import marked

GAPS = 3
"""The most gaps that a line names; the line also says how many more there are."""
NOT_IN_IT = (
    "discounts, Savings Plans, tax, data transfer, load balancers' traffic, NAT gateways, logs, backups, "
    "Aurora's requests and EC2 instances"
)


KNOWS = "knows what tasks reserved and nothing of Spot, ARM, databases or load balancers"
"""What Container Insights knows and does not know."""


def known(account: Account) -> tuple[str, ...]:
    found, watch = account.found, account.watch
    trouble = (f"AWS cannot be asked now: {account.trouble}",) if account.trouble else ()
    sample = _sample(watch, account.start, guessed=bool(found.guessed))
    return (*_guessed(found), *_gaps(watch), *trouble, *sample)


def unpriced(found: Statement) -> tuple[str, ...]:
    names = [f"`{name}`" if name else "tasks of no service" for name in found.unpriced]
    return (f"Not counted, because the price or the use is not known: {few(names)}.",) if names else ()


def unpriced_in(lines: Sequence[Line]) -> tuple[str, ...]:
    names = sorted(f"`{line.name}`" for line in lines if line.found.unpriced)
    return (
        (f"Not counted, because the price or the use is not known: something in {few(names)}.",)
        if names
        else ()
    )


def contested(found: Statement) -> tuple[str, ...]:
    names = [f"`{name}`" if name else "tasks of no service" for name in found.contested]
    return (windows(few(names)),) if names else ()


def contested_in(lines: Sequence[Line]) -> tuple[str, ...]:
    names = sorted(f"`{line.name}`" for line in lines if line.found.contested)
    return (windows(f"in {few(names)}"),) if names else ()


def windows(where: str = "") -> str:
    """The caveat of a sum that includes tasks on Windows."""
    whose = f" ({where})" if where else ""
    return f"What Windows tasks cost{whose} is uncertain: AWS's price list and its pricing page disagree."


def _guessed(found: Statement) -> tuple[str, ...]:
    if not found.guessed:
        return ()
    days = "1 day is" if found.guessed == 1 else f"{found.guessed} days are"
    return (
        f"{days} back-filled from Container Insights and less certain: it knows what tasks reserved, and "
        "nothing of Spot, ARM, databases or load balancers.",
    )


def _gaps(watch: Watch) -> tuple[str, ...]:
    found = [f"{_whose(each, watch)}{_gap(each.gap, watch)}" for each in watch.gaps[-GAPS:]]
    if not found:
        return ()
    left = len(watch.gaps) - GAPS
    rest = f"; {left} more before" if left > 0 else ""
    return (
        "Nobody watched at these times; what began and ended then is missing, and so are "
        "databases, caches and load balancers: "
        f"{'; '.join(found)}{rest}.",
    )


def _whose(each: Unwatched, watch: Watch) -> str:
    """Name the environments of a gap, unless the gap concerns all of them."""
    if len(each.environments) == watch.of:
        return ""
    if len(each.environments) == 1:
        return f"`{min(each.environments)}` "
    return f"{len(each.environments)} environments "


def _gap(gap: Gap, watch: Watch) -> str:
    begin = said_in_full(gap.begin, watch.zone, watch.now)
    if gap.until is None:
        return f"since {begin}"
    return f"from {begin} to {_end(gap.begin, gap.until, watch)}"


def _end(begin: datetime, until: datetime, watch: Watch) -> str:
    """The end of a gap: *12:00 (Europe/Berlin)* on the day that was named, or *08:30 today (Europe/Berlin)*,
    so that nobody reads it as a time on that day.
    """
    first, last, today = (at.astimezone(watch.zone).date() for at in (begin, until, watch.now))
    clock = f"{until.astimezone(watch.zone):%H:%M}"
    if first == last:
        return marked(until, f"{clock} ({watch.zone})")
    if last == today:
        return marked(until, f"{clock} today ({watch.zone})")
    return said_in_full(until, watch.zone, watch.now)


def _sample(watch: Watch, start: datetime, *, guessed: bool) -> tuple[str, ...]:
    """Say how old the newest sample is, and when metering began. ``guessed`` says that the known days begin
    with back-filled ones.
    """
    if watch.newest is None:
        return ()
    age = f"The newest sample is {words(watch.now - watch.newest)} old."
    if watch.began is None or watch.began <= start:
        return (age,)
    when = said_in_full(watch.began, watch.zone, watch.now)
    if guessed:
        return (f"{age} Nothing is known of the days before {when}.",)
    began = f"{age} Metering began at {when}"
    if watch.now - watch.began < watch.every:
        return (f"{began}: come back in {minutes(watch.every)}.",)
    return (f"{began}; from before only what still ran then is counted.",)


def prices(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Say which prices apply, from which day, and what no figure here includes."""
    known = {price for found in statements for price in found.prices}
    floating = any(found.floating for found in statements)
    return (f"All at list prices{which(known)}, without {NOT_IN_IT}.", *spot(floating=floating))


def spot(*, floating: bool) -> tuple[str, ...]:
    """The caveat of Spot prices. ``floating`` says that a price was used that changes by itself."""
    return ("Spot is counted at the price of one day, but changes all the time.",) if floating else ()


def which(known: Collection[str]) -> str:
    """Say where these prices come from and which days they are of, with a leading space: *`` (price list
    2026-11-30)``* or *`` (price list 2026-11-01 to 2026-11-30)``*.
    """
    parts = [
        f"{each.source} {each.first}{f' to {each.last}' if each.first != each.last else ''}"
        for each in by_source(known)
    ]
    return f" ({', '.join(parts)})" if parts else ""
