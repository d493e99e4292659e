"""Composes the answer of ``forecast``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from handlers.tell.pages import more
from handlers.words.message import Table, Text, blocks
from handlers.words.result import Answer
from policies.schedule.forecast import DAYS, Crowd, takes
from policies.schedule.standing import said_in_full
from policies.times.instants import words as span_words

Row = tuple[str, ...]


def none() -> Answer:
    return Answer("None of your environments has a schedule: nothing starts or stops here.")


def unscheduled(environment: str) -> Answer:
    return Answer(f"`{environment}` has no schedule: nothing starts or stops it.")


def one(environment: str, row: Row, notes: Sequence[str]) -> Answer:
    """Show one environment."""
    return Answer(f"The next {DAYS} days of `{environment}`.", blocks(_table([row]), Text(tuple(notes))))


def page(rows: Sequence[Row], notes: Sequence[str], *, of: int, bare: int, next_page: int) -> Answer:
    """Show one page. ``of`` counts the environments with a schedule, of which this page shows ``rows``;
    ``bare`` counts those without a schedule.
    """
    without = (f"{bare} more without a schedule.",) if bare else ()
    return Answer(
        f"The next {DAYS} days of {of} environment{'s' if of != 1 else ''}.",
        blocks(_table(rows), Text((*notes, *without))),
        more("forecast", of - next_page, next_page),
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(("Environment", "Now", "Next days"), tuple(rows))


def fleet(crowd: Crowd, each: float | None, *, zone: tzinfo, now: datetime) -> str:
    """Say how long a large group of stops takes. ``each`` is the average number of services in an
    environment; ``None`` if unknown.
    """
    said = f"{len(crowd.environments)} environments stop at {said_in_full(crowd.at, zone, now)}"
    if each is None:
        return f"{said} in {crowd.region}; how many services they have cannot be told now."
    count = round(each * len(crowd.environments))
    took = takes(count)
    down = said_in_full(crowd.at + took, zone, now)
    return (
        f"{said} in {crowd.region}: about {count} services at half of AWS's rate take {span_words(took)}, so "
        f"the last is told to stop at {down}."
    )


def days(said: str, *, observes: bool, zone: tzinfo) -> str:
    return f"{'would be ' if observes else ''}{said or 'nothing changes'} ({zone})"
