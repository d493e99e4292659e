"""A seat of the bot's own, in front of a scripted AWS, and products as the Price List words them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.aws.account_seat import AccountSeat
from bot.aws.identity import Identity
from bot.aws.own_calls import EVERYWHERE
from bot.aws.session import AwsSettings, Identities, Watch
from bot.aws.throttle import Buckets
from tests.bot.aws.scripted import ScriptedAws

PAYER = "999999999999"


def seat(
    aws: ScriptedAws,
    *,
    role: str = "",
    ticks: Callable[[], float] = lambda: 0.0,
    watch: Watch | None = None,
) -> AccountSeat:
    identities = Identities(AwsSettings(endpoint_url=aws.url, read_attempts=3), watch=watch)
    return AccountSeat(Identity(PAYER if role else "", role), EVERYWHERE, identities, Buckets(ticks))


def product(
    usage: str, *usd: str, family: str = "Compute", unit: str = "hours", **attributes: str
) -> dict[str, Any]:
    """A product of us-east-1, unless told otherwise, with one price for each tier."""
    dimensions = {
        f"S.T.{n}": {"unit": unit, "beginRange": str(n), "pricePerUnit": {"USD": price}}
        for n, price in enumerate(usd)
    }
    known = {"regionCode": "us-east-1", "locationType": "AWS Region", "usagetype": usage}
    return {
        "product": {"productFamily": family, "attributes": {**known, **attributes}},
        "terms": {"OnDemand": {"S.T": {"priceDimensions": dimensions}}},
    }


def page(*products: dict[str, Any], more: str = "") -> dict[str, Any]:
    token = {"NextToken": more} if more else {}
    return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in products], **token}
