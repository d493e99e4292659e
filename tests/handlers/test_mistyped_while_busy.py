"""What the catalog alone shows to be mistyped is told so although something else is in the way: whoever waits
for that, and asks again, would only learn it then.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.operation import Operation
from handlers.words.result import Reply
from policies.service.environment import Bound, Flag
from tests import telling
from tests.golden import Golden
from tests.handlers.approving import MIGRATE, REINDEX, ApprovingWorld
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.test_flush import FLUSH
from tests.handlers.world import OLU, PRODUCTION, QA, STAGING


@pytest.fixture
def stage() -> Stage:
    """Everything is configured, a task runs, a flag is being switched and keys are being deleted."""
    world = ApprovingWorld().approving()
    place = replace(
        STAGING,
        tasks=(MIGRATE, REINDEX),
        flags=(Flag("beta", "/staging/beta"), Flag("gamma", "/staging/gamma")),
        scale=(Bound("orders-api", 0, 6),),
        caches=("staging-sessions",),
        flush=FLUSH,
    )
    world.catalogue(place, QA, PRODUCTION)
    for name in ("/staging/beta", "/staging/gamma"):
        world.scopes.parameters.put(name, "false")
    world.aws().keys.page = 100
    world.aws().keys.put([f"session:{n}" for n in range(2_500)])
    return Stage(world)


def busy(stage: Stage, operation: str) -> None:
    """Let something be in the way of the operation."""
    if operation == "flush":
        stage.sure("flush", "staging", arguments={"pattern": "session:*"})
    elif operation == "run":
        stage.sure("stop", "staging", who=OLU)
    else:
        for service in ("orders-api", "web"):
            stage.ask("restart", "staging", service, who=OLU)


@pytest.mark.parametrize(
    ("operation", "target", "arguments", "rule"),
    [
        ("run", "", {}, ""),
        ("run", "", {"task": "db-migrat"}, "tasks.unapproved"),
        ("run", "", {"task": "reindex"}, "tasks.missing"),
        ("run", "", {"task": "reindex", "values": "index=order"}, "tasks.parameter"),
        ("run", "", {"task": "reindex", "values": "indx=orders"}, "tasks.no-parameter"),
        ("scale", "orders-api", {"count": "60"}, "scaling.bounds"),
        ("scale", "web", {"count": "2"}, "scaling.no-bounds"),
        ("flush", "", {"pattern": "sesion:*"}, "flush.prefix"),
        ("start", "", {"until": "20d"}, "start.longest"),
        ("start", "", {"until": "2020-01-01T08:00"}, "start.time"),
        ("restart", "order-api", {}, ""),
        ("restart", "orders-api", {}, "gate.busy"),
        ("run", "", {"task": "reindex", "values": "index=orders"}, "gate.busy"),
        ("scale", "orders-api", {"count": "3"}, "gate.busy"),
        ("flush", "", {"pattern": "session:*"}, "gate.busy"),
        ("start", "", {"until": "4h"}, "gate.busy"),
    ],
)
def test_a_mistake_is_told_before_what_is_in_the_way(
    stage: Stage, operation: str, target: str, arguments: dict[str, str], rule: str, golden: Golden
) -> None:
    busy(stage, operation)
    calls = len(stage.world.aws().script.calls)
    answer = ask(stage, operation, target, arguments)
    assert telling.rule(answer) == rule
    assert (answer.headline, [offer.label for offer in telling.offers(answer)]) == golden
    asked_aws = stage.world.aws().script.calls[calls:]
    assert {call.method for call in asked_aws} <= {"members"}, "only names of services are looked up"


def ask(stage: Stage, operation: str, target: str, arguments: dict[str, str]) -> Reply:
    return stage.ask(operation, "staging", target, arguments=arguments, who=OLU)


@pytest.mark.parametrize(
    "declared", [o for o in REGISTRY.operations.values() if o.changes], ids=lambda o: o.name
)
def test_every_change_whose_argument_the_catalog_names_is_judged_before_the_lock(declared: Operation) -> None:
    named = any(a.field in ("task", "flag") or a.verbatim for a in declared.arguments)
    assert declared.mistaken is not None or not named
