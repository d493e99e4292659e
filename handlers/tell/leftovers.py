"""Composes what is said of leftovers in accounts. Only admins and the ops channel read it, because it
includes account ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from handlers.tell.caveats import which
from handlers.tell.evidence import day, days
from handlers.words.message import Block, Field, Table, Text, blocks
from policies.cost.money import told as money
from policies.digest.leftovers import Leftovers, NotListed, NotLooked, Place, ordered
from policies.digest.sections import Unread
from policies.orphans.leftovers import Leftover

COLUMNS = ("Left over", "Name", "Account and region", "Since", "A month")
MOST, FEW = 20, 8
"""The most rows in an answer, and in a digest, which has other sections too."""
PLACES = 3
NEVER = "This bot never deletes any of these."


def listed(found: Collection[Leftover], now: datetime) -> tuple[Block, ...]:
    """List leftovers in an answer to an admin."""
    if not found:
        return ()
    left = len(found) - MOST
    more = (f"And {left} more.",) if left > 0 else ()
    known = {price for each in found for price in each.prices if each.monthly}
    month = (f"A month is 730 hours at list prices{which(known)}.",) if known else ()
    return blocks(_table(found, now, MOST), Text((*more, *month, NEVER)))


def field(found: Leftovers | Unread | None) -> Iterator[Field]:
    """Sum up the leftovers: *7 things that nobody seems to use, about 34 USD a month.*"""
    match found:
        case Unread(why):
            yield Field("Left over", f"Not known: {why}")
        case Leftovers() if found.found:
            count = len(found.found)
            things = (
                "1 thing that nobody seems to use"
                if count == 1
                else f"{count} things that nobody seems to use"
            )
            cost = f", about {money(found.monthly)} a month" if found.monthly else ""
            more = " `/env orphans` shows admins more of them." if count > FEW else ""
            yield Field("Left over", f"{things}{cost}.{more}")
        case Leftovers() if not found.unknown:
            yield Field("Left over", "Nothing is left over in the accounts.")


def section(found: Leftovers | Unread | None, now: datetime) -> tuple[Block, ...]:
    """The section of a digest: the most expensive leftovers, and what is not known."""
    if not isinstance(found, Leftovers):
        return ()
    never = (NEVER,) if found.found else ()
    return blocks(_table(found.found, now, FEW), Text((*never, *_unknown(found, now))))


def _table(found: Collection[Leftover], now: datetime, most: int) -> Table:
    return Table(COLUMNS, tuple(_row(each, now) for each in ordered(found)[:most]))


def _row(each: Leftover, now: datetime) -> tuple[str, ...]:
    since = _since(each.since, now) if each.since else "not known"
    size = f", {each.gigabytes:,} GB" if each.gigabytes else ""
    month = "not known" if each.monthly is None else money(each.monthly)
    return (f"{each.kind}{size}", each.name, _place((each.account, each.region)), since, month)


def _since(made: datetime, now: datetime) -> str:
    """The day, and how long ago that was: *1 Sep (90 days)*."""
    age = now - made
    return f"{day(made, now, UTC)} ({days(age)})" if age.days else day(made, now, UTC)


def _unknown(found: Leftovers, now: datetime) -> Iterator[str]:
    for each in found.unknown[:PLACES]:
        match each:
            case NotLooked(place, None):
                yield f"What is left over in {_place(place)} is not known yet: nobody has looked there."
            case NotLooked(place, datetime() as last):
                yield f"Nobody has looked for leftovers in {_place(place)} since {day(last, now, UTC)}."
            case NotListed(place, "", why):
                yield f"What is left over in {_place(place)} is not known: {why}"
            case NotListed(place, kind, why):
                yield f"Each {kind} left over in {_place(place)} is missing here: {why}"
    if (more := len(found.unknown) - PLACES) > 0:
        yield f"{more} more such gap{'s are' if more > 1 else ' is'} not listed here."


def _place(place: Place) -> str:
    return " ".join(place)
