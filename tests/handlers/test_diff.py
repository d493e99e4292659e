"""`/env diff`: the last revision that worked, or another environment; names and never values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.result import Answer, Missing
from tests import telling
from tests.golden import Golden
from tests.handlers.past import deployed
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, VIC, World, service


def test_a_revision_that_lacks_a_variable_is_compared_with_the_last_that_worked(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    deployed(services, 1)
    deployed(services, 2, "IN_PROGRESS", variables=("APP_ENV", "MODE"), digest="b")

    answer = stage.ask("diff", "staging", "orders-api", who=VIC)

    assert isinstance(answer, Answer)
    assert telling.table(answer).rows == (
        ("image digest of app", "a" * 12, "b" * 12),
        ("variable DATABASE_URL of app", "there", "absent"),
        ("variable MODE of app", "absent", "there"),
    )
    assert telling.headline(answer) == golden
    assert telling.notes(answer) == golden


def test_an_identical_revision_is_said(stage: Stage, world: World, golden: Golden) -> None:
    services = world.aws().services
    first = deployed(services, 1)
    again = replace(first, arn=f"{first.arn}2", created_at=first.created_at.replace(minute=30))
    services.remember("orders-api", first, again)
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert telling.tables(answer) == ()
    assert telling.headline(answer) == golden


def test_a_deployment_that_was_rolled_back_is_not_said_to_run(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    good = deployed(services, 1)
    deployed(services, 2, "ROLLBACK_SUCCESSFUL", digest="b", back_to=good.revision)
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert telling.notes(answer)[0] == golden


def test_a_revision_that_works_is_compared_with_the_one_that_worked_before_it(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    deployed(services, 1)
    deployed(services, 2, variables=("APP_ENV",))
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert "worked last" not in repr(answer) and "last revision" not in repr(answer)
    assert (telling.headline(answer), *telling.notes(answer)[:1]) == golden


def test_a_revision_that_was_brought_back_works_now(stage: Stage, world: World, golden: Golden) -> None:
    """The newer one worked too, and was left for the older."""
    services = world.aws().services
    first = deployed(services, 1)
    deployed(services, 2, variables=("APP_ENV",))
    back = replace(first, arn=f"{first.arn}-back", created_at=first.created_at.replace(hour=3))
    services.remember("orders-api", *services.past.deployments["orders-api"], back)
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert (telling.headline(answer), *telling.notes(answer)[:1]) == golden


@pytest.mark.parametrize("status", ["STOPPED", "ROLLBACK_SUCCESSFUL", "SUCCESSFUL"])
def test_a_second_deployment_of_one_revision_is_told_as_that(
    stage: Stage, world: World, golden: Golden, status: str
) -> None:
    services = world.aws().services
    first = deployed(services, 1)
    reason = "Service deployment stopped because the circuit breaker threshold was exceeded."
    again = replace(
        first,
        arn=f"{first.arn}-again",
        status=status,
        created_at=first.created_at.replace(hour=3),
        reason="" if status == "SUCCESSFUL" else reason,
    )
    services.remember("orders-api", first, again)
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert telling.notes(answer)[:2] == golden


@pytest.mark.parametrize("memory", ["nothing", "none that worked", "another controller"])
def test_without_anything_to_compare_with_it_says_so(
    stage: Stage, world: World, golden: Golden, memory: str
) -> None:
    services = world.aws().services
    if memory == "none that worked":
        deployed(services, 2, "IN_PROGRESS")
    if memory == "another controller":
        services.change("orders-api", controller="CODE_DEPLOY")
    answer = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert (telling.headline(answer), *telling.notes(answer)) == golden


def test_a_deregistered_definition_is_compared_and_a_deleted_one_is_not(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    old = deployed(services, 1)
    deployed(services, 2, "IN_PROGRESS", variables=(), digest="b")
    services.define(replace(services.past.definitions[old.definition], status="INACTIVE"))
    inactive = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert len(telling.table(inactive).rows) == 3
    assert telling.note(inactive, "deregistered") == golden

    del services.past.definitions[old.definition]
    deleted = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert [row[0] for row in telling.table(deleted).rows] == ["image digest of app"]
    assert telling.note(deleted, "deleted") == golden
    assert telling.headline(deleted) == golden


def test_two_environments_are_compared_by_what_runs_in_each(
    stage: Stage, world: World, golden: Golden
) -> None:
    here, there = world.aws().services, world.aws("qa-eu").services
    there.put(service(cluster="qa-eu"))
    deployed(here, 1)
    deployed(here, 2, "IN_PROGRESS", digest="b")
    deployed(there, 1, variables=("APP_ENV",))

    answer = stage.ask("diff", "staging", "orders-api", who=DEV, arguments={"other": "with QA-EU"})

    assert telling.table(answer).columns == ("What", "staging", "qa-eu")
    assert telling.table(answer).rows == (
        ("image digest of app", "b" * 12, "a" * 12),
        ("variable DATABASE_URL of app", "there", "absent"),
    )
    assert (telling.headline(answer), *telling.notes(answer)) == golden


def test_a_service_without_a_history_is_compared_by_its_facts(stage: Stage, world: World) -> None:
    here, there = world.aws().services, world.aws("qa-eu").services
    there.put(service(cluster="qa-eu"))
    deployed(there, 1)
    answer = stage.ask("diff", "staging", "orders-api", who=DEV, arguments={"other": "qa-eu"})
    assert "orders-api" in telling.headline(answer)
    assert here.script.count("history") == 1


@pytest.mark.parametrize("name", ["qa-eu", "nowhere"])
def test_an_environment_that_one_may_not_view_does_not_exist(stage: Stage, world: World, name: str) -> None:
    reply = stage.ask("diff", "staging", "orders-api", who=VIC, arguments={"other": name})
    assert telling.headline(reply).startswith(f"There is no environment `{name}` here for you.")
    assert telling.rule(reply) in ("access.no-grant", "access.unknown-environment")
    assert world.aws("qa-eu").script.calls == []


def test_a_service_that_the_other_environment_lacks_is_missing_there(stage: Stage, world: World) -> None:
    reply = stage.ask("diff", "staging", "orders-api", who=DEV, arguments={"other": "qa-eu"})
    assert isinstance(reply, Missing) and "`qa-eu`" in reply.headline


def test_an_environment_is_not_compared_with_itself(stage: Stage, golden: Golden) -> None:
    reply = stage.ask("diff", "staging", "orders-api", who=VIC, arguments={"other": "staging"})
    assert telling.headline(reply) == golden


def test_an_unknown_service_is_missing(stage: Stage) -> None:
    assert isinstance(stage.ask("diff", "staging", "order-api", who=VIC), Missing)


def test_the_calls_are_few(stage: Stage, world: World) -> None:
    services = world.aws().services
    deployed(services, 1)
    deployed(services, 2, "IN_PROGRESS")
    stage.ask("diff", "staging", "orders-api", who=VIC)
    made = {m: services.script.count(m) for m in ("history", "definition", "facts", "deploy", "last_lines")}
    assert made == {"history": 1, "definition": 2, "facts": 0, "deploy": 0, "last_lines": 0}


@pytest.mark.parametrize("said", ["previous", "with previous", "with last"])
def test_the_one_before_is_compared_with_anyway(stage: Stage, world: World, said: str) -> None:
    deployed(world.aws().services, 1)
    deployed(world.aws().services, 2, digest="b")
    alone = stage.ask("diff", "staging", "orders-api", who=VIC)
    named = stage.ask("diff", "staging", "orders-api", who=VIC, arguments={"other": said})
    assert telling.headline(named) == telling.headline(alone)
    assert telling.tables(named) == telling.tables(alone)


@pytest.mark.parametrize("said", ["41", "with 41", "with orders-api:41"])
def test_a_revision_is_no_environment_to_compare_with(stage: Stage, said: str) -> None:
    answer = stage.ask("diff", "staging", "orders-api", who=VIC, arguments={"other": said})
    assert isinstance(answer, Missing)
    assert "takes no revision" in answer.headline
    assert not stage.entries()
