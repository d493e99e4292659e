"""Names that a form offers for an argument: from the catalog and from rows, and never from AWS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.elements import KEPT, Element
from handlers.words.errors import StoreLost
from policies.access.people import SlackPerson
from policies.service.approved import ApprovedTask
from policies.service.environment import Flag
from tests.handlers.stage import Stage
from tests.handlers.wire import Wire
from tests.handlers.world import DEV, NIA, QA, STAGING, World

TASKS = (ApprovedTask("db-migrate", "web", "app"), ApprovedTask("reindex", "web", "app"))
FLAGS = (Flag("new-checkout", "/staging/new-checkout"), Flag("dark-mode", "/staging/dark-mode"))


@pytest.fixture
def stage(world: World) -> Stage:
    world.catalogue(replace(STAGING, tasks=TASKS, flags=FLAGS), QA)
    return Stage(world)


def offered(stage: Stage, element: Element, service: str = "", *, who: SlackPerson = DEV) -> tuple[str, ...]:
    return stage.gate.kept(who, "staging", element, service)


def test_tasks_and_flags_are_those_of_the_catalog(stage: Stage) -> None:
    assert offered(stage, "task") == ("db-migrate", "reindex")
    assert offered(stage, "flag") == ("new-checkout", "dark-mode")
    assert stage.gate.kept(DEV, "qa-eu", "task", "") == ()


def test_revisions_and_containers_are_those_that_operations_found(stage: Stage) -> None:
    assert offered(stage, "revision", "web") == offered(stage, "container", "web") == ()
    stage.ask("restart", "staging", "web")
    stage.finish()
    facts = stage.world.aws().services.known()["web"]
    assert offered(stage, "revision", "web") == (facts.revision.rsplit("/", 1)[-1],)
    assert offered(stage, "container", "web") == tuple(sorted(facts.digests))
    assert offered(stage, "revision", "orders-api") == offered(stage, "revision") == ()


def test_aws_is_never_asked(stage: Stage) -> None:
    stage.ask("restart", "staging", "web")
    stage.finish()
    wire = Wire()
    looking = Stage(stage.world, wire=wire)
    for element in KEPT:
        looking.gate.kept(DEV, "staging", element, "web")
    assert wire.passed
    assert {call.split(".")[0] for call in wire.passed} <= {"catalog", "records", "people", "book"}


@pytest.mark.parametrize("element", ["task", "flag", "revision", "container"])
def test_whoever_may_not_view_the_environment_is_offered_nothing(stage: Stage, element: Element) -> None:
    stage.ask("restart", "staging", "web")
    stage.finish()
    assert offered(stage, element, "web", who=NIA) == ()
    assert stage.gate.kept(DEV, "nowhere", element, "web") == ()


def test_nothing_is_offered_while_the_database_does_not_answer(stage: Stage) -> None:
    stage.ask("restart", "staging", "web")
    lost = Wire(at=1, error=lambda: StoreLost("The database does not answer.", retry_helps=True))
    assert Stage(stage.world, wire=lost).gate.kept(DEV, "staging", "task", "") == ()
    assert lost.cut
