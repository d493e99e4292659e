"""The weekly digest: once in each channel, whatever restarts, replicas and clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.clock.digest import AGAIN, DigestClock, When
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.store import CatalogChange
from handlers.words.errors import Rejected, Trouble, Unanswered, Unreached, Unsendable
from policies.cost.usage import UsageRow
from policies.record.evidence import Entry
from policies.schedule.weekly import Weekly
from policies.times.weeks import Week
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.wire import Tapped, Wire, tap
from tests.handlers.world import World, environment

NINE = When(Weekly.read("Monday", "09:00"))
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEEK = Week(2026, 48)
STAGING = "C0STAGING"


def installed(*environments: Any, at: datetime = MONDAY - timedelta(minutes=1)) -> World:
    """A world with staging alone, unless told otherwise; somebody did something two weeks ago."""
    world = World().catalogue(*(environments or (environment("staging"),)))
    world.clock.at = at
    world.store.audit.append(
        Entry(at - timedelta(days=14), "read", "console:root", "root", "console", "audit")
    )
    for name in [e.name for e in environments] or ["staging"]:
        for weeks_ago in range(4):
            day = WEEK.first - timedelta(days=7 * weeks_ago)
            row = UsageRow(name, "web", day, "fargate.vcpu.x86", 1, (12 - weeks_ago) * 1_000_000)
            world.store.book.ledger.days.put(name, [day], [row])
    return world


class Process:
    """One process of the bot; ``posts`` is Slack, which all processes share."""

    def __init__(
        self,
        world: World,
        posts: FakePosts,
        *,
        holder: str = "one",
        wire: Wire | None = None,
        when: When = NINE,
    ) -> None:
        stage = Stage(world, holder=holder)
        self.world, self.defects, parts = world, [], stage.parts
        parts = replace(parts, on_defect=lambda what, error: self.defects.append((what, str(error))))
        through: Any = posts
        if wire is not None:
            parts = tap(parts, wire)
            parts = replace(
                parts, book=replace(parts.book, digests=Tapped("digests", parts.book.digests, wire))
            )
            through = Tapped("posts", posts, wire)
        self.clock = DigestClock(parts, through, when)

    defects: list[tuple[str, str]]

    def tick(self) -> int:
        return self.clock.tick()

    def until(self, instant: datetime, *, step: timedelta = timedelta(minutes=1)) -> None:
        while self.world.clock.at < instant:
            self.world.clock.at = min(instant, self.world.clock.at + step)
            self.tick()


def row(world: World, channel: str = STAGING, week: Week = WEEK) -> DigestRow | None:
    return world.store.book.digests.find(channel, str(week))


def state(world: World, channel: str = STAGING) -> str:
    found = row(world, channel)
    return found.state.value if found else ""


def test_a_digest_appears_at_nine_and_once(golden: Golden) -> None:
    world, posts = installed(), FakePosts()
    process = Process(world, posts)
    process.tick()
    assert posts.posted == []
    process.until(MONDAY + timedelta(hours=3))
    ((channel, ts, said),) = posts.posted
    assert (channel, said.headline) == golden
    assert row(world) == DigestRow(STAGING, "2026-W48", DigestState.POSTED, MONDAY, ts)


def test_each_week_has_its_own_digest() -> None:
    world, posts = installed(), FakePosts()
    Process(world, posts).until(MONDAY + timedelta(days=21), step=timedelta(minutes=30))
    assert len(posts.posted) == 4
    weeks = [r.week for r in world.store.memory.digests.values()]
    assert weeks == ["2026-W48", "2026-W49", "2026-W50", "2026-W51"]


def test_the_last_week_of_a_year_of_53_weeks_has_a_digest() -> None:
    new_year = datetime(2027, 1, 4, 9, tzinfo=UTC)
    world, posts = installed(at=new_year - timedelta(minutes=1)), FakePosts()
    Process(world, posts).until(new_year + timedelta(days=7))
    assert [r.week for r in world.store.memory.digests.values()] == ["2026-W53", "2027-W01"]
    assert len(posts.posted) == 2


@pytest.mark.parametrize("monday", [(2026, 3, 23), (2026, 3, 30), (2026, 10, 19), (2026, 10, 26)])
def test_the_digest_comes_at_nine_local_time_after_a_clock_change(monday: tuple[int, int, int]) -> None:
    berlin = environment("staging", time_zone="Europe/Berlin")
    summer = (3, 29) < monday[1:] < (10, 25)
    due = datetime(*monday, 7 if summer else 8, tzinfo=UTC)
    world, posts = installed(berlin, at=due - timedelta(days=2)), FakePosts()
    process = Process(world, posts)
    process.until(due - timedelta(minutes=1), step=timedelta(minutes=7))
    assert posts.posted == []
    process.until(due)
    assert len(posts.posted) == 1


def test_each_channel_has_its_own_monday_or_the_one_of_the_setting_if_zones_disagree() -> None:
    world = installed(
        environment("tokyo", time_zone="Asia/Tokyo", channel="C0TOKYO"),
        environment("berlin", time_zone="Europe/Berlin", channel="C0BERLIN"),
        environment("one", time_zone="Asia/Tokyo", channel="C0BOTH"),
        environment("two", time_zone="Europe/Berlin", channel="C0BOTH"),
        at=MONDAY - timedelta(hours=12),
    )
    posts = FakePosts()
    process = Process(world, posts, when=When(NINE.weekly, "America/New_York"))
    times: dict[str, str] = {}
    while world.clock.at < MONDAY + timedelta(hours=8):
        world.clock.at += timedelta(minutes=1)
        before = len(posts.posted)
        process.tick()
        times |= {channel: f"{world.clock.at:%H:%M}" for channel, _, _ in posts.posted[before:]}
    assert times == {"C0TOKYO": "00:00", "C0BERLIN": "08:00", "C0BOTH": "14:00"}
    assert len(posts.posted) == 3


def test_day_and_time_are_settings_and_never_posts_nothing() -> None:
    world, posts = installed(), FakePosts()
    friday = When(Weekly.read("Fri", "16:30"))
    Process(world, posts, when=When(None)).until(MONDAY + timedelta(days=1), step=timedelta(hours=1))
    assert posts.posted == []
    Process(world, posts, when=friday).until(MONDAY + timedelta(days=4, hours=7, minutes=30))
    assert [(r.week, r.state.value) for r in world.store.memory.digests.values()] == [
        ("2026-W47", "skipped"),
        ("2026-W48", "posted"),
    ]
    assert world.store.memory.digests[STAGING, "2026-W48"].at == MONDAY + timedelta(
        days=4, hours=7, minutes=30
    )


def test_a_late_digest_is_posted_and_says_that_it_is_late(golden: Golden) -> None:
    world, posts = installed(), FakePosts()
    world.clock.at = MONDAY + timedelta(days=1, hours=5)
    Process(world, posts).tick()
    ((_, _, said),) = posts.posted
    assert said.blocks[0] == golden


def test_a_digest_older_than_two_days_is_skipped_and_recorded(golden: Golden) -> None:
    world, posts = installed(), FakePosts()
    world.clock.at = MONDAY + timedelta(days=2, minutes=1)
    Process(world, posts).tick()
    assert posts.posted == []
    assert row(world) == golden
    Process(world, posts).until(MONDAY + timedelta(days=7))
    assert len(posts.posted) == 1


def test_a_digest_due_before_the_installation_existed_is_not_late() -> None:
    world, posts = installed(), FakePosts()
    world.store.memory.entries.clear()
    world.clock.at = MONDAY + timedelta(hours=30)
    process = Process(world, posts)
    process.tick()
    assert (posts.posted, world.store.memory.digests) == ([], {})
    process.until(MONDAY + timedelta(days=7), step=timedelta(hours=1))
    assert len(posts.posted) == 1


def test_a_wall_clock_that_jumps_posts_nothing_twice() -> None:
    world, posts = installed(), FakePosts()
    process = Process(world, posts)
    for minutes in (3, -60, 59, 61, -7 * 24 * 60, 7 * 24 * 60 + 5, 30):
        world.clock.at += timedelta(minutes=minutes)
        process.tick()
    assert [r.week for r in world.store.memory.digests.values() if r.state is DigestState.POSTED].count(
        "2026-W48"
    ) == 1
    texts = [said.headline for _, _, said in posts.posted]
    assert len(texts) == len(set(texts))


def test_two_replicas_by_turns_post_a_digest_once() -> None:
    world, posts = installed(), FakePosts()
    replicas = [Process(world, posts), Process(world, posts, holder="two")]
    for minute in range(120):
        world.clock.at += timedelta(seconds=31)
        replicas[minute % 2].tick()
    assert len(posts.posted) == 1


def test_only_one_of_two_simultaneous_processes_posts_the_digest() -> None:
    """The second process begins while the first waits for Slack."""
    world, posts = installed(at=MONDAY), FakePosts()
    second = Process(world, posts, holder="two")
    posts.before_call = lambda name: second.tick() if name == "posts.post" else None
    Process(world, posts).tick()
    assert len(posts.posted) == 1
    assert state(world) == "posted"


def test_a_channel_is_not_told_of_environments_of_another_channel() -> None:
    world = installed(environment("staging"), environment("qa-eu"), environment("bare", channel=""))
    posts = FakePosts()
    Process(world, posts).until(MONDAY)
    assert {channel: said.headline for channel, _, said in posts.posted} == {
        "C0QA-EU": "23 to 29 November: `qa-eu` cost 12 USD, 1.00 USD (9 %) more than the week before.",
        "C0STAGING": "23 to 29 November: `staging` cost 12 USD, 1.00 USD (9 %) more than the week before.",
    }
    for channel, _, said in posts.posted:
        other = "staging" if channel == "C0QA-EU" else "qa-eu"
        assert f"`{other}`" not in str(said)


def test_a_channel_that_another_company_reads_gets_only_what_the_catalog_allows() -> None:
    allowed = environment("open", channel="C0MIXED", shared_channel=True)
    world = installed(environment("staging"), environment("hidden", channel="C0MIXED"), allowed)
    posts = FakePosts()
    posts.external = {"C0MIXED", STAGING}
    Process(world, posts).until(MONDAY + timedelta(hours=1))
    ((channel, _, said),) = posts.posted
    assert channel == "C0MIXED"
    assert "`open`" in said.headline
    assert "hidden" not in str(said)
    assert state(world) == "skipped"


@pytest.mark.parametrize(
    ("error", "came_to"),
    [
        (Unanswered("Slack did not answer."), "unknown"),
        (Unreached("Slack did not answer."), "postponed"),
        (Unsendable("I am not a member of that channel; invite me to it."), "postponed"),
        (Rejected("Slack refused it.", code="invalid_blocks"), "postponed"),
    ],
)
def test_a_refused_digest_is_repeated_and_one_that_slack_may_have_taken_is_not(
    error: Trouble, came_to: str
) -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    process = Process(world, posts)

    def refuse(name: str) -> None:
        if name == "posts.post":
            raise error

    posts.before_call = refuse
    process.tick()
    assert (state(world), posts.posted) == (came_to, [])
    posts.before_call = str
    process.until(MONDAY + AGAIN - timedelta(minutes=1))
    assert posts.posted == []
    process.until(MONDAY + AGAIN + timedelta(hours=1))
    assert state(world) == ("unknown" if came_to == "unknown" else "posted")
    assert len(posts.posted) == (came_to != "unknown")


def test_a_silent_slack_costs_no_digest() -> None:
    """Slack is asked something harmless first, so nothing is claimed while Slack is down."""
    world, posts = installed(environment("staging"), environment("qa-eu"), at=MONDAY), FakePosts()
    process = Process(world, posts)
    posts.silent = True
    process.until(MONDAY + timedelta(hours=4), step=timedelta(minutes=10))
    assert world.store.memory.digests == {}
    posts.silent = False
    process.until(MONDAY + timedelta(hours=4, minutes=1))
    assert len(posts.posted) == 2


def test_a_channel_that_never_takes_a_digest_is_recorded_with_the_reason(golden: Golden) -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    process = Process(world, posts)

    def refuse(name: str) -> None:
        raise Unsendable("I cannot see that channel; invite me to it, or correct its id in the catalog.")

    posts.before_call = refuse
    process.until(MONDAY + timedelta(days=2, hours=1), step=timedelta(minutes=15))
    assert row(world) == golden
    assert process.defects


def test_many_channels_are_posted_to_over_several_looks() -> None:
    many = [environment(f"pr-{n:02}") for n in range(45)]
    world, posts = installed(*many, at=MONDAY), FakePosts()
    process = Process(world, posts)
    assert [process.tick() for _ in range(4)] == [20, 20, 5, 0]
    assert len({channel for channel, _, _ in posts.posted}) == len(posts.posted) == 45


def test_a_digest_left_behind_is_unknown_until_a_late_answer_arrives() -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    claimed = DigestRow(STAGING, str(WEEK), DigestState.POSTING, MONDAY)
    world.store.book.digests.claim(claimed, over=())
    process = Process(world, posts)
    process.until(MONDAY + timedelta(minutes=2))
    assert state(world) == "posting"
    process.until(MONDAY + timedelta(minutes=5))
    assert (state(world), posts.posted) == ("unknown", [])
    world.store.book.digests.settle(replace(claimed, state=DigestState.POSTED, ts="1.2"))
    assert state(world) == "posted"


def test_an_environment_that_joins_a_channel_changes_no_week_already_told() -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    process = Process(world, posts)
    process.tick()
    joined = environment("qa-eu", channel=STAGING, time_zone="America/New_York")
    world.store.catalog.write(CatalogChange(put_environments=(joined,)))
    process.until(MONDAY + timedelta(hours=8), step=timedelta(minutes=10))
    assert len(posts.posted) == 1


class BrokenIn(FakePosts):
    """A Slack in which our own code breaks when asked about this channel; if the channel is empty, nothing
    breaks.
    """

    channel = "C0BROKEN"

    def shared(self, channel: str) -> bool:
        if channel == self.channel:
            raise KeyError("no such thing")
        return super().shared(channel)


def test_a_defect_in_one_channel_keeps_no_other_from_its_digest() -> None:
    """The defect is logged once, and the digest is tried again like one that Slack did not take."""
    world, posts = installed(environment("broken"), environment("staging")), BrokenIn()
    process = Process(world, posts)
    process.until(MONDAY + 3 * AGAIN)
    assert [channel for channel, _, _ in posts.posted] == [STAGING]
    assert state(world, "C0BROKEN") == "postponed"
    assert len(process.defects) == 1
    posts.channel = ""
    process.until(MONDAY + 5 * AGAIN)
    assert [channel for channel, _, _ in posts.posted] == [STAGING, "C0BROKEN"]
