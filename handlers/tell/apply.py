"""Composes the replies of ``apply``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from handlers.words.message import Field, Fields, Text, blocks
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import refuse
from policies.catalog import budgets, terminals
from policies.catalog.difference import Difference
from policies.catalog.mistakes import half_open, idle, overlaps
from policies.catalog.schedules import unmatched
from policies.catalog.values import OPS_CHANNEL, Wanted

YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Names that YAML reads as something else unless they are quoted."""

MOST_LINES = 200
"""The most changes that a plan lists line by line; a larger plan shows its first lines and the number left
out.
"""


def refused_whole(mistakes: Sequence[str]) -> Refusal:
    told = "The file was refused whole; nothing was changed."
    fields = Fields(tuple(Field("mistake", wrong) for wrong in mistakes))
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return Refusal(refuse("catalog.mistakes", f"{count} in the file", told), blocks(fields))


def unfit(refused: Sequence[str]) -> tuple[str, ...]:
    """List the mistakes in schedules."""
    return tuple(f"schedules: {said}" for said in refused)


def nothing_to_apply(kept: Sequence[str]) -> Unchanged:
    return Unchanged("The catalog already is what the file says.", blocks(Text(tuple(kept))))


def kept(changes: Difference) -> tuple[str, ...]:
    return tuple(f"  {line}" for line in changes.kept)


def standing(schedules: Sequence[str]) -> tuple[str, ...]:
    """Warn of schedules that would be refused if they were new."""
    return tuple(f"! the schedule on {said}" for said in schedules)


def warnings(wanted: Wanted, current: Wanted, now: datetime) -> tuple[str, ...]:
    """Warn without refusing. What two environments claim belongs to neither, and changes to it are refused. A
    pattern that covers nothing waits for future environments. A grant may cover nothing or have ended. A
    button may ask for what production is closed to.
    """
    names = {e.name for e in wanted.environments}
    there = (
        *wanted.environments,
        *(e for e in current.environments if e.origin != "file" and e.name not in names),
    )
    granted = (*wanted.grants, *(g for g in current.grants if g.origin != "file"))
    return (
        *(f"! {said}, which then belong to neither" for said in overlaps(wanted.environments)),
        *(f"! {said}" for said in unmatched(wanted.schedules, wanted.environments)),
        *(f"! {said}" for said in budgets.unmatched(wanted.budgets, there)),
        *(f"! {said}" for said in idle(wanted.grants, there, now=now)),
        *(f"! {said}" for said in terminals.unmatched(wanted.terminals, granted)),
        *(f"! {said}" for said in half_open(wanted.environments)),
    )


def ops(changes: Difference) -> tuple[str, ...]:
    """Say who will read what, if a channel becomes the one where everything is told."""
    channel = changes.put_settings.get(OPS_CHANNEL)
    if channel is None:
        return ()
    return (
        f"! everybody in {channel} will read the names and costs of all environments, production among them,",
        "  and what is left over in their accounts; who may do what there is decided as everywhere else",
    )


def next_refused(user: str) -> tuple[str, ...]:
    """Warn that ``user``, who applies this file, could not apply another one."""
    return (
        f"! the next file that `{user}` applies will be refused: no grant in this one lets them. Add this "
        "line below `grants:`, or have `serve` apply the file (LAMPLIGHTER_CATALOG_FILE):",
        f"    - {console_admin(user)}",
    )


def console_admin(user: str) -> str:
    """The grant that lets a person apply files, as a catalog file has it."""
    plain = user.isidentifier() and user.lower() not in YAML_WORDS
    return f'{{ console: {user if plain else json.dumps(user)}, role: admin, environment: "*" }}'


def shown(changes: Difference) -> tuple[str, ...]:
    lines = changes.lines
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES} more")
