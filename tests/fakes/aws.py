"""AWS in memory: the ports of ``handlers.ports.aws`` and ``handlers.ports.scope``, scripted by tests.

Nothing moves by itself. A deployment stays where ``deploy`` left it until the test says otherwise, and counts
and databases stay until ``FakeAws.move``. ``tests.contracts.test_aws`` and ``test_aws_capacity`` hold these
fakes and the real adapters to the same behaviour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handlers.ports.aws import Receipt
from handlers.ports.book import Book
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Rejected, Trouble
from policies.access.people import Actor
from policies.cost.fargate import TaskSize
from policies.logs.routes import AWSLOGS, Route
from policies.service.environment import Environment, LiveService, Membership
from policies.service.facts import Deployment, ServiceDeployment, ServiceFacts, Task
from tests.fakes.aws_appconfig import FakeAppConfig, FakeFeatures
from tests.fakes.aws_capacity import FakeDatabases, FakeRds, FakeScaling
from tests.fakes.aws_flags import FakeFlags, FakeParameters
from tests.fakes.aws_groups import FakeGroups
from tests.fakes.aws_happened import FakeRollouts
from tests.fakes.aws_history import FakeHistory, Past
from tests.fakes.aws_images_logs import FakeImages, FakeLogs
from tests.fakes.aws_permissions import FakePermissions
from tests.fakes.aws_rollbacks import FakeRollbacks
from tests.fakes.aws_script import START, Call, Mishap, Script
from tests.fakes.aws_tasks import FakeTasks
from tests.fakes.billing import FakeInsights
from tests.fakes.book import FakeBook
from tests.fakes.cache import FakeKeys
from tests.fakes.signals import FakeLeftovers, FakeSignals
from tests.fakes.usage import FakeUsage

__all__ = [
    "START",
    "Call",
    "FakeAws",
    "FakeImages",
    "FakeLogs",
    "FakeScopes",
    "FakeServices",
    "FakeTasks",
    "Mishap",
    "Script",
    "steady",
]


def steady(name: str = "web", *, cluster: str = "staging", desired: int = 2, **fields: Any) -> ServiceFacts:
    """Return a service that has been healthy for a while."""
    revision = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{cluster}-{name}:7"
    primary = Deployment(
        f"ecs-svc/{name}-0", "PRIMARY", revision, desired, desired, 0, 0, START, rollout="COMPLETED"
    )
    known: dict[str, Any] = {
        "name": name,
        "cluster": cluster,
        "arn": f"arn:aws:ecs:eu-central-1:123456789012:service/{cluster}/{name}",
        "at": START,
        "status": "ACTIVE",
        "desired": desired,
        "running": desired,
        "pending": 0,
        "revision": revision,
        "deployments": (primary,),
    }
    return ServiceFacts(**(known | fields))


class FakeServices(FakeRollouts, FakeHistory):
    """``Services``: ``put`` adds a service, ``dispute`` makes two environments claim one, and ``fail`` orders
    an error.
    """

    def __init__(self, script: Script | None = None, now: Callable[[], datetime] = lambda: START) -> None:
        super().__init__()
        self.script = script or Script()
        self.now = now
        self._facts: dict[str, ServiceFacts] = {}
        self._rollouts: dict[tuple[str, str], ServiceDeployment] = {}
        self._lost: dict[str, ServiceFacts] = {}
        self._disputed: dict[str, tuple[str, ...]] = {}
        self._routes: dict[str, tuple[Route, ...]] = {}
        self._sizes: dict[str, TaskSize] = {}
        self._made = 0
        self.past = Past()

    def moment(self) -> datetime:
        return self.now()

    def put(self, facts: ServiceFacts) -> None:
        """Set how the service stands now. Its service deployment can be read by ARN from then on."""
        self._facts[facts.name] = facts
        if facts.service_deployment:
            self._rollouts[facts.name, facts.service_deployment.arn] = facts.service_deployment

    def change(self, service: str, **fields: Any) -> ServiceFacts:
        self.put(replace(self._facts[service], **fields))
        return self._facts[service]

    def remove(self, service: str) -> None:
        del self._facts[service]

    def lose(self, service: str) -> None:
        """Re-tag the service, so that it leaves this environment and goes on where it is."""
        self._lost[service] = self._facts.pop(service)

    def elsewhere(self, service: str, **fields: Any) -> None:
        """Change a service that was lost."""
        self._lost[service] = replace(self._lost[service], **fields)

    def dispute(self, service: str, *claimants: str) -> None:
        self._disputed[service] = tuple(sorted(claimants))

    def known(self) -> Mapping[str, ServiceFacts]:
        """Return what was put, without counting as a call."""
        return dict(self._facts)

    def fail(self, method: str, error: Trouble, *, nth: int = 1, after_effect: bool = False) -> None:
        self.script.fail(method, error, nth=nth, after_effect=after_effect)

    def members(self) -> Membership:
        with self.script.call("members"):
            own = [f for f in self._facts.values() if f.name not in self._disputed]
            return Membership(
                tuple(LiveService(f.name, f.cluster, f.arn, f.tags) for f in own), dict(self._disputed)
            )

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> tuple[ServiceFacts, ...]:
        with self.script.call("summaries", tuple(services)):
            rows = [self._facts[name] for name in dict.fromkeys(services) if self.owns(name)]
            if tasks:
                return tuple(replace(f, at=self.now(), service_deployment=None) for f in rows)
            return tuple(
                replace(f, at=self.now(), images=(), tasks=(), targets=(), service_deployment=None)
                for f in rows
            )

    def facts(self, service: str, service_deployment: str = "", *, protection: bool = False) -> ServiceFacts:
        with self.script.call("facts", service, service_deployment):
            return self._all(self._one(service), service_deployment, protection=protection)

    def facts_of(self, arn: str, service_deployment: str = "") -> ServiceFacts:
        with self.script.call("facts", arn, service_deployment):
            found = next((f for f in (*self._facts.values(), *self._lost.values()) if f.arn == arn), None)
            if found is None:
                raise Absent(f"The service {arn.rsplit('/', 1)[-1]} is deleted.")
            return self._all(found, service_deployment, protection=False)

    def _all(self, found: ServiceFacts, service_deployment: str, *, protection: bool) -> ServiceFacts:
        service = found.name
        arn = service_deployment or found.current_deployment
        rollout = self._rollouts.get((service, arn), None if arn else found.service_deployment)
        tasks = tuple(self._told(task, protection=protection) for task in found.tasks)
        return replace(found, at=self.now(), service_deployment=rollout, tasks=tasks)

    def _told(self, task: Task, *, protection: bool) -> Task:
        """Show a task's protection only if it was asked for, and only while it lasts."""
        until = task.protected_until
        lasts = task.last_status != "STOPPED" and (until is None or until > self.now())
        if task.protected and protection and lasts:
            return task
        return replace(task, protected=False, protected_until=None)

    def protect(self, service: str, until: datetime) -> None:
        """Protect all tasks of the service that run now."""
        tasks = self._facts[service].tasks
        self.change(service, tasks=tuple(replace(t, protected=True, protected_until=until) for t in tasks))

    def size(self, size: TaskSize) -> None:
        """Set the task size of the service that ``size`` names; any other service has a quarter of a vCPU and
        half a GB.
        """
        self._sizes[size.service] = size

    def sizes(self, services: Sequence[str]) -> tuple[TaskSize, ...]:
        with self.script.call("sizes", tuple(services)):
            return tuple(
                self._sizes.get(name, TaskSize(name, 0.25, 0.5)) for name in services if self.owns(name)
            )

    def route(self, revision: str, *routes: Route) -> None:
        """Let the containers of a revision log there; without it a container of its image's name logs into
        its image's group.
        """
        self._routes[revision] = routes

    def log_routes(self, service: str, revisions: Sequence[str]) -> dict[str, tuple[Route, ...]]:
        with self.script.call("log_routes", service, tuple(revisions)):
            images = self._facts[service].images
            usual = tuple(
                Route(i.container, i.essential, AWSLOGS, i.log_group, i.log_prefix, "eu-central-1")
                for i in images
                if i.log_group
            )
            return {revision: self._routes.get(revision, usual) for revision in revisions}

    def deploy(self, service: str) -> Receipt:
        with self.script.call("deploy", service):
            return self.redeploy(service, self._one(service).revision)

    def redeploy(self, service: str, revision: str) -> Receipt:
        """Make a deployment of that revision, without counting as a call."""
        made = self._deployed(replace(self._one(service), revision=revision))
        self.put(made)
        self.rolled_by_us(made, self.now())
        return Receipt(
            f"request-{self._made}", made.deployments[0].id, made.current_deployment, made.revision
        )

    def set_desired(self, service: str, count: int) -> Receipt:
        with self.script.call("set_desired", service, count):
            found = self._one(service)
            if found.scheduling == "DAEMON" or count < 0:
                raise Rejected(f"AWS refused to set {service} to {count} tasks.", "InvalidParameterException")
            self.count(service, count)
        return Receipt(f"request-set-desired-{service}-{count}", revision=found.revision)

    def count(self, service: str, count: int) -> None:
        """Set the desired count alone; the tasks follow when ECS moves."""
        facts = self._facts[service]
        deployments = tuple(
            replace(d, desired=count) if d.status == "PRIMARY" else d for d in facts.deployments
        )
        self.change(service, desired=count, deployments=deployments)

    def move(self) -> None:
        """Let ECS do its work: run as many tasks as are desired. A deployment in flight completes only if the
        desired count is zero (facts/ecs 3.5).
        """
        for name, facts in self.known().items():
            primary = facts.primary
            if primary is None or (primary.rollout == "IN_PROGRESS" and facts.desired):
                continue
            tasks = self._tasks(facts, primary)
            done = replace(primary, running=len(tasks), pending=0, rollout="COMPLETED")
            self.change(name, running=len(tasks), pending=0, deployments=(done,), tasks=tasks)

    def _tasks(self, facts: ServiceFacts, primary: Deployment) -> tuple[Task, ...]:
        """Return the running tasks, cut or filled up to the count; a protected task is not cut."""
        running = [task for task in facts.tasks if task.running]
        held = [task for task in running if self._told(task, protection=True).protected]
        running = [*held, *(task for task in running if task not in held)]
        for _ in range(primary.desired - len(running)):
            self._made += 1
            task_id = f"{self._made:032x}"
            running.append(Task(task_id, primary.id, primary.revision, "RUNNING", created_at=self.now()))
        return tuple(running[: max(primary.desired, len(held))])

    def _deployed(self, facts: ServiceFacts) -> ServiceFacts:
        """Return the service with a new PRIMARY deployment without tasks; the one before is ACTIVE until its
        tasks are gone.
        """
        self._made += 1
        now = self.now()
        arn = facts.arn.replace(":service/", ":service-deployment/") + f"/{self._made}"
        id_, revision = f"ecs-svc/{facts.name}-{self._made}", facts.revision
        primary = Deployment(id_, "PRIMARY", revision, facts.desired, 0, 0, 0, now, rollout="IN_PROGRESS")
        old = tuple(replace(d, status="ACTIVE") if d.status == "PRIMARY" else d for d in facts.deployments)
        digests = facts.service_deployment.digests if facts.service_deployment else {}
        return replace(
            facts,
            deployments=(primary, *old),
            current_deployment=arn,
            service_deployment=ServiceDeployment(arn, "IN_PROGRESS", now, digests=digests),
        )

    def owns(self, service: str) -> bool:
        """Whether the service exists and nobody else claims it, without counting as a call."""
        return service in self._facts and service not in self._disputed

    def _one(self, service: str) -> ServiceFacts:
        if not self.owns(service):
            raise Absent(f"There is no service {service} here.")
        return self._facts[service]


