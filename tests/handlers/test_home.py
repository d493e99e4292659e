from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.home import CARDS
from handlers.ports.store import CatalogChange
from handlers.words.home import Card, HomePage, Pick
from handlers.words.message import Offer
from handlers.words.result import Answer, Choice, Report, Unchanged
from policies.access.grants import Grant
from policies.access.people import Role, SlackPerson
from policies.cost.sightings import ServiceSeen, Sighting
from policies.record.lifecycle import State
from policies.schedule.rows import ScheduleRow
from policies.service.approved import ApprovedTask
from policies.service.environment import Flag
from policies.times.moments import plain
from tests.golden import Golden
from tests.handlers.broken import broke
from tests.handlers.stage import Stage
from tests.handlers.test_list import many
from tests.handlers.world import DEV, GUS, NIA, OLU, REX, SID, VIC, World

ON = (ServiceSeen("orders-api", 2, 2, healthy=True), ServiceSeen("web", 1, 1, healthy=True))
OFF = (ServiceSeen("orders-api", 0, 0), ServiceSeen("web", 0, 0))


@pytest.fixture
def seen(stage: Stage) -> Stage:
    _saw(stage, "staging", ON)
    _saw(stage, "qa-eu", OFF)
    row = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=stage.world.clock.at)
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    return stage


LOOKS = ["Why?", "Logs…"]


def _saw(stage: Stage, name: str, services: tuple[ServiceSeen, ...]) -> None:
    stage.parts.book.ledger.sightings.put(Sighting(name, stage.world.clock.at, services))


def _home(stage: Stage, person: SlackPerson = DEV) -> HomePage:
    page = stage.gate.home(person)
    assert page is not None
    return page


def _card(stage: Stage, name: str, person: SlackPerson = DEV) -> Card:
    return next(card for card in _home(stage, person).cards if card.name == name)


def _labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


def _offer(card: Card, operation: str) -> Offer:
    return next(b for b in card.buttons if isinstance(b, Offer) and b.operation == operation)


def test_home_shows_my_environments_from_rows_and_asks_aws_nothing(
    seen: Stage, world: World, golden: Golden
) -> None:
    before = {name: len(world.aws(name).script.calls) for name in ("staging", "qa-eu")}
    page = _home(seen)
    assert [(card.name, card.state, card.lines) for card in page.cards] == golden
    assert page.remarks == golden(name="remarks")
    assert {name: len(world.aws(name).script.calls) for name in before} == before


def test_buttons_are_what_the_person_may_do_in_the_state_last_seen(seen: Stage) -> None:
    assert _labels(_card(seen, "staging")) == ["Restart…", "Keep on…", "Pause tonight", *LOOKS]
    assert _labels(_card(seen, "qa-eu")) == ["Start", "Why?"]
    assert _labels(_card(seen, "staging", OLU)) == ["Restart…", "Keep on…", "Pause tonight", "Stop…", *LOOKS]


def test_a_card_says_who_keeps_an_environment_and_offers_to_resume(seen: Stage, golden: Golden) -> None:
    seen.ask("keep", "staging", arguments={"words": "until 22:00 demo"})
    seen.finish()
    card = _card(seen, "staging")
    assert card.lines == golden
    assert _labels(card) == ["Restart…", "Keep on…", "Back to schedule", *LOOKS]


def test_a_press_goes_through_the_gate_and_may_be_repeated(seen: Stage) -> None:
    offer = _offer(_card(seen, "staging"), "pause")
    assert isinstance(seen.press(offer), Report)
    seen.finish()
    assert [e.operation for e in seen.entries("started")] == ["pause"]
    assert isinstance(seen.press(_offer(_card(seen, "staging"), "resume")), Report)


def test_the_stop_button_asks_first(seen: Stage) -> None:
    assert isinstance(seen.press(_offer(_card(seen, "staging", OLU), "stop"), who=OLU), Choice)
    assert seen.operations() == []


def test_a_press_by_somebody_who_may_not_is_refused(seen: Stage) -> None:
    """Fails if a button were a right: the same offer is on the Home of everybody who may press it."""
    seen.press(_offer(_card(seen, "staging", OLU), "stop"), who=DEV)
    assert seen.last().kind == "refused"


def test_buttons_are_recorded_once_for_all_who_see_them(seen: Stage) -> None:
    first = [_offer(_card(seen, "staging"), "pause").id for _ in range(3)]
    assert len({*first, _offer(_card(seen, "staging", OLU), "pause").id}) == 1


