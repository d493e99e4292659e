"""What the generated policy says of approved tasks, and what the doctor finds of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.aws.permissions import NEVER, policy_document
from bot.aws.policy_parts import parts
from bot.aws.preflight import Finding
from policies.service.approved import ApprovedTask
from policies.service.environment import Environment, Tier
from tests.bot.aws.stage import DEV, Stage, environment

EXECUTION = "arn:aws:iam::123456789012:role/ecs-execution"
PINNED = ApprovedTask("migrate", "web", "job", revision="orders-migrate:7", execution_role=EXECUTION)
FAMILY = ApprovedTask(
    "reindex",
    "web",
    "job",
    family="orders-reindex",
    image="123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders",
    command=("reindex",),
    execution_role=EXECUTION,
    task_role="arn:aws:iam::123456789012:role/reindex",
    registered_by=("arn:aws:sts::123456789012:assumed-role/ci-deploy/*",),
)
ECS = "arn:aws:ecs:eu-central-1:123456789012"


def said(*environments: Environment) -> dict[str, dict[str, Any]]:
    return {row["Sid"]: row for row in policy_document(environments)["Statement"]}


def test_exactly_the_approved_definitions_run_in_the_environments_own_cluster() -> None:
    found = said(environment("staging", tasks=(PINNED, FAMILY)), environment("qa-eu"))
    run = found["RunTasksStaging"]
    assert run["Resource"] == [
        f"{ECS}:task-definition/orders-migrate:7",
        f"{ECS}:task-definition/orders-reindex:*",
    ]
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": [f"{ECS}:cluster/staging"]}}
    assert "RunTasksQaEu" not in found
    roles = found["PassApprovedRoles"]
    assert (roles["Action"], roles["Resource"]) == (["iam:PassRole"], [EXECUTION, FAMILY.task_role])
    assert roles["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert found["TagNewTasks"]["Resource"] == [f"{ECS}:task/staging/*"]
    assert "ecs:RunTask" in found["NoShell"]["Action"]


def test_what_runs_nothing_is_denied_all_of_it() -> None:
    closed = environment("production", tier=Tier.PRODUCTION, tasks=(PINNED,))
    for only in (environment("staging"), closed):
        found = said(only)
        assert set(NEVER) < set(found["NeverNeeded"]["Action"])
        assert not [sid for sid in found if sid.startswith(("RunTask", "Pass", "Tag"))]


def test_a_shared_role_runs_tasks_nowhere_else() -> None:
    production = environment("production", tier=Tier.PRODUCTION, tasks=(PINNED,))
    found = said(environment("staging", tasks=(PINNED,)), production)
    assert "RunTasksProduction" not in found
    elsewhere = {"ArnNotEquals": {"ecs:cluster": [f"{ECS}:cluster/staging"]}}
    assert found["RunNowhereElse"]["Condition"] == elsewhere
    assert {"ecs:RunTask", "iam:PassRole", "ecs:TagResource"}.isdisjoint(found["NeverNeeded"]["Action"])
    assert "RunTasksProduction" in said(replace(production, open_to=frozenset({"run"})))


def test_a_policy_with_tasks_can_be_split() -> None:
    many = [environment(f"e{n}", tasks=(PINNED, FAMILY)) for n in range(40)]
    assert all(part["Statement"] for part in parts(policy_document(many)))


def findings(stage: Stage, where: Environment) -> dict[str, Finding]:
    return {finding.check: finding for finding in stage.scopes([where]).preflight(where, DEV)}


def test_the_doctor_compares_each_approved_task_with_ecs(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    for task, by in ((PINNED, "ci"), (FAMILY, "dev")):
        order: dict[str, Any] = {"do": "definition.register", "family": task.of_family, "container": "job"}
        stage.world.change({**order, "image": "orders:v1", "by": by, "command": ["reindex"]})
    first = replace(PINNED, revision="orders-migrate:1")
    gone, lost = replace(PINNED, name="gone"), replace(first, name="lost", service="none")
    found = findings(stage, environment(cluster, tasks=(first, FAMILY, gone, lost)))
    told = {name: found[f"task {name}"].ok for name in ("migrate", "reindex", "gone", "lost")}
    assert told == {"migrate": True, "reindex": False, "gone": False, "lost": False}
    assert "who registered it" in found["task reindex"].sentence
    stage.world.change({"do": "definition.deactivate", "revision": "orders-migrate:1"})
    assert not findings(stage, environment(cluster, tasks=(first,)))["task migrate"].ok
