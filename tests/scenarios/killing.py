"""Kills the bot at one outward call: the call is held, and the bot is killed and started again.

A call that is held *before* its effect is dropped at the kill, so it never arrived. A call that is held
*after* its effect did arrive, and its answer is lost.

A bot with a short lease does not wait for held calls, because its time-outs are fractions of the lease. So
the bot that is killed here has a lease of five minutes and waits 100 s for each call, and ``start(…,
lease_over=True)`` moves the ends of its leases into the past, as if those minutes were over. Tests with a
real lease of five seconds (``SHORT``) prove that a lease is waited for, and no longer than it lasts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from weakref import WeakKeyDictionary

from sqlalchemy import update

from bot.db.database import Database, database
from bot.db.records import select_records
from bot.db.tables import leases, operations
from handlers.ports.store import OperationRecord
from handlers.words.step import StepState
from policies.record.evidence import Entry
from tests.scenarios.control import Json
from tests.scenarios.seen import Seen
from tests.scenarios.stage import AS_IT_IS, DEV, Stage, kinds_of
from tests.waiting import until

Phase = Literal["before_effect", "after_effect"]
PHASES: tuple[Phase, ...] = ("before_effect", "after_effect")
PATIENT = {
    "LAMPLIGHTER_LEASE_SECONDS": "300",
    "LAMPLIGHTER_AWS_ANSWER_SECONDS": "100",
    "LAMPLIGHTER_SLACK_ANSWER_SECONDS": "100",
    **AS_IT_IS,
}
"""However slow the machine is, no held call is given up before the kill."""
SHORT = {"LAMPLIGHTER_LEASE_SECONDS": "5", **AS_IT_IS}
"""The shortest lease that is allowed; a call that AWS does not answer is given up after a third of the lease.
"""
NAMING = ("chat.postMessage", "chat.update")
"""Calls to Slack that hold the name of the environment."""
RESTART = "/env restart {} api"
Found = Literal["nothing", "planned", "began", "answered", "closed"]
_patient: WeakKeyDictionary[Stage, int] = WeakKeyDictionary()
_calls: WeakKeyDictionary[Stage, list[Call]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Call:
    """The ``nth`` call of its method that one command causes. ``place``: its position among all calls of the
    command.
    """

    method: str
    nth: int
    place: int
    certain: bool
    """Whether the call comes in every run, which holds up to the end of the first look. The number of further
    looks varies.
    """

    @property
    def to_slack(self) -> bool:
        return self.method.split(".")[0] in ("chat", "users", "conversations", "views")


@dataclass(frozen=True)
class Held:
    """A call of one environment's command that is held. ``caught``: whether the call came at all."""

    environment: str
    call: Call
    phase: Phase
    rule: int
    caught: bool

    def __str__(self) -> str:
        return f"{self.environment}, {self.call.method} {self.call.nth} {self.phase}"


# the bot as a process


def start(stage: Stage, *, lease_over: bool = False, env: Mapping[str, str] = PATIENT) -> None:
    """Start a bot. ``lease_over``: whether to end everything that the bot before held."""
    if lease_over:
        with rows_of(stage) as rows, rows.store.step_transaction() as connection:
            connection.execute(update(operations).values(held_until=0.0))
            connection.execute(update(leases).values(held_until=0.0))
    pid = stage.control.post("/bot", {"start": True, "env": dict(env)})["pid"]
    if env is PATIENT:
        _patient[stage] = pid


def kill(stage: Stage) -> None:
    assert stage.control.post("/bot", {"signal": "KILL"})["exit_code"] == -9


def settle(stage: Stage) -> None:
    """Wait until every earlier operation is told to its end, so that no later call to Slack is about it."""
    with rows_of(stage) as rows:
        behind = rows.messages.behind
        stage.until(
            "every message says what it should", lambda: not behind(datetime.max.replace(tzinfo=UTC), 1)
        )


def begin_anew(stage: Stage, *, env: Mapping[str, str] = PATIENT) -> None:
    """Start a bot that remembers nobody, killing the running one."""
    if stage.control.get("")["bot"]["pid"] is not None:
        kill(stage)
    start(stage, lease_over=True, env=env)


def ensure_patient(stage: Stage) -> None:
    if _patient.get(stage) != stage.control.get("")["bot"]["pid"]:
        begin_anew(stage)


# holding


def outward_calls(stage: Stage) -> list[Call]:
    """Return every call that the bot makes from ``/env restart`` to the end state, as seen in a dry run."""
    if stage not in _calls:
        begin_anew(stage)
        stage.world.mark()
        environment = stage.environment()
        stage.types(DEV, RESTART.format(environment))
        stage.message_of(environment, "succeeded")
        rows = [row for row in stage.world.asked("") if row.get("direction") != "to_bot"]
        methods = [row["method"] for row in rows if _may_concern(row, environment)]
        looked = methods.index("ecs.DescribeServiceDeployments", methods.index("ecs.UpdateService"))
        _calls[stage] = [
            Call(method, methods[: n + 1].count(method), n, n <= looked) for n, method in enumerate(methods)
        ]
    return _calls[stage]


def hold(
    stage: Stage,
    call: Call,
    phase: Phase,
    *,
    text: str = RESTART,
    service: Json | None = None,
    who: str = DEV,
) -> Held:
    """Type the command for a fresh environment, and wait until that call of it is held or the command is
    over.
    """
    return hold_in(stage, stage.environment(*([service] if service else [])), call, phase, text=text, who=who)


def hold_in(stage: Stage, environment: str, call: Call, phase: Phase, *, text: str, who: str = DEV) -> Held:
    """Type the command for this environment, and wait as ``hold`` does."""
    rule = _order(stage, environment, call, phase)
    stage.types(who, text.format(environment))
    return _caught(stage, environment, call, phase, rule)


