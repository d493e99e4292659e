"""A service goes back: from a deployment in progress, from one that has ended, and not where it cannot."""

from __future__ import annotations

from tests.scenarios.killing import (
    PHASES,
    Call,
    Held,
    Phase,
    ensure_patient,
    holds,
    kill_at,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.stage import DEV, OLU, VIC, Stage, kinds_of
from tests.scenarios.world import API, LONG

V2 = "api:v1.5.0"
LABEL = "Roll back to"


def _second(stage: Stage, *, slow: bool = False) -> str:
    """Make an environment where somebody deploys a second revision, which works or (``slow``) takes long."""
    place = stage.environment(API)
    if slow:
        stage.world.order("service.behave", cluster=place, service="api", behave={"slow": LONG})
    stage.world.order("deploy", cluster=place, service="api", image=V2)
    if not slow:
        stage.world.settled(place)
    return place


def _revision(stage: Stage, place: str) -> str:
    found: str = stage.world.service(place)["deployments"][0]["revision"]
    return found.rsplit("/", 1)[-1]


def test_a_finished_service_goes_back_once_that_is_confirmed_and_undo_brings_it_forward(stage: Stage) -> None:
    place = _second(stage)
    stage.types(DEV, f"/env rollback {place} api to 77")
    stage.hears(DEV, "has never run revision `77`")
    stage.types(DEV, f"/env rollback {place} api")
    asked = stage.hears(DEV, f"would go back from `{place}-api:2` to `{place}-api:1`", "registered by ci")
    assert stage.world.deploys(place) == 0
    stage.presses(DEV, asked, f"{LABEL} {place}-api:1")
    done = stage.message_of(place, "succeeded", "rolled back in", f"{place}-api:1", "· Dev Das")
    assert (_revision(stage, place), stage.world.deploys(place)) == (f"{place}-api:1", 1)
    closed = stage.closed(place)
    assert (closed.operation, closed.outcome) == ("rollback", "succeeded")
    assert f"{place}-api:2" in str(closed.before) and f"{place}-api:1" in str(closed.after)
    stage.presses(DEV, done, "Undo")
    stage.until("it is undone", lambda: _revision(stage, place) == f"{place}-api:2")
    stage.until("that is told", lambda: "Dev Das undid this" in stage.message_of(place, "undid").words)


def test_a_deployment_in_progress_is_stopped_and_a_viewer_may_not(stage: Stage) -> None:
    place = _second(stage, slow=True)
    stage.types(VIC, f"/env rollback {place} api")
    stage.hears(VIC, "refused")
    stage.types(DEV, f"/env rollback {place} api")
    stage.message_of(place, "succeeded", f"`{place}-api:1` runs again, with the images that it had")
    assert (_revision(stage, place), stage.world.deploys(place)) == (f"{place}-api:1", 0)
    stage.types(DEV, f"/env rollback {place} api")
    stage.hears(DEV, "was rolled back already")
    stage.types(OLU, f"/env rollback {place} api 1")
    stage.hears(OLU, "already")


def test_a_rollback_that_a_kill_interrupts_happens_once_or_not_at_all(stage: Stage) -> None:
    """What was sent is found by its effect; what was not sent is never sent again."""
    ensure_patient(stage)
    held = [_held(stage, slow=slow, phase=phase) for slow in (True, False) for phase in PHASES]
    kill_at(stage, held)
    start(stage, lease_over=True)
    for one in held:
        entry = stage.closed(one.environment)
        went = one.phase == "after_effect"
        assert entry.outcome == ("succeeded" if went else "interrupted"), (str(one), entry)
        assert was_adopted(entry) is went, str(one)
        assert kinds_of(stage.audit(one.environment)) == ["started", "closed"]
        number = 1 if went else 2
        assert _revision(stage, one.environment) == f"{one.environment}-api:{number}", str(one)
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def _held(stage: Stage, *, slow: bool, phase: Phase) -> Held:
    """Ask for a rollback, and wait until its one call is held."""
    place = _second(stage, slow=slow)
    call = Call("ecs.StopServiceDeployment" if slow else "ecs.UpdateService", 1, place=0, certain=True)
    rule = stage.fault("hold", call.method, about=f"lamplighter-{place}", nth=1, phase=phase)
    stage.types(DEV, f"/env rollback {place} api")
    if not slow:
        stage.presses(DEV, stage.hears(DEV, f"to `{place}-api:1`"), f"{LABEL} {place}-api:1")
    stage.until(f"{call.method} is held", lambda: holds(stage, rule))
    return Held(place, call, phase, rule, caught=True)