@dataclass
class FakeAws:
    """One environment's AWS. All of its ports write to one script, so the order of calls across them is kept.

    ``databases`` knows every id; in a scope it is limited to those that the environment names.
    """

    script: Script
    services: FakeServices
    rollbacks: FakeRollbacks
    tasks: FakeTasks
    images: FakeImages
    logs: FakeLogs
    scaling: FakeScaling
    databases: FakeDatabases
    groups: FakeGroups
    flags: FakeFlags
    features: FakeFeatures
    permissions: FakePermissions
    keys: FakeKeys
    usage: FakeUsage
    insights: FakeInsights
    signals: FakeSignals
    leftovers: FakeLeftovers

    @classmethod
    def fresh(
        cls,
        now: Callable[[], datetime] = lambda: START,
        rds: FakeRds | None = None,
        name: str = "staging",
        parameters: FakeParameters | None = None,
        appconfig: FakeAppConfig | None = None,
    ) -> FakeAws:
        script = Script()
        features = FakeFeatures(script, appconfig or FakeAppConfig(now))
        services = FakeServices(script, now)
        return cls(
            script,
            services,
            FakeRollbacks(services),
            FakeTasks(services),
            FakeImages(script),
            FakeLogs(script),
            FakeScaling(services),
            FakeDatabases(rds or FakeRds(now), script),
            FakeGroups(services, name),
            FakeFlags(script, parameters or FakeParameters(), features),
            features,
            FakePermissions(script),
            FakeKeys(script),
            FakeUsage(services, now, name),
            FakeInsights(),
            FakeSignals(name, now),
            FakeLeftovers(now),
        )

    def move(self) -> None:
        """Let counts, databases and instances arrive where they were sent."""
        self.services.move()
        self.databases.rds.move()
        self.groups.move()


