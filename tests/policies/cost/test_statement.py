"""What days cost, summed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.spans import Source
from policies.cost.statement import Group, dearest, group, statement, while_off
from policies.cost.usage import ON, Total

MON = date(2026, 3, 2)
DAY = 86_400
VCPU, RDS, SSD = "fargate.vcpu.x86", "rds.db.t4g.medium.postgres.single", "rds.storage.gp3"


def of(service: str, item: str, micros: int, **fields: Any) -> Total:
    given: dict[str, Any] = {
        "used": 1_000 * DAY,
        "unpriced": False,
        "priced": "",
        "source": Source.SEEN,
        "first": MON,
    }
    return Total("staging", service, item, micros=micros, **({"days": 1} | given | fields))


def on(hours: int) -> Total:
    return of("", ON, 0, used=hours * 3_600, unpriced=True)


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
        ("cache.stored.redis", Group.CACHES),
        ("cache.serverless", Group.CACHES),
        ("aurora.storage", Group.STORAGE),
        ("aurora.acu.aurora-mysql", Group.DATABASES),
        ("rds.storage.aurora-iopt1", Group.STORAGE),
        ("rds.iops.gp3", Group.STORAGE),
        ("rds.throughput.gp3", Group.STORAGE),
        ("elb.application", Group.BALANCERS),
        ("ipv4", Group.ADDRESSES),
        ("nat.hour", Group.OTHERS),
    ],
)
def test_each_item_belongs_to_a_group_that_people_name(item: str, what: Group) -> None:
    assert group(item) is what


def test_only_a_service_with_a_contested_price_is_named_as_contested() -> None:
    licence = "fargate.licence.windows"
    found = statement([of("api", VCPU, 1), of("legacy", licence, 1), of("new", licence, 0, unpriced=True)])
    assert found.contested == ("legacy",)


def test_a_sum_floats_only_with_a_price_of_spot_in_it() -> None:
    assert not statement([of("api", VCPU, 1), of("api", "spot.vcpu.arm", 0, unpriced=True)]).floating
    assert statement([of("api", VCPU, 1), of("api", "spot.vcpu.x86", 1)]).floating


def test_services_add_up_and_one_without_a_price_is_named_and_not_zero() -> None:
    found = statement(
        [
            of("api", VCPU, 900_000, priced="price list 2026-03-01"),
            of("api", "fargate.gb.x86", 100_001, priced="built-in table 2026-02-01"),
            of("legacy", "fargate.vcpu.windows", 0, unpriced=True),
            of("mixed", VCPU, 7, unpriced=True),
            of("orders-db", RDS, 2_000_000, priced="price list 2026-03-01"),
            on(10),
        ]
    )
    assert found.micros == 3_000_008
    assert {name: s.micros for name, s in found.services.items()} == {
        "api": 1_000_001,
        "legacy": 0,
        "mixed": 7,
        "orders-db": 2_000_000,
    }
    assert found.services["orders-db"].groups == {Group.DATABASES}
    assert found.unpriced == ("legacy", "mixed")
    assert found.on == 10 * 3_600
    assert found.prices == ("built-in table 2026-02-01", "price list 2026-03-01")
    assert found.guessed == 0


def test_only_services_that_none_elsewhere_can_exceed_are_the_most_expensive() -> None:
    totals = [of(name, VCPU, micros) for name, micros in (("a", 5), ("b", 9), ("c", 7), ("d", 0), ("", 99))]
    totals += [of("a", RDS, 1), on(3)]
    assert dearest(totals, 3) == (("staging", "b", 9), ("staging", "c", 7), ("staging", "a", 6))
    assert dearest(totals, 9, least=7) == (("staging", "b", 9), ("staging", "c", 7))
    assert dearest(totals, 9)[-1] == ("staging", "a", 6)


def test_back_filled_days_are_counted() -> None:
    guessed = [of(name, VCPU, 5, source=Source.INSIGHTS, days=n) for name, n in (("a", 3), ("b", 12))]
    assert statement([*guessed, of("a", VCPU, 5, days=20)]).guessed == 12


def test_everything_was_paid_while_off_if_no_task_ran() -> None:
    totals = [
        of("orders-db", RDS, 1_000),
        of("orders-db", SSD, 300, used=100_000 * DAY),
        of("front", "elb.application", 200),
        of("front", "ipv4", 40, used=2_000 * DAY),
    ]
    assert while_off(totals, DAY) == {
        Group.DATABASES: 1_000,
        Group.STORAGE: 300,
        Group.BALANCERS: 200,
        Group.ADDRESSES: 40,
    }


def test_a_database_that_ran_only_with_the_tasks_cost_nothing_while_off() -> None:
    """On from 08:00 to 20:00, and the database with the tasks; its storage and the balancer all day."""
    totals = [
        on(12),
        of("api", VCPU, 5_000, used=500 * DAY // 2),
        of("api", "ipv4", 30, used=3_000 * DAY // 2),
        of("orders-db", RDS, 1_000, used=1_000 * DAY // 2),
        of("orders-db", SSD, 300, used=100_000 * DAY),
        of("front", "elb.application", 200),
    ]
    assert while_off(totals, DAY) == {Group.STORAGE: 150, Group.BALANCERS: 100}


def test_a_database_that_was_left_on_cost_its_time_beyond_the_tasks() -> None:
    """The database is on for eighteen hours, and tasks run for twelve of them."""
    totals = [on(12), of("orders-db", RDS, 1_800, used=1_000 * 18 * 3_600)]
    assert while_off(totals, DAY) == {Group.DATABASES: 600}


def test_nothing_was_paid_if_no_time_has_passed() -> None:
    assert while_off([of("orders-db", RDS, 1_000)], 0) == {}


items = st.sampled_from([VCPU, RDS, SSD, "elb.application", "ipv4", "nat.hour", ON])
totals = st.lists(
    st.builds(
        Total,
        st.just("staging"),
        st.sampled_from(["api", "db", ""]),
        items,
        st.integers(0, 10**9),
        st.integers(0, 10**12),
        st.booleans(),
        st.just(""),
        st.sampled_from(Source),
        st.just(MON),
        st.just(1),
    ),
    max_size=40,
)


@given(totals, st.integers(0, 90_000))
def test_no_more_is_paid_while_off_than_in_total_and_services_add_up(found: list[Total], passed: int) -> None:
    whole = statement(found)
    assert whole.micros == sum(s.micros for s in whole.services.values())
    assert whole.micros == sum(t.micros for t in found if t.item != ON)
    assert sum(while_off(found, passed).values()) <= whole.micros
