"""Calls that no environment's role makes: prices by the bot's own identity, the bill by the payer's role, and
the calls with which a first catalog begins, when there is no environment yet.

The calls are declared as in ``bot.aws.calls``. Each identity has a policy document of its own. All calls only
read.
"""

from __future__ import annotations

from bot.aws.calls import (
    DESCRIBE_DB_CLUSTERS,
    DESCRIBE_DB_INSTANCES,
    DESCRIBE_SERVICES,
    LIST_SERVICES,
    Call,
)
from bot.aws.sign_calls import LIST_CLUSTERS

GET_PRODUCTS = Call("pricing", "GetProducts", bucket="price list")
"""Made by the bot's own identity."""
LIST_COST_ALLOCATION_TAGS = Call("ce", "ListCostAllocationTags")
GET_COST_AND_USAGE = Call("ce", "GetCostAndUsage")
"""Made by the payer's role, and only if an admin configured the bill. The call is not metered: the bill is
asked for once a day, page after page, and pages that were paid for must not be lost to our own caution.
"""

OWN: tuple[Call, ...] = (GET_PRODUCTS,)
BILLING: tuple[Call, ...] = (GET_COST_AND_USAGE, LIST_COST_ALLOCATION_TAGS)
FIRST: tuple[Call, ...] = (
    LIST_CLUSTERS,
    LIST_SERVICES,
    DESCRIBE_SERVICES,
    DESCRIBE_DB_INSTANCES,
    DESCRIBE_DB_CLUSTERS,
)
"""Made by whoever runs ``lamplighter init``, on everything in the account, because no name is known yet."""
EVERYWHERE = "us-east-1"
"""The region where both are asked, whatever the regions of the environments (facts/ecs 7.7, 7.9)."""
