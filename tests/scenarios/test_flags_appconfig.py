"""A flag in AppConfig from the first question to its undo, and ``kill -9`` around both of its changes."""

from __future__ import annotations

import json

from tests.scenarios.control import Json
from tests.scenarios.killing import PHASES, Call, ensure_patient, hold_in, kill_at, start, told_to_its_end
from tests.scenarios.pool import gamma
from tests.scenarios.stage import DEV, VIC, Stage, kinds_of

SWITCH = "/env flag {} gamma on"
CONFIGURATION = {
    "version": "1",
    "flags": {"gamma": {"name": "gamma"}, "delta": {"name": "delta"}},
    "values": {"gamma": {"enabled": False, "size": 3}, "delta": {"enabled": True}},
}
HOUR = 60
"""Minutes of baking that no run of a test outlasts by itself."""


def flagged(stage: Stage, *, bake: int = 0) -> str:
    """Create an environment whose flag is off; a deployment bakes for so many minutes."""
    environment = stage.environment(prefix="f")
    at = gamma(environment)
    stage.world.order("appconfig.strategy", id=at["strategy"], bake=bake)
    stage.world.order("appconfig.create", **at, content=CONFIGURATION)
    return environment


def shown(stage: Stage, environment: str) -> Json:
    return stage.world.order("appconfig.show", **gamma(environment))


def ended(stage: Stage, environment: str) -> list[tuple[int, str]]:
    """The versions that were deployed, each with the state of its deployment."""
    return [(d["version"], d["state"]) for d in shown(stage, environment)["deployments"]]


def on(stage: Stage, environment: str) -> bool:
    found: bool = json.loads(shown(stage, environment)["content"])["values"]["gamma"]["enabled"]
    return found


def test_a_flag_is_on_when_its_deployment_is_complete_and_is_reverted(stage: Stage) -> None:
    place = flagged(stage, bake=HOUR)
    stage.types(VIC, f"/env flag {place} gamma")
    stage.hears(VIC, f"`gamma` of `{place}` is off")
    stage.types(DEV, SWITCH.format(place))
    stage.until("it bakes", lambda: stage.public("AppConfig still watches its alarms"))
    stage.types(VIC, f"/env flag {place} gamma")
    stage.hears(VIC, "is off; a deployment of AppConfig is under way (100 %)")
    assert not on(stage, place)

    stage.control.post("/clock", {"advance": (HOUR + 1) * 60})
    done = stage.message_of(place, "`gamma` is on", "it was off before", "Undo")
    assert json.loads(shown(stage, place)["content"]) == {
        **CONFIGURATION,
        "values": {"gamma": {"enabled": True, "size": 3}, "delta": {"enabled": True}},
    }
    stage.presses(DEV, done, "Undo")
    stage.until("it is off again", lambda: not on(stage, place))
    assert ended(stage, place) == [(1, "COMPLETE"), (2, "REVERTED")]
    stage.until("the undo is told", lambda: stage.public("`gamma` is off", "AppConfig reverted version 2"))
    stage.until("the change tells of it", lambda: stage.public(f"`{place}`", "undid this at"))
    assert stage.evidence.faults() == ()


def test_undo_of_a_flag_that_bakes_stops_its_deployment(stage: Stage) -> None:
    place = flagged(stage, bake=HOUR)
    stage.types(DEV, SWITCH.format(place))
    going = stage.message_of(place, "`gamma` is being switched", "AppConfig still watches its alarms", "Undo")
    stage.presses(DEV, going, "Undo")
    stage.message_of(place, "`gamma` was not switched as asked", "undid it while version 2")
    assert ended(stage, place) == [(1, "COMPLETE"), (2, "ROLLED_BACK")]
    assert not on(stage, place)
    assert sorted(kinds_of(stage.audit(place))) == ["closed", "closed", "started", "started"]
    assert stage.evidence.faults() == ()


def test_a_flag_killed_around_both_changes_is_on_and_was_deployed_once(stage: Stage) -> None:
    """The step is ``SAFE``: where an answer was lost, the label or the version says that the call arrived."""
    ensure_patient(stage)
    calls = ("appconfig.CreateHostedConfigurationVersion", "appconfig.StartDeployment")
    points = [(Call(method, 1, place=0, certain=True), phase) for method in calls for phase in PHASES]
    killed = [hold_in(stage, flagged(stage), call, phase, text=SWITCH) for call, phase in points]
    kill_at(stage, killed)
    before = [shown(stage, one.environment) for one in killed]
    assert [(len(b["versions"]), len(b["deployments"])) for b in before] == [(1, 1), (2, 1), (2, 1), (2, 2)]
    start(stage, lease_over=True)
    for one in killed:
        entry = stage.closed(one.environment)
        assert entry.outcome == "succeeded", (str(one), entry)
        assert kinds_of(stage.audit(one.environment)) == ["started", "closed"]
        now = shown(stage, one.environment)
        assert (len(now["versions"]), len(now["deployments"])) == (2, 2), str(one)
        assert on(stage, one.environment)
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()
