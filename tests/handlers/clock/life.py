"""Random lives of a clock: ticks, kills, presses, starts and stops by hand, edits, drift, silence.

What must hold throughout: no transition is acted on twice, what is saved is never a count seen while down,
and a morning restores the counts of the evening before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from handlers.ports.store import CatalogChange
from handlers.words.errors import Throttled, Unanswered
from handlers.words.result import Choice, Report
from policies.access.people import Actor
from policies.capacity.facts import ScalingFacts, Suspended
from policies.schedule.overrides import in_force
from policies.schedule.rows import ScheduleRow
from tests.fakes.posts import FakePosts
from tests.fakes.store import FakeStore
from tests.handlers.clock.stage import WEEK, ClockStage, at, scheduled
from tests.handlers.world import ADA, DEV, OLU, World, service

COUNTS = {"orders-api": 2, "web": 2}
IDLE = "cron-zero"
BOUNDS = ScalingFacts(1, 4, Suspended(scheduled=True))
_METHODS = ("members", "summaries", "set_desired", "scaling.facts", "scaling.suspend", "scaling.restore")
WEEKEND = (5, 6)
OTHER = "Mon-Fri 07:00-21:00 UTC"
PLANS = (
    "tomorrow 05:00-06:30",
    "tomorrow 19:30-23:00",
    "23:00-23:45",
    'Sat 22:00-02:00 "demo"',
    "off tomorrow 12:00-13:30",
    "off tomorrow 19:00-21:00",
)


class Life(RuleBasedStateMachine):
    """A life with a store of its own: a fake, or one on a real database. ``rest``: how long it is left alone
    at the end, with a beat at every ``pace``.
    """

    rest = timedelta(days=9)
    pace = timedelta(minutes=15)

    def __init__(self, store: Any = None) -> None:
        super().__init__()
        self.posts = FakePosts()
        world = World(store=store or FakeStore()).catalogue()
        world.clock.at = at(18)
        world.aws("staging").scaling.put("web", BOUNDS)
        self.stage = ClockStage(scheduled(world), posts=self.posts)
        self.others: list[ClockStage] = []
        self.drifted = self.trouble = False

    @property
    def world(self) -> World:
        return self.stage.world

    # what time does

    @rule(minutes=st.integers(1, 90))
    def minutes_pass(self, minutes: int) -> None:
        self.stage.until(self.world.clock.at + timedelta(minutes=minutes))

    @rule(hours=st.sampled_from([1, 4, 9, 14]))
    def hours_pass(self, hours: int) -> None:
        for _ in range(hours * 4):
            self.world.move()
            self.world.forward(15 * 60)
            self.stage.beat()

    @rule(hours=st.integers(1, 60))
    def the_bot_is_down(self, hours: int) -> None:
        self.world.forward(hours * 3_600)
        self.a_new_process_takes_over()

    @rule(minutes=st.integers(1, 120))
    def the_wall_clock_jumps_back(self, minutes: int) -> None:
        self.world.clock.at -= timedelta(minutes=minutes)
        self.stage.beat()

    # what happens to processes

    @rule()
    def a_new_process_takes_over(self) -> None:
        self.world.store.pass_time(3_600)
        name = f"heir-{len(self.others)}"
        self.others.append(self.stage)
        self.stage = ClockStage(self.world, posts=self.posts, holder=name)
        self.stage.beat()

    @precondition(lambda self: self.others)
    @rule()
    def an_old_replica_ticks_too(self) -> None:
        self.others[-1].beat()

    # what people do

    @rule(who=st.sampled_from([DEV, OLU]))
    def somebody_pauses(self, who: object) -> None:
        with self.shortening_nothing():
            self.stage.ask("pause", "staging", who=who)

    @rule(words=st.sampled_from(["2h", "until 23:00", "off 3h", 'until tomorrow 09:00 "demo"']))
    def somebody_keeps(self, words: str) -> None:
        with self.shortening_nothing():
            self.stage.ask("keep", "staging", who=OLU, arguments={"words": words})

    @rule(words=st.sampled_from(PLANS), who=st.sampled_from([DEV, OLU]))
    def somebody_plans(self, words: str, who: Actor) -> None:
        """A plan takes nothing from what is in force now."""
        now, overrides = self.world.clock.at, self.world.store.book.overrides
        before = in_force(overrides.current(now), "staging", now)
        told = self.stage.ask("keep", "staging", who=who, arguments={"words": words})
        if isinstance(told, Choice):
            self.stage.press(told.offers[0], who=who)
        assert in_force(overrides.current(now), "staging", now) == before

    @contextmanager
    def shortening_nothing(self) -> Iterator[None]:
        """Nobody asked for the end of the keep to be earlier."""
        now, overrides = self.world.clock.at, self.world.store.book.overrides
        before = in_force(overrides.current(now), "staging", now)
        yield
        after = in_force(overrides.current(now), "staging", now)
        if before is not None and (after is None or after.state == before.state):
            assert after is not None and after.end >= before.end, (before, after)

    @rule()
    def somebody_gives_back(self) -> None:
        self.stage.ask("resume", "staging", who=DEV)

    @rule()
    def somebody_starts(self) -> None:
        self.stage.ask("start", "staging", who=DEV)

    @rule()
    def somebody_stops(self) -> None:
        """After the stop nobody keeps the environment on, as far as anybody can tell."""
        told = self.stage.sure("stop", "staging", who=OLU)
        held = in_force(
            self.world.store.book.overrides.current(self.world.clock.at), "staging", self.world.clock.at
        )
        assert not isinstance(told, Report) or held is None or held.state == "down" or self.trouble

    @rule(number=st.integers(0, 5))
    def a_button_of_a_notice_is_pressed(self, number: int) -> None:
        offers = [o for said in self.posts.stands.values() for o in said.offers]
        if not offers:
            return
        told = self.stage.press(offers[number % len(offers)], who=ADA)
        if isinstance(told, Choice):
            self.stage.press(told.offers[0], who=ADA)

    @rule(text=st.sampled_from([WEEK, OTHER]))
    def the_schedule_is_edited(self, text: str) -> None:
        row = ScheduleRow("staging", text, since=self.world.clock.at)
        self.world.store.catalog.write(CatalogChange(put_schedules=(row,)))
        self.stage.ask("restart", "staging", "nothing", who=DEV)  # an entry, as an edit leaves one

    # what AWS and Slack do

    @rule(method=st.sampled_from(_METHODS), lost=st.booleans())
    def aws_fails_once(self, method: str, lost: bool) -> None:
        script, self.trouble = self.world.aws("staging").script, True
        trouble = (
            Unanswered("AWS did not answer.", retry_helps=True)
            if lost
            else Throttled("Too much is asked.", code="ThrottlingException", retry_helps=True)
        )
        script.fail(method, trouble, nth=script.count(method) + 1, after_effect=lost)

    @rule()
    def a_service_is_made_at_zero(self) -> None:
        """The environment may be asleep or not; nobody ever asks for a task of the service."""
        services = self.world.aws("staging").services
        if IDLE not in services.known():
            services.put(service(IDLE, desired=0))

    @rule()
    def slack_is_silent_or_speaks(self) -> None:
        self.posts.silent = not self.posts.silent

    @precondition(lambda self: "staging" in self.world.store.book.capacities.stopped())
    @rule(count=st.sampled_from([1, 2]))
    def terraform_starts_it_again(self, count: int) -> None:
        self.drifted = True
        self.world.aws("staging").services.change("web", desired=count)

    # what must hold

    @invariant()
    def no_transition_is_acted_on_twice(self) -> None:
        opened = [o for o in self.stage.operations() if o.source == "clock" and o.name != "keep"]
        claims = self.world.store.memory.claims.values()
        claimed = Counter(c.operation_id for c in claims if c.state == "opened")
        assert all(claimed[o.id] == 1 for o in opened)
        assert sum(claimed.values()) == len(opened)

    @invariant()
    def no_plan_begins_before_its_time(self) -> None:
        found = self.world.store.book.overrides.recent(self.world.clock.at - timedelta(days=1))
        assert all(o.begun_at is None or o.begun_at >= o.since for o in found), found

    @invariant()
    def a_plan_begins_once(self) -> None:
        begun = Counter(
            o.arguments.get("begins")
            for o in self.stage.operations()
            if o.source == "clock" and o.name == "keep" and o.state.value == "succeeded"
        )
        assert all(count == 1 for count in begun.values()), begun

    @invariant()
    def what_is_saved_is_what_was(self) -> None:
        saved = self.world.store.book.capacities.find("staging")
        if saved is None or self.drifted:
            return
        for name, capacity in saved.services.items():
            assert capacity.desired == COUNTS.get(name, 0)
            assert capacity.scaling == (BOUNDS if name == "web" else None)

    @invariant()
    def counts_are_the_saved_ones_or_nothing(self) -> None:
        if not self.drifted:
            assert all(n in (0, COUNTS.get(s, 0)) for s, n in self.stage.desired().items())

    @invariant()
    def zero_stays_zero(self) -> None:
        assert self.stage.desired().get(IDLE, 0) == 0

    def lit(self) -> dict[str, int]:
        return {name: count for name, count in self.stage.desired().items() if name != IDLE}

    def teardown(self) -> None:
        """Let the life rest with an AWS that answers: on a later day the environment follows its schedule
        again.
        """
        self.posts.silent = False
        self.world.aws("staging").script.mishaps.clear()
        noon = self.world.clock.at.replace(hour=12, minute=0) + self.rest
        while noon.weekday() in WEEKEND:
            noon += timedelta(days=1)
        while self.world.clock.at < noon:
            self.world.move()
            self.world.forward(self.pace.total_seconds())
            self.stage.beat()
        held = self.world.store.book.overrides.current(self.world.clock.at)
        if not held:
            assert self.drifted or self.lit() == COUNTS, self.stage.clocked()
            assert self.drifted or self.world.aws("staging").scaling.facts(["web"])["web"] == BOUNDS
        self.no_transition_is_acted_on_twice()
