"""From what was typed to canonical names, telling each person only of what they may see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from handlers.ports.desk import Desk
from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost, Throttled
from handlers.words.operation import Operation, Reach
from handlers.words.result import Answer
from policies.access.grants import Grant
from policies.access.people import ConsoleUser, Role
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, VIC, World, environment, service


def test_an_environment_without_a_grant_is_answered_as_if_it_did_not_exist(
    stage: Stage, golden: Golden
) -> None:
    hidden = stage.ask("restart", "production", "web")
    absent = stage.ask("restart", "atlantis", "web")
    assert telling.status(hidden) == telling.status(absent) == "not found"
    assert hidden.headline == golden
    assert hidden.headline.replace("production", "X") == absent.headline.replace("atlantis", "X")
    assert (telling.fields(hidden), telling.notes(hidden), telling.offers(hidden)) == (
        telling.fields(absent),
        telling.notes(absent),
        telling.offers(absent),
    )


@pytest.mark.parametrize(("operation", "target"), [("run", ""), ("logs", "30m")])
def test_a_word_in_the_place_of_the_environment_may_be_something_else(
    stage: Stage, operation: str, target: str, golden: Golden
) -> None:
    hidden, absent = (stage.ask(operation, name, target) for name in ("production", "atlantis"))
    assert absent.headline == golden(name="something else")
    assert hidden.headline.replace("production", "X") == absent.headline.replace("atlantis", "X")
    assert "something else" not in stage.ask("restart", "atlantis", "web").headline
    assert "something else" not in stage.ask(operation, "stagin", target).headline


def _about(desk: Desk) -> Answer:
    return Answer(desk.named.name if desk.named else ",".join(e.name for e in desk.environments))


ABOUT = Operation("about", "About one or all", Role.VIEWER, _about, Reach.ONE_OR_ALL)
OWN = Operation("own", "For developers", Role.DEVELOPER, _about, Reach.ONE_OR_ALL)


def test_an_operation_on_one_or_all_is_told_which(world: World) -> None:
    stage = Stage(world, operations=(ABOUT,))
    assert stage.ask("about", who=VIC).headline == "staging"
    assert stage.ask("about").headline == "qa-eu,staging"
    assert stage.ask("about", "Staging ").headline == "staging"
    assert stage.entries() == []


def test_an_operation_on_one_or_all_refuses_an_unknown_environment(world: World) -> None:
    stage = Stage(world, operations=(ABOUT, OWN))
    for name in ("production", "atlantis"):
        answer = stage.ask("about", name)
        assert answer.headline == stage.ask("status", name).headline
    assert [(e.environment, e.rule) for e in stage.entries("refused")[::2]] == [
        ("production", "access.no-grant"),
        ("atlantis", "access.unknown-environment"),
    ]
    assert telling.rule(stage.ask("own", "staging", who=VIC)) == "access.role"


def test_the_true_reason_is_recorded(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "production", "web")
    stage.ask("restart", "atlantis", "web")
    first, second = stage.entries("refused")
    assert (first.rule, second.rule) == ("access.no-grant", "access.unknown-environment")
    assert first.reason == golden
    assert second.reason == golden


def test_suggestions_come_only_from_what_this_person_may_see(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(environment("staging-secret"),)))
    answer = stage.ask("status", "staging-secre")
    assert answer.headline == golden
    assert "`staging-secret`" in stage.ask("status", "staging-secre", who=OLU).headline


def test_whoever_may_see_nothing_is_told_so_and_no_names(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("status", "staging", who=NIA)
    assert telling.status(answer) == "not found"
    assert answer.headline == golden


def test_whoever_has_no_grant_at_a_terminal_is_told_who_they_are_there(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("status", "staging", who=ConsoleUser("guest"))
    assert (telling.status(answer), stage.last().rule) == ("not found", "access.no-grant")
    assert answer.headline == golden


def test_many_names_are_cut_and_counted(stage: Stage, world: World, golden: Golden) -> None:
    many = tuple(environment(f"pr-{n:03}") for n in range(20))
    world.store.catalog.write(CatalogChange(put_environments=many))
    answer = stage.ask("status", "nowhere", who=OLU)
    assert len(re.findall("`pr-", answer.headline)) == 15
    assert answer.headline == golden


@pytest.mark.parametrize("typed", ["STAGING", " Staging "])
def test_environments_are_found_in_upper_and_lower_case(stage: Stage, typed: str) -> None:
    assert telling.status(stage.ask("restart", typed, "ORDERS-api")) == "running"
    assert (stage.operation().environment, stage.operation().target) == ("staging", "orders-api")


def test_services_that_differ_only_in_case_are_told_apart_or_asked_for(stage: Stage, world: World) -> None:
    for name in ("Api", "API"):
        world.aws().services.put(service(name))
    assert stage.ask("status", "staging", "API").headline.startswith("API in staging")
    assert telling.status(stage.ask("status", "staging", "api")) == "not found"


def test_an_unknown_service_is_answered_with_the_nearest_and_nothing_is_recorded(
    stage: Stage, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "order-api")
    assert telling.status(answer) == "not found"
    assert answer.headline == golden
    assert stage.entries() == []


def test_an_environment_without_services_says_so(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("restart", "qa-eu", "web")
    assert telling.status(answer) == "not found"
    assert answer.headline == golden


@pytest.mark.parametrize("operation", ["restart", "redeploy", "status"])
def test_a_disputed_service_names_both_claimants_to_those_who_may_see_both(
    stage: Stage, world: World, operation: str, golden: Golden
) -> None:
    world.aws().services.dispute("web", "staging", "production")
    ada = stage.ask(operation, "staging", "web", who=ADA)
    assert telling.status(ada) == "not possible"
    assert ada.headline == golden(name="both")
    dev = stage.ask(operation, "staging", "WEB", who=DEV)
    assert telling.status(dev) == "not possible"
    assert "production" not in dev.headline
    assert dev.headline == golden(name="one")
    assert [e.rule for e in stage.entries()] == ["safeguards.disputed"] * 2
    assert all("production" in e.reason for e in stage.entries())
    assert world.deploys() == 0


def test_unreadable_membership_refuses_the_request(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.fail("members", Throttled("AWS is busy.", retry_helps=True))
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "failed"
    assert answer.headline == golden
    assert (stage.operations(), world.deploys()) == ([], 0)


def test_an_unreadable_catalog_refuses_the_request(stage: Stage, world: World, golden: Golden) -> None:
    def away(method: str) -> None:
        if method == "catalog.read":
            raise StoreLost("It is gone.", retry_helps=True)

    world.store.before_call(away)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "failed"
    assert answer.headline == golden
    assert world.aws().script.calls == []


def test_a_role_too_low_names_what_is_needed_what_is_held_and_who_can_grant_it(
    stage: Stage, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "orders-api", who=VIC)
    assert answer.headline == golden
    assert (stage.last().rule, stage.last().environment) == ("access.role", "staging")


def test_granters_are_named_as_people_know_them(stage: Stage, world: World, golden: Golden) -> None:
    more = (
        Grant("console:root", Role.ADMIN),
        Grant("group:T0HOME:S0OPS", Role.ADMIN, "staging"),
        Grant("slack:T0HOME:U0GONE", Role.ADMIN),
    )
    allowed = {"group_admins": "true"}
    world.store.catalog.write(CatalogChange(put_grants=more, put_settings=allowed))
    answer = stage.ask("restart", "staging", "orders-api", who=VIC)
    assert answer.headline == golden


def test_an_ended_grant_or_a_group_that_may_not_be_admin_names_nobody(stage: Stage, world: World) -> None:
    more = (
        Grant("group:T0HOME:S0OPS", Role.ADMIN, "staging"),
        Grant("slack:T0HOME:U0PAST", Role.ADMIN, "staging", until=world.clock.now()),
        Grant("slack:T0HOME:U0SOON", Role.ADMIN, "staging", until=world.clock.now() + timedelta(seconds=1)),
    )
    world.store.catalog.write(CatalogChange(put_grants=more))
    answer = stage.ask("restart", "staging", "orders-api", who=VIC)
    assert [name for name in ("S0OPS", "U0PAST", "Ada", "U0SOON") if name in answer.headline] == [
        "Ada",
        "U0SOON",
    ]


def test_production_is_closed_whatever_the_grant_and_says_how_it_is_opened(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws("production").services.put(service("web"))
    answer = stage.ask("restart", "production", "web", who=ADA)
    assert (telling.status(answer), stage.last().rule) == ("refused", "safeguards.production")
    assert answer.headline == golden
    assert world.deploys("production") == 0
    assert telling.status(stage.ask("status", "production", "web", who=ADA)) == "answered"


def test_a_pattern_never_reaches_production(stage: Stage) -> None:
    answer = stage.ask("status", "production", who=OLU)
    assert telling.status(answer) == "not found"
    assert stage.last().rule == "access.no-grant"
