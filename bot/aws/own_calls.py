"""Calls that no environment's role makes as a matter of course: prices by the bot's own identity, the bill
by the payer's role, the calls with which a first catalog begins, when there is no environment yet, and what
signs in to a cache, which only the environments need that name one.

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

CONNECT = Call("elasticache", "Connect", changes=True)
"""Signing in to a cache by IAM: no call but a signed address, which the cache itself checks (facts/ecs 5).
Only the cache that the catalog's ``flush`` names is allowed, for its user."""
GET_SECRET_VALUE = Call("secretsmanager", "GetSecretValue")
"""Read for nothing but the password of such a cache, by a session that may do nothing else. Not metered: it
is read once or twice for each time that somebody flushes."""

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
