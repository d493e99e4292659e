"""What days came to, taken together."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.spans import Source
from policies.cost.statement import Group, group, on_by_day, statement, while_off
from policies.cost.usage import ON, UsageRow

MON, TUE = date(2026, 3, 2), date(2026, 3, 3)
DAY = 86_400
VCPU, RDS, SSD = "fargate.vcpu.x86", "rds.db.t4g.medium.postgres.single", "rds.storage.gp3"


def row(service: str, item: str, micros: int | None, **fields: object) -> UsageRow:
    given: dict[str, object] = {"environment": "staging", "day": MON, "used": 1_000 * DAY}
    return UsageRow(service=service, item=item, micros=micros, **(given | fields))  # type: ignore[arg-type]


def on(hours: int, day: date = MON) -> UsageRow:
    return UsageRow("staging", "", day, ON, hours * 3_600, None)


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (VCPU, Group.TASKS),
        ("fargate.licence.windows", Group.TASKS),
        ("fargate.storage", Group.TASKS),
        ("spot.gb.arm", Group.TASKS),
        (RDS, Group.DATABASES),
        (SSD, Group.STORAGE),
        ("cache.cache.t4g.micro.valkey", Group.CACHES),
        ("elb.application", Group.BALANCERS),
        ("ipv4", Group.ADDRESSES),
        ("nat.hour", Group.OTHERS),
    ],
)
def test_an_item_is_of_what_people_name(item: str, what: Group) -> None:
    assert group(item) is what


def test_services_add_up_and_what_has_no_price_is_named_and_not_nothing() -> None:
    rows = [
        row("api", VCPU, 900_000, priced="price list 2026-03-01"),
        row("api", "fargate.gb.x86", 100_000, priced="price list 2026-03-01"),
        row("api", VCPU, 1, day=TUE, priced="built-in table 2026-02-01"),
        row("legacy", "fargate.vcpu.windows", None),
        row("orders-db", RDS, 2_000_000, priced="price list 2026-03-01"),
        on(10),
        on(4, TUE),
    ]
    found = statement(rows)
    assert found.micros == 3_000_001
    assert {name: s.micros for name, s in found.services.items()} == {
        "api": 1_000_001,
        "legacy": 0,
        "orders-db": 2_000_000,
    }
    assert found.services["orders-db"].groups == {Group.DATABASES}
    assert found.unpriced == ("legacy",)
    assert on_by_day(rows) == {MON: 10 * 3_600, TUE: 4 * 3_600}
    assert found.prices == ("built-in table 2026-02-01", "price list 2026-03-01")
    assert found.guessed == frozenset()


def test_back_filled_days_are_told_apart() -> None:
    found = statement([row("api", VCPU, 5, source=Source.INSIGHTS), row("api", VCPU, 5, day=TUE)])
    assert found.guessed == {MON}


def test_of_a_day_all_off_everything_that_was_there_was_paid_while_off() -> None:
    rows = [
        row("orders-db", RDS, 1_000),
        row("orders-db", SSD, 300, used=100_000 * DAY),
        row("front", "elb.application", 200),
        row("front", "ipv4", 40, used=2_000 * DAY),
    ]
    assert while_off(rows, {MON: DAY}) == {
        Group.DATABASES: 1_000,
        Group.STORAGE: 300,
        Group.BALANCERS: 200,
        Group.ADDRESSES: 40,
    }


def test_what_ran_as_long_as_the_tasks_cost_nothing_while_off() -> None:
    """On from 08:00 to 20:00, and the database with it; its storage and the balancer all day."""
    rows = [
        on(12),
        row("api", VCPU, 5_000, used=500 * DAY // 2),
        row("api", "ipv4", 30, used=3_000 * DAY // 2),
        row("orders-db", RDS, 1_000, used=1_000 * DAY // 2),
        row("orders-db", SSD, 300, used=100_000 * DAY),
        row("front", "elb.application", 200),
    ]
    assert while_off(rows, {MON: DAY}) == {Group.STORAGE: 150, Group.BALANCERS: 100}


def test_a_database_that_was_left_on_cost_what_it_was_on_beyond_the_tasks() -> None:
    """Eighteen hours, of which tasks ran twelve."""
    rows = [on(12), row("orders-db", RDS, 1_800, used=1_000 * 18 * 3_600)]
    assert while_off(rows, {MON: DAY}) == {Group.DATABASES: 600}


def test_a_day_of_which_nothing_is_known_says_nothing() -> None:
    assert while_off([row("orders-db", RDS, 1_000)], {}) == {}


items = st.sampled_from([VCPU, RDS, SSD, "elb.application", "ipv4", "nat.hour", ON])
rows = st.lists(
    st.builds(
        UsageRow,
        st.sampled_from(["staging", "qa"]),
        st.sampled_from(["api", "db", ""]),
        st.sampled_from([MON, TUE]),
        items,
        st.integers(0, 10**9),
        st.none() | st.integers(0, 10**12),
    ),
    max_size=40,
)


@given(rows, st.integers(0, 90_000))
def test_no_more_is_paid_while_off_than_at_all_and_services_make_the_sum(
    found: list[UsageRow], length: int
) -> None:
    whole = statement(found)
    assert whole.micros == sum(s.micros for s in whole.services.values())
    assert sum(while_off(found, {MON: length, TUE: length}).values()) <= whole.micros
