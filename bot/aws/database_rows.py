"""RDS's answers as facts of ``policies.capacity``, and why RDS never stops some databases (facts/ecs 3.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from policies.capacity.facts import DatabaseFacts

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import DBClusterTypeDef, DBInstanceTypeDef

ABSENT = "absent"
CLUSTER = "cluster:"
"""The prefix of an Aurora cluster's id. Any other id is an instance's."""
CUSTOM, SQL_SERVER, SERVERLESS_V1 = "custom-", "sqlserver", "serverless"
"""Two prefixes of ``Engine``, and an ``EngineMode``. Serverless v2 has the mode *provisioned*."""


def instance(id_: str, row: DBInstanceTypeDef) -> DatabaseFacts:
    return DatabaseFacts(
        id=id_,
        status=row.get("DBInstanceStatus", ""),
        engine=row.get("Engine", ""),
        cannot_stop=why_instance_stays(row),
        restarts_at=utc(row.get("AutomaticRestartTime")),
        member_of=f"{CLUSTER}{member}" if (member := row.get("DBClusterIdentifier")) else "",
    )


def cluster(id_: str, row: DBClusterTypeDef) -> DatabaseFacts:
    return DatabaseFacts(
        id=id_,
        status=row.get("Status", ""),
        engine=row.get("Engine", ""),
        cannot_stop=why_cluster_stays(row),
        restarts_at=utc(row.get("AutomaticRestartTime")),
    )


def why_instance_stays(row: DBInstanceTypeDef) -> str:
    """Why RDS always refuses to stop this instance; empty if RDS does not."""
    engine = row.get("Engine", "")
    source = row.get("ReadReplicaSourceDBInstanceIdentifier") or row.get(
        "ReadReplicaSourceDBClusterIdentifier"
    )
    replicas = [
        *row.get("ReadReplicaDBInstanceIdentifiers", []),
        *row.get("ReadReplicaDBClusterIdentifiers", []),
    ]
    if member := row.get("DBClusterIdentifier"):
        return (
            f"it is a member of the cluster {member}, which stops as a whole: name {CLUSTER}{member} instead"
        )
    if source:
        return f"it is a read replica of {_named(source)}"
    if replicas:
        return f"it has read replicas: {', '.join(map(_named, replicas))}"
    if engine.startswith(SQL_SERVER) and row.get("MultiAZ", False):
        return "it is SQL Server in several availability zones (Multi-AZ)"
    if engine.startswith(CUSTOM):
        return "it is RDS Custom"
    return ""


def why_cluster_stays(row: DBClusterTypeDef) -> str:
    """Why RDS always refuses to stop this cluster; empty if RDS does not.

    RDS would stop a lone member of a global database, but nothing here shows whether a member is alone, so
    every member counts as one that stays on. Nothing here shows a blue/green deployment either: RDS refuses,
    and the bot reports the refusal.
    """
    if row.get("EngineMode") == SERVERLESS_V1:
        return "it is Aurora Serverless v1, which pauses by itself"
    if source := row.get("ReplicationSourceIdentifier"):
        return f"it is a replica of {_named(source)}"
    if replicas := row.get("ReadReplicaIdentifiers", []):
        return f"it has replicas in other regions: {', '.join(map(_named, replicas))}"
    if name := row.get("GlobalClusterIdentifier"):
        return f"it belongs to the global database {_named(name)}"
    if row.get("GlobalWriteForwardingStatus", "unknown") not in ("", "unknown"):
        return "it is a secondary cluster of a global database"
    return ""


def utc(instant: datetime | None) -> datetime | None:
    """Convert to UTC, because botocore returns instants in the host's zone."""
    return instant.astimezone(UTC) if instant else None


def _named(identifier: str) -> str:
    """The name alone, because a source in another region is given as an ARN."""
    return identifier.rsplit(":", 1)[-1]
