"""A past that is computed and never lived through, leftovers, and the world that a person first finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from playground.aws import seed
from playground.aws.history import nights, office_hours
from playground.aws.images import repository_for
from playground.clock import ZONE
from tests.playground.aws.asking import TAG, ask, by_key, one
from tests.playground.aws.stage import Row, Stage

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_office_hours_and_nights_fill_the_time_between_two_instants() -> None:
    begin = datetime(2026, 10, 23, 10, 0, tzinfo=BERLIN)
    end = datetime(2026, 10, 26, 9, 0, tzinfo=BERLIN)
    lit, dark = list(office_hours(begin, end)), list(nights(begin, end))
    assert [(a.day, a.hour, b.day, b.hour) for a, b in lit] == [(23, 10, 23, 20), (26, 8, 26, 9)]
    assert [(a.day, a.hour, b.day, b.hour) for a, b in dark] == [(23, 20, 26, 8)]
    lived = sum(
        ((b - a) for a, b in ((w[0].astimezone(UTC), w[1].astimezone(UTC)) for w in lit + dark)), timedelta()
    )
    assert lived == end.astimezone(UTC) - begin.astimezone(UTC)


def test_the_weekend_in_which_clocks_go_back_is_an_hour_longer() -> None:
    begin = datetime(2026, 10, 23, 20, 0, tzinfo=BERLIN)
    ((start, end),) = nights(begin, datetime(2026, 10, 26, 8, 0, tzinfo=BERLIN))
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=61)


def test_a_past_is_on_the_bill_and_in_the_metrics_but_not_on_the_meter(stage: Stage) -> None:
    stage.environment({"name": "api", "propagate": "SERVICE"})
    stage.order("insights", cluster=stage.cluster)
    stage.order("tags.activate", keys=["environment"], days=60)
    counted = len(stage.order("meter", cluster=stage.cluster)["tasks"])
    stage.order("history", cluster=stage.cluster, days=28, tasks=2)
    assert len(stage.order("meter", cluster=stage.cluster)["tasks"]) == counted == 1
    old = {"minutes": 20 * 1440, "until": 20 * 1440 - 60, "period": 300}
    assert set(one(stage, "RunningTaskCount", **old)["Values"]) == {2}
    day = ask(stage, back=20, until=19, GroupBy=[TAG])["ResultsByTime"][0]
    assert by_key(day)[f"environment${stage.cluster}"] > 0


def test_a_past_ends_where_the_present_tasks_begin(stage: Stage) -> None:
    stage.environment({"name": "api", "age_days": 2})
    stage.order("insights", cluster=stage.cluster)
    stage.order("history", cluster=stage.cluster, days=5)
    row = one(stage, "RunningTaskCount", period=3600, minutes=5 * 1440, until=60)
    assert set(row["Values"]) == {1}


@pytest.mark.parametrize("hours", range(0, 9 * 24, 11))
def test_the_forgotten_weekend_is_over_whenever_the_playground_begins(hours: int) -> None:
    now = datetime(2026, 10, 20, 22, 30, tzinfo=UTC) + timedelta(hours=hours)
    order = seed.busy_weekend(now)
    begin, end = (datetime.fromisoformat(order[key]).astimezone(BERLIN) for key in ("from", "until"))
    assert (begin.strftime("%a %H:%M"), end.strftime("%a %H:%M")) == ("Thu 10:00", "Sun 21:00")
    assert (end.date() - begin.date()).days == 3
    assert timedelta(hours=3) <= now - end < timedelta(days=8)


@pytest.fixture(scope="module")
def found(running: Stage) -> Iterator[Stage]:
    """Yield the world that a person first finds, on a Monday morning."""
    running.clock.to(max(MONDAY, _next_monday(running.clock.now())))
    orders = seed.orders(running.clock.now())
    _without_images(running, orders)
    for order in orders:
        running.world.change(order)
    yield running
    for order in orders:
        if order["do"] == "environment.create":
            cluster = order.get("cluster", order["name"])
            running.order("environment.remove", name=order["name"], cluster=cluster)
    running.order("optimizer", enrolled=False)
    running.order("billing", credit=0)


def _without_images(stage: Stage, orders: Sequence[Row]) -> None:
    """Remove the repositories that the orders fill: an image that an earlier test pushed under the same name
    would be younger than the service that runs it.
    """
    ecr = stage.client("ecr")
    named = {repository_for(one["name"]) for order in orders for one in order.get("services", ())}
    for row in ecr.describe_repositories()["repositories"]:
        if row["repositoryName"] in named:
            ecr.delete_repository(repositoryName=row["repositoryName"], force=True)


def _next_monday(now: datetime) -> datetime:
    morning = now.astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    return (morning + timedelta(days=7 - morning.weekday())).astimezone(UTC)


def test_a_load_balancer_is_as_old_as_the_services_behind_it(found: Stage) -> None:
    (row,) = found.client("elbv2").describe_load_balancers(Names=["qa-eu"])["LoadBalancers"]
    assert (found.clock.now() - row["CreatedTime"]).days == 28


def days_of(found: Stage, environment: str) -> list[Decimal]:
    """Return the cost of each of the last 27 days, oldest first."""
    mine = {"Tags": {"Key": "environment", "Values": [environment]}}
    rows = ask(found, back=27, until=0, Filter=mine)["ResultsByTime"]
    return [Decimal(row["Total"]["UnblendedCost"]["Amount"]) for row in rows]


def test_every_environment_has_four_weeks_of_costs(found: Stage) -> None:
    for name in ("qa-eu", "production", "dev-alex", "demo-acme", "pr-142"):
        assert min(days_of(found, name)) > 0, name


def test_the_spent_order_counts_until_now(found: Stage) -> None:
    since = (found.clock.now() - timedelta(days=7)).date()
    week = sum(days_of(found, "qa-eu")[-6:], Decimal())
    told = Decimal(found.order("spent", environment="qa-eu", since=since.isoformat())["usd"])
    assert week < told < week * Decimal("1.5")


def test_the_spent_order_can_count_a_single_aws_service(found: Stage) -> None:
    since = (found.clock.now() - timedelta(days=7)).date().isoformat()
    order = {"environment": "qa-eu", "since": since}
    whole = Decimal(found.order("spent", **order)["usd"])
    tasks = Decimal(found.order("spent", **order, service="Amazon Elastic Container Service")["usd"])
    assert 0 < tasks < whole
    assert found.order("spent", **order, service="Amazon Sumerian") == {"usd": "0.00"}


def test_staging_tasks_are_paid_for_only_in_office_hours(found: Stage) -> None:
    days = days_of(found, "staging")
    dates = [found.clock.now().date() - timedelta(days=27 - n) for n in range(27)]
    weekend = [usd for day, usd in zip(dates, days, strict=True) if day.weekday() >= 5]
    week = [usd for day, usd in zip(dates, days, strict=True) if day.weekday() < 5]
    share = Decimal("0.75")
    assert max(weekend) < min(week) * share, "its storage, load balancer and cache are paid on"


def test_search_ran_six_tasks_from_thursday_to_sunday(found: Stage) -> None:
    found.cluster = "qa-eu"
    where = {"ClusterName": "qa-eu", "ServiceName": "search"}
    row = one(found, "RunningTaskCount", where=where, minutes=7 * 1440, period=3600, stat="Maximum")
    counts = {
        at.astimezone(ZONE).strftime("%a %H"): value
        for at, value in zip(row["Timestamps"], row["Values"], strict=True)
    }
    assert (counts["Thu 09"], counts["Thu 11"], counts["Sat 12"], counts["Sun 22"]) == (1, 6, 6, 1)
    assert found.service("search")["desiredCount"] == 1
    assert any("has started 5 tasks" in message for message in found.messages("search"))
    days = days_of(found, "qa-eu")
    assert days[-2] > Decimal("1.5") * days[-9], "a Saturday beside the one before"


def test_two_environments_are_old_and_idle(found: Stage) -> None:
    now = found.clock.now()
    for cluster, name, days in (("nonprod", "demo-acme-web", 43), ("pr-142", "web", 41)):
        found.cluster = cluster
        service = found.service(name)
        assert (now - service["deployments"][0]["createdAt"]).days >= days - 1
        definition = found.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
        made = definition["taskDefinition"]
        assert (now - made["registeredAt"]).days >= days - 1
        assert made["registeredBy"].endswith("/rex")
        (task,) = found.tasks(name)[:1]
        digest = task["containers"][0]["imageDigest"]
        repository = task["containers"][0]["image"].split("/")[1].split(":")[0].split("@")[0]
        (image,) = found.client("ecr").describe_images(
            repositoryName=repository, imageIds=[{"imageDigest": digest}]
        )["imageDetails"]
        assert (now - image["imagePushedAt"]).days >= days - 1
        group = service["loadBalancers"][0]["targetGroupArn"].split(":")[-1]
        asked = {"namespace": "AWS/ApplicationELB", "stat": "Sum", "period": 3600}
        assert not one(found, "RequestCount", where={"TargetGroup": group}, minutes=30 * 1440, **asked)[
            "Values"
        ]
        assert one(found, "RequestCount", where={"TargetGroup": group}, minutes=50 * 1440, **asked)["Values"]
    rows = found.client("compute-optimizer").get_idle_recommendations()["idleRecommendations"]
    assert {"demo-acme-web", "web"} <= {row["resourceId"] for row in rows}


def test_tags_tell_who_needed_the_two_idle_environments(found: Stage) -> None:
    def tags(cluster: str, name: str) -> Row:
        ecs = found.client("ecs")
        rows = ecs.describe_services(cluster=cluster, services=[name], include=["TAGS"])["services"]
        return {tag["key"]: tag["value"] for tag in rows[0]["tags"]}

    assert tags("nonprod", "demo-acme-web")["owner"] == "Rex"
    assert tags("pr-142", "web")["pull-request-state"] == "merged"


def test_leftovers_can_be_found(found: Stage) -> None:
    elb, ec2, ecs = (found.client(name) for name in ("elbv2", "ec2", "ecs"))
    (balancer,) = elb.describe_load_balancers(Names=["old-checkout"])["LoadBalancers"]
    assert not elb.describe_target_groups(LoadBalancerArn=balancer["LoadBalancerArn"])["TargetGroups"]
    volumes = ec2.describe_volumes(Filters=[{"Name": "status", "Values": ["available"]}])["Volumes"]
    assert [(row["Size"], row["Attachments"]) for row in volumes] == [(100, [])]
    assert all("AssociationId" not in row for row in ec2.describe_addresses()["Addresses"])
    (cluster,) = ecs.describe_clusters(clusters=["sandbox-2025"])["clusters"]
    assert (cluster["activeServicesCount"], cluster["runningTasksCount"]) == (0, 0)
    pages = found.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/ecs/")
    groups = [row for page in pages for row in page["logGroups"]]
    assert [row["logGroupName"] for row in groups if "retentionInDays" not in row] == [
        "/ecs/old-checkout/web"
    ]


def test_a_second_order_makes_no_second_leftovers(found: Stage) -> None:
    assert found.order("leftovers") == found.order("leftovers")


def test_spend_that_belongs_to_nobody_is_untagged(found: Stage) -> None:
    day = ask(found, back=3, GroupBy=[TAG])["ResultsByTime"][0]
    assert by_key(day)["environment$"] > 1
