"""`/env list`: the environments that the actor may view, at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.findings import Look
from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, Throttled
from handlers.words.message import Offer
from handlers.words.result import Answer, NotUnderstood, Reply
from policies.capacity.facts import SavedCapacity
from policies.cost.sightings import ServiceSeen, Sighting
from policies.orphans.evidence import Evidence, Owner, Standing
from policies.orphans.owners import Owned
from policies.record.evidence import Entry
from policies.schedule.claims import Claim, drift_key
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.spending import USD, Spending
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, REX, TEAM, VIC, World, environment, service

MINUTE = timedelta(minutes=1)
SEEN = START - 3 * MINUTE


def one(name: str, desired: int = 1, running: int = 1, **fields: Any) -> ServiceSeen:
    return ServiceSeen(name, desired, running, **{"healthy": True, **fields})


def saw(
    stage: Stage, name: str, *services: ServiceSeen, at: datetime | None = SEEN, trouble: str = ""
) -> None:
    stage.store.book.ledger.sightings.put(Sighting(name, at, services, trouble))


def many(stage: Stage, count: int, **fields: Any) -> list[str]:
    names = [f"pr-{n:02}" for n in range(count)]
    put = tuple(environment(name, **fields) for name in names)
    stage.store.catalog.write(CatalogChange(put_environments=put))
    return names


def rows(answer: Reply) -> Mapping[str, Mapping[str, str]]:
    """Return the rows by name, then by column."""
    table = telling.table(answer)
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def cell(answer: Reply, column: str, name: str = "staging") -> str:
    return rows(answer)[name][column]


def button(answer: Reply, label: str) -> Offer:
    return next(o for o in telling.offers(answer) if label in o.label)


@pytest.fixture
def seen(stage: Stage) -> Stage:
    """Both of Dev's environments were seen three minutes ago."""
    saw(stage, "staging", one("orders-api", 2, 2), one("web"))
    saw(stage, "qa-eu", one("web"))
    saw(stage, "production", one("web"))
    return stage


def test_only_environments_i_may_view_are_listed(seen: Stage, golden: Golden) -> None:
    mine = seen.ask("list")
    assert mine.headline == golden
    assert telling.table(mine).columns == (
        "Environment",
        "State",
        "Health",
        "Idle",
        "Schedule",
        "This month",
        "Owner",
    )
    assert list(rows(mine)) == ["qa-eu", "staging"]
    assert telling.table(mine).rows[1] == golden(name="row")
    assert list(rows(seen.ask("ls", who=ADA))) == ["production (production)", "qa-eu", "staging"]
    assert "production" not in str(mine).replace("nonproduction", "")


def test_the_list_is_from_rows_and_says_their_age(seen: Stage, world: World, golden: Golden) -> None:
    saw(seen, "qa-eu", one("web"), at=START - 14 * MINUTE)
    told = seen.ask("list")
    assert world.aws().script.calls == world.aws("qa-eu").script.calls == []
    assert telling.notes(told)[0] == golden


def test_a_single_environment_is_counted_in_the_singular(stage: Stage, golden: Golden) -> None:
    assert stage.ask("list", who=VIC).headline == golden


def test_whoever_has_no_environment_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("list", who=NIA)
    assert answer.headline == golden


@pytest.mark.parametrize(
    "services",
    [
        (one("a"), one("b", 2, 2)),
        (one("a"), one("b", 2, 1, healthy=False)),
        (one("a"), one("b", 0, 0)),
        (one("a", 0, 0), one("b", 0, 0)),
        (one("a", healthy=None), one("b", healthy=None)),
        tuple(one(f"s-{n}", healthy=False) for n in range(5)),
        (),
    ],
    ids=["on", "unhealthy", "in part", "off", "not measured", "many unhealthy", "empty"],
)
def test_state_and_health_are_words(stage: Stage, services: tuple[ServiceSeen, ...], golden: Golden) -> None:
    saw(stage, "staging", *services)
    told = stage.ask("list", who=VIC)
    assert (cell(told, "State"), cell(told, "Health")) == golden


def test_a_running_operation_is_shown_with_who_runs_it(seen: Stage, world: World, golden: Golden) -> None:
    seen.ask("restart", "staging", "web")
    world.forward(61)
    assert cell(seen.ask("list", who=VIC), "State") == golden


def test_a_row_seen_long_ago_or_unreadable_says_so(stage: Stage, golden: Golden) -> None:
    saw(stage, "staging", one("web"), at=START - 180 * MINUTE)
    assert cell(stage.ask("list"), "State") == golden(name="long ago")
    saw(stage, "staging", one("web"), at=START - 60 * MINUTE, trouble="AWS denies it. " * 20)
    assert cell(stage.ask("list"), "State") == golden(name="in trouble")
    saw(stage, "qa-eu", at=None, trouble="The role cannot be assumed.")
    assert cell(stage.ask("list"), "State", "qa-eu") == golden(name="never")


