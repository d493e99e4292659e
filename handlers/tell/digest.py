"""Composes the weekly digest: total and change in one sentence, a chart, who caused the change, and what is
left.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from handlers.ports.digests import DigestRow, DigestState
from handlers.tell import leftovers, orphans, weekly_caveats, weekly_money
from handlers.tell.pages import more
from handlers.tell.wording import difference
from handlers.words.message import (
    Asking,
    Block,
    Chart,
    ChartKind,
    Field,
    Fields,
    Log,
    Message,
    Offer,
    Series,
    Status,
    Text,
    blocks,
)
from handlers.words.result import Answer, Refusal, Unchanged
from policies.access.decision import refuse
from policies.cost.digest import Line, Moved, Mover, totals
from policies.cost.money import CENT, told
from policies.digest.sections import Coming, Costs, Digest, Failures, Head, Unread
from policies.orphans.findings import Finding
from policies.orphans.week import Week as Orphans
from policies.record.cells import safe_cell
from policies.record.lifecycle import WHOLE
from policies.schedule.overrides import Override
from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.times.wall import FULL_WEEKDAYS, MONTHS
from policies.times.weeks import Week

DRAWN = 6
"""The most series of the chart, including the one for all others; more lines cannot be told apart."""
NAMES = 3
CSV_TEXT, CSV_PARTS = 2_800, 10
"""The size of a part in characters, and the number of parts, in which a thread holds all rows (facts/slack
2.1).
"""
PAGE_PARTS = 3
"""The number of parts if only one person reads the rows."""
COLUMNS = ("environment", "week", "usd", "usd_week_before", "usd_change", "known")


def message(digest: Digest, now: datetime, notes: tuple[str, ...] = ()) -> Message:
    """The digest as a message. ``notes`` are remarks on its delivery, such as a delay."""
    return Message(Status.ANSWERED, headline(digest), _body(digest, now, notes), tuple(_asks(digest)))


def answer(digest: Digest, now: datetime, notes: Sequence[str], offers: Sequence[Offer]) -> Answer:
    rows = _costs(digest)
    pages = (Offer("All as CSV", "digest", arguments={"row": "1"}, once=False),)
    listed = pages if rows and len(rows.lines) > DRAWN else ()
    body = _body(digest, now, tuple(notes))
    return Answer(headline(digest), body, (*offers, *listed, *_asks(digest)))


def headline(digest: Digest) -> str:
    """The headline: *23 to 29 November: 5 environments cost 412 USD, 38 USD (10 %) more than the week
    before.*
    """
    names = digest.names
    who = f"`{names[0]}`" if len(names) == 1 else f"{len(names)} environments"
    costs = _costs(digest)
    sums = totals(costs.lines) if costs else None
    if sums is None or sums.micros is None:
        return f"{days(digest.week)}: it is not known what {who} cost."
    least = "" if sums.whole else "at least "
    said = f"{days(digest.week)}: {who} cost {least}{told(sums.micros)}"
    against = _against(sums.change, sums.before)
    part = sums.change is not None and sums.part
    return f"{said}; what can be compared cost {against}." if part else f"{said}, {against}."


def days(week: Week) -> str:
    """The days of a week: *23 to 29 November*, *30 November to 6 December*; with years if they differ."""
    first, last = week.first, week.last
    if first.year != last.year:
        return f"{_date(first)} {first.year} to {_date(last)} {last.year}"
    if first.month == last.month:
        return f"{first.day} to {_date(last)}"
    return f"{_date(first)} to {_date(last)}"


def thread(digest: Digest) -> tuple[Log, ...]:
    """Return every environment as CSV, if the message cannot hold them all."""
    costs = _costs(digest)
    if costs is None or len(costs.lines) <= DRAWN:
        return ()
    return tuple(_parts(digest.week, costs.lines, 0, most=CSV_PARTS))


def page(digest: Digest, row: int) -> Answer:
    """Show one person the rows from this one on (the first is 1)."""
    costs = _costs(digest)
    lines = costs.lines if costs else ()
    parts = tuple(_parts(digest.week, lines, row - 1, most=PAGE_PARTS))
    shown = sum(len(part.lines) - 1 for part in parts)
    left = len(lines) - (row - 1) - shown
    further = more("digest", left, row + shown)
    offers = tuple(replace(o, arguments={"row": str(row + shown)}) for o in further)
    return Answer(f"{days(digest.week)}, each environment in a row.", parts, offers)


def post_offer(channel: str, week: Week, *, all_: bool = False) -> Offer:
    """The button that posts the digest. ``all_`` says that the channel is the ops channel."""
    what = "what every environment costs, and what is left over" if all_ else "what its environments cost"
    return Offer(
        "Post to the channel",
        "post",
        arguments={"channel": channel, "week": str(week)},
        confirm=f"Everybody in this channel will see {what}.",
    )


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def not_known(row: DigestRow) -> str:
    """Say what became of this channel's digest, for whoever asks in the channel."""
    if row.state is DigestState.WAITING:
        return row.reason
    if row.state is DigestState.UNKNOWN:
        return f"It is not known whether this digest stands in this channel. {row.reason}"
    return f"This digest was not posted in this channel on its day. {row.reason}"