def test_a_changed_environment_has_buttons_of_its_own(seen: Stage) -> None:
    before = _offer(_card(seen, "staging"), "pause").id
    place = seen.store.catalog.read().environment("staging")
    assert place is not None
    seen.store.catalog.write(CatalogChange(put_environments=(replace(place, owner="someone"),)))
    assert _offer(_card(seen, "staging"), "pause").id != before


def test_running_operations_are_shown_with_who_and_since_when(seen: Stage, golden: Golden) -> None:
    seen.ask("restart", "staging", "orders-api")
    page = _home(seen)
    assert page.running == golden
    assert page.cards[0].name == "staging"


@pytest.mark.parametrize(
    ("name", "target", "arguments"),
    [
        ("run", "*", {"task": "db-migrate"}),
        ("end", "*", {}),
        ("flag", "*", {"name": "new-checkout", "state": "on"}),
        ("flush", "*", {"pattern": "session:*"}),
        ("rollback", "web", {}),
        ("scale", "web", {"count": "3"}),
        ("share", "web", {}),
        ("withdraw", "*", {"name": "new-checkout"}),
    ],
)
def test_each_kind_of_change_is_said_as_a_person_would(
    seen: Stage, name: str, target: str, arguments: dict[str, str], golden: Golden
) -> None:
    seen.ask("restart", "staging", "orders-api")
    memory = seen.world.store.memory
    (record,) = memory.operations.values()
    memory.operations[record.id] = replace(record, name=name, target=target, arguments=arguments)
    assert _home(seen).running == golden


def test_tasks_and_flags_have_a_button_where_the_catalog_names_some_and_for_whoever_may(seen: Stage) -> None:
    before = _labels(_card(seen, "staging"))
    place = seen.store.catalog.read().environment("staging")
    assert place is not None
    more = replace(
        place,
        tasks=(ApprovedTask("db-migrate", "web", "app"),),
        flags=(Flag("new-checkout", "/staging/new-checkout"),),
    )
    seen.store.catalog.write(CatalogChange(put_environments=(more,)))
    assert _labels(_card(seen, "staging")) == [*before[:-2], "Run a task…", "Switch a flag…", *LOOKS]
    assert not {"Run a task…", "Switch a flag…"} & set(_labels(_card(seen, "staging", VIC)))


def test_an_environment_on_its_way_can_only_be_looked_at(seen: Stage) -> None:
    seen.sure("stop", "staging", who=OLU)
    assert _labels(_card(seen, "staging", OLU)) == LOOKS


def test_whoever_may_only_look_has_buttons_to_look_with(seen: Stage) -> None:
    card = _card(seen, "staging", VIC)
    assert _labels(card) == LOOKS
    assert isinstance(seen.press(_offer(card, "why"), who=VIC), Answer)
    assert [(p.operation, p.environment) for p in card.buttons if isinstance(p, Pick)] == [
        ("logs", "staging")
    ]


def test_who_may_not_read_logs_has_no_button_for_them(seen: Stage) -> None:
    seen.store.catalog.write(CatalogChange(put_settings={"logs_role": "developer"}))
    assert _labels(_card(seen, "staging", VIC)) == ["Why?"]
    assert LOOKS[-1] in _labels(_card(seen, "staging"))


def test_home_names_who_can_give_more(seen: Stage) -> None:
    page = _home(seen)
    assert (page.asks, page.people) == ("Who can give you more:", ("U0ADA",))
    ada = seen.gate.home(replace(DEV, user="U0ADA"))
    assert ada is not None and ada.people == ()


def test_somebody_without_a_grant_sees_whom_to_ask(seen: Stage) -> None:
    page = _home(seen, NIA)
    assert (page.cards, page.running, page.people) == ((), (), ("U0ADA",))
    assert "no grant" in page.headline and page.asks


@pytest.mark.parametrize("person", [GUS, SID, REX], ids=["guest", "stranger", "deactivated"])
def test_whoever_is_not_let_in_has_no_home(seen: Stage, person: SlackPerson) -> None:
    assert seen.gate.home(person) is None


def test_a_removed_grant_takes_its_environment_away(seen: Stage) -> None:
    seen.store.catalog.write(CatalogChange(remove_grants=(Grant(DEV.id, Role.DEVELOPER, "staging"),)))
    assert [card.name for card in _home(seen).cards] == ["qa-eu"]


def test_home_shows_the_first_environments_and_says_how_to_find_the_rest(
    stage: Stage, golden: Golden
) -> None:
    many(stage, 500)
    page = _home(stage, OLU)
    assert len(page.cards) == CARDS
    assert page.rest == golden


