"""What ``apply`` says."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.message import Field, Fields, Text, blocks
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import refuse
from policies.catalog.difference import Difference
from policies.catalog.mistakes import overlaps
from policies.catalog.schedules import unmatched
from policies.catalog.values import Wanted

NOBODY = (
    "! no console user is admin: later files are applied by `serve` (LAMPLIGHTER_CATALOG_FILE) or by a "
    "console user you add"
)

MOST_LINES = 200
"""Changes a plan lists by line; a larger one is shown by its first lines and their count."""


def refused_whole(mistakes: Sequence[str]) -> Refusal:
    told = "The file was refused whole; nothing was changed."
    fields = Fields(tuple(Field("mistake", wrong) for wrong in mistakes))
    return Refusal(refuse("catalog.mistakes", f"{len(mistakes)} mistakes in the file", told), blocks(fields))


def nothing_to_apply(kept: Sequence[str]) -> Unchanged:
    return Unchanged("The catalog already is what the file says.", blocks(Text(tuple(kept))))


def kept(changes: Difference) -> tuple[str, ...]:
    return tuple(f"  {line}" for line in changes.kept)


def warnings(wanted: Wanted, standing: Sequence[str] = ()) -> tuple[str, ...]:
    """Said, not refused: what two environments claim belongs to neither, and changes on it are refused; a
    pattern that covers nothing waits for environments to come. ``standing``: of schedules, what would be
    refused if it were new."""
    return (
        *(f"! the schedule on {said}" for said in standing),
        *(f"! {said}, which then belong to neither" for said in overlaps(wanted.environments)),
        *(f"! {said}" for said in unmatched(wanted.schedules, wanted.environments)),
    )


def shown(changes: Difference) -> tuple[str, ...]:
    lines = changes.lines
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES} more")
