"""What the meter reads: who owns a task, what is attached, and how few calls this takes."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest

from bot.aws.throttle import Standing
from handlers.ports.scope import Scope
from handlers.ports.usage import Users
from handlers.words.errors import Denied, Throttled
from policies.access.people import ClockActor
from policies.cost.spans import Kind, Part
from policies.service.environment import TagPick, Tier
from tests.bot.aws.stage import DEV, Stage, environment

NUMBERS = itertools.count()


def by_tag(cluster: str, value: str, **fields: Any) -> Any:
    return environment(f"{cluster}-{value}", TagPick((cluster,), "team", value), **fields)


def owners(scope: Scope) -> dict[str, set[str]]:
    """Services by the owner of their tasks."""
    found: dict[str, set[str]] = {}
    for span in scope.usage.tasks():
        found.setdefault(span.environment, set()).add(span.service)
    return found


def asked(stage: Stage, since: int) -> Counter[str]:
    return Counter(row["method"] for row in stage.traffic[since:] if not row["method"].startswith("sts."))


def test_a_cluster_takes_a_few_calls_of_ecs_and_one_more_for_each_new_revision(stage: Stage) -> None:
    cluster = stage.cluster(*({"name": f"s{n:02d}", "desired": 1} for n in range(12)))
    scopes = stage.scopes([where := environment(cluster)])
    expected = {"ecs.ListServices": 1, "ecs.DescribeServices": 2, "ecs.ListTasks": 2, "ecs.DescribeTasks": 1}

    for revisions in ({"ecs.DescribeTaskDefinition": 12}, {}):
        start, usage = len(stage.traffic), scopes.bind(where, DEV).usage
        assert len(usage.services()) == len(usage.tasks()) == 12
        usage.attached({})
        assert asked(stage, start) == Counter(expected | revisions)
        stage.clock.advance(900)


def test_revisions_that_were_read_before_the_room_was_used_up_are_not_read_again(stage: Stage) -> None:
    cluster = stage.cluster(*({"name": f"s{n:02d}", "desired": 1} for n in range(20)))
    ticks = [0.0]
    scopes = stage.scopes([where := environment(cluster)], ticks=lambda: ticks[0])

    with pytest.raises(Throttled):
        scopes.bind(where, DEV).usage.tasks()
    ticks[0] += 60
    start = len(stage.traffic)

    assert len(scopes.bind(where, DEV).usage.tasks()) == 20
    assert asked(stage, start)["ecs.DescribeTaskDefinition"] == 8


def test_environments_that_share_a_cluster_read_it_once(stage: Stage) -> None:
    cluster = stage.cluster()
    for team in ("red", "blue"):
        stage.add(cluster, f"{team}-web", team=team)
    red, blue = by_tag(cluster, "red"), by_tag(cluster, "blue")
    scopes = stage.scopes([red, blue])
    first = owners(scopes.bind(red, DEV))
    start = len(stage.traffic)

    second = owners(scopes.bind(blue, DEV))

    assert (first, second) == ({red.name: {"red-web"}}, {blue.name: {"blue-web"}})
    assert not asked(stage, start)
    stage.clock.advance(61)
    owners(scopes.bind(blue, DEV))
    assert asked(stage, start)["ecs.ListServices"] == 1


def test_two_claimants_report_a_shared_service_alike_and_production_keeps_its_cluster(stage: Stage) -> None:
    cluster = stage.cluster({"name": "own"})
    stage.add(cluster, "shared", team="red")
    whole, red = environment(cluster, tier=Tier.PRODUCTION), by_tag(cluster, "red")
    scopes = stage.scopes([whole, red])
    together = f"{cluster}+{red.name}"

    assert owners(scopes.bind(whole, DEV)) == {whole.name: {"own"}, together: {"shared"}}
    assert owners(scopes.bind(red, DEV)) == {together: {"shared"}}


def test_a_one_off_task_belongs_to_its_tag_or_else_to_all_who_share_the_cluster(
    stage: Stage,
) -> None:
    cluster = stage.cluster({"name": "web"})
    red, blue = by_tag(cluster, "red"), by_tag(cluster, "blue")
    scopes = stage.scopes([red, blue])
    ids = {}
    for team in ("red", "green", ""):
        order = {"do": "task.run", "cluster": cluster, "service": "web", "seconds": 600}
        tags = {"team": team} if team else {}
        ids[team] = stage.world.change({**order, "tags": tags})["task"]

    by = {e.name: {s.id: s.environment for s in scopes.bind(e, DEV).usage.tasks()} for e in (red, blue)}

    together = f"{blue.name}+{red.name}"
    assert by[red.name] == {ids["red"]: red.name, ids[""]: together}
    assert by[blue.name] == {ids[""]: together}


def test_tasks_with_a_public_address_pay_for_it(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1})
    usage = stage.bind(environment(cluster)).usage
    [private] = usage.tasks()
    ecs = stage.client("ecs")
    [row] = ecs.describe_services(cluster=cluster, services=["web"])["services"]
    network = {**row["networkConfiguration"]["awsvpcConfiguration"], "assignPublicIp": "ENABLED"}
    public_network = {"awsvpcConfiguration": network}
    ecs.update_service(cluster=cluster, service="web", networkConfiguration=public_network)
    stage.clock.advance(61)

    public = [span for span in usage.tasks() if span.id != private.id]

    assert Part("ipv4", 1_000) not in private.parts
    assert public and all(Part("ipv4", 1_000) in span.parts for span in public)


def attached(
    scope: Scope, kind: Kind, name: str = "", users: Users | None = None
) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """What is attached of this kind and has a service whose name begins with ``name``."""
    return [
        (s.environment, s.service, [(p.item, p.milli) for p in s.parts])
        for s in scope.usage.attached(users or {})
        if s.kind is kind and s.service.startswith(name)
    ]


def test_an_aurora_cluster_pays_for_its_members_and_for_storage_that_is_not_known(stage: Stage) -> None:
    name = f"events-{next(NUMBERS)}"
    stage.world.change({"do": "database.create", "kind": "cluster", "id": name, "members": 2})
    scope = stage.bind(environment(stage.cluster(), databases=(f"cluster:{name}",)))

    found = sorted(attached(scope, Kind.DATABASE), key=str)

    mine = scope.environment.name
    hours = [("rds.db.t4g.micro.aurora-postgresql.single", 1_000)]
    assert [f for f in found if f[2] == hours] == [(mine, f"{name}-{n}", hours) for n in (1, 2)]
    assert [f for f in found if f[2] != hours] == [(mine, name, [("aurora.storage", 1_000)])]


def test_a_database_in_two_zones_is_another_item_and_is_stored_twice(stage: Stage) -> None:
    name = f"orders-{next(NUMBERS)}"
    stage.world.change({"do": "database.create", "id": name, "multi_az": True})

    scope = stage.bind(environment(stage.cluster(), databases=(name,)))

    assert sorted(item for _, _, [(item, _)] in attached(scope, Kind.DATABASE)) == [
        "rds.db.t4g.micro.postgres.multi",
        "rds.storage.gp3",
    ]
    assert (scope.environment.name, name, [("rds.storage.gp3", 40_000)]) in attached(scope, Kind.DATABASE)


def test_operations_and_throughput_beyond_a_volumes_base_are_counted(stage: Stage) -> None:
    """Operations and throughput are counted, and a second volume of Oracle."""
    name, other = f"fast-{next(NUMBERS)}", f"fast-{next(NUMBERS)}"
    disk = {"AllocatedStorage": 400, "StorageType": "gp3", "Iops": 15_000, "StorageThroughput": 600}
    stage.world.change({"do": "database.create", "id": name, "disk": disk})
    second = {"VolumeName": "RDSDBDATA2", "AllocatedStorage": 50, "IOPS": 900, "StorageType": "IO2"}
    disk = {"StorageType": "io1", "Iops": 1_000, "AdditionalStorageVolumes": [second]}
    stage.world.change({"do": "database.create", "id": other, "engine": "oracle-se2", "disk": disk})

    found = attached(stage.bind(environment(stage.cluster(), databases=(name, other))), Kind.DATABASE)

    volumes = sorted((service, parts) for _, service, parts in found if "rds.db" not in parts[0][0])
    io = [("rds.iops.gp3", 3_000_000), ("rds.throughput.gp3", 100_000)]
    assert volumes == [
        (name, [("rds.storage.gp3", 400_000), *io]),
        (other, [("rds.storage.io1", 20_000), ("rds.iops.io1", 1_000_000)]),
        (other, [("rds.storage.io2", 50_000), ("rds.iops.io2", 900_000)]),
    ]


def test_a_database_that_two_environments_name_belongs_to_both(stage: Stage) -> None:
    name = f"both-{next(NUMBERS)}"
    stage.world.change({"do": "database.create", "id": name})
    one, two = (environment(stage.cluster(), databases=(d,)) for d in (name, name.upper()))
    scopes = stage.scopes([one, two])

    found = {e.name: scopes.bind(e, DEV).usage.attached({}) for e in (one, two)}

    assert {s.environment for spans in found.values() for s in spans} == {f"{one.name}+{two.name}"}
    assert [s.id for s in found[one.name]] == [s.id for s in found[two.name]]


def test_a_database_that_is_not_there_costs_nothing(stage: Stage) -> None:
    where = environment(stage.cluster(), databases=("nowhere", "cluster:nowhere"))
    assert stage.bind(where).usage.attached({}) == ()


def balanced(stage: Stage, cluster: str, name: str, *, scheme: str = "internal", arn: str = "") -> str:
    """Put the service *web* behind a new balancer of that name, or behind the one with that ARN. Return the
    ARN.
    """
    service = {"name": "web", "desired": 1, "load_balancer": True}
    stage.world.change({"do": "service.create", "cluster": cluster, "service": service})
    return stage.balance(cluster, "web", name, scheme=scheme, arn=arn)


@pytest.mark.parametrize(("scheme", "addresses"), [("internet-facing", [("ipv4", 2_000)]), ("internal", [])])
def test_a_balancer_of_a_services_target_group_costs_hours_and_addresses(
    stage: Stage, scheme: str, addresses: list[tuple[str, int]]
) -> None:
    cluster = stage.cluster()
    arn = balanced(stage, cluster, f"lb-{cluster}", scheme=scheme)

    scope = stage.bind(environment(cluster))

    hours = [("elb.application", 1_000), *addresses]
    assert attached(scope, Kind.BALANCER, "lb-") == [(cluster, f"lb-{cluster}", hours)]
    assert arn in [s.id for s in scope.usage.attached({})]


def test_a_balancer_belongs_to_all_environments_that_are_known_to_use_the_balancer(stage: Stage) -> None:
    """This also holds for a process that never looked at the other environment. A name that is not in the
    catalog uses nothing.
    """
    one, two = stage.cluster(), stage.cluster()
    arn = balanced(stage, one, f"lb-{one}")
    scopes = stage.scopes([environment(one), environment(two)])

    def told(*users: str) -> str:
        return attached(scopes.bind(environment(one), DEV), Kind.BALANCER, "lb-", {arn: users})[0][0]

    assert [told(), told(one), told(two), told("nobody", one, two)] == [
        one,
        one,
        f"{one}+{two}",
        f"{one}+{two}",
    ]


def test_a_target_group_that_is_gone_takes_no_other_with_it(stage: Stage) -> None:
    cluster = stage.cluster({"name": "old", "load_balancer": True})
    [gone] = stage.target_groups(cluster, "old")
    balanced(stage, cluster, f"lb-{cluster}")
    stage.client("elbv2").delete_target_group(TargetGroupArn=gone)

    found = attached(stage.bind(environment(cluster)), Kind.BALANCER, "lb-")

    assert [name for _, name, _ in found] == [f"lb-{cluster}"]


@pytest.mark.parametrize("port", ["services", "tasks"])
def test_the_meter_leaves_half_of_a_bucket_whoever_asks(stage: Stage, port: str) -> None:
    where = environment(stage.cluster({"name": "web"}))
    scopes = stage.scopes([where], ticks=lambda: 0.0)
    scope, buckets = scopes.bind(where, ClockActor()), scopes.aws.place(where, DEV).buckets
    category = {"services": "service read", "tasks": "cluster resource read"}[port]
    scope.usage.services()
    stage.clock.advance(61)
    while buckets.ask(category, standing=Standing.BACKGROUND) == 0.0:
        pass

    with pytest.raises(Throttled):
        getattr(scope.usage, port)()
    assert scope.services.facts("web").tasks


def test_the_meter_on_a_large_fleet_drives_out_no_client_that_people_use(stage: Stage) -> None:
    """Each environment has a role of its own, and there are more roles than kept clients."""
    roles = [stage.cluster({"name": "web"}) for _ in range(5)]
    role = "arn:aws:iam::123456789012:role/lamplighter-{}"
    mine, *fleet = (environment(name, role_arn=role.format(name)) for name in roles)
    scopes = stage.scopes([mine, *fleet], anew=True, most_clients=4)
    scopes.bind(mine, DEV).services.facts("web")
    for one in fleet:
        scopes.bind(one, DEV).usage.services()
    start = len(stage.traffic)

    scopes.bind(mine, DEV).services.facts("web")
    again = stage.requests("sts.AssumeRole", start)
    scopes.bind(mine, DEV).usage.services()

    assert not again
    assert stage.requests("sts.AssumeRole", start)


def test_a_denied_read_is_raised(stage: Stage) -> None:
    where = environment(stage.cluster({"name": "web", "load_balancer": True}))
    stage.faults.order(method="elasticloadbalancing.DescribeTargetGroups", kind="error", code="AccessDenied")
    stage.faults.order(method="elbv2.DescribeTargetGroups", kind="error", code="AccessDenied")

    with pytest.raises(Denied):
        stage.bind(where).usage.attached({})


def test_an_environment_without_anything_costs_nothing(stage: Stage) -> None:
    usage = stage.bind(environment(stage.cluster())).usage
    assert (usage.services(), usage.tasks(), usage.attached({})) == ((), (), ())


def test_a_service_that_others_deploy_was_deployed_when_its_task_set_was_made(stage: Stage) -> None:
    cluster = stage.cluster(
        {"name": "web", "desired": 1, "controller": "CODE_DEPLOY"}, {"name": "api", "desired": 1}
    )
    (api, web) = stage.scopes([where := environment(cluster)]).bind(where, DEV).usage.services()
    assert (api.name, web.name) == ("api", "web")
    assert api.deployment and web.deployment and api.deployment != web.deployment
    assert web.deployed is not None
    assert api.deployed is not None
    assert abs((web.deployed - api.deployed).total_seconds()) < 60
