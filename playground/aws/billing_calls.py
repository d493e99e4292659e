"""Cost Explorer, computed from the world's history (facts/ecs 7.7). Every request is counted, because AWS
charges for each.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from playground.aws.billing import OURS, Billing
from playground.aws.billing_filters import check, dimension, group_key, invalid_filter, matches
from playground.aws.billing_lines import Line
from playground.aws.errors import AwsError
from playground.aws.paging import MOST, slice_of

Params = dict[str, Any]
METRICS = ("UnblendedCost", "BlendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost")
MOST_GROUPS = 2
MOST_TAGS = 1000
OLDEST = timedelta(days=14 * 31)
"""Cost Explorer shows fourteen months."""


class BillingCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    regions = ("us-east-1",)

    def __init__(self, billing: Billing) -> None:
        self._billing = billing

    def get_cost_and_usage(self, params: Params) -> Params:
        """Answer costs by day or month; ``Total`` is empty as soon as there are groups."""
        self._billing.requests += 1
        groups, metrics = params.get("GroupBy") or [], params.get("Metrics") or []
        unknown = [name for name in metrics if name not in (*METRICS, "UsageQuantity")]
        if unknown or not metrics:
            raise invalid_filter(f"Metrics must be of {', '.join(METRICS)}, UsageQuantity, not {unknown}.")
        if len(groups) > MOST_GROUPS:
            raise invalid_filter("GroupBy can have at most two entries.")
        periods = _periods(params)
        lines = self._lines(params, periods[0][0], periods[-1][1])
        rows = [row for period in periods for row in _rows(period, lines, groups)]
        shown, token = slice_of(
            rows, params.get("NextPageToken"), self._billing.page, most=self._billing.page
        )
        answer: Params = {"ResultsByTime": self._by_time(shown, groups, metrics)}
        if groups:
            answer["GroupDefinitions"] = groups
        answer["DimensionValueAttributes"] = []
        return answer | ({"NextPageToken": token} if token else {})

    def get_dimension_values(self, params: Params) -> Params:
        """Answer the values that any line of that period has, which tells an invalid filter from a cost of
        zero.
        """
        self._billing.requests += 1
        value = dimension(str(params.get("Dimension")))
        begin, end = _dates(params)
        found = sorted({value(line) for line in self._lines(params, begin, end)})
        found = [text for text in found if str(params.get("SearchString") or "").lower() in text.lower()]
        values = [{"Value": text, "Attributes": {}} for text in found]
        return {"DimensionValues": values, "ReturnSize": len(values), "TotalSize": len(values)}

    def get_tags(self, params: Params) -> Params:
        """Answer the active keys, or the values of one key; a line without that key has the empty value."""
        self._billing.requests += 1
        begin, end = _dates(params)
        lines, key = self._lines(params, begin, end), params.get("TagKey")
        if key:
            found = {line.tags.get(str(key), "") for line in lines}
        else:
            found = {name for line in lines for name in line.tags}
        tags = sorted(text for text in found if str(params.get("SearchString") or "") in text)
        return {"Tags": tags, "ReturnSize": len(tags), "TotalSize": len(tags)}

    def list_cost_allocation_tags(self, params: Params) -> Params:
        """Answer every key that anything carries and whether the payer has activated it; the call is free."""
        rows = [
            {
                "TagKey": row.key,
                "Type": "AWSGenerated" if row.key.startswith(OURS) else "UserDefined",
                "Status": "Active" if row.since else "Inactive",
                "LastUpdatedDate": row.changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for row in self._billing.known().values()
        ]
        for name, key in (("Status", "Status"), ("Type", "Type")):
            rows = [row for row in rows if params.get(name) in (None, row[key])]
        if params.get("TagKeys"):
            rows = [row for row in rows if row["TagKey"] in params["TagKeys"]]
        shown, token = slice_of(
            rows, params.get("NextToken"), int(params.get("MaxResults") or MOST), most=MOST_TAGS
        )
        return {"CostAllocationTags": shown} | ({"NextToken": token} if token else {})

    def _lines(self, params: Params, begin: date, end: date) -> list[Line]:
        today = self._billing.fleet.moment.at.date()
        if begin < today - OLDEST:
            raise invalid_filter("Start date is too old: fourteen months at most.")
        check(params.get("Filter"), params.get("GroupBy") or [])
        lines = self._billing.lines(begin, end)
        return [line for line in lines if matches(params.get("Filter"), line)]

    def _by_time(self, rows: list[Params], groups: list[Params], metrics: list[str]) -> list[Params]:
        shown: dict[tuple[date, date], Params] = {}
        for row in rows:
            begin, end = row["period"]
            estimated = self._billing.estimated(end - timedelta(days=1))
            start = {"TimePeriod": {"Start": begin.isoformat(), "End": end.isoformat()}, "Total": {}}
            period = shown.setdefault((begin, end), start | {"Groups": [], "Estimated": estimated})
            amounts = _amounts(row["lines"], metrics)
            if not groups:
                period["Total"] = amounts
            elif row["keys"]:
                period["Groups"].append({"Keys": list(row["keys"]), "Metrics": amounts})
        return list(shown.values())


def _rows(period: tuple[date, date], lines: list[Line], groups: list[Params]) -> list[Params]:
    """Return a row for each group of a period, or one row without keys if the period has nothing to group."""
    mine = [line for line in lines if period[0] <= line.day < period[1]]
    if not groups:
        return [{"period": period, "keys": (), "lines": mine}]
    found: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in mine:
        found[tuple(group_key(group, line) for group in groups)].append(line)
    rows = [{"period": period, "keys": keys, "lines": found[keys]} for keys in sorted(found)]
    return rows or [{"period": period, "keys": (), "lines": []}]


def _amounts(lines: list[Line], metrics: list[str]) -> Params:
    usd = sum((line.usd for line in lines), Decimal())
    quantity = sum((line.quantity for line in lines), Decimal())
    return {
        name: {"Amount": f"{quantity:.10f}", "Unit": "N/A"}
        if name == "UsageQuantity"
        else {"Amount": f"{usd:.10f}", "Unit": "USD"}
        for name in metrics
    }


def _periods(params: Params) -> list[tuple[date, date]]:
    begin, end = _dates(params)
    if params.get("Granularity") == "DAILY":
        days = [begin + timedelta(days=number) for number in range((end - begin).days)]
        return [(day, day + timedelta(days=1)) for day in days]
    if params.get("Granularity") != "MONTHLY":
        raise invalid_filter("Granularity must be DAILY or MONTHLY in the playground.")
    periods = []
    while begin < end:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        periods.append((begin, min(following, end)))
        begin = following
    return periods


def _dates(params: Params) -> tuple[date, date]:
    """Return the start and the exclusive end."""
    try:
        begin, end = (date.fromisoformat(str(params["TimePeriod"][name])) for name in ("Start", "End"))
    except (KeyError, ValueError) as error:
        raise invalid_filter("TimePeriod needs Start and End, as yyyy-MM-dd.") from error
    if begin >= end:
        raise AwsError("ValidationException", "Start date (and hour) should be before end date (and hour)")
    return begin, end
