"""The bill, from Cost Explorer in the payer account (facts/ecs 7.7).

Each page is charged, so a page is requested in a single attempt, and only after ``page`` has agreed to pay
for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.aws import own_calls
from bot.aws.account_seat import AccountSeat
from bot.aws.calls import Call
from bot.aws.errors import translated
from handlers.ports.money import Activation, Bill, TagState
from handlers.words.errors import Rejected
from policies.cost.billed import Tagged
from policies.cost.money import micros

METRIC = "UnblendedCost"
LEFT_OUT = ("Credit", "Refund")
CURRENCY = "USD"
STATES = {"Active": Activation.ACTIVE, "Inactive": Activation.INACTIVE}
Page = Callable[[], bool]


@dataclass(frozen=True)
class CostExplorer:
    """Implements ``handlers.ports.money.Billing``."""

    seat: AccountSeat
    account: str

    def who(self) -> str:
        """The account that the credentials lead to. The call costs nothing."""
        action = "ask AWS who the bot is in the payer account"
        client = self.seat.client("sts", action)
        with translated(action):
            return str(client.get_caller_identity()["Account"])

    def tags(self, keys: Sequence[str], page: Page) -> tuple[TagState, ...]:
        action = "read which cost allocation tags are active"
        pages = _Pages(self, own_calls.LIST_COST_ALLOCATION_TAGS, action, "NextToken")
        request = {"TagKeys": list(keys), "MaxResults": 100}
        rows = [row for got in pages.walk("list_cost_allocation_tags", request, page)
                for row in got["CostAllocationTags"]]  # fmt: skip
        if pages.cut:
            return ()
        known = {row["TagKey"]: STATES.get(row["Status"], Activation.INACTIVE) for row in rows}
        return tuple(TagState(key, known.get(key, Activation.ABSENT)) for key in keys)

    def bill(self, first: date, end: date, keys: Sequence[str], page: Page) -> Bill:
        pages = _Pages(self, own_calls.GET_COST_AND_USAGE, "read the bill", "NextPageToken")
        request = {
            "TimePeriod": {"Start": first.isoformat(), "End": end.isoformat()},
            "Granularity": "DAILY",
            "Metrics": [METRIC],
            "GroupBy": [{"Type": "TAG", "Key": key} for key in keys],
            "Filter": {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(LEFT_OUT)}}},
        }
        found = [
            _tagged(period, group, keys)
            for got in pages.walk("get_cost_and_usage", request, page)
            for period in got["ResultsByTime"]
            for group in period.get("Groups", [])
        ]
        return Bill((), whole=False) if pages.cut else Bill(tuple(found))


@dataclass
class _Pages:
    """Walks the pages of one answer. ``token`` is the field that asks for the next page. ``cut`` is true if
    more pages were left and ``page`` refused to pay for them.
    """

    explorer: CostExplorer
    call: Call
    action: str
    token: str
    cut: bool = False

    def walk(self, method: str, request: dict[str, Any], page: Page) -> Iterator[Mapping[str, Any]]:
        client = self.explorer.seat.client("ce", self.action, once=True)
        while True:
            if not page():
                self.cut = True
                return
            with self.explorer.seat.turn(self.call, self.action):
                got = getattr(client, method)(**request)
            yield got
            if not got.get(self.token):
                return
            request = {**request, self.token: got[self.token]}


def _tagged(period: Mapping[str, Any], group: Mapping[str, Any], keys: Sequence[str]) -> Tagged:
    amount = group["Metrics"][METRIC]
    if amount.get("Unit", CURRENCY) != CURRENCY:
        raise Rejected(f"The bill is in {amount['Unit']}, and the bot reads US dollars only.")
    day = date.fromisoformat(period["TimePeriod"]["Start"][:10])
    values = tuple((key, _value(key, said)) for key, said in zip(keys, group["Keys"], strict=True))
    return Tagged(day, values, micros(Decimal(amount["Amount"])), bool(period.get("Estimated")))


def _value(key: str, said: str) -> str:
    """The value of a tag: ``aws:ecs:clusterName$staging`` is *staging*. If nothing follows the ``$``, the
    resource has no such tag.
    """
    start = f"{key}$"
    if not said.startswith(start):
        raise Rejected("Cost Explorer answered with another tag than the bot asked for.")
    return said.removeprefix(start)
