"""Two processes and one lease: whoever has it acts and tells like a process that had it all the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

import pytest

from handlers.clock.tenure import Job, Run, Tenure
from handlers.words.errors import Denied, StoreLost
from tests.fakes.posts import FakePosts
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import World, environment

BEAT = timedelta(minutes=5)
LEASE = 60
DENIED = Denied("AWS does not allow it.", code="AccessDeniedException")
DOWN, UP = {"orders-api": 0, "web": 0}, {"orders-api": 2, "web": 2}


class Process(ClockStage):
    """Beats under the lease, as ``serve`` does."""

    def __init__(self, world: World, *, posts: FakePosts, holder: str) -> None:
        super().__init__(world, posts=posts, holder=holder)
        self.tenure = Tenure(Job("clock", 1.0, lambda: self.begin().tick, "clock"), self.store.leases, LEASE)

    def beats(self) -> bool:
        held = self.tenure.beat()
        for _ in range(3):
            self.tick()
        return held


@dataclass
class Pair:
    """``holder`` returns who is to have the lease from an instant on: 0 or 1. Meanwhile the other process is
    paused, or goes on beating and is refused.
    """

    world: World
    one: Process
    two: Process
    holder: Callable[[datetime], int]
    paused: bool

    def until(self, instant: datetime) -> None:
        while self.world.clock.at < instant:
            self.world.move()
            before, self.world.clock.at = self.world.clock.at, self.world.clock.at + BEAT
            has, waits = (self.one, self.two) if not self.holder(before) else (self.two, self.one)
            if self.holder(before) != self.holder(self.world.clock.at - 2 * BEAT):
                self.world.store.pass_time(LEASE + 1)  # nobody beat for as long as the lease lasts
            assert has.beats()
            if not self.paused:
                assert not waits.beats()


def pair(holder: Callable[[datetime], int], *, paused: bool) -> Pair:
    """Monday at 18:00, staging under its week, and ``watched`` only observed."""
    world = World().catalogue(environment("staging"), environment("watched", channel="C0OPS"))
    world.clock.at = at(18)
    scheduled(scheduled(world), pattern="watched", mode="observe")
    posts = FakePosts()
    one, two = (Process(world, posts=posts, holder=name) for name in ("one", "two"))
    return Pair(world, one, two, holder, paused)


def lives(made: Pair) -> list[object]:
    """Two evenings: the second stop leaves one service, and later somebody starts another. Return everything
    that was done, told, claimed and left behind.
    """
    aws = made.world.aws("staging")
    made.until(at(19, 55, day=1))
    aws.script.fail("set_desired", DENIED, nth=aws.script.count("set_desired") + 1)
    made.until(at(23, day=1))
    stopped = made.one.desired()
    aws.services.change("web", desired=1)
    made.until(at(1, day=2))
    aws.services.change("web", desired=0)
    made.until(at(12, day=2))
    said = sorted((s.status, s.headline) for s in made.one.posts.stands.values())
    claimed = sorted((key.split(":")[0], state) for key, state in made.one.claimed().items())  # by the hour
    return [made.one.clocked(), stopped, made.one.desired(), said, claimed]


def by_days(now: datetime) -> int:
    """One process has Monday and Wednesday, the other has Tuesday."""
    return int(now.day % 2 == 0)


def at_the_retry(now: datetime) -> int:
    """The other process has the lease from before Tuesday's stop until its first retry is due."""
    return int(at(19, day=1) <= now < at(20, 2, day=1))


def at_the_notice(now: datetime) -> int:
    return int(at(19, 31) <= now < at(19, 59) or at(19, 31, day=1) <= now < at(19, 59, day=1))


def at_the_drift(now: datetime) -> int:
    return int(at(23, 20, day=1) <= now < at(0, 30, day=2))


def by_turns() -> Callable[[datetime], int]:
    turns = cycle((0, 0, 0, 1, 1, 0, 1))
    known: dict[datetime, int] = {}
    return lambda now: known.setdefault(now, next(turns))


HOLDERS = {
    "by days": by_days,
    "at the retry": at_the_retry,
    "at the notice": at_the_notice,
    "at the drift": at_the_drift,
}


@pytest.fixture(scope="module")
def alone() -> list[object]:
    """One process has the lease all the time."""
    return lives(pair(lambda _: 0, paused=True))


def test_a_life_of_the_clock_contains_everything_to_be_kept_through_a_change(alone: list[object]) -> None:
    clocked, stopped, at_noon, said, _ = alone
    assert clocked == [
        ("stop", "succeeded"), ("start", "succeeded"),
        ("stop", "partial"), ("stop", "succeeded"), ("start", "succeeded"),
    ]  # fmt: skip
    assert (stopped, at_noon) == (DOWN, UP)
    assert [status for status, _ in said].count("drifted") == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("paused", [True, False], ids=["paused", "refused"])
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_a_lease_that_wanders_changes_nothing(
    alone: list[object], holder: Callable[[datetime], int], paused: bool
) -> None:
    assert lives(pair(holder, paused=paused)) == alone


