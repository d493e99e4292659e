"""The RDS calls about instances and clusters, answered from the world's own databases and not moto's.

Creating and changing databases through the API is left out (``LEFT_OUT``): orders create them, and two kinds
of databases side by side would only confuse.
"""

from __future__ import annotations

from typing import Any

from playground.aws.account import ACCOUNT, REGION, arn
from playground.aws.databases import Database, DatabaseBook
from playground.aws.errors import AwsError
from playground.aws.fleet import Fleet
from playground.aws.paging import page

Params = Any
"""moto's parsed parameters: a mapping by the names of the service model."""
LEFT_OUT = (
    "create_db_instance",
    "create_db_cluster",
    "create_db_instance_read_replica",
    "create_global_cluster",
    "modify_db_instance",
    "modify_db_cluster",
    "delete_db_instance",
    "delete_db_cluster",
    "reboot_db_instance",
)
FEWEST, MOST = 20, 100
PORTS = {"postgres": 5432, "aurora-postgresql": 5432, "sqlserver": 1433, "oracle": 1521}
MYSQL = 3306


class DatabaseCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def describe_db_instances(self, params: Params) -> dict[str, Any]:
        """Answer one instance by id or ARN, or all by the filters ``db-instance-id``, ``db-cluster-id`` and
        ``engine``; paged.
        """
        asked = params.get("DBInstanceIdentifier")
        book = self.fleet.databases
        rows = [book.find("instance", asked)] if asked else book.of_kind("instance")
        kept = _filtered(
            rows, params, {"db-instance-id": "id", "db-cluster-id": "cluster", "engine": "engine"}
        )
        return _paged(kept, params, "DBInstances", shown_instance)

    def describe_db_clusters(self, params: Params) -> dict[str, Any]:
        asked = params.get("DBClusterIdentifier")
        book = self.fleet.databases
        rows = [book.find("cluster", asked)] if asked else book.of_kind("cluster")
        kept = _filtered(rows, params, {"db-cluster-id": "id", "engine": "engine"})
        return _paged(kept, params, "DBClusters", lambda row: shown_cluster(row, book))

    def describe_global_clusters(self, params: Params) -> dict[str, Any]:
        rows = [row for row in self.fleet.databases.of_kind("cluster") if row.global_name]
        asked = params.get("GlobalClusterIdentifier")
        found = [shown_global(row) for row in rows if asked in (None, row.global_name)]
        if asked and not found:
            raise AwsError("GlobalClusterNotFoundFault", f"Global cluster {asked} not found.", status=404)
        return {"GlobalClusters": found}

    def stop_db_instance(self, params: Params) -> dict[str, Any]:
        row = self._counted("instance", params["DBInstanceIdentifier"], "StopDBInstance")
        self.fleet.databases.stop(row, self.fleet.moment)
        return {"DBInstance": shown_instance(row)}

    def start_db_instance(self, params: Params) -> dict[str, Any]:
        row = self._counted("instance", params["DBInstanceIdentifier"], "StartDBInstance")
        self.fleet.databases.start(row, self.fleet.moment)
        return {"DBInstance": shown_instance(row)}

    def stop_db_cluster(self, params: Params) -> dict[str, Any]:
        row = self._counted("cluster", params["DBClusterIdentifier"], "StopDBCluster")
        self.fleet.databases.stop(row, self.fleet.moment)
        return {"DBCluster": shown_cluster(row, self.fleet.databases)}

    def start_db_cluster(self, params: Params) -> dict[str, Any]:
        row = self._counted("cluster", params["DBClusterIdentifier"], "StartDBCluster")
        self.fleet.databases.start(row, self.fleet.moment)
        return {"DBCluster": shown_cluster(row, self.fleet.databases)}

    def _counted(self, kind: Any, reference: str, action: str) -> Database:
        """Count the call and return the database; refused calls count too, as for ECS services."""
        row = self.fleet.databases.find(kind, reference)
        row.calls[action] += 1
        return row


