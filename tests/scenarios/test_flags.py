"""A feature flag from the first question to its undo, and ``kill -9`` around its write."""

from __future__ import annotations

from tests.scenarios.control import Json
from tests.scenarios.killing import (
    PHASES,
    Call,
    ensure_patient,
    hold_in,
    kill_at,
    start,
    told_to_its_end,
)
from tests.scenarios.pool import beta
from tests.scenarios.stage import DEV, VIC, Stage, kinds_of

SWITCH = "/env flag {} beta on"


def flagged(stage: Stage) -> str:
    """Create an environment whose flag is off."""
    environment = stage.environment(prefix="f")
    stage.world.order("parameter.put", name=beta(environment), value="false")
    return environment


def held(stage: Stage, environment: str) -> Json:
    return stage.world.order("parameter.show", name=beta(environment))


def test_a_flag_is_asked_for_switched_restarted_for_and_switched_back(stage: Stage) -> None:
    place = flagged(stage)
    stage.types(VIC, f"/env flag {place} beta")
    stage.hears(VIC, f"`beta` of `{place}` is off")
    stage.types(VIC, SWITCH.format(place))
    stage.hears(VIC, "needs developer")
    stage.types(DEV, f"/env flag {place} betta on")
    stage.hears(DEV, f"`{place}` has no flag `betta`", "`beta`")

    stage.types(DEV, SWITCH.format(place))
    on = stage.message_of(place, "`beta` is on", "it was off before", "Restart api", "Undo")
    assert held(stage, place)["value"] == "true"
    stage.presses(DEV, on, "Restart api")
    stage.until("api is restarted", lambda: stage.world.deploys(place) == 1)

    [flag, *_] = stage.public("`beta` is on")
    stage.presses(DEV, flag, "Undo")
    stage.until("it is off again", lambda: held(stage, place)["value"] == "false")
    closed = stage.until(
        "both switches are on record",
        lambda: found if len(found := _closed(stage, place)) == 2 else [],
    )
    assert [e["beta"]["value"] for e in closed] == ["true", "false"]
    assert stage.evidence.faults() == ()


def _closed(stage: Stage, place: str) -> list[Json]:
    return [dict(e.after) for e in stage.audit(place) if e.kind == "closed" and e.operation == "flag"]


def test_a_flag_killed_around_its_write_is_on_and_was_written_once(stage: Stage) -> None:
    """The step is ``SAFE``: where its answer was lost, the version and the text say that it arrived."""
    ensure_patient(stage)
    points = [(_call("ssm.PutParameter", 1), phase) for phase in PHASES]
    points += [(_call("ssm.GetParameters", 3), "before_effect")]
    killed = [hold_in(stage, flagged(stage), call, phase, text=SWITCH) for call, phase in points]
    kill_at(stage, killed)
    versions = [held(stage, one.environment)["version"] for one in killed]
    assert versions == [1, 2, 2]
    start(stage, lease_over=True)
    for one in killed:
        entry = stage.closed(one.environment)
        assert entry.outcome == "succeeded", (str(one), entry)
        assert kinds_of(stage.audit(one.environment)) == ["started", "closed"]
        now = held(stage, one.environment)
        assert (now["value"], now["version"]) == ("true", 2), str(one)
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def _call(method: str, nth: int) -> Call:
    return Call(method, nth, place=0, certain=True)
