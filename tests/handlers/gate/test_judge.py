"""A request is decided early and again inside OPEN, where nothing outside may be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.gate.judge import Judge
from handlers.ports.store import CatalogState
from handlers.words.operation import Operation, Reach
from handlers.words.result import Answer
from policies.access.decision import Allowed, Refused
from policies.access.people import Actor, ClockActor, ConsoleUser, Role
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.wire import Wire
from tests.handlers.world import (
    ADA,
    DEV,
    GRANTS,
    NIA,
    OLU,
    PRODUCTION,
    QA,
    ROOT,
    STAGING,
    VIC,
    World,
    environment,
)

STATE = CatalogState((PRODUCTION, QA, STAGING), GRANTS)


class Watching(Wire):
    """Remembers what was called while the operation was being opened."""

    inside: tuple[str, ...] | None = None

    def call(self, name: str, go: Callable[[], Any]) -> Any:
        before = len(self.passed) + 1
        result = super().call(name, go)
        if name == "operations.open":
            self.inside = tuple(self.passed[before:])
        return result


def test_nothing_outside_is_called_inside_the_opening(world: World) -> None:
    wire = Watching()
    Stage(world, wire=wire).ask("restart", "staging", "orders-api")
    assert wire.inside == ()


@pytest.mark.parametrize(
    ("operation", "who", "place", "rule"),
    [
        ("restart", DEV, STAGING, "access.grant"),
        ("restart", DEV, QA, "access.grant"),
        ("restart", VIC, STAGING, "access.role"),
        ("restart", NIA, STAGING, "access.no-grant"),
        ("restart", OLU, PRODUCTION, "access.no-grant"),
        ("restart", ADA, PRODUCTION, "safeguards.production"),
        ("status", ADA, PRODUCTION, "access.grant"),
        ("restart", ADA, environment("gone"), "access.gone"),
        ("restart", ClockActor(), STAGING, "access.clock"),
        ("help", NIA, None, "access.viewable"),
        ("audit", NIA, None, "access.viewable"),
        ("apply", ADA, None, "access.grant"),
        ("apply", DEV, None, "access.installation"),
        ("apply", ROOT, None, "access.console"),
        ("apply", ConsoleUser("serve"), None, "access.mounted-file"),
    ],
)
def test_each_decision_names_the_rule_it_rests_on(
    stage: Stage, operation: str, who: Actor, place: Any, rule: str
) -> None:
    judge = Judge(stage.parts, REGISTRY.operations[operation], who, place)
    decision = judge.decide(STATE, stage.world.clock.now())
    assert decision.rule == rule
    assert isinstance(decision, Allowed) == (
        rule in ("access.grant", "access.viewable", "access.mounted-file")
    )


def test_an_empty_catalog_lets_the_console_in_and_nobody_else(stage: Stage) -> None:
    def rule(who: Actor) -> str:
        judge = Judge(stage.parts, REGISTRY.operations["apply"], who, None)
        return judge.decide(CatalogState(), stage.world.clock.now()).rule

    assert (rule(ROOT), rule(ADA)) == ("access.first", "access.installation")


def test_only_a_missing_role_is_explained_and_only_with_names_slack_knows(stage: Stage, world: World) -> None:
    judge = Judge(stage.parts, REGISTRY.operations["restart"], VIC, STAGING)
    now = world.clock.now()
    refused = judge.decide(STATE, now)
    assert isinstance(refused, Refused)
    explained = judge.explain(refused, STATE, now)
    assert explained.rule == "access.role"
    assert "Ada" in explained.reason
    world.people.silent = True
    unnamed = judge.explain(refused, STATE, now)
    assert unnamed.reason == explained.reason.replace("Ada", "U0ADA")
    nobody = Judge(stage.parts, REGISTRY.operations["restart"], NIA, STAGING)
    unknown = nobody.decide(STATE, now)
    assert isinstance(unknown, Refused)
    assert nobody.explain(unknown, STATE, now) == unknown


def test_an_operation_open_to_anyone_needs_no_grant(stage: Stage) -> None:
    free = Operation("free", "Free", Role.ADMIN, lambda _: Answer(""), Reach.INSTALLATION, anyone=True)
    assert isinstance(Judge(stage.parts, free, NIA, None).decide(STATE, stage.world.clock.now()), Allowed)
