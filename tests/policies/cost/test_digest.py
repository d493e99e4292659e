from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.cost.digest import Figure, Line, Looked, Moved, hours, lines, movers, services, totals
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow
from policies.times.weeks import Week

WEEK = Week(2026, 48)
DOLLAR = 1_000_000


def row(
    micros: int | None = DOLLAR,
    *,
    place: str = "staging",
    service: str = "web",
    weeks_ago: int = 0,
    item: str = "fargate.vcpu.x86",
    used: int = 1,
    source: Source = Source.SEEN,
    day: int = 2,
) -> UsageRow:
    local = WEEK.first + timedelta(days=day - 7 * weeks_ago)
    return UsageRow(place, service, local, item, used, micros, "price list 2026-11-01", source)


def line(now: int | None, before: int | None, name: str = "staging") -> Line:
    return Line(name, (Figure(), Figure(), Figure(before), Figure(now)))


def only(*rows: UsageRow, watched: tuple[str, ...] = ()) -> Line:
    (found,) = lines(rows, ["staging"], WEEK, Looked(watched))
    return found


def test_each_week_is_summed_from_monday_to_sunday() -> None:
    rows = [
        row(DOLLAR, day=0),
        row(2 * DOLLAR, day=6),
        row(5 * DOLLAR, weeks_ago=1, day=6),
        row(7, weeks_ago=3),
    ]
    found = only(*rows)
    assert [f.micros for f in found.weeks] == [7, None, 5 * DOLLAR, 3 * DOLLAR]
    assert (found.micros, found.before, found.change) == (3 * DOLLAR, 5 * DOLLAR, -2 * DOLLAR)


def test_use_without_a_price_is_not_zero() -> None:
    assert only(row(None)).weeks[-1] == Figure(None, whole=False)
    assert only(row(None), row(3)).weeks[-1] == Figure(3, whole=False)


def test_an_unknown_week_has_no_figure_and_no_change() -> None:
    found = only(row(DOLLAR, weeks_ago=1))
    assert (found.micros, found.change, found.gap) == (None, None, True)


def test_a_week_in_which_somebody_looked_and_found_nothing_cost_nothing() -> None:
    found = only(row(DOLLAR, weeks_ago=1), watched=("staging",))
    assert (found.micros, found.change, found.gap) == (0, -DOLLAR, False)


def test_running_time_is_no_money() -> None:
    assert only(row(DOLLAR), row(None, item=ON, used=3600)).weeks[-1] == Figure(DOLLAR)


def test_a_back_filled_week_is_less_certain_and_no_gap() -> None:
    found = only(row(source=Source.INSIGHTS))
    assert (found.backfilled, found.gap) == (True, False)


