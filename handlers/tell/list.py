"""What ``list`` says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.tell.pages import more
from handlers.words.errors import Trouble
from handlers.words.message import Table, Text, blocks
from handlers.words.result import Answer
from policies.times.instants import words

COLUMNS = ("Environment", "Tier", "Services", "You are", "Schedule", "Now")


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def page(rows: Sequence[tuple[str, ...]], notes: Sequence[str], *, of: int, next_page: int) -> Answer:
    """``of``: environments there are, of which this page shows ``rows``."""
    return Answer(
        f"{of} environment{'s' if of != 1 else ''} you may view.",
        blocks(Table(COLUMNS, tuple(rows)), Text(tuple(notes))),
        more("list", of - next_page, next_page),
        names=tuple(row[0] for row in rows),
    )


def clock(ran: datetime | None, now: datetime) -> str:
    """Whether anything watches the time. ``None``: this process's clock has not run."""
    if ran is None:
        return "The clock runs in another replica, or has not run yet."
    return f"The clock last ran {words(now - ran)} ago."


def up(count: int, of: int) -> str:
    return f"{count} up of {of}"


def not_readable(trouble: Trouble) -> str:
    return f"cannot tell: {trouble.sentence}"
