"""RDS instances and Aurora clusters: their states, what moves them, and AWS's own restart after seven days.

moto stops and starts at once, never restarts by itself and stops what AWS refuses (facts/ecs 3.6). States
here last seconds where AWS's last minutes (facts/ecs 3.4). What ends is worked out from when it was due and
not by strides, so a clock moved by days shows what those days would have brought.
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
"""facts/ecs 3.4: then it is started by AWS itself."""
ACTIONS: dict[Kind, tuple[str, str]] = {
    "instance": ("StopDBInstance", "StartDBInstance"),
    "cluster": ("StopDBCluster", "StartDBCluster"),
}


@dataclass
class Halt:
    """From when to when one was stopped; without an end it still is."""

    begin: datetime
    end: datetime | None = None


@dataclass
class Database:
    """One instance or cluster. ``due`` is in elapsed seconds, ``restarts_at`` an instant as AWS shows it.

    A member of a cluster has the cluster's id in ``cluster`` and its status; ``elsewhere`` is how many
    clusters of other regions are in the same global database. ``halts``: when it was stopped, and its
    members with it, oldest first. Of Aurora: what a cluster holds, the capacity units of an instance of
    Serverless v2, and whether it is I/O-Optimized. ``disk``: of an instance its volume, in RDS's own words.
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
        """Note what happened to it, oldest first; shown by ``describe`` alone."""
        self.events.append({"at": at.isoformat(), "message": message})


class DatabaseBook:
    """Every database of the account and region; hold the fleet's lock."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Kind, str], Database] = {}

    def add(self, database: Database) -> None:
        """``ValueError`` if there is one of that kind and id already."""
        if (database.kind, database.id) in self.rows:
            raise ValueError(f"there is a database {database.kind} {database.id} already")
        self.rows[(database.kind, database.id)] = database

    def of_kind(self, kind: Kind) -> list[Database]:
        return sorted((row for row in self.rows.values() if row.kind == kind), key=lambda row: row.id)

    def find(self, kind: Kind, reference: str) -> Database:
        """By id or ARN, in any case; ``DBInstanceNotFound`` or ``DBClusterNotFoundFault``."""
        name = reference.split(":")[-1].lower()
        found = self.rows.get((kind, name))
        if found is not None and (":" not in reference or reference.lower() == found.arn.lower()):
            return found
        if kind == "instance":
            raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", status=404)
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.", status=404)

    def forget(self, database: Database) -> None:
        """Remove it and its members; its replicas stand alone then, and its source has one less."""
        for name in database.members:
            self.rows.pop(("instance", name), None)
        for row in self.of_kind(database.kind):
            row.source = "" if row.source == database.id else row.source
            row.replicas = [name for name in row.replicas if name != database.id]
        self.rows.pop((database.kind, database.id), None)

    def live(self, moment: Moment) -> None:
        """Let all of them live up to ``moment``."""
        for row in self.rows.values():
            while not row.cluster and self._step(row, moment):
                pass

    def stop(self, database: Database, moment: Moment) -> None:
        """Begin to stop it; ``AwsError`` if it cannot be stopped, ever or now (facts/ecs 3.4 and 3.5)."""
        check_stoppable(database)
        self._enter(database, "stopping", moment.t + STOP_SECONDS)
        database.say("stop asked for", moment.at)

    def start(self, database: Database, moment: Moment) -> None:
        """Begin to start it; ``AwsError`` unless it is ``stopped``."""
        if database.cluster:
            raise never(f"{database.engine} DB instances are not eligible for stopping and starting.")
        if database.status != "stopped":
            raise not_now(database, f"cannot be started: it is {database.status}, not stopped.")
        database.restarts_at = None
        self._resume(database, moment.at)
        self._enter(database, "starting", moment.t + START_SECONDS)
        database.say("start asked for", moment.at)

    def busy(self, database: Database, status: str, due: float) -> None:
        """Put an available one into another state until ``due``; ``ValueError`` if it is not available."""
        if database.status != "available":
            raise ValueError(f"{database.id} is {database.status}, not available")
        self._enter(database, status, due)

    def _step(self, row: Database, moment: Moment) -> bool:
        """One transition that is due, as of when it was due; false if there is none."""
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
    """The refusals of StopDBInstance and StopDBCluster (facts/ecs 3.4); the wording is our own.

    So is which of the two codes stands for what can never be stopped; that it is refused is AWS's.
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
