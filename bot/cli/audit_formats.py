"""Audit entries as lines, as CSV for a spreadsheet and as JSON Lines for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any, TextIO

from handlers.ports.store import RecordedEntry
from policies.record.cells import safe_cell
from policies.record.evidence import canonical

COLUMNS = (
    *("seq", "at", "kind", "actor", "actor_name", "source", "channel", "environment", "operation", "target"),
    *("operation_id", "arguments", "decision", "rule", "reason", "approver", "before", "after", "outcome"),
    *("summary", "seconds", "request_ids", "count", "hash"),
)


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    return safe_cell(_plain(value))


def write_csv(found: Iterable[RecordedEntry], out: TextIO) -> None:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for recorded in found:
        values: dict[str, Any] = {**vars(recorded.entry), "seq": recorded.seq, "hash": recorded.hash}
        values["at"] = recorded.entry.at.isoformat()
        writer.writerow([cell(values[column]) for column in COLUMNS])


def write_json_lines(found: Iterable[RecordedEntry], out: TextIO) -> None:
    """Write the stored body of each entry, field by field, with its hash."""
    for recorded in found:
        body = json.loads(canonical(recorded.entry, recorded.seq))
        out.write(json.dumps({**body, "hash": recorded.hash}, sort_keys=True) + "\n")


def line(recorded: RecordedEntry) -> str:
    """One entry as a line for a terminal."""
    entry = recorded.entry
    what = f"{entry.operation} {entry.environment} {'' if entry.target == '*' else entry.target}".rstrip()
    end = {"closed": entry.outcome, "refused": f"refused: {entry.reason}"}.get(entry.kind, entry.kind)
    times = f" ({entry.count} times)" if entry.count > 1 else ""
    at = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{recorded.seq:>6}  {at}  {entry.actor_name:<12}  {what:<36}  {end}{times}"


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case Mapping() | list() | tuple():
            return json.dumps(value, sort_keys=True, ensure_ascii=False) if value else ""
        case _:
            return str(value)
