"""The simulated Cost Explorer (facts/ecs 7.7) computes costs from the world's history and charges for each
page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.playground.aws.asking import TAG, ask, by_key, today
from tests.playground.aws.stage import Row, Stage, refusal

NO_CREDITS = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}}
HOURLY = Decimal("0.25") * Decimal("0.04656") + Decimal("0.5") * Decimal("0.00511")
"""USD per hour of one small task in eu-central-1."""


@pytest.fixture
def payer(stage: Stage) -> Iterator[Stage]:
    """Yield an environment of two small tagged tasks after four days, with active cost allocation tags."""
    stage.environment({"name": "api", "desired": 2, "propagate": "SERVICE", "managed_tags": True})
    stage.order("tags.activate", keys=["environment", "aws:ecs:clusterName"], days=30)
    stage.clock.advance(4 * 86_400)
    yield stage
    stage.order("billing", page=1000, credit=0)
    stage.order("environment.remove", name=stage.cluster)


def test_a_day_of_two_tasks_costs_the_list_price(payer: Stage) -> None:
    days = ask(payer, GroupBy=[TAG])["ResultsByTime"]
    assert len(days) == 3
    key = f"environment${payer.cluster}"
    assert float(by_key(days[0])[key]) == pytest.approx(float(48 * HOURLY), rel=1e-4)
    assert days[0]["Total"] == {}
    assert days[0]["TimePeriod"]["End"] == days[1]["TimePeriod"]["Start"]


def test_managed_tags_name_the_cluster(payer: Stage) -> None:
    days = ask(payer, GroupBy=[{"Type": "TAG", "Key": "aws:ecs:clusterName"}])["ResultsByTime"]
    assert by_key(days[0])[f"aws:ecs:clusterName${payer.cluster}"] > 0


def test_untagged_spend_is_a_row_of_its_own(payer: Stage) -> None:
    payer.order("service.create", cluster=payer.cluster, service={"name": "silent"})
    payer.clock.advance(2 * 86_400)
    day = ask(payer, back=1, GroupBy=[TAG])["ResultsByTime"][0]
    assert by_key(day)["environment$"] > 0


def test_an_inactive_tag_shows_nothing(payer: Stage) -> None:
    payer.order("tags.activate", keys=["environment"], active=False)
    day = ask(payer, GroupBy=[TAG])["ResultsByTime"][0]
    assert set(by_key(day)) == {"environment$"}
    rows = payer.client("ce", region="us-east-1").list_cost_allocation_tags()["CostAllocationTags"]
    states = {row["TagKey"]: (row["Status"], row["Type"]) for row in rows}
    assert states["environment"] == ("Inactive", "UserDefined")
    assert states["aws:ecs:clusterName"] == ("Active", "AWSGenerated")


def test_activation_reaches_back_only_with_a_back_fill(payer: Stage) -> None:
    payer.order("tags.activate", keys=["environment"])
    key = f"environment${payer.cluster}"
    assert key not in by_key(ask(payer, back=2, GroupBy=[TAG])["ResultsByTime"][0])
    payer.order("tags.activate", keys=["environment"], days=10)
    assert key in by_key(ask(payer, back=2, GroupBy=[TAG])["ResultsByTime"][0])


def test_an_answer_without_groups_has_a_total_that_respects_the_filter(payer: Stage) -> None:
    whole = ask(payer)["ResultsByTime"][0]["Total"]["UnblendedCost"]
    mine = {"Tags": {"Key": "environment", "Values": [payer.cluster]}}
    part = ask(payer, Filter=mine)["ResultsByTime"][0]["Total"]["UnblendedCost"]
    assert Decimal(whole["Amount"]) >= Decimal(part["Amount"]) > 0
    assert part["Unit"] == "USD"


def test_credits_are_lines_that_a_filter_can_leave_out(payer: Stage) -> None:
    payer.order("billing", credit=2)
    kinds = [{"Type": "DIMENSION", "Key": "RECORD_TYPE"}]
    rows = by_key(ask(payer, GroupBy=kinds)["ResultsByTime"][0])
    assert rows["Credit"] == -2
    assert set(by_key(ask(payer, GroupBy=kinds, Filter=NO_CREDITS)["ResultsByTime"][0])) == {"Usage"}


def test_filters_can_be_combined(payer: Stage) -> None:
    ecs = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Elastic Container Service"]}}
    mine = {"Tags": {"Key": "environment", "Values": [payer.cluster]}}
    none = {"Tags": {"Key": "environment", "MatchOptions": ["ABSENT"]}}

    def total(expression: Row) -> Decimal:
        return Decimal(ask(payer, Filter=expression)["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"])

    assert total({"And": [ecs, mine]}) > 0
    assert total({"And": [mine, none]}) == 0
    assert total({"Or": [mine, none]}) >= total(mine)


def test_a_wrong_value_matches_nothing_and_dimension_values_reveal_it(payer: Stage) -> None:
    nobody = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon ECS"]}}
    assert Decimal(ask(payer, Filter=nobody)["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"]) == 0
    period = {"Start": (today(payer) - timedelta(days=3)).isoformat(), "End": today(payer).isoformat()}
    ce = payer.client("ce", region="us-east-1")
    values = ce.get_dimension_values(TimePeriod=period, Dimension="SERVICE")["DimensionValues"]
    assert "Amazon Elastic Container Service" in [row["Value"] for row in values]
    assert payer.cluster in ce.get_tags(TimePeriod=period, TagKey="environment")["Tags"]


def test_today_and_yesterday_are_estimates(payer: Stage) -> None:
    days = ask(payer, until=-1)["ResultsByTime"]
    assert [day["Estimated"] for day in days] == [False, False, True, True]


def test_every_page_is_a_paid_request(payer: Stage) -> None:
    payer.order("service.create", cluster=payer.cluster, service={"name": "silent"})
    payer.clock.advance(2 * 86_400)
    before = payer.order("billing", page=2)["requests"]
    token: dict[str, str] = {}
    seen: list[tuple[str, str]] = []
    for _ in range(20):
        answer = ask(payer, back=2, GroupBy=[TAG], more=token)
        seen += [
            (day["TimePeriod"]["Start"], group["Keys"][0])
            for day in answer["ResultsByTime"]
            for group in day["Groups"]
        ]
        if "NextPageToken" not in answer:
            break
        token = {"NextPageToken": answer["NextPageToken"]}
    told = payer.order("billing", page=1000)
    whole = ask(payer, back=2, GroupBy=[TAG])["ResultsByTime"]
    assert seen == [(d["TimePeriod"]["Start"], g["Keys"][0]) for d in whole for g in d["Groups"]]
    assert told["requests"] - before == (len(seen) + 1) // 2 > 1
    assert Decimal(told["usd"]) == told["requests"] * Decimal("0.01")


def test_a_monthly_period_ends_where_the_request_ends(payer: Stage) -> None:
    start = today(payer).replace(day=1)
    period = {"Start": start.isoformat(), "End": (today(payer) + timedelta(days=1)).isoformat()}
    months = ask(payer, Granularity="MONTHLY", TimePeriod=period)["ResultsByTime"]
    assert [row["TimePeriod"] for row in months] == [period]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Metrics": ["Money"]},
        {"TimePeriod": {"Start": "2026-02-01", "End": "2026-02-01"}},
        {"TimePeriod": {"Start": "2019-02-01", "End": "2019-02-03"}},
        {"GroupBy": [{"Type": "DIMENSION", "Key": "FLAVOUR"}]},
        {"GroupBy": [TAG, TAG, TAG]},
    ],
)
def test_bad_cost_requests_are_refused(payer: Stage, wrong: Row) -> None:
    assert refusal(lambda: ask(payer, **wrong)) == "ValidationException"


def test_cost_explorer_answers_in_one_region_only(stage: Stage) -> None:
    code = refusal(lambda: stage.client("ce").list_cost_allocation_tags())
    assert code == "UnknownEndpoint"


def test_databases_and_load_balancers_are_on_the_bill(payer: Stage) -> None:
    payer.order("database.create", id=f"{payer.cluster}-db", environment=payer.cluster)
    payer.order("service.create", cluster=payer.cluster, service={"name": "web", "load_balancer": True})
    payer.clock.advance(3 * 86_400)
    mine = {"Tags": {"Key": "environment", "Values": [payer.cluster]}}
    services = [{"Type": "DIMENSION", "Key": "SERVICE"}]

    def paid() -> dict[str, Decimal]:
        return by_key(ask(payer, back=2, GroupBy=services, Filter=mine)["ResultsByTime"][0])

    before = paid()
    assert before["Amazon Elastic Load Balancing"] == Decimal("0.648")
    payer.order("database.stop", id=f"{payer.cluster}-db")
    payer.clock.advance(3 * 86_400)
    database = "Amazon Relational Database Service"
    assert 0 < paid()[database] < before[database], "its storage is paid on"
