"""Whether a revision is what was approved, and how a run ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.service.approved import ApprovedTask
from policies.service.facts import Container, Task
from policies.service.running_once import (
    Defined,
    DefinedContainer,
    differences,
    ended,
    ended_first,
    operation_of,
    repository,
    started_by,
)

TEMPLATE = ApprovedTask(
    "migrate",
    "web",
    "job",
    family="migrate",
    image="registry:5000/orders",
    command=("migrate",),
    registered_by=("arn:aws:sts::1:assumed-role/ci/*",),
    execution_role="arn:execution",
)
MAIN = DefinedContainer("job", "registry:5000/orders:v1", command=("migrate",))
SIDE = DefinedContainer("agent", "public/agent:2")
REVISION = Defined(
    "arn:aws:ecs:eu-central-1:1:task-definition/migrate:7",
    (MAIN,),
    execution_role="arn:execution",
    registered_by="arn:aws:sts::1:assumed-role/ci/7",
)


def test_a_revision_that_is_as_approved_differs_in_nothing() -> None:
    assert differences(TEMPLATE, REVISION) == ()
    assert REVISION.name == "migrate:7"
    with_side = replace(REVISION, containers=(MAIN, SIDE))
    assert differences(replace(TEMPLATE, sidecars=(("agent", "public/agent"),)), with_side) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"containers": (SIDE,)}, "it has no container `job`"),
        ({"containers": (replace(MAIN, image="other/orders:v1"),)}, "the image repository of `job`"),
        ({"containers": (replace(MAIN, command=("drop",)),)}, "the command of `job`"),
        ({"containers": (replace(MAIN, entry_point=("sh",)),)}, "the entry point of `job`"),
        ({"containers": (MAIN, SIDE)}, "the container `agent` is not approved"),
        ({"task_role": "arn:admin"}, "the task role"),
        ({"execution_role": ""}, "the execution role"),
        ({"registered_by": "arn:aws:sts::1:assumed-role/developer/dev"}, "who registered it"),
        ({"registered_by": ""}, "who registered it"),
    ],
)
def test_what_differs_is_named_and_never_its_value(change: dict[str, Any], said: str) -> None:
    assert differences(TEMPLATE, replace(REVISION, **change)) == (said,)


def test_a_pinned_revision_is_compared_with_what_its_approval_states_and_with_its_roles() -> None:
    pinned = ApprovedTask("migrate", "web", "job", revision="migrate:7", execution_role="arn:execution")
    main = replace(MAIN, command=("x",), image="y")
    changed = replace(REVISION, containers=(main, SIDE), registered_by="z")
    assert differences(pinned, changed) == ()
    assert differences(pinned, replace(changed, task_role="arn:admin")) == ("the task role",)
    assert [replace(pinned, revision=r).of_family for r in ("migrate:7", REVISION.arn)] == ["migrate"] * 2


def test_a_template_with_parameters_runs_its_own_command_whatever_the_revisions_is() -> None:
    filled = replace(TEMPLATE, command=("migrate", "{to}"))
    assert differences(filled, replace(REVISION, containers=(replace(MAIN, command=("other",)),))) == ()


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("orders", "orders"),
        ("orders:v1", "orders"),
        ("registry:5000/orders", "registry:5000/orders"),
        ("registry:5000/team/orders:v1.2-rc", "registry:5000/team/orders"),
        ("registry/orders@sha256:" + "a" * 64, "registry/orders"),
        ("registry/orders:v1@sha256:" + "a" * 64, "registry/orders"),
    ],
)
def test_an_images_repository_is_without_tag_and_digest(image: str, name: str) -> None:
    assert repository(image) == name


EXITED = "EssentialContainerExited"


@pytest.mark.parametrize(
    ("main", "agent", "stopped", "cause"),
    [
        (0, None, EXITED, ""),
        (0, 0, EXITED, ""),
        (0, 143, EXITED, ""),
        (1, 143, EXITED, "exit code 1"),
        (None, None, "TaskFailedToStart", "`job` has no exit code: because"),
        (None, 1, EXITED, "`job` has no exit code: its sidecar `agent` ended with exit code 1"),
        (0, 1, EXITED, "its sidecar `agent` ended with exit code 1 and ended the task"),
        (143, 2, EXITED, "its sidecar `agent` ended with exit code 2 and ended the task"),
        (143, 0, EXITED, "exit code 143 (ended by SIGTERM)"),
        (0, 0, "UserInitiated", "somebody stopped it: because"),
        (None, None, "UserInitiated", "somebody stopped it: because"),
        (0, None, "SpotInterruption", "AWS took its Spot capacity back"),
    ],
)
def test_only_the_named_containers_exit_code_0_is_success(
    main: int | None, agent: int | None, stopped: str, cause: str
) -> None:
    containers = (Container("job", "", "", exit_code=main), Container("agent", "", "", exit_code=agent))
    task = Task("1", "", "", "STOPPED", stop_code=stopped, stopped_reason="because", containers=containers)
    found = ended(task, "job", ("agent",))
    assert (found.well, found.cause) == (not cause, cause)
    assert found.code == main


def ran(main: int | None, agent: int | None, reason: str = "", **fields: Any) -> Task:
    containers = (Container("job", exit_code=main), Container("agent", exit_code=agent, reason=reason))
    return Task("1", "", "", **{"last_status": "STOPPED", **fields}, containers=containers)


@pytest.mark.parametrize(
    ("task", "first"),
    [
        (ran(None, None, last_status="RUNNING"), ""),
        (ran(None, 0, last_status="RUNNING"), "agent"),
        (ran(None, 143, last_status="DEPROVISIONING"), "agent"),
        (ran(0, None, last_status="RUNNING"), ""),
        (ran(0, 143, last_status="DEPROVISIONING"), ""),
        (ran(None, 0), ""),
    ],
)
def test_a_sidecar_that_is_seen_to_end_before_its_main_container_ended_first(task: Task, first: str) -> None:
    assert ended_first(task, "job", ("agent",)) == first
    assert ended_first(task, "job") == "", "only an essential one ends the task"


@pytest.mark.parametrize("code", [0, 137, 143])
def test_what_a_sidecar_cut_off_is_no_success_even_with_exit_code_0(code: int) -> None:
    stopped = ran(0, code, stop_code=EXITED)
    assert ended(stopped, "job", ("agent",)).well, "ECS alone does not say which of them ended first"
    found = ended(stopped, "job", ("agent",), first="agent")
    assert (found.well, found.code) == (False, 0)
    assert found.cause.startswith(f"its sidecar `agent` ended with exit code {code}")
    assert found.cause.endswith("before `job` did, and ended the task")
    assert ended(ran(0, code, stop_code="UserInitiated"), "job", ("agent",), first="agent").cause.startswith(
        "somebody stopped it"
    )


def test_a_sidecar_without_memory_failed_by_itself() -> None:
    found = ended(ran(0, 137, "OutOfMemoryError: container killed"), "job", ("agent",))
    assert not found.well
    assert found.cause == "its sidecar `agent` ran out of memory and ended the task"


def test_memory_is_named_and_a_container_that_is_not_there_is_a_failure() -> None:
    killed = Container("job", "", "", exit_code=137, reason="OutOfMemoryError: killed")
    task = Task("1", "", "", "STOPPED", stop_code=EXITED, stopped_reason="exited", containers=(killed,))
    assert ended(task, "job").cause == "exit code 137, out of memory"
    assert ended(task, "other").cause == "`other` has no exit code: exited"


def test_who_started_a_task_names_its_operation() -> None:
    by = started_by("260302t090000-0123456789", 0)
    assert operation_of(by) == "260302t090000-0123456789"
    assert [operation_of(other) for other in ("", "ci", "lamplighter/", by + "x", "x" + by)] == [""] * 5
