"""Which lines are shown: page by page all of them once, whatever the pages, and no secret on any of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.logs.lines import APART, LINES, ROOM, Cut, Event, Line, Page, Wanted, page
from policies.secrets.shapes import MARK

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=1)
SECRET = "x9Tr0ub4dor3hunterQ7"
PLANTED = (
    [f"password={SECRET} ok"],
    ["DB_PASSWORD=", SECRET],
    [f"token={SECRET[:9]}", f"{SECRET[9:]} done"],
    ["-----BEGIN RSA " + "PRIVATE KEY-----", SECRET, SECRET, "-----END RSA " + "PRIVATE KEY-----"],
    [f'{{"apiKey": "{SECRET}"}}'],
    [f"\x1b[31mpass\x1b[0mword={SECRET}"],
)


def read(events: list[Event], cut: Cut, limit: int) -> Page:
    """Read like an adapter: the newest ``limit`` events up to the cut, and a little from before."""
    found = [e for e in events if SINCE - APART <= e.at <= cut.at]
    return page(found[-limit:], Wanted(SINCE, cut), whole=len(found) <= limit)


def every_page(events: list[Event], limit: int) -> list[Line]:
    shown: list[Line] = []
    cut: Cut | None = Cut(NOW)
    for _ in range(500):
        assert cut is not None
        found = read(events, cut, limit)
        assert len(found.lines) <= LINES
        shown = [*found.lines, *shown]
        cut = found.older
        if cut is None or cut.at < SINCE:
            return shown
    raise AssertionError("the pages have no end")


_GAPS = st.lists(st.integers(0, 4_000), max_size=60)


@given(_GAPS, st.integers(60, 200), st.integers(1, 3))
def test_the_pages_together_show_every_line_once_and_in_order(
    gaps: list[int], limit: int, streams: int
) -> None:
    at, events = NOW, list[Event]()
    for number, gap in enumerate(gaps):
        at -= timedelta(milliseconds=gap)
        events.insert(0, Event(at, f"s{number % streams}", f"line {number}"))
    shown = every_page(events, limit)
    assert [line.text for line in shown] == [e.text for e in events]


@given(
    st.sampled_from(PLANTED),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(45, 90),
    st.sampled_from((0, 10, 700)),
)
def test_no_planted_secret_survives_on_any_page(
    planted: list[str], before: int, after: int, limit: int, apart: int
) -> None:
    texts = [*(f"line {n}" for n in range(before)), *planted, *(f"more {n}" for n in range(after))]
    last = len(texts) - 1
    events = [
        Event(NOW - timedelta(milliseconds=apart * (last - n)), "s", text) for n, text in enumerate(texts)
    ]
    shown = every_page(events, limit)
    assert not any(SECRET in line.text or SECRET[9:] in line.text for line in shown)
    assert any(MARK in line.text for line in shown)


def test_a_secret_is_hidden_although_its_name_lies_before_the_span() -> None:
    events = [
        Event(SINCE - timedelta(seconds=1), "s", "DB_PASSWORD="),
        Event(SINCE + timedelta(seconds=1), "s", SECRET),
    ]
    (line,) = read(events, Cut(NOW), 50).lines
    assert line.text == MARK


def test_a_text_is_looked_for_in_what_is_shown_alone() -> None:
    events = [Event(NOW, "s", f"password={SECRET} ok")]
    for text, found in (("ok", 1), (SECRET, 0), (SECRET[:3], 0)):
        wanted = Wanted(SINCE, Cut(NOW), lambda line, text=text: text in line)  # type: ignore[misc]
        assert len(page(events, wanted, whole=True).lines) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 262_144, "…"),
        (f"ERROR {'x' * 9_000}", "ERROR…"),
        ("{" * 100_000, "…"),
        (
            f'{{"level":"error","msg":"no-route","body":"{"x" * 9_000}"}}',
            '{"level":"error","msg":"no-route"…',
        ),
        (f'{{"level":"error","password":"{SECRET}{"x" * 9_000}"}}', '{"level":"error"…'),
        (f'{{"password":"{SECRET}","body":"{"x" * 9_000}"}}', f'{{"password":"{MARK}"…'),
        (f"token={SECRET}{'x' * 9_000}", "…"),
    ],
)
def test_a_line_that_is_too_long_and_has_no_space_is_not_shown_as_if_nothing_was_written(
    text: str, shown: str
) -> None:
    found = page([Event(NOW, "s", text)], Wanted(NOW - timedelta(hours=1), Cut(NOW)), whole=True)
    assert [line.text for line in found.lines] == [shown]


def test_long_lines_are_cut_after_they_are_redacted_and_the_page_has_its_room() -> None:
    long = "word " * 55 + f"password={SECRET} " + "word " * 400
    events = [Event(NOW - timedelta(seconds=n), "s", long) for n in range(40)][::-1]
    found = read(events, Cut(NOW), 100)
    assert sum(len(line.text) + 1 for line in found.lines) <= ROOM
    assert not any(SECRET[:4] in line.text for line in found.lines)
    assert found.older is not None