def shown_instance(row: Database) -> dict[str, Any]:
    """Return a row of DescribeDBInstances."""
    return {
        "DBInstanceIdentifier": row.id,
        "DBInstanceArn": row.arn,
        "DBInstanceClass": "db.serverless" if row.acu else "db.t4g.micro",
        "Engine": row.engine,
        "DBInstanceStatus": row.status,
        "MasterUsername": "app",
        "Endpoint": {"Address": f"{row.id}.playground.{REGION}.rds.amazonaws.com", "Port": _port(row.engine)},
        "AllocatedStorage": 20,
        "StorageType": _storage(row) or "gp3",
        "InstanceCreateTime": row.created_at,
        "AvailabilityZone": f"{REGION}a",
        "MultiAZ": row.multi_az,
        "DBClusterIdentifier": row.cluster or None,
        "ReadReplicaSourceDBInstanceIdentifier": row.source or None,
        "ReadReplicaDBInstanceIdentifiers": list(row.replicas),
        "AutomaticRestartTime": row.restarts_at,
        "TagList": _tags(row),
        **row.disk,
    }


def shown_cluster(row: Database, book: DatabaseBook) -> dict[str, Any]:
    """Return a row of DescribeDBClusters. Clusters name their replicas and sources by ARN."""
    sources = {replica: other.arn for other in book.of_kind("cluster") for replica in other.replicas}
    replicas = [book.find("cluster", name).arn for name in row.replicas]
    return {
        "DBClusterIdentifier": row.id,
        "DBClusterArn": row.arn,
        "Engine": row.engine,
        "EngineMode": "serverless" if row.serverless_v1 else "provisioned",
        "Status": row.status,
        "StorageType": "aurora-iopt1" if row.optimized else None,
        "MasterUsername": "app",
        "Endpoint": f"{row.id}.cluster.playground.{REGION}.rds.amazonaws.com",
        "Port": _port(row.engine),
        "ClusterCreateTime": row.created_at,
        "MultiAZ": row.multi_az,
        "DBClusterMembers": [
            {"DBInstanceIdentifier": name, "IsClusterWriter": number == 0, "PromotionTier": number}
            for number, name in enumerate(row.members)
        ],
        "ReadReplicaIdentifiers": replicas,
        "ReplicationSourceIdentifier": sources.get(row.id),
        "GlobalClusterIdentifier": row.global_name or None,
        "AutomaticRestartTime": row.restarts_at,
        "TagList": _tags(row),
    }


def shown_global(row: Database) -> dict[str, Any]:
    """Return a row of DescribeGlobalClusters; members in other regions exist only as ARNs."""
    others = [arn("rds", f"cluster:{row.id}-{number + 1}") for number in range(row.elsewhere)]
    elsewhere = [{"DBClusterArn": name.replace(REGION, "us-east-1"), "IsWriter": False} for name in others]
    return {
        "GlobalClusterIdentifier": row.global_name,
        "GlobalClusterArn": f"arn:aws:rds::{ACCOUNT}:global-cluster:{row.global_name}",
        "Status": "available",
        "Engine": row.engine,
        "GlobalClusterMembers": [{"DBClusterArn": row.arn, "IsWriter": True}, *elsewhere],
    }


def _storage(row: Database) -> str:
    """Return the storage type of an Aurora cluster's member; empty for any other instance."""
    return ("aurora-iopt1" if row.optimized else "aurora") if row.cluster else ""


def _port(engine: str) -> int:
    return next((port for name, port in PORTS.items() if engine.startswith(name)), MYSQL)


def _tags(row: Database) -> list[dict[str, str]]:
    return [{"Key": "environment", "Value": row.environment}] if row.environment else []


def _filtered(rows: list[Database], params: Params, known: dict[str, str]) -> list[Database]:
    for wanted in params.get("Filters") or []:
        name = wanted["Name"]
        if name not in known:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {name}")
        values = {str(value).split(":")[-1].lower() for value in wanted["Values"]}
        rows = [row for row in rows if getattr(row, known[name]) in values]
    return rows


def _paged(rows: list[Database], params: Params, key: str, show: Any) -> dict[str, Any]:
    size = int(params.get("MaxRecords") or MOST)
    if not FEWEST <= size <= MOST:
        raise AwsError("InvalidParameterValue", "Invalid value for MaxRecords: must be between 20 and 100.")
    asked = {"maxResults": size, "nextToken": params.get("Marker")}
    try:
        found = page([row.id for row in rows], asked, default=MOST, key="ids")
    except AwsError as error:
        raise AwsError("InvalidParameterValue", "Invalid Marker.") from error
    by_id = {row.id: row for row in rows}
    return {key: [show(by_id[name]) for name in found["ids"]], "Marker": found.get("nextToken")}
