"""Application Auto Scaling and RDS in memory: ``handlers.ports.aws.Scaling`` and ``Databases``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from handlers.ports.aws import Receipt
from handlers.words.errors import Absent, Rejected, Trouble
from policies.capacity.facts import DatabaseFacts, ScalingFacts, Suspended
from policies.service.happened import Activity
from tests.fakes.aws_script import Script

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices

RESTARTED_AFTER = timedelta(days=7)
ARRIVES = {"stopping": "stopped", "starting": "available"}


class FakeScaling:
    """``Scaling`` of the services in a ``FakeServices``; ``put`` adds a target."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services
        self.script = services.script
        self._targets: dict[str, ScalingFacts] = {}
        self._predictive: dict[str, tuple[str, ...]] = {}
        self._activities: list[Activity] = []

    def put(self, service: str, scaling: ScalingFacts) -> None:
        self._targets[service] = scaling

    def predict(self, service: str, *policies: str) -> None:
        """Give the service these predictive scaling policies, which are active."""
        self._predictive[service] = policies

    def remove(self, service: str) -> None:
        """Deregister the target, as somebody else might, and its policies with it."""
        del self._targets[service]
        self._predictive.pop(service, None)

    def known(self) -> Mapping[str, ScalingFacts]:
        """Return the targets, without counting as a call."""
        return dict(self._targets)

    def fail(self, method: str, error: Trouble, *, nth: int = 1, after_effect: bool = False) -> None:
        """Order an error. ``method``: as named in the script, such as *scaling.suspend*."""
        self.script.fail(method, error, nth=nth, after_effect=after_effect)

    def facts(self, services: Sequence[str]) -> Mapping[str, ScalingFacts]:
        with self.script.call("scaling.facts", tuple(services)):
            return {s: self._targets[s] for s in services if s in self._targets and self._services.owns(s)}

    def predictive(self, services: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        with self.script.call("scaling.predictive", tuple(services)):
            known = self._predictive
            return {s: known[s] for s in services if known.get(s) and self._services.owns(s)}

    def act(self, activity: Activity) -> None:
        """Let autoscaling have done this."""
        self._activities.append(activity)

    def activities(self, services: Sequence[str], since: datetime) -> tuple[Activity, ...]:
        """What ``act`` says of services with a target, newest first."""
        with self.script.call("scaling.activities", tuple(services), since):
            own = [s for s in services if s in self._targets and self._services.owns(s)]
            found = [a for a in self._activities if a.service in own and a.at >= since]
            return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def suspend(self, service: str) -> Receipt:
        with self.script.call("scaling.suspend", service):
            self._own(service)
            known = self._targets.get(service)
            if known is None:
                raise Rejected(f"AWS refused to suspend the autoscaling of {service}.", "ValidationException")
            self._targets[service] = ScalingFacts(0, known.maximum, Suspended(True, True, True))
        return Receipt(f"request-suspend-{service}")

    def restore(self, service: str, scaling: ScalingFacts) -> Receipt:
        """Restore the bounds; the count moves into minimum..maximum at once, as on AWS (facts/ecs 3.2)."""
        with self.script.call("scaling.restore", service, scaling):
            self._own(service)
            if service not in self._targets:
                raise Absent(f"The autoscaling of {service} is gone.")
            self._targets[service] = scaling
            found = self._services.known()[service]
            wanted = min(max(found.desired, scaling.minimum), scaling.maximum)
            if wanted != found.desired:
                said, now = f"Setting desired count to {wanted}.", self._services.now()
                self.act(Activity(service, now, said, "a bound was set", "Successful"))
            self._services.count(service, wanted)
        return Receipt(f"request-restore-{service}")

    def _own(self, service: str) -> None:
        if not self._services.owns(service):
            raise Absent(f"There is no service {service} here.")


class FakeRds:
    """The databases of an account and region, which environments may share. They move only by ``move``."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rows: dict[str, DatabaseFacts] = {}

    def put(self, id_: str, status: str = "available", *, engine: str = "postgres", **fields: Any) -> None:
        self._rows[id_] = DatabaseFacts(id_, status, engine, **fields)

    def remove(self, id_: str) -> None:
        del self._rows[id_]

    def find(self, id_: str) -> DatabaseFacts:
        return self._rows.get(id_, DatabaseFacts(id_, "absent"))

    def change(self, id_: str, **fields: Any) -> None:
        self._rows[id_] = replace(self._rows[id_], **fields)

    def begin(self, id_: str, status: str) -> None:
        """Set the status. ``AutomaticRestartTime`` exists from the moment a database is stopped until a start
        begins.
        """
        until = self._now() + RESTARTED_AFTER if status == "stopped" else None
        for member in [row.id for row in self._rows.values() if row.member_of == id_]:
            self.change(member, status=status)
        self.change(id_, status=status, restarts_at=until)

    def move(self) -> None:
        """Let every database in transition arrive; AWS starts those that have been stopped for seven days."""
        for id_, row in list(self._rows.items()):
            if row.member_of:
                continue
            if row.status in ARRIVES:
                self.begin(id_, ARRIVES[row.status])
            elif row.status == "stopped" and row.restarts_at and row.restarts_at <= self._now():
                self.begin(id_, "starting")


class FakeDatabases:
    """``Databases``. ``ids``: those that an environment names; ``None`` for a test that may use any."""

    def __init__(self, rds: FakeRds, script: Script, ids: tuple[str, ...] | None = None) -> None:
        self.rds, self.script, self._ids = rds, script, ids

    def of(self, ids: tuple[str, ...]) -> FakeDatabases:
        return FakeDatabases(self.rds, self.script, ids)

    def put(self, id_: str, status: str = "available", *, engine: str = "postgres", **fields: Any) -> None:
        self.rds.put(id_, status, engine=engine, **fields)

    def fail(self, method: str, error: Trouble, *, nth: int = 1, after_effect: bool = False) -> None:
        """Order an error. ``method``: as named in the script, such as *databases.stop*."""
        self.script.fail(method, error, nth=nth, after_effect=after_effect)

    def facts(self) -> tuple[DatabaseFacts, ...]:
        with self.script.call("databases.facts"):
            return tuple(self.rds.find(id_) for id_ in self._ids or ())

    def stop(self, database: str) -> Receipt:
        with self.script.call("databases.stop", database):
            found = self._one(database)
            if found.status in ("stopping", "stopped"):
                return Receipt("")
            if found.cannot_stop:
                raise Rejected(f"RDS does not stop {database}: {found.cannot_stop}.", _code(database))
            return self._begin(found, "available", "stopping")

    def start(self, database: str) -> Receipt:
        with self.script.call("databases.start", database):
            found = self._one(database)
            if found.status in ("starting", "available"):
                return Receipt("")
            return self._begin(found, "stopped", "starting")

    def _begin(self, found: DatabaseFacts, needed: str, status: str) -> Receipt:
        if found.member_of:
            raise Rejected(f"AWS refused: {found.id} is a member of {found.member_of}.", _code(found.id))
        if found.status != needed:
            sentence = f"AWS refused: {found.id} is {found.status} and not {needed}."
            raise Rejected(sentence, _code(found.id), retry_helps=True)
        self.rds.begin(found.id, status)
        return Receipt(f"request-{status}-{found.id}")

    def _one(self, database: str) -> DatabaseFacts:
        found = self.rds.find(database)
        if found.status == "absent" or (self._ids is not None and database not in self._ids):
            raise Absent(f"There is no database {database} here.")
        return found


def _code(database: str) -> str:
    return "InvalidDBClusterStateFault" if database.startswith("cluster:") else "InvalidDBInstanceState"
