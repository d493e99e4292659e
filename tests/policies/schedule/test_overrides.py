"""Overrides: which override is in force, and how people type overrides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.schedule.overrides import LONGEST_REASON, Override, cut_short, in_force, keep, unbroken
from policies.times.instants import TimeError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = Override("a", "staging", "up", NOW, NOW + timedelta(hours=4), actor_name="Dev")


def test_an_override_holds_from_its_beginning_to_its_end() -> None:
    assert FIRST.holds(NOW)
    assert not FIRST.holds(NOW - timedelta(microseconds=1))
    assert not FIRST.holds(FIRST.until)


def test_an_override_removed_early_ends_then_and_never_later_than_planned() -> None:
    early = replace(FIRST, ended_at=NOW + timedelta(hours=1))
    assert early.end == NOW + timedelta(hours=1)
    assert replace(FIRST, ended_at=NOW + timedelta(hours=9)).end == FIRST.until


def test_the_last_override_is_in_force_and_only_in_its_environment() -> None:
    later = replace(FIRST, id="b", since=NOW + timedelta(minutes=1), state="down")
    other = replace(later, id="c", environment="qa-eu")
    assert in_force([later, FIRST, other], "staging", NOW + timedelta(minutes=2)) == later
    assert in_force([later, FIRST, other], "staging", NOW) == FIRST
    assert in_force([FIRST], "qa-eu", NOW) is None


@pytest.mark.parametrize(
    ("text", "state", "until", "reason"),
    [
        ('until 23:00 "smoke test"', "up", "2026-03-02T22:00", "smoke test"),
        ("4h", "up", "2026-03-02T13:00", ""),
        ("for 1h 30m smoke test", "up", "2026-03-02T10:30", "smoke test"),
        ("off until Mon 08:00", "down", "2026-03-09T07:00", ""),
        ("on until tomorrow 9 pm 'load test'", "up", "2026-03-03T20:00", "load test"),
        ("until 2026-03-06T21:00 demo", "up", "2026-03-06T20:00", "demo"),
        ("4h it's needed", "up", "2026-03-02T13:00", "it's needed"),
        ("running until 22:00", "up", "2026-03-02T21:00", ""),
        ("alive 2h", "up", "2026-03-02T11:00", ""),
        ("asleep until Mon 08:00", "down", "2026-03-09T07:00", ""),
        ('OFF 2h "she said "wait""', "down", "2026-03-02T11:00", 'she said "wait"'),
        ('23:00 "never closed', "up", "2026-03-02T22:00", "never closed"),
        ("until 23:00 UTC", "up", "2026-03-02T23:00", ""),
        ('until 22:00 Asia/Kolkata "load test"', "up", "2026-03-02T16:30", "load test"),
        ("until 23:00 tomorrow", "up", "2026-03-03T22:00", ""),
        ("23:00 Fri", "up", "2026-03-06T22:00", ""),
        ("11 pm smoke test", "up", "2026-03-02T22:00", "smoke test"),
        ("1 h 30 m", "up", "2026-03-02T10:30", ""),
        ("1 h 30 m smoke test", "up", "2026-03-02T10:30", "smoke test"),
        ("until 23:00 for the load test", "up", "2026-03-02T22:00", "for the load test"),
        # Quoted text is a reason, whatever it says.
        ('until 23:00 "UTC"', "up", "2026-03-02T22:00", "UTC"),
        ('until 23:00 "may be needed"', "up", "2026-03-02T22:00", "may be needed"),
        ("until 23:00 “sat tests”", "up", "2026-03-02T22:00", "sat tests"),
        ("until 23:00 „tomorrow 9am“", "up", "2026-03-02T22:00", "tomorrow 9am"),
        ("4h ‘Mon demo’", "up", "2026-03-02T13:00", "Mon demo"),
        ("4h «IST»", "up", "2026-03-02T13:00", "IST"),
    ],
)
def test_typed_words_give_a_state_an_end_and_a_reason(text: str, state: str, until: str, reason: str) -> None:
    found = keep(text).at(NOW, BERLIN)
    assert (found.state, found.reason) == (state, reason)
    assert found.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


NOT_A_REASON = (
    "h",
    "Uhr",
    "pm",
    "o'clock",
    "30",
    "23:30",
    "- 23:30",
    "to 23:30",
    "+ 2h",
    "may be needed",
    "March on",
    "Saturdays only",
    "next week",
    "on 24.12.",
    "every day",
    "tonight's release",
    "in Berlin",
    "Berln",
    "German time",
    "tests UTC",
    "tests until Fri",
    "test, then 4h",
    "load test 22:00",
    "(UTC)",
    # Several days, or a misspelt day.
    "Mon-Fri",
    "Mon–Fri",
    "Mon/Tue",
    "both days",
    "monday-release",
    "tmrw",
    "tomorow",
    "Tueday",
    "next-week",
    "KW48",
    # Days in other languages.
    "Montag",
    "morgen",
    "lundi",
    "mañana",
    "Di",
    # Parts of zones: an area, two zones at once, a name joined by other characters.
    "Asia",
    "EST/PST",
    "UTC-test",
    "Europe_Berlin",
    "europe berlin",
    # More time, counted from what already holds or from now.
    "more",
    "longer",
    "extra for the demo",
    "again",
    "after work",
    "after the window",
)
REASONS = (
    "load test",
    "demo for Acme",
    "demo, then we are done",
    "do not stop",
    "release for Q4",
    "QA",
    "UAT",
    "deploy v2.3",
    "debugging orders-api",
    "on-call training",
    "match replay",
    "Nia is testing",
    "ticket OPS-123",
    "for the customer",
    "on behalf of Olu",
    "work on orders",
    "A/B test",
    "CI/CD",
)


@pytest.mark.parametrize("words", REASONS)
def test_a_reason_that_can_be_nothing_else_needs_no_quotes(words: str) -> None:
    for time in ("until 23:00", "2h"):
        assert keep(f"{time} {words}").reason == words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "How long?"),
        ("off", "How long?"),
        ('"smoke test"', "How long?"),
        ("tomorow", '"tomorow" is not a time;'),
        ("today 08:00 smoke test", '"today 08:00" has passed;'),
        ("2026-03-01T08:00", "has passed;"),
        ("0h", "is no time at all;"),
        ("2028-03-01T08:00", "is more than 366 days away."),
        ("until 22:00 IST", "did you mean Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?"),
        ("until 22:00 IST load test", "did you mean Asia/Kolkata"),
        ("until 23:00 Berlin", "did you mean Europe/Berlin?"),
        ("until 22:00 India", "did you mean Asia/Kolkata?"),
        ("until 23:00 New York demo", "did you mean America/New_York?"),
        ("until 23:00 Mumbai", "did you mean Asia/Kolkata?"),
        ("until 23:00 San Francisco", "did you mean America/Los_Angeles?"),
        ("until 23:00 Zürich", "did you mean Europe/Zurich?"),
        ("until 23:00 São Paulo", "did you mean America/Sao_Paulo?"),
        ('until 23:00 "load test" UTC', 'Nothing follows the reason; "UTC" goes before it'),
        ('"load test" 4h', 'Nothing follows the reason; "4h" goes before it'),
        ('4h load "test"', 'A reason after "4h" is in quotes as a whole, and "load" is not.'),
        ("until 23:00 UTC migration", "is in quotes as a whole"),
        ("until 23:00 sat tests", "is in quotes as a whole"),
        ("until yesterday", '"yesterday" is not a time;'),
        *((f"until 23:00 {words}", "may be meant as a part of the time") for words in NOT_A_REASON),
        *(
            (f"4h {words}", "may be meant as a part of the time")
            for words in ("UTC", "IST", "tomorrow", "Fri")
        ),
    ],
)
def test_a_text_that_is_no_time_or_has_passed_is_refused_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(TimeError) as wrong:
        keep(text).at(NOW, BERLIN)
    assert told in str(wrong.value)


@given(st.text(max_size=300))
def test_any_text_is_an_end_ahead_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = keep(text).at(NOW, BERLIN)
    except TimeError as wrong:
        assert len(str(wrong)) < 300
        return
    assert found.until > NOW
    assert len(found.reason) <= LONGEST_REASON


TIMES = ("23:00", "until 23:00", "11 pm", "4h", "1h30m", "tomorrow 9am", "Mon 08:00", "2026-03-06T21:00")
TAILS = (
    "UTC",
    "IST",
    "Europe/Berlin",
    "Berlin",
    "tomorrow",
    "Fri",
    "sat",
    "may",
    "+02:00",
    "Z",
    "h",
    "pm",
    "22:00",
)
PLAIN = ("smoke", "test", "needed", "for", "the", "demo")


@given(
    st.sampled_from(TIMES),
    st.lists(st.sampled_from(TAILS + PLAIN), max_size=4),
    st.sampled_from(["", '"why"', "“why”"]),
)
def test_every_word_belongs_to_the_time_or_the_reason_and_no_reason_is_a_time(
    time: str, words: list[str], why: str
) -> None:
    try:
        found = keep(" ".join([time, *words, why]))
    except TimeError:
        return
    reason = [why] if why else found.reason.split()
    assert [*found.when.text.split(), *reason] == [*time.split(), *words, *why.split()]
    assert why or not {*reason} & {"UTC", "IST", "Europe/Berlin", "tomorrow", "Fri", "22:00"}
    assert why or not {*reason[:1]} & {*TAILS}


def test_what_is_kept_is_cut_short_by_the_first_plan_against_it() -> None:
    def planned(name: str, hours: float, **fields: Any) -> Override:
        since = NOW + timedelta(hours=hours)
        made = replace(FIRST, id=name, state="down", since=since, until=since + timedelta(hours=1))
        return replace(made, planned_at=NOW, **fields)

    second, first = planned("second", 3), planned("first", 2)
    others = [
        planned("alike", 1, state="up"),
        planned("elsewhere", 1, environment="qa-eu"),
        planned("cancelled", 1, ended_at=NOW),
        planned("at its end", 4),
        planned("begun", 0.5, begun_at=NOW),
    ]
    assert cut_short(FIRST, [second, *others, first], NOW) == first
    assert cut_short(FIRST, others, NOW) is None
    assert cut_short(FIRST, [first], first.since) is None


def test_an_override_that_replaced_others_counts_from_the_first() -> None:
    def made(number: int, since: int, end: int, state: Literal["up", "down"] = "up") -> Override:
        at = [NOW + timedelta(hours=hour) for hour in (since, end)]
        return Override(str(number), "staging", state, at[0], NOW + timedelta(hours=24), ended_at=at[1])

    chain = [made(1, 0, 2), made(2, 2, 5), made(3, 5, 24)]
    assert unbroken(chain[2], chain) == NOW
    apart = [made(1, 0, 2), made(2, 3, 5), made(3, 5, 24)]
    assert unbroken(apart[2], apart) == NOW + timedelta(hours=3)
    off = [made(1, 0, 2, "down"), made(2, 2, 24)]
    assert unbroken(off[1], off) == NOW + timedelta(hours=2)
