"""Whatever ECS reports, each combination of facts has a judgement, and health is never guessed."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from policies.service.deployment import judge
from policies.service.health import Health
from tests.policies.make import (
    OLD,
    OURS,
    THEIRS,
    after,
    deployment,
    facts,
    release,
    task,
    tracked,
)

_tasks = st.lists(
    st.builds(
        lambda n, of, status, health: task(n, of, last_status=status, health=health),
        st.integers(1, 200),
        st.sampled_from([OLD, OURS, THEIRS]),
        st.sampled_from(["PROVISIONING", "PENDING", "RUNNING", "DEACTIVATING", "STOPPED"]),
        st.sampled_from(["HEALTHY", "UNHEALTHY", "UNKNOWN"]),
    ),
    max_size=6,
)
_deployments = st.lists(
    st.builds(
        lambda id, status, rollout, s: deployment(id, status=status, rollout=rollout, created_at=after(s)),
        st.sampled_from([OLD, OURS, THEIRS]),
        st.sampled_from(["PRIMARY", "ACTIVE", "INACTIVE"]),
        st.sampled_from([None, "IN_PROGRESS", "COMPLETED", "FAILED"]),
        st.integers(-60, 60),
    ),
    max_size=3,
)
_STATUSES = ("PENDING", "IN_PROGRESS", "SUCCESSFUL", "STOPPED", "STOP_REQUESTED", "ROLLBACK_IN_PROGRESS")
_releases = st.none() | st.builds(
    lambda status, stage: release(status, stage=stage),
    st.sampled_from(_STATUSES),
    st.sampled_from(["", "BAKE_TIME", "SCALE_UP"]),
)


@given(_tasks, _deployments, _releases, st.integers(0, 3), st.integers(0, 2000), st.integers(0, 2))
@example(
    tasks=[task(1, OURS)],
    deployments=[deployment(OURS, status="ACTIVE", rollout="COMPLETED")],
    made=None,
    desired=1,
    seconds=0,
    polls=1,
)
def test_every_combination_of_facts_has_a_judgement_and_healthy_is_never_guessed(
    tasks: list[object], deployments: list[object], made: object, desired: int, seconds: int, polls: int
) -> None:
    found = facts(
        tasks=tuple(tasks),
        deployments=tuple(deployments),
        service_deployment=made,
        desired=desired,
        at=after(seconds),
    )
    judged = judge(found, tracked(settled_polls=polls))
    assert judged.sentence
    if judged.health in (Health.HEALTHY, Health.UNMEASURED):
        alive = [t for t in found.tasks if t.deployment == OURS and t.last_status == "RUNNING"]
        assert polls >= 1
        assert len(alive) >= desired > 0
        assert all(t.health != "UNHEALTHY" for t in alive)
        assert found.primary is not None
        assert found.primary.id == OURS
        assert found.primary.rollout != "FAILED"
    if judged.health is Health.HEALTHY:
        assert judged.measured
    if judged.health in (Health.FAILED, Health.ROLLED_BACK, Health.SUPERSEDED, Health.TIMED_OUT):
        assert judged.done
