"""RDS instances and Aurora clusters: their states, what moves them, and AWS's own restart after seven days.

moto stops and starts at once, never restarts by itself and stops databases that AWS refuses to stop
(facts/ecs 3.6). States here last seconds where AWS's last minutes (facts/ecs 3.4). Each transition happens as
of its due time and not in strides, so a clock moved by days shows what those days would have brought.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from playground.aws.account import arn
from playground.aws.errors import AwsError
from playground.aws.moment import Moment

Kind = Literal["instance", "cluster"]
STOP_SECONDS = 20.0
START_SECONDS = 20.0
"""Our own durations; AWS takes several minutes for each, up to hours for a cluster (facts/ecs 3.4)."""
STOPPED_FOR = timedelta(days=7)
"""After this long AWS itself starts the database (facts/ecs 3.4)."""
ACTIONS: dict[Kind, tuple[str, str]] = {
    "instance": ("StopDBInstance", "StartDBInstance"),
    "cluster": ("StopDBCluster", "StartDBCluster"),
}


@dataclass
class Halt:
    """One period in which a database was stopped; without an ``end`` it is still stopped."""

    begin: datetime
    end: datetime | None = None


@dataclass
class Database:
    """One instance or cluster. ``due`` is in elapsed seconds, ``restarts_at`` an instant as AWS shows it.

    A cluster's member has the cluster's id in ``cluster``, and the cluster's status; ``elsewhere`` is how
    many clusters in other regions belong to the same global database. ``halts`` are the periods in which the
    database and its members were stopped, oldest first. For Aurora, ``stored_gb`` is what a cluster holds,
    ``acu`` the capacity units of a Serverless v2 instance, and ``optimized`` whether storage is
    I/O-Optimized. ``disk`` is an instance's volume in RDS's own words.
    """

    id: str
    kind: Kind
    engine: str
    created_at: datetime
    environment: str = ""
    multi_az: bool = False
    source: str = ""
    replicas: list[str] = field(default_factory=list)
    cluster: str = ""
    members: list[str] = field(default_factory=list)
    global_name: str = ""
    elsewhere: int = 0
    serverless_v1: bool = False
    stored_gb: float = 0.0
    acu: float = 0.0
    optimized: bool = False
    disk: dict[str, Any] = field(default_factory=dict)
    status: str = "available"
    due: float = 0.0
    restarts_at: datetime | None = None
    calls: dict[str, int] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)
    halts: list[Halt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = dict.fromkeys(ACTIONS[self.kind], 0)

    @property
    def arn(self) -> str:
        return arn("rds", f"{'db' if self.kind == 'instance' else 'cluster'}:{self.id}")

    def say(self, message: str, at: datetime) -> None:
        """Append an event to the database's history, which only ``describe`` shows."""
        self.events.append({"at": at.isoformat(), "message": message})