def not_of_channel() -> Refusal:
    said = "None of the environments that you may operate has this channel, so nothing is posted here."
    return Refusal(refuse("digest.channel", said))


def shared_channel() -> Refusal:
    said = "Another company reads this channel, and the catalog does not allow it to see this."
    return Refusal(refuse("digest.shared", said))


def stands_already(row: DigestRow, zone: ZoneInfo, now: datetime) -> Unchanged:
    return Unchanged(f"This digest stands in the channel already, since {said_in_full(row.at, zone, now)}.")


def being_posted() -> Unchanged:
    return Unchanged("This digest is being posted this moment.")


TOO_OLD = "It was due more than two days before the clock came to it."
SHARED = "Another company reads the channel, and the catalog does not allow it to see this."
LOST = "Slack's answer was lost, or the bot was stopped while it asked. It is not posted again by itself."


def _costs(digest: Digest) -> Costs | None:
    return digest.costs if isinstance(digest.costs, Costs) else None


def _found(digest: Digest) -> tuple[Finding, ...]:
    return digest.orphans.asks if isinstance(digest.orphans, Orphans) else ()


def _asks(digest: Digest) -> Iterator[Offer]:
    found = _found(digest)
    for finding in found:
        yield from orphans.offers(finding, alone=len(found) == 1)


def _body(digest: Digest, now: datetime, notes: tuple[str, ...]) -> tuple[Block, ...]:
    costs = _costs(digest)
    lines = costs.lines if costs else ()
    moved = tuple(_mover(mover) for mover in costs.movers) if costs else ()
    return blocks(
        Text(notes),
        _chart(digest.week, lines),
        Text((*moved, *map(public, weekly_money.out_of_line(digest.out_of_line)))),
        Fields(tuple(_fields(digest))),
        *leftovers.section(digest.leftovers, now),
        *_orphans(digest, now),
        Text(tuple(map(public, weekly_caveats.footnotes(digest)))),
        Text(_head(digest.head)),
    )


def _chart(week: Week, lines: Sequence[Line]) -> Chart:
    """Draw the most expensive environments and the sum of all others, over at most four weeks that are known
    for all of them. An environment with only this week known is left out if others have more, because a chart
    needs a value for every week.
    """
    counts = [count for line in lines if (count := line.known_weeks)]
    count = max(min(counts, default=1), min(2, max(counts, default=1)))
    weeks = week.back(count)
    known = [line for line in lines if line.known_weeks >= count]
    values = [tuple(_cents(f.micros or 0) for f in line.weeks[-count:]) for line in known]
    drawn = [Series(line.name, each) for line, each in zip(known, values, strict=True)]
    if len(drawn) > DRAWN:
        rest = tuple(sum(column) for column in zip(*values[DRAWN - 1 :], strict=True))
        drawn = [*drawn[: DRAWN - 1], Series(f"{len(known) - DRAWN + 1} others", rest)]
    labels = tuple(_short(w.first) for w in weeks)
    return Chart("Cost of each week, from Monday", ChartKind.BAR, "USD", labels, tuple(drawn))


def _cents(micros: int) -> Decimal:
    return (Decimal(micros) / (100 * CENT)).quantize(Decimal("0.01"))


def _against(change: int | None, before: int | None) -> str:
    if change is None or before is None:
        return "and the week before is not known well enough to compare"
    if abs(change) < CENT:
        return "as much as the week before"
    return f"{difference(before + change, before)} than the week before"


def _mover(mover: Mover) -> str:
    """Explain a change: *`staging` cost 31 USD more: `worker` is new (28 USD); it ran for 104 hours instead
    of 60.*
    """
    way = "more" if mover.change > 0 else "less"
    reasons = [_moved(each) for each in mover.services]
    if mover.hours and mover.hours[0] != mover.hours[1]:
        reasons.append(f"it ran for {mover.hours[1]} hours instead of {mover.hours[0]}")
    if mover.kept_on and mover.change > 0:
        times = "once" if mover.kept_on == 1 else f"{mover.kept_on} times"
        reasons.append(f"it was kept on by hand {times}")
    if mover.deployed:
        were = "was" if len(mover.deployed) == 1 else "were"
        reasons.append(f"{_listed(mover.deployed)} {were} deployed in the week")
    because = f": {'; '.join(reasons)}" if reasons else "; nothing recorded explains it"
    return public(f"`{mover.name}` cost {told(abs(mover.change))} {way}{because}.")


def _moved(moved: Moved) -> str:
    name = f"`{moved.service}`" if moved.service else "tasks of no service"
    if moved.new:
        return f"{name} is new ({told(moved.change)})"
    if moved.gone:
        return f"{name} is gone ({told(-moved.change)} less)"
    return f"{name} {told(abs(moved.change))} {'more' if moved.change > 0 else 'less'}"


def _orphans(digest: Digest, now: datetime) -> Iterator[Text]:
    """Say of each environment that is asked about: what it costs, how long nobody has touched it, why it
    looks orphaned, what speaks against that, and by when an answer is due. `/env orphans` also says what is
    not known.
    """
    for finding in _found(digest):
        yield Text(orphans.evidence(finding, now, digest.zone))
        yield Asking(orphans.asked(finding, now, digest.zone)[-1:], finding.subject)


