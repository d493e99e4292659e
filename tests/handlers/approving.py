"""A world in which a catalog approves one-off tasks, with their revisions in ECS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policies.service.approved import ApprovedTask, Parameter
from policies.service.running_once import Defined, DefinedContainer
from tests.fakes.runs import FakeRuns
from tests.handlers.world import PRODUCTION, QA, STAGING, World

IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders"
EXECUTION = "arn:aws:iam::111122223333:role/ecs-execution"
CI = "arn:aws:sts::111122223333:assumed-role/ci-deploy/*"
MIGRATE = ApprovedTask(
    "db-migrate", "orders-api", "migrate", revision="orders-migrate:7", execution_role=EXECUTION
)
REINDEX = ApprovedTask(
    "reindex",
    "orders-api",
    "reindex",
    family="orders-reindex",
    image=IMAGE,
    command=("reindex", "--index", "{index}", "{since}"),
    execution_role=EXECUTION,
    registered_by=(CI,),
    parameters=(
        Parameter("index", choices=("orders", "customers")),
        Parameter("since", pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}", default="2026-01-01"),
    ),
    minutes=10,
)


def defined(family: str, number: int, name: str, **fields: Any) -> Defined:
    arn = f"arn:aws:ecs:eu-west-1:111122223333:task-definition/{family}:{number}"
    main = DefinedContainer(name, f"{IMAGE}:v{number}", True, ("run",), (), f"/ecs/{family}", "once")
    known = {"containers": (main,), "execution_role": EXECUTION, "registered_by": CI.replace("*", "ci")}
    return Defined(arn, **(known | fields))


class ApprovingWorld(World):
    def approving(self) -> ApprovingWorld:
        """Fill the catalog and ECS. Production approves the same tasks, and stays closed."""
        tasks = (MIGRATE, REINDEX)
        self.catalogue(replace(STAGING, tasks=tasks), QA, replace(PRODUCTION, tasks=tasks))
        self.runs.define(defined("orders-migrate", 7, "migrate"))
        self.runs.define(defined("orders-reindex", 3, "reindex"))
        return self

    @property
    def runs(self) -> FakeRuns:
        return self.aws().tasks.runs

    def write(self, *lines: str, name: str = "migrate") -> None:
        """Write to the log of the task that was started last."""
        task = next(reversed(list(self.runs.known())))
        self.aws().logs.write(f"/ecs/orders-{name}", f"once/{name}/{task}", *lines)
