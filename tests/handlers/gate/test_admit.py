"""Who is let in, how often, and what is recorded of those who are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.gate.dispatch import Gate
from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost, Unanswered
from policies.access.grants import Grant
from policies.access.people import ClockActor, ConsoleUser, Home, Role, SlackAccount, SlackPerson
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, GUS, NIA, REX, SID, TEAM, World


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        (GUS, "people.guest"),
        (SID, "people.external"),
        (REX, "people.deactivated"),
        (SlackPerson(TEAM, "U0NOBODY"), "people.unknown"),
    ],
)
def test_outsiders_are_turned_away_and_recorded(
    stage: Stage, world: World, who: SlackPerson, rule: str, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "orders-api", who=who)
    assert (telling.status(answer), telling.rule(answer)) == (
        "not now" if rule == "people.unknown" else "refused",
        rule,
    )
    assert answer.headline == golden(name=rule)
    entry = stage.last()
    assert (entry.kind, entry.actor, entry.rule, entry.operation) == ("refused", who.id, rule, "restart")
    assert (entry.environment, entry.target) == ("staging", "orders-api")
    assert world.aws().script.calls == []


def test_nothing_is_done_if_slack_cannot_say_who_somebody_is(stage: Stage, world: World) -> None:
    world.people.silent = True
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "not now"
    assert stage.last().rule == "people.unknown"
    assert world.deploys() == 0


def test_whoever_is_turned_away_is_recorded_once_a_minute_with_the_count(stage: Stage, world: World) -> None:
    for _ in range(5):
        assert telling.status(stage.ask("help", who=GUS)) == "refused"
    assert [e.count for e in stage.entries()] == [1]
    world.forward(61)
    stage.ask("help", who=GUS)
    assert [e.count for e in stage.entries()] == [1, 5]


def test_a_count_that_is_still_owed_is_settled_after_the_minute(stage: Stage, world: World) -> None:
    for _ in range(3):
        stage.ask("help", who=GUS)
    world.forward(61)
    assert world.store.audit.settle(world.clock.now()) == 1
    assert [e.count for e in stage.entries()] == [1, 2]


def test_everyone_has_a_budget_of_their_own_that_refills(stage: Stage, world: World, golden: Golden) -> None:
    answers = [stage.ask("help") for _ in range(31)]
    assert [telling.status(a) for a in answers] == ["answered"] * 30 + ["not now"]
    assert answers[-1].headline == golden
    assert stage.last().rule == "people.budget"
    assert telling.status(stage.ask("help", who=NIA)) == "answered"
    world.forward(2)
    assert telling.status(stage.ask("help")) == "answered"
    assert telling.status(stage.ask("help")) == "not now"


def test_replicas_share_a_persons_budget(stage: Stage) -> None:
    stage.parts.replicas.count = 4
    answers = [telling.status(stage.ask("help")) for _ in range(9)]
    assert answers == ["answered"] * 8 + ["not now"]


def test_a_press_costs_as_much_as_a_command(stage: Stage, world: World) -> None:
    for _ in range(30):
        stage.ask("help")
    assert telling.rule(stage.ask("", offer="offer-1")) == "people.budget"


def test_those_turned_away_spend_no_budget(stage: Stage, world: World) -> None:
    world.people.silent = True
    for _ in range(40):
        stage.ask("help")
    world.people.silent = False
    assert telling.status(stage.ask("help")) == "answered"


def test_a_name_is_what_slack_says_now_not_what_the_request_carries(stage: Stage) -> None:
    answer = stage.ask("whoami", who=replace(DEV, name="Root", groups=frozenset({"S0ADMINS"})))
    assert answer.headline == "You are Dev."


def test_grants_of_a_group_are_given_to_its_members(stage: Stage, world: World) -> None:
    world.people.members = {"S0ORDERS": frozenset({"U0NIA"})}
    grant = Grant(f"group:{TEAM}:S0ORDERS", Role.DEVELOPER, "staging")
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    assert telling.status(stage.ask("restart", "staging", "orders-api", who=NIA)) == "running"


def test_unreadable_groups_grant_nothing(world: World, golden: Golden) -> None:
    grant = Grant(f"group:{TEAM}:S0ORDERS", Role.DEVELOPER, "staging")
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    world.people.members = {"S0ORDERS": frozenset({"U0NIA"})}
    stage = Stage(world)

    def unanswered(team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        raise Unanswered("Slack cannot say.")

    world.people.groups = unanswered  # type: ignore[method-assign]
    claiming = replace(NIA, groups=frozenset({"S0ORDERS"}))
    answer = stage.ask("restart", "staging", "orders-api", who=claiming)
    assert telling.status(answer) == "not now"
    assert stage.last().rule == "people.groups-unknown"
    assert stage.last().reason == golden
    assert answer.headline == golden
    nowhere = stage.ask("restart", "nowhere", "orders-api", who=claiming)
    assert nowhere.headline == answer.headline, "nobody learns what exists"
    assert telling.status(stage.ask("restart", "staging", "orders-api")) == "running", (
        "a grant of one's own stands"
    )


def test_somebody_who_is_gone_changes_nothing_though_a_cache_still_knows_them(
    stage: Stage, world: World
) -> None:
    """The event that says so may be lost, or have gone to another replica."""
    world.people.remembered["U0DEV"] = world.people.accounts["U0DEV"]
    world.people.accounts["U0DEV"] = replace(world.people.accounts["U0DEV"], deleted=True)
    refused = stage.ask("restart", "staging", "orders-api")
    assert telling.rule(refused) == "people.deactivated"
    assert (stage.operations(), stage.last().rule) == ([], "people.deactivated")
    assert telling.status(stage.ask("status", "staging")) == "on", "a read goes by what is kept"


def test_somebody_who_left_a_group_changes_nothing_by_its_grant(stage: Stage, world: World) -> None:
    grant = Grant(f"group:{TEAM}:S0ORDERS", Role.DEVELOPER, "staging")
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    world.people.remembered_groups = {"S0ORDERS": frozenset({"U0NIA"})}
    assert telling.status(stage.ask("status", "staging", who=NIA)) == "on"
    refused = stage.ask("restart", "staging", "orders-api", who=NIA)
    assert (telling.rule(refused), stage.operations()) == ("access.no-grant", [])


def test_a_change_is_refused_if_slack_does_not_answer_now(stage: Stage, world: World) -> None:
    world.people.remembered["U0DEV"] = world.people.accounts["U0DEV"]
    world.people.silent = True
    assert telling.rule(stage.ask("restart", "staging", "orders-api")) == "people.unknown"


def test_a_second_look_at_a_person_costs_no_budget(stage: Stage) -> None:
    for _ in range(29):
        stage.ask("help")
    assert telling.status(stage.ask("restart", "staging", "orders-api")) == "running"


def test_a_group_is_admin_only_if_the_setting_allows_that(stage: Stage, world: World) -> None:
    world.people.members = {"S0ADMINS": frozenset({"U0NIA"})}
    grant = Grant(f"group:{TEAM}:S0ADMINS", Role.ADMIN)
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    assert telling.status(stage.ask("status", "staging", who=NIA)) == "not found"
    world.store.catalog.write(CatalogChange(put_settings={"group_admins": "true"}))
    assert telling.status(stage.ask("status", "staging", who=NIA)) == "on"


def test_a_console_user_has_only_grants_of_their_own(stage: Stage, world: World) -> None:
    console = ConsoleUser("dev")
    assert telling.status(stage.ask("restart", "staging", "orders-api", who=console)) == "not found"
    grant = Grant(console.id, Role.DEVELOPER, "staging")
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    assert telling.status(stage.ask("restart", "staging", "orders-api", who=console)) == "running"
    assert (stage.last().actor, stage.last().source) == ("console:dev", "console")


def test_the_clock_may_do_nothing_without_a_row_that_allows_it(stage: Stage, world: World) -> None:
    answer = stage.ask("restart", "staging", "orders-api", who=ClockActor(), source="clock")
    assert telling.status(answer) == "refused"
    assert (stage.last().actor, stage.last().actor_name) == ("clock", "the clock")
    assert world.deploys() == 0


def test_a_refusal_that_cannot_be_recorded_is_a_refusal_still(stage: Stage, world: World) -> None:
    def away(method: str) -> None:
        if method.startswith("audit."):
            raise StoreLost("It is gone.")

    world.store.before_call(away)
    for who in (GUS, NIA):
        answer = stage.ask("restart", "staging", "orders-api", who=who)
        assert telling.status(answer) == "failed"
    assert world.deploys() == 0


def organisation(world: World, *, workspace: str = "") -> Stage:
    """Nia alone has an account of the organisation, in two of its workspaces; she is granted developer by the
    organisation's id.
    """
    found = SlackAccount("T0BRANCH", "W0NIA", "Nia", enterprise="E0ORG", teams=frozenset({"T0BRANCH", TEAM}))
    world.people.accounts["W0NIA"] = found
    grants = (Grant("slack:E0ORG:W0NIA", Role.DEVELOPER, "staging"),)
    world.store.catalog.write(CatalogChange(put_grants=grants))
    stage = Stage(world)
    home = Home("E0ORG", "E0ORG", workspace)
    stage.parts = replace(stage.parts, home=lambda: home)
    stage.gate = Gate(stage.parts, stage.advance)
    return stage


@pytest.mark.parametrize("team", ["T0BRANCH", TEAM, "E0ORG"])
@pytest.mark.parametrize("workspace", ["", TEAM])
def test_a_grant_in_an_organisation_holds_in_every_workspace(world: World, team: str, workspace: str) -> None:
    stage = organisation(world, workspace=workspace)
    answer = stage.ask("restart", "staging", "orders-api", who=SlackPerson(team, "W0NIA"))
    assert telling.status(answer) == "running"
    assert stage.last().actor == "slack:E0ORG:W0NIA"
    assert stage.gate.names(SlackPerson(team, "W0NIA"), "").environments == {"staging"}


def test_a_person_of_another_workspace_views_nothing(world: World) -> None:
    stage = organisation(world, workspace="T0ELSE")
    assert stage.gate.names(SlackPerson("T0BRANCH", "W0NIA"), "").environments == frozenset()
    answer = stage.ask("help", who=SlackPerson("T0BRANCH", "W0NIA"))
    assert telling.rule(answer) == "people.external"


def test_whoever_is_not_let_in_views_nothing(stage: Stage, world: World) -> None:
    assert stage.gate.names(DEV, "").environments == {"staging", "qa-eu"}
    world.people.accounts["U0DEV"] = replace(world.people.accounts["U0DEV"], deleted=True)
    assert stage.gate.names(DEV, "").environments == frozenset()


def test_a_person_has_one_budget_across_workspaces(world: World) -> None:
    stage = organisation(world)
    stage.parts = replace(stage.parts, per_minute=2)
    stage.gate = Gate(stage.parts, stage.advance)
    for team in ("T0BRANCH", TEAM):
        assert telling.status(stage.ask("help", who=SlackPerson(team, "W0NIA"))) == "answered"
    answer = stage.ask("help", who=SlackPerson("E0ORG", "W0NIA"))
    assert telling.rule(answer) == "people.budget"
