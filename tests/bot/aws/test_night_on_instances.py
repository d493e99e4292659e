"""A stop and a start, step by step on the real adapters: instances, a one-off task, a protected task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.ports.scope import Scope
from handlers.registry import load
from handlers.start import start
from handlers.stop import stop
from handlers.words.plan import Plan
from handlers.words.step import End, StepRecord, StepState
from tests.bot.aws.stage import DEV, Stage, environment
from tests.golden import Golden
from tests.handlers.rowed import Rowed, until

Bind = Callable[[], Scope]
KINDS = load().step_kinds


def carried_out(stage: Stage, bind: Bind, plan: Plan) -> dict[str, list[str]]:
    """Carry out each step in order until it has ended well. Return what was said on the way, by kind."""
    said: dict[str, list[str]] = {}
    for position, step in enumerate(plan.steps):
        kind = Rowed(KINDS[step.kind])
        record = StepRecord(position, step, StepState.BEGAN, before=kind.before(bind(), step))
        record = replace(record, began_at=bind().now)
        record = replace(record, evidence=kind.act(bind(), record), answered=True)
        verdict = kind.look(bind(), record)
        for _ in range(120):
            said.setdefault(step.kind, []).append(verdict.sentence)
            if verdict.end is not End.WAITS:
                break
            stage.clock.advance(max(30.0, (until(verdict) - bind().now).total_seconds()))
            verdict = kind.look(bind(), record)
        assert verdict.end is End.DONE, (step.kind, verdict)
    return said


def test_an_environment_on_instances_stops_at_night_and_starts_in_the_morning(
    stage: Stage, golden: Golden
) -> None:
    cluster = stage.cluster()
    group, database = f"{cluster}-ec2", f"{cluster}-db"
    where: dict[str, object] = {"cluster": cluster}
    stage.world.change({"do": "capacity.create", "name": group, "min": 1, "max": 3, "desired": 2, **where})
    web = {"name": "web", "desired": 2, "capacity_provider": group}
    stage.world.change({"do": "service.create", "service": web, **where})
    stage.world.change({"do": "database.create", "id": database})
    stage.clock.advance(120)
    scopes = stage.scopes(
        [environment(cluster, databases=(database,))], ticks=lambda: stage.clock.now().timestamp()
    )
    bind: Bind = lambda: scopes.bind(environment(cluster, databases=(database,)), DEV, operation_id="op-1")  # noqa: E731
    stage.world.change({"do": "task.run", "service": "web", "seconds": 1_800, "by": "ci", **where})
    stage.world.change({"do": "protect", "service": "web", "minutes": 11, **where})

    plan = stop.run(bind())
    assert isinstance(plan, Plan)
    kinds = [step.kind for step in plan.steps]
    assert kinds == ["save capacity", "set desired", "go on", "await tasks", "stop database", "shrink group"]
    said = carried_out(stage, bind, plan)

    [dark] = bind().capacities.groups([group])
    assert (dark.sizes.minimum, dark.sizes.maximum, dark.sizes.desired, dark.instances) == (0, 3, 0, 0)
    assert any("protected" in one and "until" in one for one in said["set desired"])
    assert any(f"`{cluster}-web`" in one and "by ci" in one for one in said["await tasks"])
    assert said["await tasks"][-1] == golden

    again = start.run(bind())
    assert isinstance(again, Plan)
    assert [s.kind for s in again.steps].index("grow group") < [s.kind for s in again.steps].index(
        "set desired"
    )
    carried_out(stage, bind, again)
    [lit] = bind().capacities.groups([group])
    [facts] = bind().services.summaries(["web"])
    assert (lit.sizes.minimum, lit.sizes.desired, lit.ready) == (1, 2, 2)
    assert (facts.desired, facts.running) == (2, 2)
    assert bind().book.capacities.find(cluster) is None
