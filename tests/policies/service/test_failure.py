"""What failed tasks said (facts/ecs 2.5, traps 17 and 28)."""

from __future__ import annotations

from typing import Any

import pytest

from policies.service.facts import Container, ContainerImage, Event
from policies.service.failure import exit_words, failure_cause, failure_evidence, last_cause
from tests.golden import Golden
from tests.policies.make import OLD, OURS, after, facts, failed, target, task

IMAGES = (
    ContainerImage("proxy", "r/proxy:1", essential=False, log_group="/g", log_prefix="ecs"),
    ContainerImage("app", "r/app:live", log_group="/g", log_prefix="ecs"),
)


def test_equal_causes_are_counted_and_only_for_our_deployment(golden: Golden) -> None:
    found = failure_evidence(facts(tasks=(failed(1), failed(2), failed(3, OLD, stopped_reason="else"))), OURS)
    (counted,) = found.reasons
    assert counted == golden
    assert found.exit_codes == (("app", 1),)


def test_without_a_named_deployment_all_failed_tasks_count() -> None:
    assert len(failure_evidence(facts(tasks=(failed(1, OLD), failed(2, stopped_reason="x")))).reasons) == 2


def test_log_streams_begin_with_the_newest_task_and_its_essential_container() -> None:
    both = (Container("proxy", exit_code=0), Container("app", exit_code=1))
    found = failure_evidence(
        facts(images=IMAGES, tasks=(failed(1, containers=both), failed(2, containers=both)))
    )
    one, two = f"{1:032x}", f"{2:032x}"
    names = [f"ecs/app/{two}", f"ecs/proxy/{two}", f"ecs/app/{one}", f"ecs/proxy/{one}"]
    assert found.streams == tuple(("/g", name) for name in names)


def test_a_log_stream_without_a_prefix_is_not_guessed() -> None:
    assert (
        failure_evidence(
            facts(images=(ContainerImage("app", "r/app", log_group="/g"),), tasks=(failed(1),))
        ).streams
        == ()
    )


def test_a_sidecars_exit_is_not_taken_for_the_tasks(golden: Golden) -> None:
    both = (Container("proxy", exit_code=143), Container("app", exit_code=137, reason="OutOfMemoryError"))
    (said,) = failure_evidence(facts(images=IMAGES, tasks=(failed(1, containers=both),))).reasons
    assert "proxy" not in said
    assert said == golden


def test_a_missing_exit_code_is_not_zero() -> None:
    pull = failed(
        1,
        stop_code="TaskFailedToStart",
        stopped_reason="CannotPullContainerError",
        containers=(Container("app"),),
    )
    found = failure_evidence(facts(tasks=(pull,)))
    assert (found.reasons, found.exit_codes) == (("CannotPullContainerError",), ())


@pytest.mark.parametrize(
    ("code", "reason", "counts"),
    [
        ("UserInitiated", "Task stopped by user", False),
        ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment x)", False),
        ("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)", True),
        ("ServiceSchedulerInitiated", "Task failed container health checks", True),
        ("SpotInterruption", "", False),
        ("TaskFailedToStart", "ResourceInitializationError", True),
        ("", "", True),
    ],
)
def test_tasks_that_were_stopped_did_not_fail(code: str, reason: str, counts: bool) -> None:
    found = facts(tasks=(failed(1, stop_code=code, stopped_reason=reason),))
    assert bool(failure_evidence(found).reasons) is counts
    assert bool(last_cause(found)) is counts


def test_tasks_that_never_became_healthy_are_the_suspects_when_none_stopped() -> None:
    found = failure_evidence(
        facts(images=IMAGES, tasks=(task(1),), targets=(target(1, "unhealthy", reason="Target.Timeout"),)),
        OURS,
    )
    assert found.reasons == ("target unhealthy: Target.Timeout",)
    assert found.streams == (("/g", f"ecs/app/{1:032x}"),)


def test_an_event_of_another_day_is_kept_with_its_date() -> None:
    found = failure_evidence(facts(events=(Event(after(-1), "now"), Event(after(-2 * 86_400), "then"))))
    assert [event.rpartition(" ")[0] for event in found.events] == [
        f"{after(-1):%H:%M:%S} UTC",
        f"{after(-2 * 86_400):%Y-%m-%d %H:%M:%S} UTC",
    ]


def test_the_last_events_are_kept_and_everything_is_redacted() -> None:
    events = tuple(Event(after(-n), f"event {n} password=hunter2") for n in range(9))
    found = failure_evidence(facts(events=events, tasks=(failed(1, stopped_reason="token=hunter2"),)))
    assert len(found.events) == 5
    assert found.events[0].startswith("09:00:00 UTC event 0 ")
    assert "hunter2" not in str(found)


def test_the_newest_cause_is_the_last() -> None:
    assert last_cause(
        facts(tasks=(failed(1, stopped_reason="old"), failed(2, stopped_reason="new")))
    ).startswith("new")
    assert last_cause(facts()) == ""


def test_exit_codes_are_explained_where_they_usually_mean_something(golden: Golden) -> None:
    assert exit_words(1) == "exit code 1"
    assert exit_words(139) == golden


