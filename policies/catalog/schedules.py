"""The schedules of a catalog: what is wrong with them, how they differ, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from policies.schedule.gaps import too_short
from policies.schedule.passed import over, passed
from policies.schedule.rows import BY_HAND, ScheduleRow, Terms
from policies.schedule.schedule import parse
from policies.schedule.words import ScheduleError
from policies.service.environment import Environment
from policies.times.instants import words

WEEK = 168
"""Hours in a week."""


@dataclass(frozen=True)
class Changes:
    """Of the rows that a file owns."""

    lines: tuple[str, ...]
    put: tuple[ScheduleRow, ...]
    remove: tuple[ScheduleRow, ...]


def is_pattern(pattern: str) -> bool:
    return bool(set("*?[") & set(pattern))


def misread(rows: Sequence[ScheduleRow], environments: Sequence[Environment]) -> tuple[tuple[int, str], ...]:
    """Each mistake, as the position of its row and a sentence."""
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    for position, row in enumerate(rows):
        found += [(position, said) for said in _row_mistakes(row, environments)]
        if row.pattern in seen:
            found.append((position, f"{row.pattern!r} has a schedule already"))
        seen.add(row.pattern)
    return tuple(found)


def _row_mistakes(row: ScheduleRow, environments: Sequence[Environment]) -> Iterator[str]:
    try:
        parse(row.text)
    except ScheduleError as wrong:
        yield f"{row.pattern}: {wrong}"
    yield from barred(row, environments)


@dataclass(frozen=True)
class Unfit:
    """For rows that can be read: what is refused, and what is only listed."""

    refused: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def unfit(wanted: Sequence[ScheduleRow], current: Iterable[ScheduleRow], now: datetime) -> Unfit:
    """Rows that stop everything for a moment, and rows that are over.

    A new row is refused for it. A row that was applied before is only listed: a date that was right then
    has passed since, which must make neither the next file fail, nor a replica that applies the same file
    again.
    """
    owned = {row.pattern: row.text for row in current if row.origin == "file"}
    refused, told = list[str](), list[str]()
    for row in wanted:
        before = owned.get(row.pattern, "")
        stands = {*flaws(before, now)}
        for flaw in flaws(row.text, now):
            (told if flaw in stands else refused).append(f"{row.pattern}: {flaw}")
    return Unfit(tuple(refused), tuple(told))


def flaws(text: str, now: datetime) -> Iterator[str]:
    """A sentence for each thing that no schedule should say when it is set now; none for a text that
    cannot be read."""
    try:
        read = parse(text)
    except ScheduleError:
        return
    yield from filter(None, [too_short(read)])
    yield from (over(part) for part in passed(read, now))


def barred(row: ScheduleRow, environments: Sequence[Environment]) -> Iterator[str]:
    """Why a row that names one environment is not for it. A pattern may wait for environments to come."""
    if is_pattern(row.pattern):
        return
    named = next((e for e in environments if e.name == row.pattern), None)
    if named is None:
        yield f"there is no environment {row.pattern!r}"
    elif not row.covers(named):
        missing = " and ".join(sorted({"stop", "start"} - named.open_to, reverse=True))
        yield (
            f"{row.pattern!r} is production, which has a schedule only if its open_to names stop and start; "
            f"{missing} is missing there"
        )


def unmatched(rows: Iterable[ScheduleRow], environments: Sequence[Environment]) -> tuple[str, ...]:
    """Patterns that cover nothing now. That is no mistake, because such environments come and go."""
    return tuple(
        f"the schedule on {row.pattern!r} covers no environment now"
        for row in rows
        if is_pattern(row.pattern) and not any(row.covers(e) for e in environments)
    )


def changes(current: Sequence[ScheduleRow], wanted: Sequence[ScheduleRow]) -> Changes:
    """Rows are compared by what they say: since when a row holds, and who set it, is the store's business."""
    owned = {row.pattern: row for row in current if row.origin == "file"}
    names = {row.pattern for row in wanted}
    put = [r for r in wanted if r.pattern not in owned or _bare(owned[r.pattern]) != _bare(r)]
    gone = [row for pattern, row in owned.items() if pattern not in names]
    lines = [*(_changed(owned.get(r.pattern), r) for r in put), *(f"- schedule {said(r)}" for r in gone)]
    return Changes(tuple(lines), tuple(put), tuple(gone))


def effective(row: ScheduleRow, before: ScheduleRow | None) -> ScheduleRow:
    """The row to store. With the same times and mode it goes on holding since when it did: changed terms
    do not begin anything anew."""
    if before is None or (before.text, before.mode) != (row.text, row.mode):
        return row
    return replace(row, since=before.since)


def kept(current: Iterable[ScheduleRow], wanted: Sequence[ScheduleRow]) -> tuple[str, ...]:
    """Rows set in Slack; such a row is not in force where the file has one for the same environment."""
    names = {row.pattern for row in wanted}
    told = []
    for row in current:
        if row.origin not in ("file", BY_HAND):
            by = f" (set by {row.set_by})" if row.set_by else ""
            idle = "; not in force: the file has one for it" if row.pattern in names else ""
            told.append(f"schedule {said(row)}, from {row.origin}{by}{idle}")
    return tuple(told)


def said(row: ScheduleRow) -> str:
    """``Mon-Fri 08:00-20:00 Europe/Berlin on staging (act, 60 of 168 hours a week)``."""
    return f"{row.text} on {row.pattern} ({row.mode}, {hours(row.text)})"


def hours(text: str) -> str:
    """``60 of 168 hours a week``; a schedule that only stops or only starts does not say when it is up."""
    try:
        read = parse(text)
        up = read.hours_a_week()
    except ScheduleError:  # stored by a release, or with a zone, that was another then
        return "not to be read any more"
    if up is None:
        return "starts only" if read.starts else "stops only"
    return f"{up:.4g} of {WEEK} hours a week"


def _bare(row: ScheduleRow) -> ScheduleRow:
    return replace(row, since=None, set_by="")


def _changed(before: ScheduleRow | None, after: ScheduleRow) -> str:
    if before is None:
        return f"+ schedule {said(after)}{_terms(Terms(), after.terms)}"
    parts = []
    if before.text != after.text:
        parts.append(f"when: {before.text} -> {after.text}, {hours(before.text)} -> {hours(after.text)}")
    if before.mode != after.mode:
        parts.append(f"mode: {before.mode} -> {after.mode}")
    terms = _terms(before.terms, after.terms).removeprefix(", ")
    return f"~ schedule on {after.pattern} ({', '.join([*parts, terms] if terms else parts)})"


def _terms(before: Terms, after: Terms) -> str:
    pairs = ((f.name, getattr(before, f.name), getattr(after, f.name)) for f in fields(Terms))
    return "".join(f", {name}: {_span(old)} -> {_span(new)}" for name, old, new in pairs if old != new)


def _span(span: timedelta) -> str:
    return words(span) if span else "0"