def test_a_command_that_needs_more_than_a_press_opens_the_picker(seen: Stage) -> None:
    picks = [b for b in _card(seen, "staging").buttons if isinstance(b, Pick)]
    assert {p.environment for p in picks} == {"staging"}
    assert [p.operation for p in picks] == ["restart", "keep", "logs"]


def test_a_card_says_what_is_planned(seen: Stage, golden: Golden) -> None:
    seen.ask("keep", "staging", arguments={"words": 'Tue 06:30-07:30 "demo"'})
    assert _card(seen, "staging").lines == golden


def test_a_card_cancels_exactly_what_is_planned_and_leaves_what_is_in_force(
    seen: Stage, golden: Golden
) -> None:
    seen.ask("keep", "staging", arguments={"words": 'Tue 06:30-07:30 "demo"'})
    assert _labels(_card(seen, "staging"))[-1] == "Cancel the plan"
    assert "Cancel the plan" not in _labels(_card(seen, "staging", VIC))
    seen.ask("keep", "staging", arguments={"words": "Wed 06:30-07:30"})
    seen.ask("keep", "staging", arguments={"words": "until 22:00"})
    seen.finish()
    *_, first, second = _card(seen, "staging").buttons
    assert isinstance(first, Offer) and isinstance(second, Offer)
    assert "Back to schedule" in _labels(_card(seen, "staging"))
    assert [plain(first.label), plain(second.label)] == golden
    assert isinstance(seen.press(first), Report)
    assert _labels(_card(seen, "staging"))[-1] == "Cancel the plan"
    assert "Back to schedule" in _labels(_card(seen, "staging"))
    assert "Planned" in _card(seen, "staging").lines[1]
    assert isinstance(seen.press(first), Unchanged), "pressed again, it cancels nothing else"


def test_a_card_says_how_many_more_keeps_are_planned(seen: Stage, golden: Golden) -> None:
    for day in ("Tue", "Wed", "Thu"):
        seen.ask("keep", "staging", arguments={"words": f"{day} 06:30-07:30 demo"}, who=OLU)
    assert _card(seen, "staging").lines[3:] == golden


def test_an_environment_is_not_simply_healthy_after_our_own_restart_has_failed(
    seen: Stage, golden: Golden
) -> None:
    broke(seen)
    seen.forward(300)
    card = _card(seen, "staging")
    assert (card.state, card.lines) == golden


def test_what_was_seen_healthy_since_says_so_and_still_tells_what_failed(seen: Stage) -> None:
    broke(seen)
    seen.forward(300)
    _saw(seen, "staging", ON)
    card = _card(seen, "staging")
    assert card.state.endswith("healthy")
    assert "failed to start" in card.lines[1]


def test_what_failed_is_told_until_it_went_well_or_somebody_else_deployed_or_a_day_has_passed(
    seen: Stage,
) -> None:
    def told() -> bool:
        card = _card(seen, "staging")
        return any("failed" in line for line in card.lines)

    began = seen.world.clock.at
    later: dict[str, Any] = {
        "opened_at": began + timedelta(minutes=3),
        "closed_at": began + timedelta(minutes=4),
    }
    broke(seen)
    broke(seen, target="web", state=State.SUCCEEDED, **later)
    broke(seen, state=State.UNCHANGED, **later)
    seen.forward(600)
    assert told()
    broke(seen, name="redeploy", state=State.SUCCEEDED, **later)
    assert not told()
    last: dict[str, Any] = {
        "opened_at": began + timedelta(minutes=5),
        "closed_at": began + timedelta(minutes=6),
    }
    broke(seen, **last)
    assert told()
    deployed = replace(ON[0], deployed=began + timedelta(minutes=7))
    _saw(seen, "staging", (deployed, ON[1]))
    assert not told()
    _saw(seen, "staging", ON)
    assert told()
    seen.forward(24 * 3_600)
    assert not told()


def test_a_start_that_went_well_leaves_nothing_failed(seen: Stage) -> None:
    began = seen.world.clock.at
    broke(seen)
    later: dict[str, Any] = {
        "opened_at": began + timedelta(minutes=3),
        "closed_at": began + timedelta(minutes=4),
    }
    broke(seen, name="start", target="*", state=State.SUCCEEDED, **later)
    seen.forward(600)
    assert not any("failed" in line for line in _card(seen, "staging").lines)


def test_few_of_many_failures_are_told_and_the_rest_counted(seen: Stage) -> None:
    for number in range(5):
        broke(seen, target=f"service-{number}")
    seen.forward(300)
    lines = _card(seen, "staging").lines
    assert [line for line in lines if "failed" in line][:2] and lines[-1] == "and 3 more failed"