ELB = "Task failed ELB health checks in (target-group t)"
PULL = (
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
    "docker.io/library/web:9.9.9: not found"
)
CAUSES: dict[str, tuple[dict[str, Any], str, str]] = {
    "what the log says": ({}, "DATABASE_URL is missing", "exit code 1, DATABASE_URL is missing"),
    "a log that says nothing": ({}, "", "exit code 1"),
    "memory": (
        {"containers": (Container("app", exit_code=137, reason="OutOfMemoryError: Container killed"),)},
        "a line of before",
        "exit code 137, out of memory",
    ),
    "killed, and why is not said": (
        {"containers": (Container("app", exit_code=137),)},
        "",
        "exit code 137 (killed: for memory, or because it did not end in time)",
    ),
    "an image that is not there": (
        {"stop_code": "TaskFailedToStart", "stopped_reason": PULL, "containers": (Container("app"),)},
        "",
        "its image cannot be pulled: pull image manifest has been retried 1 time(s): failed to resolve ref "
        "docker.io/library/web:9.9.9: not found",
    ),
    "an image that is not there, by its container": (
        {
            "stop_code": "TaskFailedToStart",
            "stopped_reason": "Task failed to start",
            "containers": (Container("app", reason="CannotPullContainerError: access denied"),),
        },
        "",
        "its image cannot be pulled: access denied",
    ),
    "a load balancer's health check": (
        {"stop_code": "ServiceSchedulerInitiated", "stopped_reason": ELB, "containers": (Container("app"),)},
        "cannot reach redis",
        "its load balancer health check failed: Health checks failed with these codes: [503], "
        "cannot reach redis",
    ),
    "a container's health check": (
        {"stop_code": "ServiceSchedulerInitiated", "stopped_reason": "Task failed container health checks"},
        "",
        "its container health check failed",
    ),
    "nothing but ECS's own reason": (
        {"stopped_reason": "ResourceInitializationError: no route", "containers": (Container("app"),)},
        "",
        "ResourceInitializationError: no route",
    ),
}


_SECRET = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
    "failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch "
    "secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:staging/db-AbCdEf from secrets manager: "
    "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/0123456789abcdef is not "
    "authorized to perform: secretsmanager:GetSecretValue"
)
_GROUP = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
    "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
    "exist. : exit status 1"
)
_SHELL = (
    "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: "
    "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
    'process: exec: "/app/start.sh": permission denied: unknown'
)


@pytest.mark.parametrize(
    ("reason", "telling"),
    [
        (
            _SECRET,
            ("ResourceInitializationError", "is not authorized to perform: secretsmanager:GetSecretValue"),
        ),
        (_GROUP, ("failed to validate logger args", "The specified log group does not exist")),
        (_SHELL, ("CannotStartContainerError", '"/app/start.sh": permission denied')),
        (f"CannotPullContainerError: {'x' * 400}", ("its image cannot be pulled", "xxx…")),
    ],
)
def test_of_a_long_chain_of_errors_the_last_link_is_kept(reason: str, telling: tuple[str, ...]) -> None:
    never = failed(1, stop_code="TaskFailedToStart", stopped_reason=reason, containers=(Container("app"),))
    cause = failure_cause(facts(tasks=(never,)))
    assert all(part in cause for part in telling), cause
    assert len(cause) < 240


@pytest.mark.parametrize("at", range(20, 300, 7))
def test_a_secret_is_hidden_wherever_a_long_reason_is_cut(at: int) -> None:
    reason = f"InternalError: {'a ' * at}DB_PASSWORD=hunter2hunter2 {'b ' * (300 - at)}"
    never = failed(1, stop_code="TaskFailedToStart", stopped_reason=reason, containers=(Container("app"),))
    assert "hunter2" not in failure_cause(facts(tasks=(never,)))


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (0, "Essential container in task exited", "exit code 0 (it ended by itself, without an error)"),
        (126, "Essential container in task exited", "exit code 126 (its command may not be executed)"),
        (127, "Essential container in task exited", "exit code 127 (its command was not found)"),
        (134, "Essential container in task exited", "exit code 134 (it aborted itself, SIGABRT)"),
        (255, "Essential container in task exited", "exit code 255"),
        (137, "Container instance deregistration forced by user.", "forced by user, exit code 137"),
        (143, "ECS is performing maintenance on the underlying infrastructure.", "maintenance"),
    ],
)
def test_an_exit_code_and_the_reason_are_told_as_what_they_mean(code: int, reason: str, cause: str) -> None:
    ended = failed(1, stopped_reason=reason, containers=(Container("app", exit_code=code),))
    assert cause in failure_cause(facts(tasks=(ended,)))


@pytest.mark.parametrize("case", CAUSES)
def test_the_cause_is_a_clause_that_says_what_to_look_at(case: str) -> None:
    changes, telling, cause = CAUSES[case]
    ailing = (target(1, state="unhealthy", reason="Health checks failed with these codes: [503]"),)
    assert failure_cause(facts(tasks=(failed(1, **changes),), targets=ailing), OURS, telling) == cause


def test_a_running_task_is_no_cause_but_its_unhealthy_target_is() -> None:
    assert failure_cause(facts(), OURS, "some line") == ""
    ailing = (target(1, state="unhealthy", reason="Request timed out"),)
    assert failure_cause(facts(targets=ailing), OURS) == "target unhealthy: Request timed out"
