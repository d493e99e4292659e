"""The meter counts every second of every task once, whatever happens to the task or to the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from handlers.clock.meter import AT_ONCE, Look
from handlers.ports.ledger import Watched
from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, StoreLost, Throttled
from policies.cost.by_use import ByUse
from policies.cost.prices import Price, PriceSource
from policies.cost.spans import Kind, Part, shared_name
from policies.service.environment import TagPick
from tests.handlers.clock.meters import MONDAY, MeterStage, metered
from tests.handlers.world import PRODUCTION, QA, STAGING, environment

DAY, TOMORROW = MONDAY.date(), MONDAY.date() + timedelta(days=1)
DENIED = Denied("AWS did not allow the bot to read the tasks of staging.", "AccessDenied")
THROTTLED = Throttled("AWS is busy.", "ThrottlingException", retry_helps=True)
UNASKED = Throttled("Too much is being asked of AWS just now.", retry_helps=True)
TOKYO = replace(STAGING, time_zone="Asia/Tokyo")


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC) + timedelta(days=day)


def put(stage: MeterStage, *environments: object, remove: tuple[str, ...] = ()) -> None:
    stage.world.store.catalog.write(CatalogChange(put_environments=environments, remove_environments=remove))  # type: ignore[arg-type]
    stage.ask("restart", "nowhere", "web")  # refused, but adds an entry, by which the fake counts versions


# what is counted


def test_each_second_from_pull_to_stop_is_counted_and_priced() -> None:
    stage = MeterStage(metered(STAGING))
    task = stage.usage().run("web")
    stage.minutes(20)
    stage.usage().stop(task)
    stage.minutes(40)

    assert stage.seconds() == {DAY: 20 * 60}
    assert [(s.ended, s.lost) for s in stage.spans()] == [(True, False)]
    assert stage.on() == {DAY: 20 * 60}
    vcpu = next(row for row in stage.rows() if row.item == "fargate.vcpu.x86")
    assert vcpu.micros and "built-in table" in vcpu.priced


def test_a_task_that_came_and_went_between_two_looks_is_counted() -> None:
    stage = MeterStage(metered(STAGING), minutes=30)
    stage.beat()
    stage.minutes(5)
    task = stage.usage().run("web")
    stage.minutes(3)
    stage.usage().stop(task)
    stage.minutes(50)

    assert stage.seconds() == {DAY: 180}


def test_a_task_of_a_few_seconds_is_counted_as_a_minute() -> None:
    stage = MeterStage(metered(STAGING))
    task = stage.usage().run("web")
    stage.world.forward(7)
    stage.usage().stop(task)
    stage.minutes(20)

    assert stage.seconds() == {DAY: 60}


def test_a_task_over_midnight_is_divided_at_the_environments_own_midnight() -> None:
    stage = MeterStage(metered(TOKYO))
    stage.usage().run("web", begin=at(14))
    stage.world.clock.at = at(14)
    stage.until(at(16))
    stage.usage().stop()
    stage.until(at(16, 30))

    assert stage.seconds() == {DAY: 3_600, TOMORROW: 3_600}  # midnight in Tokyo is at 15:00 UTC


def test_production_is_metered_too() -> None:
    stage = MeterStage(metered(STAGING, PRODUCTION))
    stage.usage("production").run("web")
    stage.minutes(20)
    assert stage.seconds("production")[DAY] >= 15 * 60


def test_shared_resources_are_counted_once_under_a_shared_name_in_days_of_utc() -> None:
    stage = MeterStage(metered(TOKYO, replace(QA, time_zone="Asia/Tokyo")))
    together, task = shared_name(["qa-eu", "staging"]), "arn:aws:ecs:eu-west-1:111122223333:task/staging/1"
    stage.world.clock.at = at(14)
    for name in ("staging", "qa-eu"):
        stage.usage(name).run("web", id=task, owner=together)
    stage.until(at(16))
    for name in ("staging", "qa-eu"):
        stage.usage(name).stop()
    stage.until(at(17))

    assert stage.seconds(together) == {DAY: 2 * 3_600}
    assert not stage.rows("staging") and not stage.rows("qa-eu") and not stage.on(together)


def test_attached_resources_count_while_they_are_there() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().attach("db", "rds.db.t4g.micro.postgres.single")
    stage.usage().attach("db storage", "rds.storage.gp3", milli=20_000)
    stage.minutes(46)
    stage.usage().detach("db")
    stage.minutes(30)

    used = {row.item: row.used for row in stage.rows()}
    hours, storage = used["rds.db.t4g.micro.postgres.single"], used["rds.storage.gp3"]
    assert 44 * 60_000 <= hours <= 46 * 60_000
    assert storage >= 70 * 60 * 20_000


def test_usage_counts_each_hour_once_and_a_silent_resource_is_reported() -> None:
    """From noon to five: the hours from 08:00 to 16:00 are counted, since the first look asks about the last
    three.
    """
    stage = MeterStage(metered(STAGING))
    volume = ByUse(
        "db storage", "staging", "db", Kind.DATABASE, "rds.storage.aurora", unknown="aurora.storage"
    )
    stage.usage().use(volume, 40_000)
    stage.minutes(300)
    known = [row.used for row in stage.rows() if row.item == "rds.storage.aurora"]
    stage.usage().use(volume, None)
    stage.minutes(60)

    assert sum(known) == 40_000 * 3_600 * 8
    silent = [row for row in stage.rows() if row.item == "aurora.storage"]
    assert [row.micros for row in silent] == [None] and silent[0].used > 20 * 60_000
    assert sum(row.used for row in stage.rows() if row.item == "rds.storage.aurora") == sum(known)


def test_a_task_without_a_price_is_reported_without_one() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().run("web", parts=(Part("ec2.task", 1_000),))
    stage.minutes(20)

    [row] = [row for row in stage.rows() if row.item == "ec2.task"]
    assert (row.micros, row.priced) == (None, "") and row.used > 0


def test_new_prices_apply_within_the_hour_to_what_is_counted_from_then_on() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().run("web")
    stage.minutes(10)
    listed = Price("eu-west-1", "fargate.vcpu.x86", Decimal(1), DAY, PriceSource.LIST)
    stage.ledger.prices.put([listed])
    stage.minutes(80)

    [row] = [row for row in stage.rows() if row.item == "fargate.vcpu.x86"]
    assert row.priced == listed.told and row.micros == listed.micros(row.used)


# when it looks


def test_every_environment_is_looked_at_once_in_each_interval_and_not_all_at_one_time() -> None:
    many = [environment(f"env-{n:02d}") for n in range(30)]
    stage = MeterStage(metered(*many), minutes=15)
    for _ in range(20):  # until each was looked at once
        stage.minutes(1)
    before = {e.name: stage.sample_times(e.name) for e in many}
    most = 0
    for _ in range(15):
        counted = sum(stage.sample_times(e.name) for e in many)
        stage.minutes(1)
        most = max(most, sum(stage.sample_times(e.name) for e in many) - counted)

    assert {e.name: stage.sample_times(e.name) - before[e.name] for e in many} == dict.fromkeys(before, 1)
    assert most == 2
    assert stage.unseen == 0


def test_a_new_environment_is_looked_at_at_once() -> None:
    stage = MeterStage(metered(STAGING))
    stage.minutes(5)
    put(stage, QA)
    stage.minutes(1)
    assert stage.sample_times("qa-eu") == 1


def test_the_number_of_groups_under_way_is_limited() -> None:
    many = [environment(f"env-{n:02d}") for n in range(10)]
    stage = MeterStage(metered(*many))
    stage.hold = True
    stage.minutes(3)
    assert len(stage.held) == AT_ONCE
    for work in stage.held[:2]:
        work()
    stage.minutes(1)
    assert len(stage.held) == AT_ONCE + 2


def test_environments_of_one_cluster_are_looked_at_one_after_the_other() -> None:
    red, blue = (environment(n, pick=TagPick(("shared",), "team", n)) for n in ("red", "blue"))
    stage = MeterStage(metered(red, blue, STAGING))
    stage.hold = True
    stage.beat()
    assert len(stage.held) == 2
    for work in stage.held:
        work()
    assert (stage.sample_times("red"), stage.sample_times("blue"), stage.sample_times()) == (1, 1, 1)


def test_a_new_process_goes_on_where_the_last_one_was() -> None:
    stage = MeterStage(metered(STAGING))
    stage.minutes(4)
    assert stage.sample_times() == 1
    heir = MeterStage(stage.world, holder="two")
    stage.world.store.pass_time(61)
    heir.minutes(10)
    assert stage.sample_times() == 1
    heir.minutes(2)
    assert stage.sample_times() == 2


# what goes wrong


@pytest.mark.parametrize("trouble", [DENIED, THROTTLED, StoreLost("The database did not answer.")], ids=repr)
def test_an_environment_in_trouble_is_put_off_and_the_others_are_not(trouble: Denied) -> None:
    stage = MeterStage(metered(STAGING, QA))
    stage.usage().fail("usage.tasks", trouble)
    stage.beat()
    assert (stage.looks.count(Look.PUT_OFF), stage.looks.count(Look.WHOLE)) == (1, 1)
    sighting = stage.ledger.sightings.all()["staging"]
    assert (sighting.at, sighting.trouble) == (None, trouble.sentence)

    stage.minutes(2)

    assert stage.looks.count(Look.WHOLE) == 2
    assert stage.ledger.sightings.all()["staging"].trouble == ""


def test_waits_grow_with_failures_and_the_last_sighting_stays_noted() -> None:
    stage = MeterStage(metered(STAGING))
    stage.beat()
    seen = stage.ledger.sightings.all()["staging"]
    for nth in range(2, 60):
        stage.usage().fail("usage.services", DENIED, nth=nth)
    stage.minutes(180)

    assert stage.world.aws().script.count("usage.services") in range(8, 13)
    assert stage.ledger.sightings.all()["staging"] == replace(seen, trouble=DENIED.sentence)
    assert stage.unseen == 1


def test_tasks_are_counted_even_if_attached_resources_are_refused() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().attach("db", "rds.db.t4g.micro.postgres.single")
    stage.usage().run("web")
    stage.minutes(14)
    for nth in range(2, 9):
        stage.usage().fail("usage.attached", DENIED, nth=nth)
    stage.minutes(45)

    assert Look.PART in stage.looks and Look.PUT_OFF not in stage.looks
    assert stage.seconds()[DAY] >= 45 * 60
    assert not any(s.lost for s in stage.ledger.spans.overlapping("staging", at(0), at(23)))
    assert stage.ledger.sightings.all()["staging"].trouble == DENIED.sentence


@pytest.mark.parametrize("call", ["usage.services", "usage.attached"])
def test_where_our_own_buckets_have_no_room_the_last_sighting_is_all_that_is_noted(call: str) -> None:
    """People's reads took the room. That is no trouble of AWS's, and nobody needs to hear of it."""
    stage = MeterStage(metered(STAGING))
    stage.beat()
    seen = stage.ledger.sightings.all()["staging"]
    stage.usage().fail(call, UNASKED, nth=2)
    stage.minutes(15)

    noted = stage.ledger.sightings.all()["staging"]
    assert stage.looks[1] in (Look.PUT_OFF, Look.PART)
    assert replace(noted, at=seen.at) == seen

    stage.minutes(2)
    assert stage.ledger.sightings.all()["staging"].at != seen.at


def test_a_defect_in_one_look_is_reported_and_stops_no_other_look() -> None:
    broken = replace(STAGING, time_zone="Nowhere/Nothing")
    stage = MeterStage(metered(broken, QA))
    stage.usage("staging").run("web")
    stage.usage("qa-eu").run("web")
    stage.minutes(20)

    assert stage.defects and all("staging" in what for what in stage.defects)
    assert stage.seconds("qa-eu")


def test_a_bot_that_was_away_for_a_day_counts_what_still_runs_and_names_the_gap() -> None:
    stage = MeterStage(metered(STAGING))
    long, short = stage.usage().run("web"), stage.usage().run("worker")
    stage.usage().attach("db", "rds.db.t4g.micro.postgres.single")
    stage.minutes(31)
    stage.world.forward(600)
    stage.usage().stop(short)  # ended while nobody looked, and forgotten by ECS meanwhile
    stage.world.forward(86_400)
    stage.beat()

    assert sum(stage.seconds(service="web").values()) == 31 * 60 + 600 + 86_400
    assert sum(stage.seconds(service="worker").values()) <= 31 * 60
    assert {s.id: s.lost for s in stage.spans()} == {long: False, short: True}
    watched = stage.ledger.spans.watched(["staging"], at(0))
    assert watched[0].until < watched[1].begin == stage.world.clock.at == watched[1].until
    assert isinstance(watched[0], Watched)
    attached = sum(row.used for row in stage.rows() if row.item.startswith("rds")) // 1_000
    assert attached <= 31 * 60


# the clock


def test_a_clock_that_goes_back_counts_nothing_twice() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().run("web", begin=MONDAY)
    stage.minutes(60)
    counted = stage.seconds()
    stage.world.clock.at -= timedelta(minutes=30)
    stage.beat()
    stage.minutes(29)
    assert stage.seconds()[DAY] <= counted[DAY] + 60
    stage.minutes(31)
    assert 80 * 60 <= stage.seconds()[DAY] <= 91 * 60
    stage.usage().stop()
    stage.minutes(20)
    assert stage.seconds() == {DAY: int((stage.spans()[0].until - MONDAY).total_seconds())}


def test_days_counted_by_a_clock_that_was_days_ahead_are_taken_back() -> None:
    stage = MeterStage(metered(STAGING))
    stage.usage().run("web", begin=MONDAY)
    stage.minutes(5)
    stage.world.clock.at += timedelta(days=3)
    stage.beat()
    assert len(stage.seconds()) == 4
    stage.world.clock.at -= timedelta(days=3)
    stage.minutes(20)
    assert set(stage.seconds()) == {DAY}
    stage.usage().stop()
    stage.minutes(20)

    assert stage.seconds() == {DAY: 25 * 60}


def test_a_clock_that_jumps_ahead_looks_at_a_few_overdue_environments_at_a_time() -> None:
    many = [environment(f"env-{n:02d}") for n in range(10)]
    stage = MeterStage(metered(*many))
    stage.minutes(5)
    stage.hold = True
    stage.world.clock.at += timedelta(days=1)
    stage.beat()
    assert len(stage.held) == AT_ONCE


# the catalog