def hold_pressed(stage: Stage, environment: str, press: tuple[Seen, str], call: Call, phase: Phase) -> Held:
    """Press that button, which concerns this environment, and wait until the call is held."""
    rule = _order(stage, environment, call, phase)
    stage.presses(DEV, *press)
    return _caught(stage, environment, call, phase, rule)


def _order(stage: Stage, environment: str, call: Call, phase: Phase) -> int:
    """Order the fault. Calls to Slack do not all name an environment; of the calls to AWS only this
    environment's count.
    """
    about = f"lamplighter-{environment}"
    if call.to_slack:
        about = f"`{environment}`" if call.method in NAMING else ""
    return stage.fault("hold", call.method, about=about, nth=call.nth, phase=phase)


def _caught(stage: Stage, environment: str, call: Call, phase: Phase, rule: int) -> Held:
    def over() -> bool:
        return not call.to_slack and "closed" in kinds_of(stage.audit(environment))

    caught = stage.until(
        f"{call.method} {call.nth} of {environment} is held, {phase}",
        lambda: "yes" if holds(stage, rule) else "no" if over() else "",
    )
    if caught == "no":
        release(stage, rule, drop=False)
    return Held(environment, call, phase, rule, caught == "yes")


def holds(stage: Stage, rule: int) -> bool:
    rules = stage.control.get("/faults")["rules"]
    return any(r["id"] == rule and r["holding"] for r in rules)


def release(stage: Stage, rule: int, *, drop: bool) -> None:
    stage.control.post("/faults", {"release": rule, "drop": drop})


def kill_at(stage: Stage, held: Sequence[Held]) -> None:
    """Kill the bot while all these calls are held. Those held before their effect never arrive."""
    with rows_of(stage) as rows:
        for one in held:
            _was_shown(stage, rows, one)
    for one in held:
        assert not one.caught or holds(stage, one.rule), f"{one}: the bot gave up waiting before the kill"
    kill(stage)
    for one in held:
        release(stage, one.rule, drop=one.phase == "before_effect")
    for one in held:
        if one.caught and not one.call.to_slack:
            _was_last(stage, one)


def _was_shown(stage: Stage, rows: Database, held: Held) -> None:
    """Wait until the message of a held call to AWS is on record.

    Slack takes one post a second and channel, so the message may wait behind another environment's, and that
    wait is not what is tested here. ``test_kill_points_rows`` covers a ``ts`` that is not on record.
    """
    record = record_of(rows, held.environment)
    if record is None or held.call.to_slack:
        return
    row = rows.messages.find
    stage.until(f"{held}: its message is on record", lambda: getattr(row(record.id), "ts", "none"))


def _was_last(stage: Stage, held: Held) -> None:
    """Assert that the held call was the last that AWS saw of this environment, so that the kill came at the
    right moment.
    """

    def seen() -> list[str]:
        return [row["method"] for row in stage.world.asked("") if _concerns(row, held.environment)]

    until(f"{held} has gone", lambda: seen()[-1:] == [held.call.method], why=lambda: str(seen()))
    assert seen().count(held.call.method) == held.call.nth or not held.call.certain, (held, seen())


def _may_concern(row: Json, environment: str) -> bool:
    """Whether a call can be this environment's; the clock asks about other environments at the same time."""
    if row.get("kind") == "aws":
        return _concerns(row, environment)
    return row["method"] not in NAMING or f"`{environment}`" in json.dumps(row)


def _concerns(row: Json, environment: str) -> bool:
    return row.get("kind") == "aws" and f"lamplighter-{environment}" in json.dumps(row)


# what the killed bot left, and how it ended


@contextmanager
def rows_of(stage: Stage) -> Iterator[Database]:
    opened = database(stage.store.url, holder="the tests, which hold nothing", lease_seconds=60.0)
    try:
        yield opened
    finally:
        opened.dispose()


def record_of(rows: Database, environment: str) -> OperationRecord | None:
    """Return the newest operation in that environment."""
    with rows.store.read() as connection:
        found = select_records(connection, operations.c.environment == environment)
    return found[-1] if found else None


def found_in(record: OperationRecord | None) -> Found:
    """Return what the next holder finds of an operation: its first step that has not ended, or that the
    operation is closed.
    """
    if record is None:
        return "nothing"
    if record.state.ended:
        return "closed"
    step = next((s for s in record.steps if not s.state.ended), record.steps[-1])
    if step.state is StepState.PLANNED:
        return "planned"
    return "answered" if step.answered else "began"


def was_adopted(entry: Entry) -> bool:
    return '"adopted": true' in json.dumps(dict(entry.evidence))


def told_to_its_end(stage: Stage, entry: Entry, *, twice: bool = False) -> Seen:
    """Wait until the operation's one message says its end state. ``twice``: whether a second message may
    stand next to it, because the ``ts`` of the first was not recorded before the kill; both carry the
    operation's id.
    """

    def final() -> list[Seen]:
        return [m for m in said(stage, entry.environment) if m.fallback.startswith(f"{entry.outcome}: ")]

    found: list[Seen] = stage.until(f"the message of {entry.environment} says {entry.outcome}", final)
    everything = said(stage, entry.environment)
    assert len(found) == 1, [m.words for m in everything]
    assert len(everything) <= (2 if twice else 1), [m.words for m in everything]
    assert all(m.menu == entry.operation_id for m in everything)
    return found[0]


def said(stage: Stage, environment: str) -> list[Seen]:
    return stage.public(f"`{environment}`")
