"""How long somebody wants an orphan kept, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.orphans.keeping import KeepError, KeptFor, kept_for
from tests.golden import Golden
from tests.policies.orphans.make import NOW

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('30d "demo on Friday"', KeptFor(30, None, "demo on Friday")),
        ("30d demo on Friday", KeptFor(30, None, "demo on Friday")),
        ("for 30 days 'a demo'", KeptFor(30, None, "a demo")),
        ("1 DAY x", KeptFor(1, None, "x")),
        ("6w", KeptFor(42)),
        ("2 weeks pause", KeptFor(14, None, "pause")),
        ('until 2026-12-24 "holidays"', KeptFor(0, date(2026, 12, 24), "holidays")),
        ("2026-12-24", KeptFor(0, date(2026, 12, 24))),
    ],
)
def test_days_weeks_or_a_date_are_read_with_a_reason(text: str, kept: KeptFor) -> None:
    assert kept_for(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0d",
        "367d",
        "60w",
        "lots",
        "4h",
        "-3d",
        "30",
        "30dx",
        '"a demo"',
        "2026-02-30",
        "until tomorrow",
        "off 30d",
    ],
)
def test_any_other_text_is_refused_with_the_right_form(text: str, golden: Golden) -> None:
    with pytest.raises(KeepError) as wrong:
        kept_for(text)
    assert str(wrong.value) == golden(name=text or "nothing")


def test_a_keep_ends_so_many_days_later_or_when_its_day_is_over_in_the_zone() -> None:
    assert kept_for("30d").at(NOW, BERLIN) == NOW + timedelta(days=30)
    assert kept_for("2026-12-24").at(NOW, BERLIN) == datetime(2026, 12, 24, 23, tzinfo=UTC)
    assert kept_for("2026-11-30").at(NOW, BERLIN) == datetime(2026, 11, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-29", "2027-12-02"])
def test_a_day_that_is_past_or_too_far_away_is_refused(text: str) -> None:
    with pytest.raises(KeepError):
        kept_for(text).at(NOW, BERLIN)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        kept = kept_for(text)
    except KeepError as wrong:
        assert str(wrong).isprintable()
    else:
        assert 0 <= kept.days <= 366
