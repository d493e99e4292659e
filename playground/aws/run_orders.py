"""Orders about one-off tasks: what a family runs and how that goes, and capacity that is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.aws import images, task_logs
from playground.aws.account import REGION, ecs
from playground.aws.environments import Builder, full_image
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, ecs_name, need
from playground.aws.run_once import Once, OnceTask


class RunOrders:
    """The orders about one-off tasks; hold the fleet's lock."""

    def __init__(self, fleet: Fleet, builder: Builder) -> None:
        self._fleet, self._builder = fleet, builder

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "definition.register": self.register,
            "definition.deactivate": self.deactivate,
            "run.short": self.short,
            "run.describe": self.describe,
        }

    def register(self, order: Order) -> Order:
        """Register a revision and say how its tasks go: ``{family, container, image, command?, sidecars?,
        task_role?, by?, exit?, seconds?, log?, sidecar_exit?, hidden?}``.
        """
        family, name = ecs_name(need(order, "family"), "family"), need(order, "container")
        image = full_image(need(order, "image"))
        group = f"/ecs/{family}"
        task_logs.ensure_group(group)
        options = {"awslogs-group": group, "awslogs-region": REGION, "awslogs-stream-prefix": "once"}
        main: dict[str, Any] = {
            "name": name,
            "image": image,
            "essential": True,
            "command": [str(part) for part in order.get("command") or []],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        sidecars = dict(order.get("sidecars") or {})
        others = [{"name": n, "image": full_image(str(i)), "essential": True} for n, i in sidecars.items()]
        self._push(image)
        made = self._builder.register_containers(family, [main, *others], dict(order))
        self._fleet.once.families[family] = Once(
            code=int(order.get("exit") or 0),
            seconds=float(order.get("seconds", 6)),
            log=tuple(str(line) for line in order.get("log") or ()),
            sidecar=count_of(order, "sidecar_exit"),
            hidden=float(order.get("hidden") or 0),
        )
        return {"task_definition": made}

    def deactivate(self, order: Order) -> Order:
        """Deregister a revision: ``{revision}``, as ``family:1``."""
        found: Any = ecs().describe_task_definition(need(order, "revision"))
        found.status = "INACTIVE"
        return {"inactive": str(found.arn)}

    def short(self, order: Order) -> Order:
        """Let RunTask answer failures with HTTP 200: ``{cluster, reason?, times?}``."""
        cluster = self._fleet.cluster_name(need(order, "cluster"))
        reason, times = (
            str(order.get("reason") or "Capacity is unavailable at this time"),
            order.get("times", 1),
        )
        self._fleet.once.short[cluster] = (reason, int(times))
        return {"fails": times, "reason": reason}

    def describe(self, order: Order) -> Order:
        """Answer the state of each task that RunTask started there: ``{cluster}``."""
        tasks = ecs().tasks.get(self._fleet.cluster_name(need(order, "cluster")), {}).values()
        return {"tasks": [task.now_status for task in tasks if isinstance(task, OnceTask)]}

    def _push(self, image: str) -> None:
        repository, (_, tag, _) = images.repository_of(image), images.split_image(image)
        if repository:
            images.ensure_repository(repository, immutable=False)
            if tag and images.find(repository, tag=tag) is None:
                images.push(repository, tag, self._fleet.moment.at)
