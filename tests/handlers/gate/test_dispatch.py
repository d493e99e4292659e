"""From a request to its result: opened, answered, and decided a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.arguments import Argument
from handlers.words.errors import StoreLost
from handlers.words.operation import Operation, Reach, Target
from handlers.words.plan import Plan
from handlers.words.result import Answer
from policies.access.grants import Grant
from policies.access.people import Role
from policies.catalog.values import Wanted, to_json
from policies.record.lifecycle import State
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.kinds import Scripted, probe, step
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, QA, ROOT, STAGING, VIC, World


def test_an_unknown_operation_is_called_so(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("levitate")
    assert telling.status(answer) == "not found"
    assert answer.headline == golden


def test_an_operation_of_the_console_is_unknown_elsewhere(stage: Stage) -> None:
    assert telling.status(stage.ask("apply", who=ADA)) == "not found"


def test_an_alias_in_any_case_is_the_operation(stage: Stage) -> None:
    stage.ask("BOUNCE", "staging", "orders-api")
    assert stage.operation().name == "restart"


def test_an_opened_operation_is_told_with_its_id_and_has_one_started_entry(
    stage: Stage, world: World, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "orders-api")
    opened = stage.operation()
    assert (telling.status(answer), telling.operation_of(answer)) == ("running", opened.id)
    entry = stage.last()
    assert (entry.kind, entry.operation_id, entry.decision) == ("started", opened.id, "allowed")
    assert entry.rule == "access.grant"
    assert entry.reason == golden
    assert entry.before["orders-api"]["deployment"] == "ecs-svc/orders-api-0"
    assert entry.channel == "C0OPS"
    row = world.store.messages.find(opened.id)
    assert row is not None
    assert row.channel == "C0STAGING", "its message is in the environment's own channel"


def test_a_whole_restart_is_two_entries_with_before_after_and_seconds(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    started, closed = stage.entries()
    assert (started.kind, closed.kind, closed.outcome) == ("started", "closed", "succeeded")
    assert closed.before["orders-api"]["deployment"] == "ecs-svc/orders-api-0"
    assert closed.after["orders-api"]["deployment"] == "ecs-svc/orders-api-1"
    assert (closed.seconds, closed.request_ids) == (10.0, ("request-1",))
    assert closed.summary == golden


def test_a_read_leaves_neither_operation_nor_entry(stage: Stage) -> None:
    assert telling.status(stage.ask("status", "staging", who=VIC)) == "on"
    assert (stage.operations(), stage.entries()) == ([], [])


def test_a_read_declared_recorded_leaves_an_entry_or_is_not_answered(world: World) -> None:
    peek = Operation(
        "peek", "Peek", Role.VIEWER, lambda _, name: Answer(f"all of {name}"),
        target=Target.SERVICE, recorded=True,
    )  # fmt: skip
    stage = Stage(world, operations=[peek])
    assert stage.ask("peek", "staging", "web", who=VIC).headline == "all of web"
    entry = stage.last()
    assert (entry.kind, entry.actor, entry.target, entry.rule) == ("read", VIC.id, "web", "access.grant")

    def away(method: str) -> None:
        if method == "audit.append":
            raise StoreLost("It is gone.")

    world.store.before_call(away)
    assert telling.status(stage.ask("peek", "staging", "web", who=VIC)) == "failed"


# decided again


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            CatalogChange(remove_grants=(Grant(DEV.id, Role.DEVELOPER, "staging"),)),
            "access.no-grant",
        ),
        (
            CatalogChange(remove_grants=(Grant(DEV.id, Role.DEVELOPER, "staging"),),
                          put_grants=(Grant(DEV.id, Role.VIEWER, "staging", origin="slack"),)),
            "access.role",
        ),
        (
            CatalogChange(put_environments=(replace(STAGING, owner="somebody else"),)),
            "gate.offer",
        ),
        (
            CatalogChange(remove_environments=("staging",)),
            "gate.offer",
        ),
    ],
)  # fmt: skip
def test_a_change_between_plan_and_open_is_decided_inside_open(
    stage: Stage, world: World, change: CatalogChange, rule: str, golden: Golden
) -> None:
    """A grant revoked, a role lowered, the environment edited or removed while AWS was being read."""
    inner = world.aws().images.digests

    def meanwhile(images: Any) -> Any:
        world.store.catalog.write(change)
        return inner(images)

    world.aws().images.digests = meanwhile  # type: ignore[method-assign]
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.rule(answer) == rule
    assert answer.headline == golden(name=rule)
    assert stage.kinds() == ["refused"]
    assert (stage.operations(), world.deploys()) == ([], 0)


def test_a_grant_that_ends_is_over_at_that_very_moment(stage: Stage, world: World) -> None:
    grant = Grant(NIA.id, Role.DEVELOPER, "staging", until=START.replace(hour=10))
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    world.forward(3599)
    assert telling.status(stage.ask("restart", "staging", "web", who=NIA)) == "running"
    world.forward(1)
    assert telling.status(stage.ask("restart", "staging", "orders-api", who=NIA)) == "not found"


def test_an_operation_on_the_installation_needs_a_grant_on_all_of_it(world: World, golden: Golden) -> None:
    sweep = Operation("sweep", "Sweep", Role.OPERATOR, lambda _: Answer("swept"), reach=Reach.INSTALLATION)
    stage = Stage(world, operations=[sweep])
    answer = stage.ask("sweep", who=DEV)
    assert (telling.status(answer), stage.last().rule) == ("refused", "access.installation")
    assert answer.headline == golden
    assert telling.status(stage.ask("sweep", who=OLU)) == "answered"


def test_a_change_of_the_installation_has_no_message_and_no_environment(stage: Stage, world: World) -> None:
    world.store.catalog.write(CatalogChange(put_grants=(Grant(ROOT.id, Role.ADMIN),)))
    content = to_json(Wanted(grants=(Grant(ADA.id, Role.ADMIN),)))
    shown = stage.ask("apply", who=ROOT, arguments={"content": content})
    done = stage.press(telling.offers(shown)[0], who=ROOT)
    assert telling.status(done) == "succeeded"
    assert (stage.operation().environment, stage.operation().target) == ("", "*")
    assert world.store.messages.find(stage.operation().id) is None


def test_a_quick_change_is_answered_with_its_end(world: World, golden: Golden) -> None:
    stage = Stage(world, operations=[probe(step("a"))], kinds=[Scripted()])
    answer = stage.ask("probe", "staging")
    assert telling.status(answer) == "succeeded"
    assert answer.headline == golden
    assert stage.operation().state is State.SUCCEEDED


def test_arguments_reach_the_handler_by_name_and_are_recorded(world: World) -> None:
    seen: dict[str, str] = {}

    def run(scope: object, *, why: str = "") -> Plan:
        seen["why"] = why
        return Plan("probing", ())

    declared = Operation("why", "Why", Role.DEVELOPER, run, changes=True, arguments=(Argument("why", "why"),))
    stage = Stage(world, operations=[declared])
    stage.ask("why", "qa-eu", arguments={"why": "x" * 600})
    assert seen["why"] == "x" * 600
    assert stage.last().arguments["why"].startswith("sha256:"), "a long argument is recorded by its hash"
    assert QA.name == stage.last().environment
