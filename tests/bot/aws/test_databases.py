"""RDS: what the bot asks for, and what RDS's rows say about stopping (facts/ecs 3.4)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.aws import database_rows
from bot.aws.throttle import Standing
from handlers.words.errors import Absent, Denied, Rejected, Throttled, Trouble, Unanswered
from policies.access.people import ClockActor
from tests.bot.aws.stage import DEV, Stage, environment
from tests.golden import Golden

NUMBERS = itertools.count()
ARN = "arn:aws:rds:us-east-1:123456789012"


def made(stage: Stage, kind: str = "instance", **fields: Any) -> str:
    """Make a new database, and return its id as the catalog would write it."""
    name = f"db-{next(NUMBERS):03d}"
    stage.world.change({"do": "database.create", "id": name, "kind": kind, **fields})
    return f"cluster:{name}" if kind == "cluster" else name


def test_each_database_is_asked_for_by_its_own_id(stage: Stage) -> None:
    one, two, aurora = made(stage), made(stage), made(stage, "cluster")
    start = len(stage.traffic)

    found = stage.bind(environment("a", databases=(two, aurora, one))).databases.facts()

    assert [(f.id, f.engine) for f in found] == [
        (two, "postgres"),
        (aurora, "aurora-postgresql"),
        (one, "postgres"),
    ]
    assert stage.requests("rds.DescribeDBInstances", start) == [
        {"DBInstanceIdentifier": two},
        {"DBInstanceIdentifier": one},
    ]
    assert stage.requests("rds.DescribeDBClusters", start) == [
        {"DBClusterIdentifier": aurora.removeprefix("cluster:")}
    ]


def test_an_environment_without_databases_asks_rds_nothing(stage: Stage) -> None:
    start = len(stage.traffic)
    assert stage.bind(environment("a")).databases.facts() == ()
    assert stage.traffic[start:] == []


def test_a_stop_names_only_the_database_and_is_made_as_the_person(stage: Stage) -> None:
    database, aurora = made(stage), made(stage, "cluster")
    scope = stage.bind(environment("a", databases=(database, aurora)))
    start = len(stage.traffic)

    receipt = scope.databases.stop(database)
    scope.databases.stop(aurora)

    assert stage.requests("rds.StopDBInstance", start) == [{"DBInstanceIdentifier": database}]
    assert stage.requests("rds.StopDBCluster", start) == [{"DBClusterIdentifier": aurora[8:]}]
    [row] = [r for r in stage.traffic[start:] if r["method"] == "rds.StopDBInstance"]
    assert receipt.request_id
    assert row["role"].endswith("/U0DEV")


def test_a_stopping_database_is_not_asked_to_stop_again(stage: Stage) -> None:
    database = made(stage)
    order = {"do": "database.busy", "id": database, "seconds": 1e6, "status": "stopping"}
    stage.world.change(order)
    scope = stage.bind(environment("a", databases=(database,)))
    start = len(stage.traffic)

    assert scope.databases.stop(database).request_id == ""

    assert stage.requests("rds.StopDBInstance", start) == []


def test_aws_restarts_a_database_after_seven_days_and_the_facts_say_when(stage: Stage) -> None:
    database = made(stage)
    scope = stage.bind(environment("a", databases=(database,)))
    scope.databases.stop(database)
    asked = stage.clock.advance(3_600)

    [stopped] = scope.databases.facts()
    stage.clock.advance(7 * 86_400)
    [again] = scope.databases.facts()

    assert stopped.status == "stopped" and stopped.restarts_at is not None
    assert timedelta(days=6, hours=22) < stopped.restarts_at - asked < timedelta(days=7)
    assert stopped.restarts_at.tzinfo is UTC
    assert again.status in ("starting", "available") and again.restarts_at is None


@pytest.mark.parametrize("kind", ["instance", "cluster"])
@pytest.mark.parametrize("verb", ["stop", "start"])
def test_a_lost_answer_is_unanswered_and_sent_once(stage: Stage, verb: str, kind: str) -> None:
    database = made(stage, kind)
    scope = stage.bind(environment("a", databases=(database,)))
    if verb == "start":
        scope.databases.stop(database)
        stage.clock.advance(3_600)
    method = f"rds.{verb.capitalize()}DB{kind.capitalize()}"
    stage.faults.order(method=method, kind="drop", phase="after_effect")
    start = len(stage.traffic)

    with pytest.raises(Unanswered):
        getattr(scope.databases, verb)(database)

    assert len(stage.requests(method, start)) == 1
    assert getattr(scope.databases, verb)(database).request_id == ""


@pytest.mark.parametrize(
    ("code", "kind", "retry_helps"),
    [
        ("InvalidDBInstanceState", Rejected, True),
        ("InsufficientDBInstanceCapacity", Rejected, True),
        ("KMSKeyNotAccessibleFault", Rejected, False),
        ("DBSubnetGroupNotFoundFault", Rejected, False),
        ("AccessDenied", Denied, False),
        ("Throttling", Throttled, True),
    ],
)
def test_a_refused_start_says_so_and_is_sent_once(
    stage: Stage, code: str, kind: type[Trouble], retry_helps: bool
) -> None:
    database = made(stage)
    scope = stage.bind(environment("a", databases=(database,)))
    scope.databases.stop(database)
    stage.clock.advance(3_600)
    start = len(stage.traffic)
    stage.faults.order(method="rds.StartDBInstance", kind="error", code=code)

    with pytest.raises(kind) as caught:
        scope.databases.start(database)

    assert (caught.value.code, caught.value.retry_helps) == (code, retry_helps)
    assert f"start database {database}" in caught.value.sentence
    assert len(stage.requests("rds.StartDBInstance", start)) == 1


def test_a_look_that_fails_is_no_absence_and_no_doubt(stage: Stage) -> None:
    database = made(stage)
    scope = stage.bind(environment("a", databases=(database,)))
    stage.faults.order(method="rds.DescribeDBInstances", kind="status", status=500, times=0)
    start = len(stage.traffic)

    for ask in (scope.databases.facts, lambda: scope.databases.stop(database)):
        with pytest.raises(Trouble) as caught:
            ask()
        assert type(caught.value) is Trouble

    assert stage.requests("rds.StopDBInstance", start) == []


def test_credentials_that_lead_to_another_account_are_refused(stage: Stage) -> None:
    database, aurora = made(stage), made(stage, "cluster")
    for one in (database, aurora):
        where = environment("a", account="999999999999", role_arn="", databases=(one,))
        with pytest.raises(Rejected, match="another AWS account"):
            stage.bind(where).databases.stop(one)


def test_changes_that_got_late_or_do_not_fit_the_bucket_are_not_sent(stage: Stage) -> None:
    database = made(stage)
    where = environment("a", databases=(database,))
    late = itertools.count(step=25.0)
    start = len(stage.traffic)
    with pytest.raises(Trouble, match="too slow"):
        stage.scopes([where], ticks=late.__next__).bind(where, DEV).databases.stop(database)

    scopes = stage.scopes([where], ticks=lambda: 100.0)
    buckets = scopes.aws.place(where, ClockActor()).buckets
    while buckets.ask("database", standing=Standing.CLOCK) == 0.0:
        pass
    with pytest.raises(Throttled):
        scopes.bind(where, ClockActor()).databases.stop(database)

    assert stage.requests("rds.StopDBInstance", start) == []


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("instance", {"engine": "sqlserver-se", "multi_az": True}, "SQL Server"),
        ("cluster", {"serverless_v1": True}, "Serverless v1"),
    ],
)
def test_a_database_that_rds_never_stops_says_why_before_and_after_the_refusal(
    stage: Stage, kind: str, fields: dict[str, Any], words: str
) -> None:
    database = made(stage, kind, **fields)
    scope = stage.bind(environment("a", databases=(database,)))

    [facts] = scope.databases.facts()
    with pytest.raises(Rejected) as caught:
        scope.databases.stop(database)

    assert words in facts.cannot_stop and facts.cannot_stop in caught.value.sentence
    assert caught.value.request_id and not caught.value.retry_helps


def test_a_member_of_a_cluster_names_its_cluster(stage: Stage) -> None:
    aurora = made(stage, "cluster")
    member = f"{aurora.removeprefix('cluster:')}-1"
    scope = stage.bind(environment("a", databases=(member,)))

    [facts] = scope.databases.facts()

    assert f"name {aurora} instead" in facts.cannot_stop
    with pytest.raises(Rejected):
        scope.databases.stop(member)


def test_a_replica_and_its_source_both_stay(stage: Stage, golden: Golden) -> None:
    source = made(stage)
    replica = made(stage, replica_of=source)

    found = stage.bind(environment("a", databases=(source, replica))).databases.facts()

    said = [f.cannot_stop for f in found]
    assert [name in why for name, why in zip((replica, source), said, strict=True)] == [True, True]
    assert [why.replace(replica, "replica").replace(source, "source") for why in said] == golden


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"Engine": "postgres"}, ""),
        ({"Engine": "postgres", "MultiAZ": True, "ReadReplicaDBInstanceIdentifiers": []}, ""),
        ({"Engine": "sqlserver-ex"}, ""),
        ({"Engine": "sqlserver-ee", "MultiAZ": True}, "Multi-AZ"),
        ({"Engine": "custom-oracle-ee"}, "RDS Custom"),
        (
            {"Engine": "mysql", "ReadReplicaSourceDBInstanceIdentifier": f"{ARN}:db:orders"},
            "read replica of orders",
        ),
        ({"Engine": "mysql", "ReadReplicaSourceDBClusterIdentifier": "events"}, "read replica of events"),
        (
            {"Engine": "mysql", "ReadReplicaDBInstanceIdentifiers": ["a", f"{ARN}:db:b"]},
            "read replicas: a, b",
        ),
        ({"Engine": "mysql", "ReadReplicaDBClusterIdentifiers": ["events"]}, "read replicas: events"),
        ({"Engine": "aurora-mysql", "DBClusterIdentifier": "events"}, "member of the cluster events"),
    ],
)
def test_why_an_instance_stays_is_read_from_its_row(row: Any, words: str) -> None:
    said = database_rows.why_instance_stays(row)
    assert words in said and bool(said) == bool(words)


def test_a_member_names_its_cluster_as_the_catalog_does() -> None:
    row: Any = {"DBInstanceStatus": "stopped", "Engine": "aurora-mysql", "DBClusterIdentifier": "events"}
    assert database_rows.instance("events-1", row).member_of == "cluster:events"
    assert database_rows.instance("orders", {"DBInstanceStatus": "stopped"}).member_of == ""


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"EngineMode": "provisioned", "ReadReplicaIdentifiers": []}, ""),
        ({"EngineMode": "provisioned", "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5}}, ""),
        ({"GlobalWriteForwardingStatus": "unknown"}, ""),
        ({"EngineMode": "serverless"}, "Serverless v1"),
        ({"ReplicationSourceIdentifier": f"{ARN}:cluster:events"}, "replica of events"),
        ({"ReadReplicaIdentifiers": [f"{ARN}:cluster:events"]}, "other regions: events"),
        ({"GlobalClusterIdentifier": "world"}, "global database world"),
        ({"GlobalWriteForwardingStatus": "enabled"}, "secondary cluster"),
    ],
)
def test_why_a_cluster_stays_is_read_from_its_row(row: Any, words: str) -> None:
    said = database_rows.why_cluster_stays(row)
    assert words in said and bool(said) == bool(words)


def test_a_row_says_its_status_engine_and_the_instant_of_its_restart() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    facts = database_rows.instance(
        "orders", {"DBInstanceStatus": "stopped", "Engine": "postgres", "AutomaticRestartTime": at}
    )
    assert (facts.id, facts.status, facts.engine, facts.restarts_at) == ("orders", "stopped", "postgres", at)


@pytest.mark.parametrize("name", ["", "*", "x" * 300, "orders/../other", "cluster:"])
def test_a_name_that_is_not_in_the_catalog_is_absent_and_never_sent(stage: Stage, name: str) -> None:
    start = len(stage.traffic)
    scope = stage.bind(environment("a", databases=("orders",)))

    with pytest.raises(Absent):
        scope.databases.start(name)

    assert stage.traffic[start:] == []
