"""A fault and a kill at every call of a stop and of a start: whatever is cut, the counts restored are the
counts that were there.

The scenarios do the same with real processes and databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from handlers.words.errors import Denied, StoreLost, Throttled, Trouble, Unanswered
from handlers.words.result import Choice, Reply
from policies.record.lifecycle import State
from tests.handlers.nights import DATABASE, FullStage, Night
from tests.handlers.twin import twin
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import OLU
from tests.soaking import SOAK

LEASE = 31
ERRORS: dict[str, Callable[[], Trouble]] = {
    "lost": lambda: StoreLost("The database is gone."),
    "denied": lambda: Denied("AWS does not allow it.", code="AccessDenied"),
    "throttled": lambda: Throttled("AWS is busy.", code="ThrottlingException", retry_helps=True),
    "unanswered": lambda: Unanswered("AWS did not answer.", code="Timeout", retry_helps=True),
}
SHARED = ("lost", "unanswered")
"""Faults after which another process goes on too: the whole stop and start that follow are checked there, and
by the soak in both.
"""
NAMES = ("stop", "start")


def _world(name: str) -> Night:
    """Return a world, already stopped if the test is of a start."""
    return twin(_before(name))


@cache
def _before(name: str) -> Night:
    world = Night().catalogue().hosted()
    if name == "start":
        _whole(FullStage(world), "stop")
        assert world.dark()
    return world


def _sure(stage: FullStage, name: str) -> Reply:
    """Have an undisturbed process show what is asked first: only the answer to the question is under test."""
    if name == "start":
        return stage.ask(name, "staging", who=OLU)
    shown = FullStage(stage.world).ask(name, "staging", who=OLU)
    return stage.press(shown.offers[0], who=OLU) if isinstance(shown, Choice) else shown


def _whole(stage: FullStage, name: str) -> Reply:
    answer = _sure(stage, name)
    stage.finish()
    return answer


@cache
def _calls(name: str) -> tuple[str, ...]:
    """Return every call of one undisturbed run, in order."""
    world, wire = _world(name), Wire()
    _whole(FullStage(world, wire=wire), name)
    return tuple(wire.passed)


def _kills() -> list[tuple[str, int, When]]:
    return [(name, *moment) for name in NAMES for moment in moments(_calls(name))]


def _ends(name: str) -> list[tuple[int, str]]:
    """Return the first and the last call of each method, by number. The kills, which come at every call,
    cover those between; ``make soak`` has a fault at every call too.
    """
    calls = list(enumerate(_calls(name), 1))
    if SOAK:
        return calls
    first = {call: n for n, call in reversed(calls)}
    last = {call: n for n, call in calls}
    return sorted({(n, call) for found in (first, last) for call, n in found.items()})


def _faults() -> list[tuple[str, int, When, str, str]]:
    """Return the faults of every call except ``messages.show``, which never raises.

    After its effect a call to AWS can only be unanswered; one to the database is lost. Another process goes
    on if this one may not know what happened.
    """
    found: list[tuple[str, int, When, str]] = []
    for name in NAMES:
        for n, call in _ends(name):
            if call == "messages.show":
                continue
            aws = call.startswith(
                ("services", "scaling", "databases", "images", "scopes", "capacities", "permissions")
            )
            before = [e for e in ERRORS if aws or e == "lost"]
            found += [(name, n, "before", error) for error in before]
            found.append((name, n, "after", "unanswered" if aws else "lost"))
    same = [(*fault, "same process") for fault in found]
    return same + [(*fault, "another process") for fault in found if fault[3] in SHARED]


_shown: set[str] = set()
"""What was left behind by a kill or a fault, where a whole stop and a whole start gave back everything."""
MOMENT = re.compile(
    r"datetime\.datetime\([^()]*(?:\([^()]*\))?[^()]*\)|\d{4}-\d\d-\d\dT[\d:.+]+|\b(?:op|offer)-\d+|\b[0-9a-f]{32}\b"
)


def _left(world: Night) -> str:
    """Return all that a later stop or start goes by: how AWS stands, what is saved, what was done. Only
    instants and numbers that count on are left out.
    """
    memory, aws = world.store.memory, world.aws()
    groups = {name: repr(vars(aws.groups.known(name))) for name in aws.groups.names()}
    done = [
        (o.name, o.state, o.arguments, o.before, [(s.step, s.state, s.before, s.evidence) for s in o.steps])
        for o in memory.operations.values()
    ]
    book = memory.capacities, memory.overrides, memory.claims, len(memory.notices)
    held = sorted(hold.holder for key, hold in memory.holds.items() if hold.until > memory.clock)
    there = aws.services.known(), aws.scaling.known(), groups, world.scopes.rds.find(DATABASE)
    return MOMENT.sub("", repr((there, book, held, done)))


def _given_back(world: Night, stage: FullStage) -> None:
    """Do a whole stop and a whole start, whatever the first one came to, and assert that all is as it was.
    Many kills leave the same behind: then it was shown already.
    """
    left = _left(world)
    if left in _shown and not SOAK:
        return
    for name in NAMES:
        _whole(stage, name)
    assert world.lit(), (world.counts(), world.aws().scaling.known(), world.database())
    assert not world.saved()
    _shown.add(left)


@pytest.mark.parametrize(("name", "at", "when"), _kills())
def test_the_counts_survive_one_kill_anywhere(name: str, at: int, when: When) -> None:
    world, wire = _world(name), Wire(at=at, when=when)
    before = len(world.store.memory.operations)
    with pytest.raises(Killed):
        _whole(FullStage(world, wire=wire), name)
    heir = FullStage(world, holder="two")
    world.move()
    heir.forward(LEASE)
    heir.finish()
    opened = heir.operations()[before:]
    if opened:
        assert [o.state for o in opened] == [State.SUCCEEDED]
        assert world.dark() if name == "stop" else world.lit()
        assert world.saved() == (name == "stop")
    if when == "after" or at == 1 or SOAK:  # before a call, all is as after the previous call
        _given_back(world, heir)


@pytest.mark.parametrize(("name", "at", "when", "error", "heir"), _faults())
def test_the_counts_survive_one_fault(name: str, at: int, when: When, error: str, heir: str) -> None:
    world, wire = _world(name), Wire(at=at, when=when, error=ERRORS[error])
    stage = FullStage(world, wire=wire)
    before = len(stage.operations())
    answer = _sure(stage, name)
    for _ in range(20):
        if wire.cut:
            break
        stage.forth()
    if heir == "another process":
        world.forward(LEASE)
        stage = FullStage(world, holder="two")
    stage.finish()
    assert isinstance(answer, Reply)
    assert wire.cut
    for opened in stage.operations()[before:]:
        whole = opened.state is State.SUCCEEDED
        assert whole or (error == "denied" and opened.state in (State.PARTIAL, State.FAILED)), opened.summary
        if whole:
            assert world.dark() if name == "stop" else world.lit()
    if heir == "another process" or error not in SHARED or SOAK:
        _given_back(world, stage)


@pytest.mark.parametrize("seed", range(20))
def test_every_process_may_be_killed_in_turn(seed: int) -> None:
    """Run processes that each live for a few calls only, through a stop and then a start."""
    world = Night().catalogue().hosted()
    for name in NAMES:
        for number in range(400):
            wire = Wire(at=9 + (seed + number) % 11, when="after" if (seed + number) % 2 else "before")
            stage = FullStage(world, holder=f"{name}-{number}", wire=wire)
            try:
                if not any(o.name == name for o in stage.operations()):
                    _sure(stage, name)
                stage.forth(times=3)
            except Killed:
                world.forward(LEASE)
            ended = [o for o in stage.operations() if o.name == name and o.state.ended]
            if ended:
                break
        assert [o.state for o in stage.operations() if o.name == name] == [State.SUCCEEDED]
        assert world.dark() if name == "stop" else world.lit()
    assert not world.saved()


@pytest.mark.parametrize("at", range(1, 60, 2))
def test_a_start_over_a_killed_stop_loses_no_count(at: int) -> None:
    world = Night().catalogue().hosted()
    if at > len(_calls("stop")):
        pytest.skip("a stop makes fewer calls")
    with pytest.raises(Killed):
        _whole(FullStage(world, wire=Wire(at=at, when="after")), "stop")
    heir = FullStage(world, holder="two")
    heir.ask("start", "staging", who=OLU)
    world.forward(LEASE)
    heir.finish()
    assert (world.lit(), world.saved()) == (True, False)
