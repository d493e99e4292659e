"""The bill as Cost Explorer words it: groups without a total, days of UTC, and pages that are paid for once
each.

botocore's model shapes the answers; nothing here was tried on a real account (facts/ecs 7.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bot.aws.billing import CostExplorer
from handlers.ports.money import Activation, Bill, TagState
from handlers.words.errors import Denied, Rejected, Trouble
from policies.cost.billed import CLUSTER_TAG, Tagged
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.seats import PAYER, seat

FIRST, END = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as made:
        yield made


def explorer(aws: ScriptedAws) -> CostExplorer:
    return CostExplorer(seat(aws), PAYER)


def yes() -> bool:
    return True


def group(amount: str, *keys: str, unit: str = "USD") -> dict[str, Any]:
    return {"Keys": list(keys), "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": unit}}}


def day(at: str, *groups: dict[str, Any], estimated: bool = False) -> dict[str, Any]:
    return {
        "TimePeriod": {"Start": at, "End": at},
        "Total": {},
        "Groups": list(groups),
        "Estimated": estimated,
    }


def answer(*days: dict[str, Any], more: str = "") -> dict[str, Any]:
    return {"ResultsByTime": list(days), **({"NextPageToken": more} if more else {})}


def test_amounts_are_read_from_the_groups_since_the_total_is_empty(aws: ScriptedAws) -> None:
    staging, none = f"{CLUSTER_TAG}$staging", f"{CLUSTER_TAG}$"
    aws.answer(
        "GetCostAndUsage",
        200,
        answer(
            day("2026-11-28", group("12.3456789", staging), group("0.5", none)),
            day("2026-11-29", group("1E-7", staging), estimated=True),
        ),
    )
    bill = explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes)
    assert bill == Bill(
        (
            Tagged(date(2026, 11, 28), ((CLUSTER_TAG, "staging"),), 12_345_679),
            Tagged(date(2026, 11, 28), ((CLUSTER_TAG, ""),), 500_000),
            Tagged(date(2026, 11, 29), ((CLUSTER_TAG, "staging"),), 0, estimated=True),
        )
    )


def test_the_question_is_daily_unblended_and_leaves_credits_and_refunds_out(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer())
    explorer(aws).bill(FIRST, END, ["team", CLUSTER_TAG], yes)
    [(_, asked)] = aws.asked
    assert asked == {
        "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-30"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "TAG", "Key": "team"}, {"Type": "TAG", "Key": CLUSTER_TAG}],
        "Filter": {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}},
    }


def test_two_tags_are_distinguished_and_a_value_may_hold_a_dollar(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer(day("2026-11-28", group("1", "team$a$b", f"{CLUSTER_TAG}$"))))
    [row] = explorer(aws).bill(FIRST, END, ["team", CLUSTER_TAG], yes).tagged
    assert row.values == (("team", "a$b"), (CLUSTER_TAG, ""))


def test_each_page_is_agreed_to_before_it_is_asked_for(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer(more="two"), answer(more="three"), answer())
    asked_at: list[int] = []

    def page() -> bool:
        asked_at.append(aws.count("GetCostAndUsage"))
        return True

    assert explorer(aws).bill(FIRST, END, [CLUSTER_TAG], page).whole
    assert asked_at == [0, 1, 2]
    assert [row.get("NextPageToken") for _, row in aws.asked] == [None, "two", "three"]


def test_a_bill_of_many_pages_is_not_stopped_half_way_by_our_own_caution(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, *(answer(more=str(n)) for n in range(40)), answer())
    assert explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes).whole
    assert aws.count("GetCostAndUsage") == 41


def test_a_bill_that_was_cut_off_gives_no_amounts(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer(day("2026-11-28", group("1", f"{CLUSTER_TAG}$x")), more="two"))
    agreed = iter([True, False])
    assert explorer(aws).bill(FIRST, END, [CLUSTER_TAG], lambda: next(agreed)) == Bill((), whole=False)
    assert aws.count("GetCostAndUsage") == 1


@pytest.mark.parametrize("silence", [True, False])
def test_a_page_is_never_tried_again_by_the_library(aws: ScriptedAws, silence: bool) -> None:
    if silence:
        aws.drop("GetCostAndUsage")
    else:
        aws.answer("GetCostAndUsage", 503, {"__type": "ServiceUnavailable"})
    with pytest.raises(Trouble):
        explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes)
    assert aws.count("GetCostAndUsage") == 1


def test_a_bill_in_another_currency_is_refused_and_not_read_as_dollars(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer(day("2026-11-28", group("1", f"{CLUSTER_TAG}$x", unit="CNY"))))
    with pytest.raises(Rejected):
        explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes)


def test_an_answer_about_another_tag_is_refused(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 200, answer(day("2026-11-28", group("1", "other$x"))))
    with pytest.raises(Rejected):
        explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes)


def test_a_denial_is_raised(aws: ScriptedAws) -> None:
    aws.answer("GetCostAndUsage", 400, {"__type": "AccessDeniedException", "Message": "no"})
    with pytest.raises(Denied):
        explorer(aws).bill(FIRST, END, [CLUSTER_TAG], yes)


def test_a_tag_is_active_inactive_or_not_there_at_all(aws: ScriptedAws) -> None:
    rows = [
        {"TagKey": CLUSTER_TAG, "Type": "AWSGenerated", "Status": "Active"},
        {"TagKey": "team", "Type": "UserDefined", "Status": "Inactive"},
    ]
    aws.answer("ListCostAllocationTags", 200, {"CostAllocationTags": rows})
    assert explorer(aws).tags([CLUSTER_TAG, "team", "Team"], yes) == (
        TagState(CLUSTER_TAG, Activation.ACTIVE),
        TagState("team", Activation.INACTIVE),
        TagState("Team", Activation.ABSENT),
    )
    assert explorer(aws).tags([CLUSTER_TAG], lambda: False) == ()
    assert aws.count("ListCostAllocationTags") == 1
