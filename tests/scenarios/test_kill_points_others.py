"""``kill -9`` around the other changes: tasks stopped one at a time, and a redeploy by button."""

from __future__ import annotations

from collections.abc import Sequence

from tests.scenarios.killing import (
    PHASES,
    Call,
    Held,
    Phase,
    ensure_patient,
    found_in,
    hold,
    hold_pressed,
    kill_at,
    record_of,
    rows_of,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.seen import Seen
from tests.scenarios.stage import DEV, OLU, Stage, kinds_of
from tests.scenarios.world import API

TWO = {**API, "desired": 2}
BUTTON = "Redeploy the new image"
SAME = "/env restart {} api image=same"


def test_tasks_stopped_one_at_a_time_are_each_replaced_once_despite_a_kill(stage: Stage) -> None:
    """The step is ``SAFE``: an unanswered StopTask is called again, and a stopped task stays stopped."""
    ensure_patient(stage)
    stops = [
        _call("ecs.StopTask", nth) for nth in (2, 1)
    ]  # the later call first, because it takes longest to come
    held = [hold(stage, call, phase, text=SAME, service=TWO) for call in stops for phase in PHASES]
    before = {one.environment: _deployments(stage, one.environment) for one in held}
    kill_at(stage, held)
    start(stage, lease_over=True)
    for one in held:
        entry = stage.closed(one.environment)
        assert entry.outcome == "succeeded", (str(one), entry)
        assert kinds_of(stage.audit(one.environment)) == ["started", "closed"]
        assert _deployments(stage, one.environment) == before[one.environment], (
            "the same image, no deployment"
        )
        tasks = stage.world.service(one.environment)["tasks"]
        assert [t["status"] for t in tasks].count("RUNNING") == 2
        assert len(tasks) == 4, f"{one}: each of the two was replaced once: {tasks}"
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def test_a_service_killed_while_it_is_scaled_gets_the_count(stage: Stage) -> None:
    """``SAFE``: an unanswered call is made again."""
    ensure_patient(stage)
    update, text = _call("ecs.UpdateService", 1), "/env scale {} api 3"
    held = [hold(stage, update, phase, text=text, service=TWO, who=OLU) for phase in PHASES]
    kill_at(stage, held)
    start(stage, lease_over=True)
    for one in held:
        entry = stage.closed(one.environment)
        assert entry.outcome == "succeeded", (str(one), entry)
        assert stage.world.service(one.environment)["desired"] == 3
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def test_a_button_press_that_a_kill_interrupts_counts_once_or_not_at_all(stage: Stage) -> None:
    """If the bot was killed before anything was opened, the offer is still good; after that, it is spent. If
    what the button offered has happened, there is nothing left to decide.
    """
    ensure_patient(stage)
    offers = [_moved(stage) for _ in range(4)]
    stage.world.mark()  # the calls to AWS for the offers do not count
    points: list[tuple[Call, Phase]] = [
        (_call("ecr.DescribeImages", 1), "before_effect"),
        (_call("ecr.DescribeImages", 1), "after_effect"),
        (_call("ecs.UpdateService", 1), "before_effect"),
        (_call("ecs.UpdateService", 1), "after_effect"),
    ]
    held: Sequence[Held] = [
        hold_pressed(stage, place, (_offer(stage, place), BUTTON), call, phase)
        for place, (call, phase) in zip(offers, points, strict=True)
    ]
    kill_at(stage, held)
    with rows_of(stage) as rows:
        left = [found_in(record_of(rows, one.environment)) for one in held]
    assert left == ["nothing", "nothing", "began", "began"]
    start(stage, lease_over=True)
    undone, adopted = (stage.closed(one.environment) for one in held[2:])
    assert (undone.outcome, adopted.outcome) == ("interrupted", "succeeded")
    assert was_adopted(adopted)
    for one in held:
        stage.presses(DEV, _offer(stage, one.environment), BUTTON)
    _refused_as_spent(stage, held[2].environment)
    stage.hears(DEV, "There is nothing new to deploy")
    deploys = [1, 1, 0, 1]
    for one, expected in zip(held, deploys, strict=True):
        entry = stage.closed(one.environment)
        told_to_its_end(stage, entry)
        assert stage.world.deploys(one.environment) == expected, str(one)
    assert stage.evidence.faults() == ()


def _refused_as_spent(stage: Stage, environment: str) -> None:
    def refusals() -> list[str]:
        return [e.reason for e in stage.audit(environment) if e.kind == "refused"]

    reasons = stage.until(f"the second press in {environment} is refused", refusals)
    assert len(reasons) == 1 and "used already" in reasons[0], reasons


def _moved(stage: Stage) -> str:
    """Create an environment whose tag has moved, and show the button to Dev."""
    place = stage.names.fresh()
    stage.world.create(place, {**API, "image": f"{place}-api:latest"})
    stage.world.order("push", repository=f"{place}-api", tag="latest")
    stage.types(DEV, f"/env restart {place} api")
    _offer(stage, place)
    return place


def _offer(stage: Stage, environment: str) -> Seen:
    return stage.hears(DEV, "has moved", f"{environment}-api")


def _deployments(stage: Stage, environment: str) -> list[str]:
    return [d["id"] for d in stage.world.service(environment)["deployments"]]


def _call(method: str, nth: int) -> Call:
    return Call(method, nth, place=0, certain=True)
