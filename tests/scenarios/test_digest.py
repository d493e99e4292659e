"""Monday, nine o'clock: the digest by the real process, whose clock is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.db.database import database
from handlers.ports.digests import DigestRow, DigestState
from policies.cost.usage import UsageRow
from policies.times.weeks import Week
from tests.scenarios.alone import alone
from tests.scenarios.killing import kill, start
from tests.scenarios.seen import Seen
from tests.scenarios.stage import AS_IT_IS, DEV, STAGING, Stage
from tests.waiting import until

BERLIN = ZoneInfo("Europe/Berlin")
TOLD = " cost "


class Monday:
    """A stage whose bot posts digests, and whose next Monday has not come yet."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        now = datetime.fromtimestamp(stage.now(), BERLIN)
        first = Week.of(now.date()).after.first
        self.nine = datetime(first.year, first.month, first.day, 9, tzinfo=BERLIN)
        self.week = Week.of(first).before
        self._db = database(stage.store.url, holder="the test", lease_seconds=30)

    def spend(self, name: str, *dollars: int) -> None:
        """Record what the last weeks cost, up to the week of the digest."""
        for ago, amount in enumerate(reversed(dollars)):
            day = self.week.first - timedelta(days=7 * ago)
            row = UsageRow(name, "web", day, "fargate.vcpu.x86", 1, amount * 1_000_000)
            self._db.book.ledger.days.put(name, [day], [row])

    def move(self, to: datetime) -> None:
        """Move the clock, and wait until the bot goes by it."""
        self.stage.control.post("/clock", {"to": to.astimezone(UTC).isoformat(), "followed": True})

    def asked(self) -> Seen:
        """Return the digest of the week as Dev sees it."""
        self.stage.types(DEV, "/env digest")
        answer = self.stage.hears(DEV, TOLD)
        assert answer.words.startswith(f"{self.week.first.day} ")
        return answer

    def posted(self) -> list[Seen]:
        return self.stage.public(TOLD)

    def row(self) -> DigestRow | None:
        return self._db.book.digests.find(STAGING, str(self.week))

    def comes_to(self, state: DigestState) -> None:
        self.stage.until(f"the digest is {state.value}", lambda: self._stands(state))

    def _stands(self, state: DigestState) -> bool:
        row = self.row()
        return row is not None and row.state is state

    def end(self) -> None:
        self._db.dispose()


@pytest.fixture(scope="module", params=["socket-sqlite", "http-postgresql"])
def begun(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage of these tests alone, because a clock that was moved to Monday stays there."""
    with alone(request, size=0, settings=["DIGEST_DAY=Monday"]) as stage:
        yield stage


@pytest.fixture
def monday(begun: Stage) -> Iterator[Monday]:
    """Each test has a Monday of its own, a week after that of the test before."""
    begun.begin()
    made = Monday(begun)
    try:
        yield made
    finally:
        made.end()


def test_a_digest_appears_by_itself_at_nine_and_only_once(monday: Monday) -> None:
    monday.spend("staging", 10, 11, 12, 15)
    monday.move(monday.nine - timedelta(minutes=1))
    assert monday.posted() == []
    monday.move(monday.nine + timedelta(seconds=30))
    monday.comes_to(DigestState.POSTED)
    (told,) = monday.posted()
    assert "15 USD" in told.words
    assert any(block["type"] == "data_visualization" for block in told.raw["blocks"])
    for hours in (1, 30):
        monday.move(monday.nine + timedelta(hours=hours))
        monday.stage.types(DEV, "/env digest")
        monday.stage.hears(DEV, TOLD)
    assert [m.ts for m in monday.posted()] == [told.ts]


def test_a_kill_after_posting_leaves_one_digest_marked_as_unconfirmed(
    monday: Monday,
) -> None:
    monday.spend("staging", 10, 11, 12, 15)
    stage = monday.stage
    stage.fault("hold", "chat.postMessage", about=STAGING, phase="after_effect")
    monday.move(monday.nine + timedelta(seconds=30))
    until("it stands there", monday.posted)
    kill(stage)
    stage.control.delete("/faults")
    start(stage, lease_over=True, env=AS_IT_IS)
    monday.move(monday.nine + timedelta(hours=1))
    monday.comes_to(DigestState.UNKNOWN)
    assert len(monday.posted()) == 1
    stage.types(DEV, "/env digest")
    answer = stage.hears(DEV, "It is not known whether this digest stands in this channel")
    assert "Post to the channel" in answer.buttons


def test_a_button_posts_for_all_the_digest_that_one_person_saw(monday: Monday) -> None:
    monday.spend("staging", 10, 11, 12, 15)
    monday.move(monday.nine - timedelta(hours=1))
    stage, answer = monday.stage, monday.asked()
    stage.presses(DEV, answer, "Post to the channel")
    monday.comes_to(DigestState.POSTED)
    monday.move(monday.nine + timedelta(hours=1))
    stage.types(DEV, "/env digest")
    stage.hears(DEV, TOLD, after=answer)
    assert len(monday.posted()) == 1
