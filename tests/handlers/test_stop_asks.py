"""A stop by hand asks first, names whom it touches, and ends what keeps the environment on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.ports.store import CatalogChange
from handlers.tell import stop as tell
from handlers.words.request import Source
from handlers.words.result import Choice
from policies.access.grants import Grant
from policies.access.people import Role
from policies.schedule.overrides import Override
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import NIGHT, FullStage, Night
from tests.handlers.world import DEV, GRANTS, OLU


@pytest.fixture
def world() -> Night:
    """21:00 in Berlin; Dev keeps the environment on until 23:00."""
    return Night().catalogue().scheduled()


@pytest.fixture
def stage(world: Night) -> FullStage:
    stage = FullStage(world)
    stage.ask("keep", "staging", who=DEV, arguments={"words": 'until 23:00 "load test"'})
    return stage


def held(stage: FullStage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def test_a_stop_asks_first_and_names_the_keeper_and_the_last_user(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    assert isinstance(asked, Choice)
    assert asked.headline == golden
    assert telling.notes(asked) == golden
    assert [o.operation for o in telling.offers(asked)] == ["stop"]
    assert (len(stage.operations()), world.lit()) == (1, True)


def test_a_confirmed_stop_ends_the_keep_and_says_so(stage: FullStage, world: Night, golden: Golden) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert world.dark()
    assert held(stage) == []
    assert stage.operations()[-1].summary == golden
    (ended,) = stage.store.book.overrides.recent(NIGHT)
    assert ended.ended_by == "Olu"


def test_a_use_since_the_question_is_shown_again(stage: FullStage) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    stage.world.forward(60)
    stage.ask("keep", "staging", who=DEV, arguments={"words": "until 23:30"})
    again = stage.press(telling.offers(asked)[0], who=OLU)
    assert isinstance(again, Choice)
    assert "23:30" in " ".join(telling.notes(again))


def test_a_stop_asks_even_if_nobody_keeps_the_environment_on(stage: FullStage, golden: Golden) -> None:
    stage.ask("resume", "staging", who=DEV)
    asked = stage.ask("stop", "staging", who=OLU)
    assert isinstance(asked, Choice)
    assert telling.notes(asked) == golden


def test_a_stop_of_a_stopped_environment_does_not_ask(stage: FullStage, world: Night) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    again = stage.ask("stop", "staging", who=OLU)
    assert telling.status(again) == "unchanged"
    assert not any("Last used" in note for note in telling.notes(again)), "nobody is touched"


def test_a_start_under_way_is_named(stage: FullStage, golden: Golden) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    stage.ask("start", "staging", who=DEV)
    asked = stage.ask("stop", "staging", who=OLU)
    assert telling.notes(asked) == golden


def test_a_developer_may_not_stop_and_is_not_asked(stage: FullStage) -> None:
    assert telling.status(stage.ask("stop", "staging", who=DEV)) == "refused"
    assert len(held(stage)) == 1


@pytest.mark.parametrize("source", ["slash", "button", "modal", "console"])
def test_the_question_is_the_same_however_the_stop_is_asked_for(stage: FullStage, source: Source) -> None:
    asked = stage.ask("stop", "staging", who=OLU, source=source)
    typed = stage.ask("stop", "staging", who=OLU)
    assert (asked.headline, telling.notes(asked)) == (typed.headline, telling.notes(typed))
    (offer,) = telling.offers(asked)
    assert (offer.label, offer.style, bool(offer.plan_hash)) == ("Stop it", "danger", True)


def test_the_time_since_the_last_use_is_shown_but_does_not_bind(stage: FullStage, golden: Golden) -> None:
    stage.world.forward(40 * 60)
    asked = stage.ask("stop", "staging", who=OLU)
    assert telling.note(asked, "Last used") == golden
    stage.world.forward(10 * 60)
    assert telling.status(stage.press(telling.offers(asked)[0], who=OLU)) == "running"


def test_the_number_of_tasks_is_shown_but_does_not_bind(stage: FullStage, world: Night) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    assert telling.note(asked, "Running now") == "Running now: 5 tasks of `orders-api`, `web`."
    world.aws().services.change("web", running=2)
    assert telling.status(stage.press(telling.offers(asked)[0], who=OLU)) == "running"


def test_a_service_started_since_the_question_is_shown_first(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    world.aws().services.change("jobs", desired=1, running=1)
    again = stage.press(telling.offers(asked)[0], who=OLU)
    assert isinstance(again, Choice)
    assert again.headline == golden
    assert len(stage.operations()) == 1


def test_a_one_off_task_is_named_in_the_question(stage: FullStage, world: Night, golden: Golden) -> None:
    world.aws().tasks.run("orders-migrate", by="ci")
    assert telling.note(stage.ask("stop", "staging", who=OLU), "orders-migrate") == golden


@pytest.mark.parametrize(
    ("services", "databases"),
    [(("web",), ()), ((), ("orders-db",)), (("web", "jobs"), ("a", "b")), ((), ())],
)
def test_services_and_databases_to_stop_are_counted(
    services: tuple[str, ...], databases: tuple[str, ...], golden: Golden
) -> None:
    assert tell.question("staging", services, databases) == golden


def test_only_the_first_of_many_services_are_named(golden: Golden) -> None:
    assert tell.at_work([f"s{n}" for n in range(9)], 1, ()) == golden


def test_whoever_lost_the_right_before_confirming_is_refused(stage: FullStage, world: Night) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    kept = tuple(g for g in GRANTS if g.subject != OLU.id)
    stage.store.catalog.write(
        CatalogChange(
            remove_grants=tuple(g for g in GRANTS if g.subject == OLU.id),
            put_grants=(*kept, Grant(OLU.id, Role.VIEWER)),
        )
    )
    assert telling.status(stage.press(telling.offers(asked)[0], who=OLU)) == "refused"
    assert world.lit()


def test_days_when_only_the_clock_acted_hide_nobody(stage: FullStage) -> None:
    stage.ask("resume", "staging", who=DEV)
    for _ in range(30):
        entry = replace(stage.entries("started")[-1], actor="clock", actor_name="the clock", source="clock")
        stage.store.audit.append(entry)
    assert "Dev" in telling.note(stage.ask("stop", "staging", who=OLU), "Last used")
