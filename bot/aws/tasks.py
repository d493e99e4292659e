"""Stopping one task. Whether it should be stopped is decided before."""

from __future__ import annotations

import re

from bot.aws.discovery.rows import last_part
from bot.aws.place import Place
from handlers.gate.errors import Absent
from handlers.ports.aws import Receipt

ACTIONS = ("ecs:StopTask", "ecs:DescribeTasks")

ID = re.compile(r"[A-Za-z0-9-]{1,64}")
LONGEST_REASON = 255


class EcsTasks:
    """``handlers.ports.aws.Tasks``, in the environment's clusters and no other."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def stop(self, task: str, reason: str) -> Receipt:
        """One attempt. The reason is shown on the task, so that its owner sees who stopped it."""
        if not ID.fullmatch(task):
            raise Absent(f"There is no task {task[:64]} in {self._place.environment.name}.")
        send_by = self._place.send_by()
        cluster = self._cluster(task)
        action = f"stop task {task}"
        client = self._place.ecs_for_change(action)
        with self._place.turn("StopTask", action, send_by=send_by):
            answer = client.stop_task(cluster=cluster, task=task, reason=reason[:LONGEST_REASON])
        return Receipt(
            request_id=answer["ResponseMetadata"]["RequestId"],
            deployment=answer.get("task", {}).get("startedBy", ""),
        )

    def _cluster(self, task: str) -> str:
        """The one cluster there is, else the one that has the task."""
        clusters = self._place.environment.pick.clusters
        if len(clusters) == 1:
            return clusters[0]
        action = f"find task {task}"
        for cluster in clusters:
            client = self._place.ecs(action)
            with self._place.turn("DescribeTasks", action):
                answer = client.describe_tasks(cluster=cluster, tasks=[task])
            if any(last_part(row.get("clusterArn", "")) == cluster for row in answer["tasks"]):
                return cluster
        raise Absent(f"There is no task {task} in {self._place.environment.name}.")
