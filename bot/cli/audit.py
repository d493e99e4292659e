"""``lamplighter audit list | export | verify | prune``: the evidence, for whoever can reach the database."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

import typer

from bot.bootstrap import decision_clock
from bot.cli.audit_filters import Environment, Filters, OperationName, Person, Since, Until, teams_of
from bot.cli.audit_formats import line, write_csv, write_json_lines
from bot.cli.audit_prune import prune
from bot.cli.output import fail, read_settings, say, told, warn
from bot.cli.person import console_user
from bot.cli.schema import opened
from bot.db.database import Database
from bot.settings import Settings
from handlers.ports.store import AuditQuery, RecordedEntry
from policies.record.evidence import Entry

app = typer.Typer(
    help="Read, export, verify and prune the audit log.", no_args_is_help=True, add_completion=False
)
app.command("prune")(prune)

PAGE = 500
"""Entries read at a time, so that an export of any size needs little memory."""
HASH = re.compile(r"[0-9a-f]{64}")
HEAD = re.compile(rf"(\d{{1,18}}):({HASH.pattern})")


@app.command("list")
def list_(
    environment: Environment = "",
    person: Person = "",
    operation: OperationName = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="entries at most")] = 50,
) -> None:
    """The latest entries, newest first."""
    settings = read_settings()
    filters = Filters(environment, person, operation, since, until)
    with told(), opened(settings) as db:
        found = db.audit.entries(_query(settings, db, filters, limit))
    for recorded in found:
        say(line(recorded))
    if not found:
        warn("No entry matches." if filters.given() else "There are no entries yet.")


@app.command("export")
def export(
    environment: Environment = "",
    person: Person = "",
    operation: OperationName = "",
    since: Since = "",
    until: Until = "",
    format_: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="csv or jsonl")] = "jsonl",
) -> None:
    """Every entry that matches, newest first, to standard output. The export is itself recorded."""
    settings = read_settings()
    filters = Filters(environment, person, operation, since, until)
    with told(), opened(settings) as db:
        query = _query(settings, db, filters, PAGE)
        db.audit.append(_exported(filters, format_, now=decision_clock(settings).now()))
        _tell_pruned(db, query)
        write = write_csv if format_ == "csv" else write_json_lines
        write(_pages(db, query), sys.stdout)


@app.command("verify")
def verify(
    head: Annotated[str, typer.Option(help="SEQ:HASH as seen elsewhere, for example in a log")] = "",
) -> None:
    """Walk the chain: links, look-up columns and head. Ends with 1 if anything is not as it was written."""
    seen = _head(head)
    settings = read_settings()
    with told(), opened(settings) as db:
        found = db.audit.verify(seen)
    say(f"{found.count} entries from {found.first}; the head is {found.head[0]}:{_hash(found.head[1])}")
    if found.pruned:
        say(f"Before them, {found.pruned.sentence}.")
    for fault in found.faults:
        say(f"  {fault}")
    if found.outlived and len(found.faults) == 1:
        kept = found.first - 1
        fail(f"Links are whole, but that head is too old to say more: take one of entry {kept} or later.")
    if not found.clean:
        fail(
            "The audit log is not what was written, or LAMPLIGHTER_AUDIT_KEY is not the key it was "
            "written with."
        )
    if found.anchored:
        say("Links are whole, and the head seen elsewhere is in it.")
    else:
        say("Links are whole. Without a head seen elsewhere (--head) a rewrite of it all cannot be excluded.")


def _hash(text: str) -> str:
    """Print anything that is not a hash as ASCII, so that no terminal takes it for a control sequence."""
    return text if HASH.fullmatch(text) else ascii(text)


def _tell_pruned(db: Database, query: AuditQuery) -> None:
    """Warn, next to the export, that a part of what was asked for was pruned."""
    pruned = db.audit.pruned()
    if pruned and (query.since is None or query.since < pruned.at):
        warn(f"Not in it: {pruned.sentence}.")


def _query(settings: Settings, db: Database, filters: Filters, limit: int) -> AuditQuery:
    return filters.query(limit, teams_of(settings.slack_team, db.catalog.read().grants))


def _head(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    found = HEAD.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter(
            "a head is written SEQ:HASH, with 64 hexadecimal digits", param_hint="--head"
        )
    return int(found[1]), found[2]


def _pages(db: Database, query: AuditQuery) -> Iterator[RecordedEntry]:
    while found := db.audit.entries(query):
        yield from found
        query = replace(query, before_seq=found[-1].seq)


def _exported(filters: Filters, format_: str, *, now: datetime) -> Entry:
    user = console_user()
    return Entry(
        at=now,
        kind="read",
        actor=user.id,
        actor_name=user.name,
        source="console",
        operation="audit export",
        environment=filters.environment,
        arguments={**filters.given(), "format": format_},
        decision="allowed",
        rule="console.database",
        reason="whoever holds the database's address may read it",
    )
