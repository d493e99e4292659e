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


def test_memory_is_named_and_a_container_that_is_not_there_is_a_failure() -> None:
    killed = Container("job", "", "", exit_code=137, reason="OutOfMemoryError: killed")
    task = Task("1", "", "", "STOPPED", stop_code=EXITED, stopped_reason="exited", containers=(killed,))
    assert ended(task, "job").cause == "exit code 137, out of memory"
    assert ended(task, "other").cause == "`other` has no exit code: exited"


def test_who_started_a_task_names_its_operation() -> None:
    by = started_by("260302t090000-0123456789", 0)
    assert operation_of(by) == "260302t090000-0123456789"
    assert [operation_of(other) for other in ("", "ci", "lamplighter/", by + "x", "x" + by)] == [""] * 5
