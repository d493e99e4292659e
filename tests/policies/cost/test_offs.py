"""When an environment was off, and who caused it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies.cost.offs import offs, scheduled_off
from policies.cost.savings import Cause, Interval, Off, kept_off
from policies.schedule.claims import Claim, ClaimKey, drift_key, override_key, saying_key, seven_days_key
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.transitions import Course
from tests.policies.cost.ledger import utc

DAY = date(2026, 11, 3)
END = utc("2026-11-05 00:00")
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 UTC", since=utc("2026-10-01 00:00"))


def stop(at: str, state: str = "opened", **key: str) -> Claim:
    made = ClaimKey("staging", DAY, key.get("rule", "Mon-Fri 08:00-20:00"), "stop")
    return Claim(made, utc(at), state, utc(at))  # type: ignore[arg-type]


def start(at: str) -> Claim:
    return Claim(ClaimKey("staging", DAY, "r", "start"), utc(at), "opened", utc(at))


def override(state: str, since: str, until: str) -> Override:
    return Override("o", "staging", state, utc(since), utc(until))  # type: ignore[arg-type]


NIGHT = (stop("2026-11-03 20:00"), start("2026-11-04 08:00"))


def hours(found: Iterable[Interval]) -> float:
    return sum((end - begin) / timedelta(hours=1) for begin, end in found)


def test_a_stop_by_the_clock_holds_until_the_next_start() -> None:
    assert offs(NIGHT, (), END) == (Off(utc("2026-11-03 20:00"), utc("2026-11-04 08:00"), Cause.SCHEDULE),)
    assert offs(NIGHT[:1], (), END)[0].end == END


def test_a_postponed_stop_begins_when_it_was_made() -> None:
    late = replace(NIGHT[0], at=utc("2026-11-03 21:10"))
    assert offs((late, NIGHT[1]), (), END)[0].begin == utc("2026-11-03 21:10")


@pytest.mark.parametrize("state", ["skipped", "postponed", "observed"])
def test_a_claim_that_the_clock_did_not_open_is_no_stop(state: str) -> None:
    """A person had already stopped the environment, or the schedule only observes."""
    assert offs((stop("2026-11-03 20:00", state),), (), END) == ()


def test_a_persons_start_ends_the_off_time_and_its_end_begins_it_again() -> None:
    up = override("up", "2026-11-03 22:00", "2026-11-04 02:00")
    again = Claim(override_key("staging", DAY, "o", "stop"), up.until, "opened", up.until)
    assert [(o.begin, o.end) for o in offs((*NIGHT, again), (up,), END)] == [
        (utc("2026-11-03 20:00"), up.since),
        (up.until, utc("2026-11-04 08:00")),
    ]


def test_an_override_to_be_off_is_a_persons_doing() -> None:
    down = override("down", "2026-11-03 15:00", "2026-11-04 08:00")
    assert offs((), (down,), END) == (Off(down.since, down.until, Cause.PERSON),)


@pytest.mark.parametrize(
    "key",
    [
        drift_key("staging", DAY, utc("2026-11-03 21:00")),
        saying_key("staging", DAY, "It is said."),
        seven_days_key("staging", DAY, ["db"]),
    ],
    ids=["drift", "said", "seven days"],
)
def test_a_claim_that_is_no_transition_is_no_stop_by_the_schedule(key: ClaimKey) -> None:
    at = utc("2026-11-03 21:00")
    assert offs((Claim(key, at, "opened", at),), (), END) == ()
    assert not key.is_transition


def course(*overrides: Override, row: ScheduleRow = ROW) -> Course:
    return Course("staging", row, overrides)


def test_an_environment_is_meant_to_be_off_outside_its_windows() -> None:
    found = list(scheduled_off(course(), utc("2026-11-03 00:00"), utc("2026-11-05 00:00")))
    assert found == [
        (utc("2026-11-03 00:00"), utc("2026-11-03 08:00")),
        (utc("2026-11-03 20:00"), utc("2026-11-04 08:00")),
        (utc("2026-11-04 20:00"), utc("2026-11-05 00:00")),
    ]


def test_an_environment_that_was_kept_on_was_not_meant_to_be_off() -> None:
    up = override("up", "2026-11-03 22:00", "2026-11-04 02:00")
    assert hours(scheduled_off(course(up), utc("2026-11-03 20:00"), utc("2026-11-04 08:00"))) == 8


def test_a_row_says_nothing_of_the_time_before_it() -> None:
    new = replace(ROW, since=utc("2026-11-04 00:00"))
    assert hours(scheduled_off(course(row=new), utc("2026-11-01 00:00"), utc("2026-11-04 12:00"))) == 8
    later = replace(ROW, since=utc("2026-12-01 00:00"))
    assert not list(scheduled_off(course(row=later), utc("2026-11-01 00:00"), utc("2026-11-04 12:00")))


def test_three_nights_have_the_right_causes() -> None:
    """The whole of Monday night counts; on Tuesday somebody stopped the environment at 18:00; on Wednesday it
    was kept on until midnight and stopped by the clock then.
    """
    up = override("up", "2026-11-04 19:00", "2026-11-05 00:00")
    claims = (
        stop("2026-11-02 20:00"),
        start("2026-11-03 08:00"),
        stop("2026-11-03 20:00", "skipped"),
        start("2026-11-04 08:00"),
        Claim(override_key("staging", DAY, "o", "stop"), up.until, "opened", up.until),
        start("2026-11-05 08:00"),
    )
    begin, end = utc("2026-11-02 00:00"), utc("2026-11-06 00:00")
    kept = kept_off(offs(claims, (up,), end), scheduled_off(course(up), begin, end))
    assert hours(kept) == 12 + 8
