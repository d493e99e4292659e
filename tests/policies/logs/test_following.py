"""A log that is followed: each line is shown once, however the looks cut it and however late it comes in, and
no cut shows a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.logs.following import HOLD, MOST_KNOWN, OVERLAP, Shown, Tail, Tails, look, new, shown, since
from policies.logs.lines import LINES, ROOM, Event, Seen
from policies.secrets.shapes import MARK
from tests.policies.logs.test_lines import NOW, PLANTED, SECRET

TINY = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Came:
    """A line, and how long after it was written CloudWatch had it."""

    event: Event
    late: timedelta = timedelta()


def follow(
    came: Sequence[Came], looks: Sequence[datetime], *, limit: int = 10_000, until: datetime | None = None
) -> tuple[list[Seen], bool]:
    """Look at these instants, as somebody who follows from ``NOW`` on."""
    tails: Tails = {}
    seen: list[Seen] = []
    gap = False
    streams = {c.event.stream for c in came}
    for now in looks:
        begin = since(tails, streams, NOW)
        there = [c.event for c in came if c.event.at + c.late <= now and c.event.at >= begin]
        there.sort(key=lambda e: e.at)
        found = look(there[-limit:], begin, now, whole=len(there) <= limit)
        made = new(tails, found, streams, NOW, until or now)
        tails, seen, gap = made.tails, [*seen, *made.seen], gap or made.gap
    return seen, gap


def at(seconds: float) -> datetime:
    return NOW + timedelta(milliseconds=round(seconds * 1_000))


def line(number: int, seconds: float, text: str = "", stream: str = "s") -> Event:
    return Event(at(seconds), stream, text or f"line {number}", f"{number:056}")


_LATE = st.floats(0, OVERLAP.total_seconds() - 12)
_LOOKS = st.lists(st.floats(0.2, 9), min_size=1, max_size=8)


def _instants(gaps: Sequence[float]) -> list[datetime]:
    """Return the looks, and two more once everything has come in."""
    now, found = 0.0, list[datetime]()
    for gap in gaps:
        now += gap
        found.append(at(now))
    return [*found, at(max(now, 200)), at(max(now, 200) + 60)]


@given(st.lists(st.tuples(st.floats(0, 3), _LATE), max_size=25), st.integers(1, 3), _LOOKS)
def test_every_line_is_shown_once_however_late_it_comes_in(
    lines: list[tuple[float, float]], streams: int, gaps: list[float]
) -> None:
    now, came = 0.0, list[Came]()
    for number, (gap, late) in enumerate(lines):
        now += gap
        came.append(Came(line(number, now, stream=f"s{number % streams}"), timedelta(seconds=late)))
    seen, gap_ = follow(came, _instants(gaps))
    assert sorted(s.text or "" for s in seen) == sorted(c.event.text for c in came)
    assert not gap_


@given(
    st.sampled_from(PLANTED),
    st.integers(0, 25),
    st.integers(2, 8),
    st.sampled_from((0.0, 0.01, 0.7)),
    st.floats(0, 5),
    _LOOKS,
)
def test_no_planted_secret_survives_wherever_a_look_cuts(
    planted: list[str], before: int, after: int, apart: float, late: float, gaps: list[float]
) -> None:
    texts = [*(f"line {n}" for n in range(before)), *planted, *(f"more {n}" for n in range(after))]
    batch = before + len(planted) // 2
    """Where the driver ends a batch: the rest comes in that much later."""
    came = [
        Came(line(number, number * apart, text), timedelta(seconds=0 if number < batch else late))
        for number, text in enumerate(texts)
    ]
    seen, _ = follow(came, _instants(gaps))
    told = [s.text or "" for s in seen]
    assert not any(SECRET in text or SECRET[9:] in text or SECRET[:9] in text for text in told)
    assert any(MARK in text for text in told)
    assert [t for t in told if t.startswith("line")] == texts[:before]
    assert [t for t in told if t.startswith("more")][-(after - 1) :] == texts[before + len(planted) + 1 :]


def test_the_newest_line_waits_for_the_next_one() -> None:
    came = [Came(line(0, 0, "AKIAIOSFODNN"))]
    assert follow(came, [at(1)]) == ([], False)
    assert len(follow(came, [at(1), at(HOLD.total_seconds())])[0]) == 1
    assert len(follow([*came, Came(line(1, 2))], [at(3)])[0]) == 1


def test_a_line_that_comes_in_too_late_is_left_out_rather_than_one_shown_twice() -> None:
    late = Came(line(0, 0), OVERLAP + timedelta(seconds=60))
    others = [Came(line(n, n * 5)) for n in range(1, 30)]
    seen, _ = follow([late, *others], [at(n * 5) for n in range(40)])
    assert [s.text for s in seen] == [c.event.text for c in others]


def test_lines_after_the_end_are_not_shown() -> None:
    came = [Came(line(n, n)) for n in range(20)]
    seen, _ = follow(came, [at(5), at(60)], until=at(10))
    assert [s.text for s in seen] == [f"line {n}" for n in range(11)]


def test_more_than_can_be_read_leaves_a_gap_that_is_said_and_nothing_comes_twice() -> None:
    came = [Came(line(n, n / 50)) for n in range(1_500)]
    seen, gap = follow(came, [at(10), at(11), at(31), at(50)], limit=400)
    texts = [s.text for s in seen]
    assert gap
    assert len(texts) == len(set(texts))
    assert texts == sorted(texts, key=lambda t: int((t or "").split()[1]))
    assert texts[-1] == "line 1499"


def test_lines_of_a_quiet_stream_beside_a_very_busy_one_are_shown_or_said_to_be_missing() -> None:
    busy = [Came(line(n, n / 200)) for n in range(3_000)]
    quiet = [Came(line(5_000 + n, n, stream="quiet")) for n in range(15)]
    seen, gap = follow([*busy, *quiet], [at(n) for n in range(1, 40)], limit=600)
    assert gap or len(seen) == 3_015


def test_a_reading_of_which_nothing_can_be_judged_moves_nothing() -> None:
    tails: Tails = {"s": Tail(NOW)}
    came = new(tails, look([], NOW, at(5), whole=False), {"s"}, NOW, at(5))
    assert (came.tails, came.seen, came.gap) == (tails, (), True)


def test_a_reading_that_reaches_what_was_shown_leaves_no_gap_although_it_is_not_whole() -> None:
    came = [Came(line(n, n / 10)) for n in range(600)]
    seen, gap = follow(came, [at(n) for n in range(1, 90, 3)], limit=300)
    assert not gap
    assert [s.text for s in seen] == [f"line {n}" for n in range(600)]


def test_what_is_remembered_of_a_busy_log_is_bounded_and_nothing_comes_twice() -> None:
    came = [Came(line(n, n / 200)) for n in range(3_000)]
    tails: Tails = {}
    texts: list[str | None] = []
    for now in (at(n) for n in range(3, 30, 3)):
        begin = since(tails, {"s"}, NOW)
        there = [c.event for c in came if begin <= c.event.at <= now]
        made = new(tails, look(there, begin, now, whole=True), {"s"}, NOW, now)
        tails = made.tails
        texts += [s.text for s in made.seen]
        assert len(tails["s"].known) <= MOST_KNOWN
    assert texts == [c.event.text for c in came]


def test_a_quiet_stream_does_not_make_every_look_long() -> None:
    came = [Came(line(0, 0, stream="quiet")), *(Came(line(n, n)) for n in range(1, 200))]
    tails: Tails = {}
    for now in (at(n) for n in range(3, 200, 3)):
        begin = since(tails, {"s", "quiet"}, NOW)
        there = [c.event for c in came if begin <= c.event.at <= now]
        tails = new(tails, look(there, begin, now, whole=True), {"s", "quiet"}, NOW, now).tails
    assert at(198) - since(tails, {"s", "quiet"}, NOW) < timedelta(minutes=1)


@given(st.lists(st.lists(st.integers(0, 700), max_size=40), max_size=8))
def test_the_block_is_bounded_and_counts_what_it_no_longer_shows(polls: list[list[int]]) -> None:
    block, every = Shown(), list[str]()
    for poll in polls:
        texts = [f"{n} " + "word " * (length // 5) for n, length in enumerate(poll, len(every))]
        every += texts
        block = shown(block, [Seen(NOW, "s", text, known=True) for text in texts])
        assert len(block.lines) <= LINES
        assert len(block.lines) <= 1 or sum(len(each.text) + 1 for each in block.lines) <= ROOM
        assert block.count == len(every)
    kept = [text.split()[0] for text in every[block.earlier :]]
    assert [each.text.split()[0] for each in block.lines] == kept


@given(st.floats(0, 5.5), _LOOKS)
def test_a_key_that_is_cut_in_two_is_hidden_although_its_second_half_comes_in_later(
    late: float, gaps: list[float]
) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    halves = line(0, 0, f"key {key[:12]}"), line(1, 0.04, f"{key[12:]} done")
    came = [Came(halves[0]), Came(halves[1], timedelta(seconds=late)), Came(line(2, 20))]
    seen, _ = follow(came, _instants(gaps))
    told = " ".join(s.text or "" for s in seen)
    assert key[:12] not in told
    assert key[12:] not in told
    assert "key" in told
