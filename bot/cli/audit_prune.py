"""``lamplighter audit prune``: show what is older than it must be kept, ask, and remove it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.bootstrap import decision_clock
from bot.cli.output import fail, read_settings, say, told
from bot.cli.person import console_user
from bot.cli.schema import opened
from bot.db.database import Database
from bot.db.pruning.evidence import Nothing, NotPruned, Removable
from bot.settings import MOST_DAYS
from handlers.ports.store import AuditQuery
from policies.record.evidence import Entry

AGE = re.compile(r"([0-9]{1,5})d")


def prune(
    older_than: Annotated[
        str,
        typer.Option(help="remove what is older, for example 90d; else as LAMPLIGHTER_AUDIT_KEEP_DAYS says"),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Remove old audit entries, through a sealed checkpoint, after showing which. The rest still verifies."""
    asked = _days(older_than)
    settings = read_settings()
    days = asked or settings.audit_keep_days
    now = decision_clock(settings).now()
    with told(), opened(settings) as db:
        try:
            _prune(db, days, now=now, yes=yes)
        except NotPruned as why:
            fail(f"Not pruned, nothing was changed: {why}.")


def _prune(db: Database, days: int, *, now: datetime, yes: bool) -> None:
    found = db.audit.removable(now - timedelta(days=days))
    if isinstance(found, Nothing):
        say(f"There is nothing to remove: {_why(found, days)}.")
        return
    say(f"To be removed: {_told(found)}; all of them are older than {days} days.")
    if found.running:
        say(f"Entry {found.stays} and those after it stay: its operation has not ended.")
    if not yes and not _agreed():
        fail("Nothing was changed.")
    db.audit.prune(found.through, _entry(found, days, now=now))
    for newest in db.audit.entries(AuditQuery(limit=1, operation=OPERATION)):
        say(f"Removed. Entry {newest.seq} says so and seals the checkpoint at {found.through}.")
        say(f"The audit log's head is {newest.seq}:{newest.hash}; keep it elsewhere to verify against.")


OPERATION = "audit prune"


def _days(text: str) -> int:
    """The number of days, or 0 if the option was not given."""
    if not text:
        return 0
    found = AGE.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
        raise typer.BadParameter(
            f"write a number of days such as 90d, from 1d to {MOST_DAYS}d", param_hint="--older-than"
        )
    return int(found[1])


def _why(found: Nothing, days: int) -> str:
    if found.running is None:
        return f"no entry is older than {days} days"
    return f"entry {found.running} is of an operation that has not ended, and all others come after it"


def _told(found: Removable) -> str:
    span = f"{found.oldest:%Y-%m-%d %H:%M} to {found.newest:%Y-%m-%d %H:%M} UTC"
    return f"{found.count} audit entries, {found.first} to {found.through}, from {span}"


def _agreed() -> bool:
    try:
        return typer.confirm("Remove them for good?")
    except typer.Abort:
        say("")
        return False


def _entry(found: Removable, days: int, *, now: datetime) -> Entry:
    user = console_user()
    return Entry(
        at=now,
        kind="closed",
        actor=user.id,
        actor_name=user.name,
        source="console",
        operation=OPERATION,
        arguments={"older_than": f"{days}d"},
        decision="allowed",
        rule="console.database",
        reason="whoever holds the address of a role that may prune may do it",
        outcome="succeeded",
        summary=f"Removed {_told(found)}.",
        evidence={
            "pruned_from": found.first,
            "pruned_count": found.count,
            "oldest": found.oldest.isoformat(),
            "newest": found.newest.isoformat(),
        },
    )
