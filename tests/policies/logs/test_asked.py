"""What is asked of logs: three parts in any order, and a sentence for anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.logs.asked import LogsAsked, LogsError, logs_asked, past
from policies.logs.lines import Between, Cut, between
from tests.golden import Golden

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
BERLIN = ZoneInfo("Europe/Berlin")

READ = {
    "": LogsAsked(),
    "since 30m": LogsAsked("30m"),
    "grep timeout": LogsAsked("", "timeout"),
    'grep "connection refused" since 2h': LogsAsked("2h", "connection refused"),
    "container envoy since Mon 08:00 grep x": LogsAsked("Mon 08:00", "x", "envoy"),
    "SINCE 90 min": LogsAsked("90 min"),
    "grep since since 5m": LogsAsked("5m", "since"),
    "30m": LogsAsked("30m"),
    "30 minutes grep timeout": LogsAsked("30 minutes", "timeout"),
    "last 30 minutes": LogsAsked("30 minutes"),
    "for the last 2h grep timeout": LogsAsked("2h", "timeout"),
    "past hour": LogsAsked("1h"),
    "container envoy Mon 08:00": LogsAsked("Mon 08:00", "", "envoy"),
    "--since 5m --grep timeout": LogsAsked("5m", "timeout"),
    "--since=5m --grep=timeout": LogsAsked("5m", "timeout"),
    "since:5m grep:timeout container:envoy": LogsAsked("5m", "timeout", "envoy"),
    "| grep timeout": LogsAsked("", "timeout"),
    "since 5m | grep -i timeout": LogsAsked("5m", "timeout"),
    "grep -i": LogsAsked("", "-i"),
    "grep grep=x": LogsAsked("", "grep=x"),
    "container 'envoy'": LogsAsked("", "", "envoy"),
    '"30m"': LogsAsked("30m"),
    "since yesterday": LogsAsked("yesterday"),
    "yesterday 18:00 grep x": LogsAsked("yesterday 18:00", "x"),
    "2 hours ago": LogsAsked("2 hours ago"),
    "since an hour ago": LogsAsked("an hour ago"),
    "3pm yesterday": LogsAsked("3pm yesterday"),
    "since today": LogsAsked("today"),
    """grep '"level": "error"'""": LogsAsked("", '"level": "error"'),
    """grep "status":500""": LogsAsked("", '"status":500'),
    """grep "it's so" since 5m""": LogsAsked("5m", "it's so"),
    """grep \u201csay "it's"\u201d""": LogsAsked("", """say "it's\""""),
    'grep "x': LogsAsked("", "x"),
    "|grep timeout": LogsAsked("", "timeout"),
    "since 5m |grep -i timeout": LogsAsked("5m", "timeout"),
    "since: 5m grep: timeout container: envoy": LogsAsked("5m", "timeout", "envoy"),
    "-c envoy": LogsAsked("", "", "envoy"),
    "grep -c": LogsAsked("", "-c"),
    "grep -F timeout since 5m": LogsAsked("5m", "timeout"),
    "grep -- timeout": LogsAsked("", "timeout"),
    "grep |x": LogsAsked("", "|x"),
    "since 2h?": LogsAsked("2h"),
    "last hour!": LogsAsked("1h"),
    "30m, grep x": LogsAsked("30m", "x"),
    "grep x?": LogsAsked("", "x?"),
}


@pytest.mark.parametrize("text", READ)
def test_the_parts_may_stand_in_any_order(text: str) -> None:
    assert logs_asked(text) == READ[text]


@pytest.mark.parametrize("text", READ)
def test_what_was_read_can_be_read_again(text: str) -> None:
    assert logs_asked(READ[text].text) == READ[text]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "banana",
            "30m 5m",
            "last",
            "last banana",
            "-f",
            "grep took 30m",
            "since",
            "since banana",
            "since tonight",
            "since tomorrow 9am",
            "grep",
            'grep ""',
            "container",
        ),
        *("container a;b", "since 5m since 6m", "grep a b", f"grep {'x' * 101}", "since 5m now what"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(LogsError) as caught:
        logs_asked(text)
    assert str(caught.value).endswith(".")


def test_what_is_not_understood_is_answered_with_what_to_write(golden: Golden) -> None:
    texts = (
        "banana",
        "grep cache hit",
        'grep "cache hit" miss since 5m',
        "grep took 30m",
        "-f",
        "since 5m grep",
        "grep -v health",
        "grep -v health since 5m",
        'grep -E "a|b"',
        "grep timeout grep error",
        "-n 100",
        "--tail=100",
        "tail 50",
        "last 50",
        "last 50 lines",
        "50 lines",
        "since 2pm until 3pm",
        "until 3pm",
        "from 2pm to 3pm",
        "between 2pm and 3pm",
        "2pm-3pm",
        "errors",
        "find connection refused",
        "grep connection to db refused",
        "for error",
        '"connection refused"',
        "100",
    )
    said = {}
    for text in texts:
        with pytest.raises(LogsError) as caught:
            logs_asked(text)
        said[text] = str(caught.value)
    assert said == golden


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("30m", datetime(2026, 3, 4, 11, 30, tzinfo=UTC)),
        ("11:00", datetime(2026, 3, 4, 10, 0, tzinfo=UTC)),
        ("15:00", datetime(2026, 3, 3, 14, 0, tzinfo=UTC)),
        ("Monday", datetime(2026, 3, 1, 23, 0, tzinfo=UTC)),
        ("today", datetime(2026, 3, 3, 23, 0, tzinfo=UTC)),
        ("yesterday", datetime(2026, 3, 2, 23, 0, tzinfo=UTC)),
        ("3pm yesterday", datetime(2026, 3, 3, 14, 0, tzinfo=UTC)),
        ("2 hours ago", datetime(2026, 3, 4, 10, 0, tzinfo=UTC)),
        ("3pm", datetime(2026, 3, 3, 14, 0, tzinfo=UTC)),
        ("Mon 08:00", datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
        ("Wed 08:00", datetime(2026, 3, 4, 7, 0, tzinfo=UTC)),
        ("11:00 UTC", datetime(2026, 3, 4, 11, 0, tzinfo=UTC)),
        ("2026-03-01 10:00", datetime(2026, 3, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_the_latest_such_that_has_passed(text: str, instant: datetime) -> None:
    assert past(text, NOW, BERLIN) == instant


@pytest.mark.parametrize("text", ["8 days", "2026-01-01 10:00", "today 23:00", "2026-03-05 10:00"])
def test_a_time_too_long_ago_or_to_come_is_refused(text: str) -> None:
    with pytest.raises(LogsError):
        past(text, NOW, BERLIN)


@given(st.text(max_size=40))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        asked = logs_asked(text)
    except LogsError:
        return
    assert logs_asked(asked.text) == asked


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 99))
def test_a_stretch_of_a_log_survives_its_text(first: int, last: int, seen: int) -> None:
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    one = timedelta(milliseconds=1)
    stretch = Between(begin + first * one, Cut(begin + last * one, seen))
    assert between(stretch.text) == stretch


@pytest.mark.parametrize("text", ["", "1-2", "a-b-c", "1-2-3-4", "-1-2-3"])
def test_any_other_text_is_no_stretch(text: str) -> None:
    with pytest.raises(ValueError, match="stretch"):
        between(text)
