"""In which waves services start, and until when they stay on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from policies.access.decision import Refused
from policies.capacity.starting import Moment, Stay, stay, waves
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow, Terms
from policies.service.environment import Tier
from policies.times.moments import plain
from tests.golden import Golden
from tests.policies.make import environment

BERLIN = ZoneInfo("Europe/Berlin")
STAGING = environment("staging", channel="C0STAGING")
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin")


def at(text: str) -> datetime:
    """Return a wall time in Berlin in the week of Monday 2 March 2026."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


def stays(
    now: str, asked: str = "", row: ScheduleRow | None = ROW, held: Override | None = None
) -> Stay | Refused:
    moment = Moment(at(now), BERLIN)
    return stay(row, held, moment, asked=at(asked) if asked else None, environment=STAGING)


def kept(now: str, asked: str = "", row: ScheduleRow | None = ROW, held: Override | None = None) -> Stay:
    found = stays(now, asked, row, held)
    assert isinstance(found, Stay)
    return found


def test_declared_waves_come_first_and_the_rest_last() -> None:
    order = (("auth", "gone"), ("absent",), ("api",))
    assert waves(order, ["web", "api", "auth", "jobs"]) == (("auth",), ("api",), ("web", "jobs"))
    assert waves((), ["web"]) == (("web",),)
    assert waves((("web",),), []) == ()


def test_inside_the_window_no_end_is_needed() -> None:
    assert stays("02T09:00") == Stay()


def test_outside_the_window_an_end_is_assumed_and_named(golden: Golden) -> None:
    found = kept("02T21:00")
    assert (found.until, found.long) == (at("03T01:00"), False)
    assert found.note == golden


def test_the_requested_end_is_named(golden: Golden) -> None:
    found = kept("01T12:00", "02T23:00", ScheduleRow("*", "never"))
    assert (found.until, found.long) == (at("02T23:00"), True)
    assert found.note == golden


def test_a_note_says_if_the_schedule_takes_over_before_the_end(golden: Golden) -> None:
    found = kept("02T06:00")
    assert (found.until, found.long) == (at("02T10:00"), False)
    assert found.note == golden


def test_inside_the_window_an_end_beyond_it_is_kept(golden: Golden) -> None:
    assert kept("02T19:00", "02T23:00").until == at("02T23:00")
    within = kept("02T19:00", "02T19:30")
    assert (within.until, within.long) == (None, False)
    assert within.note == golden


def test_an_override_that_keeps_an_environment_on_longer_stays(golden: Golden) -> None:
    held = Override("1", "staging", "up", at("02T20:00"), at("03T02:00"))
    assert stays("02T21:00", held=held) == Stay()
    shorter = kept("02T21:00", "02T23:00", held=held)
    assert (shorter.until, shorter.long) == (None, False)
    assert shorter.note == golden
    assert kept("02T21:00", "03T04:00", held=held).until == at("03T04:00")


def test_a_start_by_hand_ends_an_override_that_keeps_the_environment_off() -> None:
    held = Override("1", "staging", "down", at("02T09:00"), at("04T09:00"))
    assert kept("02T10:00", held=held).until == at("02T14:00")


def test_a_stay_beyond_a_developers_right_is_marked_and_too_long_a_stay_refused(golden: Golden) -> None:
    row = ScheduleRow("staging", ROW.text, terms=Terms(bounded=timedelta(hours=14)))
    inside, beyond, refused = (stays("06T21:00", end, row) for end in ("07T11:00", "07T11:01", "14T21:00"))
    assert isinstance(inside, Stay) and not inside.long
    assert isinstance(beyond, Stay) and beyond.long
    assert isinstance(refused, Refused)
    assert refused.rule == "start.longest"
    assert refused.told == golden


def test_a_schedule_that_only_observes_gives_no_end_and_a_note_says_so(golden: Golden) -> None:
    row = ScheduleRow("staging", ROW.text, mode="observe")
    assert stays("02T21:00", row=row) == Stay()
    found = kept("02T21:00", "02T23:00", row)
    assert (found.until, found.long) == (None, False)
    assert found.note == golden


def test_a_start_without_a_schedule_ends_when_requested() -> None:
    assert stays("02T21:00", row=None) == Stay()
    found = stays("02T21:00", "02T23:00", None)
    assert isinstance(found, Stay)
    assert (found.until, plain(found.note)) == (None, "On until 23:00 (Europe/Berlin); then it stops again.")
    assert found.ends == ScheduleRow("staging", "stop 2026-03-02T23:00 Europe/Berlin", origin="hand")
    assert isinstance(stays("02T21:00", "12T23:00", None), Refused), "longer than anything is kept"


def test_a_second_start_can_extend_an_end_but_not_shorten_it() -> None:
    row = ScheduleRow("staging", "stop 2026-03-02T23:00 Europe/Berlin", origin="hand")
    found = stays("02T21:00", row=row)
    assert found == stays("02T21:00", "02T22:00", row)
    assert isinstance(found, Stay)
    assert replace(found, note="") == Stay()
    assert plain(found.note) == "On until its next stop, 23:00 (Europe/Berlin)."
    longer = stays("02T21:00", "03T01:00", row)
    assert isinstance(longer, Stay) and longer.ends is not None
    assert longer.ends.text == "stop 2026-03-03T01:00 Europe/Berlin"


@pytest.mark.parametrize("fields", [{"tier": Tier.PRODUCTION}, {"channel": ""}])
def test_no_end_is_promised_if_the_clock_may_not_stop_the_environment(
    fields: dict[str, Any], golden: Golden
) -> None:
    moment = Moment(at("02T21:00"), BERLIN)
    found = stay(None, None, moment, asked=at("02T23:00"), environment=replace(STAGING, **fields))
    assert isinstance(found, Stay)
    assert (found.until, found.ends) == (None, None)
    assert found.note == golden


def test_under_a_stop_only_schedule_a_start_lasts_until_the_next_stop(golden: Golden) -> None:
    row = ScheduleRow("staging", "Mon-Fri stop 20:00 Europe/Berlin")
    found = kept("02T21:00", row=row)
    assert (found.until, found.long) == (None, False)
    assert found.note == golden
