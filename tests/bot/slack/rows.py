"""Message rows and operation records in memory, as ``handlers.ports.store`` describes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.ports.messages import Followed, MessageRow
from handlers.ports.store import OperationRecord
from handlers.words.errors import StoreLost
from policies.record.endings import Ended
from policies.record.lifecycle import State

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class HandClock:
    """A decision clock and a monotonic one, moved together by hand."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at, self.passed = at, 1_000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.passed

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed += seconds


class FakeRows:
    """``MessageRows``. ``lost``: the database does not answer. ``killed_in``: how many more writes by
    ``shown`` succeed before one kills the process.
    """

    def __init__(self) -> None:
        self.rows: dict[str, MessageRow] = {}
        self.next_try: dict[str, datetime] = {}
        self.given_up: dict[str, str] = {}
        self.lost = False
        self.killed_in: int | None = None

    def want(
        self, operation_id: str, channel: str, *, final: bool = False, told_by: str = "", joined: str = ""
    ) -> None:
        """Want the next version, as the gate does when it records something."""
        new = MessageRow(operation_id, channel, "", 0, 0, final, told_by=told_by, joined=joined)
        row = self.rows.get(operation_id) or new
        self.rows[operation_id] = replace(row, version_wanted=row.version_wanted + 1, final=final)

    def find(self, operation_id: str) -> MessageRow | None:
        if self.lost:
            raise StoreLost("The database does not answer.", retry_helps=True)
        return self.rows.get(operation_id)

    def together(self, operation_id: str) -> Sequence[MessageRow]:
        row = self.find(operation_id)
        owner = row.joined or operation_id if row is not None else ""
        rows = [r for r in self.rows.values() if owner and owner in (r.operation_id, r.joined)]
        return sorted(rows, key=lambda r: (r.joined, r.operation_id))

    def these(self, operation_ids: Collection[str]) -> Sequence[MessageRow]:
        raise NotImplementedError("a desk alone asks for these")

    def at(self, channel: str, ts: str) -> Sequence[MessageRow]:
        raise NotImplementedError("the gate alone asks what stands at a place")

    def drew(self, row: MessageRow) -> None:
        kept = self.rows[row.operation_id]
        again = 0 if kept.drawn == row.drawn else 1
        wanted = kept.version_wanted + again
        self.rows[row.operation_id] = replace(kept, drawn=kept.drawn + 1, version_wanted=wanted)

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        if self.lost:
            raise StoreLost("The database does not answer.", retry_helps=True)
        lagging = [
            row
            for name, row in self.rows.items()
            if row.version_shown < row.version_wanted
            and name not in self.given_up
            and self.next_try.get(name, now) <= now
        ]
        return sorted(lagging, key=lambda row: not row.final)[:limit]

    def live(self) -> Sequence[MessageRow]:
        return [row for row in self.rows.values() if row.live]

    def follow(self, found: Sequence[Followed]) -> None:
        for one in found:
            row = self.rows[one.operation_id]
            wanted = row.version_wanted + (1 if one.again else 0)
            self.rows[row.operation_id] = replace(
                row, live=not one.over, stands=one.stands, version_wanted=wanted
            )

    def shown(self, row: MessageRow) -> None:
        if self.killed_in is not None:
            self.killed_in -= 1
            if self.killed_in < 0:
                raise SystemExit("killed")
        kept = self.rows[row.operation_id]
        self.rows[row.operation_id] = replace(
            row, version_wanted=kept.version_wanted, final=kept.final, drawn=kept.drawn
        )

    def postpone(self, operation_id: str, until: datetime) -> None:
        self.next_try[operation_id] = until

    def give_up(self, operation_id: str, reason: str) -> None:
        self.given_up[operation_id] = reason
        self.rows[operation_id] = replace(self.rows[operation_id], given_up=reason)


class FakeRecords:
    """``Records``."""

    def __init__(self) -> None:
        self.records: dict[str, OperationRecord] = {}

    def find(self, operation_id: str) -> OperationRecord | None:
        return self.records.get(operation_id)

    def these(self, operation_ids: Collection[str]) -> Sequence[OperationRecord]:
        return [r for r in self.records.values() if r.id in operation_ids]

    def opened(
        self, names: Collection[str], environments: Collection[str], since: datetime
    ) -> Sequence[OperationRecord]:
        return [r for r in self.records.values() if r.name in names and r.environment in environments]

    def concerning(
        self, environment: str, on: str, limit: int, *, without: Collection[str] = ()
    ) -> Sequence[OperationRecord]:
        return []

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]:
        return [r for r in self.records.values() if r.environment in environments and not r.state.ended]

    def ended(self, environments: Collection[str], since: datetime, until: datetime) -> Sequence[Ended]:
        return ()


def record(operation_id: str, state: State = State.RUNNING, summary: str = "") -> OperationRecord:
    """Return the record of a restart of orders-api in staging by Dev."""
    return OperationRecord(
        id=operation_id,
        name="restart",
        environment="staging",
        target="orders-api",
        conflicts="deployment",
        arguments={},
        actor_id="slack:T0HOME:U0DEV",
        actor_name="Dev Das",
        source="slash",
        channel="C0STAGING",
        state=state,
        doing="restarting",
        opened_at=NOON,
        plan_hash="",
        fence=1,
        next_look=NOON,
        steps=(),
        summary=summary,
        closed_at=NOON if state.ended else None,
    )