def _fields(digest: Digest) -> Iterator[Field]:
    yield from weekly_money.saved(digest.saved)
    yield from weekly_money.budgets(digest.budgets)
    match digest.orphans:
        case Unread(why):
            yield Field("Orphans", f"Not known: {why}")
        case Orphans(asks, further, monthly) if asks:
            count = len(asks) + further
            look = "environment looks" if count == 1 else "environments look"
            cost = f", about {told(monthly)} a month" if monthly else ""
            rest = f" `/env orphans` shows {further} more." if further else ""
            yield Field("Orphans", f"{count} {look} orphaned{cost}.{rest}")
    yield from leftovers.field(digest.leftovers)
    match digest.failures:
        case Unread(why):
            yield Field("Operations", f"Not known: {why}")
        case Failures():
            yield from _failures(digest.failures)
    match digest.coming:
        case Unread(why):
            yield Field("Next", f"Not known: {why}")
        case Coming():
            yield from _coming(digest.coming)


def _failures(failures: Failures) -> Iterator[Field]:
    if not failures.count and not failures.running:
        yield Field("Operations", "Everything that was done in the week ended well.")
        return
    parts = []
    if failures.count:
        what = "operation" if failures.count == 1 else "operations"
        parts.append(f"{failures.count} {what} did not end well")
        left = [f"{e.name} of {_place(e.environment, e.target)} {e.state.value}" for e in failures.open]
        parts.append(f"still open: {_listed(left, code=False)}" if left else "all made up for since")
    if failures.running:
        running = [f"{name} of `{place}`" for name, place in failures.running]
        parts.append(f"still running: {_listed(running, code=False)}")
    said = "; ".join(parts)
    yield Field("Operations", f"{said[:1].upper()}{said[1:]}.")


def _place(environment: str, target: str) -> str:
    return f"`{environment}`" if target in ("", WHOLE) else f"`{target}` in `{environment}`"


def _coming(coming: Coming) -> Iterator[Field]:
    if coming.holidays:
        told_days = [f"{_weekday(day)} for {_listed(names)}" for day, names in coming.holidays]
        yield Field("Holidays this week", f"{_listed(told_days, code=False)}.")
    if coming.overrides:
        held = [_kept(o) for o in coming.overrides]
        yield Field("Kept on or off by hand", f"{_listed(held, code=False)}.")


def _kept(held: Override) -> str:
    """*`staging` on until 4 March by Olu*, or what is planned, with its times."""
    what = f"`{held.environment}` {'on' if held.state == 'up' else 'off'}"
    if held.begun:
        return f"{what} until {_date(held.until.date())} by {held.actor_name}"
    begins, ends, zone = held.since, held.until, f"({held.until.tzinfo})"
    day = "" if begins.date() == ends.date() else f"{_date(ends.date())} at "
    span = f"from {_date(begins.date())} at {begins:%H:%M} {zone} until {day}{ends:%H:%M} {zone}"
    return f"{what} {span} as planned by {held.actor_name}"


def _head(head: Head | Unread | None) -> tuple[str, ...]:
    match head:
        case None:
            return ()
        case Unread(why):
            return (f"The head of the audit log is not known: {why}",)
        case Head(seq, digits):
            return (f"Head of the audit log: `{seq}:{digits}`",)


def _parts(week: Week, lines: Sequence[Line], start: int, *, most: int) -> Iterator[Log]:
    """Split the rows into parts that fit. Each part has the heading, so that each can be copied alone."""
    heading, rows = _csv(COLUMNS), [_csv(_cells(week, line)) for line in lines[start:]]
    while rows and most:
        room, kept = CSV_TEXT - len(heading), 0
        for row in rows:
            room -= len(row) + 1
            if room < 0 and kept:
                break
            kept += 1
        title = f"Environments {start + 1} to {start + kept} of {len(lines)}, the most expensive first"
        yield Log(title, (heading, *rows[:kept]))
        rows, start, most = rows[kept:], start + kept, most - 1


def _cells(week: Week, line: Line) -> tuple[str, ...]:
    known = "in part" if line.gap else "back-filled" if line.backfilled else "seen"
    return (line.name, str(week), _usd(line.micros), _usd(line.before), _usd(line.change), known)


def _usd(micros: int | None) -> str:
    """The amount as a number, or nothing if it is not known."""
    return "" if micros is None else str(_cents(micros))


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue().removesuffix("\r\n")


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; a number stays a number."""
    return cell if _is_number(cell) else safe_cell(cell)


def _is_number(cell: str) -> bool:
    digits = cell[1:] if cell.startswith("-") else cell
    return digits.replace(".", "", 1).isascii() and digits.replace(".", "", 1).isdigit()


def _listed(names: Sequence[str], *, code: bool = True) -> str:
    shown = [f"`{name}`" if code else name for name in names[:NAMES]]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def _weekday(day: date) -> str:
    return f"{FULL_WEEKDAYS[day.weekday()].capitalize()}"
