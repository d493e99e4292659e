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


def test_outside_it_an_end_is_assumed_and_said(golden: Golden) -> None:
    found = kept("02T21:00")
    assert (found.until, found.long) == (at("03T01:00"), False)
    assert found.note == golden


def test_the_end_that_was_asked_for_is_said(golden: Golden) -> None:
    found = kept("01T12:00", "02T23:00", ScheduleRow("*", "never"))
    assert (found.until, found.long) == (at("02T23:00"), True)
    assert found.note == golden


def test_where_the_schedule_takes_over_meanwhile_that_is_said(golden: Golden) -> None:
    found = kept("02T06:00")
    assert (found.until, found.long) == (at("02T10:00"), False)
    assert found.note == golden


def test_inside_the_window_an_end_beyond_it_is_kept(golden: Golden) -> None:
    assert kept("02T19:00", "02T23:00").until == at("02T23:00")
    within = kept("02T19:00", "02T19:30")
    assert (within.until, within.long) == (None, False)
    assert within.note == golden


def test_an_override_that_holds_it_on_longer_stays(golden: Golden) -> None:
    held = Override("1", "staging", "up", at("02T20:00"), at("03T02:00"))
    assert stays("02T21:00", held=held) == Stay()
    shorter = kept("02T21:00", "02T23:00", held=held)
    assert (shorter.until, shorter.long) == (None, False)
    assert shorter.note == golden
    assert kept("02T21:00", "03T04:00", held=held).until == at("03T04:00")


def test_a_start_by_hand_ends_what_keeps_it_off() -> None:
    held = Override("1", "staging", "down", at("02T09:00"), at("04T09:00"))
    assert kept("02T10:00", held=held).until == at("02T14:00")


def test_more_than_a_developers_right_is_told_apart_and_too_much_is_refused(golden: Golden) -> None:
    row = ScheduleRow("staging", ROW.text, terms=Terms(bounded=timedelta(hours=14)))
    inside, beyond, refused = (stays("06T21:00", end, row) for end in ("07T11:00", "07T11:01", "14T21:00"))
    assert isinstance(inside, Stay) and not inside.long
    assert isinstance(beyond, Stay) and beyond.long
    assert isinstance(refused, Refused)
    assert refused.rule == "start.longest"
    assert refused.told == golden


def test_where_the_schedule_only_observes_there_is_no_end_and_that_is_said(golden: Golden) -> None:
    row = ScheduleRow("staging", ROW.text, mode="observe")
    assert stays("02T21:00", row=row) == Stay()
    found = kept("02T21:00", "02T23:00", row)
    assert (found.until, found.long) == (None, False)
    assert found.note == golden


def test_where_no_schedule_is_it_ends_as_it_was_asked_to() -> None:
    assert stays("02T21:00", row=None) == Stay()
    found = stays("02T21:00", "02T23:00", None)
    assert isinstance(found, Stay)
    assert (found.until, plain(found.note)) == (None, "On until 23:00 (Europe/Berlin); then it stops again.")
    assert found.ends == ScheduleRow("staging", "stop 2026-03-02T23:00 Europe/Berlin", origin="hand")
    assert isinstance(stays("02T21:00", "12T23:00", None), Refused), "longer than anything is kept"


def test_an_end_that_another_start_has_set_is_prolonged_and_not_shortened() -> None:
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
def test_where_the_clock_may_not_stop_it_no_end_is_promised(fields: dict[str, Any], golden: Golden) -> None:
    moment = Moment(at("02T21:00"), BERLIN)
    found = stay(None, None, moment, asked=at("02T23:00"), environment=replace(STAGING, **fields))
    assert isinstance(found, Stay)
    assert (found.until, found.ends) == (None, None)
    assert found.note == golden


def test_a_stop_only_schedule_lets_it_run_until_its_next_stop(golden: Golden) -> None:
    row = ScheduleRow("staging", "Mon-Fri stop 20:00 Europe/Berlin")
    found = kept("02T21:00", row=row)
    assert (found.until, found.long) == (None, False)
    assert found.note == golden
