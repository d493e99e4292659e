"""What ``audit`` says: one row an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta

from handlers.ports.store import RecordedEntry
from handlers.words.message import Offer, Table, Text, blocks
from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse
from policies.cost.periods import PeriodError
from policies.record.lifecycle import WHOLE
from policies.times.instants import words

COLUMNS = ("#", "When", "Who", "What", "Outcome")


def no_role(environment: str) -> Refusal:
    where = f" of `{environment}`" if environment else ""
    told = f"The audit log{where} is for developers of an environment; you have no such role."
    return Refusal(refuse("access.audit", told))


def none(*, older: bool, narrowed: bool = False) -> Answer:
    """``narrowed``: only some were asked for."""
    if older:
        return Answer("There are no older entries.")
    return Answer("There are no such entries." if narrowed else "There are no entries yet.")


def nobody(typed: str) -> Answer:
    return Answer(f"Slack knows nobody called `{typed[:40]}`. Type @ and choose the person from the list.")


def not_begun(wrong: PeriodError) -> Answer:
    return Answer(str(wrong))


def page(shown: Sequence[RecordedEntry], readable: Sequence[bool], older: Mapping[str, str] | None) -> Answer:
    """``readable``: of each entry, whether its reader may know why it was refused; ``older``: the arguments
    that show the page before, if there is one."""
    rows = tuple(_row(entry, reason=may) for entry, may in zip(shown, readable, strict=True))
    newest = f"Newest link {shown[0].seq}:{shown[0].hash[:16]}"
    return Answer(
        f"{len(shown)} entries, newest first.",
        blocks(Table(COLUMNS, rows), Text((newest,))),
        () if older is None else (Offer("Older", "audit", arguments=older, once=False),),
    )


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
