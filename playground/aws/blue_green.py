"""Native BLUE_GREEN, LINEAR and CANARY deployments: a release walks its life-cycle stages (facts/ecs 2.1).

The stage names are the service model's. How long ECS stays in the short stages is not documented; here they
take a second each. A stage with a PAUSE hook waits for ``ContinueServiceDeployment`` or for the hook's
time-out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playground.aws import breaker, rolling
from playground.aws.entities import SimService
from playground.aws.lifecycle import Lifecycle
from playground.aws.moment import Moment
from playground.aws.releases import Deployment, Hook, Release, nineteen_digits

STAGES = (
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
)
SHOWN_AT = {"PRE_PRODUCTION_TRAFFIC_SHIFT": "POST_TEST_TRAFFIC_SHIFT"}
"""A hook may name this stage although no release ever reports it; the hook pauses the stage before the shift.
"""
SHORT_SECONDS = 1.0
DEFAULT_TIMEOUT_MINUTES = 1440
"""The default hook time-out is 24 h (facts/ecs 2.1)."""
WHOLE = 100.0


def step(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    """Move the current release on if its stage is over."""
    release, green = service.release, service.primary
    _keep_running(service, moment)
    if green.state == "FAILED":
        return
    if release.stage is None:
        _enter(release, STAGES[0], service, moment)
    for _ in STAGES:
        if not _over(service, release, moment) or _paused(service, release, lifecycle, moment):
            return
        if release.stage == STAGES[-1]:
            return
        _leave(release, service, lifecycle, moment)


def start_tasks_stage(release: Release) -> bool:
    """Return whether the release has reached the stage in which new tasks start."""
    return release.stage is not None and STAGES.index(release.stage) >= STAGES.index("SCALE_UP")


def waits_at(release: Release, hook_id: str) -> bool:
    """Return whether the release waits at exactly this hook."""
    hook = release.hook
    return hook is not None and hook.id == hook_id and hook.status == "AWAITING_ACTION"


def proceed(release: Release, hook_id: str) -> bool:
    """Continue past the hook; return false if the release is not waiting at that hook."""
    if release.hook is None or not waits_at(release, hook_id):
        return False
    release.hook.status = "SUCCEEDED"
    return True


def _keep_running(service: SimService, moment: Moment) -> None:
    """Keep both sides at the desired count for as long as they have a part in the release."""
    release = service.release
    sides: list[Deployment] = list(service.deployments[1:])
    if release.stage == "CLEAN_UP":
        sides = []
    if start_tasks_stage(release):
        sides.append(service.primary)
    for side in sides:
        missing = service.wanted - len(service.live(side))
        serving = side is service.primary or side is service.good
        if serving and missing > 0 and moment.t >= side.launch_after and side.state != "FAILED":
            rolling.start(service, side, moment, missing)


def _enter(release: Release, stage: str, service: SimService, moment: Moment) -> None:
    release.stage, release.updated_at = stage, moment.at
    seconds = SHORT_SECONDS
    if stage == "BAKE_TIME":
        seconds = 60.0 * int(service.configuration.get("bakeTimeInMinutes", 0))
    if stage == "PRODUCTION_TRAFFIC_SHIFT":
        seconds = _shift_seconds(service)
    release.stage_due = moment.t + seconds


def _shift_seconds(service: SimService) -> float:
    """Return how long traffic takes to move: at once, in equal steps, or a first share and then the rest."""
    configuration = service.configuration
    if service.strategy == "LINEAR":
        linear = configuration.get("linearConfiguration") or {}
        steps = max(1, round(WHOLE / float(linear.get("stepPercent", 10))))
        return steps * 60.0 * int(linear.get("stepBakeTimeInMinutes", 6))
    if service.strategy == "CANARY":
        canary = configuration.get("canaryConfiguration") or {}
        return 60.0 * int(canary.get("canaryBakeTimeInMinutes", 10))
    return SHORT_SECONDS


def _over(service: SimService, release: Release, moment: Moment) -> bool:
    if release.stage == "SCALE_UP":
        ready = sum(task.ready for task in service.live(service.primary))
        return ready >= service.wanted
    if release.stage == "PRODUCTION_TRAFFIC_SHIFT":
        release.weight = _weight(service, release, moment)
    return moment.t >= release.stage_due


def _weight(service: SimService, release: Release, moment: Moment) -> float:
    left = max(0.0, release.stage_due - moment.t)
    if left == 0:
        return WHOLE
    if service.strategy == "CANARY":
        return float((service.configuration.get("canaryConfiguration") or {}).get("canaryPercent", 5))
    if service.strategy == "LINEAR":
        share = float((service.configuration.get("linearConfiguration") or {}).get("stepPercent", 10))
        done = 1 - left / max(_shift_seconds(service), SHORT_SECONDS)
        return min(WHOLE, share * (1 + int(done * WHOLE / share)))
    return 0.0


def _leave(release: Release, service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    assert release.stage is not None
    _enter(release, STAGES[STAGES.index(release.stage) + 1], service, moment)
    release.hook = None
    if release.stage == "CLEAN_UP":
        old = [task for side in service.deployments[1:] for task in service.live(side)]
        rolling.stop_all(service, lifecycle, moment, old)


def pause_hooks(service: SimService) -> dict[str, dict[str, Any]]:
    """Return the service's PAUSE hooks by the stage at which they show."""
    found: dict[str, dict[str, Any]] = {}
    for hook in service.configuration.get("lifecycleHooks") or []:
        if hook.get("targetType") == "PAUSE":
            found |= {SHOWN_AT.get(stage, stage): hook for stage in hook.get("lifecycleStages") or []}
    return found


def _paused(service: SimService, release: Release, lifecycle: Lifecycle, moment: Moment) -> bool:
    stage = str(release.stage)
    if release.hook is None and stage not in release.passed and stage in pause_hooks(service):
        release.passed.add(stage)
        release.hook = _hook(pause_hooks(service)[stage], stage, moment)
    hook = release.hook
    if hook is None or hook.status != "AWAITING_ACTION":
        return False
    if moment.t < hook.due:
        return True
    hook.status = "TIMED_OUT"
    if hook.action == "ROLLBACK" and service.good is not None:
        breaker.roll_back(service, lifecycle, moment, reason="Lifecycle hook timed out.")
        return True
    return False


def _hook(configured: dict[str, Any], stage: str, moment: Moment) -> Hook:
    timeout = configured.get("timeoutConfiguration") or {}
    seconds = 60.0 * int(timeout.get("timeoutInMinutes", DEFAULT_TIMEOUT_MINUTES))
    return Hook(
        id=nineteen_digits(),
        stage=stage,
        status="AWAITING_ACTION",
        expires_at=moment.at + timedelta(seconds=seconds),
        due=moment.t + seconds,
        action=timeout.get("action", "ROLLBACK"),
    )
