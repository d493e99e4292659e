"""``lamplighter audit list | export | verify``: the evidence, for whoever has the database."""

from __future__ import annotations

import csv
import getpass
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from bot.bootstrap import open_database
from bot.cli.output import fail, read_settings, say, told
from bot.db.database import Database
from handlers.ports.store import AuditQuery, RecordedEntry
from policies.evidence import Entry, canonical
from policies.people import ConsoleUser

app = typer.Typer(help="Read, export and verify the audit log.", no_args_is_help=True)

PAGE = 500
"""Entries read at a time, so that an export of any size stays small in memory."""

COLUMNS = (
    "seq at kind actor actor_name source channel environment operation target operation_id decision rule reason "
    "outcome summary seconds count hash"
).split()

Environment = Annotated[str, typer.Option("--environment", "-e", help="only this environment")]
Person = Annotated[str, typer.Option("--person", help="only this actor, for example slack:T0HOME:U0DEV")]
OperationName = Annotated[str, typer.Option("--operation", help="only this operation")]
Since = Annotated[str, typer.Option(help="from this instant on (ISO; UTC where no zone is given)")]
Until = Annotated[str, typer.Option(help="before this instant")]


@dataclass(frozen=True)
class Filters:
    environment: str
    person: str
    operation: str
    since: str
    until: str

    def query(self, limit: int) -> AuditQuery:
        """``typer.BadParameter`` on an instant that is none."""
        return AuditQuery(
            environments=(self.environment,) if self.environment else (),
            actor=self.person,
            operation=self.operation,
            since=_instant(self.since),
            until=_instant(self.until),
            limit=limit,
        )


@app.command("list")
def list_(
    environment: Environment = "",
    person: Person = "",
    operation: OperationName = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """The latest entries, newest first."""
    with told():
        query = Filters(environment, person, operation, since, until).query(limit)
        for recorded in _database().audit.entries(query):
            say(_line(recorded))


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
    filters = Filters(environment, person, operation, since, until)
    with told():
        db = _database()
        query = filters.query(PAGE)
        db.audit.append(_exported(filters, format_))
        write = _write_csv if format_ == "csv" else _write_json_lines
        write(_pages(db, query))


@app.command("verify")
def verify(
    head: Annotated[str, typer.Option(help="SEQ:HASH as seen elsewhere, for example in a log")] = "",
) -> None:
    """Walk the chain: links, look-up columns and head. Ends with 1 if anything is not as it was written."""
    with told():
        found = _database().audit.verify(_head(head))
    say(f"{found.count} entries from {found.first}; the head is {found.head[0]}:{found.head[1]}")
    for fault in found.faults:
        say(f"  {fault}")
    if not found.clean:
        fail("The audit log is not what was written.")
    if not found.anchored:
        say(
            "Links are whole. Without a head seen elsewhere (--head), a rewrite of all of it cannot be excluded."
        )
    else:
        say("Links are whole, and the head seen elsewhere is in it.")


def safe_cell(value: Any) -> str:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _database() -> Database:
    return open_database(read_settings())


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an instant such as 2026-03-01T08:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _head(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    seq, _, digest = text.partition(":")
    if not seq.isdigit() or not digest:
        raise typer.BadParameter("a head is written SEQ:HASH")
    return int(seq), digest


def _pages(db: Database, query: AuditQuery) -> Iterator[RecordedEntry]:
    while found := db.audit.entries(query):
        yield from found
        query = replace(query, before_seq=found[-1].seq)


def _exported(filters: Filters, format_: str) -> Entry:
    user = ConsoleUser(getpass.getuser())
    return Entry(
        at=datetime.now(UTC),
        kind="read",
        actor=user.id,
        actor_name=user.name,
        source="console",
        operation="audit export",
        environment=filters.environment,
        arguments={**{k: v for k, v in vars(filters).items() if v}, "format": format_},
        decision="allowed",
        rule="console.database",
        reason="whoever holds the database's address may read it",
    )


def _write_json_lines(found: Iterator[RecordedEntry]) -> None:
    for recorded in found:
        body = json.loads(canonical(recorded.entry, recorded.seq))
        sys.stdout.write(json.dumps({**body, "hash": recorded.hash}, sort_keys=True) + "\n")


def _write_csv(found: Iterator[RecordedEntry]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for recorded in found:
        values = {**vars(recorded.entry), "seq": recorded.seq, "hash": recorded.hash}
        values["at"] = recorded.entry.at.isoformat()
        writer.writerow([safe_cell(values[c]) for c in COLUMNS])
        sys.stdout.write(out.getvalue())
        out.seek(0)
        out.truncate()
    sys.stdout.write(out.getvalue())


def _line(recorded: RecordedEntry) -> str:
    entry = recorded.entry
    what = f"{entry.operation} {entry.environment} {'' if entry.target == '*' else entry.target}".rstrip()
    end = {"closed": entry.outcome, "refused": f"refused: {entry.reason}"}.get(entry.kind, entry.kind)
    times = f" ({entry.count} times)" if entry.count > 1 else ""
    return (
        f"{recorded.seq:>6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor_name:<12}  {what:<36}  {end}{times}"
    )
