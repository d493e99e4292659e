"""RDS instances and Aurora clusters: states, refusals, the restart after seven days (facts/ecs 3.4, 3.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.golden import Golden
from tests.playground.aws.stage import Row, Stage, refusal

DAY = 86400.0
TRANSITION = 21.0
"""World seconds after which a stop or a start has ended."""


def instance(stage: Stage, name: str) -> Row:
    found: Row = stage.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return found


def cluster(stage: Stage, name: str) -> Row:
    found: Row = stage.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    return found


def made(stage: Stage, **order: Any) -> str:
    name = f"{stage.cluster}-db"
    stage.order("database.create", **({"id": name} | order))
    return name


def told(stage: Stage, name: str, kind: str = "instance") -> Row:
    found: Row = stage.order("describe")["databases"][f"{kind}:{name}"]
    return found


def test_an_instance_shows_what_it_is(stage: Stage) -> None:
    name = made(stage, engine="mysql", multi_az=True, environment="staging")
    row = instance(stage, name)
    assert (row["Engine"], row["DBInstanceStatus"], row["MultiAZ"]) == ("mysql", "available", True)
    assert row["DBInstanceArn"] == f"arn:aws:rds:eu-central-1:123456789012:db:{name}"
    assert row["TagList"] == [{"Key": "environment", "Value": "staging"}]
    assert row["Endpoint"]["Port"] == 3306
    assert row["ReadReplicaDBInstanceIdentifiers"] == []
    assert not {"AutomaticRestartTime", "DBClusterIdentifier", "ReadReplicaSourceDBInstanceIdentifier"} & set(
        row
    )
    assert instance(stage, row["DBInstanceArn"].upper())["DBInstanceIdentifier"] == name


def test_an_instance_stops_and_starts_in_its_own_time(stage: Stage) -> None:
    name, rds = made(stage), stage.client("rds")
    assert refusal(lambda: rds.start_db_instance(DBInstanceIdentifier=name)) == "InvalidDBInstanceState"
    assert rds.stop_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "stopping"
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=name)) == "InvalidDBInstanceState"
    stage.clock.advance(TRANSITION)
    stopped = instance(stage, name)
    assert stopped["DBInstanceStatus"] == "stopped"
    left = stopped["AutomaticRestartTime"] - stage.clock.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=name)) == "InvalidDBInstanceState"
    assert rds.start_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "starting"
    stage.clock.advance(TRANSITION)
    again = instance(stage, name)
    assert again["DBInstanceStatus"] == "available"
    assert "AutomaticRestartTime" not in again
    assert told(stage, name)["calls"] == {"StopDBInstance": 3, "StartDBInstance": 2}


def test_a_stop_by_a_person_takes_as_long_and_counts_as_no_call(stage: Stage) -> None:
    name = made(stage)
    assert stage.order("database.stop", id=name)["status"] == "stopping"
    stage.until(lambda: instance(stage, name)["DBInstanceStatus"] == "stopped", "stopped")
    row = told(stage, name)
    asked, ended = (datetime.fromisoformat(event["at"]) for event in row["events"])
    assert ended - asked == timedelta(seconds=20)
    assert row["calls"] == {"StopDBInstance": 0, "StartDBInstance": 0}


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_aws_restarts_a_stopped_database_after_seven_days_and_not_before(
    stage: Stage, kind: str, golden: Golden
) -> None:
    name = made(stage, kind=kind)
    stage.order("database.stop", id=name, kind=kind)
    stage.clock.advance(TRANSITION)
    due = datetime.fromisoformat(told(stage, name, kind)["restarts_at"])
    stage.clock.to(due - timedelta(minutes=5))
    assert told(stage, name, kind)["status"] == "stopped"
    stage.clock.to(due + timedelta(seconds=TRANSITION))
    row = told(stage, name, kind)
    assert (row["status"], row["restarts_at"]) == ("available", None)
    assert [event["message"].split(":")[0] for event in row["events"]] == golden(name="said")
    assert set(row["calls"].values()) == {0}
    assert datetime.fromisoformat(row["events"][2]["at"]) == due
    assert datetime.fromisoformat(row["events"][3]["at"]) == due + timedelta(seconds=20)


def test_a_jump_over_the_whole_week_leaves_the_database_available(stage: Stage) -> None:
    name = made(stage)
    stage.order("database.stop", id=name)
    stage.clock.advance(8 * DAY)
    row = told(stage, name)
    assert row["status"] == "available"
    up, restart = (datetime.fromisoformat(row["events"][number]["at"]) for number in (3, 2))
    assert up - restart == timedelta(seconds=20)


def test_aws_does_not_restart_a_database_that_a_person_started(stage: Stage) -> None:
    name = made(stage)
    stage.order("database.stop", id=name)
    stage.clock.advance(TRANSITION)
    stage.order("database.start", id=name)
    stage.clock.advance(8 * DAY)
    assert [event["message"] for event in told(stage, name)["events"]][-2:] == [
        "start asked for",
        "is available",
    ]


def test_a_cluster_stops_with_its_instances(stage: Stage) -> None:
    name, rds = made(stage, kind="cluster", engine="aurora-mysql", members=2), stage.client("rds")
    row = cluster(stage, name)
    assert (row["Engine"], row["EngineMode"], row["Status"]) == ("aurora-mysql", "provisioned", "available")
    members = [(m["DBInstanceIdentifier"], m["IsClusterWriter"]) for m in row["DBClusterMembers"]]
    assert members == [(f"{name}-1", True), (f"{name}-2", False)]
    assert instance(stage, f"{name}-1")["DBClusterIdentifier"] == name
    for verb in (rds.stop_db_instance, rds.start_db_instance):
        assert refusal(partial(verb, DBInstanceIdentifier=f"{name}-1")) == "InvalidParameterCombination"
    assert rds.stop_db_cluster(DBClusterIdentifier=name)["DBCluster"]["Status"] == "stopping"
    assert refusal(lambda: rds.stop_db_cluster(DBClusterIdentifier=name)) == "InvalidDBClusterStateFault"
    stage.clock.advance(TRANSITION)
    assert (cluster(stage, name)["Status"], instance(stage, f"{name}-2")["DBInstanceStatus"]) == (
        "stopped",
    ) * 2
    assert rds.start_db_cluster(DBClusterIdentifier=name)["DBCluster"]["Status"] == "starting"
    assert refusal(lambda: rds.start_db_cluster(DBClusterIdentifier=name)) == "InvalidDBClusterStateFault"
    assert told(stage, name, "cluster")["calls"] == {"StopDBCluster": 2, "StartDBCluster": 2}


def test_a_replica_and_its_source_cannot_be_stopped(stage: Stage) -> None:
    source, rds = made(stage), stage.client("rds")
    replica = made(stage, id=f"{source}-replica", replica_of=source) and f"{source}-replica"
    assert instance(stage, source)["ReadReplicaDBInstanceIdentifiers"] == [replica]
    assert instance(stage, replica)["ReadReplicaSourceDBInstanceIdentifier"] == source
    for name in (source, replica):
        assert refusal(partial(rds.stop_db_instance, DBInstanceIdentifier=name)) == "InvalidDBInstanceState"
    stage.order("database.remove", id=replica)
    assert rds.stop_db_instance(DBInstanceIdentifier=source)["DBInstance"]["DBInstanceStatus"] == "stopping"


def test_sql_server_in_several_zones_cannot_be_stopped(stage: Stage) -> None:
    name = made(stage, engine="sqlserver-se", multi_az=True)
    stop = stage.client("rds").stop_db_instance
    assert refusal(lambda: stop(DBInstanceIdentifier=name)) == "InvalidParameterCombination"


@pytest.mark.parametrize(
    ("order", "refused"),
    [
        ({"global": True}, "InvalidDBClusterStateFault"),
        ({"serverless_v1": True}, "InvalidParameterCombination"),
    ],
)
def test_clusters_that_cannot_be_stopped_are_refused(stage: Stage, order: Row, refused: str) -> None:
    name = made(stage, kind="cluster", **order)
    stop = stage.client("rds").stop_db_cluster
    assert refusal(lambda: stop(DBClusterIdentifier=name)) == refused
    with pytest.raises(ValueError, match="cannot be stopped"):
        stage.order("database.stop", id=name, kind="cluster")


def test_a_global_database_names_its_members(stage: Stage) -> None:
    name = made(stage, kind="cluster", **{"global": 2})
    row = cluster(stage, name)
    answer = stage.client("rds").describe_global_clusters(
        GlobalClusterIdentifier=row["GlobalClusterIdentifier"]
    )
    arns = [member["DBClusterArn"] for member in answer["GlobalClusters"][0]["GlobalClusterMembers"]]
    assert arns[0] == row["DBClusterArn"]
    assert [arn.split(":")[3] for arn in arns[1:]] == ["us-east-1", "us-east-1"]


def test_clusters_name_their_replicas_by_arn(stage: Stage) -> None:
    source = made(stage, kind="cluster")
    stage.order("database.create", id=f"{source}-b", kind="cluster", replica_of=source)
    replica = cluster(stage, f"{source}-b")
    assert replica["ReplicationSourceIdentifier"] == cluster(stage, source)["DBClusterArn"]
    assert cluster(stage, source)["ReadReplicaIdentifiers"] == [replica["DBClusterArn"]]


def test_a_busy_database_is_refused_until_it_is_available(stage: Stage) -> None:
    name, rds = made(stage), stage.client("rds")
    stage.order("database.busy", id=name, status="modifying", seconds=600)
    assert instance(stage, name)["DBInstanceStatus"] == "modifying"
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=name)) == "InvalidDBInstanceState"
    stage.clock.advance(601)
    assert rds.stop_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "stopping"


def test_an_absent_database_is_not_found(stage: Stage) -> None:
    rds = stage.client("rds")
    for call in (rds.describe_db_instances, rds.stop_db_instance, rds.start_db_instance):
        assert refusal(partial(call, DBInstanceIdentifier="none")) == "DBInstanceNotFound"
    for call in (rds.describe_db_clusters, rds.stop_db_cluster, rds.start_db_cluster):
        assert refusal(partial(call, DBClusterIdentifier="none")) == "DBClusterNotFoundFault"


def test_databases_are_filtered_and_paged(stage: Stage) -> None:
    names = [f"{stage.cluster}-{number:02}" for number in range(25)]
    for name in names:
        stage.order("database.create", id=name, engine="mariadb", environment=stage.cluster)
    rds = stage.client("rds")
    pages = rds.get_paginator("describe_db_instances").paginate(
        Filters=[{"Name": "engine", "Values": ["mariadb"]}], PaginationConfig={"PageSize": 20}
    )
    found = [[row["DBInstanceIdentifier"] for row in page["DBInstances"]] for page in pages]
    assert found == [names[:20], names[20:]]
    named = rds.describe_db_instances(Filters=[{"Name": "db-instance-id", "Values": names[:2]}])
    assert len(named["DBInstances"]) == 2
    assert refusal(lambda: rds.describe_db_instances(MaxRecords=5)) == "InvalidParameterValue"
    assert refusal(lambda: rds.describe_db_instances(Marker="odd")) == "InvalidParameterValue"
    odd = [{"Name": "odd", "Values": ["x"]}]
    assert refusal(lambda: rds.describe_db_instances(Filters=odd)) == "InvalidParameterValue"


def test_a_removed_environment_takes_its_databases_along(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 0})
    name = made(stage, kind="cluster", environment=stage.cluster)
    stage.order("environment.remove", name=stage.cluster)
    databases = stage.order("describe")["databases"]
    assert not [key for key in databases if name in key]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"do": "database.create"}, "needs id"),
        ({"do": "database.create", "id": "x", "kind": "table"}, "kind must be"),
        ({"do": "database.create", "id": "x", "engine": "aurora-mysql"}, "not of a DB instance"),
        (
            {"do": "database.create", "id": "x", "kind": "cluster", "engine": "postgres"},
            "not of a DB cluster",
        ),
        ({"do": "database.create", "id": "x", "replica_of": "none"}, "no database instance none"),
        ({"do": "database.create", "id": "x", "size": 3}, "unknown fields size"),
        ({"do": "database.stop", "id": "none"}, "no database instance none"),
        ({"do": "database.remove", "id": "none", "kind": "cluster"}, "no database cluster none"),
    ],
)
def test_a_bad_order_about_databases_is_refused(stage: Stage, order: Row, said: str) -> None:
    before = stage.order("describe")["databases"]
    with pytest.raises(ValueError, match=said):
        stage.world.change(order)
    assert stage.order("describe")["databases"] == before


def test_an_id_can_be_used_only_once(stage: Stage) -> None:
    name = made(stage, kind="cluster")
    with pytest.raises(ValueError, match="already"):
        made(stage, kind="cluster")
    with pytest.raises(ValueError, match="already"):
        stage.order("database.create", id=f"{name}-1")
