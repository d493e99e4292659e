"""RunTask, answered as AWS does where moto does not: tokens, failures with HTTP 200, and what it refuses."""

from __future__ import annotations

import json
import re
from typing import Any

from playground.aws.account import ecs
from playground.aws.definitions import active_definition, containers_of
from playground.aws.errors import AwsError, invalid
from playground.aws.fleet import Fleet
from playground.aws.run_once import OnceTask

Params = dict[str, Any]
TOKEN_SECONDS, DAY_SECONDS = 3_600.0, 86_400.0
"""A token lives for the lower of 24 hours and the life of its task plus an hour (facts/ecs 6.1)."""
LONGEST_TOKEN, LONGEST_OVERRIDES = 64, 8_192
STARTED_BY = re.compile(r"[A-Za-z0-9_/-]{0,128}")


class RunCalls:
    """Each public method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def run_task(self, params: Params) -> Params:
        """Run a task, or repeat the answer that this token had."""
        fleet = self._fleet
        cluster, token = fleet.cluster_name(params.get("cluster")), str(params.get("clientToken") or "")
        if len(token) > LONGEST_TOKEN:
            raise invalid("clientToken must not be longer than 64 characters.")
        before = fleet.once.tokens.get((cluster, token)) if token else None
        if before is not None and self._lives(before):
            if before[0] != params:
                raise AwsError("ConflictException", "The clientToken was used with other parameters.")
            return before[2]
        answer = self._run(cluster, params)
        if token:
            fleet.once.tokens[cluster, token] = (dict(params), fleet.moment, answer)
        return answer

    def _lives(self, before: tuple[Params, Any, Params]) -> bool:
        now = self._fleet.moment.t
        if now - before[1].t >= DAY_SECONDS:
            return False
        tasks: list[OnceTask] = before[2]["tasks"]
        ended = [task for task in tasks if task.now_status == "STOPPED"]
        return len(ended) < len(tasks) or not tasks or now - max(t.since for t in ended) < TOKEN_SECONDS

    def _run(self, cluster: str, params: Params) -> Params:
        definition = active_definition(str(params.get("taskDefinition") or ""))
        _check(definition, params)
        fleet = self._fleet
        reason, left = fleet.once.short.get(cluster, ("", 0))
        if left:
            fleet.once.short[cluster] = (reason, left - 1)
            arn = ecs().clusters[cluster].arn
            return {"tasks": [], "failures": [{"arn": arn, "reason": reason}]}
        tasks = []
        for _ in range(int(params.get("count") or 1)):
            task = OnceTask(definition, params, cluster, fleet.moment)
            task.visible_from = fleet.moment.t + fleet.once.of(task).hidden
            ecs().tasks.setdefault(cluster, {})[task.task_arn] = task
            tasks.append(task)
        return {"tasks": tasks, "failures": []}


def _check(definition: Any, params: Params) -> None:
    """Refuse what AWS refuses; the sentences are AWS's as far as they are known."""
    if params.get("launchType") and params.get("capacityProviderStrategy"):
        raise invalid("Specifying both a launch type and capacity provider strategy is not supported.")
    network = (params.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    if definition.network_mode == "awsvpc" and not network.get("subnets"):
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if not STARTED_BY.fullmatch(str(params.get("startedBy") or "")):
        raise invalid("startedBy is longer than 128 characters or has characters that are not allowed.")
    if params.get("propagateTags") == "SERVICE":
        raise invalid("propagateTags SERVICE is not supported for RunTask.")
    overrides = params.get("overrides") or {}
    if len(json.dumps(overrides)) > LONGEST_OVERRIDES:
        raise invalid("Overrides must not be longer than 8192 characters.")
    names = {row["name"] for row in containers_of(definition)}
    for override in overrides.get("containerOverrides") or []:
        if override.get("name") not in names:
            name = override.get("name")
            raise invalid(f"Override for container named {name} is not a container in the TaskDefinition.")