class DatabaseBook:
    """Every database of the account and region; hold the fleet's lock."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Kind, str], Database] = {}

    def add(self, database: Database) -> None:
        """Add a database; ``ValueError`` if that kind and id already exists."""
        if (database.kind, database.id) in self.rows:
            raise ValueError(f"there is a database {database.kind} {database.id} already")
        self.rows[(database.kind, database.id)] = database

    def of_kind(self, kind: Kind) -> list[Database]:
        return sorted((row for row in self.rows.values() if row.kind == kind), key=lambda row: row.id)

    def find(self, kind: Kind, reference: str) -> Database:
        """Find a database by id or ARN in any case; ``DBInstanceNotFound`` or ``DBClusterNotFoundFault``."""
        name = reference.split(":")[-1].lower()
        found = self.rows.get((kind, name))
        if found is not None and (":" not in reference or reference.lower() == found.arn.lower()):
            return found
        if kind == "instance":
            raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", status=404)
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.", status=404)

    def forget(self, database: Database) -> None:
        """Remove a database and its members; its replicas then stand alone, and its source loses one."""
        for name in database.members:
            self.rows.pop(("instance", name), None)
        for row in self.of_kind(database.kind):
            row.source = "" if row.source == database.id else row.source
            row.replicas = [name for name in row.replicas if name != database.id]
        self.rows.pop((database.kind, database.id), None)

    def live(self, moment: Moment) -> None:
        """Let all databases live up to ``moment``."""
        for row in self.rows.values():
            while not row.cluster and self._step(row, moment):
                pass

    def stop(self, database: Database, moment: Moment) -> None:
        """Begin to stop a database; ``AwsError`` if it cannot be stopped, ever or now (facts/ecs 3.4 and
        3.5).
        """
        check_stoppable(database)
        self._enter(database, "stopping", moment.t + STOP_SECONDS)
        database.say("stop asked for", moment.at)

    def start(self, database: Database, moment: Moment) -> None:
        """Begin to start a database; ``AwsError`` unless it is ``stopped``."""
        if database.cluster:
            raise never(f"{database.engine} DB instances are not eligible for stopping and starting.")
        if database.status != "stopped":
            raise not_now(database, f"cannot be started: it is {database.status}, not stopped.")
        database.restarts_at = None
        self._resume(database, moment.at)
        self._enter(database, "starting", moment.t + START_SECONDS)
        database.say("start asked for", moment.at)

    def busy(self, database: Database, status: str, due: float) -> None:
        """Put a database into another state until ``due``; ``ValueError`` unless it is ``available``."""
        if database.status != "available":
            raise ValueError(f"{database.id} is {database.status}, not available")
        self._enter(database, status, due)

    def _step(self, row: Database, moment: Moment) -> bool:
        """Make one due transition, as of its due time; return false if none is due."""
        if row.status == "stopped":
            return self._wake(row, moment)
        if row.status == "available" or moment.t < row.due:
            return False
        at = moment.at - timedelta(seconds=moment.t - row.due)
        if row.status == "stopping":
            row.restarts_at = at + STOPPED_FOR
            self._halt(row, at)
            self._enter(row, "stopped", 0.0)
        else:
            self._enter(row, "available", 0.0)
        row.say(f"is {row.status}", at)
        return True

    def _wake(self, row: Database, moment: Moment) -> bool:
        if row.restarts_at is None or moment.at < row.restarts_at:
            return False
        since = row.restarts_at
        row.say("is being started by AWS: it was stopped for seven days", since)
        row.restarts_at = None
        self._resume(row, since)
        late = (moment.at - since).total_seconds()
        self._enter(row, "starting", moment.t - late + START_SECONDS)
        return True

    def _halt(self, row: Database, at: datetime) -> None:
        for one in self._whole(row):
            one.halts.append(Halt(at))

    def _resume(self, row: Database, at: datetime) -> None:
        for one in self._whole(row):
            if one.halts and one.halts[-1].end is None:
                one.halts[-1].end = at

    def _whole(self, row: Database) -> list[Database]:
        return [row, *(self.rows[("instance", name)] for name in row.members)]

    def _enter(self, row: Database, status: str, due: float) -> None:
        row.status, row.due = status, due
        for name in row.members:
            self.rows[("instance", name)].status = status


def check_stoppable(database: Database) -> None:
    """Raise the refusals of StopDBInstance and StopDBCluster (facts/ecs 3.4); the wording is our own.

    That AWS refuses what can never be stopped is a fact; which of the two codes it uses is our guess.
    """
    if database.cluster:
        raise never(f"{database.engine} DB instances are not eligible for stopping and starting.")
    if database.kind == "instance" and (database.replicas or database.source):
        raise not_now(database, "cannot be stopped: it has a read replica or is one.")
    if database.engine.startswith("sqlserver") and database.multi_az:
        raise never("A SQL Server DB instance in a Multi-AZ deployment cannot be stopped.")
    if database.kind == "cluster":
        _check_cluster(database)
    if database.status != "available":
        raise not_now(database, f"is not in available state: it is {database.status}.")


def _check_cluster(database: Database) -> None:
    if database.elsewhere:
        raise not_now(database, "cannot be stopped: its global database has other members.")
    if database.replicas or database.source:
        raise not_now(database, "cannot be stopped: it has a cross-Region read replica or is one.")
    if database.serverless_v1:
        raise never("An Aurora Serverless v1 DB cluster cannot be stopped.")


def never(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def not_now(database: Database, what: str) -> AwsError:
    if database.kind == "instance":
        return AwsError("InvalidDBInstanceState", f"Instance {database.id} {what}")
    return AwsError("InvalidDBClusterStateFault", f"DbCluster {database.id} {what}")
