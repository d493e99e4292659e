"""What ``apply`` says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from handlers.words.message import Field, Fields, Text, blocks
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import refuse
from policies.catalog import budgets
from policies.catalog.difference import Difference
from policies.catalog.mistakes import idle, overlaps
from policies.catalog.schedules import unmatched
from policies.catalog.values import OPS_CHANNEL, Wanted

YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Names that YAML takes for something else unless they stand in quotes."""

MOST_LINES = 200
"""Changes a plan lists by line; a larger one is shown by its first lines and their count."""


def refused_whole(mistakes: Sequence[str]) -> Refusal:
    told = "The file was refused whole; nothing was changed."
    fields = Fields(tuple(Field("mistake", wrong) for wrong in mistakes))
    return Refusal(refuse("catalog.mistakes", f"{len(mistakes)} mistakes in the file", told), blocks(fields))


def unfit(refused: Sequence[str]) -> tuple[str, ...]:
    """Of schedules, the mistakes."""
    return tuple(f"schedules: {said}" for said in refused)


def nothing_to_apply(kept: Sequence[str]) -> Unchanged:
    return Unchanged("The catalog already is what the file says.", blocks(Text(tuple(kept))))


def kept(changes: Difference) -> tuple[str, ...]:
    return tuple(f"  {line}" for line in changes.kept)


def standing(schedules: Sequence[str]) -> tuple[str, ...]:
    """Of schedules, what would be refused if it were new."""
    return tuple(f"! the schedule on {said}" for said in schedules)


def warnings(wanted: Wanted, current: Wanted, now: datetime) -> tuple[str, ...]:
    """Said, not refused: what two environments claim belongs to neither, and changes on it are refused; a
    pattern that covers nothing waits for environments to come; a grant on nothing, or that has ended."""
    names = {e.name for e in wanted.environments}
    there = (
        *wanted.environments,
        *(e for e in current.environments if e.origin != "file" and e.name not in names),
    )
    return (
        *(f"! {said}, which then belong to neither" for said in overlaps(wanted.environments)),
        *(f"! {said}" for said in unmatched(wanted.schedules, wanted.environments)),
        *(f"! {said}" for said in budgets.unmatched(wanted.budgets, there)),
        *(f"! {said}" for said in idle(wanted.grants, there, now=now)),
    )


def ops(changes: Difference) -> tuple[str, ...]:
    """Of a channel that becomes the one where everything is told, who reads what there."""
    channel = changes.put_settings.get(OPS_CHANNEL)
    if channel is None:
        return ()
    return (
        f"! everybody in {channel} will read the names and costs of all environments, production among them,",
        "  and what is left over in their accounts; who may do what there is decided as everywhere else",
    )


def next_refused(user: str) -> tuple[str, ...]:
    """``user``: who applies this one, and could not apply another."""
    return (
        f"! the next file that `{user}` applies will be refused: no grant in this one lets them. Add this "
        "line below `grants:`, or have `serve` apply the file (LAMPLIGHTER_CATALOG_FILE):",
        f"    - {console_admin(user)}",
    )


def console_admin(user: str) -> str:
    """The grant by which somebody applies files, as a catalog file has it."""
    plain = user.isidentifier() and user.lower() not in YAML_WORDS
    return f'{{ console: {user if plain else json.dumps(user)}, role: admin, environment: "*" }}'


def shown(changes: Difference) -> tuple[str, ...]:
    lines = changes.lines
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES} more")