def test_a_back_filled_week_is_compared_with_the_tasks_of_a_metered_week() -> None:
    """A back-filled week contains only tasks: compared with it, a database that was there all the time would
    look new.
    """
    metered = [row(), row(5 * DOLLAR, item="rds.db.t4g.medium.postgres.single", service="db")]
    found = only(*metered, row(DOLLAR // 4, weeks_ago=1, source=Source.INSIGHTS))
    assert (found.micros, found.before, found.change) == (6 * DOLLAR, DOLLAR // 4, DOLLAR * 3 // 4)
    assert (found.alike, found.history, found.backfilled) == (False, True, False)
    assert services([*metered, row(weeks_ago=1)], WEEK, tasks=True) == ()
    in_part = only(row(), row(source=Source.INSIGHTS, day=0), row(weeks_ago=1, source=Source.INSIGHTS))
    assert (in_part.change, in_part.alike) == (DOLLAR, False)
    spot = only(row(item="spot.vcpu.x86"), row(weeks_ago=1, source=Source.INSIGHTS))
    assert spot.change is None
    both = only(row(3, source=Source.INSIGHTS), row(1, weeks_ago=1, source=Source.INSIGHTS))
    assert (both.change, both.alike) == (2, True)
    assert movers([found]) == ()


def test_a_week_before_in_which_nobody_looked_for_a_while_is_marked() -> None:
    rows = [row(), row(weeks_ago=1)]
    (gap,) = lines(rows, ["staging"], WEEK, Looked(["staging"]))
    (none,) = lines(rows, ["staging"], WEEK, Looked(["staging"], ["staging"]))
    assert (gap.gap, gap.gap_before, none.gap_before) == (False, True, False)


def test_a_gap_after_the_back_filled_days_of_a_week_counts_as_a_gap() -> None:
    rows = [row(source=Source.INSIGHTS, day=0), row(day=6), row(source=Source.INSIGHTS, weeks_ago=1)]
    (found,) = lines(rows, ["staging"], WEEK, Looked(torn=["staging"], torn_before=["staging"]))
    assert (found.gap, found.gap_before, found.backfilled) == (True, True, True)


def test_a_week_before_in_which_somebody_looked_and_found_nothing_cost_nothing() -> None:
    (found,) = lines([row(DOLLAR)], ["staging"], WEEK, Looked(["staging"], ["staging"]))
    assert (found.before, found.change) == (0, DOLLAR)


def test_resources_that_only_these_environments_share_are_a_line() -> None:
    rows = [row(place="qa-eu+staging"), row(place="production+staging"), row()]
    found = lines(rows, ["staging", "qa-eu"], WEEK)
    assert {each.name for each in found} == {"staging", "qa-eu", "qa-eu+staging"}
    assert [each.name for each in found if each.shared] == ["qa-eu+staging"]


def test_the_most_expensive_lines_come_first() -> None:
    rows = [row(1, place="a"), row(3, place="b"), row(2, place="c")]
    assert [each.name for each in lines(rows, "abcd", WEEK)] == ["b", "c", "a", "d"]


@given(
    st.lists(
        st.builds(
            row,
            st.one_of(st.none(), st.integers(0, 10**9)),
            place=st.sampled_from(["a", "b", "a+b"]),
            service=st.sampled_from(["web", "db"]),
            weeks_ago=st.integers(0, 3),
            day=st.integers(0, 6),
        )
    )
)
def test_lines_sum_to_the_total_and_days_to_the_week(rows: list[UsageRow]) -> None:
    found = lines(rows, ["a", "b"], WEEK)
    known = [r.micros for r in rows if r.micros is not None and WEEK.first <= r.day <= WEEK.last]
    assert totals(found).micros == (sum(known) if known else None)
    assert sum(f.micros or 0 for each in found for f in each.weeks) == sum(r.micros or 0 for r in rows)


def test_the_total_change_covers_lines_whose_two_weeks_are_known() -> None:
    sums = totals([line(10, 4, "a"), line(100, None, "b"), line(None, 50, "c")])
    assert (sums.micros, sums.before, sums.change, sums.part) == (110, 4, 6, True)
    assert not totals([line(10, 4, "a"), line(None, 50, "c")]).part
    assert (sums.whole, totals([line(10, 4, "a"), line(100, None, "b")]).whole) == (False, True)
    assert totals([line(None, None)]).micros is None


def test_movers_are_the_lines_that_changed_most_and_enough() -> None:
    given_lines = [
        line(30 * DOLLAR, 10 * DOLLAR, "up"),
        line(10 * DOLLAR, 40 * DOLLAR, "down"),
        line(DOLLAR // 2, 0, "cents"),
        line(1_002 * DOLLAR, 1_000 * DOLLAR, "same"),
        line(9 * DOLLAR, None, "new here"),
        line(12 * DOLLAR, 10 * DOLLAR, "a little"),
        line(14 * DOLLAR, 10 * DOLLAR, "more"),
    ]
    assert [each.name for each in movers(given_lines)] == ["down", "up", "more"]


def test_services_that_changed_are_named_with_what_is_new_and_what_is_gone() -> None:
    rows = [
        row(9 * DOLLAR, service="worker"),
        row(5 * DOLLAR, service="old", weeks_ago=1),
        row(DOLLAR, service="web"),
        row(DOLLAR, service="web", weeks_ago=1),
    ]
    assert services(rows, WEEK) == (
        Moved("worker", 9 * DOLLAR, new=True),
        Moved("old", -5 * DOLLAR, gone=True),
    )


def test_hours_on_are_compared_and_unknown_where_none_are_kept() -> None:
    rows = [row(None, item=ON, used=50 * 3600, weeks_ago=1), row(None, item=ON, used=80 * 3600)]
    assert hours(rows, WEEK) == (50, 80)
    assert hours([row()], WEEK) is None


def test_the_last_day_of_a_year_of_53_weeks_is_in_its_last_week() -> None:
    last = UsageRow("staging", "web", date(2027, 1, 3), "fargate.vcpu.x86", 1, DOLLAR)
    (found,) = lines([last], ["staging"], Week(2026, 53))
    assert found.micros == DOLLAR
