"""The rule of facts/ecs 2.4, and traps 14 to 18, 35 and 36."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policies.service.deployment import judge, replaced
from policies.service.facts import ContainerImage, Task
from policies.service.health import Health
from tests.golden import Golden
from tests.policies.make import (
    OLD,
    OURS,
    THEIRS,
    after,
    deployment,
    facts,
    failed,
    release,
    target,
    task,
    tracked,
)

COMPLETED = deployment(rollout="COMPLETED")


def test_healthy_needs_a_second_look_that_confirms_it(golden: Golden) -> None:
    first = judge(facts(deployments=(COMPLETED,)), tracked())
    assert (first.health, first.done, first.settled_polls) == (Health.DRAINING, False, 1)
    again = facts(deployments=(COMPLETED,), at=after(43))
    second = judge(again, tracked(settled_polls=1, healthy_since=first.healthy_at))
    assert (second.health, second.done) == (Health.HEALTHY, True)
    assert second.sentence == golden


def test_a_look_that_finds_a_broken_service_starts_the_count_again() -> None:
    broken = facts(deployments=(COMPLETED,), tasks=(task(1), task(2, health="UNHEALTHY")))
    judged = judge(broken, tracked(settled_polls=1, healthy_since=after(20)))
    assert (judged.health, judged.settled_polls, judged.healthy_at) == (Health.IN_PROGRESS, 0, None)


def test_the_sentence_says_when_new_tasks_are_healthy_and_old_ones_drain(golden: Golden) -> None:
    both = facts(deployments=(deployment(), deployment(OLD)), tasks=(task(1), task(2), task(9, OLD)))
    judged = judge(both, tracked())
    assert (judged.health, judged.done) == (Health.DRAINING, False)
    assert judged.sentence == golden
    assert judged.healthy_at == after(38)


def test_the_first_moment_of_health_is_kept(golden: Golden) -> None:
    judged = judge(
        facts(deployments=(COMPLETED,), at=after(340)), tracked(healthy_since=after(38), settled_polls=1)
    )
    assert (judged.health, judged.healthy_at) == (Health.HEALTHY, after(38))
    assert judged.sentence == golden


def test_progress_names_tasks_failures_and_unhealthy_targets(golden: Golden) -> None:
    going = facts(
        tasks=(task(1), task(2), failed(3)),
        target_groups=("tg-a",),
        targets=(target(1), target(2, "unhealthy", reason="Target.ResponseCodeMismatch")),
    )
    judged = judge(going, tracked())
    assert (judged.health, judged.done) == (Health.IN_PROGRESS, False)
    assert judged.sentence == golden


@pytest.mark.parametrize(
    ("status", "how_far"),
    [
        ("ROLLBACK_REQUESTED", "under way"),
        ("ROLLBACK_IN_PROGRESS", "under way"),
        ("ROLLBACK_SUCCESSFUL", "over"),
    ],
)
def test_a_rollback_is_a_failure_however_stable_the_service_is(
    status: str, how_far: str, golden: Golden
) -> None:
    back = deployment(THEIRS, rollout="COMPLETED", created_at=after(20))
    stable = facts(deployments=(back,), tasks=(task(1, THEIRS), task(2, THEIRS)))
    judged = judge(
        facts(**vars(stable) | {"service_deployment": release(status, reason="tasks failed to start.")}),
        tracked(),
    )
    assert (judged.health, judged.done) == (Health.ROLLED_BACK, True)
    assert judged.sentence == golden(name=how_far)


def test_a_failed_rollback_is_a_failure() -> None:
    judged = judge(facts(service_deployment=release("ROLLBACK_FAILED")), tracked())
    assert (judged.health, judged.done) == (Health.FAILED, True)


def test_a_failed_rollout_says_the_cause_first_and_then_what_ecs_did(golden: Golden) -> None:
    why = "ECS deployment circuit breaker: tasks failed to start."
    judged = judge(
        facts(deployments=(deployment(rollout="FAILED", rollout_reason=why),), tasks=(failed(3),)), tracked()
    )
    assert judged.health is Health.FAILED
    assert judged.sentence == golden


def test_a_failed_deployment_with_a_primary_that_says_rollback_was_rolled_back() -> None:
    ours = deployment(status="ACTIVE", rollout="FAILED")
    back = deployment(
        THEIRS,
        created_at=after(9),
        rollout_reason="ECS deployment circuit breaker: rolling back to deploymentId x.",
    )
    assert judge(facts(deployments=(back, ours)), tracked()).health is Health.ROLLED_BACK


def test_a_failed_deployment_followed_by_the_previous_revision_was_rolled_back() -> None:
    ours = deployment(status="ACTIVE", rollout="FAILED", revision="family:8")
    back = deployment(THEIRS, created_at=after(9), revision="family:7")
    both = facts(deployments=(back, ours))
    assert judge(both, tracked(previous_revision="family:7")).health is Health.ROLLED_BACK
    assert judge(both, tracked(previous_revision="family:6")).health is Health.FAILED


def test_a_primary_that_rolls_back_counts_as_rollback_even_if_ours_is_gone() -> None:
    back = deployment(THEIRS, created_at=after(9), rollout_reason="rolling back to deploymentId ecs-svc/1.")
    assert judge(facts(deployments=(back,)), tracked()).health is Health.ROLLED_BACK


def test_an_older_primary_after_ours_is_gone_is_a_rollback_but_not_at_once() -> None:
    older = deployment(OLD, status="PRIMARY")
    assert judge(facts(deployments=(older,), at=after(10)), tracked()).health is Health.IN_PROGRESS
    assert judge(facts(deployments=(older,), at=after(60)), tracked()).health is Health.ROLLED_BACK


def test_somebody_elses_deployment_supersedes_ours_without_showing_its_id() -> None:
    theirs = deployment(THEIRS, created_at=after(9))
    judged = judge(facts(deployments=(theirs, deployment(status="ACTIVE"))), tracked())
    assert (judged.health, judged.done) == (Health.SUPERSEDED, True)
    assert THEIRS not in judged.sentence


def test_a_release_stopped_because_a_new_one_began_is_superseded() -> None:
    theirs = deployment(THEIRS, created_at=after(9))
    judged = judge(facts(deployments=(theirs,), service_deployment=release("STOPPED")), tracked())
    assert judged.health is Health.SUPERSEDED


def test_a_release_that_was_stopped_with_nothing_after_it_failed(golden: Golden) -> None:
    stopped = facts(service_deployment=release("STOPPED", reason="by request"))
    first = judge(stopped, tracked())
    assert (first.done, first.settled_polls) == (False, 1)
    judged = judge(stopped, tracked(settled_polls=first.settled_polls))
    assert (judged.health, judged.done) == (Health.FAILED, True)
    assert judged.sentence == golden


def test_a_release_stopped_after_the_service_was_read_gets_a_second_look() -> None:
    """The service and its release are read one after the other, so another deployment may have begun in
    between.
    """
    between = facts(service_deployment=release("STOPPED", reason="a new one was started"))
    first = judge(between, tracked())
    assert (first.health, first.done) == (Health.IN_PROGRESS, False)
    theirs = deployment(THEIRS, created_at=after(9))
    then = facts(deployments=(theirs,), service_deployment=release("STOPPED"))
    assert judge(then, tracked(settled_polls=first.settled_polls)).health is Health.SUPERSEDED


def test_an_old_failed_deployment_is_not_ours() -> None:
    old = deployment(OLD, rollout="FAILED", rollout_reason="long ago")
    assert judge(facts(deployments=(COMPLETED, old)), tracked(settled_polls=1)).health is Health.HEALTHY


def test_another_service_deployment_says_nothing_about_ours() -> None:
    other = release("ROLLBACK_SUCCESSFUL", arn="arn:other")
    judged = judge(facts(deployments=(COMPLETED,), service_deployment=other), tracked(settled_polls=1))
    assert judged.health is Health.HEALTHY


def test_without_a_circuit_breaker_the_deadline_ends_the_wait(golden: Golden) -> None:
    hanging = facts(at=after(901), tasks=(task(1, last_status="PENDING"), failed(2)))
    judged = judge(hanging, tracked())
    assert (judged.health, judged.done) == (Health.TIMED_OUT, True)
    assert judged.sentence == golden
    assert "exit code 1" in judged.sentence


def test_a_deployment_at_the_deadline_is_still_in_time() -> None:
    assert judge(facts(at=after(900), tasks=()), tracked()).health is Health.IN_PROGRESS


def test_a_service_with_zero_desired_tasks_is_stopped_and_not_healthy() -> None:
    judged = judge(
        facts(desired=0, running=0, tasks=(), deployments=(deployment(rollout="COMPLETED", desired=0),)),
        tracked(settled_polls=5),
    )
    assert (judged.health, judged.done) == (Health.STOPPED, True)


@pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
def test_a_service_being_deleted_is_a_failure(status: str) -> None:
    assert judge(facts(status=status), tracked()).health is Health.FAILED


def test_tasks_without_a_health_check_are_running_and_not_healthy() -> None:
    unknown = facts(deployments=(COMPLETED,), tasks=(task(1, health="UNKNOWN"), task(2, health="UNKNOWN")))
    judged = judge(unknown, tracked(settled_polls=1))
    assert (judged.health, judged.done, judged.measured) == (Health.UNMEASURED, True, False)
    assert "health not measured" in judged.sentence
    assert judged.healthy_at is None
    assert "healthy after" not in judged.sentence


@pytest.mark.parametrize("measured_by", ["the task definition", "another task"])
def test_unknown_health_is_not_healthy_if_there_is_a_check(measured_by: str) -> None:
    image = ContainerImage("app", "registry/app:live", health_check=measured_by == "the task definition")
    other = "HEALTHY" if measured_by == "another task" else "UNKNOWN"
    judged = judge(
        facts(images=(image,), tasks=(task(1, health=other), task(2, health="UNKNOWN"))), tracked()
    )
    assert judged.health is Health.IN_PROGRESS
    assert judged.measured


@pytest.mark.parametrize(
    ("targets", "enough"),
    [
        ((target(1), target(2), target(1, group="tg-b"), target(2, group="tg-b")), True),
        ((target(1), target(2), target(1, group="tg-b")), False),
        ((target(1), target(2)), False),
        ((target(1), target(9), target(1, group="tg-b"), target(2, group="tg-b")), False),
        ((target(1), target(2, "initial"), target(1, group="tg-b"), target(2, group="tg-b")), False),
        ((target(1), target(2, "draining"), target(1, group="tg-b"), target(2, group="tg-b")), False),
    ],
)
def test_every_target_group_needs_as_many_healthy_targets_of_ours_as_wanted(
    targets: tuple[object, ...], enough: bool
) -> None:
    found = facts(deployments=(COMPLETED,), target_groups=("tg-a", "tg-b"), targets=targets)
    assert (judge(found, tracked(settled_polls=1)).health is Health.HEALTHY) is enough


def test_without_addresses_targets_count_only_once_no_other_task_is_left() -> None:
    mine = (task(1, ip=""), task(2, ip=""))
    targets = (target(1), target(2))
    alone = facts(deployments=(COMPLETED,), tasks=mine, target_groups=("tg-a",), targets=targets)
    assert judge(alone, tracked(settled_polls=1)).health is Health.HEALTHY
    mixed = facts(
        deployments=(COMPLETED,), tasks=(*mine, task(9, OLD, ip="")), target_groups=("tg-a",), targets=targets
    )
    assert judge(mixed, tracked(settled_polls=1)).health is Health.IN_PROGRESS


def test_a_success_while_old_tasks_remain_is_accepted_and_named(golden: Golden) -> None:
    found = facts(
        deployments=(deployment(), deployment(OLD)),
        tasks=(task(1), task(2), task(9, OLD)),
        service_deployment=release("SUCCESSFUL"),
    )
    judged = judge(found, tracked(settled_polls=1, healthy_since=after(30)))
    assert judged.health is Health.HEALTHY
    assert judged.sentence == golden


def test_native_strategies_are_judged_by_their_service_deployment(golden: Golden) -> None:
    two = (target(1), target(2))
    for strategy in ("BLUE_GREEN", "LINEAR", "CANARY"):
        going = facts(
            strategy=strategy,
            deployments=(deployment(rollout="COMPLETED"),),
            target_groups=("tg-a", "tg-b"),
            targets=two,
            service_deployment=release(stage="TEST_TRAFFIC_SHIFT"),
        )
        judged = judge(going, tracked(settled_polls=1))
        assert (judged.health, judged.done) == (Health.DRAINING, False)
        assert judged.sentence == golden(name="going")
        ended = facts(**vars(going) | {"service_deployment": release("SUCCESSFUL")})
        assert judge(ended, tracked(settled_polls=1)).health is Health.HEALTHY


@pytest.mark.parametrize("at_rest", [release(stage="BAKE_TIME"), release(stage="POST_SCALE_UP", paused=True)])
def test_pausing_and_baking_do_not_count_against_the_deadline(at_rest: object) -> None:
    long = timedelta(hours=20)
    resting = facts(strategy="BLUE_GREEN", at=after(0) + long, service_deployment=at_rest)
    judged = judge(resting, tracked())
    assert judged.held
    assert not judged.done
    moving = facts(strategy="BLUE_GREEN", at=after(0) + long, service_deployment=release(stage="CLEAN_UP"))
    assert not judge(moving, tracked(paused_for=long - timedelta(minutes=5))).done
    assert judge(moving, tracked(paused_for=timedelta(minutes=5))).health is Health.TIMED_OUT


def test_a_pause_is_reported_with_its_stage(golden: Golden) -> None:
    paused = facts(strategy="CANARY", service_deployment=release(stage="POST_SCALE_UP", paused=True))
    judged = judge(paused, tracked())
    assert judged.held and not judged.done
    assert judged.sentence == golden


def test_tasks_that_are_leaving_do_not_count(golden: Golden) -> None:
    found = facts(deployments=(COMPLETED,), tasks=(task(1), task(2, last_status="DEACTIVATING")))
    judged = judge(found, tracked(settled_polls=1))
    assert (judged.health, judged.done) == (Health.IN_PROGRESS, False)
    assert judged.sentence == golden


def test_an_empty_list_of_tasks_proves_no_health() -> None:
    assert (
        judge(facts(deployments=(COMPLETED,), tasks=()), tracked(settled_polls=1)).health
        is Health.IN_PROGRESS
    )


def test_a_deployment_known_only_by_its_service_deployment_is_still_ours() -> None:
    found = facts(deployments=(COMPLETED,), service_deployment=release("SUCCESSFUL"))
    assert judge(found, tracked(deployment="", settled_polls=1)).health is Health.HEALTHY


def test_an_unnamed_service_deployment_is_ours_if_made_after_our_call() -> None:
    ours = tracked(service_deployment="")
    assert judge(facts(service_deployment=release("ROLLBACK_SUCCESSFUL")), ours).health is Health.ROLLED_BACK
    before = release("ROLLBACK_SUCCESSFUL", created_at=after(-3600))
    assert judge(facts(service_deployment=before), ours).health is Health.DRAINING


def test_reasons_from_outside_are_redacted() -> None:
    why = "could not start: password=hunter2hunter2"
    judged = judge(facts(deployments=(deployment(rollout="FAILED", rollout_reason=why),)), tracked())
    assert "hunter2" not in judged.sentence


def test_a_stopped_task_is_replaced_once_gone_and_the_count_is_restored(golden: Golden) -> None:
    one = f"{1:032x}"
    assert not replaced(facts(), one, OURS).done
    gone = (task(1, last_status="STOPPED", stop_code="UserInitiated"), task(2))
    short = replaced(facts(tasks=gone), one, OURS)
    assert (short.health, short.done) == (Health.IN_PROGRESS, False)
    assert short.sentence == golden
    assert replaced(facts(tasks=(*gone, task(3))), one, OURS).done


def test_a_task_is_not_replaced_if_no_tasks_are_desired_any_more(golden: Golden) -> None:
    judged = replaced(facts(desired=0, tasks=()), f"{1:032x}", OURS)
    assert (judged.health, judged.done) == (Health.STOPPED, True)
    assert judged.sentence == golden


def test_a_task_is_not_replaced_by_tasks_of_another_deployment(golden: Golden) -> None:
    theirs = facts(deployments=(deployment(THEIRS),), tasks=(task(3, THEIRS), task(4, THEIRS)))
    judged = replaced(theirs, f"{1:032x}", OURS)
    assert (judged.health, judged.done) == (Health.SUPERSEDED, True)
    assert judged.sentence == golden


def test_a_task_is_not_replaced_if_its_deployment_is_gone(golden: Golden) -> None:
    judged = replaced(facts(deployments=()), f"{1:032x}", OURS)
    assert (judged.health, judged.done) == (Health.SUPERSEDED, True)
    assert judged.sentence == golden


@pytest.mark.parametrize(
    "third", [task(3, last_status="PENDING"), task(3, health="UNHEALTHY")], ids=["pending", "unhealthy"]
)
def test_every_task_of_ours_must_be_healthy_even_beyond_the_desired_count(third: Task) -> None:
    more = facts(deployments=(COMPLETED,), tasks=(task(1), task(2), third))
    assert judge(more, tracked(settled_polls=1)).health is Health.IN_PROGRESS


def test_the_reason_for_an_end_is_separate_from_the_word_for_it() -> None:
    broken = deployment(rollout="FAILED", rollout_reason="tasks failed to start.")
    judged = judge(facts(deployments=(broken,)), tracked())
    assert judged.health is Health.FAILED
    assert judged.because == "its tasks failed to start"
    silent = judge(facts(deployments=(deployment(rollout="FAILED"),)), tracked())
    assert (silent.health, silent.because) == (Health.FAILED, "")
    assert judge(facts(), tracked()).because is None
