"""The world outside: services that a test moves by hand, people, and a catalog to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from handlers.ports.store import CatalogChange
from policies.access.grants import Grant
from policies.access.people import ConsoleUser, Role, SlackAccount, SlackPerson
from policies.service.environment import ClusterPick, Environment, Tier
from policies.service.facts import Container, ContainerImage, Deployment, ServiceFacts, Task
from tests.fakes.aws import START, FakeAws, FakeScopes, steady
from tests.fakes.slack import FakeMessages, FakePeople
from tests.fakes.store import FakeStore

TEAM = "T0HOME"
ADA, OLU, DEV = (SlackPerson(TEAM, f"U0{n}") for n in ("ADA", "OLU", "DEV"))
VIC, NIA, GUS = (SlackPerson(TEAM, f"U0{n}") for n in ("VIC", "NIA", "GUS"))
SID, REX = SlackPerson("T0AWAY", "U0SID"), SlackPerson(TEAM, "U0REX")
ROOT = ConsoleUser("root")
OLD, NEW, NEWER = (f"sha256:{letter * 64}" for letter in "abc")
TAG = "registry/orders-api:live"


class HandClock:
    """The decision clock; it stands still until a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def accounts() -> tuple[SlackAccount, ...]:
    inside = [SlackAccount(TEAM, f"U0{n.upper()}", n) for n in ("Ada", "Olu", "Dev", "Vic", "Nia")]
    return (
        *inside,
        SlackAccount(TEAM, "U0GUS", "Gus", guest=True),
        SlackAccount("T0AWAY", "U0SID", "Sid", stranger=True),
        SlackAccount(TEAM, "U0REX", "Rex", deleted=True),
    )


def environment(name: str, **fields: Any) -> Environment:
    given: dict[str, Any] = {
        "tier": Tier.NONPRODUCTION,
        "account": "111122223333",
        "region": "eu-west-1",
        "pick": ClusterPick(name),
        "channel": f"C0{name.upper()}",
        "owner": "team-orders",
    }
    return Environment(name, **(given | fields))


STAGING, QA = environment("staging"), environment("qa-eu")
PRODUCTION = replace(environment("production"), tier=Tier.PRODUCTION)
GRANTS = (
    Grant(ADA.id, Role.ADMIN),
    Grant(ADA.id, Role.ADMIN, "production"),
    Grant(OLU.id, Role.OPERATOR),
    Grant(DEV.id, Role.DEVELOPER, "staging"),
    Grant(DEV.id, Role.DEVELOPER, "qa-*"),
    Grant(VIC.id, Role.VIEWER, "staging"),
)


def task(number: int, deployment: str, digest: str = OLD, **fields: Any) -> Task:
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "deployment": deployment,
        "revision": "revision",
        "last_status": "RUNNING",
        "created_at": START,
        "health": "HEALTHY",
        "containers": (Container("app", digest=digest),),
    }
    return Task(**(values | fields))


def service(name: str = "orders-api", *, desired: int = 2, **fields: Any) -> ServiceFacts:
    """A service that has been healthy for a while, with its tasks, its image and its log."""
    image = ContainerImage(
        "app", f"registry/{name}:live", log_group=f"/staging/{name}", log_prefix="ecs", health_check=True
    )
    tasks = tuple(task(n, f"ecs-svc/{name}-0") for n in range(1, desired + 1))
    return steady(name, desired=desired, **{"tasks": tasks, "images": (image,), **fields})


@dataclass
class World:
    """Everything that outlives a process of the bot."""

    clock: HandClock = field(default_factory=HandClock)
    store: FakeStore = field(default_factory=FakeStore)
    people: FakePeople = field(default_factory=lambda: FakePeople(accounts()))
    messages: FakeMessages = field(default_factory=FakeMessages)
    _tasks: int = 100

    def __post_init__(self) -> None:
        self.scopes = FakeScopes(self.clock.now, self.store.book)
        for name in ("orders-api", "web"):
            self.aws("staging").services.put(service(name))
            self.aws("staging").images.push(f"registry/{name}:live", OLD)

    def catalogue(self, *environments: Environment, grants: tuple[Grant, ...] = GRANTS) -> World:
        wanted = environments or (STAGING, QA, PRODUCTION)
        self.store.catalog.write(CatalogChange(put_environments=wanted, put_grants=grants))
        return self

    def aws(self, name: str = "staging") -> FakeAws:
        return self.scopes.aws(name)

    def forward(self, seconds: float) -> None:
        """Move both clocks: the decision clock and the database's."""
        self.clock.at += timedelta(seconds=seconds)
        self.store.pass_time(seconds)

    def deploys(self, name: str = "staging") -> int:
        """The deployments that reached AWS."""
        return self.aws(name).script.count("deploy")

    def move(self) -> None:
        """Let ECS and RDS do their work: deployments complete, tasks come and go, databases arrive."""
        self.scopes.rds.move()
        for name in ("staging", "qa-eu", "production"):
            for facts in self.aws(name).services.known().values():
                self._complete(self.aws(name), facts)

    def _complete(self, aws: FakeAws, facts: ServiceFacts) -> None:
        primary = facts.primary
        if primary is None or _is_at_rest(facts, primary):
            return
        kept = tuple(t for t in facts.tasks if t.deployment == primary.id)
        short = facts.desired - sum(t.running for t in kept)
        tasks = (*kept, *(self._fresh(primary.id) for _ in range(short)))
        done = replace(primary, running=facts.desired, rollout="COMPLETED")
        release = facts.service_deployment
        aws.services.change(
            facts.name,
            tasks=tasks,
            deployments=(done,),
            running=facts.desired,
            service_deployment=replace(release, status=_ended(release.status)) if release else None,
        )

    def _fresh(self, deployment: str) -> Task:
        self._tasks += 1
        return task(self._tasks, deployment)


def _is_at_rest(facts: ServiceFacts, primary: Deployment) -> bool:
    """Return whether ECS has nothing left to do for a service."""
    return (
        facts.service_deployment is None
        and facts.deployments == (primary,)
        and primary.rollout == "COMPLETED"
        and facts.desired == facts.running == primary.running
        and all(t.deployment == primary.id for t in facts.tasks)
        and sum(t.running for t in facts.tasks) >= facts.desired
    )


def _ended(status: str) -> str:
    """Return the state in which a service deployment ends well."""
    return "ROLLBACK_SUCCESSFUL" if status.startswith("ROLLBACK_") else "SUCCESSFUL"


def kinds(aws: FakeAws) -> Mapping[str, int]:
    """Return how often each method was called."""
    return {name: aws.script.count(name) for name in {c.method for c in aws.script.calls}}
