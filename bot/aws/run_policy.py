"""The part of the policy that approved one-off tasks need (facts/ecs 10.1, 10.2); without a task, nothing.

IAM authorises RunTask on the task definition alone: only the condition ``ecs:cluster`` keeps an approved
migration out of another cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.aws import arns
from bot.aws.calls import RUN_TASK
from policies.service.environment import Environment

Statement = dict[str, Any]
PASS_ROLE, TAG = "iam:PassRole", "ecs:TagResource"
NEEDED = frozenset({RUN_TASK.action, PASS_ROLE, TAG})
"""Actions that a role without approved tasks must never have."""
TO_TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
AT_START = {"ecs:CreateAction": "RunTask"}


def runnable(environments: Sequence[Environment]) -> list[Environment]:
    """The environments in which a task may be run: those with tasks, unless they are closed production."""
    return [e for e in environments if e.tasks and (not e.production or "run" in e.open_to)]


def allowances(environments: Sequence[Environment]) -> list[Statement]:
    """Run exactly the approved definitions in the environments' own clusters, with exactly the approved
    roles, and tag the task as it is started.
    """
    some = runnable(environments)
    found = [_run(environment) for environment in some]
    roles = sorted({role for e in some for task in e.tasks for role in task.roles})
    if roles:
        found.append(_statement("Allow", "PassApprovedRoles", PASS_ROLE, roles, {"StringEquals": TO_TASKS}))
    if some:
        tasks = arns.in_clusters(some, "task")
        found.append(_statement("Allow", "TagNewTasks", TAG, tasks, {"StringEquals": AT_START}))
    return found


def denials(environments: Sequence[Environment]) -> list[Statement]:
    """What stays denied to a role that may run tasks: elsewhere, for others, and tags on anything else."""
    some = runnable(environments)
    if not some:
        return []
    elsewhere = {"ArnNotEquals": {"ecs:cluster": arns.clusters(some)}}
    return [
        _statement("Deny", "RunNowhereElse", RUN_TASK.action, ["*"], elsewhere),
        _statement("Deny", "PassToNothingElse", PASS_ROLE, ["*"], {"StringNotEquals": TO_TASKS}),
        _statement("Deny", "TagNothingElse", TAG, ["*"], {"StringNotEquals": AT_START}),
    ]


def _run(environment: Environment) -> Statement:
    named = sorted({_definition(environment, task.reference) for task in environment.tasks})
    name = "".join(part.capitalize() for part in environment.name.split("-"))
    where = {"ArnEquals": {"ecs:cluster": arns.clusters([environment])}}
    return _statement("Allow", f"RunTasks{name}", RUN_TASK.action, named, where)


def _definition(environment: Environment, reference: str) -> str:
    """The ARN of a pinned revision, or of every revision of a family: which one runs, the bot decides."""
    if reference.startswith("arn:"):
        return reference
    named = reference if ":" in reference else f"{reference}:*"
    return arns.each([environment], "ecs", f"task-definition/{named}")[0]


def _statement(
    effect: str, sid: str, action: str, resources: list[str], condition: dict[str, Any]
) -> Statement:
    return {"Sid": sid, "Effect": effect, "Action": [action], "Resource": resources, "Condition": condition}