def test_a_lease_that_wanders_all_the_time_changes_nothing(alone: list[object]) -> None:
    assert lives(pair(by_turns(), paused=True)) == alone


def test_a_partial_stop_of_another_process_is_finished_when_the_lease_returns() -> None:
    """This fails if a clock remembers beyond its lease: a service ran all night."""
    made = pair(at_the_retry, paused=True)
    made.until(at(19, 55, day=1))
    aws = made.world.aws("staging")
    aws.script.fail("set_desired", DENIED, nth=aws.script.count("set_desired") + 1)
    made.until(at(20, 30, day=1))
    assert made.one.clocked()[-2:] == [("stop", "partial"), ("stop", "succeeded")]
    assert made.one.desired() == DOWN


def test_a_store_that_does_not_answer_ends_no_tenure() -> None:
    world = World().catalogue(environment("staging"))
    begun: list[object] = []
    process = Process(world, posts=FakePosts(), holder="one")

    def begin() -> Run:
        begun.append(1)
        return process.begin().tick

    tenure = Tenure(Job("clock", 1.0, begin, "clock"), process.store.leases, LEASE)
    assert tenure.beat()

    def lost(call: str) -> None:
        if call == "leases.hold":
            raise StoreLost("The database is gone.")

    world.store.before_call(lost)
    with pytest.raises(StoreLost):
        tenure.beat()
    world.store.before_call(lambda _: None)
    assert tenure.beat()
    assert len(begun) == 1


def test_a_job_without_a_lease_runs_on_every_replica_and_never_starts_over() -> None:
    world = World()
    begun: list[str] = []

    def begin(holder: str) -> Run:
        begun.append(holder)
        return lambda: None

    jobs = [Job("sweep", 30.0, lambda holder=holder: begin(holder)) for holder in ("one", "two")]  # type: ignore[misc]
    tenures = [Tenure(job, world.store.process(job.name).leases, LEASE) for job in jobs]
    assert [tenure.beat() for tenure in (*tenures, *tenures)] == [True] * 4
    assert begun == ["one", "two"]


def test_a_job_is_told_while_another_process_has_its_lease() -> None:
    world = World()
    heard: list[str] = []
    jobs = [
        Job("clock", 1.0, lambda: lambda: None, "clock", lambda name=name: heard.append(name))  # type: ignore[misc]
        for name in ("one", "two")
    ]
    one, two = (
        Tenure(job, world.store.process(name).leases, LEASE)
        for job, name in zip(jobs, ("one", "two"), strict=True)
    )
    assert (one.beat(), two.beat(), one.beat()) == (True, False, True)
    world.store.pass_time(LEASE + 1)
    assert (two.beat(), one.beat()) == (True, False)
    assert heard == ["two", "one"]


def test_a_lease_that_was_held_a_moment_ago_is_not_asked_for_again() -> None:
    """Nobody else can have the lease for as long as it lasts; a third of that time is spared."""
    passed, store = [0.0], World().store
    asked: list[str] = []
    store.before_call(asked.append)
    tenure = Tenure(
        Job("clock", 1.0, lambda: lambda: None, "clock"), store.leases, 60, ticks=lambda: passed[0]
    )
    for passed[0] in (0.0, 1.0, 19.9, 20.0, 39.0, 40.1):
        assert tenure.beat()
    assert asked == ["leases.hold"] * 3


def test_a_process_that_was_away_asks_for_the_lease_first() -> None:
    passed, world = [0.0], World()
    begun: list[str] = []

    def begins(name: str) -> Callable[[], Run]:
        return lambda: begun.append(name) or (lambda: None)  # type: ignore[func-returns-value]

    def tenure(holder: str) -> Tenure:
        leases = world.store.process(holder).leases
        return Tenure(Job("clock", 1.0, begins(holder), "clock"), leases, 60, ticks=lambda: passed[0])

    one, two = tenure("one"), tenure("two")
    assert one.beat()
    assert not two.beat()
    world.store.pass_time(61)
    passed[0] = 61.0
    assert two.beat()
    assert not one.beat(), "it did not go on as if the lease were its own"
    assert begun == ["one", "two"]


@pytest.mark.parametrize("back", [-5.0, 0.0])
def test_a_clock_that_goes_back_is_not_believed(back: float) -> None:
    passed, store = [0.0], World().store
    asked: list[str] = []
    tenure = Tenure(
        Job("clock", 1.0, lambda: lambda: None, "clock"), store.leases, 60, ticks=lambda: passed[0]
    )
    tenure.beat()
    store.before_call(asked.append)
    passed[0] = back
    tenure.beat()
    assert asked == (["leases.hold"] if back < 0 else [])
