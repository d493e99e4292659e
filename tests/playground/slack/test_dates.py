"""Dates in texts: the playground refuses dates that Slack would not draw, and each reader sees their own
time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from playground.slack.dates import drawn
from playground.slack.mrkdwn_html import Names, render_mrkdwn
from playground.slack.validator import check_message
from tests.playground.slack.block_examples import marked, message, plain

AT = datetime(2026, 3, 2, 19, tzinfo=UTC)
DAY_BEFORE, DAY_AFTER = AT - timedelta(days=1), AT + timedelta(days=1)
DATE = f"<!date^{int(AT.timestamp())}^{{time}} {{date_short_pretty}}|20:00 (Europe/Berlin)>"


@pytest.mark.parametrize(
    ("pattern", "zone", "now", "seen"),
    [
        ("{time} {date_short_pretty}", "Europe/Berlin", AT, "20:00 today"),
        ("{time} {date_short_pretty}", "Asia/Kolkata", AT, "00:30 today"),
        (
            "{time} {date_short_pretty}",
            "Europe/Berlin",
            DAY_AFTER,
            "20:00 yesterday",
        ),
        (
            "{time} {date_short_pretty}",
            "Europe/Berlin",
            DAY_BEFORE,
            "20:00 tomorrow",
        ),
        ("{time} {date_short_pretty}", "UTC", datetime(2026, 2, 1, tzinfo=UTC), "19:00 Mar 2, 2026"),
        ("{date_pretty} at {time_secs}", "UTC", AT, "Today at 19:00:00"),
        ("{date_long}, {date}, {date_num}", "UTC", AT, "Monday, March 2, 2026, March 2, 2026, 2026-03-02"),
        ("{nonsense}", "UTC", AT, "{nonsense}"),
    ],
)
def test_a_date_is_drawn_in_its_readers_zone(pattern: str, zone: str, now: datetime, seen: str) -> None:
    assert drawn(pattern, AT, ZoneInfo(zone), now) == seen


def test_a_viewer_sees_local_time_or_without_a_zone_the_fallback() -> None:
    assert ">00:30 today</time>" in render_mrkdwn(DATE, Names({}, {}, ZoneInfo("Asia/Kolkata"), AT))
    assert ">20:00 (Europe/Berlin)</time>" in render_mrkdwn(DATE, Names({}, {}))


@pytest.mark.parametrize(
    "text",
    [
        "<!date^1772478000^{time}>",
        "<!date^1772478000^{time}|>",
        "<!date^1772478000|20:00>",
        "<!date^soon^{time}|20:00>",
        "<!date^1772478000^{clock}|20:00>",
        "<!date^1772478000^time|20:00>",
        "<!date^1772478000^{time}^javascript:x|20:00>",
        "<!date^17724780",
    ],
)
def test_a_date_that_slack_would_not_draw_is_refused(text: str) -> None:
    assert check_message(message({"type": "section", "text": marked(text)}))


def test_a_date_in_plain_text_is_refused() -> None:
    assert check_message(message({"type": "section", "text": marked(DATE)})) == []
    assert check_message(message({"type": "section", "text": plain(DATE)}))