def test_an_environment_never_seen_is_read_from_aws_and_says_so(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.put(service("worker", desired=0))
    world.aws().services.put(service("batch", running=1))
    told = stage.ask("list", who=VIC)
    assert (cell(told, "State"), cell(told, "Health")) == golden
    assert telling.notes(told)[0] == golden(name="asked")


def test_an_environment_moved_since_it_was_seen_is_read_again(seen: Stage, world: World) -> None:
    world.forward(60)
    seen.sure("stop", "staging", who=OLU)
    seen.finish()
    before = world.aws("qa-eu").script.count("summaries")
    told = seen.ask("list")
    assert cell(told, "State") == "🌙 off"
    assert world.aws("qa-eu").script.count("summaries") == before
    saw(seen, "staging", one("orders-api", 2, 2), at=world.clock.now() + MINUTE)
    assert cell(seen.ask("list"), "State") == "🟢 on: 1 up of 1", "somebody has looked since"


def test_one_unreadable_environment_leaves_the_others_shown(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws("qa-eu").services.fail("members", Denied("AWS denies it."))
    answer = stage.ask("list")
    assert cell(answer, "State", "qa-eu") == golden
    assert cell(answer, "State").startswith("🟢 on: 2 up")


def test_only_a_few_of_many_unseen_environments_are_read(stage: Stage, world: World, golden: Golden) -> None:
    names = many(stage, 13)
    told = stage.ask("list", who=OLU)
    asked = [name for name in names if world.aws(name).script.calls]
    assert asked == names[:10]
    assert cell(told, "State", names[12]) == golden(name="unseen")
    assert telling.notes(told)[0] == golden(name="note")


def test_a_button_reads_a_whole_page_from_aws(seen: Stage, world: World, golden: Golden) -> None:
    world.aws().services.put(service("jobs"))
    told = seen.press(button(seen.ask("list"), "Ask AWS"))
    assert cell(told, "State") == "🟢 on: 3 up of 3"
    assert telling.notes(told)[0] == golden
    world.aws().services.fail("members", Throttled("No room now."), nth=2)
    kept = seen.press(button(told, "Ask AWS"))
    assert cell(kept, "State") == golden(name="as it was seen")


def test_idle_time_counts_from_a_person_or_a_deployment_whichever_is_later(
    seen: Stage, world: World, golden: Golden
) -> None:
    assert cell(seen.ask("list"), "Idle") == golden(name="neither")
    seen.ask("restart", "staging", "web")
    seen.finish()
    world.forward(7_200)
    assert cell(seen.ask("list"), "Idle") == golden(name="a person")
    saw(seen, "staging", one("web", deployed=world.clock.now() - 5 * MINUTE), at=world.clock.now())
    assert cell(seen.ask("list"), "Idle") == golden(name="a deployment")


def test_a_person_is_found_however_often_the_clock_acted_since(seen: Stage, world: World) -> None:
    """The clock stops and starts an environment every night, with two entries each time."""
    seen.ask("restart", "staging", "web")
    seen.finish()
    at = world.clock.now()
    for number in range(60):
        entry = Entry(at, "closed", "clock", "the clock", "clock", "stop", environment="staging", target="*")
        seen.store.audit.append(replace(entry, operation_id=f"op-{number}"))
    world.forward(7_200)
    assert cell(seen.ask("list"), "Idle").endswith("(Dev)")


def test_a_row_says_what_holds_the_environment_and_what_comes_next(seen: Stage, golden: Golden) -> None:
    rows_ = (ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=START - 999 * MINUTE),)
    seen.store.catalog.write(CatalogChange(put_schedules=rows_))
    told = seen.ask("list")
    assert cell(told, "Schedule") == golden(name="by schedule")
    assert cell(told, "Schedule", "qa-eu") == "no schedule"
    assert telling.note(told, "clock") == golden(name="clock")
    saw(seen, "staging", one("web", 0, 0), at=START)
    assert cell(seen.ask("list"), "Schedule") == golden(name="stopped")


def test_a_reported_drift_is_shown(seen: Stage, golden: Golden) -> None:
    day, at = date(2026, 3, 1), START - 600 * MINUTE
    seen.store.book.claims.record([Claim(drift_key("staging", day, at), at, "postponed", at, reason="woken")])
    seen.store.book.capacities.write("staging", SavedCapacity(saved_at=at))
    assert cell(seen.ask("list"), "State") == golden
    seen.store.book.claims.record([Claim(drift_key("staging", day, at), at, "skipped", at, reason="over")])
    assert "drifted" not in cell(seen.ask("list"), "State")


def test_an_environment_started_since_no_longer_drifts(seen: Stage) -> None:
    """Nobody looks at the drift any more then, and the environment is on as it should be."""
    day, at = date(2026, 3, 1), START - 600 * MINUTE
    seen.store.book.claims.record([Claim(drift_key("staging", day, at), at, "postponed", at, reason="woken")])
    seen.store.book.capacities.write("staging", SavedCapacity(saved_at=at))
    seen.store.book.capacities.forget("staging")
    assert "drifted" not in cell(seen.ask("list"), "State")


def test_the_person_to_ask_is_named(stage: Stage, golden: Golden) -> None:
    """The owner comes from the file, else from what was set here; for a Slack id, the name and whether they
    have left.
    """
    named = (environment("filed", owner="Team Orders"), environment("left", owner=REX.user))
    said = environment("said", owner="")
    stage.store.catalog.write(CatalogChange(put_environments=(*named, said, environment("bare", owner=""))))
    orphans = stage.store.book.orphans
    orphans.owners.put(Owned("said", TEAM, DEV.user, "Dev", ADA.id, "Ada", START))
    rex = Evidence("left", START, owner=Owner(Standing.DEACTIVATED, "Rex", REX.user))
    orphans.looks.put(Look("left", START, rex))
    told = stage.ask("list", who=OLU)
    assert [cell(told, "Owner", name) for name in ("filed", "left", "said", "bare")] == golden


def test_this_months_cost_counts_the_environments_own_month(seen: Stage, golden: Golden) -> None:
    """It is March in UTC, and in the environment's own zone too."""
    spending = Spending(seen.world)
    spending.days("staging", date(2026, 2, 20), date(2026, 3, 2), ("web", 3 * USD))
    told = seen.ask("list")
    assert (cell(told, "This month"), cell(told, "This month", "qa-eu")) == ("6.00 USD", "–")
    assert telling.note(told, "Costs are") == golden


def test_a_word_finds_a_state_a_tier_a_name_or_an_owner(seen: Stage, golden: Golden) -> None:
    names = many(seen, 3, owner="Team Payments")
    saw(seen, names[1], one("web", 0, 0))

    def found(word: str) -> list[str]:
        return list(rows(seen.ask("list", who=ADA, arguments={"find": word})))

    assert found("off") == [names[1]]
    assert found("On") == ["production (production)", "qa-eu", "staging"]
    assert found("unknown") == [names[0], names[2]]
    assert found("production") == ["production (production)"]
    assert found("pr-0") == names
    assert found("payments") == names
    none = seen.ask("list", who=ADA, arguments={"find": "xyzzy"})
    assert none.headline == golden(name="none")
    assert seen.ask("list", who=ADA, arguments={"find": "off"}).headline == golden(name="found")


def test_the_most_expensive_come_first_if_asked(seen: Stage, golden: Golden) -> None:
    names, spending = many(seen, 3), Spending(seen.world)
    for n, name in enumerate(names):
        spending.days(name, date(2026, 3, 1), date(2026, 3, 2), ("web", USD * n))
    told = seen.ask("list", who=OLU, arguments={"sort": "cost"})
    assert list(rows(told)) == [names[2], names[1], names[0], "qa-eu", "staging"]
    wrong = seen.ask("list", who=OLU, arguments={"sort": "age"})
    assert isinstance(wrong, NotUnderstood)
    assert wrong.headline == golden


def test_a_button_shows_the_next_page_and_may_be_pressed_again(stage: Stage, golden: Golden) -> None:
    names = many(stage, 31)
    first = stage.ask("list", who=OLU, arguments={"sort": "cost"})
    assert first.headline == golden
    assert list(rows(first)) == names[:15]
    assert [o.label for o in telling.offers(first)] == ["18 more", "Ask AWS now"]
    second = stage.press(telling.offers(first)[0], who=OLU)
    assert list(rows(second)) == names[15:30]
    third = stage.press(telling.offers(second)[0], who=OLU)
    assert list(rows(third)) == [names[30], "qa-eu", "staging"]
    assert [o.label for o in telling.offers(third)] == ["Ask AWS now"]
    assert telling.offers(third)[0].arguments == {"sort": "cost", "skip": "30", "live": "yes"}
    assert telling.table(stage.press(telling.offers(first)[0], who=OLU)) == telling.table(second)


def test_a_page_shows_what_the_person_who_pressed_may_view(stage: Stage) -> None:
    many(stage, 21)
    first = stage.ask("list", who=OLU)
    pressed = stage.press(telling.offers(first)[0], who=VIC)
    assert isinstance(pressed, Answer)
    assert pressed.names == ()


def test_names_are_offered_as_they_are_typed(seen: Stage) -> None:
    told = seen.ask("list", who=ADA)
    assert isinstance(told, Answer)
    assert told.names == ("production", "qa-eu", "staging")
