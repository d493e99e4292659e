"""Edges with overrides, and which edge is acted on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from policies.schedule.claims import Claim, ClaimKey
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.transitions import LATE, Course, Edge, due, unsettled

WEEK = "Mon-Fri 08:00-20:00 UTC"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def course(*overrides: Override, text: str = WEEK, since: datetime | None = None) -> Course:
    return Course("staging", ScheduleRow("staging", text, since=since), overrides)


def override(state: str, since: datetime, until: datetime, **fields: object) -> Override:
    values = {"id": "o1", "environment": "staging", "state": state, "since": since, "until": until, **fields}
    return Override(**values)  # type: ignore[arg-type]


def told(edges: tuple[Edge, ...]) -> list[tuple[str, datetime]]:
    return [(e.action, e.instant) for e in edges]


def settled(edge: Edge, state: str = "opened", **fields: object) -> dict[ClaimKey, Claim]:
    return {edge.key: Claim(edge.key, edge.instant, state, edge.instant, **fields)}  # type: ignore[arg-type]


def test_a_working_day_has_a_start_and_a_stop() -> None:
    assert told(course().edges(at(0), at(24))) == [("start", at(8)), ("stop", at(20))]


def test_a_schedule_does_not_act_on_edges_before_it_took_effect() -> None:
    assert told(course(since=at(9)).edges(at(0), at(24))) == [("stop", at(20))]


def test_a_pause_removes_tonights_stop_and_its_end_stops_outside_the_window() -> None:
    kept = override("up", at(19), at(22))
    assert told(course(kept).edges(at(12), at(24))) == [("stop", at(22))]


def test_a_pause_until_the_morning_start_has_no_edge_of_its_own() -> None:
    kept = override("up", at(19), at(8, day=1))
    assert told(course(kept).edges(at(12), at(12, day=1))) == [("start", at(8, day=1))]


def test_a_pause_removed_early_stops_at_that_moment() -> None:
    kept = override("up", at(19), at(23), ended_at=at(21, 5))
    assert told(course(kept).edges(at(12), at(24))) == [("stop", at(21, 5))]


def test_a_pause_removed_before_the_stop_leaves_the_stop_where_it_was() -> None:
    kept = override("up", at(19), at(23), ended_at=at(19, 30))
    assert told(course(kept).edges(at(12), at(24))) == [("stop", at(20))]


def test_an_environment_kept_off_skips_its_start_and_starts_at_the_end() -> None:
    off = override("down", at(6), at(10))
    assert told(course(off).edges(at(0), at(12))) == [("start", at(10))]


def test_an_override_that_was_replaced_has_no_end_of_its_own() -> None:
    first = override("up", at(19), at(22), ended_at=at(21))
    second = override("up", at(21), at(23), id="o2")
    assert told(course(first, second).edges(at(12), at(24))) == [("stop", at(23))]


def test_overrides_of_other_environments_do_not_count() -> None:
    assert told(course(override("up", at(19), at(22), environment="qa")).edges(at(12), at(24))) == [
        ("stop", at(20))
    ]


def test_a_stop_only_schedule_stops_at_the_end_of_a_keep_that_took_its_stop() -> None:
    kept = override("up", at(18), at(22))
    stop_only = course(kept, text="Mon-Fri stop 20:00 UTC")
    assert told(stop_only.edges(at(12), at(24))) == [("stop", at(22))]
    early = course(override("up", at(12), at(15)), text="Mon-Fri stop 20:00 UTC")
    assert told(early.edges(at(11), at(24))) == [("stop", at(20))]


def test_only_the_latest_of_several_is_acted_on_and_the_others_are_skipped() -> None:
    edges = course().edges(at(0), at(21, day=2))
    found = due(edges, {}, at(20, 20, day=2))
    assert found.act is not None and (found.act.action, found.act.instant) == ("stop", at(20, day=2))
    assert [s.edge.instant for s in found.skip] == [at(8), at(20), at(8, day=1), at(20, day=1), at(8, day=2)]
    assert [s.reason for s in found.skip[:2]] == ["its next stop came first", "its next start came first"]


def test_a_claimed_transition_is_not_acted_on_again() -> None:
    edges = course().edges(at(9), at(24))
    assert due(edges, {}, at(20, 1)).act is edges[0]
    for state in ("opened", "skipped", "observed"):
        assert due(edges, settled(edges[0], state), at(20, 1)).act is None


def test_a_transition_that_is_a_day_late_is_skipped() -> None:
    edges = course().edges(at(9, day=4), at(23, day=4))
    late = edges[0].instant + LATE
    assert due(edges, {}, late).act is edges[0]
    found = due(edges, {}, late + timedelta(seconds=1))
    assert found.act is None
    assert [s.edge for s in found.skip] == [edges[0]]


def test_a_postponed_transition_waits_for_its_next_try_however_late() -> None:
    edges = course().edges(at(9), at(24))
    claims = settled(edges[0], "postponed", next_try=at(20, 10))
    assert due(edges, claims, at(20, 9)).act is None
    assert due(edges, claims, at(20, 10)).act is edges[0]
    assert due(edges, claims, at(20) + LATE + timedelta(hours=2)).act is edges[0]


def test_a_transition_that_somebody_countermanded_is_skipped() -> None:
    edges = course().edges(at(9), at(24))
    found = due(edges, {}, at(20, 1), wanted="up")
    assert found.act is None
    assert "asked otherwise" in found.skip[0].reason


def test_nothing_is_skipped_twice() -> None:
    edges = course().edges(at(0), at(24))
    first = due(edges, {}, at(20, 1))
    claims = settled(first.skip[0].edge, "skipped")
    assert due(edges, claims, at(20, 1)).skip == ()


def test_the_earliest_open_transition_is_looked_at_again() -> None:
    edges = course().edges(at(0), at(24))
    assert unsettled(edges, {}, at(7)) is None
    assert unsettled(edges, {}, at(20)) == at(8)
    claims = {**settled(edges[0]), **settled(edges[1], "postponed")}
    assert unsettled(edges, claims, at(20)) == at(20)


def test_an_edges_key_is_stable_and_differs_every_day() -> None:
    days = {e.key for d in range(5) for e in course().edges(at(0, day=d), at(24, day=d))}
    assert len(days) == 10
    assert course().edges(at(9), at(24))[0].key.day == date(2026, 11, 23)