@dataclass
class FakeScopes:
    """``Scopes``: one ``FakeAws`` for each environment's name, made on first use.

    The environments share one RDS, one Parameter Store and one AppConfig, as those of one account and region
    do. ``book`` is the book of the store whose memory it is given; by default it is empty.
    """

    now: Callable[[], datetime] = lambda: START
    book: Book = field(default_factory=lambda: FakeBook().book)
    bound: list[tuple[str, Actor, str]] = field(default_factory=list)
    """The environment, actor and operation id of each binding."""
    _environments: dict[str, FakeAws] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rds, self.parameters = FakeRds(self.now), FakeParameters()
        self.appconfig = FakeAppConfig(self.now)

    def aws(self, environment: str) -> FakeAws:
        if environment not in self._environments:
            self._environments[environment] = FakeAws.fresh(
                self.now, self.rds, environment, self.parameters, self.appconfig
            )
        return self._environments[environment]

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        self.bound.append((environment.name, actor, operation_id))
        aws = self.aws(environment.name)
        return Scope(
            environment=environment,
            actor=actor,
            now=self.now(),
            services=aws.services,
            rollbacks=aws.rollbacks,
            tasks=aws.tasks,
            runs=aws.tasks.runs,
            images=aws.images,
            logs=aws.logs,
            scaling=aws.scaling,
            databases=aws.databases.of(environment.databases),
            capacities=aws.groups,
            flags=aws.flags.of(environment.flags),
            features=aws.features.of(environment.flags),
            permissions=aws.permissions,
            keys=aws.keys,
            usage=aws.usage,
            insights=aws.insights,
            signals=aws.signals,
            leftovers=aws.leftovers,
            book=self.book,
            operation_id=operation_id,
        )
