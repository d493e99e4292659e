"""RDS: stops and starts the databases that the catalog attaches to one environment.

Deliberately absent: databases that the catalog does not name, and waiting. ElastiCache cannot be stopped at
all (facts/ecs 3.4).
"""

from __future__ import annotations

from bot.aws import calls, database_rows
from bot.aws.database_rows import ABSENT, CLUSTER
from bot.aws.place import Place
from handlers.ports.aws import Receipt
from handlers.words.errors import Absent, Rejected
from policies.capacity.facts import DatabaseFacts

STOPPED, STARTED = ("stopping", "stopped"), ("starting", "available")
"""Statuses in which there is nothing to ask for (facts/ecs 3.5)."""
NOTHING_ASKED = Receipt(request_id="")


class RdsDatabases:
    """Implements ``handlers.ports.aws.Databases``. Each database is read by its own id, in a call of its own.
    A role can then be limited to exactly these databases, which a list or a filter would not allow.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def facts(self) -> tuple[DatabaseFacts, ...]:
        return tuple(map(self._read, self._place.environment.databases))

    def stop(self, database: str) -> Receipt:
        """Read the database, then ask once to stop it. If RDS refuses because it never stops this database,
        the message says why, and retrying does not help.
        """
        send_by = self._place.send_by()
        found = self._one(database)
        if found.status in STOPPED:
            return NOTHING_ASKED
        try:
            return self._ask_to_stop(database, send_by)
        except Rejected as refused:
            if not found.cannot_stop:
                raise
            sentence = f"RDS does not stop {_name(database)}: {found.cannot_stop}."
            raise Rejected(sentence, refused.code, refused.request_id) from refused

    def _ask_to_stop(self, database: str, send_by: float) -> Receipt:
        action = f"stop {_name(database)}"
        client = self._place.rds_for_change(action)
        if _is_cluster(database):
            with self._place.turn(calls.STOP_DB_CLUSTER, action, send_by=send_by):
                told = client.stop_db_cluster(DBClusterIdentifier=_id(database))["ResponseMetadata"]
        else:
            with self._place.turn(calls.STOP_DB_INSTANCE, action, send_by=send_by):
                told = client.stop_db_instance(DBInstanceIdentifier=_id(database))["ResponseMetadata"]
        return Receipt(told["RequestId"])

    def start(self, database: str) -> Receipt:
        """Read the database, then ask once to start it."""
        send_by = self._place.send_by()
        if self._one(database).status in STARTED:
            return NOTHING_ASKED
        action = f"start {_name(database)}"
        client = self._place.rds_for_change(action)
        if _is_cluster(database):
            with self._place.turn(calls.START_DB_CLUSTER, action, send_by=send_by):
                told = client.start_db_cluster(DBClusterIdentifier=_id(database))["ResponseMetadata"]
        else:
            with self._place.turn(calls.START_DB_INSTANCE, action, send_by=send_by):
                told = client.start_db_instance(DBInstanceIdentifier=_id(database))["ResponseMetadata"]
        return Receipt(told["RequestId"])

    def _one(self, database: str) -> DatabaseFacts:
        """The facts of one database. Raise ``Absent`` if the catalog does not attach it here or RDS does not
        know it.
        """
        where = self._place.environment
        if database not in where.databases:
            raise Absent(f"There is no database {database[:255]} in {where.name}.")
        found = self._read(database)
        if found.status == ABSENT:
            raise Absent(f"RDS has no {_name(database)} in {where.region}.")
        return found

    def _read(self, database: str) -> DatabaseFacts:
        try:
            return self._cluster(database) if _is_cluster(database) else self._instance(database)
        except Absent:
            return DatabaseFacts(database, ABSENT)

    def _instance(self, database: str) -> DatabaseFacts:
        action = f"read {_name(database)}"
        client = self._place.rds(action)
        with self._place.turn(calls.DESCRIBE_DB_INSTANCES, action):
            rows = client.describe_db_instances(DBInstanceIdentifier=_id(database))["DBInstances"]
        for row in rows:
            self._place.check_account(row["DBInstanceArn"])
            return database_rows.instance(database, row)
        return DatabaseFacts(database, ABSENT)

    def _cluster(self, database: str) -> DatabaseFacts:
        action = f"read {_name(database)}"
        client = self._place.rds(action)
        with self._place.turn(calls.DESCRIBE_DB_CLUSTERS, action):
            rows = client.describe_db_clusters(DBClusterIdentifier=_id(database))["DBClusters"]
        for row in rows:
            self._place.check_account(row["DBClusterArn"])
            return database_rows.cluster(database, row)
        return DatabaseFacts(database, ABSENT)


def _is_cluster(database: str) -> bool:
    return database.startswith(CLUSTER)


def _id(database: str) -> str:
    return database.removeprefix(CLUSTER)


def _name(database: str) -> str:
    return f"database cluster {_id(database)}" if _is_cluster(database) else f"database {database}"
