"""Composes the answer of ``audit``: one row for each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta

from handlers.ports.store import RecordedEntry
from handlers.words.message import Offer, Table, Text, blocks
from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse
from policies.cost.periods import PeriodError
from policies.record.evidence import Entry
from policies.record.lifecycle import WHOLE
from policies.secrets.public import public
from policies.times.instants import words

HOW: Mapping[str, str] = {
    "slash": "by a command",
    "button": "by a button",
    "modal": "in the form",
    "shortcut": "by the menu of a message",
    "clock": "as its schedule says",
    "console": "at a terminal",
}
"""How an operation was asked for, by its source."""
COLUMNS = ("#", "When", "Who", "What", "Outcome")


def no_role(environment: str) -> Refusal:
    where = f" of `{environment}`" if environment else ""
    told = f"The audit log{where} is for developers of an environment; you have no such role."
    return Refusal(refuse("access.audit", told))


def none(*, older: bool, narrowed: bool = False) -> Answer:
    """Say that there are no entries. ``narrowed`` says that only some were asked for."""
    if older:
        return Answer("There are no older entries.")
    return Answer("There are no such entries." if narrowed else "There are no entries yet.")


def nobody(typed: str) -> Answer:
    return Answer(f"Slack knows nobody called `{typed[:40]}`. Type @ and choose the person from the list.")


def not_begun(wrong: PeriodError) -> Refusal:
    return Refusal(refuse("audit.time", str(wrong)))


def page(shown: Sequence[RecordedEntry], readable: Sequence[bool], older: Mapping[str, str] | None) -> Answer:
    """Show one page. ``readable`` says for each entry whether the reader may know the reason of a refusal.
    ``older`` holds the arguments that show the older page, if there is one.
    """
    rows = tuple(_row(entry, reason=may) for entry, may in zip(shown, readable, strict=True))
    return Answer(
        f"{_entries(len(shown))}, newest first.",
        blocks(Table(COLUMNS, rows)),
        () if older is None else (Offer("Older", "audit", arguments=older, once=False),),
    )


def of_one(shown: Sequence[RecordedEntry], readable: Sequence[bool]) -> Answer:
    """Show the entries of one operation: how it was asked for, and how it ended."""
    rows = tuple(_row(entry, reason=may) for entry, may in zip(shown, readable, strict=True))
    entry, last = shown[-1].entry, shown[0].entry
    how = f"{entry.actor_name} asked for it {HOW.get(entry.source, 'otherwise')}."
    told = f"{_entries(len(shown))} of the operation `{entry.operation_id}`, newest first."
    return Answer(told, blocks(Table(COLUMNS, rows), Text((how, *_ended(last)))))


def _ended(entry: Entry) -> tuple[str, ...]:
    return (public(f"It ended so: {entry.summary}"),) if entry.kind == "closed" and entry.summary else ()


def _entries(count: int) -> str:
    return "One entry" if count == 1 else f"{count} entries"


def _row(recorded: RecordedEntry, *, reason: bool) -> tuple[str, ...]:
    entry = recorded.entry
    target = "" if entry.target in ("", WHOLE) else f" {entry.target}"
    what = f"{entry.operation} {entry.environment}{target}".strip()
    said = _outcome(recorded, reason=reason)
    return (str(recorded.seq), f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", entry.actor_name, what, said)


def _outcome(recorded: RecordedEntry, *, reason: bool) -> str:
    entry = recorded.entry
    match entry.kind:
        case "closed":
            took = f" after {words(timedelta(seconds=entry.seconds))}" if entry.seconds is not None else ""
            return f"{entry.outcome}{took}"
        case "refused":
            times = f" ({entry.count} times)" if entry.count > 1 else ""
            return f"refused{f': {entry.reason}' if reason else ''}{times}"
    return entry.kind
